//! Programs that do a little less.

use super::program::{Block, Channel, Operation, Program};

impl Program {
    /// The programs that lack a thread or an operation, or have a simpler one.
    pub fn smaller(&self) -> Vec<Program> {
        let mut smaller = Vec::new();
        for thread in 0..self.main() {
            smaller.push(self.without_thread(thread));
        }
        for thread in 0..self.threads.len() {
            for block in smaller_blocks(&self.threads[thread]) {
                let mut program = self.clone();
                program.threads[thread] = block;
                smaller.push(program);
            }
        }
        if self.scoped {
            smaller.push(Program { scoped: false, ..self.clone() });
        }
        if self.channel != Channel::Unbounded && self.uses_channel() {
            smaller.push(Program { channel: Channel::Unbounded, ..self.clone() });
        }
        smaller
    }

    /// Without a thread other than the test's own, and whatever is done with it.
    fn without_thread(&self, gone: usize) -> Program {
        let left = |thread: usize| if thread > gone { thread - 1 } else { thread };
        let mut program = self.map(|operation| match operation {
            Operation::Unpark(thread) | Operation::IsFinished(thread) | Operation::Join(thread)
                if thread == gone =>
            {
                Vec::new()
            }
            Operation::Unpark(thread) => Vec::from([Operation::Unpark(left(thread))]),
            Operation::IsFinished(thread) => Vec::from([Operation::IsFinished(left(thread))]),
            Operation::Join(thread) => Vec::from([Operation::Join(left(thread))]),
            other => Vec::from([other]),
        });
        program.threads.remove(gone);
        program.receiver = if self.receiver == gone { program.main() } else { left(self.receiver) };
        program
    }
}

fn smaller_blocks(block: &Block) -> Vec<Block> {
    let mut smaller = Vec::new();
    for at in 0..block.len() {
        let mut put = |operations: &[Operation]| {
            let mut block = block.clone();
            block.splice(at..=at, operations.iter().cloned());
            smaller.push(block);
        };
        put(&[]);
        for simpler in simpler(&block[at]) {
            put(&[simpler]);
        }
        let waits = block[at].blocks().iter().any(|block| block.iter().any(is_wait));
        for (number, inner) in block[at].blocks().into_iter().enumerate() {
            // What waits at a condition variable needs the lock around it.
            if !waits {
                put(inner);
            }
            for inner in smaller_blocks(inner) {
                let mut operation = block[at].clone();
                *operation.blocks_mut()[number] = inner;
                put(&[operation]);
            }
        }
    }
    smaller
}

fn is_wait(operation: &Operation) -> bool {
    matches!(operation, Operation::Wait(_) | Operation::WaitTimeout(_) | Operation::WaitUntil(..))
        || operation.blocks().iter().any(|block| block.iter().any(is_wait))
}

/// Operations that do less in the same place.
fn simpler(operation: &Operation) -> Vec<Operation> {
    match *operation {
        Operation::Exchange { cell, from, to, weak: true } => {
            Vec::from([Operation::Exchange { cell, from, to, weak: false }])
        }
        Operation::Exchange { cell, .. } => Vec::from([Operation::Add(cell)]),
        Operation::TryLock(lock, ref block) => Vec::from([Operation::Lock(lock, block.clone())]),
        Operation::WaitTimeout(condvar) => Vec::from([Operation::Wait(condvar)]),
        Operation::TryRead(ref block) => Vec::from([Operation::Read(block.clone())]),
        Operation::TryWrite(ref block) => Vec::from([Operation::Write(block.clone())]),
        Operation::ParkTimeout => Vec::from([Operation::Park]),
        Operation::ReceiveTimeout => Vec::from([Operation::Receive]),
        Operation::TrySend(value) => Vec::from([Operation::Send(value)]),
        Operation::WaitForOnce { force: false } => Vec::from([Operation::WaitForOnce { force: true }]),
        Operation::Force { panics: true } => Vec::from([Operation::Force { panics: false }]),
        Operation::CallOnceForce(ref block) => Vec::from([Operation::CallOnce(block.clone())]),
        _ => Vec::new(),
    }
}
