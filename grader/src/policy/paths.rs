//! What paths stand for: `use` declarations are followed, so that a new name is no way round.
//!
//! std itself cannot be given another name, so that every path into it begins with one of its own. Names for its parts
//! are followed wherever they were given in the file: which scope sees which name makes no difference.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Span};

use super::macros::Macros;
use super::rules::Rule;
use super::shadows::Shadows;
use crate::source::{Kind, Token};

/// Modules of std that no exercise needs and that reach out of the check's process, or look at the check.
const OUTSIDE: &[&str] = &["process", "fs", "net", "os", "path", "backtrace"];
/// The module of std that shows addresses, and what it has that does not.
const POINTERS: &str = "ptr";
const COMPARES: &[&str] = &["eq"];
/// The module of the environment, and what says nothing in it: a check has no arguments.
const ENVIRONMENT: &str = "env";
const ARGUMENTS: &[&str] = &["args", "Args"];
/// std under each of its names.
const ROOTS: &[&str] = &["std", "core", "alloc"];
/// Segments that say where a path begins, and nothing else.
const LOCAL: &[&str] = &["self", "crate", "super"];

/// The names that a file gives to paths, and which paths are forbidden.
pub(super) struct Names<'a> {
    /// From the name to the path that it stands for. A name may be given twice, in two scopes.
    aliases: BTreeMap<String, Vec<Vec<String>>>,
    /// Paths into std whose names are all brought in, but for those that something else has where they are.
    globs: BTreeSet<(Vec<String>, BTreeSet<String>)>,
    imports: Vec<Import>,
    banned: &'a [String],
    /// Segments of paths that were looked at so far.
    spent: Cell<usize>,
}

/// Segments of one path that are looked at. No path has more names than a person can read.
const LONGEST_PATH: usize = 64;
/// Segments of all paths of a file, under all of their names: far more than an honest file comes to, and an instant.
const MOST_SEGMENTS: usize = 2_000_000;

struct Import {
    path: Vec<String>,
    span: Span,
    glob: bool,
    /// Whether it has another name from here on.
    renamed: bool,
    /// The position of its `use`.
    at: usize,
}

pub(super) struct Forbidden {
    pub path: String,
    pub span: Span,
    pub cause: Cause,
}

pub(super) enum Cause {
    /// A module of std that is forbidden everywhere.
    Std,
    /// A part of `std::ptr` that shows addresses.
    Pointers,
    /// What a rule forbids of std.
    Rule(&'static Rule),
    /// Forbidden by the exercise.
    Exercise,
    /// All of std at once.
    Glob,
    /// Another name for std.
    Renamed,
    /// Put together by a macro.
    Assembled,
    /// So many names that not everything it may stand for was looked at.
    Entangled,
}

/// More than these cannot be told apart by a person either.
struct TooMany;

impl<'a> Names<'a> {
    pub(super) fn of(tokens: &[Token], banned: &'a [String]) -> Self {
        let (aliases, globs) = (BTreeMap::new(), BTreeSet::new());
        let mut names = Self { aliases, globs, imports: Vec::new(), banned, spent: Cell::new(0) };
        let mut shadows = Shadows::of(tokens);
        for (index, token) in tokens.iter().enumerate() {
            if token.word() == Some("use") {
                names.tree(tokens, index, &mut shadows);
            }
        }
        let globs = names.imports.iter().filter(|import| import.glob);
        let meant = globs.filter_map(|import| Some((names.meanings(&import.path).ok()?, import.at)));
        let of_std = meant.flat_map(|(paths, at)| {
            let own = shadows.at(at);
            paths.into_iter().filter(|path| is_of_std(path)).map(move |path| (path, own.clone()))
        });
        names.globs = of_std.collect();
        names
    }

