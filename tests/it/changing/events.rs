//! What open maps hear: each change once, from where they were on, and nothing that is not theirs to know.

use guatu::plan::UserRole;
use serde_json::{Value, json};

use super::{ITEM, ROAD};
use crate::support::accounts::Shown;
use crate::support::http::texts;
use crate::support::office::{Office, line, merged, road};

#[tokio::test]
async fn each_change_is_heard_once_when_it_can_be_read() {
    let office = Office::open().await;
    let mut map = office.server.listen("", &Shown::Nothing, None).await;
    let hello = map.hears("hello").await;
    assert_eq!(hello.data, json!({"seq": office.seq(), "today": "2020-01-10", "stale": false}));
    office.done("PATCH", ROAD, json!({"progress": 3})).await;
    let heard = map.hears("change").await;
    assert_eq!(
        (heard.id, &heard.data["seq"], &heard.data["first"]),
        (Some(office.seq()), &json!(office.seq()), &json!(office.seq()))
    );
    let record =
        json!({"type": "project", "collection": null, "id": "chuangxin-road", "kind": "updated", "version": 2});
    assert_eq!((&heard.data["records"], &heard.data["projects"]), (&json!([record]), &json!(["chuangxin-road"])));
    assert_eq!(heard.data["actor"], Value::Null, "names are for those who are signed in");
    let place = "/ogc/collections/roads/items";
    office.done("POST", place, line("new", "chuangxin-road", json!([[120.7, 30.7], [120.8, 30.7]]))).await;
    let heard = map.hears("change").await;
    assert_eq!(
        (&heard.data["records"][0]["collection"], &heard.data["records"][0]["kind"]),
        (&json!("roads"), &json!("created"))
    );
    office.done("PATCH", &format!("{place}/new"), json!({"properties": {"project": "zuili-road"}})).await;
    assert_eq!(
        map.hears("change").await.data["projects"],
        json!(["chuangxin-road", "zuili-road"]),
        "both are another now"
    );
    office.done("DELETE", &format!("{place}/new"), Value::Null).await;
    assert_eq!(map.hears("change").await.data["records"][0]["kind"], "deleted");
    let edit = |id: &str| json!({"op": "patch", "type": "project", "id": id, "version": 1, "value": {"progress": 7}});
    office.done("POST", "/api/v1/batches", json!({"edits": [edit("mars"), edit("keboda")]})).await;
    let heard = map.hears("change").await;
    assert_eq!(texts(&heard.data["records"], "/id"), ["mars", "keboda"], "a batch is one event");
    assert_eq!((heard.id, &heard.data["first"]), (Some(office.seq()), &json!(office.seq() - 1)));
    // What did not land, and what landed before, is no event.
    let keyed = [("if-match", "*"), ("idempotency-key", "a")];
    office.send_with("PATCH", ROAD, json!({"progress": 9}), &keyed).await;
    map.hears("change").await;
    office.send_with("PATCH", ROAD, json!({"progress": 9}), &keyed).await;
    office.send("PATCH", ROAD, "*", json!({"progress": 900})).await.breaks("too much", &["progress"]);
    map.hears_nothing().await;
}

#[tokio::test]
async fn a_map_goes_on_where_it_was() {
    let office = Office::open().await;
    let start = office.seq();
    for progress in 1..=3 {
        office.done("PATCH", ROAD, json!({"progress": progress})).await;
    }
    office.done("PATCH", ITEM, json!({"properties": {"accuracy_m": 7}})).await;
    let listen = |query: String, last: Option<String>| {
        let server = office.server.clone();
        async move {
            let mut map = server.listen(&query, &Shown::Nothing, last.as_deref()).await;
            map.hears("hello").await;
            map
        }
    };
    for (query, last) in [
        (String::new(), Some((start + 1).to_string())),
        (format!("?since={}", start + 1), None),
        // The browser knows better than the page.
        (format!("?since={start}"), Some((start + 1).to_string())),
    ] {
        let mut map = listen(query, last).await;
        let missed = map.hears("change").await;
        assert_eq!((missed.id, &missed.data["first"]), (Some(start + 4), &json!(start + 2)), "all in one");
        assert_eq!(texts(&missed.data["records"], "/id"), ["chuangxin-road"; 3]);
        map.hears_nothing().await;
    }
    for (query, last) in [
        (String::new(), None),
        (String::new(), Some((start + 4).to_string())),
        (format!("?since={}", start + 4), None),
        (String::new(), Some("nonsense".to_owned())),
    ] {
        listen(query, last).await.hears_nothing().await;
    }
    // From another store, or from too long ago.
    let mut map = listen(String::new(), Some((start + 99).to_string())).await;
    let reset = map.hears("reset").await;
    assert_eq!((reset.id, &reset.data["seq"]), (Some(start + 4), &json!(start + 4)), "{reset:?}");
    office.done("PATCH", ROAD, json!({"progress": 4})).await;
    assert_eq!(map.hears("change").await.id, Some(start + 5), "it goes on after that");
    office.server.refused("/api/v1/events?since=x", 400, "since").await;
    office.server.refused("/api/v1/events?after=1", 400, "after").await;
}

