//! `guatu export` at the command line: what it writes, what it will not write over, and how it says what is wrong.

use serde_json::Value;

use crate::support::binary::{GUATU, Running, folder, run};

#[test]
fn the_command_line_writes_a_file_once_and_names_it_in_the_receipt() {
    let data = folder();
    Running::start(data.path(), &[]).stop_cleanly();
    let file = data.path().join("our roads.geojson");
    let (file, folder) = (file.to_str().expect("a path"), data.path().to_str().expect("a path"));
    let export = |arguments: &[&str]| run(GUATU, &[&["export", "--data", folder], arguments].concat());

    let (ok, said) = export(&["--collection", "roads", file]);
    assert!(ok, "{said}");
    let receipt = std::fs::read(format!("{file}.receipt.json")).expect("a receipt");
    let receipt: Value = serde_json::from_slice(&receipt).expect("JSON");
    assert_eq!((&receipt["file"], &receipt["count"]), (&"our roads.geojson".into(), &7.into()));

    let before = std::fs::read(file).expect("the file");
    let (ok, said) = export(&["--collection", "parks", file]);
    assert!(!ok && said.contains("is there already") && said.contains("--force"), "{said}");
    assert_eq!(std::fs::read(file).expect("the file"), before, "it is as it was");
    let (ok, said) = export(&["--collection", "parks", "--force", file]);
    assert!(ok && said.contains("4 features"), "{said}");

    let other = format!("{file}.gpkg");
    let (ok, said) = export(&["--bom", &other]);
    assert!(!ok && said.contains("bom: says nothing to gpkg (expected: none, or the format csv)"), "{said}");
    let (ok, said) = export(&["--crs", "EPSG:2154", &other]);
    assert!(!ok && said.contains("(expected: one of "), "{said}");
    assert!(!std::path::Path::new(&other).exists(), "nothing is left of what failed");
}
