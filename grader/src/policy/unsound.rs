//! Other known ways to undermine safe Rust, beside that of [`lifetimes`](super::lifetimes).
//!
//! - A trait object with an associated type of its own choice, `dyn Trait<Assoc = A>`, for which an implementation chooses
//!   another one (rust-lang/rust#57893, #152783): that makes one type of any other. The choice may also be that of a trait
//!   that the object's trait builds on.
//! - A bound for all lifetimes on a trait that is not a function's (#84591, #100051): what its type parameters imply is lost.
//! - An associated type of a type parameter that outlives something (#84366): that of a closure need not.
//!
//! No exercise needs any of these.

use std::collections::BTreeSet;
use std::ops::Range;

use proc_macro2::{Delimiter, Span};

use super::LONGEST_HEADER;
use crate::source::{Kind, Token};

/// Traits of std whose objects are written with an associated type. Nobody but std implements them for an object.
const CHOOSE: &[&str] = &["Iterator", "DoubleEndedIterator", "ExactSizeIterator", "FusedIterator", "Future"];
/// Traits that a bound for all lifetimes may be about.
const FUNCTIONS: &[&str] = &["Fn", "FnMut", "FnOnce"];

/// Each place at which one of these begins, with what stands there.
pub(super) fn ingredients(tokens: &[Token]) -> Vec<(Span, String)> {
    let pairs = tokens.windows(2).filter(|pair| matches!(pair[0].word(), Some("trait" | "as")));
    let defined = pairs.filter_map(|pair| pair[1].word()).collect();
    let file = File { tokens, defined };
    let params = file.type_parameters();
    let outliving = file.outliving_traits();
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let Some(word) = token.word() else { continue };
        let is_item = matches!(word, "fn" | "trait" | "impl" | "type");
        if is_item && file.header(index).len() >= LONGEST_HEADER {
            found.push((token.span, word.to_owned()));
            continue;
        }
        let at = match word {
            "dyn" => file.chosen_by_an_object(index).map(|at| (at, "dyn")),
            "trait" => {
                let chosen = file.chosen_by_a_trait(index).map(|at| (at, "trait"));
                chosen.or_else(|| file.projected_in_a_trait(index, &outliving).map(|at| (at, "Self")))
            }
            "for" => file.for_all_lifetimes(index).then_some((index, "for")),
            "fn" => file.projected_in_a_function(index, &params, &outliving).map(|at| (at, "fn")),
            "impl" => file.projected_in_an_impl(index, &outliving).map(|at| (at, "impl")),
            "type" => file.projected_in_an_alias(index).map(|at| (at, "type")),
            _ => None,
        };
        found.extend(at.map(|(at, what)| (tokens[at].span, what.to_owned())));
    }
    found
}

struct File<'a> {
    tokens: &'a [Token],
    /// The names that traits are given.
    defined: BTreeSet<&'a str>,
}

