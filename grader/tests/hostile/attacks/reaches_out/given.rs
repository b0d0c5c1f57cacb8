
/// Tries what a process could do to the machine, to the grader and to other processes.
pub mod reach {
    use std::ffi::{c_char, c_int, c_long, c_void};

    unsafe extern "C" {
        fn syscall(number: c_long, ...) -> c_long;
        fn open(path: *const c_char, flags: c_int, ...) -> c_int;
        fn fcntl(file: c_int, command: c_int, ...) -> c_int;
        fn readlink(path: *const c_char, name: *mut c_char, length: usize) -> isize;
        fn mkdir(path: *const c_char, mode: u32) -> c_int;
        fn unlink(path: *const c_char) -> c_int;
        fn rename(from: *const c_char, to: *const c_char) -> c_int;
        fn symlink(to: *const c_char, path: *const c_char) -> c_int;
        fn chmod(path: *const c_char, mode: u32) -> c_int;
        fn truncate(path: *const c_char, length: i64) -> c_int;
        fn fork() -> c_int;
        fn wait(status: *mut c_int) -> c_int;
        fn execv(path: *const c_char, args: *const *const c_char) -> c_int;
        fn getpid() -> c_int;
        fn getppid() -> c_int;
        fn kill(process: c_int, signal: c_int) -> c_int;
        fn ptrace(request: c_long, ...) -> c_long;
        fn process_vm_readv(
            process: c_int, to: *const c_void, to_count: usize, from: *const c_void, from_count: usize, flags: usize,
        ) -> isize;
        fn memfd_create(name: *const c_char, flags: u32) -> c_int;
        fn shmget(key: c_int, size: usize, flags: c_int) -> c_int;
        fn shmctl(id: c_int, command: c_int, buffer: *mut c_void) -> c_int;
        fn semget(key: c_int, count: c_int, flags: c_int) -> c_int;
        fn semctl(id: c_int, number: c_int, command: c_int) -> c_int;
        fn msgget(key: c_int, flags: c_int) -> c_int;
        fn msgctl(id: c_int, command: c_int, buffer: *mut c_void) -> c_int;
        fn mq_open(name: *const c_char, flags: c_int, ...) -> c_int;
        fn mq_unlink(name: *const c_char) -> c_int;
        fn unshare(flags: c_int) -> c_int;
        fn mount(what: *const c_char, to: *const c_char, kind: *const c_char, flags: u64, data: *const c_void) -> c_int;
        fn chroot(path: *const c_char) -> c_int;
        fn setsid() -> c_int;
        fn setpgid(process: c_int, group: c_int) -> c_int;
        fn setuid(user: u32) -> c_int;
        fn setpriority(which: c_int, who: u32, value: c_int) -> c_int;
        fn sched_setaffinity(process: c_int, size: usize, set: *const u64) -> c_int;
        fn prctl(option: c_int, ...) -> c_int;
        fn setrlimit(resource: c_int, limit: *const [u64; 2]) -> c_int;
        fn ioctl(file: c_int, request: u64, ...) -> c_int;
        fn inotify_init1(flags: c_int) -> c_int;
        fn timer_create(clock: c_int, event: *const c_void, timer: *mut *mut c_void) -> c_int;
        fn __errno_location() -> *mut c_int;
        fn _exit(code: c_int) -> !;
    }

    // Of x86-64, or else of aarch64, whose numbers newer architectures share.
    const OLD: bool = cfg!(target_arch = "x86_64");
    const USERFAULTFD: c_long = if OLD { 323 } else { 282 };
    const BPF: c_long = if OLD { 321 } else { 280 };
    const PERF_EVENT_OPEN: c_long = if OLD { 298 } else { 241 };
    const ADD_KEY: c_long = if OLD { 248 } else { 217 };
    const CLONE: c_long = if OLD { 56 } else { 220 };
    const TGKILL: c_long = if OLD { 234 } else { 131 };
    const PIDFD_SEND_SIGNAL: c_long = 424;
    const IO_URING_SETUP: c_long = 425;
    const PIDFD_OPEN: c_long = 434;

    const EPERM: c_int = 1;
    const EACCES: c_int = 13;
    const ENOSYS: c_int = 38;

