//! What is internal leaks nowhere: every address of the API, with parameters that hit it, tells the public what a server without it tells.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::accounts::Shown;
use crate::support::field::report;
use crate::support::office::{Office, line, merged, road, spot, text};

/// Stands in every text of what is internal, and nowhere else.
const MARK: &str = "qzxmark";

/// A name with the mark in both languages.
fn marked() -> Value {
    text("秘密qzxmark", "Secret qzxmark")
}

/// What anybody may know happens on both servers.
async fn in_public(office: &Office, progress: u8) {
    office.done("PATCH", "/api/v1/projects/canal-park", json!({"stage": "building", "progress": progress})).await;
    let place = "/ogc/collections/parks/items/canal-park";
    office.done("PATCH", place, json!({"properties": {"accuracy_m": progress}})).await;
    // What was accepted is public, but not who said it, and nothing of what else they said.
    let id = format!("canal-{}", progress / 10);
    let seen = json!({"observed_at": office.server.now().to_string(), "note": MARK});
    office.reports(merged(report(&id, "canal-park"), seen)).await;
    office.done("POST", &format!("/api/v1/inspections/{id}/accept"), Value::Null).await;
}

async fn make_internal(office: &Office) {
    let secret = json!({
        "name": marked(), "visibility": "internal", "owner": marked(), "warden": MARK, "note": marked(), "from": marked(),
        "milestones": [{"name": marked(), "due": "2020-12-31"}], "investment": {"planned_cny": 987_654_321},
    });
    let marked_line = |id: &str, project: &str| {
        let names = json!({"project": project, "name_zh": MARK, "name_en": MARK, "accuracy_m": 3, "position": "surveyed",
            "basis_zh": MARK, "basis_en": MARK, "class": MARK});
        merged(line(id, project, json!([[120.61, 30.61], [120.62, 30.61]])), json!({"properties": names}))
    };
    for project in ["qzxmark-road", "qzxmark-gone"] {
        let headers = [("x-change-note", MARK)];
        let made = office.send_with("POST", "/api/v1/projects", merged(road(project), secret.clone()), &headers).await;
        assert_eq!(made.status, 201, "{}", made.text());
        office.done("POST", "/ogc/collections/roads/items", marked_line(project, project)).await;
    }
    office.done("PATCH", "/api/v1/quotas/q-demo-roads", json!({"members": ["jiahang-road", "qzxmark-road"]})).await;
    office
        .done(
            "PATCH",
            "/api/v1/quotas/q-demo-roads",
            json!({"members": ["jiahang-road", "wanguo-road", "baichuan-road", "qzxmark-road"]}),
        )
        .await;
    for (layer, kind) in [("qzxmark-layer", json!("park")), ("qzxmark-ground", Value::Null)] {
        let body =
            json!({"id": layer, "title": marked(), "kind": kind, "geometry_type": "Point", "visibility": "internal"});
        office.done("POST", "/api/v1/collections", body).await;
    }
    for (id, project) in [("qzxmark-report", "qzxmark-road"), ("qzxmark-open", "canal-park")] {
        let said = json!({"note": MARK, "confirmed": true, "observed_at": office.server.now().to_string()});
        office.reports(merged(report(id, project), said)).await;
    }
    let ring = json!([[[120.61, 30.61], [120.62, 30.61], [120.62, 30.62], [120.61, 30.61]]]);
    let patch = json!({"id": "qzxmark-cell", "name": marked(), "role": "grid", "inspectors": [MARK], "reach_m": 0,
        "geometry": {"type": "Polygon", "coordinates": ring}});
    office.done("POST", "/api/v1/patches", patch).await;
    let mut place = spot("qzxmark-spot", "canal-park", 120.615, 30.615);
    place["properties"]["name_zh"] = json!(MARK);
    place["properties"]["name_en"] = json!(MARK);
    office.done("POST", "/ogc/collections/qzxmark-layer/items", place.clone()).await;
    place["properties"]["project"] = Value::Null;
    let edit = json!({"op": "create", "type": "feature", "collection": "qzxmark-ground", "id": "qzxmark-spot", "value": place});
    office.done("POST", "/api/v1/batches", json!({"edits": [edit]})).await;
}

async fn change_internal(office: &Office) {
    office.done("POST", "/api/v1/inspections/qzxmark-report/accept", Value::Null).await;
    office.done("PATCH", "/api/v1/projects/qzxmark-road", json!({"stage": "building", "progress": 5})).await;
    let moved = json!({"geometry": {"coordinates": [[120.61, 30.62], [120.62, 30.62]]}});
    office.done("PATCH", "/ogc/collections/roads/items/qzxmark-road", moved).await;
    office.done("DELETE", "/ogc/collections/roads/items/qzxmark-gone", Value::Null).await;
    office.done("DELETE", "/api/v1/projects/qzxmark-gone", Value::Null).await;
}

