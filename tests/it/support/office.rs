//! A server with somebody signed in who may change everything of the plan, and requests in their name.

use std::path::Path;
use std::sync::LazyLock;

use axum::body::Body;
use axum::http::Request;
use guatu::plan::{UserRole, Word};
use guatu::services::seeding::Source;
use openapiv3::OpenAPI;
use serde_json::{Value, json};

use super::accounts::Shown;
use super::bucket::PhotoHome;
use super::http::{Answer, Server};

pub struct Office {
    pub server: Server,
    pub shown: Shown,
}

impl Office {
    /// Over the shipped plan.
    pub async fn open() -> Office {
        Office::of("all").await
    }

    /// As [`Office::open`], by a user of another name.
    pub async fn of(name: &str) -> Office {
        Office::over(Server::shipped(), name).await
    }

    /// As [`Office::open`], with photos in a home for a server of this folder.
    pub async fn with_photos(home: impl FnOnce(&Path) -> PhotoHome) -> Office {
        Office::over(Server::with_photos(&Source::Shipped, Server::plain_options(), home), "all").await
    }

    async fn over(server: Server, name: &str) -> Office {
        server.add_user(name, UserRole::ALL);
        let shown = server.sign_in(name).await;
        Office { server, shown }
    }

    /// The same server by somebody else with these roles.
    pub async fn beside(&self, name: &str, roles: &[UserRole]) -> Office {
        self.server.add_user(name, roles);
        let shown = self.server.sign_in(name).await;
        Office { server: self.server.clone(), shown }
    }

    /// Asks for a change that is made from a version; without `If-Match` where that is empty.
    pub async fn send(&self, method: &str, path: &str, version: &str, body: Value) -> Answer {
        let version = [("if-match", version)];
        self.send_with(method, path, body, if version[0].1.is_empty() { &[] } else { &version }).await
    }

    pub async fn send_with(&self, method: &str, path: &str, body: Value, headers: &[(&str, &str)]) -> Answer {
        let headers: Vec<_> = [("sec-fetch-site", "same-origin")].iter().chain(headers).copied().collect();
        let answer = self.server.ask_with(method, path, &self.shown, body, &headers).await;
        if answer.status.is_success() {
            let (status, documented) = (answer.status.as_str(), good_statuses(method, path));
            assert!(
                documented.iter().any(|known| known == status),
                "{method} {path}: {status} is not in {documented:?}"
            );
        }
        answer
    }

    /// A change that lands, made from whatever is there.
    pub async fn done(&self, method: &str, path: &str, body: Value) -> Value {
        let answer = self.send(method, path, if method == "POST" { "" } else { "*" }, body).await;
        assert!(answer.status.is_success(), "{method} {path}: {}", answer.text());
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    }

    /// A body as it is, of a media type.
    pub async fn send_as(&self, method: &str, path: &str, media_type: &str, body: &str) -> Answer {
        let Shown::Cookie(secret) = &self.shown else { panic!("the office works in a browser") };
        let request = Request::builder().method(method).uri(path).header("host", "guatu.test");
        let request = request.header("cookie", format!("guatu_session={secret}")).header("if-match", "*");
        let request = request.header("sec-fetch-site", "same-origin").header("content-type", media_type);
        self.server.send(request.body(Body::from(body.to_owned())).expect("a request")).await
    }

    /// What is at an address, for this reader.
    pub async fn get(&self, path: &str) -> Value {
        let answer = self.server.ask("GET", path, &self.shown, Value::Null).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    /// The last change that readers see.
    pub fn seq(&self) -> u64 {
        self.server.published.current().seq()
    }
}

/// The statuses that the document tells of an operation that went well.
fn good_statuses(method: &str, path: &str) -> Vec<String> {
    static DOCUMENT: LazyLock<OpenAPI> = LazyLock::new(guatu::http::document);
    let fits = |template: &'static str| {
        let asked = path.split('?').next().unwrap_or_default().split('/');
        template.split('/').count() == asked.clone().count()
            && template.split('/').zip(asked).all(|(part, word)| part == word || part.starts_with('{'))
    };
    let mut found: Vec<_> = DOCUMENT
        .operations()
        .filter(|(template, known, _)| known.eq_ignore_ascii_case(method) && fits(template))
        .collect();
    // A word counts more than a blank, as in the router.
    found.sort_by_key(|(template, ..)| template.matches('{').count());
    let (_, _, operation) = found.first().unwrap_or_else(|| panic!("{method} {path} is in no document"));
    operation.responses.responses.keys().map(ToString::to_string).collect()
}

impl Answer {
    /// Checks that rules were broken, by the fields that break them, each with a reason.
    pub fn breaks(&self, what: &str, fields: &[&str]) {
        self.is_problem(what, 422, "");
        let problem = self.json();
        let violations = problem["violations"].as_array().unwrap_or_else(|| panic!("{what}: {problem}"));
        let found: Vec<&str> = violations.iter().map(|one| one["field"].as_str().expect("a field")).collect();
        assert_eq!(found, fields, "{what}: {problem}");
        for (violation, language) in violations.iter().flat_map(|one| [(one, "detail"), (one, "detail_zh")]) {
            assert!(violation[language].as_str().is_some_and(|said| !said.is_empty()), "{what}: {violation}");
        }
    }

    /// Checks that the caller's version is not the current one, and that the current one is told.
    pub fn is_stale(&self, what: &str, current: u64) {
        self.is_problem(what, 412, "If-Match");
        assert_eq!(self.json()["current"]["version"], current, "{what}: {}", self.text());
    }
}

pub fn text(zh: &str, en: &str) -> Value {
    json!({"zh": zh, "en": en})
}

/// A new road, with an id.
pub fn road(id: &str) -> Value {
    json!({"id": id, "name": text("新路", "New road"), "kind": "road", "section": "s4", "item": 2, "aim": "connect",
        "due": "2020-12-31"})
}

/// A place of a road.
pub fn line(id: &str, project: &str, coordinates: Value) -> Value {
    let mut line = json!({"type": "Feature", "id": id, "geometry": {"type": "LineString"},
        "properties": {"project": project, "name_zh": "新线", "name_en": "New line", "accuracy_m": 50,
            "position": "approximate"}});
    line["geometry"]["coordinates"] = coordinates;
    line
}

/// A place at a point.
pub fn spot(id: &str, project: &str, lon: f64, lat: f64) -> Value {
    let mut spot = line(id, project, json!([]));
    spot["geometry"] = json!({"type": "Point", "coordinates": [lon, lat]});
    spot
}

/// A value with some of its members replaced.
pub fn merged(mut value: Value, members: Value) -> Value {
    let Value::Object(members) = members else { panic!("members") };
    value.as_object_mut().expect("an object").extend(members);
    value
}
