//! The table of forbidden words: where each is forbidden, why, and what to do instead.

/// Words that are forbidden in a place.
pub(super) struct Rule {
    pub name: &'static str,
    pub words: &'static [&'static str],
    pub place: Where,
    pub reason: &'static str,
    pub remedy: &'static str,
}

/// Where a word is forbidden.
#[derive(Debug, Clone, Copy)]
pub(super) enum Where {
    /// As a keyword: `r#word` is an ordinary name.
    Keyword,
    Anywhere,
    /// As a macro, before `!`.
    Macro,
    /// Anywhere inside `#[…]`.
    Attribute,
    /// Inside `#[…]`, before brackets.
    AttributeList,
    /// Inside the brackets of a `cfg`.
    Cfg,
    /// As what std has, wherever that is.
    Std(Home),
    /// As a crate, where the file has no module of that name.
    Crate,
    /// As a method, or as a part of a path or of a `use`.
    Call,
    /// The same, where the file has no function of that name.
    CallOfStd,
}

/// Where std has something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Home {
    /// Modules, beside std itself and its preludes.
    pub modules: &'static [&'static str],
    pub prelude: Prelude,
}

/// What the name alone stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prelude {
    Nothing,
    Macro,
    Function,
}

const fn home(modules: &'static [&'static str], prelude: Prelude) -> Where {
    Where::Std(Home { modules, prelude })
}

const SAME_FOR_ALL: &str = "the code must behave the same for every engine and every caller";

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "unsafe",
        words: &["unsafe"],
        place: Where::Keyword,
        reason: "every exercise can be solved in safe Rust, and only safe Rust is graded",
        remedy: "use the types of `std::sync`",
    },
    Rule {
        name: "extern",
        words: &["extern"],
        place: Where::Keyword,
        reason: "an exercise uses `std` alone, through ordinary paths",
        remedy: "remove it and write `use std::…`",
    },
    Rule {
        name: "include",
        words: &["include_str", "include_bytes", "option_env", "concat_bytes"],
        place: Where::Anywhere,
        reason: "a submission consists of its source files alone",
        remedy: "put the text into the source",
    },
    Rule {
        name: "include",
        words: &["include", "env"],
        place: Where::Macro,
        reason: "a submission consists of its source files alone",
        remedy: "put the text into the source",
    },
    Rule {
        name: "include",
        words: &["include", "env"],
        place: home(&[], Prelude::Macro),
        reason: "a submission consists of its source files alone",
        remedy: "put the text into the source",
    },
    Rule {
        name: "asm",
        words: &["global_asm", "naked_asm"],
        place: Where::Anywhere,
        reason: "inline assembly cannot be graded",
        remedy: "write it in Rust",
    },
    Rule {
        name: "asm",
        words: &["asm"],
        place: Where::Macro,
        reason: "inline assembly cannot be graded",
        remedy: "write it in Rust",
    },
    Rule {
        name: "asm",
        words: &["asm"],
        place: home(&["arch"], Prelude::Nothing),
        reason: "inline assembly cannot be graded",
        remedy: "write it in Rust",
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
        reason: "it affects other files or the linker",
        remedy: "remove the attribute",
    },
    Rule {
        name: "feature",
        words: &["feature"],
        place: Where::AttributeList,
        reason: "exercises use stable Rust",
        remedy: "remove the attribute",
    },
    Rule {
        name: "lint",
        words: &["long_running_const_eval"],
        place: Where::Anywhere,
        reason: "it lets the compiler run without a limit",
        remedy: "compute the value at run time",
    },
    Rule {
        name: "cfg",
        words: &["engine", "model"],
        place: Where::Cfg,
        reason: "the code must be the same for every engine",
        remedy: "remove the condition",
    },
    Rule {
        name: "cfg",
        words: &["cfg_select"],
        place: Where::Anywhere,
        reason: "the code must be the same for every engine",
        remedy: "remove the condition",
    },
    Rule {
        name: "cfg",
        words: &["cfg"],
        place: home(&[], Prelude::Macro),
        reason: "under another name it could not be told what it depends on",
        remedy: "write `cfg!(…)` alone",
    },
    Rule {
        name: "macro",
        words: &["concat", "stringify"],
        place: home(&[], Prelude::Macro),
        reason: "under another name it could not be told what it makes a text of",
        remedy: "write `concat!(…)` or `stringify!(…)` alone",
    },
    Rule {
        name: "engine",
        words: &["align_of", "align_of_val", "size_of", "size_of_val"],
        place: home(&["mem"], Prelude::Function),
        reason: SAME_FOR_ALL,
        remedy: "no exercise needs the size or the name of a type",
    },
    Rule {
        name: "engine",
        words: &["needs_drop", "offset_of", "type_name", "type_name_of_val"],
        place: home(&["any", "mem"], Prelude::Nothing),
        reason: SAME_FOR_ALL,
        remedy: "no exercise needs the size or the name of a type",
    },
    Rule {
        name: "engine",
        words: &["AtomicPtr", "Layout", "Location", "NonNull", "Pointer", "TypeId"],
        place: home(&["alloc", "any", "fmt", "panic", "ptr", "sync"], Prelude::Nothing),
        reason: SAME_FOR_ALL,
        remedy: "use references",
    },
    Rule {
        name: "engine",
        words: &["addr"],
        place: Where::CallOfStd,
        reason: SAME_FOR_ALL,
        remedy: "use references; `std::ptr::eq` and `Arc::ptr_eq` compare them",
    },
    Rule {
        name: "engine",
        words: &["as_mut_ptr", "as_mut_ptr_range", "as_ptr", "as_ptr_range", "into_raw", "type_id"],
        place: Where::Call,
        reason: SAME_FOR_ALL,
        remedy: "use references; `std::ptr::eq` and `Arc::ptr_eq` compare them",
    },
    Rule {
        name: "grader",
        words: &["harness", "model_std", "model_core"],
        place: Where::Crate,
        reason: "it belongs to the grader",
        remedy: "use `std`",
    },
];

