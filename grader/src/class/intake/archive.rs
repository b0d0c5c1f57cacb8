//! Archives, which anybody may have made: read in memory, and refused by the name of the entry that is wrong.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;

use flate2::read::MultiGzDecoder;
use tar::EntryType;
use zip::ZipArchive;

use crate::report::{Diagnostic, sanitised};
use crate::submission::MAX_FILE_BYTES;

/// More than a project with its dependencies has.
const MAX_ENTRIES: usize = 20_000;
/// What all files of an archive may have, unpacked.
const MAX_UNPACKED: u64 = 256 * 1024 * 1024;
/// Deflate makes text about five times smaller, and nothing honest a hundred times.
const MAX_RATIO: u64 = 100;
/// Below this an archive may pack as well as it likes.
const FREE_OF_RATIO: u64 = 4 * 1024 * 1024;
const MAX_DEPTH: usize = 32;
/// No system opens a longer path.
const MAX_PATH: usize = 4096;
/// What a ZIP archive says about its entries, in its end: a fifth of that is much for so many. It is read whole before
/// anything of it is seen.
const MAX_DIRECTORY: u64 = 8 * 1024 * 1024;
/// What a tar archive says in front of an entry, such as a long name. It is in memory before it is seen as well.
const MAX_EXTENSION: u64 = 1024 * 1024;

/// How an archive is packed, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Packing {
    Zip,
    TarGz,
}

impl Packing {
    /// What the name says, and the name without its extension; `None` for what is not an archive.
    pub(super) fn strip(name: &str) -> Option<(Self, &str)> {
        let extensions = [(".zip", Self::Zip), (".tar.gz", Self::TarGz), (".tgz", Self::TarGz)];
        extensions.into_iter().find_map(|(extension, packing)| {
            let length = name.len().checked_sub(extension.len()).filter(|length| *length > 0)?;
            let (stem, end) = name.split_at_checked(length)?;
            end.eq_ignore_ascii_case(extension).then_some((packing, stem))
        })
    }
}

/// A name without the extension of an archive or a source.
pub(super) fn stem(name: &str) -> &str {
    let archive = Packing::strip(name).map(|(_, stem)| stem);
    archive.or_else(|| name.strip_suffix(".rs")).unwrap_or(name)
}

/// The Rust files of an archive, by their paths in it. Of one that is too long there is only enough to see that.
///
/// # Errors
/// What is wrong with the archive, for the learner.
pub(super) fn read(path: &Path, packing: Packing) -> Result<BTreeMap<String, Vec<u8>>, Diagnostic> {
    let file = open(path)?;
    match packing {
        Packing::Zip => zip(file),
        Packing::TarGz => tar_gz(file),
    }
}

fn open(path: &Path) -> Result<File, Diagnostic> {
    let unreadable = |error: io::Error| Diagnostic::error(format!("the archive cannot be read: {error}"));
    let kind = std::fs::symlink_metadata(path).map_err(unreadable)?;
    if !kind.is_file() {
        return Err(Diagnostic::error("the archive is not a regular file: hand in the archive itself"));
    }
    File::open(path).map_err(unreadable)
}

fn refused(entry: &str, why: &str) -> Diagnostic {
    Diagnostic::error(format!("the archive is refused: `{}` {why}", sanitised(entry, 200).replace('\n', " ")))
        .with_code("archive")
}

fn refused_whole(why: &str) -> Diagnostic {
    Diagnostic::error(format!("the archive is refused: {why}")).with_code("archive")
}

/// What has been seen of an archive, which must not become more than it may.
#[derive(Default)]
struct Seen {
    /// Every path, and every folder that a path goes through.
    files: BTreeSet<String>,
    folders: BTreeSet<String>,
    entries: usize,
    unpacked: u64,
}

impl Seen {
    /// Notes an entry, and returns its path in parts that are safe to join.
    fn entry(&mut self, name: &[u8], is_folder: bool) -> Result<String, Diagnostic> {
        self.entries += 1;
        if self.entries > MAX_ENTRIES {
            return Err(refused_whole(&format!("it has more than {MAX_ENTRIES} entries")));
        }
        if name.len() > MAX_PATH {
            let shown = String::from_utf8_lossy(&name[..MAX_PATH]);
            return Err(refused(&shown, "has a name that is too long"));
        }
        let shown = String::from_utf8_lossy(name);
        let Ok(name) = std::str::from_utf8(name) else {
            return Err(refused(&shown, "has a name that is not UTF-8"));
        };
        let path = safe(name)?;
        let mut folder = String::new();
        for part in path.split('/').take(path.split('/').count() - usize::from(!is_folder)) {
            folder = if folder.is_empty() { part.to_owned() } else { format!("{folder}/{part}") };
            if self.files.contains(&folder) {
                return Err(refused(&folder, "is there twice, as a file and as a folder"));
            }
            self.folders.insert(folder.clone());
        }
        if !is_folder && (self.folders.contains(&path) || !self.files.insert(path.clone())) {
            return Err(refused(name, "is there twice"));
        }
        Ok(path)
    }

