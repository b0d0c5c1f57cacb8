//! The table of forbidden words: where each is forbidden, why, and what to do instead.

/// Words that are forbidden in a place.
pub(super) struct Rule {
    pub name: &'static str,
    pub words: &'static [&'static str],
    pub place: Where,
    pub reason: &'static str,
    pub cure: &'static str,
}

/// Where a word is forbidden.
#[derive(Debug, Clone, Copy)]
pub(super) enum Where {
    /// As a keyword: `r#word` is an ordinary name.
    Keyword,
    Anywhere,
    /// As a macro: before `!`, in a path, in a `use`.
    Macro,
    /// Anywhere inside `#[…]`.
    Attribute,
    /// Inside `#[…]`, before brackets.
    AttributeList,
    /// Inside the brackets of a `cfg`.
    Cfg,
    /// As a part of a path or of a `use`.
    Path,
}

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "unsafe",
        words: &["unsafe"],
        place: Where::Keyword,
        reason: "every exercise can be solved in safe Rust, and is only judged there",
        cure: "use the types of `std::sync`",
    },
    Rule {
        name: "extern",
        words: &["extern"],
        place: Where::Keyword,
        reason: "an exercise uses `std` alone, through ordinary paths",
        cure: "remove it and write `use std::…`",
    },
    Rule {
        name: "include",
        words: &["include_str", "include_bytes", "option_env", "concat_bytes"],
        place: Where::Anywhere,
        reason: "a submission is its own file and nothing around it",
        cure: "write the text into the code",
    },
    Rule {
        name: "include",
        words: &["include", "env"],
        place: Where::Macro,
        reason: "a submission is its own file and nothing around it",
        cure: "write the text into the code",
    },
    Rule {
        name: "asm",
        words: &["global_asm", "naked_asm"],
        place: Where::Anywhere,
        reason: "assembly cannot be judged",
        cure: "write it in Rust",
    },
    Rule {
        name: "asm",
        words: &["asm"],
        place: Where::Macro,
        reason: "assembly cannot be judged",
        cure: "write it in Rust",
    },
    Rule {
        name: "attribute",
        words: &[
            "path",
            "global_allocator",
            "no_mangle",
            "export_name",
            "link_section",
            "link_name",
            "link",
            "used",
            "no_main",
            "no_core",
            "no_std",
            "naked",
            "panic_handler",
            "rustc_std_internal_symbol",
        ],
        place: Where::Attribute,
        reason: "it reaches out of the file or into the linker",
        cure: "remove the attribute",
    },
    Rule {
        name: "feature",
        words: &["feature"],
        place: Where::AttributeList,
        reason: "an exercise is written in stable Rust",
        cure: "remove the attribute",
    },
    Rule {
        name: "lint",
        words: &["long_running_const_eval"],
        place: Where::Anywhere,
        reason: "the compiler must not run for ever",
        cure: "compute it when the program runs",
    },
    Rule {
        name: "cfg",
        words: &["engine", "model"],
        place: Where::Cfg,
        reason: "code must be the same under every engine that judges it",
        cure: "remove the condition",
    },
    Rule {
        name: "grader",
        words: &["harness", "model_std", "model_core"],
        place: Where::Path,
        reason: "that is the grader's own",
        cure: "use `std`",
    },
];

/// In a file that defines macros, these words could end up in any of the places above or in a path.
pub(super) const HIDDEN_BY_MACROS: &[&str] = &[
    "include",
    "env",
    "asm",
    "path",
    "global_allocator",
    "no_mangle",
    "export_name",
    "link_section",
    "feature",
    "engine",
    "model",
    "process",
    "fs",
    "net",
    "os",
    "harness",
    "model_std",
    "model_core",
];

pub(super) const IN_MACROS: Rule = Rule {
    name: "macro",
    words: HIDDEN_BY_MACROS,
    place: Where::Anywhere,
    reason: "in a file that defines macros it could mean something that is forbidden",
    cure: "choose another name, or do without `macro_rules!`",
};

/// Whether a text that could not be read as tokens holds any of the words, wherever that is.
pub(super) fn mentions_forbidden_word(source: &str) -> bool {
    let words = RULES.iter().flat_map(|rule| rule.words).chain(HIDDEN_BY_MACROS);
    let mut words = words.collect::<Vec<_>>();
    words.sort_unstable();
    words.dedup();
    source
        .split(|character: char| !character.is_alphanumeric() && character != '_')
        .any(|word| words.binary_search(&&word).is_ok())
}
