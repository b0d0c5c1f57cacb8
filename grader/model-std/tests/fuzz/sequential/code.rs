//! Programs as instructions: the steps of each thread, and what it does between them.

use super::program::{Block, LAZY, Operation, Program, note};

/// How many initialisations without a value there are, and which: the `Once`, and the two of `LazyLock`.
pub const ONCE_COUNT: usize = 3;
pub const ONCE: usize = 0;
const LAZIES: [usize; 2] = [1, 2];

/// One instruction. Where an instruction can go on elsewhere, it says where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Load(usize),
    Store(usize, u32),
    Add(usize),
    Exchange {
        cell: usize,
        from: u32,
        to: u32,
        weak: bool,
    },

    Lock(usize),
    Unlock(usize),
    TryLock {
        lock: usize,
        otherwise: usize,
    },
    IsPoisoned(usize),
    ClearPoison(usize),
    /// Begins to wait at a condition variable, and unlocks the mutex 0.
    Enqueue(usize),
    /// Has waited: locks the mutex and skips the next instruction, unless it was not notified.
    Waiting {
        condvar: usize,
        timed: bool,
    },
    /// Locks the mutex 0 after a wait that ended without a notification.
    Relock,
    NotifyOne(usize),
    NotifyAll(usize),

    Read,
    EndRead,
    TryRead {
        otherwise: usize,
    },
    Write,
    EndWrite,
    TryWrite {
        otherwise: usize,
    },
    Downgrade,

    Park {
        timed: bool,
    },
    Unpark(usize),

    Send(u32),
    /// Waits until the message of a rendezvous is received.
    Sent,
    TrySend(u32),
    DropSender,
    /// Begins to receive.
    Receive {
        timed: bool,
    },
    /// Waits for a message.
    Received {
        timed: bool,
    },
    TryReceive,
    DropReceiver,

    Arrive,
    Pass,

    CallOnce {
        once: usize,
        done: usize,
        panics: usize,
        force: bool,
    },
    EndOnce(usize),
    IsCompleted(usize),
    /// Waits for the end of an initialisation: goes on there if it has panicked, unless that is ignored.
    AwaitOnce {
        panics: usize,
        force: bool,
    },
    GetOrInit {
        done: usize,
    },
    EndInit(u32),
    Get,
    WaitForValue,

    Yield,
    Sleep,
    IsFinished(usize),
    Join(usize),
    /// A scope waits for the end of a thread.
    AwaitEnd(usize),
    Spawn(usize),
    /// The thread ends.
    End,

    // What follows is nothing that another thread could see: it is part of the step before.
    Note(u32),
    /// Notes the data of the mutex 0; `poison`: and whether the last lock was poisoned.
    NoteData {
        poison: bool,
    },
    NoteTimedOut,
    NoteValue {
        ok: bool,
    },
    /// Goes on there if the data of the mutex 0 is this at least.
    IfAtLeast(u32, usize),
    /// Goes on at the first if the last lock was poisoned, and else at the second.
    IfPoisoned(usize, usize),
    Jump(usize),
    /// Begins to unwind.
    Panic,
    /// The panic is caught.
    Caught,
    /// The panic ends the thread.
    Died,
    /// A scope panics if a thread has that nobody has joined.
    EndScope,
}

/// The instructions of each thread.
pub fn compile(program: &Program) -> Vec<Vec<Code>> {
    (0..program.threads.len()).map(|thread| Compiler::default().thread(program, thread)).collect()
}

/// What a panic leaves by the way.
#[derive(Clone, Copy)]
enum Open {
    Guard(Code),
    /// It ends here. The number of jumps to its end is open as well.
    Catch(usize),
}

#[derive(Default)]
struct Compiler {
    code: Vec<Code>,
    open: Vec<Open>,
    /// For each catch, the jumps that lead to its end.
    catches: Vec<Vec<usize>>,
}

impl Compiler {
    fn thread(mut self, program: &Program, thread: usize) -> Vec<Code> {
        let main = thread == program.main();
        if main {
            self.code.extend((0..main_spawns(program)).map(Code::Spawn));
        }
        let end = if main { Code::Caught } else { Code::Died };
        self.catch(end, |compiler| compiler.block(&program.threads[thread]));
        self.code.extend([Code::DropSender, Code::DropReceiver]);
        if main && program.scoped {
            self.code.extend((0..main_spawns(program)).map(Code::AwaitEnd));
            self.code.push(Code::EndScope);
        } else if main {
            self.code.extend((0..main_spawns(program)).map(Code::Join));
        }
        self.code.push(Code::End);
        self.code
    }

