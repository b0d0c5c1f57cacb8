//! Graders who may do less than root, and systems that have less than layers ask for. The kernel refuses what is missing, as
//! the filters of containers do.

use std::collections::BTreeMap;
use std::env;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter};

use super::{BETWEEN, Graded, names_of, this_program};

/// System calls that make namespaces. In most containers without privileges there are none.
const OF_NAMESPACES: [i64; 2] = [libc::SYS_unshare, libc::SYS_setns];
/// Those of all layers.
const OF_LAYERS: [i64; 4] =
    [libc::SYS_unshare, libc::SYS_setns, libc::SYS_landlock_create_ruleset, libc::SYS_seccomp];

/// The variable with the numbers of the system calls that the grader has to do without.
const REFUSED: &str = "REFUSED";

/// The user that owns nothing.
const NOBODY: u32 = 65_534;

#[test]
fn what_a_layer_keeps_away_an_ordinary_user_keeps_away_as_well() {
    if nix::unistd::geteuid().is_root() {
        let attacks = names_of(|attack| attack.layer);
        Graded::by(ordinary(&this_program()), &attacks).assert_as_it_must();
    }
}

#[test]
fn what_namespaces_keep_away_the_other_layers_keep_away_as_well() {
    let attacks = ["reaches_out", "opens_a_socket_all_the_same"].map(str::to_owned);
    Graded::by(without(&OF_NAMESPACES), &attacks).assert_as_it_must();
}

/// The same attack succeeds where nothing keeps it away: so it is an attack.
#[test]
fn without_any_layer_an_attack_reaches_out() {
    let graded = Graded::by(without(&OF_LAYERS), &["reaches_out".to_owned()]);
    graded.assert_nothing_is_left();
    let said = graded.said();
    for reached in [
        "a file of the system",
        "the environment of the grader",
        "what the grader has mapped",
        "a new file beside it",
        "a renamed file",
        "a file without a name",
        "a process by fork",
        "a process by clone",
        "a signal to the grader",
        "a descriptor of a process",
        "the memory of another process",
        "shared memory",
        "a message queue",
        "a group of its own",
        "a life longer than the grader's",
    ] {
        assert!(said.contains(reached), "{reached}: {said}");
    }
}

/// `command` as somebody who may do nothing special. What is needed of folders that only root may enter is mounted where it
/// was, within folders that everybody may enter.
fn ordinary(command: &Command) -> Command {
    let sysroot = sysroot();
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the grader is in a workspace");
    let program = Path::new(command.get_program());
    let needed = [project, &sysroot, program.parent().expect("a folder")];
    let hidden: BTreeMap<&Path, Vec<&Path>> = needed.iter().fold(BTreeMap::new(), |mut hidden, path| {
        if let Some(folder) = path.ancestors().filter(|folder| !is_for_everybody(folder)).last() {
            hidden.entry(folder).or_insert_with(Vec::new).push(path);
        }
        hidden
    });
    let become_nobody =
        format!("setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups --bounding-set=-all");
    let mut other = if hidden.is_empty() { shell("sh", &[]) } else { shell("unshare", &["--mount", "sh"]) };
    other.arg("-c").arg(format!("set -e\n{}exec {become_nobody} \"$@\"", mounts(&hidden))).arg("sh");
    other.arg(program).args(command.get_args());
    // Not by way of rustup, which has files of its own.
    let path = env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(sysroot.join("bin")).chain(env::split_paths(&path));
    other.env("PATH", env::join_paths(path).expect("folders"));
    other
}

fn shell(program: &str, args: &[&str]) -> Command {
    #[expect(clippy::disallowed_methods, reason = "another user cannot be had within this process")]
    let mut shell = Command::new(program);
    shell.args(args);
    shell
}

/// Commands of the shell that show what is needed of hidden folders, and nothing else of them.
fn mounts(hidden: &BTreeMap<&Path, Vec<&Path>>) -> String {
    hidden.iter().fold(String::new(), |script, (folder, needed)| {
        let quoted = |path: &Path| format!("'{}'", path.display());
        let each = |command: &dyn Fn(usize, String) -> String| -> String {
            needed.iter().enumerate().map(|(number, path)| command(number, quoted(path))).collect()
        };
        let aside = each(&|number, path| {
            format!("mkdir /mnt/.{number}\nmount --rbind {path} /mnt/.{number}\n")
        });
        let back = each(&|number, path| {
            format!("mkdir -p {path}\nmount --move /mnt/.{number} {path}\n")
        });
        let covered = quoted(folder);
        format!("{script}mount -t tmpfs -o mode=755 kept /mnt\n{aside}mount -t tmpfs -o mode=755 shown {covered}\n{back}umount /mnt\n")
    })
}

fn sysroot() -> PathBuf {
    let rustc = shell("rustc", &["--print", "sysroot"]).output().expect("rustc");
    PathBuf::from(String::from_utf8_lossy(&rustc.stdout).trim())
}

/// Whether everybody may enter a folder and list it.
fn is_for_everybody(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.mode() & 0o5 == 0o5)
}

/// This program as an ordinary user, on a system without `calls`.
fn without(calls: &[i64]) -> Command {
    let mut program = this_program();
    if nix::unistd::geteuid().is_root() {
        program = ordinary(&program);
    }
    let calls: Vec<String> = calls.iter().map(i64::to_string).collect();
    program.env(REFUSED, calls.join(BETWEEN));
    program
}

/// From here on, the kernel refuses this thread the system calls that the variable has the numbers of, and whatever is
/// started from it.
pub(super) fn do_without() {
    let numbers = env::var(REFUSED).unwrap_or_default();
    let numbers: Vec<i64> =
        numbers.split_terminator(BETWEEN).map(|number| number.parse().expect("a number")).collect();
    if numbers.is_empty() {
        return;
    }
    let rules: BTreeMap<i64, Vec<_>> = numbers.into_iter().map(|call| (call, Vec::new())).collect();
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let processor = env::consts::ARCH.try_into().expect("a processor that seccomp knows");
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refused, processor);
    let filter: BpfProgram = filter.and_then(TryInto::try_into).expect("a filter");
    apply_filter(&filter).expect("seccomp");
}
