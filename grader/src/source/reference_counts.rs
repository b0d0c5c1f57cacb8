//! Where a submission looks at the reference counts of an `Arc`: std's own `Arc` runs under the model, so a count has
//! one value only where several are possible.

use std::collections::BTreeSet;

use super::tokens::Token;
use super::{Kind, Source};

/// Functions of `Arc` whose result depends on a count. Other types have functions of the same name.
const OF_ARC: [&str; 6] = ["get_mut", "into_inner", "is_unique", "make_mut", "try_unwrap", "unwrap_or_clone"];
/// Functions of `Arc` and `Weak` that no other type of std has.
const COUNTS: [&str; 2] = ["strong_count", "weak_count"];

/// The lines of `source` that look at a count, from 1. Tokens are read, so that what a macro gets counts, and what a
/// comment says does not.
pub(crate) fn lines_with_counts(source: &Source) -> BTreeSet<u32> {
    let tokens = source.tokens().unwrap_or_default();
    let names = names_of_arc(tokens);
    let has_weak = tokens.iter().any(|token| token.word() == Some("Weak"));
    let looks = |index: usize| {
        let Some(word) = tokens[index].word() else { return false };
        let before = &tokens[..index];
        (COUNTS.contains(&word) && (is_method(before) || owner(before).is_some()))
            || (OF_ARC.contains(&word) && owner(before).is_some_and(|owner| names.contains(owner)))
            || (word == "upgrade" && has_weak && (is_method(before) || owner(before).is_some()))
    };
    let line = |index: usize| u32::try_from(tokens[index].span.start().line).unwrap_or(u32::MAX);
    (0..tokens.len()).filter(|index| looks(*index)).map(line).collect()
}

/// `Arc`, and what `use … Arc as Name` and `type Name … = … Arc<…>` call it.
fn names_of_arc(tokens: &[Token]) -> BTreeSet<String> {
    let mut names = BTreeSet::from(["Arc".to_owned()]);
    for renamed in tokens.windows(3) {
        if let [arc, by, name] = renamed
            && (arc.word(), by.word()) == (Some("Arc"), Some("as"))
            && let Some(name) = name.word()
        {
            names.insert(name.to_owned());
        }
    }
    for (index, _) in tokens.iter().enumerate().filter(|(_, token)| token.word() == Some("type")) {
        let declaration = tokens[index + 1..].split(|token| token.is(';')).next().unwrap_or_default();
        let mut parts = declaration.splitn(2, |token| token.is('='));
        let (alias, stands_for) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let outermost = stands_for.split(|token| token.is('<')).next().unwrap_or_default();
        if outermost.last().and_then(Token::word).is_some_and(|word| names.contains(word))
            && let Some(name) = alias.first().and_then(Token::word)
        {
            names.insert(name.to_owned());
        }
    }
    names
}

/// Whether what follows `before` is called as a method.
fn is_method(before: &[Token]) -> bool {
    before.last().is_some_and(|token| token.is('.'))
}

/// The type in front of `::`, with or without generic arguments: `Arc` in `Arc::` and in `Arc::<T>::` and `<Arc<T>>::`.
fn owner(before: &[Token]) -> Option<&str> {
    let mut rest = before_colons(before)?;
    if let Some(open) = opening_bracket(rest) {
        let inside = &rest[open + 1..rest.len() - 1];
        rest = &rest[..open];
        rest = before_colons(rest).unwrap_or(rest);
        let is_named = rest.last().is_some_and(|token| token.word().is_some_and(|word| word != "return"));
        if !is_named {
            // `<Arc<T>>::`, `<sync::Arc<T>>::`
            let end = inside.iter().position(|token| token.is('<')).unwrap_or(inside.len());
            return inside[..end].last().and_then(Token::word);
        }
    }
    rest.last().and_then(Token::word)
}

/// Where the `<` is that matches the `>` at the end.
fn opening_bracket(tokens: &[Token]) -> Option<usize> {
    tokens.last().filter(|token| token.is('>'))?;
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().rev() {
        match token.kind {
            Kind::Punct('>') => depth += 1,
            Kind::Punct('<') => depth -= 1,
            Kind::Word { .. }
            | Kind::Punct(_)
            | Kind::Open(_)
            | Kind::Close(_)
            | Kind::Lifetime(_)
            | Kind::Literal(_) => {}
        }
        if depth == 0 {
            return Some(index);
        }
    }
    None
}

/// What is in front of a `::` at the end.
fn before_colons(tokens: &[Token]) -> Option<&[Token]> {
    match tokens {
        [before @ .., one, two] if one.is(':') && two.is(':') => Some(before),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<u32> {
        lines_with_counts(&Source::new("src/lib.rs", text)).into_iter().collect()
    }

    #[test]
    fn every_way_to_look_at_a_count_is_seen() {
        for look in [
            "Arc::strong_count(&a)",
            "std::sync::Arc::weak_count(&a)",
            "Arc::<u32>::try_unwrap(a)",
            "<Arc<Vec<u8>>>::into_inner(a)",
            "<std::sync::Arc<u8>>::get_mut(&mut a)",
            "a.map(Arc::try_unwrap)",
            "weak.strong_count()",
            "assert!(Arc::get_mut(&mut a).is_none())",
            "{ use std::sync::Weak; w.upgrade() }",
            "{ use std::sync::Weak; w.and_then(Weak::upgrade) }",
            "{ use std::sync::Arc as Shared; Shared::make_mut(&mut a) }",
            "{ type Shared<T> = std::sync::Arc<T>; Shared::unwrap_or_clone(a) }",
        ] {
            assert_eq!(lines(&format!("fn f() {{\n{look};\n}}")), [2], "{look}");
        }
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for other in [
            "// Arc::strong_count(&a)\nArc::new(1)",
            "Mutex::into_inner(m)",
            "Mutex::get_mut(&mut m)",
            "map.get_mut(&1)",
            "m.into_inner()",
            "lock.upgrade()",
            "\"Arc::strong_count\"",
            "Arc::clone(&a)",
            "Arc::ptr_eq(&a, &b)",
        ] {
            assert_eq!(lines(&format!("fn f() {{\n{other};\n}}")), [0_u32; 0], "{other}");
        }
    }
}