    /// Counts what an entry says or shows that it unpacks to.
    fn unpacks(&mut self, name: &str, bytes: u64, packed: u64) -> Result<(), Diagnostic> {
        self.unpacked = self.unpacked.saturating_add(bytes);
        if self.unpacked > MAX_UNPACKED {
            return Err(refused(
                name,
                &format!("unpacks to more than the {} MiB that an archive may have", MAX_UNPACKED >> 20),
            ));
        }
        if bytes > FREE_OF_RATIO && bytes / packed.max(1) > MAX_RATIO {
            return Err(refused(name, &format!("unpacks to more than {MAX_RATIO} times its size")));
        }
        Ok(())
    }
}

/// The path of an entry without `.` and the slash at the end of a folder.
fn safe(name: &str) -> Result<String, Diagnostic> {
    if name.is_empty() || name.contains('\0') {
        return Err(refused(name, "is no name of a file"));
    }
    let has_drive = name.as_bytes().get(1) == Some(&b':') && name.as_bytes()[0].is_ascii_alphabetic();
    if name.starts_with(['/', '\\']) || has_drive {
        return Err(refused(name, "has an absolute path"));
    }
    if name.split(['/', '\\']).any(|part| part == "..") {
        return Err(refused(name, "leads out of the archive by `..`"));
    }
    if name.contains('\\') {
        return Err(refused(name, "has a backslash in its name"));
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if parts.len() > MAX_DEPTH {
        return Err(refused(name, "is nested too deeply"));
    }
    Ok(parts.join("/"))
}

/// What tools and desktops put beside somebody's work.
pub(super) fn is_noise(part: &str) -> bool {
    part.starts_with('.') || ["target", "node_modules", "__MACOSX"].contains(&part)
}

/// Whether a path may be a file that somebody hands in.
fn is_wanted(path: &str) -> bool {
    path.ends_with(".rs") && !path.split('/').any(is_noise)
}

fn zip(file: File) -> Result<BTreeMap<String, Vec<u8>>, Diagnostic> {
    let broken = |error: &dyn std::fmt::Display| {
        Diagnostic::error(format!("this is not a ZIP archive that can be read: {error}"))
    };
    let mut entries = file.try_clone().map_err(|error| broken(&error))?;
    let left = Rc::new(Cell::new(MAX_DIRECTORY));
    let opened = ZipArchive::new(Bounded { inner: file, left: Rc::clone(&left) });
    let mut archive = match opened {
        Err(_) if left.get() == 0 => {
            return Err(refused_whole(&format!("its directory has more than {} MiB", MAX_DIRECTORY >> 20)));
        }
        opened => opened.map_err(|error| broken(&error))?,
    };
    // From here on each entry is bounded by itself.
    left.set(u64::MAX);
    let mut seen = Seen::default();
    // The crate keeps the last of two entries of one name; the directory itself has both.
    let start = archive.central_directory_start();
    let names = directory(&mut entries, start).map_err(|error| broken(&error))?;
    if names.len() > MAX_ENTRIES {
        return Err(refused_whole(&format!("it has more than {MAX_ENTRIES} entries")));
    }
    let mut known = BTreeSet::new();
    if let Some(twice) = names.iter().find(|name| !known.insert(name.as_slice())) {
        return Err(refused(&String::from_utf8_lossy(twice), "is there twice"));
    }
    let mut found = BTreeMap::new();
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|error| broken(&error))?;
        let is_folder = entry.is_dir();
        let (size, packed, encrypted) = (entry.size(), entry.compressed_size(), entry.encrypted());
        let mode = entry.unix_mode();
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let path = seen.entry(entry.name_raw(), is_folder)?;
        drop(entry);
        // The type of a file is in the upper bits of its mode, where there is one.
        match mode.map(|mode| mode & 0o170_000) {
            Some(0o120_000) => return Err(refused(&name, "is a link")),
            Some(0o010_000 | 0o020_000 | 0o060_000 | 0o140_000) => {
                return Err(refused(&name, "is a device or a pipe"));
            }
            Some(_) | None => {}
        }
        seen.unpacks(&name, size, packed)?;
        if is_folder || !is_wanted(&path) {
            continue;
        }
        if encrypted {
            return Err(refused(&name, "is encrypted"));
        }
        let mut bytes = Vec::new();
        let entry = archive
            .by_index(index)
            .map_err(|error| refused(&name, &format!("cannot be unpacked: {error}")))?;
        let read = entry.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(|error| refused(&name, &format!("cannot be unpacked: {error}")))?;
        found.insert(path, bytes);
    }
    Ok(found)
}

