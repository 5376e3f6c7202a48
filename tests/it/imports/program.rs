//! `guatu import`: the same preview in a terminal, and the same batch in the log.

use std::path::Path;

use serde_json::json;

use super::kit::{bytes, road, roads};
use crate::support::binary::{GUATU, Running, folder, run};

fn import(data: &Path, arguments: &[&str]) -> (bool, String) {
    run(GUATU, &[&["import"], arguments, &["--data", data.to_str().expect("a path")]].concat())
}

#[test]
fn a_file_is_looked_at_beside_a_server_and_imported_without_one() {
    let data = folder();
    let file = data.path().join("roads.geojson");
    let mut changed = roads();
    road(&mut changed, "zuili-road")["properties"]["accuracy_m"] = json!(7);
    std::fs::write(&file, bytes(&changed)).expect("written");
    let file = file.to_str().expect("a path");
    let (ok, said) = import(data.path(), &[file, "--dry-run"]);
    assert!(!ok && said.contains("holds no plan"), "{said}");

    let server = Running::start(data.path(), &[]);
    let (ok, said) = import(data.path(), &[file, "--dry-run"]);
    assert!(ok && said.contains("added 0, changed 1, unchanged 6, removed 0, rejected 0"), "{said}");
    assert!(said.contains("changed\t") && said.contains("zuili-road\taccuracy_m: 400.0 -> 7.0"), "{said}");
    let (ok, said) = import(data.path(), &[file]);
    assert!(!ok && said.contains("at work on") && said.contains("stop it"), "{said}");
    server.stop_cleanly();

    let (ok, said) = import(data.path(), &[file]);
    assert!(ok && said.contains("1 changes"), "{said}");
    let (ok, said) = import(data.path(), &[file]);
    assert!(ok && said.contains("nothing was changed"), "{said}");
    let server = Running::start(data.path(), &[]);
    assert_eq!(server.json("/ogc/collections/roads/items/zuili-road")["properties"]["accuracy_m"], 7.0);
    server.stop_cleanly();
}

#[test]
fn what_is_rejected_is_told_with_its_place_and_stops_the_import() {
    let data = folder();
    Running::start(data.path(), &[]).stop_cleanly();
    let file = data.path().join("lines.geojson");
    let mut changed = roads();
    road(&mut changed, "zuili-road")["properties"]["accuracy_m"] = json!(7);
    road(&mut changed, "jiahang-road")["properties"]["accuracy_m"] = json!(-1);
    std::fs::write(&file, bytes(&changed)).expect("written");
    let file = file.to_str().expect("a path");
    let (ok, said) = import(data.path(), &[file, "--collection", "roads"]);
    assert!(!ok && said.contains("rejected\t") && said.contains("accuracy_m: -1 is no distance"), "{said}");
    assert!(said.contains("--without-rejected"), "{said}");
    let (ok, said) = import(data.path(), &[file, "--collection", "roads", "--without-rejected"]);
    assert!(ok && said.contains("1 changes"), "{said}");
    let refused = |arguments: &[&str], part: &str| {
        let (ok, said) = import(data.path(), arguments);
        assert!(!ok && said.contains(part), "{arguments:?}: {said}");
    };
    refused(&[file, "--collection", "nowhere"], "no collection nowhere");
    refused(&[file, "--layer", "x"], "--layer: the file has no layer x");
    refused(&[file, "--field", "colour=X"], "colour is not one of");
    refused(&[file, "--default", "position=there"], "there");
    refused(&[file, "--user", "nobody"], "there is no user nobody");
    refused(&["/nowhere/at-all.geojson"], "/nowhere/at-all.geojson");
}

#[test]
fn two_servers_do_not_share_a_folder() {
    let data = folder();
    let server = Running::start(data.path(), &[]);
    let (ok, said) = run(GUATU, &["serve", "--listen", "127.0.0.1:0", "--data", data.path().to_str().expect("a path")]);
    assert!(!ok && said.contains("another guatu is at work on"), "{said}");
    server.stop_cleanly();
}