    /// Whether a call did something, or failed by its arguments alone.
    fn reached(result: impl Into<i64>) -> bool {
        result.into() >= 0 || ![EPERM, EACCES, ENOSYS].contains(&unsafe { *__errno_location() })
    }

    fn opens(path: &str, flags: c_int) -> bool {
        let path = format!("{path}\0");
        reached(unsafe { open(path.as_ptr().cast(), flags, 0o600) })
    }

    /// Whether a new file can be made. It does not stay.
    fn makes(path: &str) -> bool {
        const CREATE: c_int = 0o101;
        let made = opens(path, CREATE);
        unsafe { unlink(format!("{path}\0").as_ptr().cast()) };
        made
    }

    /// Whether an object could be made. It does not stay.
    fn makes_object(id: c_int, remove: unsafe fn(c_int)) -> bool {
        let made = reached(id);
        if id >= 0 {
            unsafe { remove(id) }
        }
        made
    }

    const REMOVE: c_int = 0;
    unsafe fn remove_memory(id: c_int) {
        unsafe { shmctl(id, REMOVE, std::ptr::null_mut()) };
    }
    unsafe fn remove_semaphore(id: c_int) {
        unsafe { semctl(id, 0, REMOVE) };
    }
    unsafe fn remove_queue(id: c_int) {
        unsafe { msgctl(id, REMOVE, std::ptr::null_mut()) };
    }
    unsafe fn remove_named_queue(_: c_int) {
        unsafe { mq_unlink(c"/interleave-left".as_ptr()) };
    }

    /// Whether a call that returns twice does. A child ends at once.
    fn starts(result: i64) -> bool {
        if result == 0 {
            unsafe { _exit(0) }
        }
        let reached = reached(result);
        if result > 0 {
            unsafe { wait(std::ptr::null_mut()) };
        }
        reached
    }

