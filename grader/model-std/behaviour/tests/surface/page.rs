//! What a page of rustdoc's says about an item.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use html5gum::{StartTag, Token, Tokenizer};

/// A struct, an enum, a function …, with what belongs to it.
#[derive(Debug, Default)]
pub struct Page {
    /// As it is declared, without bodies and private fields.
    pub declaration: String,
    pub stability: Stability,
    pub members: Vec<Member>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stability {
    pub unstable: bool,
    pub deprecated: bool,
}

/// An `impl`, or what is inside of one.
#[derive(Debug)]
pub struct Member {
    pub section: Section,
    pub kind: Kind,
    pub header: String,
    pub stability: Stability,
    /// The pages of the traits that the header names.
    pub traits: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Impl,
    Function,
    Type,
    Constant,
}

/// The part of a page. Blanket implementations, fields and variants are left out: the former follow from the other
/// traits, the latter are part of the declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Inherent,
    Traits,
    AutoTraits,
}

impl Section {
    fn of(id: &str) -> Option<Section> {
        match id {
            "implementations" => Some(Section::Inherent),
            "trait-implementations" => Some(Section::Traits),
            "synthetic-implementations" => Some(Section::AutoTraits),
            _ => None,
        }
    }
}

impl Kind {
    fn of(class: &str) -> Option<Kind> {
        match class.split(' ').next() {
            Some("impl") => Some(Kind::Impl),
            Some("method") => Some(Kind::Function),
            Some("associatedtype") => Some(Kind::Type),
            Some("associatedconstant") => Some(Kind::Constant),
            _ => None,
        }
    }
}

/// What the text that is being read belongs to.
enum Reading {
    Nothing,
    Declaration,
    Header,
}

/// # Panics
/// If the page cannot be read, or declares nothing: then rustdoc has changed what it writes.
pub fn read(path: &Path) -> Page {
    let html = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut page = Page::default();
    let mut section = None;
    let mut kind = None;
    let mut reading = Reading::Nothing;
    let mut traits = BTreeMap::new();
    let mut header = String::new();
    for Ok(token) in Tokenizer::new(&html) {
        match token {
            Token::StartTag(tag) => match (&tag.name[..], attribute(&tag, "class").as_str()) {
                (b"h2", class) if class.contains("section-header") => {
                    section = Section::of(&attribute(&tag, "id"))
                }
                (b"section", class) => kind = section.and(Kind::of(class)),
                (b"pre", "rust item-decl") => reading = Reading::Declaration,
                (b"h3" | b"h4", "code-header") if kind.is_some() => reading = Reading::Header,
                (b"div", class) => {
                    let stability =
                        page.members.last_mut().map_or(&mut page.stability, |last| &mut last.stability);
                    match class {
                        "stab unstable" => stability.unstable = true,
                        "stab deprecated" => stability.deprecated = true,
                        // The clause `where` stands in a `div`, without a space in front.
                        _ => match reading {
                            Reading::Declaration => page.declaration.push(' '),
                            Reading::Nothing | Reading::Header => header.push(' '),
                        },
                    }
                }
                (b"a", "trait") => {
                    let link = attribute(&tag, "href");
                    let name = link.rsplit("trait.").next().and_then(|rest| rest.strip_suffix(".html"));
                    traits.extend(name.map(|name| (name.to_owned(), link.clone())));
                }
                _ => {}
            },
            Token::String(text) => {
                let text = String::from_utf8_lossy(&text);
                match reading {
                    Reading::Nothing => {}
                    Reading::Declaration => page.declaration.push_str(&text),
                    // The sign says that the type that is returned is an iterator.
                    Reading::Header => header.push_str(text.trim_end_matches('ⓘ')),
                }
            }
            Token::EndTag(tag) => match (&tag.name[..], &reading, section, kind) {
                (b"pre", ..) => reading = Reading::Nothing,
                (b"h3" | b"h4", Reading::Header, Some(section), Some(of)) => {
                    page.members.push(Member {
                        section,
                        kind: of,
                        header: std::mem::take(&mut header),
                        stability: Stability::default(),
                        traits: std::mem::take(&mut traits),
                    });
                    (reading, kind) = (Reading::Nothing, None);
                }
                _ => {}
            },
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    assert!(!page.declaration.is_empty(), "{} declares nothing", path.display());
    page
}

fn attribute(tag: &StartTag<()>, name: &str) -> String {
    tag.attributes
        .get(name.as_bytes())
        .map_or_else(String::new, |value| String::from_utf8_lossy(value).into_owned())
}