async fn next_day(office: Office, name: &str) -> Office {
    office.server.pass_hours(24);
    Office { shown: office.server.sign_in(name).await, ..office }
}

/// A server with what is internal, and one on which only the rest ever happened.
async fn two_servers() -> (Office, Office) {
    // Whose work it was is not for the public either.
    let (mine, theirs) = ("qzxmark-clerk", "clerk");
    let (mut with, mut without) = (Office::of(mine).await, Office::of(theirs).await);
    for day in 1..=2 {
        (with, without) = (next_day(with, mine).await, next_day(without, theirs).await);
        in_public(&with, 10 * day).await;
        in_public(&without, 10 * day).await;
        if day == 1 {
            make_internal(&with).await;
        } else {
            change_internal(&with).await;
        }
    }
    (next_day(with, mine).await, next_day(without, theirs).await)
}

/// What stands for a blank of a path.
fn fillings(blank: &str) -> &'static [&'static str] {
    match blank {
        "{project}" => &["qzxmark-road", "qzxmark-gone", "canal-park", "jiahang-road"],
        "{quota}" => &["q-demo-roads"],
        "{target}" => &["t-actual-fdi"],
        "{plan}" => &["jxedz-2019"],
        "{section}" => &["s4"],
        "{theme}" => &["h-one-stop"],
        "{collection}" | "{collectionId}" => &["qzxmark-layer", "qzxmark-ground", "roads", "parks"],
        "{featureId}" => &["qzxmark-road", "qzxmark-spot", "canal-park"],
        "{collections}" => {
            &["plan", "places", "context", "roads", "qzxmark-layer", "qzxmark-ground", "parks,qzxmark-layer"]
        }
        "{collections}.json" => &["plan.json", "places.json", "context.json", "roads.json", "qzxmark-layer.json"],
        "{z}" => &["0", "10", "13"],
        "{inspection}" => &["canal-1", "qzxmark-report", "qzxmark-open"],
        "{photo}" | "{export}" => &["nowhere"],
        "{patch}" => &["qzxmark-cell"],
        "{name}.json" => &["plan.json"],
        "{styleId}" => &["plan", "light", "stage", "position"],
        "{tileMatrixSetId}" => &["WebMercatorQuad", "WorldCRS84Quad"],
        // Matrix, row, column.
        "{tileMatrix}" => &["0/0/0", "10/420/855", "13/3363/6840"],
        other => panic!("this test does not know what to put for {other}"),
    }
}

/// The tile of a zoom round what is internal.
fn tile(zoom: &str) -> &'static str {
    match zoom {
        "0" => "0/0/0",
        "10" => "10/855/420",
        _ => "13/6840/3363",
    }
}

fn filled(path: &str) -> Vec<String> {
    let path = path.replace("/{x}/{y}", "").replace("/{tileRow}/{tileCol}", "");
    let mut paths = vec![String::new()];
    for part in path.split('/').skip(1) {
        let words: Vec<&str> = match part {
            "{z}" => fillings(part).iter().map(|zoom| tile(zoom)).collect(),
            _ if part.contains('{') => fillings(part).to_vec(),
            _ => vec![part],
        };
        paths = paths.iter().flat_map(|path| words.iter().map(move |word| format!("{path}/{word}"))).collect();
    }
    paths
}

