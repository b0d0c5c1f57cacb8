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
    assert!(!code.calls("give_back", "drop") && !code.calls("take", "drop"));
    assert!(!code.in_one_call(&at(34), &at(4)), "an `Option` is taken there");
    assert!(code.calls("take", "wake"));
}

#[test]
fn a_wait_in_a_helper_is_checked_by_the_loop_around_its_call() {
    let code = code();
    assert!(code.rechecks(&at(19)) && code.rechecks(&at(11)));
    assert!(!code.rechecks(&at(27)));
}

const DEEP: &str = "impl Pool {
    pub fn acquire(&self) -> u32 {
        loop {
            if let Some(item) = self.grab() { return item; }
            self.pause();
        }
    }
    fn grab(&self) -> Option<u32> {
        self.idle.lock().unwrap().pop()
    }
    fn pause(&self) {
        self.sleep();
    }
    fn sleep(&self) {
        let idle = self.idle.lock().unwrap();
        drop(self.freed.wait(idle).unwrap());
    }
    pub fn enter(&self) {
        let first = *self.inside.lock().unwrap() == 0;
        if first { self.take_room(); }
    }
    fn take_room(&self) {
        let room = self.room.lock().unwrap();
        let room = self.bell.wait_while(room, |room| room.is_some());
        drop(room);
    }
    pub fn total(&self) -> u64 {
        (_, sum) = self.looks();
        self.shelves.iter().map(lock).map(Self::amount).sum()
    }
    fn amount(shelf: &Shelf) -> u64 {
        shelf.amount
    }
}
fn lock(shelf: &Mutex<Shelf>) -> &Shelf {
    shelf.lock().unwrap()
}
";

fn deep() -> Code {
    Code::of(&Parsed::all(&[Source::new("src/lib.rs", DEEP)]))
}

#[test]
fn helpers_of_helpers_are_of_the_call_of_whoever_calls_the_one_in_between() {
    let code = deep();
    assert!(code.in_one_call(&at(9), &at(16)), "it looks, and then waits two calls further down");
    assert!(code.calls_after("acquire", 4, &at(15)));
    assert!(code.is_to_wait("grab") && code.is_to_wait("sleep") && !code.is_to_wait("total"));
}

#[test]
fn what_a_caller_looked_at_is_not_looked_at_again_by_the_helper_that_waits() {
    let code = deep();
    assert!(code.is_above_loop(&at(19), &at(24)));
    assert!(!code.is_above_loop(&at(23), &at(24)), "that is the lock that it gives up");
    assert!(!code.is_above_loop(&at(9), &at(16)), "there the loop is around both");
}

#[test]
fn a_function_that_is_handed_over_to_an_iterator_is_called_there() {
    let code = deep();
    assert!(code.calls("total", "lock") && code.calls("total", "amount"));
}

#[test]
fn a_variable_that_is_set_is_no_change_of_data() {
    assert!(!deep().changes_data(&at(28)));
}

#[test]
fn a_closure_with_a_name_is_come_to_from_wherever_it_is_called() {
    let source = "fn wait(&self) {
    let mut count = self.count.lock().unwrap();
    let waits = |count: &mut u64| !self.is_set.load(Ordering::Relaxed);
    drop(self.again.wait_while(count, waits));
}
";
    let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", source)]));
    assert!(code.may_come_to(&at(4), &at(3)), "after each wakeup");
    assert!(!code.may_come_to(&at(4), &at(2)), "that is another call");
}
