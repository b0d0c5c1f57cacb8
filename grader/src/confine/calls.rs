//! Which system calls a process may make, by seccomp.

use std::collections::BTreeMap;
use std::io;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch,
};

/// What a check needs on every processor: its own memory, threads and clocks, and the files that Landlock leaves.
/// Whatever is not here, the kernel refuses, calls of the future included.
const OF_CHECKS: &[i64] = &[
    libc::SYS_brk,
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    // Refused below, in the way that makes the C library use `clone`.
    libc::SYS_clone3,
    libc::SYS_close,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_faccessat,
    libc::SYS_fcntl,
    libc::SYS_fstat,
    libc::SYS_futex,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_getegid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_gettid,
    libc::SYS_gettimeofday,
    libc::SYS_getuid,
    libc::SYS_lseek,
    libc::SYS_madvise,
    libc::SYS_membarrier,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_newfstatat,
    libc::SYS_openat,
    libc::SYS_ppoll,
    libc::SYS_pread64,
    libc::SYS_read,
    libc::SYS_readlinkat,
    libc::SYS_readv,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
    libc::SYS_sigaltstack,
    // Ends the process, below.
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_statx,
    libc::SYS_sysinfo,
    libc::SYS_uname,
    libc::SYS_write,
    libc::SYS_writev,
];

/// The older forms of the same calls.
#[cfg(target_arch = "x86_64")]
const OLDER: &[i64] = &[
    libc::SYS_access,
    libc::SYS_arch_prctl,
    libc::SYS_dup2,
    libc::SYS_getrlimit,
    libc::SYS_lstat,
    libc::SYS_open,
    libc::SYS_poll,
    libc::SYS_readlink,
    libc::SYS_stat,
    libc::SYS_time,
];
#[cfg(not(target_arch = "x86_64"))]
const OLDER: &[i64] = &[];

/// What neither a compiler nor a linker has any use for, and what reaches out of their files and processes.
const NOT_OF_COMPILERS: &[i64] = &[
    libc::SYS_socket,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    libc::SYS_shmget,
    libc::SYS_semget,
    libc::SYS_msgget,
    libc::SYS_mq_open,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_open_by_handle_at,
    libc::SYS_fanotify_init,
];

/// Leaves a check what it needs. Opening a socket ends the process with `SIGSYS`: that is no accident.
///
/// # Errors
/// Where there is no seccomp, or not for this processor.
pub(super) fn confine_check() -> io::Result<()> {
    let own = std::process::id();
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        OF_CHECKS.iter().chain(OLDER).map(|call| (*call, Vec::new())).collect();
    // A thread, but no process.
    let thread = u64::try_from(libc::CLONE_THREAD).map_err(io::Error::other)?;
    rules.insert(libc::SYS_clone, vec![rule(0, SeccompCmpOp::MaskedEq(thread), thread)?]);
    // Signals to itself: that is how a process aborts.
    for call in [libc::SYS_kill, libc::SYS_tgkill] {
        rules.insert(call, vec![rule(0, SeccompCmpOp::Eq, own.into())?]);
    }
    rules.insert(
        libc::SYS_prlimit64,
        vec![rule(0, SeccompCmpOp::Eq, 0)?, rule(0, SeccompCmpOp::Eq, own.into())?],
    );
    // Names of threads and of mappings, and that the process ends with the grader; not that it does not.
    let names = [libc::PR_SET_NAME, libc::PR_GET_NAME, libc::PR_SET_VMA];
    let mut settings = Vec::new();
    for setting in names {
        let setting = u64::try_from(setting).map_err(io::Error::other)?;
        settings.push(rule(0, SeccompCmpOp::Eq, setting)?);
    }
    let dies = [(0, libc::PR_SET_PDEATHSIG), (1, libc::SIGKILL)];
    let dies =
        dies.map(|(argument, value)| condition(argument, SeccompCmpOp::Eq, value.unsigned_abs().into()));
    let dies = dies.into_iter().collect::<io::Result<Vec<_>>>()?;
    settings.push(SeccompRule::new(dies).map_err(io::Error::other)?);
    rules.insert(libc::SYS_prctl, settings);

    let sockets = [libc::SYS_socket, libc::SYS_socketpair].map(|call| (call, Vec::new()));
    install(sockets.into(), SeccompAction::Allow, SeccompAction::KillProcess)?;
    // Its flags are in memory, where a filter cannot look.
    let newer = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    install(newer, SeccompAction::Allow, errno(libc::ENOSYS))?;
    // Last: it does not allow another filter.
    install(rules, errno(libc::EPERM), SeccompAction::Allow)
}

/// Takes from a compiler what it has no use for.
///
/// # Errors
/// As [`confine_check`].
pub(super) fn confine_compiler() -> io::Result<()> {
    let rules = NOT_OF_COMPILERS.iter().map(|call| (*call, Vec::new())).collect();
    install(rules, SeccompAction::Allow, errno(libc::EPERM))
}

fn rule(argument: u8, comparison: SeccompCmpOp, value: u64) -> io::Result<SeccompRule> {
    SeccompRule::new(vec![condition(argument, comparison, value)?]).map_err(io::Error::other)
}

fn condition(argument: u8, comparison: SeccompCmpOp, value: u64) -> io::Result<SeccompCondition> {
    // The kernel takes these as 32 bits, so that a filter must not look at more.
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, comparison, value).map_err(io::Error::other)
}

fn errno(code: i32) -> SeccompAction {
    SeccompAction::Errno(code.unsigned_abs())
}

fn install(
    rules: BTreeMap<i64, Vec<SeccompRule>>,
    otherwise: SeccompAction,
    on_match: SeccompAction,
) -> io::Result<()> {
    let processor = TargetArch::try_from(std::env::consts::ARCH).map_err(io::Error::other)?;
    let filter = SeccompFilter::new(rules, otherwise, on_match, processor).map_err(io::Error::other)?;
    let program = BpfProgram::try_from(filter).map_err(io::Error::other)?;
    seccompiler::apply_filter(&program).map_err(io::Error::other)
}
