//! The `#[test]` attribute of `model-std`.

use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// Makes a test function that runs in every interleaving.
///
/// `#[test] fn name() -> R { body }` becomes a test whose body hands its path and `|| -> R { body }` to
/// `std::model::check_function`.
#[proc_macro_attribute]
pub fn test(_: TokenStream, function: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = function.into_iter().collect();
    let Some(TokenTree::Group(body)) = tokens.pop() else {
        return "compile_error!(\"#[test] belongs on a function\");".parse().expect("it is a macro call");
    };
    let result = take_result(&mut tokens);
    let closure: TokenStream =
        [parse("move ||"), result, TokenTree::Group(body).into()].into_iter().collect();
    let path = parse(&format!("::core::concat!(::core::module_path!(), \"::{}\"),", name(&tokens)));
    let arguments: TokenStream = [path, closure].into_iter().collect();
    let call: TokenStream =
        [parse("::std::model::check_function"), group(Delimiter::Parenthesis, arguments), parse(";")]
            .into_iter()
            .collect();
    let test_attribute = parse("#[::core::prelude::v1::test]");
    [test_attribute, tokens.into_iter().collect(), group(Delimiter::Brace, call)].into_iter().collect()
}

/// The name of a function, from its signature.
fn name(signature: &[TokenTree]) -> String {
    let is_fn = |token: &TokenTree| matches!(token, TokenTree::Ident(ident) if ident.to_string() == "fn");
    let name = signature.iter().position(is_fn).and_then(|keyword| signature.get(keyword + 1));
    name.map(TokenTree::to_string).unwrap_or_default()
}

/// Cuts `-> R` off from the end of a signature.
fn take_result(signature: &mut Vec<TokenTree>) -> TokenStream {
    let arrow = signature.windows(2).rposition(|pair| match pair {
        [TokenTree::Punct(dash), TokenTree::Punct(head)] => dash.as_char() == '-' && head.as_char() == '>',
        _ => false,
    });
    match arrow {
        Some(arrow) => signature.drain(arrow..).collect(),
        // Without it, a body that only panics would have the type `!`.
        None => parse("-> ()"),
    }
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
