//! What ends a process with std fails the execution. Where the system cannot be kept from ending the process as well, the
//! failure is handed over before.

use std::env;
use std::process::Command;

use model_std::model::Search;
use model_std::thread;

const IN_A_PROCESS_OF_ITS_OWN: &str = "MODEL_STD_FATAL";

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("second");
    }
}

#[test]
fn a_second_panic_is_handed_over_whatever_becomes_of_the_process() {
    if env::var_os(IN_A_PROCESS_OF_ITS_OWN).is_some() {
        let search = Search::default().on_failure(|failure| println!("handed over: {failure}"));
        search.run(|| {
            let thread = thread::spawn(|| -> () {
                let _second = PanicsWhenDropped;
                panic!("first");
            });
            // It is the second panic that fails the execution.
            drop(thread.join());
        });
        return;
    }
    let output = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", "a_second_panic_is_handed_over_whatever_becomes_of_the_process", "--nocapture"])
        .env(IN_A_PROCESS_OF_ITS_OWN, "1")
        .output()
        .expect("it runs");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("handed over: ") && shown.contains("second"), "{output:?}");
}
