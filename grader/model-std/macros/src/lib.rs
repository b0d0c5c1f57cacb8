//! The `#[test]` attribute of `model-std`.

use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// Makes a test function that runs in every interleaving.
///
/// `#[test] fn name() -> R { body }` becomes a test in whose body the function stands unchanged, for
/// `std::model::check_function` to call, which gets its path as well. What std refuses as a test, such as arguments
/// and `async`, the attribute of std in the result refuses.
#[proc_macro_attribute]
pub fn test(_: TokenStream, function: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = function.into_iter().collect();
    let Some(function) = Function::of(&tokens) else {
        return "::core::compile_error! { \"the `#[test]` attribute may only be used on a free function\" }"
            .parse()
            .expect("it is a macro call");
    };
    let Function { outside, qualifiers, head, rest } = function;
    let name = &head[1];
    let path = parse(&format!("::core::concat!(::core::module_path!(), \"::{name}\"),"));
    // By a call: functions of foreign languages are no closures.
    let arguments = [path, parse("||"), name.clone().into(), parse("()")].into_iter().collect();
    let body = [
        joined(&[qualifiers, head, rest]),
        parse("::std::model::check_function"),
        group(Delimiter::Parenthesis, arguments),
        parse(";"),
    ];
    let qualifiers: TokenStream =
        qualifiers.iter().filter(|token| !is_keyword(token, "const")).cloned().collect();
    [
        parse("#[::core::prelude::v1::test]"),
        joined(&[outside]),
        qualifiers,
        joined(&[head]),
        bounds(rest).iter().cloned().collect(),
        group(Delimiter::Brace, body.into_iter().collect()),
    ]
    .into_iter()
    .collect()
}

/// The parts of a function.
struct Function<'a> {
    /// Attributes and visibility.
    outside: &'a [TokenTree],
    /// `const`, `unsafe` and the like.
    qualifiers: &'a [TokenTree],
    /// From `fn` to the parameters.
    head: &'a [TokenTree],
    /// What it returns, its bounds, and its body.
    rest: &'a [TokenTree],
}

impl<'a> Function<'a> {
    fn of(tokens: &'a [TokenTree]) -> Option<Self> {
        const QUALIFIERS: [&str; 6] = ["const", "async", "unsafe", "safe", "extern", "fn"];
        let begins = |token: &TokenTree| QUALIFIERS.iter().any(|word| is_keyword(token, word));
        let (outside, signature) = tokens.split_at(tokens.iter().position(begins)?);
        let keyword = signature.iter().position(|token| is_keyword(token, "fn"))?;
        let (qualifiers, signature) = signature.split_at(keyword);
        let parameters = signature.iter().position(is_in_parentheses)?;
        let (head, rest) = signature.split_at(parameters + 1);
        Some(Function { outside, qualifiers, head, rest })
    }
}

/// The bounds in what follows the parameters of a function.
fn bounds(rest: &[TokenTree]) -> &[TokenTree] {
    let before_body = rest.split_last().map_or(rest, |(_, before)| before);
    let bounds = before_body.iter().position(|token| is_keyword(token, "where"));
    bounds.map_or(&[], |bounds| &before_body[bounds..])
}

fn is_keyword(token: &TokenTree, keyword: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident.to_string() == keyword)
}

fn is_in_parentheses(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis)
}

fn joined(parts: &[&[TokenTree]]) -> TokenStream {
    parts.iter().copied().flatten().cloned().collect()
}

fn group(delimiter: Delimiter, stream: TokenStream) -> TokenStream {
    TokenTree::Group(Group::new(delimiter, stream)).into()
}

/// Parses tokens of our own, which resolve where the test is written.
fn parse(source: &str) -> TokenStream {
    let tokens: TokenStream = source.parse().expect("the macro's own tokens are well-formed");
    tokens.into_iter().map(with_call_site).collect()
}

fn with_call_site(token: TokenTree) -> TokenTree {
    match token {
        TokenTree::Ident(ident) => TokenTree::Ident(Ident::new(&ident.to_string(), Span::call_site())),
        other => other,
    }
}
