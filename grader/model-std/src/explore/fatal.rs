//! What ends a process with std: a stack that overflows, and an abort. Here it fails the execution.
//!
//! The system sends a signal: to a thread that touches the page below its stack, because it has used all of it, or to
//! one that aborts, as a panic does while another one unwinds. The handler of that signal empties the stack, so that
//! the thread goes on at its beginning, and there reports the failure. With an overflow, that is possible wherever the
//! thread was in the program's own code. If it was inside of the explorer, or of a library of the system, which may
//! have left a lock of the allocator behind, the process says what happened and ends, as it does with std.
//!
//! Elsewhere than on Linux, on x86-64 and AArch64, the signals end the process.

use real::io::Write;
use real::thread::panicking;

pub(super) use handler::{Watch, install};

use super::acting::{report, try_with};
use super::hook;
use super::runtime::{Runtime, try_with_runtime};
use super::state::Stop;
use super::thread::Life;

/// What is left to do for a thread whose stack has overflowed. It runs on that stack, which is empty.
#[cfg_attr(
    not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))),
    expect(dead_code, reason = "no signal is handled there")
)]
fn overflowed() {
    end_execution("stack overflow, aborting");
}

/// What is left to do for a thread that has aborted. It runs on its stack, which is empty.
#[cfg_attr(
    not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))),
    expect(dead_code, reason = "no signal is handled there")
)]
fn aborted() {
    end_execution("the process aborts");
}

fn end_execution(why: &str) {
    let noted = try_with(|state| {
        let me = state.execution.me();
        let in_hook = (me.hooks > 0 && !state.execution.abandoned) || state.execution.me().in_message;
        let counts = state.execution.threads.iter().any(|thread| thread.counted);
        if state.execution.threads[0].life == Life::Finished {
            // What other threads do after the test has returned cannot make it fail.
            state.execution.over = true;
        } else {
            state.fail_by_fatal_error(why);
        }
        (in_hook, counts)
    });
    let Some((in_hook, counts)) = noted else {
        try_with_runtime(Runtime::report_crash_at_the_end);
        handler::end_process();
    };
    report(true);
    // std keeps a lock while a hook runs, and while the program makes the message of a panic, and nobody can give it back:
    // whoever sets a hook, as a test harness does at its end, would wait without end. Where std counts the panic of a thread,
    // it cannot be asked whether it makes a message.
    let in_message = hook::leave_if_in_one() && (!panicking() || counts);
    if in_hook || in_message {
        show_failure();
        handler::end_process();
    }
}