/// Values of a query parameter, most of which find what is internal if anything does.
fn values(operation: &str, name: &str) -> &'static [&'static str] {
    match (operation, name) {
        ("list_changes", "kind") => &["created", "updated", "deleted"],
        ("list_changes", "id") => &["qzxmark-road", "qzxmark-layer", "qzxmark-spot", "q-demo-roads", "canal-park"],
        ("search", "limit") => &["100"],
        (_, "limit") => &["1", "1000"],
        (_, "min_sequence") => &["1"],
        (_, "as_of") => &["2020-01-10", "2020-01-11", "2020-01-12", "2020-01-13", "2021-01-01"],
        (_, "kind") => &["road", "park"],
        (_, "stage") => &["building", "not_reported"],
        (_, "light") => &["red", "grey"],
        (_, "section") => &["s4"],
        (_, "quota") => &["q-demo-roads"],
        (_, "position") => &["surveyed", "approximate"],
        (_, "due_before") => &["2021-12-31"],
        (_, "due") => &["2020-12-31"],
        (_, "bbox") => &["120.60,30.60,120.63,30.63"],
        (_, "q") => &["qzxmark", "%E7%A7%98%E5%AF%86"],
        (_, "sort") => &["-name", "due", "light"],
        (_, "near") => &["roads/qzxmark-road", "qzxmark-layer/qzxmark-spot", "parks/canal-park"],
        (_, "radius_m") => &["50000"],
        (_, "f") => &["json", "html"],
        (_, "datetime") => &["2020-01-01/.."],
        (_, "project") => &["qzxmark-road", "canal-park"],
        (_, "collection") => &["roads", "qzxmark-layer"],
        (_, "name_zh" | "name_en" | "basis_zh" | "basis_en" | "class") => &["qzxmark"],
        (_, "project_zh") => &["%E7%A7%98%E5%AF%86qzxmark"],
        (_, "project_en") => &["Secret+qzxmark"],
        (_, "aim") => &["connect"],
        (_, "progress") => &["5"],
        (_, "accuracy_m") => &["3"],
        ("list_inspections", "inspector") => &["qzxmark-clerk", "clerk"],
        ("list_inspections", "state") => &["pending", "accepted", "rejected"],
        ("find_photo", "size") => &["thumb", "original"],
        (_, "lang") => &["en"],
        (_, "since") => &["0", "100"],
        (_, "before") => &["100000"],
        (_, "type") => &["project", "feature", "quota", "collection", "inspection", "patch"],
        (_, "actor") => &["qzxmark-clerk"],
        (_, "from") => &["2020-01-10", "2020-01-11", "2020-01-12"],
        (_, "to") => &["2020-01-11", "2020-01-12"],
        (_, "order") => &["asc", "desc"],
        (_, "crs") => &["http://www.opengis.net/def/crs/EPSG/0/4549"],
        (_, "filter") => {
            &["name_en%20LIKE%20%27%25qzxmark%25%27", "accuracy_m%20%3E%200", "length_m(geometry)%20%3E%200"]
        }
        (_, "properties") => &["name_en,light"],
        (_, "sortby") => &["-name_en", "due"],
        (_, "collections") => &["roads", "qzxmark-layer", "parks,qzxmark-layer"],
        (_, "style") => &["light", "stage", "position"],
        (_, "empty") => &["true"],
        // They say how other parameters are meant.
        ("list_items", "bbox-crs" | "filter-crs" | "filter-lang") | (_, "lon" | "lat" | "cursor") => &[],
        other => panic!("this test does not know what to ask with {other:?}"),
    }
}

struct Asked {
    operation: String,
    method: &'static str,
    path: String,
    body: Value,
}

/// Every GET of the document that readers may ask, with every parameter, and what else only reads.
fn everything() -> Vec<Asked> {
    let document = guatu::http::document();
    let mut all = Vec::new();
    for (path, method, operation) in document.operations() {
        let id = operation.operation_id.clone().expect("an id");
        let reads = operation.extensions.get("x-guatu-right").is_some_and(|right| right == "read");
        if method != "get" || !reads || id == "list_events" {
            continue;
        }
        let bases: &[&str] = match id.as_str() {
            "search" => &["q=qzxmark", "q=%E7%A7%98%E5%AF%86", "q=canal"],
            "list_nearby" => &["lon=120.615&lat=30.612&radius_m=9000&limit=1000"],
            _ => &[""],
        };
        let named = operation.parameters.iter().filter_map(openapiv3::ReferenceOr::as_item);
        let in_query = named.filter(|parameter| matches!(parameter, openapiv3::Parameter::Query { .. }));
        let names: Vec<String> = in_query.map(|parameter| parameter.parameter_data_ref().name.clone()).collect();
        for path in filled(path) {
            for base in bases {
                let mut queries = vec![(*base).to_owned()];
                for name in &names {
                    let others = base.split('&').filter(|pair| !pair.starts_with(&format!("{name}=")));
                    // What is measured from a feature is not measured from a position.
                    let others = others.filter(|pair| name != "near" || !["lon", "lat"].contains(&&pair[..3]));
                    let others = others.collect::<Vec<_>>().join("&");
                    queries.extend(values(&id, name).iter().map(|value| format!("{others}&{name}={value}")));
                }
                let asked = queries.into_iter().map(|query| Asked {
                    operation: id.clone(),
                    method: "GET",
                    path: format!("{path}?{query}"),
                    body: Value::Null,
                });
                all.extend(asked);
            }
        }
    }
    let round = json!({"type": "Polygon", "coordinates": [[[120.6, 30.6], [120.63, 30.6], [120.63, 30.63], [120.6, 30.63], [120.6, 30.6]]]});
    let lenient = json!({"behind_yellow_points": 90, "behind_red_points": 95, "unstarted_yellow_months": 90, "unstarted_red_months": 90});
    for (operation, path, body) in [
        ("query_features", "/api/v1/query", json!({"geometry": round, "relation": "intersects"})),
        (
            "query_features",
            "/api/v1/query",
            json!({"feature": "roads/qzxmark-road", "relation": "dwithin", "distance_m": 9_000}),
        ),
        (
            "query_features",
            "/api/v1/query",
            json!({"geometry": round, "relation": "intersects", "collections": ["qzxmark-layer"]}),
        ),
        ("query_features", "/api/v1/query?as_of=2020-01-11", json!({"geometry": round, "relation": "intersects"})),
        ("preview_light_rule", "/api/v1/lights/preview", lenient),
    ] {
        all.push(Asked { operation: operation.to_owned(), method: "POST", path: path.to_owned(), body });
    }
    all
}

