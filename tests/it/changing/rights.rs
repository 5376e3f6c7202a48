//! Each kind of change, by everybody who may come, of what is public and of what is internal.

use guatu::plan::{Right, UserRole, Word};
use serde_json::{Value, json};

use crate::support::accounts::Shown;
use crate::support::office::{Office, line, merged, road, spot, text};

/// The ids of what the changes are of.
struct Subject {
    visibility: &'static str,
    project: &'static str,
    layer: &'static str,
}

const SUBJECTS: [Subject; 2] = [
    Subject { visibility: "public", project: "open", layer: "open-layer" },
    Subject { visibility: "internal", project: "hidden", layer: "hidden-layer" },
];

/// A road with a place, and a layer with a place of a school; all of one visibility.
async fn lay_out(office: &Office, subject: &Subject) {
    let Subject { visibility, project, layer } = subject;
    office.done("POST", "/api/v1/projects", merged(road(project), json!({"visibility": visibility}))).await;
    let place = line(project, project, json!([[120.7, 30.7], [120.8, 30.7]]));
    office.done("POST", "/ogc/collections/roads/items", place).await;
    let collection = json!({"id": layer, "title": text("层", "Layer"), "kind": "school", "geometry_type": "Point",
        "visibility": visibility});
    office.done("POST", "/api/v1/collections", collection).await;
    let items = format!("/ogc/collections/{layer}/items");
    office.done("POST", &items, spot("spot", "chayuan-primary", 120.7, 30.7)).await;
}

/// Changes that can be made again and again, with the right that each takes.
fn changes(subject: &Subject, turn: usize) -> Vec<(&'static str, String, Value, Right)> {
    let Subject { visibility, project, layer } = subject;
    let (plan, geometry) = (Right::EditPlan, Right::EditGeometry);
    let of_project = format!("/api/v1/projects/{project}");
    let of_layer = format!("/api/v1/collections/{layer}");
    let place = format!("/ogc/collections/roads/items/{project}");
    let spot_of_layer = format!("/ogc/collections/{layer}/items/spot");
    let new = |name: &str| format!("{name}-{turn}-{visibility}");
    let items = format!("/ogc/collections/{layer}/items");
    let edit = |kind: &str, id: &str, value: Value| json!({"edits": [{"op": "create", "type": kind, "id": id, "value": value}]});
    let mut whole = merged(road(project), json!({"visibility": visibility}));
    whole.as_object_mut().expect("an object").remove("id");
    let layer_body =
        json!({"title": text("层", "Layer"), "kind": "school", "geometry_type": "Point", "visibility": visibility});
    vec![
        ("PATCH", of_project.clone(), json!({"progress": turn}), plan),
        ("PUT", of_project, whole.clone(), plan),
        ("POST", "/api/v1/projects".into(), merged(whole.clone(), json!({"id": new("p")})), plan),
        ("DELETE", format!("/api/v1/projects/{}", new("p")), Value::Null, plan),
        ("POST", "/api/v1/batches".into(), edit("project", &new("b"), whole), plan),
        ("PATCH", of_layer.clone(), json!({"title": {"en": "Again"}}), geometry),
        ("PUT", of_layer, layer_body.clone(), geometry),
        ("POST", "/api/v1/collections".into(), merged(layer_body.clone(), json!({"id": new("c")})), geometry),
        ("DELETE", format!("/api/v1/collections/{}", new("c")), Value::Null, geometry),
        ("POST", "/api/v1/batches".into(), edit("collection", &new("d"), layer_body), geometry),
        ("PATCH", place.clone(), json!({"properties": {"accuracy_m": turn}}), geometry),
        ("PUT", place, line(project, project, json!([[120.7, 30.7], [120.8, 30.71]])), geometry),
        ("PATCH", spot_of_layer, json!({"properties": {"accuracy_m": turn}}), geometry),
        ("POST", items.clone(), spot(&new("s"), "chayuan-primary", 120.7, 30.7), geometry),
        ("DELETE", format!("{items}/{}", new("s")), Value::Null, geometry),
    ]
}