impl<'a> File<'a> {
    fn word(&self, index: usize) -> Option<&'a str> {
        self.tokens.get(index).and_then(Token::word)
    }

    fn is(&self, index: usize, punct: char) -> bool {
        self.tokens.get(index).is_some_and(|token| token.is(punct))
    }

    fn opens(&self, index: usize, delimiter: Delimiter) -> bool {
        self.tokens.get(index).is_some_and(|token| token.kind == Kind::Open(delimiter))
    }

    fn is_lifetime(&self, index: usize) -> bool {
        let Some(Token { kind: Kind::Lifetime(name), .. }) = self.tokens.get(index) else { return false };
        name != "_"
    }

    /// Behind the bracket that closes the one at `open`, or behind the last token.
    fn closed(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for index in open..self.tokens.len() {
            match self.tokens[index].kind {
                Kind::Open(_) => depth += 1,
                Kind::Close(_) => depth = depth.saturating_sub(1),
                Kind::Word { .. } | Kind::Punct(_) | Kind::Lifetime(_) | Kind::Literal(_) => {}
            }
            if depth == 0 {
                return index + 1;
            }
        }
        self.tokens.len()
    }

    /// Behind the `>` that closes the `<` at `open`.
    fn closed_angle(&self, open: usize) -> usize {
        let (mut depth, mut index) = (0_usize, open);
        while let Some(token) = self.tokens.get(index).filter(|_| index < open + LONGEST_HEADER) {
            match token.kind {
                Kind::Punct('<') => depth += 1,
                Kind::Punct('>') if !self.is(index - 1, '-') && !self.is(index - 1, '=') => depth -= 1,
                Kind::Open(_) => {
                    index = self.closed(index);
                    continue;
                }
                Kind::Close(_) => return index,
                Kind::Punct(_) | Kind::Word { .. } | Kind::Lifetime(_) | Kind::Literal(_) => {}
            }
            index += 1;
            if depth == 0 {
                break;
            }
        }
        index
    }

    /// From the keyword of an item to its body, as far as that is looked at.
    fn header(&self, start: usize) -> Range<usize> {
        let mut end = start;
        while let Some(token) = self.tokens.get(end).filter(|_| end < start + LONGEST_HEADER) {
            match token.kind {
                Kind::Open(Delimiter::Brace) | Kind::Punct(';') | Kind::Close(_) => break,
                Kind::Open(_) => end = self.closed(end),
                Kind::Punct(_) | Kind::Word { .. } | Kind::Lifetime(_) | Kind::Literal(_) => end += 1,
            }
        }
        start..end
    }

    /// What is in braces behind a header.
    fn body(&self, header: &Range<usize>) -> Range<usize> {
        let has_body = self.opens(header.end, Delimiter::Brace);
        header.end..if has_body { self.closed(header.end) } else { header.end }
    }

    /// The first associated type that is chosen, or may be, in `range`: `Trait<Assoc = A>` of a trait that is not std's.
    fn chosen(&self, range: Range<usize>) -> Option<usize> {
        let mut owners: Vec<usize> = Vec::new();
        for index in range {
            if self.is(index, '<') {
                owners.push(index);
            } else if self.is(index, '>') && !self.is(index - 1, '-') {
                owners.pop();
            } else if self.is(index, '$') && !owners.is_empty() {
                return Some(index);
            }
            let is_binding = self.is(index, '=') && !self.is(index + 1, '=') && !self.is(index - 1, '=');
            let Some(owner) = owners.last().filter(|_| is_binding) else { continue };
            let name = owner.checked_sub(1).and_then(|before| self.word(before)).unwrap_or_default();
            let is_of_std = CHOOSE.contains(&name) && !self.defined.contains(name);
            if !is_of_std {
                return Some(index);
            }
        }
        None
    }

    /// Where the trait object at `start` chooses a type.
    fn chosen_by_an_object(&self, start: usize) -> Option<usize> {
        let mut at = start + 1;
        while self.tokens.get(at).filter(|_| at < start + LONGEST_HEADER).is_some_and(|token| {
            token.word().is_some() || matches!(token.kind, Kind::Lifetime(_) | Kind::Punct(':' | '+' | '?'))
        }) || self.opens(at, Delimiter::Parenthesis)
            || self.is(at, '<')
            || self.is(at, '-') && self.is(at + 1, '>')
        {
            let next = if self.is(at, '<') {
                self.closed_angle(at)
            } else if self.opens(at, Delimiter::Parenthesis) {
                self.closed(at)
            } else {
                at + 1 + usize::from(self.is(at, '-'))
            };
            if let Some(chosen) = self.chosen(at..next) {
                return Some(chosen);
            }
            at = next.max(at + 1);
        }
        // A macro can put anything behind it.
        (at == start + 1 || self.is(at, '$') || at >= start + LONGEST_HEADER).then_some(start)
    }

    /// Where what the trait at `start` builds on chooses a type.
    fn chosen_by_a_trait(&self, start: usize) -> Option<usize> {
        let mut begin = start + 2;
        if self.is(begin, '<') {
            begin = self.closed_angle(begin);
        }
        self.chosen(begin..self.header(start).end)
    }

    /// Whether a bound for all of some lifetimes begins here, on something that is no function.
    fn for_all_lifetimes(&self, start: usize) -> bool {
        if !self.is(start + 1, '<') {
            return false;
        }
        let mut at = self.closed_angle(start + 1);
        if matches!(self.word(at), Some("fn" | "unsafe" | "extern")) {
            return false;
        }
        while self.is(at, ':') || self.word(at).is_some() && self.is(at + 1, ':') && self.is(at + 2, ':') {
            at += 1;
        }
        !(self.word(at).is_some_and(|name| FUNCTIONS.contains(&name))
            && self.opens(at + 1, Delimiter::Parenthesis))
    }

    /// The names of all type parameters of functions, traits and implementations.
    fn type_parameters(&self) -> BTreeSet<&'a str> {
        let lists = (0..self.tokens.len()).filter_map(|index| match self.word(index) {
            Some("fn" | "trait" | "type" | "struct" | "enum") => Some(index + 2),
            Some("impl") => Some(index + 1),
            Some(_) | None => None,
        });
        lists.flat_map(|open| self.parameters_at(open)).collect()
    }

    /// The names of the type parameters in the list that begins at `open`, if one does.
    fn parameters_at(&self, open: usize) -> BTreeSet<&'a str> {
        if !self.is(open, '<') {
            return BTreeSet::new();
        }
        let begins = |index: &usize| self.is(index - 1, '<') || self.is(index - 1, ',');
        (open + 1..self.closed_angle(open)).filter(begins).filter_map(|index| self.word(index)).collect()
    }

    /// Traits of the file that outlive something.
    fn outliving_traits(&self) -> BTreeSet<&'a str> {
        let traits = (0..self.tokens.len()).filter(|index| self.word(*index) == Some("trait"));
        let outlives = |start: &usize| self.header(*start).any(|index| self.is_lifetime(index));
        traits.filter(outlives).filter_map(|start| self.word(start + 1)).collect()
    }

    /// Where `header` names something that counts: not in predicates about an associated type, such as
    /// `I::Item: Send + 'static`.
    fn counted(&self, header: &Range<usize>) -> Vec<usize> {
        let (mut depth, mut in_where, mut counts) = (0_usize, false, true);
        let mut counted = Vec::new();
        for index in header.clone() {
            let token = &self.tokens[index];
            let is_arrow = token.is('>') && self.is(index - 1, '-');
            match &token.kind {
                Kind::Open(_) | Kind::Punct('<') => depth += 1,
                Kind::Close(_) => depth = depth.saturating_sub(1),
                Kind::Punct('>') if !is_arrow => depth = depth.saturating_sub(1),
                Kind::Punct(_) | Kind::Word { .. } | Kind::Lifetime(_) | Kind::Literal(_) => {}
            }
            in_where |= depth == 0 && token.word() == Some("where");
            if depth == 0 && in_where && (token.is(',') || token.word() == Some("where")) {
                counts = !self.is_about_a_projection(index + 1);
            }
            if counts {
                counted.push(index);
            }
        }
        counted
    }

    /// Whether `start` begins a predicate about an associated type: `T::Item:`.
    fn is_about_a_projection(&self, start: usize) -> bool {
        let mut at = start;
        while self.word(at).is_some() && self.is(at + 1, ':') && self.is(at + 2, ':') {
            at += 3;
        }
        at > start && self.word(at).is_some() && self.is(at + 1, ':') && !self.is(at + 2, ':')
    }

    /// The first associated type of one of `params` that is named in `places`, as in `T::Item` or `<T as Iterator>`.
    fn projection(&self, places: impl IntoIterator<Item = usize>, params: &BTreeSet<&str>) -> Option<usize> {
        places.into_iter().find(|index| {
            let index = *index;
            if !self.word(index).is_some_and(|word| params.contains(word)) {
                return false;
            }
            let follows = |punct: char, distance: usize| {
                index.checked_sub(distance).is_some_and(|before| self.is(before, punct))
            };
            if follows('<', 1) && self.word(index + 1) == Some("as") {
                return true;
            }
            let continues = follows(':', 1) && follows(':', 2) || follows('.', 1);
            let is_path =
                self.is(index + 1, ':') && self.is(index + 2, ':') && self.word(index + 3).is_some();
            let is_call = self.opens(index + 4, Delimiter::Parenthesis)
                || self.is(index + 4, ':') && self.is(index + 5, ':');
            !continues && is_path && !is_call
        })
    }

    /// Where a function names an associated type of a parameter, and something in its signature outlives something.
    fn projected_in_a_function(
        &self,
        start: usize,
        params: &BTreeSet<&str>,
        outliving: &BTreeSet<&str>,
    ) -> Option<usize> {
        self.word(start + 1)?;
        let header = self.header(start);
        let counted = self.counted(&header);
        let outlives = |index: &usize| {
            self.is_lifetime(*index) || self.word(*index).is_some_and(|word| outliving.contains(word))
        };
        counted.iter().find(|index| outlives(index))?;
        let body = self.body(&header);
        self.projection(counted, params).or_else(|| self.projection(body, params))
    }

    /// Where an implementation names an associated type of one of its parameters, one of which outlives something.
    fn projected_in_an_impl(&self, start: usize, outliving: &BTreeSet<&str>) -> Option<usize> {
        let params = self.parameters_at(start + 1);
        let header = self.header(start);
        let outlives = |index: usize| {
            let bound = self.is_lifetime(index) && (self.is(index - 1, '+') || self.is(index - 1, ':'))
                || self.word(index).is_some_and(|word| outliving.contains(word));
            let referred = self.is_lifetime(index) && index > 0 && self.is(index - 1, '&');
            bound || referred
        };
        self.counted(&header).into_iter().find(|index| outlives(*index))?;
        self.projection(self.body(&header), &params)
    }

    /// Where a trait that outlives something takes an associated type of its own type.
    fn projected_in_a_trait(&self, start: usize, outliving: &BTreeSet<&str>) -> Option<usize> {
        let name = self.word(start + 1)?;
        if !outliving.contains(name) {
            return None;
        }
        let body = self.body(&self.header(start));
        let own = BTreeSet::from(["Self"]);
        let mut at = body.start + 1;
        while at < body.end {
            if matches!(self.tokens[at].kind, Kind::Open(Delimiter::Parenthesis | Delimiter::Brace)) {
                let end = self.closed(at);
                if let Some(found) = self.projection(at..end, &own) {
                    return Some(found);
                }
                at = end;
            } else {
                at += 1;
            }
        }
        None
    }

    /// Where a type of one's own name stands for an associated type of a parameter.
    fn projected_in_an_alias(&self, start: usize) -> Option<usize> {
        let params = self.parameters_at(start + 2);
        self.projection(self.counted(&self.header(start)), &params)
    }
}
