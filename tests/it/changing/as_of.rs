//! The plan as it was: any earlier day on every address that reads, the timeline, and two days beside each other.

use serde_json::{Value, json};

use super::{ITEM, ROAD};
use crate::support::accounts::Shown;
use crate::support::http::texts;
use crate::support::office::{Office, line, road, spot, text};

/// The office on a later day; nobody stays signed in over night.
async fn days_later(office: Office, days: i64) -> Office {
    office.server.pass_hours(24 * days);
    Office { shown: office.server.sign_in("all").await, ..office }
}

/// Addresses that tell the plan, in each of its forms.
const TOLD: [&str; 21] = [
    ROAD,
    "/api/v1/projects/new",
    "/api/v1/projects?limit=1000",
    "/api/v1/projects?light=red,yellow&sort=-light",
    "/api/v1/plans",
    "/api/v1/plans/jxedz-2019",
    "/api/v1/sections/s1",
    "/api/v1/targets",
    "/api/v1/targets/t-actual-fdi",
    "/api/v1/quotas",
    "/api/v1/themes/h-one-stop",
    "/api/v1/collections/schools",
    "/api/v1/lights",
    "/api/v1/search?q=new",
    "/api/v1/nearby?lon=120.7&lat=30.7&radius_m=20000&limit=1000",
    "/ogc/collections",
    "/ogc/collections/roads/items?limit=1000",
    "/ogc/collections/roads/items?f=html",
    ITEM,
    "/tiles/plan/10/855/420",
    "/tiles/plan.json",
];

/// A page without the addresses and the hidden fields in it, which repeat the question.
fn without_addresses(page: &str) -> String {
    let without = |begin: &str, end: &str, page: &str| -> String {
        let mut parts = page.split(begin);
        let first = parts.next().unwrap_or_default();
        let rest = parts.map(|part| part.split_once(end).map_or(part, |(_, rest)| rest));
        std::iter::once(first).chain(rest).collect()
    };
    without("<input type=\"hidden\"", ">", &without("href=\"", "\"", page))
}

/// What every address says, without links, which repeat the question.
async fn all_told(office: &Office, shown: &Shown, day: Option<&str>) -> Vec<(String, u16, Value)> {
    fn without_links(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.retain(|name, _| !["links", "next"].contains(&name.as_str()));
                members.values_mut().for_each(without_links);
            }
            Value::Array(list) => list.iter_mut().for_each(without_links),
            _ => {}
        }
    }
    let mut told = Vec::new();
    for path in TOLD {
        let joint = if path.contains('?') { '&' } else { '?' };
        let asked = day.map_or_else(|| path.to_owned(), |day| format!("{path}{joint}as_of={day}"));
        let answer = office.server.ask("GET", &asked, shown, Value::Null).await;
        let mut value = match answer.header("content-type") {
            "application/problem+json" => Value::Null,
            kind if kind.contains("json") => answer.json(),
            kind if kind.starts_with("text/html") => without_addresses(&answer.text()).into(),
            _ => json!(answer.body),
        };
        without_links(&mut value);
        told.push((path.to_owned(), answer.status.as_u16(), value));
    }
    told
}

