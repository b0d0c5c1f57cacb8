//! Submissions of very many files, or with very much in front of them.

use super::*;

/// An archive in which one empty file has this name.
fn tar_gz_with_a_name_of(length: usize) -> Vec<u8> {
    let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::none()));
    let name = "a/".repeat(length / 2);
    let mut long = header(EntryType::GNULongName, length);
    long.set_cksum();
    builder.append(&long, name.as_bytes()).expect("an entry");
    let mut header = header(EntryType::Regular, 0);
    header.set_cksum();
    builder.append(&header, &b""[..]).expect("an entry");
    builder.into_inner().expect("tar").finish().expect("gzip")
}

/// An archive whose directory has this many entries, each of them for the only file that there is.
fn zip_with_a_directory_of(entries: usize) -> Vec<u8> {
    const START_OF_A_DIRECTORY: [u8; 4] = *b"PK\x01\x02";
    let honest = zip_of(&[(&"a".repeat(200), b"")]);
    let start = honest.windows(4).position(|bytes| bytes == START_OF_A_DIRECTORY).expect("a directory");
    let end = honest.windows(4).position(|bytes| bytes == b"PK\x05\x06").expect("an end");
    let (files, entry) = (&honest[..start], &honest[start..end]);
    let number = |number: usize| u32::try_from(number).expect("small").to_le_bytes();
    let mut end = honest[end..].to_vec();
    end[8..12].copy_from_slice(&[0xff; 4]);
    end[12..16].copy_from_slice(&number(entries * entry.len()));
    [files, &entry.repeat(entries), &end].concat()
}

#[test]
fn a_name_without_an_end_is_refused_before_it_is_taken_apart() {
    let message = refusal("ada.tar.gz", &tar_gz_with_a_name_of(2 << 20));
    assert!(message.contains("a name or an attribute in it has more than 1 MiB"), "{message}");
    let message = refusal("ada.tar.gz", &tar_gz_with_a_name_of(6_000));
    assert!(message.contains("has a name that is too long"), "{message}");
    let message = refusal("ada.zip", &zip_of(&[(&"a".repeat(6_000), b"")]));
    assert!(message.contains("has a name that is too long"), "{message}");
}

#[test]
fn a_directory_without_an_end_is_refused_before_it_is_read() {
    let message = refusal("ada.zip", &zip_with_a_directory_of(60_000));
    assert!(message.contains("its directory has more than 8 MiB"), "{message}");
}

#[test]
fn a_folder_is_looked_through_as_far_as_work_may_reach() {
    let folder = folder(&["many/src/lib.rs", "deep/src/lib.rs"]);
    fs::create_dir_all(folder.path().join("deep").join("d/".repeat(100))).expect("folders");
    for number in 0..20_000 {
        File::create(folder.path().join(format!("many/src/{number}"))).expect("a file");
    }
    let rows = taken(folder.path(), None);
    let of = |id: &str| rows.iter().find(|(row, _)| row == id).map(|(_, text)| text.as_deref());
    assert_eq!(of("deep"), Some(Ok(SOURCE)));
    assert_eq!(of("many"), Some(Err(&"the submission has more than 20000 files".to_owned())));
}
