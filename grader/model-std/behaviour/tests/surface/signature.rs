//! Signatures, written so that two are the same text if they say the same: parameters are numbered in the order in which
//! they are declared, bounds are sorted, and the names of arguments do not count.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, GenericParam, Generics, Signature, TypeParamBound, WherePredicate};

/// What the names in a signature stand for.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeMap<String, String>);

impl Names {
    fn declare(&mut self, generics: &Generics, prefix: char) {
        for (index, parameter) in generics.params.iter().enumerate() {
            let name = match parameter {
                GenericParam::Lifetime(lifetime) => lifetime.lifetime.to_string(),
                GenericParam::Type(of) => of.ident.to_string(),
                GenericParam::Const(of) => of.ident.to_string(),
            };
            self.0.insert(name, format!("{prefix}{index}"));
        }
    }

    /// The text of tokens in which names are replaced.
    fn text(&self, tokens: impl ToTokens) -> String {
        let mut text = String::new();
        self.write(tokens.to_token_stream(), &mut text);
        // Rustdoc writes it for items of other crates alone: `Box<dyn Any + Send + 'static>`.
        text.replace("Send +'static", "Send").trim().to_owned()
    }

    fn write(&self, tokens: TokenStream, text: &mut String) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    text.push_str(open);
                    self.write(group.stream(), text);
                    text.push_str(close);
                }
                TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                    let name = format!("'{}", tokens.next().expect("a lifetime has a name"));
                    text.push_str(self.0.get(&name).unwrap_or(&name));
                    text.push(' ');
                }
                // The last comma of a list says nothing.
                TokenTree::Punct(punct) if punct.as_char() == ',' && tokens.peek().is_none() => {}
                TokenTree::Ident(ident) => {
                    let name = ident.to_string();
                    text.push_str(self.0.get(&name).unwrap_or(&name));
                    text.push(' ');
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => text.push_str(&token.to_string()),
            }
        }
    }

    /// One line for each bound, sorted. `?Sized` and `Sized` cancel each other out.
    fn bounds(&self, generics: &Generics) -> Vec<String> {
        let mut bounds = Vec::new();
        let mut add = |of: String, bound: Option<&TypeParamBound>| {
            bounds.push(bound.map_or(of.clone(), |bound| format!("{of}: {}", self.text(bound))));
        };
        for parameter in &generics.params {
            match parameter {
                GenericParam::Type(of) => {
                    of.bounds.iter().for_each(|bound| add(self.text(&of.ident), Some(bound)))
                }
                GenericParam::Lifetime(of) => of.bounds.iter().for_each(|bound| {
                    add(self.text(&of.lifetime), Some(&TypeParamBound::Lifetime(bound.clone())));
                }),
                GenericParam::Const(_) => {}
            }
        }
        for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
            match predicate {
                WherePredicate::Type(of) => {
                    let subject = format!("{}{}", self.text(&of.lifetimes), self.text(&of.bounded_ty));
                    of.bounds.iter().for_each(|bound| add(subject.clone(), Some(bound)));
                }
                other => add(self.text(other), None),
            }
        }
        let sized: Vec<String> = bounds
            .iter()
            .filter_map(|bound| Some(format!("{}: Sized", bound.strip_suffix(": ?Sized")?)))
            .collect();
        for sized in sized.iter().filter(|sized| bounds.contains(sized)).cloned().collect::<Vec<_>>() {
            let unsized_too = sized.replace(": Sized", ": ?Sized");
            bounds.retain(|bound| *bound != sized && *bound != unsized_too);
        }
        bounds.sort();
        bounds.dedup();
        bounds
    }
}

/// An implementation, in which methods stand.
#[derive(Clone, Debug)]
pub struct Implementation {
    /// `Send`, `!Send`, or nothing
    pub of: Option<String>,
    /// The trait's name without arguments
    pub name: Option<String>,
    /// What it holds for
    pub bounds: Vec<String>,
    names: Names,
}

/// What syn does not parse (`impl FnOnce() for …`) is taken word for word.
pub fn implementation(header: &str) -> Implementation {
    let Ok(parsed) = syn::parse_str::<syn::ItemImpl>(&format!("{header} {{}}")) else {
        let of = Some(header.split_whitespace().collect::<Vec<_>>().join(" "));
        return Implementation { of, name: None, bounds: Vec::new(), names: Names::default() };
    };
    let mut names = Names::default();
    // By the order in which the type has them: `impl<'a, T>` and `impl<T> … '_` are the same.
    let arguments = parsed.self_ty.to_token_stream();
    let mut index = 0;
    let mut number = |name: String, names: &mut Names| {
        names.0.entry(name).or_insert_with(|| {
            index += 1;
            format!("#{index}")
        });
    };
    for name in idents(arguments) {
        if parsed.generics.params.iter().any(|parameter| is_named(parameter, &name)) || name == "'_" {
            number(name, &mut names);
        }
    }
    let mut own = Names::default();
    own.declare(&parsed.generics, '$');
    for (name, number) in own.0 {
        names.0.entry(name).or_insert(number);
    }
    let self_type = names.text(&parsed.self_ty);
    names.0.insert("Self".to_owned(), self_type);
    let bounds = names.bounds(&parsed.generics);
    let (of, name) = match &parsed.trait_ {
        None => (None, None),
        Some((path, _)) => {
            let sign = if parsed.modifiers.polarity.is_some() { "!" } else { "" };
            let last = path.segments.last().expect("a path has a segment");
            (Some(format!("{sign}{}", names.text(last))), Some(last.ident.to_string()))
        }
    };
    Implementation { of, name, bounds, names }
}