#[tokio::test]
async fn every_address_tells_an_earlier_day_as_it_told_it_then() {
    let mut office = Office::open().await;
    let mut diary = Vec::new();
    let items = "/ogc/collections/roads/items";
    let reading = json!({"date": "2019-06-30", "value": 9, "unit": "亿美元", "source": "商务局"});
    for day in ["2020-01-10", "2020-01-12", "2020-01-13", "2020-01-20"] {
        match day {
            "2020-01-12" => {
                office = days_later(office, 2).await;
                office.done("PATCH", ROAD, json!({"stage": "building", "progress": 40, "due": "2020-06-30"})).await;
                office.done("POST", "/api/v1/targets/t-actual-fdi/readings", reading.clone()).await;
                office.done("POST", "/api/v1/projects", road("new")).await;
                office.done("POST", items, line("new", "new", json!([[120.7, 30.7], [120.71, 30.7]]))).await;
                office.done("PATCH", "/api/v1/sections/s1", json!({"name": {"en": "Renamed"}})).await;
            }
            "2020-01-13" => {
                office = days_later(office, 1).await;
                office
                    .done("PATCH", ITEM, json!({"geometry": {"coordinates": [[120.72, 30.72], [120.73, 30.72]]}}))
                    .await;
                office.done("PATCH", "/api/v1/quotas/q-start", json!({"members": ["new"]})).await;
                office.done("DELETE", "/api/v1/themes/h-one-stop", Value::Null).await;
                office
                    .done("POST", "/ogc/collections/schools/items", spot("annex", "chayuan-primary", 120.65, 30.65))
                    .await;
            }
            "2020-01-20" => {
                office = days_later(office, 7).await;
                let rule = json!({"behind_yellow_points": 1, "behind_red_points": 2, "unstarted_yellow_months": 0, "unstarted_red_months": 0});
                office.done("PUT", "/api/v1/lights", rule).await;
                office.done("PATCH", "/api/v1/quotas/q-start", json!({"members": []})).await;
                office.done("DELETE", &format!("{items}/new"), Value::Null).await;
                office.done("DELETE", "/api/v1/projects/new", Value::Null).await;
                office.done("PATCH", ROAD, json!({"stage": "suspended"})).await;
            }
            _ => {}
        }
        diary.push((day, all_told(&office, &office.shown, None).await, all_told(&office, &Shown::Nothing, None).await));
    }
    let office = days_later(office, 30).await;
    office.done("PATCH", ROAD, json!({"stage": "building", "name": {"en": "Another"}})).await;
    // Back and forth, as a slider goes, so that what is kept of one day serves another.
    for at in [3, 0, 2, 1, 0, 3, 1] {
        let (day, to_staff, to_anybody) = &diary[at];
        for (shown, expected) in [(&office.shown, to_staff), (&Shown::Nothing, to_anybody)] {
            for (found, expected) in all_told(&office, shown, Some(day)).await.iter().zip(expected) {
                assert_eq!(found, expected, "{} on {day}", expected.0);
            }
        }
    }
    let differing = |one: usize, other: usize| {
        let pairs = diary[one].1.iter().zip(&diary[other].1);
        pairs.filter(|(one, other)| one != other).count()
    };
    assert!(differing(0, 1) > 15 && differing(1, 2) > 8 && differing(2, 3) > 10, "the days are not the same");
    // A day without a change is the day of the last change before it, with its own lights.
    let quiet = office.get(&format!("{ROAD}?as_of=2020-01-15")).await;
    assert_eq!((&quiet["stage"], &quiet["progress"]), (&json!("building"), &json!(40.0)));
}

