//! The invariant, for archives with all kinds of names, whole and damaged.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use zip::write::SimpleFileOptions;

use super::archive::Packing;
use super::invariant::holds_for;

const NAMES: &[&str] = &[
    "lib.rs",
    "src/lib.rs",
    "../lib.rs",
    "/lib.rs",
    "a/../../b.rs",
    "a//b.rs",
    "./a.rs",
    "C:\\a.rs",
    "a\\b.rs",
    "a\nb.rs",
    "é.rs",
    "__MACOSX/a.rs",
    "a/b/c/d/e/f.rs",
    "",
    ".",
    "..",
    "src",
    "lib.rs/x.rs",
    "\u{202e}.rs",
];

fn zipped(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        // Whatever the writer itself refuses is left out.
        if writer.start_file(*name, SimpleFileOptions::default()).is_ok() {
            writer.write_all(bytes).expect("memory takes everything");
        }
    }
    writer.finish().expect("memory takes everything").into_inner()
}

fn packed(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        // Names that the crate would not write are written as they are.
        let field = &mut header.as_old_mut().name;
        let length = name.len().min(field.len());
        field[..length].copy_from_slice(&name.as_bytes()[..length]);
        header.set_cksum();
        builder.append(&header, bytes.as_slice()).expect("memory takes everything");
    }
    builder.into_inner().and_then(GzEncoder::finish).expect("memory takes everything")
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 500,
        rng_seed: RngSeed::Fixed(3),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn archives_are_read_within_bounds_or_refused(
        files in prop::collection::vec((prop::sample::select(NAMES), prop::collection::vec(any::<u8>(), 0..64)), 0..6),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        for (mut bytes, packing) in [(zipped(&files), Packing::Zip), (packed(&files), Packing::TarGz)] {
            for (at, byte) in &damage {
                let at = at.index(bytes.len());
                bytes[at] ^= *byte;
            }
            holds_for(&bytes, packing);
        }
    }
}
