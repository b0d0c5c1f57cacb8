#!/usr/bin/env bash
# usage: bin/run.sh SLUG INPUT-FOLDER OUTPUT-FOLDER
# A test runner of Exercism: writes OUTPUT-FOLDER/results.json, and ends with 0 whatever is in it. Another end says that
# the grading failed.
set -euo pipefail
if [[ $# -ne 3 ]]; then
    echo "usage: $0 SLUG INPUT-FOLDER OUTPUT-FOLDER" >&2
    exit 2
fi
slug=$1 input=$2 output=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/class" "$output"
# A class of one: what was not handed in is in the results as well.
cp -RP "$input" "$work/class/submission"
# The container is thrown away after this submission, so limits are enough where the system has nothing more.
"${INTERLEAVE:-interleave}" grade "$work/class" --class --system plain --exercise "$slug" --results "$work/run" \
    --no-cache --allow-weak-sandbox --exit-zero --quiet --format exercism --output "$work/{learner}.json"
cp "$work/submission.json" "$output/.results.json"
mv "$output/.results.json" "$output/results.json"
