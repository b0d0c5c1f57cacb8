//! Functions of the submission that can be called from outside: which of them a text names, and by which of them a thread
//! comes to another one.

use std::collections::BTreeSet;

use super::{Code, Function};

impl Code {
    /// The functions that a text names, as `get` or, where it shows a call as data, `Get`. Not those that make a value: with
    /// what they make, whatever is called goes on.
    pub(crate) fn named_in(&self, text: &str) -> BTreeSet<&str> {
        let words = text.split(|character: char| !character.is_alphanumeric() && character != '_');
        let words: BTreeSet<&str> = words.filter(|word| !word.is_empty()).collect();
        let is_named = |name: &str| words.contains(name) || words.contains(&*camel_case(name));
        self.callable().map(|function| &*function.name).filter(|name| is_named(name)).collect()
    }

    /// The functions by which a thread may have come to the one of this name: itself, or what calls it.
    pub(crate) fn entrances(&self, name: &str) -> BTreeSet<&str> {
        let comes_to = |function: &&Function| function.name == name || self.calls(&function.name, name);
        self.callable().filter(comes_to).map(|function| &*function.name).collect()
    }

    fn callable(&self) -> impl Iterator<Item = &Function> {
        self.functions.iter().filter(|function| function.is_public && !function.makes_a_value)
    }
}

fn camel_case(name: &str) -> String {
    let capital = |part: &str| {
        let mut characters = part.chars();
        characters.next().map(|first| first.to_uppercase().chain(characters).collect::<String>())
    };
    name.split('_').filter_map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Parsed, Source};

    const SOURCE: &str = "impl Queue {
        pub fn fifo() -> Self { Self::with() }
        fn with() -> Self { Self }
        pub fn get(&self) -> u8 { self.before(None) }
        pub fn get_timeout(&self, time: Duration) -> u8 { self.before(Some(time)) }
        fn before(&self, time: Option<Duration>) -> u8 { self.look() }
        fn look(&self) -> u8 { 3 }
        pub fn task_done(&self) {}
    }
    pub fn run_all(queue: &Queue) { queue.look(); }
    ";

    fn code() -> Code {
        Code::of(&Parsed::all(&[Source::new("src/lib.rs", SOURCE)]))
    }

    #[test]
    fn calls_are_named_in_code_and_as_data() {
        let names = |text| code().named_in(text).into_iter().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(names("your code gave 3 for `[queue.get()]`"), ["get"]);
        assert_eq!(names("Fifo: [TaskDone, GetTimeout(3)], no getter"), ["get_timeout", "task_done"]);
        assert_eq!(names("`fifo` and `with` and `before` and `run_all`"), ["run_all"]);
    }

    #[test]
    fn a_helper_is_entered_by_all_that_call_it() {
        let entrances = |name| code().entrances(name).into_iter().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(entrances("look"), ["get", "get_timeout"]);
        assert_eq!(entrances("task_done"), ["task_done"]);
        assert_eq!(entrances("with"), Vec::<String>::new());
    }
}
