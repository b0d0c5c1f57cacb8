//! The best known way to undermine safe Rust (rust-lang/rust#25860): a function is taken to rely on one lifetime outliving
//! another one because a type in its signature implies it, and is then called through a pointer whose type no longer
//! does.
//!
//! Every form of it has two lifetimes with names in one type of the signature of a function, or a type or a bound with two
//! that says how they are related. Two lifetimes that the function itself declares, each in arguments of its own, are not
//! related by anything. No exercise needs more, but for functions that are handed a [`Scope`](std::thread::Scope): of its two
//! lifetimes one may occur nowhere else.

use std::collections::BTreeSet;
use std::ops::Range;

use proc_macro2::{Delimiter, Span};

use super::LONGEST_HEADER;
use super::macros::Macros;
use crate::source::{Kind, Token};

/// Each place at which a second lifetime has no business.
pub(super) fn in_excess<'a>(tokens: &'a [Token], macros: &Macros) -> Vec<(Span, &'a str)> {
    let named = |index: usize| named(tokens, index);
    let mut found = Vec::new();
    for index in 0..tokens.len() {
        if let Some(outer) = named(index) {
            found.extend(related(tokens, index).filter(|(_, inner)| *inner != outer));
        }
        if tokens[index].word() == Some("fn") {
            let signature: Vec<usize> = signature(tokens, index).take(LONGEST_HEADER + 1).collect();
            if signature.len() > LONGEST_HEADER {
                found.push((tokens[index].span, "fn"));
                continue;
            }
            let names = signature.into_iter().filter_map(|index| Some((index, named(index)?)));
            let names: Vec<_> = names.collect();
            if !are_unrelated(tokens, index, &names) && !are_of_a_scope(tokens, index, &names) {
                found.extend(second(names.into_iter(), tokens));
            }
        }
    }
    // A macro can make any of these of lifetimes that are not beside each other.
    let of_macros = (0..tokens.len()).filter(|index| macros.have(*index));
    found.extend(second(of_macros.filter_map(|index| Some((index, named(index)?))), tokens));
    found
}

/// The name of the lifetime at `index`, unless it is `'static` or `'_`, or labels a loop.
fn named(tokens: &[Token], index: usize) -> Option<&str> {
    let Kind::Lifetime(name) = &tokens[index].kind else { return None };
    let before = index.checked_sub(1).and_then(|before| tokens[before].word());
    let opens = |token: &Token| {
        token.kind == Kind::Open(Delimiter::Brace) || matches!(token.word(), Some("loop" | "while" | "for"))
    };
    let is_label = matches!(before, Some("break" | "continue"))
        || tokens.get(index + 1).is_some_and(|next| next.is(':')) && tokens.get(index + 2).is_some_and(opens);
    (!is_label && name != "static" && name != "_").then_some(name)
}

/// The lifetime that the one at `index` is related to: in `&'a &'b T`, or in `'a: 'b`.
fn related(tokens: &[Token], index: usize) -> impl Iterator<Item = (Span, &str)> {
    let mut next = index + 1;
    let is_reference = index > 0 && tokens[index - 1].is('&');
    if is_reference && tokens.get(next).is_some_and(|token| token.word() == Some("mut")) {
        next += 1;
    }
    let joins = if is_reference { '&' } else { ':' };
    let joined = tokens.get(next).is_some_and(|token| token.is(joins));
    let other = (joined && next + 1 < tokens.len()).then(|| named(tokens, next + 1)).flatten();
    other.map(|name| (tokens[next + 1].span, name)).into_iter()
}

/// The positions of a signature, from its `fn` to its body.
fn signature(tokens: &[Token], start: usize) -> impl Iterator<Item = usize> {
    let mut depth = 0_usize;
    let has_name = tokens.get(start + 1).is_some_and(|token| token.word().is_some() || token.is('$'));
    let ends = move |index: &usize| {
        let token = &tokens[*index];
        match &token.kind {
            Kind::Open(Delimiter::Brace) if depth == 0 => {
                // Behind any of these it is a constant.
                if !['<', ',', '='].iter().any(|punct| tokens[index - 1].is(*punct)) {
                    return false;
                }
                depth += 1;
            }
            Kind::Open(_) => depth += 1,
            Kind::Close(_) if depth == 0 => return false,
            Kind::Close(_) => depth -= 1,
            Kind::Punct(';') if depth == 0 => return false,
            Kind::Punct(_) | Kind::Word { .. } | Kind::Lifetime(_) | Kind::Literal(_) => {}
        }
        true
    };
    let end = if has_name { tokens.len() } else { start };
    (start..end).take_while(ends)
}

