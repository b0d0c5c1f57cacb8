//! Formats that print addresses, which tell the types of the model from those of std.
//!
//! A format is a literal, or what `concat!` and `stringify!` make one of. What a macro puts into these is not known, so the
//! pieces that it could be made of decide.

use proc_macro2::{Delimiter, Span};

use crate::source::{Kind, Token};

/// Where something like `{:p}` is written, or may be put together.
pub(super) fn that_print_addresses(tokens: &[Token]) -> Vec<Span> {
    let texts: Vec<(Span, String)> =
        tokens.iter().filter_map(|token| Some((token.span, text_of(token)?))).collect();
    let pieces = Pieces {
        of_texts: texts.iter().any(|(_, text)| has_half_a_format(text)),
        of_tokens: tokens.windows(3).any(ends_like_a_format),
    };
    let written = texts.iter().filter(|(_, text)| prints_addresses(text)).map(|(span, _)| *span);
    let made = (0..tokens.len()).filter(|index| may_make_one(&tokens[*index..], pieces));
    written.chain(made.map(|index| tokens[index].span)).collect()
}

/// Whether there is anything in a file of which macros could put such a format together that is nowhere as a whole.
#[derive(Clone, Copy)]
struct Pieces {
    of_texts: bool,
    of_tokens: bool,
}

/// What a literal of text says, in whatever way its characters are written.
fn text_of(token: &Token) -> Option<String> {
    let Kind::Literal(literal) = &token.kind else { return None };
    syn::parse_str::<syn::LitStr>(literal).ok().map(|text| text.value())
}

/// Whether `tokens` begin with a `concat!` or `stringify!` that makes a format with an address in it, or may make one of
/// what a macro gives it.
fn may_make_one(tokens: &[Token], pieces: Pieces) -> bool {
    let [name, bang, Token { kind: Kind::Open(_), .. }, rest @ ..] = tokens else { return false };
    let is_concat = match name.word() {
        Some("concat") if bang.is('!') => true,
        Some("stringify") if bang.is('!') => false,
        _ => return false,
    };
    let arguments = inside(rest);
    let text: String = if is_concat {
        arguments.iter().filter_map(piece).collect()
    } else {
        arguments.iter().map(written).collect()
    };
    let is_given = arguments.iter().any(|token| token.is('$') || token.is('!'));
    let may_be_given = if is_concat { pieces.of_texts } else { pieces.of_tokens };
    prints_addresses(&text) || is_given && may_be_given
}

/// The tokens up to the bracket that closes what is open.
fn inside(tokens: &[Token]) -> &[Token] {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open(_) => depth += 1,
            Kind::Close(_) if depth == 0 => return &tokens[..index],
            Kind::Close(_) => depth -= 1,
            Kind::Word { .. } | Kind::Punct(_) | Kind::Lifetime(_) | Kind::Literal(_) => {}
        }
    }
    tokens
}

/// What a token adds to the text that `concat!` makes.
fn piece(token: &Token) -> Option<String> {
    match &token.kind {
        Kind::Literal(literal) => Some(match syn::parse_str::<syn::Lit>(literal) {
            Ok(syn::Lit::Char(letter)) => letter.value().to_string(),
            Ok(syn::Lit::Str(text)) => text.value(),
            _ => literal.clone(),
        }),
        Kind::Word { .. } | Kind::Punct(_) | Kind::Open(_) | Kind::Close(_) | Kind::Lifetime(_) => None,
    }
}

/// A token as `stringify!` writes it, without spaces.
fn written(token: &Token) -> String {
    match &token.kind {
        Kind::Word { text, .. } | Kind::Literal(text) | Kind::Lifetime(text) => text.clone(),
        Kind::Punct(punct) => punct.to_string(),
        Kind::Open(Delimiter::Brace) => "{".to_owned(),
        Kind::Close(Delimiter::Brace) => "}".to_owned(),
        Kind::Open(_) => "(".to_owned(),
        Kind::Close(_) => ")".to_owned(),
    }
}

/// Whether a bracket of a format is open at the end of `text`, or closed that was not opened in it.
fn has_half_a_format(text: &str) -> bool {
    let text = text.replace("{{", "").replace("}}", "");
    text.matches('{').count() != text.matches('}').count()
}

/// Whether they end as in `{:p}`: with a word that ends with `p`, behind a colon or an option, in front of a brace.
fn ends_like_a_format(tokens: &[Token]) -> bool {
    let [before, word, brace] = tokens else { return false };
    let is_value = word.word().is_some_and(|word| word.ends_with('p'));
    let follows =
        matches!(before.kind, Kind::Punct(':' | '#' | '<' | '^' | '>' | '$' | '*' | '.' | '+' | '-'));
    is_value && follows && brace.kind == Kind::Close(Delimiter::Brace)
}

/// Whether a text has something like `{:p}` in it.
fn prints_addresses(text: &str) -> bool {
    text.match_indices('}').any(|(end, _)| {
        // Formats may have spaces in front of their end.
        text[..end].trim_end().strip_suffix('p').is_some_and(ends_within_a_format)
    })
}

/// Whether `before` ends behind the `:` of a format or behind its options, where its type comes next.
fn ends_within_a_format(before: &str) -> bool {
    let is_option = |letter: char| letter.is_alphanumeric() || "_$.*#+-".contains(letter);
    let options = before.trim_end_matches(is_option);
    let aligned = options.strip_suffix(['<', '^', '>']);
    // Anything may fill, brackets too.
    let filled = aligned.and_then(|aligned| Some(&aligned[..aligned.char_indices().next_back()?.0]));
    let begins = |rest: &str| {
        let argument = rest.strip_suffix(':').map(str::trim_end);
        let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
        // Two are a bracket that is printed.
        argument.is_some_and(|argument| {
            let before = argument.trim_end_matches(is_name).trim_end();
            !(before.len() - before.trim_end_matches('{').len()).is_multiple_of(2)
        })
    };
    // No option ends with a letter.
    !before.ends_with(char::is_alphabetic)
        && [Some(options), aligned, filled].into_iter().flatten().any(begins)
}
