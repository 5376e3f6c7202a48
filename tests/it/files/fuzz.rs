//! The bodies of the fuzz targets over the corpus and what becomes of it when bytes are changed by fixed seeds: no panic, no endless work. So
//! the targets also run where no fuzzer does.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::support::random::Random;

#[path = "../../../fuzz/layers.rs"]
mod layers;
#[path = "../../../fuzz/readers.rs"]
mod readers;

/// Changed files for each target.
const CASES: u64 = 5_000;

/// No single small file may take longer; they take some milliseconds, and the machine may be busy.
const MAX_TIME: Duration = Duration::from_secs(5);

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut found: Vec<_> = std::fs::read_dir(&folder)
        .expect("a corpus")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (path.clone(), std::fs::read(path).expect("a file")))
        .collect();
    found.sort();
    assert!(!found.is_empty(), "{target} has a corpus");
    found
}

/// Some of: flipped bits, odd numbers, pieces taken out, doubled, cut off, moved in from elsewhere.
fn changed(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    const ODD: [u8; 16] = *b"\x00\x01\x7f\x80\xff\"[]{<&,(-9\n";
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(4) {
        if bytes.is_empty() {
            break;
        }
        let at = random.below(bytes.len() as u64) as usize;
        let length = random.below(32).min((bytes.len() - at) as u64) as usize;
        match random.below(7) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = ODD[random.below(ODD.len() as u64) as usize],
            2 => drop(bytes.drain(at..at + length)),
            3 => {
                let piece = bytes[at..at + length].to_vec();
                bytes.splice(at..at, piece);
            }
            4 => bytes.truncate(at),
            5 => {
                let number = [0, u32::MAX, 1 << 31, 1 << 16][random.below(4) as usize].to_le_bytes();
                bytes.splice(at..(at + 4).min(bytes.len()), number);
            }
            _ => {
                let from = random.below((bytes.len() - length + 1) as u64) as usize;
                let piece = bytes[from..from + length].to_vec();
                bytes.splice(at..at + length, piece);
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
        let (path, bytes) = &corpus[random.below(corpus.len() as u64) as usize];
        let bytes = changed(&mut random, bytes);
        let start = Instant::now();
        let outcome = std::panic::catch_unwind(|| read(&bytes));
        assert!(outcome.is_ok(), "{target} panics at seed {seed} of {}", path.display());
        assert!(start.elapsed() < MAX_TIME, "{target} takes {:?} at seed {seed}", start.elapsed());
    }
}

#[test]
fn no_change_of_a_table_makes_its_reader_panic() {
    check("csv", readers::csv);
}

#[test]
fn no_change_of_an_archive_makes_its_readers_panic() {
    check("archive", readers::archive);
}

#[test]
fn no_change_of_a_shapefile_makes_its_reader_panic() {
    check("shp", readers::shp);
}

#[test]
fn no_change_of_a_sheet_makes_its_reader_panic() {
    check("xlsx", readers::xlsx);
}

#[test]
fn no_change_of_a_geojson_makes_its_reader_panic() {
    check("geojson", layers::geojson);
}

#[test]
fn no_change_of_a_kml_makes_its_reader_panic() {
    check("kml", layers::kml);
}

#[test]
fn no_change_of_a_flatgeobuf_makes_its_reader_panic() {
    check("fgb", layers::fgb);
}

#[test]
fn no_change_of_a_geopackage_makes_its_reader_panic() {
    check("gpkg", layers::gpkg);
}
