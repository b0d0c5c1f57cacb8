//! A cluster of three nodes on this machine: Slurm's own daemons, with a configuration, keys and folders of their own.
//!
//! A node is a process namespace with one slurmd in it. Ending it ends whatever runs on the node at once, and nobody
//! tells the controller: so a machine fails that loses its power.

use std::env;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub const NODES: [&str; 3] = ["n1", "n2", "n3"];

/// Only what hangs takes so long.
pub const WATCHDOG: Duration = Duration::from_secs(300);
const PROGRAMS: [&str; 7] = ["slurmctld", "slurmd", "munged", "sbatch", "squeue", "unshare", "setpriv"];
/// How often daemons are started, if somebody else takes one of their ports first.
const ATTEMPTS: usize = 5;

/// Whether Slurm is here.
///
/// # Panics
/// If it is not, and `INTERLEAVE_SLURM` is `required`.
pub fn is_installed() -> bool {
    let missing = PROGRAMS.iter().find(|name| find(name).is_none());
    let missing = match missing {
        Some(name) => {
            format!("no {name}: `apt-get install slurmctld slurmd slurm-client munge` installs Slurm")
        }
        None if fs::metadata("/proc/self").is_ok_and(|own| own.uid() != 0) => {
            "a node needs a process namespace, and so root".to_owned()
        }
        None if !can_isolate() => "no process namespaces here, so no nodes".to_owned(),
        None => return true,
    };
    assert!(env::var("INTERLEAVE_SLURM").as_deref() != Ok("required"), "{missing}");
    // Straight to the terminal: what a test prints is not shown when it passes.
    let _ = writeln!(io::stderr(), "skipped: {missing}");
    false
}

/// Daemons are in folders that an ordinary user's path lacks.
fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain([PathBuf::from("/usr/sbin"), PathBuf::from("/sbin")]);
    folders.map(|folder| folder.join(name)).find(|program| program.is_file())
}

fn can_isolate() -> bool {
    let mut command = Command::new("unshare");
    command.args(["--pid", "--fork", "--mount-proc", "true"]).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Waits until something holds.
///
/// # Panics
/// If it does not within the watchdog's time; `said` is what is known then.
pub fn until(what: &str, said: &dyn Fn() -> String, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < WATCHDOG, "never: {what}\n{}", said());
        thread::sleep(Duration::from_millis(20));
    }
}

/// The cluster; its processes end with it.
pub struct Cluster {
    folder: TempDir,
    daemons: Vec<Child>,
    nodes: Vec<Child>,
}

