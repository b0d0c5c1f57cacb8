//! Programs as text that looks like Rust.

use std::fmt;

use super::program::{Block, Channel, Operation, Program};

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.uses_channel() {
            let constructor = match self.channel {
                Channel::Unbounded => "channel()",
                Channel::Bounded => "sync_channel(1)",
                Channel::Rendezvous => "sync_channel(0)",
            };
            let names = (0..self.threads.len()).map(|thread| self.name(thread));
            let owners: Vec<_> = names.enumerate().filter(|&(thread, _)| self.has_sender(thread)).collect();
            let owners: Vec<_> = owners.into_iter().map(|(_, name)| name).collect();
            let (senders, receiver) = (owners.join(", "), self.name(self.receiver));
            writeln!(
                f,
                "let (sender, receiver) = {constructor}; // senders: {senders}; receiver: {receiver}"
            )?;
        }
        let (main, others) = self.threads.split_last().expect("there is the test's own thread");
        let start = if self.scoped { "scope.spawn" } else { "spawn" };
        for (index, block) in others.iter().enumerate() {
            writeln!(f, "let t{index} = {start}(|| {{{}}});", Lines(block))?;
        }
        writeln!(f, "{}", Lines(main).to_string().trim())
    }
}

impl Program {
    fn name(&self, thread: usize) -> String {
        if thread == self.main() { String::from("main") } else { format!("t{thread}") }
    }
}

struct Lines<'a>(&'a Block);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|operation| write!(f, " {operation};"))?;
        f.write_str(" ")
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cell = |cell: usize| char::from(b"xy"[cell]);
        let lock = |lock: usize| char::from(b"mn"[lock]);
        match self {
            Operation::Load(at) => write!(f, "{}.load()", cell(*at)),
            Operation::Store(at, value) => write!(f, "{}.store({value})", cell(*at)),
            Operation::Add(at) => write!(f, "{}.fetch_add(1)", cell(*at)),
            Operation::Exchange { cell: at, from, to, weak } => {
                let weak = if *weak { "_weak" } else { "" };
                write!(f, "{}.compare_exchange{weak}({from}, {to})", cell(*at))
            }
            Operation::Lock(at, block) => write!(f, "{{ *{}.lock() += 1;{}}}", lock(*at), Lines(block)),
            Operation::TryLock(at, block) => {
                write!(f, "if let Ok(g) = {}.try_lock() {{ *g += 1;{}}}", lock(*at), Lines(block))
            }
            Operation::IsPoisoned(at) => write!(f, "{}.is_poisoned()", lock(*at)),
            Operation::ClearPoison(at) => write!(f, "{}.clear_poison()", lock(*at)),
            Operation::Wait(condvar) => write!(f, "c{condvar}.wait(m)"),
            Operation::WaitTimeout(condvar) => write!(f, "c{condvar}.wait_timeout(m)"),
            Operation::WaitUntil(condvar, least) => write!(f, "c{condvar}.wait_while(m, |g| *g < {least})"),
            Operation::NotifyOne(condvar) => write!(f, "c{condvar}.notify_one()"),
            Operation::NotifyAll(condvar) => write!(f, "c{condvar}.notify_all()"),
            Operation::Read(block) => write!(f, "{{ l.read();{}}}", Lines(block)),
            Operation::TryRead(block) => write!(f, "if let Ok(g) = l.try_read() {{{}}}", Lines(block)),
            Operation::Write(block) => write!(f, "{{ *l.write() += 1;{}}}", Lines(block)),
            Operation::TryWrite(block) => {
                write!(f, "if let Ok(g) = l.try_write() {{ *g += 1;{}}}", Lines(block))
            }
            Operation::Downgrade(first, second) => {
                write!(f, "{{ *l.write() += 1;{} downgrade;{}}}", Lines(first), Lines(second))
            }
            Operation::Park => f.write_str("park()"),
            Operation::ParkTimeout => f.write_str("park_timeout()"),
            Operation::Unpark(thread) => write!(f, "t{thread}.unpark()"),
            Operation::Send(value) => write!(f, "sender.send({value})"),
            Operation::TrySend(value) => write!(f, "sender.try_send({value})"),
            Operation::DropSender => f.write_str("drop(sender)"),
            Operation::Receive => f.write_str("receiver.recv()"),
            Operation::TryReceive => f.write_str("receiver.try_recv()"),
            Operation::ReceiveTimeout => f.write_str("receiver.recv_timeout()"),
            Operation::DropReceiver => f.write_str("drop(receiver)"),
            Operation::Barrier => f.write_str("barrier.wait()"),
            Operation::CallOnce(block) => write!(f, "once.call_once(|| {{{}}})", Lines(block)),
            Operation::CallOnceForce(block) => write!(f, "once.call_once_force(|_| {{{}}})", Lines(block)),
            Operation::IsCompleted => f.write_str("once.is_completed()"),
            Operation::WaitForOnce { force } => {
                write!(f, "once.wait{}()", if *force { "_force" } else { "" })
            }
            Operation::Force { panics } => {
                write!(f, "force(lazy{}) /* x.store(9) */", if *panics { "_that_panics" } else { "" })
            }
            Operation::IsForced => f.write_str("LazyLock::get(lazy)"),
            Operation::GetOrInit(value, block) => {
                write!(f, "cell.get_or_init(|| {{{} {value} }})", Lines(block))
            }
            Operation::Set(value) => write!(f, "cell.set({value})"),
            Operation::Get => f.write_str("cell.get()"),
            Operation::WaitForValue => f.write_str("cell.wait()"),
            Operation::Yield => f.write_str("yield_now()"),
            Operation::Sleep => f.write_str("sleep()"),
            Operation::Now => f.write_str("Instant::now()"),
            Operation::IsFinished(thread) => write!(f, "t{thread}.is_finished()"),
            Operation::Join(thread) => write!(f, "t{thread}.join()"),
            Operation::Panic => f.write_str("panic!()"),
            Operation::Catch(block) => write!(f, "catch_unwind(|| {{{}}})", Lines(block)),
        }
    }
}