    /// Fails with what it could reach.
    ///
    /// # Panics
    /// If it could reach anything.
    pub fn out() {
        static mut DONE: bool = false;
        // The model runs a check many times in one process, and one thread of it at a time.
        if unsafe { std::mem::replace(&mut *std::ptr::addr_of_mut!(DONE), true) } {
            return;
        }
        let null = std::ptr::null::<c_void>();
        let parent = unsafe { getppid() };
        let other = unsafe { getpid() } + 1;
        let write_only = 0o1;
        let tries: Vec<(&str, bool)> = unsafe {
            vec![
                ("a file of the system", opens("/etc/passwd", 0)),
                ("the list of a folder", opens("/", 0o200_000)),
                ("the list of its own folder", opens(".", 0)),
                ("the environment of the grader", opens(&format!("/proc/{parent}/environ"), 0)),
                ("the memory of the grader", opens(&format!("/proc/{parent}/mem"), 0)),
                ("what the grader has mapped", opens(&format!("/proc/{parent}/maps"), 0)),
                ("a process of the system", opens("/proc/1/status", 0)),
                ("its own memory as a file", opens("/proc/self/mem", 0o2)),
                ("its own binary as a file", opens("/proc/self/exe", write_only)),
                ("a new file beside it", makes("left")),
                ("a new file in the temporary folder", makes("/tmp/interleave-left")),
                ("a shared file in memory", makes("/dev/shm/interleave-left")),
                ("a terminal", opens("/dev/tty", 0o2)),
                ("a new folder", reached(mkdir(c"left-folder".as_ptr(), 0o700))),
                ("a removed file", reached(unlink(c"left".as_ptr()))),
                ("a renamed file", reached(rename(c"left".as_ptr(), c"right".as_ptr()))),
                ("a link", reached(symlink(c"/".as_ptr(), c"left-link".as_ptr()))),
                ("the mode of a file", reached(chmod(c".".as_ptr(), 0o777))),
                ("the length of a file", reached(truncate(c"left".as_ptr(), 0))),
                ("a file without a name", reached(memfd_create(c"left".as_ptr(), 0))),
                ("a process by fork", starts(fork().into())),
                ("a process by clone", starts(syscall(CLONE, 17 as c_long, null, null, null, null))),
                ("a signal to the grader", reached(kill(parent, 0))),
                ("a signal to its own group", reached(kill(0, 0))),
                ("a signal to everybody", reached(kill(-1, 0))),
                ("a signal to a thread", reached(syscall(TGKILL, parent as c_long, parent as c_long, 0 as c_long))),
                ("a descriptor of a process", reached(syscall(PIDFD_OPEN, parent as c_long, 0 as c_long))),
                ("a signal by a descriptor", reached(syscall(PIDFD_SEND_SIGNAL, -1 as c_long, 0 as c_long, null, 0 as c_long))),
                ("tracing", reached(ptrace(0x4206, parent, null, null))),
                ("the memory of another process", reached(process_vm_readv(parent, null, 0, null, 0, 0) as i64)),
                ("io_uring", reached(syscall(IO_URING_SETUP, 1 as c_long, null))),
                ("shared memory", makes_object(shmget(0, 4096, 0o1600), remove_memory)),
                ("a semaphore", makes_object(semget(0, 1, 0o1600), remove_semaphore)),
                ("a message queue", makes_object(msgget(0, 0o1600), remove_queue)),
                ("a named message queue", makes_object(mq_open(c"/interleave-left".as_ptr(), 0o102, 0o600, null), remove_named_queue)),
                ("a key", reached(syscall(ADD_KEY, c"user".as_ptr(), c"left".as_ptr(), c"x".as_ptr(), 1 as c_long, -1 as c_long))),
                ("namespaces", reached(unshare(0x400))),
                ("a mount", reached(mount(null.cast(), c"left".as_ptr(), null.cast(), 0x20, null))),
                ("another root", reached(chroot(c"left".as_ptr()))),
                ("a session of its own", reached(setsid())),
                ("a group of its own", reached(setpgid(0, 0))),
                ("another user", reached(setuid(0))),
                ("a priority", reached(setpriority(0, 0, 19))),
                ("other cores", reached(sched_setaffinity(0, 0, null.cast()))),
                ("a life longer than the grader's", reached(prctl(1, 0 as c_long))),
                ("being traced", reached(prctl(0x5961_6d61, -1 as c_long))),
                ("more open files", reached(setrlimit(7, &[1 << 20, 1 << 20]))),
                ("a limit of another process", reached(syscall(if OLD { 302 } else { 261 }, other as c_long, 7 as c_long, null, null))),
                ("input of a terminal", reached(ioctl(0, 0x5412, null))),
                ("watching files", reached(inotify_init1(0))),
                ("timers that send signals", reached(timer_create(0, null, &mut std::ptr::null_mut()))),
                ("faults of memory", reached(syscall(USERFAULTFD, 1 as c_long))),
                ("programs in the kernel", reached(syscall(BPF, 0 as c_long, null, 0 as c_long))),
                ("counters of the processor", reached(syscall(PERF_EVENT_OPEN, null, 0 as c_long, -1 as c_long, -1 as c_long, 0 as c_long))),
                ("an inherited descriptor", (3..1024).filter(|file| is_inherited(*file)).count() > 0),
            ]
        };
        let reached: Vec<&str> = tries.into_iter().filter(|(_, reached)| *reached).map(|(name, _)| name).collect();
        assert!(reached.is_empty(), "reached: {}", reached.join(", "));
        // Last, since whoever becomes another program says nothing any more.
        unsafe { execv(c"/bin/true".as_ptr(), [c"true".as_ptr(), null.cast()].as_ptr()) };
    }

    /// Whether a descriptor is open that a program started from here would inherit. The channel is none, and what stands
    /// for the process's own entry in `/proc` leads nowhere else.
    fn is_inherited(file: c_int) -> bool {
        let flags = unsafe { fcntl(file, 1) };
        let mut name = [0_u8; 64];
        let link = format!("/proc/self/fd/{file}\0");
        let length = unsafe { readlink(link.as_ptr().cast(), name.as_mut_ptr().cast(), name.len()) };
        let own = format!("/proc/{}", unsafe { getpid() });
        let is_own = usize::try_from(length).is_ok_and(|length| name[..length] == *own.as_bytes());
        flags >= 0 && flags & 1 == 0 && !is_own
    }
}