    fn block(&mut self, block: &Block) {
        for operation in block {
            self.operation(operation);
        }
    }

    /// The instruction at `at` is only known now.
    fn set(&mut self, at: usize, code: Code) {
        self.code[at] = code;
    }

    /// Leaves room for an instruction.
    fn later(&mut self) -> usize {
        self.code.push(Code::Jump(usize::MAX));
        self.code.len() - 1
    }

    fn guarded(&mut self, end: Code, block: &Block) {
        self.open.push(Open::Guard(end));
        self.block(block);
        self.open.pop();
        self.code.push(end);
    }

    fn attempt(&mut self, attempt: impl Fn(usize) -> Code, end: Code, block: &Block) {
        let at = self.later();
        self.guarded(end, block);
        let skip = self.later();
        self.set(at, attempt(self.code.len()));
        self.code.push(Code::Note(note::WOULD_BLOCK));
        self.set(skip, Code::Jump(self.code.len()));
    }

    fn catch(&mut self, caught: Code, body: impl FnOnce(&mut Self)) {
        self.open.push(Open::Catch(self.catches.len()));
        self.catches.push(Vec::new());
        body(self);
        self.open.pop();
        let over = self.later();
        for jump in self.catches.pop().expect("it was pushed") {
            self.set(jump, Code::Jump(self.code.len()));
        }
        self.code.push(caught);
        self.set(over, Code::Jump(self.code.len()));
    }

    /// Drops what is open, from the inside out, up to where the panic is caught.
    fn unwind(&mut self) {
        self.code.push(Code::Panic);
        for open in self.open.clone().into_iter().rev() {
            match open {
                Open::Guard(end) => self.code.push(end),
                Open::Catch(number) => {
                    let jump = self.later();
                    self.catches[number].push(jump);
                    return;
                }
            }
        }
        unreachable!("a thread catches what it panics with");
    }

    fn once(&mut self, once: usize, block: &Block, force: bool) {
        let begin = self.later();
        self.guarded(Code::EndOnce(once), block);
        let skip = self.later();
        let panics = self.code.len();
        if !force {
            self.unwind();
        }
        let done = self.code.len();
        self.set(begin, Code::CallOnce { once, done, panics, force });
        self.set(skip, Code::Jump(done));
        self.code.push(Code::Note(note::CALLED));
    }

    fn await_once(&mut self, force: bool) {
        let begin = self.later();
        let skip = self.later();
        let panics = self.code.len();
        if !force {
            self.unwind();
        }
        self.set(begin, Code::AwaitOnce { panics, force });
        self.set(skip, Code::Jump(self.code.len()));
        self.code.push(Code::Note(note::CALLED));
    }

    fn init(&mut self, value: u32, block: &Block) {
        let begin = self.later();
        self.guarded(Code::EndInit(value), block);
        let done = self.code.len();
        self.set(begin, Code::GetOrInit { done });
    }

    fn wait(&mut self, condvar: usize, timed: bool) {
        let after = [Code::Enqueue(condvar), Code::Waiting { condvar, timed }, Code::Relock];
        self.code.extend(after);
    }

