#!/usr/bin/env python3
"""The autograder of an assignment in Classroom 50.

Runs in the checkout of a submission, with the assignment's name in the environment, and writes `result.json` and
`release-body.md` there. The image of the assignment has the grader as `interleave` (ci/container). An assignment that is
called like an exercise is that exercise; INTERLEAVE_EXERCISES names others, with spaces between them.

An end other than 0 says that the grading failed, not that the submission is wrong.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def main() -> int:
    program = os.environ.get("INTERLEAVE", "interleave")
    assignment = os.environ.get("ASSIGNMENT", "")
    exercises = os.environ.get("INTERLEAVE_EXERCISES", assignment).split()
    with tempfile.TemporaryDirectory() as work:
        # A class of one: what was not handed in has no points, in whichever folders the rest is.
        shutil.copytree(".", Path(work, "class", "submission"), symlinks=True, ignore=shutil.ignore_patterns(".git"))
        command = [program, "grade", f"{work}/class", "--class", "--system", "plain", "--results", f"{work}/run"]
        for exercise in exercises:
            command += ["--exercise", exercise]
        # The runner is thrown away after this submission, so limits are enough where the system has nothing more.
        command += ["--no-cache", "--allow-weak-sandbox", "--exit-zero", "--quiet"]
        command += ["--format", "classroom50", "--output", f"{work}/{{learner}}.json"]
        command += ["--format", "markdown", "--output", f"{work}/{{learner}}.md"]
        graded = subprocess.run(command, check=False).returncode
        if graded != 0:
            return graded
        shutil.copyfile(f"{work}/submission.json", "result.json")
        shutil.copyfile(f"{work}/submission.md", "release-body.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