#[tokio::test]
async fn who_missed_too_much_is_told_to_read_anew() {
    let office = Office::open().await;
    let start = office.seq();
    let make = |at: usize| {
        let mut value = road("x");
        value.as_object_mut().expect("an object").remove("id");
        json!({"op": "create", "type": "project", "id": format!("p-{at}"), "value": value})
    };
    office.done("POST", "/api/v1/batches", json!({"edits": (0..1_000).map(make).collect::<Vec<_>>()})).await;
    let mut map = office.server.listen(&format!("?since={start}"), &Shown::Nothing, None).await;
    map.hears("hello").await;
    assert_eq!(map.hears("change").await.data["records"].as_array().map(Vec::len), Some(1_000));
    office.done("PATCH", ROAD, json!({"progress": 4})).await;
    let mut late = office.server.listen(&format!("?since={start}"), &Shown::Nothing, None).await;
    late.hears("hello").await;
    assert_eq!(late.hears("reset").await.id, Some(start + 1_001));
    late.hears_nothing().await;
}

#[tokio::test]
async fn the_public_hears_nothing_of_what_is_internal() {
    let office = Office::open().await;
    let staff = office.beside("li-wei", &[UserRole::Viewer]).await;
    let before = office.seq();
    let mut public = office.server.listen("", &Shown::Nothing, None).await;
    let mut own = office.server.listen("", &staff.shown, None).await;
    public.hears("hello").await;
    own.hears("hello").await;
    let items = "/ogc/collections/roads/items";
    let hidden = merged(road("hidden"), json!({"visibility": "internal"}));
    let edits = [
        ("POST", "/api/v1/projects", hidden),
        ("POST", items, line("hidden-place", "hidden", json!([[120.7, 30.7], [120.8, 30.7]]))),
        ("PATCH", "/api/v1/quotas/q-start", json!({"members": ["hidden"]})),
        ("PATCH", "/api/v1/projects/hidden", json!({"progress": 5})),
        ("PATCH", ROAD, json!({"visibility": "internal"})),
        ("PATCH", ITEM, json!({"properties": {"accuracy_m": 7}})),
        ("PATCH", ROAD, json!({"visibility": "public"})),
    ];
    for (method, path, body) in edits {
        let made = office.done(method, path, body).await;
        let heard = own.hears("change").await;
        assert_eq!((&heard.data["records"][0]["id"], &heard.data["actor"]), (&made["id"], &json!("all")), "{path}");
        let heard = public.hears("change").await;
        // That something changed is told, so that what vanished from view goes away.
        assert_eq!(heard.id, Some(office.seq()), "{path}");
        let told = (&heard.data["records"], &heard.data["projects"], &heard.data["actor"]);
        assert_eq!(told, (&json!([]), &json!([]), &Value::Null), "{path}");
    }
    office.done("PATCH", ROAD, json!({"progress": 5})).await;
    assert_eq!(public.hears("change").await.data["projects"], json!(["chuangxin-road"]), "public again");
    // What is missed is told by the same measure, and by what became internal since.
    office.done("PATCH", "/api/v1/projects/mars", json!({"progress": 5})).await;
    office.done("PATCH", "/api/v1/projects/mars", json!({"visibility": "internal"})).await;
    let since = format!("?since={before}");
    let mut late = office.server.listen(&since, &Shown::Nothing, None).await;
    late.hears("hello").await;
    let missed = late.hears("change").await;
    assert_eq!(texts(&missed.data["records"], "/id"), ["chuangxin-road"]);
    assert!(!missed.data.to_string().contains("hidden") && !missed.data.to_string().contains("mars"), "{missed:?}");
    let mut late = office.server.listen(&since, &staff.shown, None).await;
    late.hears("hello").await;
    assert_eq!(late.hears("change").await.data["records"].as_array().map(Vec::len), Some(10));
}

#[tokio::test]
async fn a_quiet_stream_shows_that_it_is_alive_and_ends_with_the_server() {
    let office = Office::open().await;
    let mut map = office.server.listen("", &Shown::Nothing, None).await;
    assert!(map.bytes().await.starts_with("event: hello\n"));
    assert_eq!(map.bytes().await, ": alive\n\n");
    office.server.stop.send(true).expect("somebody listens");
    assert_eq!(map.next().await, None);
    assert!(office.server.folder.path().join("guatu.gpkg").exists(), "what was told is kept");
}

#[tokio::test]
async fn all_who_listen_hear_the_same() {
    let office = Office::open().await;
    let mut maps = Vec::new();
    for _ in 0..50 {
        let mut map = office.server.listen("", &Shown::Nothing, None).await;
        map.hears("hello").await;
        maps.push(map);
    }
    for progress in 1..=5 {
        office.done("PATCH", ROAD, json!({"progress": progress})).await;
    }
    let last = office.seq();
    for map in &mut maps {
        for seq in last - 4..=last {
            assert_eq!(map.hears("change").await.id, Some(seq));
        }
    }
}
