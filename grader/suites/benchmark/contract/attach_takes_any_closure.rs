//! What runs attached or detached may borrow, change and move what it needs, and stays on its thread.

use std::rc::Rc;

use benchmark::{Attached, Gil};

fn through_a_function(attached: &Attached<'_>) -> usize {
    attached.detach(|| 1)
}

fn main() {
    let gil = Gil::default();
    let mut count = 0;
    let moved = Rc::new(String::from("a"));
    let length: Rc<usize> = gil.attach(|attached| {
        count += 1;
        let moved = moved;
        let length = attached.detach(|| {
            count += 1;
            Rc::new(moved.len())
        });
        drop(moved);
        length
    });
    let text = String::from("borrowed");
    let borrowed: &str = gil.attach(|attached| attached.detach(|| text.as_str()));
    println!("{} {} {}", *length + count, borrowed, gil.attach(through_a_function));
    std::thread::scope(|scope| {
        scope.spawn(|| gil.attach(|_| ()));
    });
}
