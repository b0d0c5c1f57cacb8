//! The whole public surface of a crate: one line for everything that a program can name or rely on.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::docs;
use super::page::{self, Kind, Member, Page, Section, Stability};
use super::signature::{self, Implementation};

/// What an item is, with everything that must be the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub text: String,
    pub stability: Stability,
}

/// Items by path: `sync::Mutex`, `sync::Mutex::lock`, `sync::Mutex: Send`.
pub type Surface = BTreeMap<String, Item>;

/// The modules of std's that the model replaces, in whole or in part. What is elsewhere is re-exported by one glob.
const REPLACED: [&str; 8] =
    ["collections::hash_map", "collections::hash_set", "hash", "hint", "panic", "sync", "thread", "time"];

pub struct Reader {
    pages: PathBuf,
    unstable_traits: BTreeMap<PathBuf, bool>,
    surface: Surface,
}

/// Reads the pages of a crate.
pub fn read(pages: PathBuf) -> Surface {
    let mut reader =
        Reader { pages: pages.clone(), unstable_traits: BTreeMap::new(), surface: Surface::new() };
    for module in docs::contents(&pages).1 {
        reader.module(&pages.join(&module), module.to_str().expect("a name in UTF-8"));
    }
    reader.surface
}

impl Reader {
    fn module(&mut self, folder: &Path, path: &str) {
        let unstable = is_unstable(&folder.join("index.html"));
        let item = Item { text: "module".to_owned(), stability: Stability { unstable, deprecated: false } };
        self.surface.insert(path.to_owned(), item);
        if unstable {
            return;
        }
        let (pages, modules) = docs::contents(folder);
        let is_replaced = REPLACED.iter().any(|replaced| path.starts_with(replaced));
        for page in pages.into_iter().filter(|_| is_replaced) {
            let name = page.to_str().expect("a name in UTF-8");
            let name = name
                .strip_suffix(".html")
                .and_then(|name| name.split_once('.'))
                .expect("it is `kind.name.html`")
                .1;
            self.page(&folder.join(&page), &format!("{path}::{name}"));
        }
        for module in modules {
            let name = module.to_str().expect("a name in UTF-8");
            self.module(&folder.join(name), &format!("{path}::{name}"));
        }
    }

    fn page(&mut self, file: &Path, path: &str) {
        let Page { declaration, stability, members } = page::read(file);
        self.surface.insert(path.to_owned(), Item { text: signature::declaration(&declaration), stability });
        let mut inside: Option<(Implementation, bool)> = None;
        for member in members {
            if member.kind == Kind::Impl {
                let of = signature::implementation(&member.header);
                let unstable = stability.unstable || self.is_of_unstable_trait(file, &member, &of);
                self.implementation(path, &of, Stability { unstable, ..member.stability });
                inside = Some((of, unstable));
                continue;
            }
            let (of, unstable) = inside.as_ref().expect("it stands in an implementation");
            let unstable = *unstable || stability.unstable || member.stability.unstable;
            let stability = Stability { unstable, ..member.stability };
            self.member(path, of, &member, stability);
        }
    }

    fn implementation(&mut self, path: &str, of: &Implementation, stability: Stability) {
        let Some(name) = &of.of else { return };
        // That a trait does not hold is unconditional.
        let text = if name.starts_with('!') {
            "never".to_owned()
        } else {
            format!("where {}", of.bounds.join(", "))
        };
        let name = name.trim_start_matches('!');
        self.surface.insert(format!("{path}: {name}"), Item { text, stability });
    }

    fn member(&mut self, path: &str, of: &Implementation, member: &Member, stability: Stability) {
        let (name, text) = match (member.kind, member.section) {
            // The trait says which functions it has.
            (Kind::Function, Section::Traits | Section::AutoTraits) => return,
            (Kind::Function, Section::Inherent) => signature::function(&member.header, Some(of)),
            (Kind::Type | Kind::Constant | Kind::Impl, _) => signature::associated(&member.header, of),
        };
        let path = match &of.of {
            None => format!("{path}::{name}"),
            Some(of) => format!("{path}: {of}::{name}"),
        };
        self.surface.insert(path, Item { text, stability });
    }

    /// Whether the trait that is implemented is unstable. Links to pages elsewhere are not followed: only std's own pages
    /// have their traits beside them.
    fn is_of_unstable_trait(&mut self, page: &Path, member: &Member, of: &Implementation) -> bool {
        let Some(link) = of.name.as_ref().and_then(|name| member.traits.get(name)) else { return false };
        let link = link.split_once("/nightly/").or_else(|| link.split_once("/stable/"));
        let file = match link {
            Some((_, path)) => self.pages.join("..").join(path),
            None => {
                page.parent().expect("a folder").join(&member.traits[of.name.as_ref().expect("as above")])
            }
        };
        *self.unstable_traits.entry(file).or_insert_with_key(|file| file.is_file() && is_unstable(file))
    }
}

/// Whether rustdoc says so of the item itself.
fn is_unstable(page: &Path) -> bool {
    let html = fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    let head = html.split_once("top-doc").map_or(html.as_str(), |(head, _)| head);
    head.contains("class=\"stab unstable\"")
}
