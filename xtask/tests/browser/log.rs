//! What the page shows, compared with the log in the JSON report.

use std::collections::HashMap;

use serde_json::{Value, json};

/// The objects of a failure as its log alone tells them: who holds a mutex, and what an atomic contains.
#[derive(Default)]
struct Followed {
    holders: HashMap<String, String>,
    values: HashMap<String, String>,
}

impl Followed {
    fn follow(&mut self, step: &Value) {
        let text = |name: &str| step[name].as_str().unwrap_or_default().to_owned();
        let (operation, object, value) = (text("operation"), text("object"), text("value"));
        match operation.as_str() {
            "lock" => {
                self.holders.insert(object, text("thread"));
            }
            "try_lock" if value != "would block" => {
                self.holders.insert(object, text("thread"));
            }
            "unlock" => {
                self.holders.insert(object, "–".to_owned());
            }
            "store" => {
                self.values.insert(object, value);
            }
            _ => {
                if let (Some((_, new)), true) = (value.split_once(" → "), step["ordering"].is_string()) {
                    self.values.insert(object, new.to_owned());
                }
            }
        }
    }
}

/// What the page says of a step in a few words, as far as the log has it.
fn action(step: &Value) -> String {
    let text = |name: &str| step[name].as_str();
    let operation = text("operation").expect("an operation");
    let object = text("object");
    if ["blocked", "timed_out", "spurious_wakeup", "notified"].contains(&operation) {
        let on = object.map(|object| format!(" on {object}")).unwrap_or_default();
        return format!("{}{on}", operation.replace('_', " "));
    }
    let value = text("value").map(|value| match (operation, value) {
        (_, "no waiter") => " → none".to_owned(),
        ("notify_one" | "notify_all", _) => format!(" → {value}"),
        (_, "changed" | "changed?") | ("lock" | "try_lock" | "unlock", "poisoned") => format!(", {value}"),
        ("sleep" | "fence", _) => format!(" {value}"),
        ("wait_timeout" | "park_timeout", _) => format!(" ({value})"),
        (_, "would block" | "no receiver" | "full" | "no sender" | "empty" | "timed out" | "leader") => {
            format!(": {value}")
        }
        (_, _) => format!(" = {value}"),
    });
    let object = object.map(|object| format!(" {object}")).unwrap_or_default();
    let ordering = text("ordering").map(|ordering| format!(" {ordering}")).unwrap_or_default();
    format!("{operation}{object}{}{ordering}", value.unwrap_or_default())
}

/// Compares what is shown at `position` with the log.
pub fn compare(shown: &Value, failure: &Value, position: usize, source: &str, context: &str) {
    let steps = failure["trace"].as_array().expect("a trace");
    let step = &steps[position - 1];
    let context = format!("{context}, step {}: {shown:#}\n{step:#}", step["step"]);
    let text = |name: &str| step[name].as_str().unwrap_or_default();
    let number = step["step"].to_string();
    assert_eq!(shown["step"], json!(number), "{context}");
    assert_eq!(shown["number"], json!(number), "{context}");
    assert_eq!(shown["slider"], json!(position.to_string()), "{context}");
    assert_eq!(shown["dot"], json!(position.to_string()), "{context}");

    let action = action(step);
    let heads = shown["heads"].as_array().expect("names of threads");
    for (head, cell) in heads.iter().zip(shown["cells"].as_array().expect("cells")) {
        let cell = cell.as_str().unwrap_or_default().trim_start_matches("stale ");
        assert_eq!(cell, if *head == step["thread"] { action.as_str() } else { "" }, "{context}");
    }
    let said = shown["said"].as_str().expect("a sentence");
    let cited = failure["diagnosis"]["steps"].as_array().is_some_and(|steps| steps.contains(&step["step"]));
    assert_eq!(said.contains("The diagnosis rests on this step"), cited, "{context}");
    assert!(said.starts_with(&format!("Step {number}, ")) && said.contains(text("thread")), "{context}");
    if step["reads"].is_object() && step["reads"]["from"] != step["reads"]["newest"] {
        assert!(said.contains("stale read"), "{context}");
    }

    match step["line"].as_u64() {
        Some(line) => {
            let code = source.lines().nth(usize::try_from(line).expect("small") - 1).expect("the line");
            // The submission is one file: the table does without its name.
            assert_eq!(shown["place"], json!(line.to_string()), "{context}");
            assert!(said.contains(&format!("{}:{line}", text("file"))), "{context}");
            assert_eq!(shown["line"]["number"], json!(line.to_string()), "{context}");
            assert_eq!(shown["line"]["code"], json!(code), "{context}");
            let labels = shown["line"]["labels"].as_str().expect("labels");
            assert!(labels.contains(&format!("▶ {}", text("thread"))), "{context}");
        }
        None => assert_eq!(shown["place"], "check", "{context}"),
    }

    let mut followed = Followed::default();
    steps[..position].iter().for_each(|step| followed.follow(step));
    for (object, holder) in &followed.holders {
        assert_eq!(shown["objects"][object]["holders"], json!(holder), "{object}: {context}");
    }
    for (object, value) in &followed.values {
        assert_eq!(shown["objects"][object]["is"], json!(value), "{object}: {context}");
    }
    if position == steps.len() && failure["kind"] == "deadlock" {
        for waiting in failure["waiting"].as_array().expect("a list") {
            let doing = &shown["threads"][waiting["thread"].as_str().expect("a name")]["doing"];
            let waits =
                |doing: &str| ["blocked ", "parked", "sleeping"].iter().any(|word| doing.starts_with(word));
            assert!(doing.as_str().is_some_and(waits), "{context}");
        }
    }
}
