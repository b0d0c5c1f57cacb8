//! The concept texts as one book: nothing is missing, nothing is there twice, and every link leads somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use crate::desk::{Desk, root};
use crate::folder::files;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Where the links of a text lead.
fn links(text: &str) -> Vec<String> {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES);
    let targets = events.filter_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.into_string()),
        _ => None,
    });
    // Those of chapters that are not written yet lead nowhere.
    targets.filter(|target| !target.is_empty()).collect()
}

/// The names of the headings, as mdbook gives them: in small letters, with hyphens for spaces.
fn headings(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(part) | Event::Code(part) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&part);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                found.extend(heading.take().map(|heading| heading.to_lowercase().replace(' ', "-")));
            }
            _ => {}
        }
    }
    found
}

/// The text as a reader sees it: links are what they show.
fn shown(text: &str) -> String {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES);
    let mut shown = String::new();
    for event in events {
        match event {
            Event::Text(part) | Event::Code(part) | Event::Html(part) | Event::InlineHtml(part) => {
                shown.push_str(&part);
            }
            Event::SoftBreak | Event::HardBreak => shown.push('\n'),
            _ => {}
        }
    }
    shown
}

#[test]
fn every_text_is_a_chapter_and_every_link_leads_to_one() {
    let desk = Desk::whole();
    fs::copy(root().join("exercises/course.toml"), desk.path().join("exercises/course.toml"))
        .expect("the map");
    let ended = desk.run(&["book", "course"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    let source = desk.path().join("course/src");
    let chapters: Vec<(PathBuf, String)> =
        files(&source).into_iter().map(|(name, text)| (source.join(name), text)).collect();

    let summary = fs::read_to_string(source.join("SUMMARY.md")).expect("the contents");
    let mut listed: Vec<PathBuf> = links(&summary).iter().map(|file| source.join(file)).collect();
    listed.sort();
    let mut files: Vec<PathBuf> = chapters.iter().map(|(path, _)| path.clone()).collect();
    files.retain(|path| !path.ends_with("SUMMARY.md"));
    files.sort();
    assert_eq!(listed, files, "each chapter is in the contents once");

    let mut count = 0;
    for (path, text) in chapters.iter().filter(|(path, _)| !path.ends_with("SUMMARY.md")) {
        for link in links(text).iter().filter(|link| !link.starts_with("https://")) {
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            let target = path.parent().expect("a folder").join(file);
            let there =
                fs::read_to_string(&target).unwrap_or_else(|_| panic!("{link} in {}", path.display()));
            let is_there = place.is_empty() || headings(&there).contains(place);
            assert!(is_there, "{link} in {}", path.display());
            count += 1;
        }
    }
    assert!(count > 100, "{count} links");

    for entry in fs::read_dir(root().join("exercises")).expect("the exercises") {
        let folder = entry.expect("an entry").path();
        if !folder.is_dir() {
            continue;
        }
        let slug = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let readme = fs::read_to_string(folder.join("README.md")).expect("a README");
        let chapter = fs::read_to_string(source.join(format!("exercises/{slug}.md"))).expect("a chapter");
        assert_eq!(shown(&chapter), shown(&readme), "{slug}");
    }
    assert!(source.join("mistakes/lost_wakeup.md").is_file() && source.join("glossary.md").is_file());

    let again = desk.run(&["book", "course"]);
    assert_eq!(again.code, Some(2), "{}", again.stderr);
}