/// The names in the central directory of a ZIP archive, each as often as it is there.
fn directory(file: &mut File, start: u64) -> io::Result<Vec<Vec<u8>>> {
    use std::io::BufReader;
    const SIGNATURE: [u8; 4] = *b"PK\x01\x02";
    file.seek(SeekFrom::Start(start))?;
    let mut reader = BufReader::new(file);
    let mut names = Vec::new();
    loop {
        let mut head = [0; 46];
        match reader.read_exact(&mut head[..4]) {
            Ok(()) if head[..4] == SIGNATURE => reader.read_exact(&mut head[4..])?,
            Ok(()) => return Ok(names),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(names),
            Err(error) => return Err(error),
        }
        let length = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
        let mut name = vec![0; usize::from(length(28))];
        reader.read_exact(&mut name)?;
        let rest = u64::from(length(30)) + u64::from(length(32));
        io::copy(&mut (&mut reader).take(rest), &mut io::sink())?;
        names.push(name);
        if names.len() > MAX_ENTRIES {
            return Ok(names);
        }
    }
}

fn tar_gz(mut file: File) -> Result<BTreeMap<String, Vec<u8>>, Diagnostic> {
    let packed = file.metadata().map_or(0, |kind| kind.len());
    let most = MAX_UNPACKED.min(FREE_OF_RATIO.max(packed.saturating_mul(MAX_RATIO)));
    // One byte more than it may have: whoever gets there has been fooled.
    let unpacked = |file| {
        let left = Rc::new(Cell::new(most));
        tar::Archive::new(Bounded { inner: MultiGzDecoder::new(file), left })
    };
    let broken = |error: io::Error| {
        if error.kind() == io::ErrorKind::FileTooLarge {
            refused_whole(&format!(
                "it unpacks to more than {} MiB, or to more than {MAX_RATIO} times its size",
                MAX_UNPACKED >> 20
            ))
        } else {
            Diagnostic::error(format!("this is not a .tar.gz archive that can be read: {error}"))
        }
    };
    // The crate reads these into memory, whatever their size is.
    for entry in unpacked(file.try_clone().map_err(broken)?).entries().map_err(broken)?.raw(true) {
        let entry = entry.map_err(broken)?;
        let kind = entry.header().entry_type();
        let is_extension = kind.is_gnu_longname()
            || kind.is_gnu_longlink()
            || kind.is_pax_local_extensions()
            || kind.is_pax_global_extensions();
        if is_extension && entry.size() > MAX_EXTENSION {
            return Err(refused_whole(&format!(
                "a name or an attribute in it has more than {} MiB",
                MAX_EXTENSION >> 20
            )));
        }
    }
    file.rewind().map_err(broken)?;
    let mut archive = unpacked(file);
    let mut seen = Seen::default();
    let mut found = BTreeMap::new();
    for entry in archive.entries().map_err(broken)? {
        let entry = entry.map_err(broken)?;
        let name = entry.path_bytes().into_owned();
        let shown = String::from_utf8_lossy(&name).into_owned();
        let is_folder = match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => false,
            EntryType::Directory => true,
            // What git writes about the archive itself.
            EntryType::XGlobalHeader => continue,
            EntryType::Symlink | EntryType::Link => return Err(refused(&shown, "is a link")),
            EntryType::Char | EntryType::Block | EntryType::Fifo => {
                return Err(refused(&shown, "is a device or a pipe"));
            }
            EntryType::GNUSparse => return Err(refused(&shown, "is a sparse file")),
            _ => return Err(refused(&shown, "is neither a file nor a folder")),
        };
        if is_folder && matches!(shown.as_str(), "." | "./") {
            continue;
        }
        let path = seen.entry(&name, is_folder)?;
        seen.unpacks(&shown, entry.size(), u64::MAX)?;
        if is_folder || !is_wanted(&path) {
            continue;
        }
        let mut bytes = Vec::new();
        entry.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(broken)?;
        found.insert(path, bytes);
    }
    if seen.entries == 0 {
        return Err(Diagnostic::error("the archive is empty"));
    }
    Ok(found)
}

/// Fails, rather than ends, once more than `left` bytes have been read. Then none are left.
struct Bounded<R> {
    inner: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let left = self.left.get().checked_sub(u64::try_from(read).unwrap_or(u64::MAX));
        self.left.set(left.unwrap_or(0));
        if left.is_some() { Ok(read) } else { Err(io::ErrorKind::FileTooLarge.into()) }
    }
}

impl<R: Seek> Seek for Bounded<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
