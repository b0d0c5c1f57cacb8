//! What a test calls the threads that it starts, in reports alone.

use model_std::model;
use model_std::thread::{self, Builder};
use outcomes::{failure, passes};

#[test]
fn a_role_names_the_next_thread_in_reports_and_no_other() {
    let failure = failure(|| {
        model::name_next_thread("reader");
        let reader = thread::spawn(|| {
            // Neither a role nor the name of the thread that starts it is handed down.
            let child = Builder::new().name("child".into()).spawn(|| ()).unwrap();
            child.join().unwrap();
        });
        reader.join().unwrap();
        thread::spawn(|| ()).join().unwrap();
        model::name_next_thread("reader");
        let second = Builder::new().name("its own name".into()).spawn(|| ()).unwrap();
        second.join().unwrap();
        panic!("so that there is a report");
    });
    let mut names: Vec<_> = failure.execution.threads.iter().map(|thread| thread.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["T3", "child", "main", "reader 1", "reader 2"]);
}

#[test]
fn the_program_never_sees_a_role() {
    passes(|| {
        model::name_next_thread("reader");
        let name = || thread::current().name().map(str::to_owned);
        let reader = thread::spawn(name);
        let printed = format!("{:?} {:?}", reader.thread(), reader.thread().name());
        assert!(!printed.contains("reader"), "{printed}");
        assert_eq!(reader.join().unwrap(), None);
        model::name_next_thread("reader");
        let named = Builder::new().name("its own name".into()).spawn(name).unwrap();
        assert_eq!(named.join().unwrap().as_deref(), Some("its own name"));
    });
}
