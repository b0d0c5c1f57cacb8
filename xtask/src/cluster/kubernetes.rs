//! Kubernetes: an Indexed Job with a pod for each shard, and a job that merges them.
//!
//! The pods see nothing but the image, the volume with the class, and a folder that goes with them. They have no
//! privileges, so the sandbox is the tier `landlock+seccomp`.

use std::path::{Path, PathBuf};

use super::Ended;
use super::files::{self, Draft};
use super::job::{self, Job};
use super::refused::Refused;
use crate::cli::KubernetesArgs;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Where the volume of the class is in a pod.
const VOLUME: &str = "/data";
/// The grader in the image.
const PROGRAM: &str = "interleave";
/// A pod that fails is tried again so often, each shard for itself.
const RETRIES: u32 = 3;

/// Prints or writes the manifests.
pub fn run(args: &KubernetesArgs, date: Option<String>, terminal: &Terminal) -> Result<Exit, Ended> {
    let place = |path: &Path| job::inside(path, "the volume").map(|path| PathBuf::from(VOLUME).join(path));
    let job = Job::new(&args.job, date, &place)?;
    let is_plain = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
    let is_name = args.claim.starts_with(is_plain)
        && args.claim.ends_with(is_plain)
        && args.claim.chars().all(|character| is_plain(character) || "-.".contains(character));
    if !is_name {
        return Err(Refused::Name { name: args.claim.clone() }.into());
    }
    let drafts = manifests(&job, &args.image, &args.claim);
    match &args.output {
        None => files::print(&drafts)?,
        Some(folder) => files::write(&drafts, folder, terminal)?,
    }
    Ok(Exit::Accepted)
}

/// The job of the shards, and the one that merges.
fn manifests(job: &Job, image: &str, claim: &str) -> Vec<Draft> {
    let shards = job.shards;
    let mut grade: Vec<String> = job.grade().iter().map(|word| escaped(word)).collect();
    // The system puts in which shard this is. How many there are stands here.
    grade.push(format!("$(JOB_COMPLETION_INDEX)/{shards}"));
    let merge: Vec<String> = job.merge().iter().map(|word| escaped(word)).collect();
    let grade = format!(
        "\
# Grades a class in {shards} shards. A pod that is lost is replaced, and goes on with what is there.
#   kubectl apply -f grade.yaml
#   kubectl wait --for=condition=complete --timeout=2h job/interleave-grade
#   kubectl apply -f merge.yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: interleave-grade
  labels:
    app.kubernetes.io/name: interleave
spec:
  completionMode: Indexed
  completions: {shards}
  parallelism: {shards}
  backoffLimitPerIndex: {RETRIES}
  podFailurePolicy:
    rules:
      # Wrong usage is as wrong the next time.
      - action: FailIndex
        onExitCodes:
          operator: In
          values: [2]
      # A node that goes away is no failure.
      - action: Ignore
        onPodConditions:
          - type: DisruptionTarget
            status: \"True\"
{template}",
        template = template(job, image, claim, "grade", &grade)
    );
    let merge = format!(
        "\
# Merges the shards when all are done, and names those that are missing.
apiVersion: batch/v1
kind: Job
metadata:
  name: interleave-merge
  labels:
    app.kubernetes.io/name: interleave
spec:
  backoffLimit: {RETRIES}
{template}",
        template = template(job, image, claim, "merge", &merge)
    );
    vec![Draft { name: "grade.yaml", text: grade }, Draft { name: "merge.yaml", text: merge }]
}

/// A pod that can do nothing but grade.
fn template(job: &Job, image: &str, claim: &str, name: &str, args: &[String]) -> String {
    let Job { cpus, memory, minutes, .. } = job;
    let seconds = u64::from(*minutes) * 60;
    let args: String = args.iter().map(|word| format!("            - {}\n", text(word))).collect();
    let date = job
        .date
        .iter()
        .map(|date| format!("            - name: SOURCE_DATE_EPOCH\n              value: {}\n", text(date)));
    let date: String = date.collect();
    format!(
        "  template:
    metadata:
      labels:
        app.kubernetes.io/name: interleave
    spec:
      restartPolicy: Never
      activeDeadlineSeconds: {seconds}
      automountServiceAccountToken: false
      enableServiceLinks: false
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
        runAsGroup: 10001
        fsGroup: 10001
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: {name}
          image: {image}
          command: [{PROGRAM}]
          args:
{args}          env:
            - name: HOME
              value: /tmp
{date}          resources:
            requests:
              cpu: \"{cpus}\"
              memory: {memory}Mi
            limits:
              cpu: \"{cpus}\"
              memory: {memory}Mi
              ephemeral-storage: 4Gi
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            privileged: false
            capabilities:
              drop: [ALL]
          volumeMounts:
            - name: class
              mountPath: {VOLUME}
            - name: scratch
              mountPath: /tmp
      volumes:
        - name: class
          persistentVolumeClaim:
            claimName: {claim}
        - name: scratch
          emptyDir:
            sizeLimit: 4Gi
",
        image = text(image),
        claim = text(claim),
    )
}

/// A word in which nothing stands for a variable.
fn escaped(word: &str) -> String {
    word.replace("$(", "$$(")
}

/// A string of JSON, which is one of YAML as well.
fn text(word: &str) -> String {
    serde_json::Value::from(word).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::samples;

    #[test]
    fn the_manifests_of_a_class() {
        let job = samples::job("/data/week 3", "/data/results");
        for Draft { name, text } in manifests(&job, "registry.example.org/interleave:1", "class-2026") {
            insta::assert_snapshot!(name, text);
        }
    }

    #[test]
    fn paths_stay_inside_the_volume() {
        for path in ["/etc/passwd", "../other", "a/../../b", "", "."] {
            assert!(job::inside(Path::new(path), "the volume").is_err(), "{path}");
        }
        assert_eq!(job::inside(Path::new("./a//b/"), "the volume").expect("inside"), Path::new("a/b"));
    }
}