#[tokio::test]
async fn a_day_is_one_that_has_been_or_will_be() {
    let office = Office::open().await;
    let server = &office.server;
    for path in TOLD.iter().filter(|path| !path.contains("/new")) {
        let joint = if path.contains('?') { '&' } else { '?' };
        server.refused(&format!("{path}{joint}as_of=2020-01-09"), 404, "as_of").await;
        for wrong in ["soon", "2020-02-30", "2020-01-10T08:00:00Z", ""] {
            server.refused(&format!("{path}{joint}as_of={wrong}"), 400, "as_of").await;
        }
    }
    let office = days_later(office, 2).await;
    office.done("PATCH", ROAD, json!({"stage": "building", "start": "2020-01-01", "due": "2020-12-31"})).await;
    let now = office.get(ROAD).await;
    let light = |day: &str| {
        let path = format!("{ROAD}?as_of={day}");
        let office = &office;
        async move { office.get(&path).await["light"].clone() }
    };
    assert_eq!(light("2020-01-12").await, now["light"]);
    let later = office.get(&format!("{ROAD}?as_of=2021-06-30")).await;
    assert_eq!((&later["stage"], &later["light"]["colour"]), (&json!("building"), &json!("red")), "overdue by then");
    assert_eq!(office.get(&format!("{ROAD}?as_of=9999-12-31")).await["stage"], "building");
    let query = json!({"geometry": {"type": "Point", "coordinates": [120.7, 30.7]}, "relation": "dwithin", "distance_m": 50_000});
    let asked = async |day: &str| {
        let answer = office.send("POST", &format!("/api/v1/query?as_of={day}"), "", query.clone()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.text()
    };
    assert_ne!(asked("2020-01-11").await, asked("2020-01-12").await);
}

#[tokio::test]
async fn two_days_are_compared_project_by_project() {
    let office = Office::open().await;
    let items = "/ogc/collections/roads/items";
    office.done("POST", "/api/v1/projects", road("gone")).await;
    office.done("POST", items, line("gone", "gone", json!([[120.7, 30.7], [120.71, 30.7]]))).await;
    office.done("PATCH", "/api/v1/projects/mars", json!({"stage": "building", "progress": 50})).await;
    office.done("PATCH", "/api/v1/projects/keboda", json!({"stage": "building", "progress": 50})).await;
    office.done("PATCH", "/api/v1/projects/sibitai", json!({"stage": "building"})).await;
    let office = days_later(office, 1).await;
    office.done("DELETE", &format!("{items}/gone"), Value::Null).await;
    office.done("DELETE", "/api/v1/projects/gone", Value::Null).await;
    office.done("POST", "/api/v1/projects", road("fresh")).await;
    office.done("PATCH", "/api/v1/projects/mars", json!({"progress": 60})).await;
    office.done("PATCH", "/api/v1/projects/keboda", json!({"progress": 40})).await;
    office.done("PATCH", "/api/v1/projects/sibitai", json!({"stage": "cancelled"})).await;
    office.done("PATCH", "/api/v1/projects/xinzhiwei", json!({"due": "2020-12-31"})).await;
    office.done("PATCH", "/api/v1/projects/aibosi", json!({"stage": "completed"})).await;
    office.done("PATCH", ITEM, json!({"geometry": {"coordinates": [[120.72, 30.72], [120.73, 30.72]]}})).await;
    let told = office.get("/api/v1/compare?from=2020-01-10&to=2020-01-11").await;
    let what = |id: &str| {
        let found = told["entries"].as_array().expect("a list").iter().find(|entry| entry["project"] == id);
        let list =
            found.map(|entry| texts(&entry["what"], "").iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        list.unwrap_or_else(|| panic!("{id} is not told: {told}"))
    };
    assert_eq!(what("gone"), ["dropped"]);
    assert_eq!(what("fresh"), ["added"]);
    assert_eq!(what("mars"), ["advanced"]);
    assert_eq!(what("keboda"), ["slipped"]);
    assert_eq!(what("sibitai")[0], "dropped");
    assert!(["slipped", "due"].iter().all(|word| what("xinzhiwei").contains(&(*word).to_owned())), "{told}");
    assert!(["advanced", "light"].iter().all(|word| what("aibosi").contains(&(*word).to_owned())), "{told}");
    assert_eq!(what("chuangxin-road"), ["moved"]);
    let entries = told["entries"].as_array().expect("a list");
    assert_eq!(entries.len(), 8, "nothing else: {told}");
    let counted = |word: &str| entries.iter().filter(|entry| texts(&entry["what"], "").contains(&word)).count();
    for (word, count) in told["tally"].as_object().expect("a tally") {
        assert_eq!(*count, counted(word), "{word}");
    }
    let mars = entries.iter().find(|entry| entry["project"] == "mars").expect("mars");
    assert_eq!((&mars["before"]["progress"], &mars["after"]["progress"]), (&json!(50.0), &json!(60.0)));
    assert_eq!(office.get("/api/v1/compare").await, told, "from the first day to today");
    let same = office.get("/api/v1/compare?from=2020-01-11&to=2020-01-11").await;
    assert_eq!(same["entries"], json!([]));
    for (query, status, parameter) in [
        ("from=2020-01-11&to=2020-01-10", 400, "to"),
        ("from=soon", 400, "from"),
        ("to=2020-02-30", 400, "to"),
        ("from=2020-01-09", 404, "as_of"),
    ] {
        office.server.refused(&format!("/api/v1/compare?{query}"), status, parameter).await;
    }
    let timeline = office.get("/api/v1/timeline").await;
    assert_eq!((&timeline["first"], &timeline["today"]), (&json!("2020-01-10"), &json!("2020-01-11")));
    assert_eq!(texts(&timeline["days"], "/date"), ["2020-01-10", "2020-01-11"]);
    assert_eq!((&timeline["days"][1]["changes"], &timeline["seq"]), (&json!(9), &json!(office.seq())));
    assert_eq!(office.get(&format!("{ROAD}?as_of=2020-01-10")).await["name"], text("创新路", "Chuangxin road"));
}