    fn operation(&mut self, operation: &Operation) {
        match *operation {
            Operation::Load(cell) => self.code.push(Code::Load(cell)),
            Operation::Store(cell, value) => self.code.push(Code::Store(cell, value)),
            Operation::Add(cell) => self.code.push(Code::Add(cell)),
            Operation::Exchange { cell, from, to, weak } => {
                self.code.push(Code::Exchange { cell, from, to, weak });
            }
            Operation::Lock(lock, ref block) => {
                self.code.push(Code::Lock(lock));
                self.guarded(Code::Unlock(lock), block);
            }
            Operation::TryLock(lock, ref block) => {
                self.attempt(|otherwise| Code::TryLock { lock, otherwise }, Code::Unlock(lock), block);
            }
            Operation::IsPoisoned(lock) => self.code.push(Code::IsPoisoned(lock)),
            Operation::ClearPoison(lock) => self.code.push(Code::ClearPoison(lock)),
            Operation::Wait(condvar) => {
                self.wait(condvar, false);
                self.code.push(Code::NoteData { poison: true });
            }
            Operation::WaitTimeout(condvar) => {
                self.wait(condvar, true);
                self.code.extend([Code::NoteData { poison: true }, Code::NoteTimedOut]);
            }
            Operation::WaitUntil(condvar, least) => self.wait_until(condvar, least),
            Operation::NotifyOne(condvar) => self.code.push(Code::NotifyOne(condvar)),
            Operation::NotifyAll(condvar) => self.code.push(Code::NotifyAll(condvar)),
            Operation::Read(ref block) => {
                self.code.push(Code::Read);
                self.guarded(Code::EndRead, block);
            }
            Operation::TryRead(ref block) => {
                self.attempt(|otherwise| Code::TryRead { otherwise }, Code::EndRead, block);
            }
            Operation::Write(ref block) => {
                self.code.push(Code::Write);
                self.guarded(Code::EndWrite, block);
            }
            Operation::TryWrite(ref block) => {
                self.attempt(|otherwise| Code::TryWrite { otherwise }, Code::EndWrite, block);
            }
            Operation::Downgrade(ref first, ref second) => {
                self.code.push(Code::Write);
                self.open.push(Open::Guard(Code::EndWrite));
                self.block(first);
                self.open.pop();
                self.code.push(Code::Downgrade);
                self.guarded(Code::EndRead, second);
            }
            Operation::Park => self.code.push(Code::Park { timed: false }),
            Operation::ParkTimeout => self.code.push(Code::Park { timed: true }),
            Operation::Unpark(thread) => self.code.push(Code::Unpark(thread)),
            Operation::Send(value) => self.code.extend([Code::Send(value), Code::Sent]),
            Operation::TrySend(value) => self.code.push(Code::TrySend(value)),
            Operation::DropSender => self.code.push(Code::DropSender),
            Operation::Receive => {
                self.code.extend([Code::Receive { timed: false }, Code::Received { timed: false }]);
            }
            Operation::ReceiveTimeout => {
                self.code.extend([Code::Receive { timed: true }, Code::Received { timed: true }]);
            }
            Operation::TryReceive => self.code.push(Code::TryReceive),
            Operation::DropReceiver => self.code.push(Code::DropReceiver),
            Operation::Barrier => self.code.extend([Code::Arrive, Code::Pass]),
            Operation::CallOnce(ref block) => self.once(ONCE, block, false),
            Operation::CallOnceForce(ref block) => self.once(ONCE, block, true),
            Operation::IsCompleted => self.code.push(Code::IsCompleted(ONCE)),
            Operation::WaitForOnce { force } => self.await_once(force),
            Operation::Force { panics } => {
                let mut block = Vec::from([Operation::Store(0, LAZY)]);
                block.extend(panics.then_some(Operation::Panic));
                self.once(LAZIES[usize::from(panics)], &block, false);
            }
            Operation::IsForced => self.code.push(Code::IsCompleted(LAZIES[0])),
            Operation::GetOrInit(value, ref block) => {
                self.init(value, block);
                self.code.push(Code::NoteValue { ok: false });
            }
            Operation::Set(value) => {
                self.init(value, &Vec::new());
                self.code.push(Code::NoteValue { ok: true });
            }
            Operation::Get => self.code.push(Code::Get),
            Operation::WaitForValue => self.code.push(Code::WaitForValue),
            Operation::Yield => self.code.push(Code::Yield),
            Operation::Sleep => self.code.push(Code::Sleep),
            // Others cannot tell.
            Operation::Now => {}
            Operation::IsFinished(thread) => self.code.push(Code::IsFinished(thread)),
            Operation::Join(thread) => self.code.push(Code::Join(thread)),
            Operation::Panic => self.unwind(),
            Operation::Catch(ref block) => {
                self.catch(Code::Caught, |compiler| {
                    compiler.block(block);
                    compiler.code.push(Code::Note(note::NOT_CAUGHT));
                });
            }
        }
    }

    fn wait_until(&mut self, condvar: usize, least: u32) {
        let begin = self.later();
        self.wait(condvar, false);
        let again = self.later();
        let poisoned = self.code.len();
        self.code.push(Code::NoteData { poison: true });
        let skip = self.later();
        let enough = self.code.len();
        self.code.push(Code::NoteData { poison: false });
        self.set(begin, Code::IfAtLeast(least, enough));
        self.set(again, Code::IfPoisoned(poisoned, begin));
        self.set(skip, Code::Jump(self.code.len()));
    }
}

fn main_spawns(program: &Program) -> usize {
    program.threads.len() - 1
}