/// An answer without the numbers of the log, of which a server with more changes has more.
async fn told(office: &Office, shown: &Shown, asked: &Asked) -> (u16, Value) {
    fn without_numbers(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.retain(|name, _| !["seq", "batch"].contains(&name.as_str()));
                if let Some(next) = members
                    .get_mut("next")
                    .filter(|next| ["changes?", "history?"].iter().any(|of_log| next.to_string().contains(of_log)))
                {
                    *next = json!("another page");
                }
                members.values_mut().for_each(without_numbers);
            }
            Value::Array(list) => list.iter_mut().for_each(without_numbers),
            _ => {}
        }
    }
    let answer = office.server.ask(asked.method, &asked.path, shown, asked.body.clone()).await;
    let status = answer.status.as_u16();
    if answer.header("content-type").contains("spreadsheetml") {
        return (status, Value::from(unpacked(&answer.body)));
    }
    if !answer.header("content-type").contains("json") {
        // Bytes that are no text, such as tiles, hold their strings as they are.
        return (status, Value::from(answer.body.iter().copied().map(char::from).collect::<String>()));
    }
    let mut value = answer.json();
    without_numbers(&mut value);
    (status, value)
}

/// All texts of a workbook.
fn unpacked(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a workbook");
    let mut all = String::new();
    for place in 0..archive.len() {
        let mut member = archive.by_index(place).expect("a member");
        std::io::Read::read_to_string(&mut member, &mut all).expect("XML");
    }
    all
}

/// Operations that tell nothing of projects, places and layers, even to staff.
const TELL_NOTHING: [&str; 23] = [
    "find_api",
    "find_conformance",
    "find_export",
    "find_export_file",
    "find_export_receipt",
    "find_inspection_rule",
    "find_landing_page",
    "find_light_rule",
    "find_map_style",
    "find_photo",
    "find_section_record",
    "find_settings",
    "find_style",
    "find_target",
    "find_theme_record",
    "find_timeline",
    "guatu.getTileMatrixSet",
    "guatu.getTileMatrixSetsList",
    "list_formats",
    "list_functions",
    "list_plans",
    "list_styles",
    "list_targets",
];

#[tokio::test]
async fn what_is_internal_shows_in_no_answer_to_the_public() {
    let (with, without) = two_servers().await;
    let everything = everything();
    let (mut operations, mut told_to_staff) = (BTreeSet::new(), BTreeSet::new());
    for asked in &everything {
        let what = format!("{} {} {}", asked.method, asked.path, asked.body);
        let found = told(&with, &Shown::Nothing, asked).await;
        let expected = told(&without, &Shown::Nothing, asked).await;
        assert_eq!(found, expected, "{what} tells the public something else where there is something internal");
        assert!(found.0 < 500 || asked.operation == "find_style", "{what}: {found:?}");
        // What was asked for by its name stands in the refusal.
        if !asked.path.contains(MARK) && !asked.body.to_string().contains(MARK) {
            assert!(!found.1.to_string().contains(MARK), "{what}: {found:?}");
        }
        operations.insert(asked.operation.as_str());
        let (status, own) = told(&with, &with.shown, asked).await;
        if status == 200 && own.to_string().contains(MARK) {
            told_to_staff.insert(asked.operation.as_str());
        }
    }
    assert!(everything.len() > 300, "{}", everything.len());
    let silent: Vec<&str> = operations.difference(&told_to_staff).copied().collect();
    assert_eq!(silent, TELL_NOTHING, "all others tell staff of it, so that each can fail");
}

#[tokio::test]
async fn nor_in_what_stands_beside_the_api() {
    let (with, _) = two_servers().await;
    for path in
        ["/", "/metrics", "/health/ready", "/health/live", "/api/v1/openapi.json", "/ogc/api", "/api/v1/session"]
    {
        assert!(!with.server.get(path).await.text().contains(MARK), "{path}");
    }
    let mut map = with.server.listen("?since=1", &Shown::Nothing, None).await;
    map.hears("hello").await;
    assert!(!map.next().await.expect("an event").data.to_string().contains(MARK));
    let mut map = with.server.listen("?since=1", &with.shown, None).await;
    map.hears("hello").await;
    assert!(map.next().await.expect("an event").data.to_string().contains(MARK));
}