/// Shows the failure while there is a process to do so.
fn show_failure() {
    let text = try_with(|state| match &state.execution.stop {
        Some(Stop::Failed(failure)) => Some(real::format!("\n{failure}")),
        _ => None,
    });
    if let Some(text) = text.flatten() {
        // Where standard error is closed, no reader is there to miss it.
        let _ = real::io::stderr().lock().write_all(text.as_bytes());
    }
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod handler {
    use core::cell::Cell;
    use core::ops::Range;
    use core::{mem, ptr};
    use corosensei::stack::{DefaultStack, Stack};
    use corosensei::trap::{CoroutineTrapHandler, TrapHandlerRegs};
    use real::sync::{Once, OnceLock};

    /// The model thread that runs, on an OS thread.
    #[derive(Clone, Copy)]
    struct Running {
        /// The start and the end of the page below its stack.
        guard: (usize, usize),
        trap: CoroutineTrapHandler<()>,
    }

    real::thread_local! {
        /// Without a destructor, and initialised by a constant: a signal handler may read it.
        static RUNNING: Cell<Option<Running>> = const { Cell::new(None) };
    }

    /// Watches the stack of a thread that runs, until it is dropped.
    pub(in super::super) struct Watch(Option<Running>);

    impl Watch {
        /// Where the stack of a thread may not be touched.
        pub(in super::super) fn guard_of(stack: &DefaultStack) -> (usize, usize) {
            let limit = stack.limit().get();
            (limit, limit + page_size())
        }

        pub(in super::super) fn over(guard: (usize, usize), trap: CoroutineTrapHandler<()>) -> Self {
            Watch(RUNNING.replace(Some(Running { guard, trap })))
        }
    }

    impl Drop for Watch {
        fn drop(&mut self) {
            RUNNING.set(self.0);
        }
    }

    fn page_size() -> usize {
        static SIZE: OnceLock<usize> = OnceLock::new();
        // SAFETY: it reads a constant of the system.
        *SIZE.get_or_init(|| unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as usize)
    }

    /// The signals of a page that may not be touched, and of an abort: std's, and that of the processor.
    const SIGNALS: [libc::c_int; 4] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGABRT, libc::SIGILL];

    /// What handled the signals before, by signal.
    static BEFORE: OnceLock<[(libc::c_int, libc::sigaction); SIGNALS.len()]> = OnceLock::new();

    /// Installs the handler, once per process. It runs on the stack that std sets aside for its own.
    pub(in super::super) fn install() {
        static INSTALL: Once = Once::new();
        INSTALL.call_once(|| {
            BEFORE.get_or_init(|| SIGNALS.map(|signal| (signal, current(signal))));
            // SAFETY: all bits zero are a valid `sigaction`.
            let mut action: libc::sigaction = unsafe { mem::zeroed() };
            action.sa_sigaction = on_signal as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
            for signal in SIGNALS {
                // SAFETY: the handler calls only what a signal handler may.
                unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) };
            }
        });
    }

    fn current(signal: libc::c_int) -> libc::sigaction {
        // SAFETY: all bits zero are a valid `sigaction`, and without a new one the call only writes the old one.
        unsafe {
            let mut before: libc::sigaction = mem::zeroed();
            libc::sigaction(signal, ptr::null(), &raw mut before);
            before
        }
    }

    /// Where the code of this program is, which no library of the system belongs to.
    fn code() -> Range<usize> {
        // SAFETY: both symbols are defined by the linker; only their addresses are used.
        unsafe extern "C" {
            static __executable_start: u8;
            static etext: u8;
        }
        (&raw const __executable_start).addr()..(&raw const etext).addr()
    }

    unsafe extern "C" fn on_signal(
        signal: libc::c_int,
        info: *mut libc::siginfo_t,
        context: *mut libc::c_void,
    ) {
        // SAFETY: the system calls a handler with `SA_SIGINFO` with pointers to these, which are its own.
        let (info_of, registers) = unsafe {
            let context = &mut *context.cast::<libc::ucontext_t>();
            (&*info, &mut context.uc_mcontext)
        };
        let on_its_stack = |running: &Running| running.trap.stack_ptr_in_bounds(stack_pointer(registers));
        let Some(running) = RUNNING.get().filter(on_its_stack) else { return pass_on(signal, info, context) };
        let then = match signal {
            // It comes from another process, and is not this thread's.
            libc::SIGABRT if info_of.si_code == libc::SI_USER => return pass_on(signal, info, context),
            libc::SIGABRT | libc::SIGILL => super::aborted,
            _ => {
                // SAFETY: these signals have an address.
                let address = unsafe { info_of.si_addr() }.addr();
                if !(running.guard.0..running.guard.1).contains(&address) {
                    return pass_on(signal, info, context);
                }
                if !code().contains(&instruction(registers)) {
                    end_process();
                }
                super::overflowed
            }
        };
        // SAFETY: the stack pointer is within the coroutine, which runs. Nothing that its stack holds is used again:
        // the execution stops, and other threads that borrow from there never run again. What the thread was about
        // to write is seen by nobody but the explorer, which was not in the middle of a change: its state would be
        // borrowed, and then `end_execution` does not look at it.
        let regs = unsafe { running.trap.setup_trap_handler(then) };
        go_on_with(registers, regs);
    }

    /// Does what would have been done without this handler.
    fn pass_on(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
        let before = BEFORE.get().and_then(|all| all.iter().find(|(other, _)| *other == signal));
        let Some((_, before)) = before else { end_process() };
        if before.sa_sigaction == libc::SIG_DFL || before.sa_sigaction == libc::SIG_IGN {
            // SAFETY: it was in force before. The instruction runs again, and its signal finds no handler.
            unsafe { libc::sigaction(signal, &raw const *before, ptr::null_mut()) };
        } else if before.sa_flags & libc::SA_SIGINFO != 0 {
            // SAFETY: with that flag, it is a function of this type.
            unsafe {
                let handler: extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void) =
                    mem::transmute(before.sa_sigaction);
                handler(signal, info, context);
            }
        } else {
            // SAFETY: without that flag, it is a function of this type.
            let handler: extern "C" fn(libc::c_int) = unsafe { mem::transmute(before.sa_sigaction) };
            handler(signal);
        }
    }

    /// Says what has happened, and ends the process, as std does.
    pub(super) fn end_process() -> ! {
        const TEXT: &[u8] =
            b"\na thread of the model has overflowed its stack, or aborted, where that ends the process\n";
        // From here on the signal of an abort is not a thread's.
        RUNNING.set(None);
        // SAFETY: both may be called in a signal handler.
        unsafe {
            libc::write(libc::STDERR_FILENO, TEXT.as_ptr().cast(), TEXT.len());
            libc::abort()
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn stack_pointer(registers: &libc::mcontext_t) -> usize {
        registers.gregs[libc::REG_RSP as usize] as usize
    }

    #[cfg(target_arch = "x86_64")]
    fn instruction(registers: &libc::mcontext_t) -> usize {
        registers.gregs[libc::REG_RIP as usize] as usize
    }

    #[cfg(target_arch = "x86_64")]
    fn go_on_with(registers: &mut libc::mcontext_t, regs: TrapHandlerRegs) {
        let TrapHandlerRegs { rip, rsp, rbp, rdi, rsi } = regs;
        let changed = [
            (libc::REG_RIP, rip),
            (libc::REG_RSP, rsp),
            (libc::REG_RBP, rbp),
            (libc::REG_RDI, rdi),
            (libc::REG_RSI, rsi),
        ];
        for (register, value) in changed {
            registers.gregs[register as usize] = value as i64;
        }
    }

    #[cfg(target_arch = "aarch64")]
    fn stack_pointer(registers: &libc::mcontext_t) -> usize {
        registers.sp as usize
    }

    #[cfg(target_arch = "aarch64")]
    fn instruction(registers: &libc::mcontext_t) -> usize {
        registers.pc as usize
    }

    #[cfg(target_arch = "aarch64")]
    fn go_on_with(registers: &mut libc::mcontext_t, regs: TrapHandlerRegs) {
        let TrapHandlerRegs { pc, sp, x0, x1, x29, lr } = regs;
        (registers.pc, registers.sp) = (pc, sp);
        for (register, value) in [(0, x0), (1, x1), (29, x29), (30, lr)] {
            registers.regs[register] = value;
        }
    }
}

#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
mod handler {
    use corosensei::stack::DefaultStack;
    use corosensei::trap::CoroutineTrapHandler;

    /// Watches nothing here.
    pub(in super::super) struct Watch;

    impl Watch {
        pub(in super::super) fn guard_of(_: &DefaultStack) -> (usize, usize) {
            (0, 0)
        }

        pub(in super::super) fn over(_: (usize, usize), _: CoroutineTrapHandler<()>) -> Self {
            Watch
        }
    }

    pub(in super::super) fn install() {}

    pub(super) fn end_process() -> ! {
        real::process::abort()
    }
}
