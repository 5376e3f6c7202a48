//! Holds the house to its rules: who may import whom, and where SQL, status codes and I/O may stand.

use std::path::{Path, PathBuf};

/// The rooms, lowest first; those on a line are neighbours and do not import each other.
const ROOMS: [&[&str]; 8] = [
    &["spatial"],
    &["plan"],
    &["formats", "index"],
    &["atlas"],
    &["store"],
    &["services"],
    &["http"],
    &["config", "app", "cli"],
];

fn level(room: &str) -> usize {
    ROOMS.iter().position(|rooms| rooms.contains(&room)).unwrap_or_else(|| panic!("{room} is not a room of the house"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && path.file_name().is_some_and(|name| name != "tests.rs")
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Each file of `src` with its room and its text, without its tests and comments.
fn sources() -> Vec<(PathBuf, String, String)> {
    let mut sources = Vec::new();
    for path in files(Path::new("src")) {
        let text = std::fs::read_to_string(&path).expect("a text");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let inside = path.strip_prefix("src").expect("below src");
        let room = inside.iter().next().expect("a name").to_string_lossy().trim_end_matches(".rs").to_owned();
        sources.push((path, room, code.join("\n")));
    }
    assert!(sources.len() > 50, "the house has files");
    sources
}

/// The rooms that `code` names after `crate::`.
fn imports(code: &str) -> Vec<String> {
    code.split("crate::")
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .collect()
}

#[test]
fn a_room_imports_only_rooms_below_it() {
    for (path, room, code) in sources() {
        if ["lib", "main"].contains(&room.as_str()) {
            continue;
        }
        for other in imports(&code) {
            let is_door = level(&room) == ROOMS.len() - 1;
            let allowed = other == room || level(&other) < level(&room) || (is_door && level(&other) == level(&room));
            assert!(allowed, "{}: {room} imports {other}", path.display());
        }
    }
}

#[test]
fn what_belongs_in_one_place_stands_nowhere_else() {
    let only = |what: &str, words: &[&str], allowed: &dyn Fn(&str) -> bool| {
        for (path, _, code) in sources() {
            let path = path.to_string_lossy().into_owned();
            for word in words.iter().filter(|word| code.contains(**word)) {
                assert!(allowed(&path), "{path}: {word} is {what}");
            }
        }
    };
    let starts = |places: &'static [&'static str]| move |path: &str| places.iter().any(|place| path.starts_with(place));
    only("SQL", &["rusqlite", "SELECT ", "INSERT ", "CREATE TABLE"], &starts(&["src/store/", "src/formats/gpkg"]));
    only("a status code", &["StatusCode"], &starts(&["src/http/answer/"]));
    only("the web framework", &["axum", "tower_http"], &starts(&["src/http/", "src/app/"]));
    only("a wall clock", &["Timestamp::now", "SystemTime", "Zoned::now"], &starts(&["src/app/"]));
    only(
        "async",
        &["async fn", "async move", ".await", "tokio::"],
        &starts(&[
            "src/app/",
            "src/cli/",
            "src/http/",
            "src/store/",
            "src/services/seeding.rs",
            "src/services/past.rs",
            "src/services/exports/desk.rs",
            "src/services/photos.rs",
            "src/services/timeline.rs",
            "src/services/writer/",
            "src/services/moving.rs",
            "src/services/publish.rs",
        ]),
    );
    only("file access", &["std::fs"], &starts(&["src/app/", "src/config/", "src/store/", "src/services/seeding.rs"]));
    only("the environment", &["std::env::var"], &starts(&["src/config/"]));
}

#[test]
fn pure_rooms_have_no_io() {
    for (path, room, code) in sources() {
        if ROOMS[..4].iter().any(|rooms| rooms.contains(&room.as_str())) {
            for word in ["std::fs", "std::net", "tokio", "println!", "tracing"] {
                assert!(!code.contains(word), "{}: {room} is pure, but has {word}", path.display());
            }
        }
    }
}

#[test]
fn every_module_says_first_what_it_is_for() {
    for path in files(Path::new("src")) {
        let text = std::fs::read_to_string(&path).expect("a text");
        assert!(text.starts_with("//! "), "{} does not begin with what it is for", path.display());
    }
}