/// What macros are made of or given, these words in it could end up in any of the places above or in a path.
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

/// The same, unless a macro of that name is called where the word stands.
pub(super) const MACROS_HIDDEN_BY_MACROS: &[&str] = &["concat", "stringify"];

/// Attributes that only say something to the compiler about the code that they are on.
pub(super) const ATTRIBUTES: &[&str] = &[
    "allow",
    "automatically_derived",
    "cfg",
    "clippy",
    "cold",
    "default",
    "deny",
    "deprecated",
    "derive",
    "diagnostic",
    "doc",
    "expect",
    "forbid",
    "ignore",
    "inline",
    "macro_export",
    "macro_use",
    "must_use",
    "non_exhaustive",
    "recursion_limit",
    "repr",
    "rustfmt",
    "should_panic",
    "test",
    "warn",
];

pub(super) const ATTRIBUTE: Rule = Rule {
    name: "attribute",
    words: &[],
    place: Where::Attribute,
    reason: "only attributes are allowed that are known to affect nothing but the item that they are on",
    remedy: "remove the attribute",
};

pub(super) const ADDRESS: Rule = Rule {
    name: "engine",
    words: &[],
    place: Where::Anywhere,
    reason: "the code must behave the same for every engine, and addresses differ",
    remedy: "use references; `std::ptr::eq` and `Arc::ptr_eq` compare them",
};

pub(super) const LIFETIMES: Rule = Rule {
    name: "lifetimes",
    words: &[],
    place: Where::Anywhere,
    reason: "a second lifetime in this place is a part of the known hole in the compiler's checks",
    remedy: "leave the lifetimes out, or use the same one twice",
};

pub(super) const UNSOUND: Rule = Rule {
    name: "unsound",
    words: &[],
    place: Where::Anywhere,
    reason: "an associated type or a bound for all lifetimes in this place is a part of a known hole in the compiler's checks",
    remedy: "name the type itself, as with a type parameter of its own",
};

pub(super) const IN_MACROS: Rule = Rule {
    name: "macro",
    words: HIDDEN_BY_MACROS,
    place: Where::Anywhere,
    reason: "in a macro, it could come to stand for something forbidden",
    remedy: "choose another name, or let the macros take no more than expressions and types",
};

impl Rule {
    /// What is forbidden of std that `path`, which begins with it, leads to or through: the rule, and the segments up to there.
    pub(super) fn of_std(path: &[String]) -> Option<(&'static Self, usize)> {
        let of = |rule: &'static Self| {
            let Where::Std(home) = rule.place else { return None };
            let at = path.iter().position(|segment| rule.words.contains(&segment.as_str()))?;
            let module = path.get(1)?.as_str();
            (at == 1 || module == "prelude" || home.modules.contains(&module)).then_some((rule, at + 1))
        };
        RULES.iter().find_map(of)
    }

    /// Whether `name` is that of a function or a macro of std: an item that is a type or a module may have it as well, and
    /// then it stands for both.
    pub(super) fn is_of_no_type(name: &str) -> bool {
        let is_of_std = |rule: &Self| matches!(rule.place, Where::Std(_)) && rule.words.contains(&name);
        name.starts_with(char::is_lowercase) && RULES.iter().any(is_of_std)
    }

    /// What is forbidden of std that has `name` everywhere.
    pub(super) fn of_prelude(name: &str) -> Option<&'static Self> {
        let of = |rule: &&Self| matches!(rule.place, Where::Std(home) if home.prelude != Prelude::Nothing);
        RULES.iter().filter(of).find(|rule| rule.words.contains(&name))
    }
}

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
