use super::*;
use crate::source::Source;

const SOURCE: &str = "impl Pool {
    pub fn take(&self) -> Option<u32> {
        loop {
            let mut queue = self.queue.lock().unwrap();
            if let Some(item) = queue.pop_front() {
                drop(queue);
                self.wake();
                return Some(item);
            }
            drop(queue);
            thread::park();
        }
    }
    fn wake(&self) {
        self.sleepers.lock().unwrap().pop();
        self.count.fetch_sub(1);
    }
    fn wait(&self) {
        thread::park();
    }
    pub fn until_ready(&self) {
        while !self.ready() {
            self.wait();
        }
    }
    fn wait_once(&self) {
        thread::park();
    }
    pub fn once(&self) {
        self.wait_once();
    }
}
impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.item.take();
        self.pool.give_back();
    }
}
struct Guard<'pool> {
    item: Option<u32>,
    pool: &'pool Pool,
}
";

fn code() -> Code {
    Code::of(&Parsed::all(&[Source::new("src/lib.rs", SOURCE)]))
}

fn at(line: u32) -> Place {
    Place { file: "src/lib.rs".into(), line, column: 1 }
}

#[test]
fn a_loop_does_not_lead_past_a_return() {
    let code = code();
    assert!(code.may_come_to(&at(4), &at(11)) && code.may_come_to(&at(11), &at(4)));
    assert!(!code.may_come_to(&at(6), &at(4)) && !code.may_come_to(&at(6), &at(11)));
    assert!(!code.in_one_call(&at(15), &at(11)), "after `wake` it has returned");
}

#[test]
fn a_call_of_stds_is_none_of_the_submissions() {
    let code = code();
    assert!(!code.is_called_by_another("drop"));
    assert!(!code.in_one_call(&at(34), &at(4)), "an `Option` is taken there");
    assert!(code.is_called_by_another("wake"));
}

#[test]
fn a_wait_in_a_helper_is_checked_by_the_loop_around_its_call() {
    let code = code();
    assert!(code.rechecks(&at(19)) && code.rechecks(&at(11)));
    assert!(!code.rechecks(&at(27)));
}
