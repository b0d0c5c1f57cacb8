//! The public surface: everything that the installed `std` offers, with the same parameters, bounds, constness and auto traits,
//! and nothing else. Both crates' surfaces are read from the pages that the same rustdoc writes.

#[path = "surface/differences.rs"]
mod differences;
#[path = "surface/docs.rs"]
mod docs;
#[path = "surface/page.rs"]
mod page;
#[path = "surface/signature.rs"]
mod signature;
#[path = "surface/surface.rs"]
mod surface;

use differences::{DELIBERATE, covers};
use surface::Surface;

/// What differs, by path.
fn differences(std: &Surface, model: &Surface) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (path, item) in std {
        match model.get(path) {
            None if item.stability.unstable => {}
            None => found.push((path.clone(), format!("missing: {}", item.text))),
            // The model shows std's own unstable items with everything else.
            Some(modelled) if modelled.stability.unstable => {}
            Some(modelled) if modelled != item => {
                let text = format!(
                    "\n    std:   {} {:?}\n    model: {} {:?}",
                    item.text, item.stability, modelled.text, modelled.stability
                );
                found.push((path.clone(), text));
            }
            Some(_) => {}
        }
    }
    let only = model.iter().filter(|(path, item)| !std.contains_key(*path) && !item.stability.unstable);
    found.extend(only.map(|(path, item)| (path.clone(), format!("only in the model: {}", item.text))));
    found
}

#[test]
fn the_public_surface_is_that_of_std() {
    let std = surface::read(docs::of_std());
    let model = surface::read(docs::of_model());
    assert!(std.len() > 2_000, "std has {} items", std.len());
    assert!(std["sync::Mutex::new"].text.starts_with("const "), "{}", std["sync::Mutex::new"].text);
    let found = differences(&std, &model);
    let is_deliberate =
        |path: &str| DELIBERATE.iter().any(|(patterns, _)| patterns.iter().any(|of| covers(of, path)));
    let other: Vec<String> = found
        .iter()
        .filter(|(path, _)| !is_deliberate(path))
        .map(|(path, difference)| format!("{path}: {difference}"))
        .collect();
    assert!(
        other.is_empty(),
        "mend these, or say in surface/differences.rs why they are meant:\n{}",
        other.join("\n")
    );
    let patterns = DELIBERATE.iter().flat_map(|(patterns, _)| *patterns);
    let gone: Vec<&&str> = patterns.filter(|of| !found.iter().any(|(path, _)| covers(of, path))).collect();
    assert!(gone.is_empty(), "these are no differences any more: {gone:?}");
}
