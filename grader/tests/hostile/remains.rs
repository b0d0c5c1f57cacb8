//! What a submission could leave behind.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What would outlive a process beside files in the temporary folder: shared objects, mounts and groups of processes.
pub fn objects() -> Vec<BTreeSet<String>> {
    let own_group = lines("/proc/self/cgroup").into_iter().filter_map(|line| {
        let path = line.rsplit(':').next()?.trim_start_matches('/').to_owned();
        Some(names(&Path::new("/sys/fs/cgroup").join(path)))
    });
    let of_system_v = ["shm", "sem", "msg"].map(|kind| lines(&format!("/proc/sysvipc/{kind}")));
    let files = ["/dev/shm", "/dev/mqueue"].map(|folder| names(Path::new(folder)));
    let mounts = [lines("/proc/self/mountinfo")];
    files.into_iter().chain(of_system_v).chain(mounts).chain(own_group).collect()
}

/// The names in a folder. There is nothing in one that does not exist.
pub fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn lines(file: &str) -> BTreeSet<String> {
    fs::read_to_string(file).unwrap_or_default().lines().map(str::to_owned).collect()
}

/// The processes whose program, or whose folder, is below `folder`.
pub fn processes_in(folder: &Path) -> Vec<String> {
    let of = |pid: &str| {
        ["exe", "cwd"].iter().any(|link| {
            fs::read_link(format!("/proc/{pid}/{link}")).is_ok_and(|target| target.starts_with(folder))
        })
    };
    names(Path::new("/proc")).into_iter().filter(|name| of(name)).collect()
}
