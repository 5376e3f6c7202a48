//! The bodies of the fuzz targets of `fuzz/layers.rs` over their corpus and what becomes of it when bytes are changed by fixed seeds: no panic,
//! no endless work, no memory beyond the bounds.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::support::random::Random;

#[path = "../../../fuzz/layers.rs"]
mod readers;

/// Changed files for each target.
const CASES: u64 = 5_000;

/// No single small file may take longer; they take a millisecond or two, and the machine may be busy.
const MAX_TIME: Duration = Duration::from_secs(5);

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus")).join(target);
    let mut found: Vec<_> = std::fs::read_dir(&folder)
        .expect("a corpus")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (path.clone(), std::fs::read(path).expect("a file")))
        .collect();
    found.sort();
    assert!(!found.is_empty(), "{target} has a corpus");
    found
}

/// Flips bits, writes odd numbers, takes pieces out, doubles them, cuts off.
fn changed(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    const ODD: [u8; 13] = *b"\x00\x01\x7f\x80\xff\"[]{<&,9";
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(4) {
        let Some(room) = bytes.len().checked_sub(1) else { break };
        let at = usize::try_from(random.below(room as u64 + 1)).expect("below a length");
        let length = usize::try_from(random.below(40)).expect("small").min(bytes.len() - at);
        match random.below(7) {
            0 | 1 => bytes[at] ^= 1 << random.below(8),
            2 => bytes[at] = ODD[usize::try_from(random.below(13)).expect("small")],
            3 => drop(bytes.drain(at..at + length)),
            4 => {
                let piece = bytes[at..at + length].to_vec();
                bytes.splice(at..at, piece);
            }
            5 if random.below(4) == 0 => bytes.truncate(at),
            _ => {
                let number = [0, u32::MAX, 1 << 31, 1 << 16, 7][usize::try_from(random.below(5)).expect("small")];
                let end = (at + 4).min(bytes.len());
                bytes.splice(at..end, u32::to_le_bytes(number));
            }
        }
    }
    bytes
}

fn check(target: &str, read: fn(&[u8])) {
    let corpus = corpus(target);
    for (_, bytes) in &corpus {
        read(bytes);
    }
    for seed in 0..CASES {
        let mut random = Random::new(seed);
        let (path, bytes) = &corpus[usize::try_from(random.below(corpus.len() as u64)).expect("a place")];
        let bytes = changed(&mut random, bytes);
        let start = Instant::now();
        let outcome = std::panic::catch_unwind(|| read(&bytes));
        assert!(outcome.is_ok(), "{target} panics at seed {seed} of {}", path.display());
        assert!(start.elapsed() < MAX_TIME, "{target} takes {:?} at seed {seed}", start.elapsed());
    }
}

#[test]
fn no_change_of_a_geojson_makes_its_reader_panic() {
    check("geojson", readers::geojson);
}

#[test]
fn no_change_of_a_kml_makes_its_reader_panic() {
    check("kml", readers::kml);
}

#[test]
fn no_change_of_a_flatgeobuf_makes_its_reader_panic() {
    check("fgb", readers::fgb);
}

#[test]
fn no_change_of_a_geopackage_makes_its_reader_panic() {
    check("gpkg", readers::gpkg);
}
