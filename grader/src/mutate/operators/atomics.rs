//! Atomic accesses: their orderings, and that they are one step.

use syn::{Expr, ExprMethodCall};

use crate::mutate::code::{Code, Edits};

/// Each ordering that an access is given is replaced by weaker ones that the access may have.
pub(super) fn weakened(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    let Expr::MethodCall(call) = expr else { return Vec::new() };
    let mut orderings = call.args.iter().filter_map(ordering).enumerate();
    let method = call.method.to_string();
    let mut found = Vec::new();
    for (place, (name, ordering)) in &mut orderings {
        // The second ordering of an exchange is that of a load, also of an exchange that is tried until it succeeds.
        let exchanges = method.starts_with("compare_exchange")
            || ["fetch_update", "try_update", "update"].contains(&method.as_str());
        let loads = method == "load" || (place == 1 && exchanges);
        let weaker: &[&str] = match ordering.to_string().as_str() {
            "SeqCst" if loads => &["Acquire", "Relaxed"],
            "SeqCst" if method == "store" => &["Release", "Relaxed"],
            "SeqCst" => &["AcqRel", "Relaxed"],
            "AcqRel" => &["Acquire", "Release"],
            "Acquire" | "Release" => &["Relaxed"],
            _ => &[],
        };
        let called = |weaker: &str| match name.segments.len() {
            1 => code.beside(&ordering.to_string(), weaker, "std::sync::atomic::Ordering"),
            _ => weaker.to_owned(),
        };
        found.extend(weaker.iter().map(|weaker| vec![code.replace(ordering, called(weaker))]));
    }
    found
}

/// The path of an ordering, and its last part.
fn ordering(argument: &Expr) -> Option<(&syn::Path, &syn::Ident)> {
    let Expr::Path(path) = argument else { return None };
    let name = &path.path.segments.last()?.ident;
    let known = ["SeqCst", "AcqRel", "Acquire", "Release", "Relaxed"];
    known.iter().any(|ordering| name == ordering).then_some((&path.path, name))
}

/// What was one step is a load, and a store of what follows from it.
pub(super) fn split(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    let Expr::MethodCall(call) = expr else { return Vec::new() };
    if !call.args.iter().any(|argument| ordering(argument).is_some()) {
        return Vec::new();
    }
    split_text(code, call).map(|text| vec![vec![code.replace(expr, text)]]).unwrap_or_default()
}

fn split_text(code: &Code<'_>, call: &ExprMethodCall) -> Option<String> {
    let atomic = code.text(&call.receiver);
    let arguments: Vec<&str> = call.args.iter().map(|argument| code.text(argument)).collect();
    let sequential = "std::sync::atomic::Ordering::SeqCst";
    let (method, first) = (call.method.to_string(), *arguments.first()?);
    let next = match method.as_str() {
        "fetch_add" => format!("torn.wrapping_add({first})"),
        "fetch_sub" => format!("torn.wrapping_sub({first})"),
        "fetch_or" => format!("torn | ({first})"),
        "fetch_and" => format!("torn & ({first})"),
        "fetch_xor" => format!("torn ^ ({first})"),
        "fetch_max" => format!("torn.max({first})"),
        "fetch_min" => format!("torn.min({first})"),
        "swap" => first.to_owned(),
        "compare_exchange" | "compare_exchange_weak" => {
            let next = arguments.get(1)?;
            return Some(format!(
                "match {atomic}.load({sequential}) {{ torn if torn == ({first}) => {{ {atomic}.store({next}, {sequential}); Ok(torn) }} torn => Err(torn) }}"
            ));
        }
        _ => return None,
    };
    Some(format!("{{ let torn = {atomic}.load({sequential}); {atomic}.store({next}, {sequential}); torn }}"))
}
