//! Why a change was made: the header `X-Change-Note`, percent-encoded.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::ROAD;
use crate::support::office::Office;

#[tokio::test]
async fn a_note_is_told_with_its_change() {
    let office = Office::open().await;
    let send = async |note: &str| {
        let headers = [("if-match", "*"), ("x-change-note", note)];
        office.send_with("PATCH", ROAD, json!({"progress": 5}), &headers).await
    };
    let longest = "字".repeat(1_000);
    for note in ["月度会议决定", "100 % \"ready\" 🏗️", "a+b", &longest] {
        let encoded = utf8_percent_encode(note, NON_ALPHANUMERIC).to_string();
        let answer = send(&encoded).await;
        assert_eq!(answer.status, 200, "{note}: {}", answer.text());
        assert_eq!(office.get(&format!("{ROAD}/history")).await["changes"][0]["note"], note);
    }
    assert_eq!(send("plain words+plus").await.status, 200);
    assert_eq!(office.get(&format!("{ROAD}/history")).await["changes"][0]["note"], "plain words+plus");
    let before = office.seq();
    let too_long = utf8_percent_encode(&"字".repeat(1_001), NON_ALPHANUMERIC).to_string();
    for wrong in ["", " ", "%20%0A", "%FF%FE", "a%00b", "未编码", &too_long] {
        let answer = send(wrong).await;
        answer.is_problem(wrong, 400, "X-Change-Note");
    }
    assert_eq!(office.seq(), before);
}

#[tokio::test]
async fn every_change_of_a_batch_bears_its_note() {
    let office = Office::open().await;
    let edit = |id: &str| json!({"op": "patch", "type": "project", "id": id, "version": 1, "value": {"progress": 7}});
    let both = json!({"note": "月报", "edits": [edit("mars"), edit("keboda")]});
    let headers = [("x-change-note", "header")];
    let landed = office.send_with("POST", "/api/v1/batches", both, &headers).await.json();
    let notes: Vec<&Value> =
        landed["changes"].as_array().expect("a list").iter().map(|change| &change["note"]).collect();
    assert_eq!(notes, [&json!("月报"), &json!("月报")], "the body's own comes first");
    let alone = json!({"edits": [edit("sibitai")]});
    let landed = office.send_with("POST", "/api/v1/batches", alone, &headers).await.json();
    assert_eq!(landed["changes"][0]["note"], "header");
    for wrong in ["", " ", "a\u{0}b"] {
        let body = json!({"note": wrong, "edits": [edit("xinzhiwei")]});
        office.send("POST", "/api/v1/batches", "", body).await.is_problem(wrong, 400, "note");
    }
    let body = json!({"note": "字".repeat(1_001), "edits": [edit("xinzhiwei")]});
    office.send("POST", "/api/v1/batches", "", body).await.is_problem("too long", 400, "note");
}
