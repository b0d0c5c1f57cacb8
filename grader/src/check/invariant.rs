//! What holds for every answer: it is judged, and it is a pass only if it says what an honest process says.

use std::time::Duration;

use model_trace::wire::{Engine, Request, Task};
use serde_json::Value;

use super::Asked;
use super::outcome::Outcome;
use super::protocol::judge;
use crate::process::{Captured, Claim, CpuTime, End, Finished};

const NONCE: &str = "00ff";
const SEAL: &str = "ff00";
/// The answer of an honest process, without the end of its line.
pub(crate) const HONEST: &str = r#"{"nonce":"00ff","check":"a","seal":"ff00","outcome":{"status":"passed","execution":null},"coverage":null}"#;

/// Judges `bytes` as the answer of a process.
///
/// # Panics
/// Where they pass and do not say what an honest process says, or where a decoy passes.
pub fn holds_for(bytes: &[u8]) {
    for engine in [Engine::Stress, Engine::Model] {
        let request = Request {
            task: Task::Judge {},
            nonce: NONCE.to_owned(),
            check: "a".to_owned(),
            engine,
            preemptions: None,
            least: None,
            executions: 1,
            deepening: 1,
            sampling: None,
            seed: 0,
        };
        let passes = |asked| {
            let judged = judge(&request, asked, SEAL, &answer(bytes.to_vec()));
            matches!(judged, Ok(Outcome::Passed { .. }))
        };
        assert!(!passes(Asked::Decoy));
        if passes(Asked::Check) {
            let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).expect("what passes is JSON");
            let (said, honest) = (read(bytes), read(HONEST.as_bytes()));
            for key in ["nonce", "check", "seal"] {
                assert_eq!(said[key], honest[key]);
            }
            assert_eq!(said["outcome"]["status"], honest["outcome"]["status"]);
        }
    }
}

fn answer(bytes: Vec<u8>) -> Finished {
    Finished {
        end: End::Exited(0),
        stdout: Captured::default(),
        stderr: Captured::default(),
        answer: Captured { bytes, truncated: false },
        claim: Claim::FromTheHarness,
        duration: Duration::ZERO,
        cpu: CpuTime::default(),
    }
}
