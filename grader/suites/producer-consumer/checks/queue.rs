//! The sequential specification of the buffer, and a buffer whose calls are recorded to be compared with it.

use std::collections::VecDeque;
use std::sync::Arc;

use harness::linearizability::{Earlier, History, Sequential};
use producer_consumer::{BoundedBuffer, Closed};

use crate::instruments::size;

/// A queue that is used by one call at a time.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Queue {
    capacity: usize,
    items: VecDeque<u32>,
    closed: bool,
}

#[derive(Clone, Debug)]
enum Call {
    Put(u32),
    Take,
    Close,
    Len,
    IsEmpty,
}

#[derive(Clone, Debug, PartialEq)]
enum Return {
    Added,
    Refused(u32),
    Taken(Option<u32>),
    Done,
    Length(usize),
    Empty(bool),
    /// The call cannot take effect now. No real call returns this.
    Blocks,
}

impl Sequential for Queue {
    type Call = Call;
    type Return = Return;

    fn apply(&mut self, call: &Call) -> Return {
        match *call {
            Call::Put(item) if self.closed => Return::Refused(item),
            Call::Put(_) if self.items.len() == self.capacity => Return::Blocks,
            Call::Put(item) => {
                self.items.push_back(item);
                Return::Added
            }
            Call::Take if self.items.is_empty() && !self.closed => Return::Blocks,
            Call::Take => Return::Taken(self.items.pop_front()),
            Call::Close => {
                self.closed = true;
                Return::Done
            }
            Call::Len => Return::Length(self.items.len()),
            Call::IsEmpty => Return::Empty(self.items.is_empty()),
        }
    }
}

/// A buffer that records its calls and what they return. A stale read counts as a mistake only where a program could
/// notice it.
pub struct Noted {
    buffer: BoundedBuffer<u32>,
    history: History<Queue>,
}

impl Noted {
    pub fn new(capacity: usize) -> Arc<Self> {
        let buffer = BoundedBuffer::new(size(capacity));
        Arc::new(Self { buffer, history: History::with(Earlier::HappensBefore) })
    }

    /// The same, with items inside.
    #[cfg(engine = "model")]
    pub fn holding(capacity: usize, items: impl IntoIterator<Item = u32>) -> Arc<Self> {
        let noted = Self::new(capacity);
        items.into_iter().for_each(|item| noted.put(item));
        noted
    }

    pub fn put(&self, item: u32) {
        self.note(Call::Put(item), |buffer| match buffer.put(item) {
            Ok(()) => Return::Added,
            Err(Closed(item)) => Return::Refused(item),
        });
    }

    pub fn take(&self) -> bool {
        let taken = self.note(Call::Take, |buffer| Return::Taken(buffer.take()));
        matches!(taken, Return::Taken(Some(_)))
    }

    pub fn close(&self) {
        self.note(Call::Close, |buffer| {
            buffer.close();
            Return::Done
        });
    }

    pub fn len(&self) {
        self.note(Call::Len, |buffer| Return::Length(buffer.len()));
    }

    pub fn is_empty(&self) {
        self.note(Call::IsEmpty, |buffer| Return::Empty(buffer.is_empty()));
    }

    fn note(&self, call: Call, run: impl FnOnce(&BoundedBuffer<u32>) -> Return) -> Return {
        self.history.call(call, || run(&self.buffer))
    }

    /// Closes the buffer, takes what is left, and compares all that has been recorded with the queue.
    pub fn compare(&self) {
        let capacity = self.buffer.capacity();
        self.len();
        self.close();
        for _ in 0..=capacity + 8 {
            if !self.take() {
                break;
            }
        }
        self.is_empty();
        self.history.assert_linearizable(Queue { capacity, items: VecDeque::new(), closed: false });
    }
}
