//! What paths stand for: `use` declarations are followed, so that a new name is no way round.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Span};

use crate::source::{Kind, Token};

/// Modules of std that no exercise needs and that reach out of the check's process.
const OUTSIDE: &[&str] = &["process", "fs", "net", "env", "os"];
/// std under each of its names.
const ROOTS: &[&str] = &["std", "core", "alloc"];

/// The names that a file gives to paths, and which paths are forbidden.
pub(super) struct Names<'a> {
    /// From the name to the path that it stands for. A name may be given twice, in two scopes.
    aliases: BTreeMap<String, Vec<Vec<String>>>,
    /// Paths whose names are all brought in.
    globs: Vec<Vec<String>>,
    imports: Vec<Import>,
    banned: &'a [String],
}

struct Import {
    path: Vec<String>,
    span: Span,
    glob: bool,
}

pub(super) struct Forbidden {
    pub path: String,
    pub span: Span,
    pub cause: Cause,
}

pub(super) enum Cause {
    /// A module of std that is forbidden everywhere.
    Std,
    /// Forbidden by the exercise.
    Exercise,
    /// All of std at once.
    Glob,
    /// Put together by a macro.
    Assembled,
}

impl<'a> Names<'a> {
    pub(super) fn of(tokens: &[Token], banned: &'a [String]) -> Self {
        let mut names = Self { aliases: BTreeMap::new(), globs: Vec::new(), imports: Vec::new(), banned };
        for (index, token) in tokens.iter().enumerate() {
            if token.word() == Some("use") {
                names.tree(tokens, index + 1, &[]);
            }
        }
        names
    }

    /// Reads one `use` tree from `at`; returns the position behind it.
    fn tree(&mut self, tokens: &[Token], mut at: usize, prefix: &[String]) -> usize {
        let mut path = prefix.to_vec();
        while let Some(token) = tokens.get(at) {
            match &token.kind {
                Kind::Punct(':') => at += 1,
                Kind::Punct('*') => {
                    self.globs.push(path.clone());
                    self.imports.push(Import { path, span: token.span, glob: true });
                    return at + 1;
                }
                Kind::Open(Delimiter::Brace) => {
                    at += 1;
                    while let Some(token) = tokens.get(at) {
                        match &token.kind {
                            Kind::Close(Delimiter::Brace) => return at + 1,
                            Kind::Punct(',') => at += 1,
                            // Something that no `use` has, such as a macro's `$`: step over it.
                            _ => at = self.tree(tokens, at, &path).max(at + 1),
                        }
                    }
                    return at;
                }
                Kind::Word { text, .. } if text == "as" => {
                    if let Some(alias) = tokens.get(at + 1).and_then(Token::word) {
                        self.name(alias, &path, token.span);
                    }
                    return at + 2;
                }
                Kind::Word { text, .. } => {
                    if text != "self" || path.is_empty() {
                        path.push(text.clone());
                    }
                    at += 1;
                    let goes_on =
                        tokens.get(at).is_some_and(|next| next.is(':') || next.word() == Some("as"));
                    if !goes_on {
                        if let Some(last) = path.last().cloned() {
                            self.name(&last, &path, token.span);
                        }
                        return at;
                    }
                }
                Kind::Punct(_) | Kind::Open(_) | Kind::Close(_) | Kind::Lifetime(_) | Kind::Literal(_) => {
                    return at;
                }
            }
        }
        at
    }

    fn name(&mut self, name: &str, path: &[String], span: Span) {
        self.imports.push(Import { path: path.to_vec(), span, glob: false });
        // `use std;` and `use self::x` as themselves say nothing new, and would go in circles.
        if path != [name] {
            self.aliases.entry(name.to_owned()).or_default().push(path.to_vec());
        }
    }

    /// Every forbidden path in `tokens` and in the imports.
    pub(super) fn forbidden(&self, tokens: &[Token]) -> Vec<Forbidden> {
        let mut found = Vec::new();
        for import in &self.imports {
            for path in self.meanings(&import.path) {
                if import.glob && matches!(path.as_slice(), [root] if is_root(root)) {
                    found.push(Forbidden {
                        path: format!("{}::*", path[0]),
                        span: import.span,
                        cause: Cause::Glob,
                    });
                }
                found.extend(self.judge(&path, import.span));
            }
        }
        let mut at = 0;
        while at < tokens.len() {
            let (path, end) = path_at(tokens, at);
            if path.is_empty() {
                at += 1;
                continue;
            }
            let span = tokens[at].span;
            for meaning in self.meanings(&path) {
                found.extend(self.judge(&meaning, span));
                let assembled = tokens.get(end).is_some_and(|next| next.is('$'))
                    && tokens.get(end - 1).is_some_and(|last| last.is(':'))
                    && meaning.first().is_some_and(|root| is_root(root));
                if assembled {
                    found.push(Forbidden { path: path.join("::"), span, cause: Cause::Assembled });
                }
            }
            at = end;
        }
        found
    }

    fn judge(&self, path: &[String], span: Span) -> Option<Forbidden> {
        let [root, module, ..] = path else { return None };
        if !is_root(root) {
            return None;
        }
        let forbidden =
            |length: usize, cause| Some(Forbidden { path: path[..length].join("::"), span, cause });
        if OUTSIDE.contains(&module.as_str()) {
            return forbidden(2, Cause::Std);
        }
        let banned = self.banned.iter().find(|banned| {
            let mut segments = banned.split("::").skip(1);
            let mut own = path[1..].iter();
            segments.all(|segment| own.next().is_some_and(|own| own == segment))
        });
        banned.and_then(|banned| forbidden(banned.split("::").count(), Cause::Exercise))
    }

    /// All that a path may stand for, with the names at its beginning replaced.
    fn meanings(&self, path: &[String]) -> Vec<Vec<String>> {
        // Deeper than any chain of names that a person writes; two names may stand for each other.
        const DEPTH: usize = 8;
        // Two names with two meanings each already make four.
        const MOST: usize = 64;
        let local = ["self", "crate", "super"];
        let start = path.iter().take_while(|segment| local.contains(&segment.as_str())).count();
        let mut meanings = vec![path[start..].to_vec()];
        let mut fresh = 0;
        for _ in 0..DEPTH {
            let end = meanings.len();
            for index in fresh..end {
                let meaning = meanings[index].clone();
                let Some(first) = meaning.first() else { continue };
                let aliases = self.aliases.get(first).into_iter().flatten().cloned();
                let globs = self.globs.iter().map(|glob| [glob.clone(), vec![first.clone()]].concat());
                for replacement in aliases.chain(globs) {
                    let skip =
                        replacement.iter().take_while(|segment| local.contains(&segment.as_str())).count();
                    let next = [&replacement[skip..], &meaning[1..]].concat();
                    if meanings.len() < MOST && !meanings.contains(&next) {
                        meanings.push(next);
                    }
                }
            }
            fresh = end;
        }
        meanings
    }
}

fn is_root(name: &str) -> bool {
    ROOTS.contains(&name)
}

/// The path that begins at `at`, empty if none does, and the position behind it.
fn path_at(tokens: &[Token], at: usize) -> (Vec<String>, usize) {
    let mut path = Vec::new();
    let mut end = at;
    while let Some(word) = tokens.get(end).and_then(Token::word) {
        path.push(word.to_owned());
        end += 1;
        let colons = tokens.get(end).is_some_and(|token| token.is(':'))
            && tokens.get(end + 1).is_some_and(|token| token.is(':'));
        if !colons {
            break;
        }
        end += 2;
    }
    (path, end)
}
