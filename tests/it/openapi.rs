//! The OpenAPI document, and the copy of it from which the web app's types are made.

use guatu::plan::{UserRole, Word};
use serde_json::Value;

use crate::support::http::Server;

/// Run with `GUATU_BLESS=1` to write the copy anew after a wanted change of the API.
#[test]
fn the_web_apps_copy_of_the_document_is_fresh() {
    let document = serde_json::to_string_pretty(&guatu::http::document()).expect("JSON") + "\n";
    let path = "web/openapi.json";
    if std::env::var_os("GUATU_BLESS").is_some() {
        std::fs::write(path, &document).expect("a writable tree");
    }
    let copy = std::fs::read_to_string(path).unwrap_or_default();
    assert!(copy == document, "{path} is stale: run `make api` and commit what changes");
}

#[tokio::test]
async fn every_documented_get_without_a_blank_answers() {
    let server = Server::shipped();
    server.add_user("all", UserRole::ALL);
    let session = server.sign_in("all").await;
    let document = server.json("/api/v1/openapi.json").await;
    let document: openapiv3::OpenAPI = serde_json::from_value(document).expect("OpenAPI 3.0");
    let mut asked = 0;
    for (path, item) in document.paths.iter() {
        let item = item.as_item().expect("paths are spelt out");
        let Some(operation) = item.get.as_ref().filter(|_| !path.contains('{')) else { continue };
        let query = match operation.operation_id.as_deref() {
            // These send a browser elsewhere and back, where there is a provider.
            Some("begin_oidc_session" | "finish_oidc_session") => continue,
            Some("search") => "?q=a",
            Some("list_nearby") => "?lon=1&lat=1",
            _ => "",
        };
        let answer = server.ask("GET", &format!("{path}{query}"), &session, Value::Null).await;
        assert_eq!(answer.status, 200, "{path}");
        asked += 1;
    }
    assert!(asked >= 10, "{asked}");
}

#[test]
fn every_operation_has_an_id_of_its_own_and_says_what_it_does() {
    let document = guatu::http::document();
    let mut ids = std::collections::HashSet::new();
    for (path, _, operation) in document.operations() {
        let id = operation.operation_id.as_deref().expect("an id");
        assert!(ids.insert(id.to_owned()), "{path} {id}");
        assert!(operation.summary.as_deref().is_some_and(|summary| summary.ends_with('.')), "{path}");
        for parameter in operation.parameters.iter().filter_map(openapiv3::ReferenceOr::as_item) {
            let data = parameter.parameter_data_ref();
            let in_path = matches!(parameter, openapiv3::Parameter::Path { .. });
            assert!(in_path || data.description.is_some(), "{path} {}", data.name);
        }
    }
}