impl Cluster {
    /// Starts it, and waits until all nodes are idle.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start() -> Self {
        for _ in 1..ATTEMPTS {
            if let Some(cluster) = Self::try_start() {
                return cluster;
            }
        }
        Self::try_start().expect("a cluster")
    }

    /// `None` if a daemon ended at once, such as because its port was taken.
    fn try_start() -> Option<Self> {
        let mut cluster =
            Self { folder: tempfile::tempdir().expect("a folder"), daemons: Vec::new(), nodes: Vec::new() };
        cluster.configure();
        let keys = cluster.path("munge");
        let file = |name: &str| format!("{}/{name}", keys.display());
        let key: Vec<u8> = (0..4)
            .flat_map(|_| {
                tempfile::tempdir().expect("a folder").path().as_os_str().as_encoded_bytes().to_vec()
            })
            .collect();
        fs::write(keys.join("key"), [key, vec![7; 1024]].concat()).expect("a key");
        fs::set_permissions(keys.join("key"), fs::Permissions::from_mode(0o400)).expect("its mode");
        let args = ["--foreground", "--force", "--key-file", &file("key"), "--socket", &file("socket")];
        let more = ["--pid-file", &file("pid"), "--log-file", &file("log"), "--seed-file", &file("seed")];
        let munged = cluster.daemon("munged", &[], &[&args[..], &more].concat());
        cluster.daemons.push(munged);
        cluster.until("munged listens", |cluster| cluster.has_ended() || keys.join("socket").exists());
        let configuration = cluster.configuration().to_string_lossy().into_owned();
        let controller = cluster.daemon("slurmctld", &[], &["-D", "-c", "-f", &configuration]);
        cluster.daemons.push(controller);
        for name in NODES {
            let isolated = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];
            let node = cluster.daemon("slurmd", &isolated, &["-D", "-N", name, "-f", &configuration]);
            cluster.nodes.push(node);
        }
        cluster.until("all nodes are idle", |cluster| cluster.has_ended() || cluster.idle() == NODES.len());
        (!cluster.has_ended()).then_some(cluster)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What `SLURM_CONF` has to be.
    pub fn configuration(&self) -> PathBuf {
        self.path("slurm.conf")
    }

    fn configure(&self) {
        for folder in ["munge", "state", "log"]
            .into_iter()
            .map(str::to_owned)
            .chain(NODES.map(|name| format!("spool/{name}")))
        {
            fs::create_dir_all(self.path(&folder)).expect("a folder");
        }
        fs::set_permissions(self.path("munge"), fs::Permissions::from_mode(0o711)).expect("its mode");
        let here = self.folder.path().display();
        let mut ports = ports();
        let mut port = || ports.next().expect("a free port");
        let mut text = format!(
            "\
ClusterName=interleave
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={}
SlurmUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={here}/munge/socket,cred_expire=5
StateSaveLocation={here}/state
SlurmdSpoolDir={here}/spool/%n
SlurmctldPidFile={here}/slurmctld.pid
SlurmdPidFile={here}/slurmd.%n.pid
SlurmctldLogFile={here}/log/slurmctld
SlurmdLogFile={here}/log/slurmd.%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,bf_interval=1
SlurmdParameters=config_overrides
SlurmdTimeout=8
ReturnToService=2
MinJobAge=600
",
            port()
        );
        for name in NODES {
            text.push_str(&format!(
                "NodeName={name} NodeHostname=localhost NodeAddr=127.0.0.1 Port={} CPUs=2 RealMemory=64000\n",
                port()
            ));
        }
        text.push_str("PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP\n");
        fs::write(self.configuration(), text).expect("a configuration");
    }

    /// Starts a daemon, which ends when this thread does.
    fn daemon(&self, name: &str, isolated: &[&str], args: &[&str]) -> Child {
        let log = File::create(
            self.path(&format!("log/{}.out", args.get(2).filter(|_| !isolated.is_empty()).unwrap_or(&name))),
        )
        .expect("a log");
        Command::new("setpriv")
            .args(["--pdeathsig", "KILL"])
            .args(isolated)
            .arg(find(name).expect("a daemon"))
            .args(args)
            .env("SLURM_CONF", self.configuration())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn()
            .expect("it starts")
    }

    fn has_ended(&mut self) -> bool {
        let mut all = self.daemons.iter_mut().chain(&mut self.nodes);
        all.any(|process| process.try_wait().expect("a child").is_some())
    }

    fn idle(&self) -> usize {
        let mut sinfo = Command::new("sinfo");
        sinfo.args(["--Node", "--noheader", "--format=%T"]).env("SLURM_CONF", self.configuration());
        let output = sinfo.stdin(Stdio::null()).output().expect("sinfo runs");
        String::from_utf8_lossy(&output.stdout).lines().filter(|state| state.trim() == "idle").count()
    }

    fn until(&mut self, what: &str, mut holds: impl FnMut(&mut Self) -> bool) {
        let logs = self.path("log");
        until(what, &|| said(&logs), || holds(self));
    }

    /// Where its daemons say what they do.
    pub fn logs(&self) -> PathBuf {
        self.path("log")
    }

    /// Takes the power from a node.
    pub fn kill(&mut self, name: &str) {
        let place = NODES.iter().position(|node| *node == name).expect("a node");
        self.nodes[place].kill().expect("it can be killed");
        self.nodes[place].wait().expect("it ends");
    }

    /// Ends everything, and waits until no process of it is left.
    ///
    /// # Panics
    /// If one stays.
    pub fn stop(mut self) {
        self.kill_all();
        let marker = self.folder.path().to_string_lossy().into_owned();
        // The system ends what was in a namespace after the process that it belonged to.
        until("no process is left", &|| processes_with(&marker).join("\n"), || {
            processes_with(&marker).is_empty()
        });
    }

    fn kill_all(&mut self) {
        for process in self.nodes.iter_mut().chain(&mut self.daemons) {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.kill_all();
    }
}

/// Ports that nobody listens at, and that no outgoing connection is given.
fn ports() -> impl Iterator<Item = u16> {
    let start = 20_000 + u16::try_from(std::process::id() % 10_000).expect("small");
    (start..32_000).filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
}

/// What the daemons have said there.
pub fn said(logs: &Path) -> String {
    let files = fs::read_dir(logs).into_iter().flatten().filter_map(Result::ok);
    let files = files.filter_map(|file| Some((file.file_name(), fs::read_to_string(file.path()).ok()?)));
    files.map(|(name, text)| format!("── {}\n{text}\n", name.display())).collect()
}

/// The processes that have a text in their command.
fn processes_with(text: &str) -> Vec<String> {
    let entries = fs::read_dir("/proc").expect("processes").filter_map(Result::ok);
    let commands = entries.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    let commands = commands.map(|command| String::from_utf8_lossy(&command).replace('\0', " "));
    commands.filter(|command| command.contains(text)).collect()
}