fn is_named(parameter: &GenericParam, name: &str) -> bool {
    match parameter {
        GenericParam::Lifetime(of) => of.lifetime.to_string() == name,
        GenericParam::Type(of) => of.ident == name,
        GenericParam::Const(of) => of.ident == name,
    }
}

/// The identifiers and lifetimes in the order in which they appear.
fn idents(tokens: TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => found.extend(idents(group.stream())),
            TokenTree::Ident(ident) => found.push(ident.to_string()),
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                found.push(format!("'{}", tokens.next().expect("a lifetime has a name")));
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    found
}

/// The name and the signature of a function in an implementation, or of a free one.
///
/// # Panics
/// If the header is no Rust.
pub fn function(header: &str, implementation: Option<&Implementation>) -> (String, String) {
    let parsed: syn::ForeignItemFn =
        syn::parse_str(&format!("{header};")).unwrap_or_else(|error| panic!("{header}: {error}"));
    let signature: &Signature = &parsed.sig;
    let mut names = implementation.map(|of| of.names.clone()).unwrap_or_default();
    let outer = names.clone();
    names.declare(&signature.generics, '%');
    let mut bounds: Vec<String> = implementation.map(|of| of.bounds.clone()).unwrap_or_default();
    bounds.extend(names.bounds(&signature.generics));
    // `impl<T: ?Sized> X<T> { fn f(self) where T: Sized }` and `impl<T> X<T> { fn f(self) }` say the same.
    let cancelled: Vec<String> = bounds
        .iter()
        .filter_map(|bound| bound.strip_suffix(": ?Sized"))
        .filter(|of| bounds.contains(&format!("{of}: Sized")))
        .map(str::to_owned)
        .collect();
    bounds.retain(|bound| {
        !cancelled.iter().any(|of| *bound == format!("{of}: Sized") || *bound == format!("{of}: ?Sized"))
    });
    bounds.sort();
    let inputs: Vec<String> = signature
        .inputs
        .iter()
        .map(|input| match input {
            FnArg::Receiver(receiver) => names.text(receiver),
            FnArg::Typed(typed) => names.text(&typed.ty),
        })
        .collect();
    let parameters: Vec<String> = signature
        .generics
        .params
        .iter()
        .map(|parameter| match parameter {
            GenericParam::Lifetime(_) => "lifetime".to_owned(),
            GenericParam::Type(_) => "type".to_owned(),
            GenericParam::Const(of) => format!("const {}", outer.text(&of.ty)),
        })
        .collect();
    let text = format!(
        "{} {} {} {} fn<{}>({}) {} where {}",
        names.text(&signature.constness),
        names.text(&signature.asyncness),
        names.text(&signature.safety),
        names.text(&signature.abi),
        parameters.join(", "),
        inputs.join(", "),
        names.text(&signature.output),
        bounds.join(", "),
    );
    (signature.ident.to_string(), text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// An associated type or constant, as it stands.
pub fn associated(header: &str, implementation: &Implementation) -> (String, String) {
    let tokens: TokenStream = header.parse().unwrap_or_else(|error| panic!("{header}: {error}"));
    let name =
        idents(tokens.clone()).into_iter().find(|word| !["pub", "const", "type"].contains(&word.as_str()));
    (name.expect("it has a name"), implementation.names.text(tokens))
}

/// A type's declaration: its parameters, and what of its fields and variants is public.
pub fn declaration(text: &str) -> String {
    if syn::parse_str::<syn::ForeignItemFn>(&format!("{text};")).is_ok() {
        return function(text, None).1;
    }
    if let Ok(parsed) = syn::parse_str::<syn::ItemStruct>(text) {
        let mut names = Names::default();
        names.declare(&parsed.generics, '#');
        let parameters: Vec<String> = parsed
            .generics
            .params
            .iter()
            .map(|parameter| match parameter {
                GenericParam::Lifetime(_) => "lifetime".to_owned(),
                GenericParam::Type(of) => format!(
                    "type = {}",
                    of.default.as_ref().map_or_else(String::new, |(_, default)| names.text(default))
                ),
                GenericParam::Const(of) => format!("const {}", names.text(&of.ty)),
            })
            .collect();
        let fields: Vec<String> = parsed.fields.iter().map(|field| names.text(field)).collect();
        let bounds = names.bounds(&parsed.generics).join(", ");
        return format!("struct <{}> {fields:?} where {bounds}", parameters.join(", "));
    }
    if let Ok(mut parsed) = syn::parse_str::<syn::ItemEnum>(text) {
        let mut names = Names::default();
        names.declare(&parsed.generics, '#');
        let bounds = names.bounds(&parsed.generics).join(", ");
        let parameters = parsed.generics.params.len();
        parsed.generics = Generics::default();
        return format!("{} of {parameters} parameters where {bounds}", names.text(&parsed));
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace("Send + 'static", "Send")
}