    /// Reads the tree of the `use` at `start`. Trees in trees are no calls in calls.
    fn tree(&mut self, tokens: &[Token], start: usize, shadows: &mut Shadows) {
        let mut at = start + 1;
        let mut path: Vec<String> = Vec::new();
        let mut around: Vec<Vec<String>> = Vec::new();
        while let Some(token) = tokens.get(at) {
            at += 1;
            match &token.kind {
                Kind::Punct(':') => {}
                Kind::Punct('*') => {
                    self.imports.push(Import {
                        path: path.clone(),
                        span: token.span,
                        glob: true,
                        renamed: false,
                        at: start,
                    });
                }
                Kind::Punct(',') => path = around.last().cloned().unwrap_or_default(),
                Kind::Open(Delimiter::Brace) => around.push(path.clone()),
                Kind::Close(Delimiter::Brace) => {
                    around.pop();
                }
                Kind::Word { text, .. } if text == "as" => {
                    if let Some(alias) = tokens.get(at).and_then(Token::word) {
                        self.name(alias, &path, token.span, start);
                        shadows.add(tokens, start, alias);
                    }
                    at += 1;
                }
                Kind::Word { text, .. } => {
                    if text != "self" || path.is_empty() {
                        path.push(text.clone());
                    }
                    let goes_on =
                        tokens.get(at).is_some_and(|next| next.is(':') || next.word() == Some("as"));
                    if !goes_on && let Some(last) = path.last().cloned() {
                        self.name(&last, &path, token.span, start);
                        shadows.add(tokens, start, &last);
                    }
                }
                // Something that no `use` has, such as a macro's `$`, may stand for anything.
                Kind::Punct('$') => {}
                Kind::Punct(_) | Kind::Open(_) | Kind::Close(_) | Kind::Lifetime(_) | Kind::Literal(_) => {
                    return;
                }
            }
        }
    }

    fn name(&mut self, name: &str, path: &[String], span: Span, at: usize) {
        let renamed = path.last().is_some_and(|last| last != name);
        self.imports.push(Import { path: path.to_vec(), span, glob: false, renamed, at });
        let path = without_local(path);
        // `use std;` as itself and `use own::own` say nothing new, and would go in circles.
        if path.first().is_some_and(|first| first != name) {
            self.aliases.entry(name.to_owned()).or_default().push(path.to_vec());
        }
    }