/// What of the plan belongs to nobody's visibility.
fn plain_changes(turn: usize) -> Vec<(&'static str, String, Value, Right)> {
    let plan = Right::EditPlan;
    let reading =
        |day: usize| json!({"date": format!("2019-06-{day:02}"), "value": 3, "unit": "亿美元", "source": "商务局"});
    let rule = json!({"behind_yellow_points": turn, "behind_red_points": 30, "unstarted_yellow_months": 1, "unstarted_red_months": 3});
    vec![
        ("PATCH", "/api/v1/plans/jxedz-2019".into(), json!({"district": {"en": format!("{turn}")}}), plan),
        ("PATCH", "/api/v1/sections/s1".into(), json!({"name": {"en": format!("{turn}")}}), plan),
        ("PATCH", "/api/v1/targets/t-actual-fdi".into(), json!({"value": turn}), plan),
        ("PATCH", "/api/v1/quotas/q-start".into(), json!({"count": 10 + turn}), plan),
        ("PATCH", "/api/v1/themes/h-one-stop".into(), json!({"name": {"en": format!("{turn}")}}), plan),
        ("POST", "/api/v1/targets/t-contracted-fdi/readings".into(), reading(turn), plan),
        ("DELETE", format!("/api/v1/targets/t-contracted-fdi/readings/2019-06-{turn:02}"), Value::Null, plan),
        ("PUT", "/api/v1/lights".into(), rule, plan),
    ]
}

/// Makes each change as somebody with some rights; it lands exactly when the right is among them.
async fn check(office: &Office, shown: &Shown, rights: &[Right], turn: usize) {
    let of_subjects = SUBJECTS.iter().flat_map(|subject| changes(subject, turn));
    for (method, path, body, right) in of_subjects.chain(plain_changes(turn)) {
        let headers = [("sec-fetch-site", "same-origin"), ("if-match", "*")];
        let headers = if method == "POST" { &headers[..1] } else { &headers[..] };
        let before = office.seq();
        let answer = office.server.ask_with(method, &path, shown, body, headers).await;
        let what = format!("{method} {path} with {rights:?}");
        if rights.contains(&right) {
            assert!(answer.status.is_success(), "{what}: {}", answer.text());
            assert_eq!(office.seq(), before + 1, "{what}");
        } else {
            // The same refusal, whether there is something to hide or not.
            let refusal = if rights.is_empty() { 401 } else { 403 };
            answer.is_problem(&what, refusal, "");
            assert_eq!(office.seq(), before, "{what}");
        }
    }
}

#[tokio::test]
async fn a_change_takes_its_right_whether_it_is_of_something_public_or_internal() {
    let office = Office::open().await;
    for subject in &SUBJECTS {
        lay_out(&office, subject).await;
    }
    check(&office, &Shown::Nothing, &[], 1).await;
    // A session that has ended is as good as none.
    check(&office, &Shown::Cookie("ended".into()), &[], 2).await;
    for (role, turn) in UserRole::ALL.iter().zip(3..) {
        let somebody = office.beside(role.as_str(), &[*role]).await;
        check(&office, &somebody.shown, role.rights(), turn).await;
    }
    for (scope, turn) in Right::ALL.iter().zip(10..) {
        let (token, _) = office.server.token(&office.shown, &[scope.as_str()], Value::Null).await;
        check(&office, &Shown::Token(token), &[*scope], turn).await;
    }
    check(&office, &office.shown, Right::ALL, 20).await;
}

#[tokio::test]
async fn what_is_internal_is_read_by_whoever_may_read_in_their_name() {
    let office = Office::open().await;
    for subject in &SUBJECTS {
        lay_out(&office, subject).await;
    }
    let addresses = |subject: &Subject| {
        let Subject { project, layer, .. } = subject;
        [
            format!("/api/v1/projects/{project}"),
            format!("/api/v1/projects/{project}/history"),
            format!("/api/v1/collections/{layer}"),
            format!("/ogc/collections/roads/items/{project}"),
            format!("/ogc/collections/{layer}"),
            format!("/ogc/collections/{layer}/items"),
            format!("/ogc/collections/{layer}/items/spot"),
            format!("/tiles/{layer}.json"),
            format!("/tiles/{layer}/0/0/0"),
            format!("/api/v1/nearby?near=roads/{project}"),
        ]
    };
    let check = async |shown: &Shown, statuses: [u16; 2]| {
        for (subject, expected) in SUBJECTS.iter().zip(statuses) {
            for path in addresses(subject) {
                let answer = office.server.ask("GET", &path, shown, Value::Null).await;
                assert_eq!(answer.status, expected, "{path} with {shown:?}: {}", answer.text());
            }
        }
    };
    check(&Shown::Nothing, [200, 404]).await;
    check(&Shown::Cookie("a session that ended".into()), [200, 404]).await;
    check(&Shown::Token("a token that is none".into()), [401, 401]).await;
    for role in UserRole::ALL {
        let somebody = office.beside(role.as_str(), &[*role]).await;
        check(&somebody.shown, [200, 200]).await;
    }
    for scope in Right::ALL {
        let (token, _) = office.server.token(&office.shown, &[scope.as_str()], Value::Null).await;
        // What changes the plan may read it.
        let may = [Right::Read, Right::EditPlan, Right::EditGeometry].contains(scope);
        check(&Shown::Token(token), if may { [200, 200] } else { [403, 403] }).await;
    }
}
