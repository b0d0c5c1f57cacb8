//! The end of a thread's body, as a scope sees it: what is lent to the thread has to live until its body has ended and
//! its result is gone. Its thread-local variables may still be there.

use core::panic::Location;

use model_trace::Operation;

use super::digest::Digest;
use super::id::ThreadId;
use super::state::State;
use super::thread::Thread;
use super::view::View;

/// What a scope gets to see of a thread.
#[derive(Clone, Debug)]
pub(super) struct Release {
    view: View,
    digest: Digest,
}

impl Thread {
    /// What the thread has seen by now, for whoever waits until it lets go of something.
    fn release(&mut self) -> Release {
        self.time();
        Release { view: self.seen(), digest: self.digest }
    }

    fn see_release(&mut self, Release { view, digest }: &Release) {
        self.digest = self.digest.then_all(*digest);
        self.view.current.join(view);
        self.has_waited_for(view.time);
    }
}

impl State {
    /// Whether a scope does not have to wait for a thread any more.
    pub(crate) fn is_released(&self, thread: ThreadId) -> bool {
        self.execution.threads[thread.index()].released.is_some()
    }

    /// The acting thread was the last one to have the result of a thread whose body has ended.
    pub(super) fn release_thread(&mut self, thread: ThreadId) {
        // The last one to let go of something shared sees what the others had done before they let go of it.
        if let Some(left) = self.execution.threads[thread.index()].left.take() {
            self.execution.me().see_release(&left);
        }
        let release = self.execution.me().release();
        self.execution.threads[thread.index()].released = Some(release);
    }

    /// The body of the acting thread has ended: the thread lets go of its result.
    pub(crate) fn leave_body(&mut self) {
        let me = self.execution.me();
        me.body_ended = true;
        me.left = Some(me.release());
    }

    /// Has waited for a thread of its scope, and sees all that was seen when it was released.
    pub(crate) fn end_scope_of(&mut self, thread: ThreadId, location: &'static Location<'static>) {
        if let Some(release) = self.execution.threads[thread.index()].released.clone() {
            self.execution.me().see_release(&release);
        }
        self.record(Operation::Join { thread }, location);
    }
}