    /// Every forbidden path in `tokens` and in the imports.
    pub(super) fn forbidden(&self, tokens: &[Token], macros: &Macros) -> Vec<Forbidden> {
        let mut found = Vec::new();
        for Import { path, span, glob, renamed, .. } in &self.imports {
            let whole = path.last().filter(|last| is_root(last));
            if let Some(root) = whole {
                let cause = if *glob { Cause::Glob } else { Cause::Renamed };
                found.push(Forbidden { path: root.clone(), span: *span, cause });
            }
            self.look(path, *span, &mut found);
            // Behind nothing, what is everywhere may be meant.
            if let [name] = path.as_slice()
                && let Some(rule) = Rule::of_prelude(name)
            {
                found.push(Forbidden { path: name.clone(), span: *span, cause: Cause::Rule(rule) });
            }
            let meant = || self.meanings(path).unwrap_or_default();
            // With the module comes the macro that has its name.
            let is_environment = |path: &Vec<String>| matches!(path.as_slice(), [root, module] if is_root(root) && module == ENVIRONMENT);
            if *renamed && meant().iter().any(is_environment) {
                found.push(Forbidden { path: path.join("::"), span: *span, cause: Cause::Std });
            }
            let in_part = |path: &Vec<String>| match path.as_slice() {
                [root, module] if is_root(root) => allowed_of(module).map(|(_, cause)| cause),
                _ => None,
            };
            if *glob && let Some(cause) = meant().iter().find_map(in_part) {
                found.push(Forbidden { path: path.join("::"), span: *span, cause });
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
            self.look(&path, span, &mut found);
            let open_end = tokens.get(end).is_some_and(|next| next.is('$'))
                && tokens.get(end - 1).is_some_and(|last| last.is(':'));
            let of_std = |path: &[String]| path.iter().any(|segment| is_root(segment));
            let assembled = open_end
                && (of_std(&path)
                    || self.meanings(&path).is_ok_and(|all| all.iter().any(|path| of_std(path))));
            // Alone, it could become the beginning of any path.
            let alone = macros.may_move(tokens, at) && path.len() == 1 && end == at + 1 && is_root(&path[0]);
            if assembled || alone {
                found.push(Forbidden { path: path.join("::"), span, cause: Cause::Assembled });
            }
            at = end;
        }
        found
    }

    /// Judges everything that a path may stand for.
    fn look(&self, path: &[String], span: Span, found: &mut Vec<Forbidden>) {
        match self.meanings(path) {
            Ok(meanings) => {
                found.extend(meanings.iter().filter_map(|path| self.judge(path, span)).next());
            }
            Err(TooMany) => {
                found.push(Forbidden { path: path.join("::"), span, cause: Cause::Entangled });
            }
        }
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
        if let Some((allowed, cause)) = allowed_of(module)
            && path.get(2).is_some_and(|item| !allowed.contains(&item.as_str()))
        {
            return forbidden(3, cause);
        }
        if module != ENVIRONMENT
            && let Some((rule, length)) = Rule::of_std(path)
        {
            return forbidden(length, Cause::Rule(rule));
        }
        let banned = self.banned.iter().find(|banned| {
            let mut segments = banned.split("::").skip(1);
            let mut own = path[1..].iter();
            segments.all(|segment| own.next().is_some_and(|own| own == segment))
        });
        banned.and_then(|banned| forbidden(banned.split("::").count(), Cause::Exercise))
    }

    /// All that a path may stand for: the path itself, and what begins at any of its segments, since the ones before
    /// may be modules of the file's own; each with the name at its beginning replaced, and with what is brought in by
    /// globs in front of it.
    fn meanings(&self, path: &[String]) -> Result<BTreeSet<Vec<String>>, TooMany> {
        const MOST: usize = 256;
        let mut meanings = BTreeSet::new();
        let path = without_local(path);
        if path.len() > LONGEST_PATH || self.spent.get() > MOST_SEGMENTS {
            return Err(TooMany);
        }
        let mut fresh: Vec<Vec<String>> = (0..path.len()).map(|start| path[start..].to_vec()).collect();
        while let Some(meaning) = fresh.pop() {
            if meanings.contains(&meaning) {
                continue;
            }
            self.spent.set(self.spent.get() + meaning.len());
            if meanings.len() == MOST || meaning.len() > LONGEST_PATH || self.spent.get() > MOST_SEGMENTS {
                return Err(TooMany);
            }
            // A path into std means itself: nothing else has its names.
            if let Some(first) = meaning.first().filter(|first| !is_root(first)) {
                for replacement in self.aliases.get(first).into_iter().flatten() {
                    let next = [replacement, &meaning[1..]].concat();
                    self.spent.set(self.spent.get() + replacement.len() * next.len());
                    if self.spent.get() > MOST_SEGMENTS {
                        return Err(TooMany);
                    }
                    fresh.extend((0..replacement.len()).map(|start| next[start..].to_vec()));
                }
                let brought =
                    self.globs.iter().filter(|(_, own)| !own.contains(first) || Rule::is_of_no_type(first));
                meanings.extend(brought.map(|(glob, _)| [glob.as_slice(), &meaning].concat()));
            }
            meanings.insert(meaning);
        }
        Ok(meanings)
    }
}

/// What is allowed of a module of std of which nothing else is, and why.
fn allowed_of(module: &str) -> Option<(&'static [&'static str], Cause)> {
    match module {
        POINTERS => Some((COMPARES, Cause::Pointers)),
        ENVIRONMENT => Some((ARGUMENTS, Cause::Std)),
        _ => None,
    }
}

fn is_root(name: &str) -> bool {
    ROOTS.contains(&name)
}

fn is_of_std(path: &[String]) -> bool {
    path.first().is_some_and(|first| is_root(first))
}

fn without_local(path: &[String]) -> &[String] {
    let start = path.iter().take_while(|segment| LOCAL.contains(&segment.as_str())).count();
    &path[start..]
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