/// Whether the function at `start` declares all of these itself, and no two of them are in one of its arguments, in the type
/// that it returns, or in one bound. What cannot be taken apart is related.
fn are_unrelated(tokens: &[Token], start: usize, names: &[(usize, &str)]) -> bool {
    let tokens = &tokens[..tokens.len().min(start + LONGEST_HEADER)];
    let Some(generics) = list(tokens, start + 2) else { return false };
    let Some(arguments) = list(tokens, generics.end) else { return false };
    let declared: BTreeSet<usize> = generics.parts.iter().map(|part| part.start).collect();
    let is_declared = |name: &str| names.iter().any(|(index, of)| *of == name && declared.contains(index));
    let last = names.last().map_or(start, |(index, _)| *index);
    let rest = parts(tokens, arguments.end..last + 1, None);
    let is_alone = |part: &Range<usize>| {
        let within = names.iter().filter(|(index, _)| part.contains(index));
        within.map(|(_, name)| name).collect::<BTreeSet<_>>().len() < 2
    };
    let Some(rest) = rest else { return false };
    names.iter().all(|(_, name)| is_declared(name))
        && generics.parts.iter().chain(&arguments.parts).chain(&rest.parts).all(is_alone)
}

/// What stands between two brackets, at the commas.
struct List {
    parts: Vec<Range<usize>>,
    /// Behind the closing bracket.
    end: usize,
}

/// The list that is opened at `open`, by `<` or by a bracket.
fn list(tokens: &[Token], open: usize) -> Option<List> {
    let closes = match &tokens.get(open)?.kind {
        Kind::Punct('<') => Kind::Punct('>'),
        Kind::Open(delimiter) => Kind::Close(*delimiter),
        Kind::Punct(_) | Kind::Close(_) | Kind::Word { .. } | Kind::Lifetime(_) | Kind::Literal(_) => {
            return None;
        }
    };
    parts(tokens, open + 1..tokens.len(), Some(&closes))
}

/// The parts of `range` at the commas that are in no brackets within it, up to `closes`, or to the end of it. `where` and an
/// arrow begin a part as well. `None` if the brackets do not match.
fn parts(tokens: &[Token], range: Range<usize>, closes: Option<&Kind>) -> Option<List> {
    let (mut parts, mut start) = (Vec::new(), range.start);
    let (mut angles, mut groups) = (0_usize, 0_usize);
    for index in range.clone() {
        let token = &tokens[index];
        let is_arrow = token.is('>') && tokens[index - 1].is('-');
        if (angles, groups) == (0, 0) {
            if closes.is_some_and(|closes| token.kind == *closes) && !is_arrow {
                parts.push(start..index);
                return Some(List { parts, end: index + 1 });
            }
            if token.is(',') || is_arrow || token.word() == Some("where") {
                parts.push(start..index);
                start = index + 1;
            }
        }
        match token.kind {
            Kind::Open(_) => groups += 1,
            Kind::Close(_) => groups = groups.checked_sub(1)?,
            Kind::Punct('<') if groups == 0 => angles += 1,
            Kind::Punct('>') if groups == 0 && !is_arrow => angles = angles.checked_sub(1)?,
            Kind::Punct(_) | Kind::Word { .. } | Kind::Lifetime(_) | Kind::Literal(_) => {}
        }
    }
    parts.push(start..range.end);
    closes.is_none().then_some(List { parts, end: range.end })
}

/// Whether these are the lifetimes of a [`Scope`](std::thread::Scope), at least one of which is in its type and in the
/// list of generics of the function at `start` alone. Then no other type relates it to anything, and a scope is only
/// ever had by reference.
fn are_of_a_scope(tokens: &[Token], start: usize, names: &[(usize, &str)]) -> bool {
    let word = |index: usize| tokens.get(index).and_then(Token::word);
    let defines = |index: usize| {
        matches!(word(index), Some("struct" | "enum" | "union" | "type" | "trait" | "as"))
            && word(index + 1) == Some("Scope")
    };
    if (0..tokens.len()).any(defines) {
        return false;
    }
    // Behind the name of the function, `<` and a lifetime, and whatever other lifetimes come next.
    let declared = start + 3..start + 3 + 2 * names.len();
    let is_declared = |index: usize| {
        declared.contains(&index)
            && (start + 2..index).all(|between| {
                let token = &tokens[between];
                token.is('<') || token.is(',') || matches!(token.kind, Kind::Lifetime(_))
            })
    };
    let is_in_scope = |index: usize| {
        let before = |distance: usize| index.checked_sub(distance).map(|before| &tokens[before]);
        let is = |distance: usize, punct: char| before(distance).is_some_and(|token| token.is(punct));
        let opens = |distance: usize| {
            is(distance, '<') && before(distance + 1).and_then(Token::word) == Some("Scope")
        };
        opens(1) || is(1, ',') && opens(3)
    };
    let distinct: BTreeSet<&str> = names.iter().map(|(_, name)| *name).collect();
    let is_tame = |tame: &&str| {
        let mut places = names.iter().filter(|(_, name)| name == tame).map(|(index, _)| *index);
        places.all(|index| is_declared(index) || is_in_scope(index))
    };
    distinct.len() == 2 && distinct.iter().any(is_tame)
}

/// The first that is not the first one's namesake.
fn second<'a>(
    mut names: impl Iterator<Item = (usize, &'a str)>,
    tokens: &'a [Token],
) -> Option<(Span, &'a str)> {
    let mut known = BTreeSet::new();
    names
        .find(|(_, name)| known.insert(*name) && known.len() > 1)
        .map(|(index, name)| (tokens[index].span, name))
}
