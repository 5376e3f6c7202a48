//! Sends files as a page does, and reads what is said of them.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::support::accounts::Shown;
use crate::support::http::Answer;
use crate::support::office::Office;

impl Office {
    /// Sends a file, whatever becomes of it.
    pub async fn upload(&self, name: &str, bytes: impl Into<Body>) -> Answer {
        let Shown::Cookie(secret) = &self.shown else { panic!("the office works in a browser") };
        let request = Request::post(format!("/api/v1/imports?name={name}")).header("host", "guatu.test");
        let request = request.header("cookie", format!("guatu_session={secret}"));
        let request =
            request.header("sec-fetch-site", "same-origin").header("content-type", "application/octet-stream");
        self.server.send(request.body(bytes.into()).expect("a request")).await
    }

    /// An import of a file that is taken, with its address.
    pub async fn import(&self, name: &str, bytes: impl Into<Body>) -> (String, Value) {
        let answer = self.upload(name, bytes).await;
        assert_eq!(answer.status, 201, "{name}: {}", answer.text());
        (answer.header("location").to_owned(), answer.json())
    }

    /// The import with the preview of a mapping.
    pub async fn map(&self, path: &str, mapping: Value) -> Value {
        let answer = self.send("PUT", &format!("{path}/mapping"), "", mapping).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Sends a file and takes what is suggested, changed by `change`.
    pub async fn previewed(&self, name: &str, bytes: Vec<u8>, change: impl Fn(&mut Value)) -> (String, Value) {
        let (path, import) = self.import(name, bytes).await;
        let mapping = suggested(&import, change);
        let import = self.map(&path, mapping).await;
        (path, import)
    }

    pub async fn rows(&self, path: &str, query: &str) -> Vec<Value> {
        self.get(&format!("{path}/rows?limit=1000{query}")).await["rows"].as_array().expect("a list").clone()
    }

    pub async fn commit(&self, path: &str, body: Value) -> Answer {
        self.send("POST", &format!("{path}/commit"), "", body).await
    }

    /// Names of what is kept of imports.
    pub fn kept(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.server.folder.path().join("imports")).expect("the folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// The mapping that an import suggests, changed.
pub fn suggested(import: &Value, change: impl Fn(&mut Value)) -> Value {
    let layers: Vec<Value> =
        import["layers"].as_array().expect("a list").iter().map(|layer| layer["suggested"].clone()).collect();
    let mut mapping = json!({ "layers": layers });
    if import["format"] == "workbook" {
        mapping["workbook"] = json!({ "absent": "keep" });
    }
    change(&mut mapping);
    mapping
}

/// Counts of a preview: added, changed, unchanged, removed, rejected.
pub fn counts(import: &Value) -> [u64; 5] {
    let counts = &import["preview"]["counts"];
    ["added", "changed", "unchanged", "removed", "rejected"]
        .map(|outcome| counts[outcome].as_u64().unwrap_or_else(|| panic!("{import}")))
}

/// The shipped roads as GeoJSON.
pub fn roads() -> Value {
    let text = std::fs::read_to_string("geodata/jxedz-2019/roads.geojson").expect("the roads");
    serde_json::from_str(&text).expect("JSON")
}

pub fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

/// A road of the shipped plan, by id.
pub fn road<'a>(roads: &'a mut Value, id: &str) -> &'a mut Value {
    let features = roads["features"].as_array_mut().expect("a list");
    features.iter_mut().find(|feature| feature["id"] == id).expect("a road")
}
