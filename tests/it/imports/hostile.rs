//! Files that mean harm: each is refused with a reason, nothing of it stays, and the server goes on.

use super::kit::{bytes, roads};
use crate::support::office::Office;

async fn refused(office: &Office, name: &str, content: Vec<u8>, part: &str) {
    let answer = office.upload(name, content).await;
    assert!(answer.status == 422 || answer.status == 415, "{name}: {} {}", answer.status, answer.text());
    let detail = answer.json()["detail"].as_str().expect("a detail").to_owned();
    assert!(detail.contains(part), "{name}: {detail}");
    assert_eq!(office.kept(), Vec::<String>::new(), "{name}");
}

#[tokio::test]
async fn json_that_is_deep_cut_or_no_layer_is_refused() {
    let office = Office::open().await;
    let deep = format!("{}{}", "{\"a\":".repeat(100_000), "1");
    refused(&office, "deep.geojson", deep.into_bytes(), "").await;
    let nested = format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[{{\"type\":\"Feature\",\"properties\":{{}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":{}{}}}}}]}}",
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    refused(&office, "nested.geojson", nested.into_bytes(), "").await;
    let whole = bytes(&roads());
    for cut in [1, whole.len() / 2, whole.len() - 1] {
        refused(&office, "cut.geojson", whole[..cut].to_vec(), "").await;
    }
}

#[tokio::test]
async fn archives_that_are_no_archives_are_refused() {
    let office = Office::open().await;
    refused(&office, "roads.zip", b"PK\x03\x04 and nothing that follows".to_vec(), "").await;
    refused(&office, "plan.xlsx", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec(), "").await;
}
