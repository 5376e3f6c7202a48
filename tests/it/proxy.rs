//! Behind a proxy: links keep the scheme, the host and the path that the caller knows.

use guatu::http::Options;
use guatu::services::seeding::Source;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::support::accounts::Shown;
use crate::support::http::Server;

fn options() -> Options {
    Options {
        basemaps: Vec::new(),
        public_url: None,
        time_zone: TimeZone::UTC,
        trust_forwarded: true,
        crs: guatu::spatial::CrsCatalogue::default(),
        oidc: None,
    }
}

fn trusting() -> Server {
    Server::with(&Source::Shipped, options())
}

/// Every address in a document.
fn addresses(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) if text.starts_with("http://") || text.starts_with("https://") => vec![text],
        Value::Array(values) => values.iter().flat_map(addresses).collect(),
        Value::Object(members) => members.values().flat_map(addresses).collect(),
        _ => Vec::new(),
    }
}

/// The address of the landing page that a server tells somebody who comes with some headers.
async fn told(server: &Server, headers: &[(&str, &str)]) -> String {
    let landing = server.get_with("/ogc", headers).await.json();
    let first = landing["links"][0]["href"].as_str().expect("an address").to_owned();
    first.strip_suffix("/ogc?f=json").expect("the landing page").to_owned()
}

#[tokio::test]
async fn a_trusted_proxy_says_how_it_was_asked() {
    let server = trusting();
    let check = async |headers: &[(&str, &str)], expected: &str| {
        assert_eq!(told(&server, headers).await, expected, "{headers:?}");
    };
    check(&[], "http://guatu.test").await;
    check(&[("x-forwarded-proto", "https")], "https://guatu.test").await;
    let all = [
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "example.org:8443"),
        ("x-forwarded-prefix", "/gis/plan/"),
    ];
    check(&all, "https://example.org:8443/gis/plan").await;
    check(&[("x-forwarded-host", "evil.test, example.org")], "http://example.org").await;
    check(&[("forwarded", "for=10.0.0.1;proto=https;host=example.org")], "https://example.org").await;
    check(&[("forwarded", "host=evil.test, proto=https;host=\"example.org\"")], "https://example.org").await;
    // A proxy that speaks X-Forwarded-* lets through what a caller writes into the other header.
    check(&[("x-forwarded-for", "10.0.0.1"), ("forwarded", "host=evil.test")], "http://guatu.test").await;
    for wrong in ["plan", "//evil.test", "/a//b", "/../x", "/a?b=", "/a\"onload=", "/a b", "/%2e%2e"] {
        check(&[("x-forwarded-prefix", wrong)], "http://guatu.test").await;
    }
    for wrong in ["user@evil.test", "evil.test/x", "evil.test?x", "a b", "", "\"x\""] {
        check(&[("x-forwarded-host", wrong)], "http://guatu.test").await;
    }
    check(&[("x-forwarded-proto", "javascript")], "http://guatu.test").await;
}

#[tokio::test]
async fn nobody_elses_word_counts() {
    let all = [
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "evil.test"),
        ("x-forwarded-prefix", "/evil"),
        ("forwarded", "host=evil.test;proto=https"),
    ];
    assert_eq!(told(&Server::shipped(), &all).await, "http://guatu.test");
    let public_url = Some("https://example.org/plan".to_owned());
    let named = Server::with(&Source::Shipped, Options { public_url, ..options() });
    assert_eq!(told(&named, &all).await, "https://example.org/plan", "what the operator says comes first");
}

#[tokio::test]
async fn every_link_keeps_the_path_prefix() {
    let public_url = Some("https://example.org/plan".to_owned());
    let named = Server::with(&Source::Shipped, Options { public_url, ..options() });
    let (server, headers) = (
        trusting(),
        [("x-forwarded-proto", "https"), ("x-forwarded-host", "example.org"), ("x-forwarded-prefix", "/plan")],
    );
    let documents = [
        "/ogc",
        "/ogc/api?f=json",
        "/ogc/conformance",
        "/ogc/collections",
        "/ogc/collections/roads",
        "/ogc/collections/roads/items?limit=2",
        "/ogc/collections/schools/items/chayuan-primary",
        "/ogc/collections/roads/tiles",
        "/ogc/collections/roads/styles",
        "/ogc/tiles",
        "/ogc/tiles/CGCS2000Quad",
        "/ogc/tiles/WebMercatorQuad?f=tilejson",
        "/ogc/tileMatrixSets",
        "/ogc/styles",
        "/tiles/plan.json",
    ];
    for path in documents {
        let forwarded = server.get_with(path, &headers).await;
        assert_eq!(forwarded.status, 200, "{path}");
        assert_eq!(forwarded.text(), named.get(path).await.text(), "{path}: both ways to say it give the same");
        let document = forwarded.json();
        let own = addresses(&document).into_iter().filter(|url| !url.contains("opengis.net")).collect::<Vec<_>>();
        assert!(!own.is_empty(), "{path}");
        for url in own {
            assert!(url.starts_with("https://example.org/plan/"), "{path}: {url}");
        }
    }
    let file = named.get("/ogc/guatu.qlr").await.text();
    assert!(file.contains("url=&apos;https://example.org/plan/ogc&apos;"), "{file}");
    let description = named.json("/api/v1/openapi.json").await;
    assert_eq!(description["servers"][0]["url"], "/plan/");
    let style = named.get("/ogc/styles/plan").await;
    if style.status == 200 {
        let style = style.json();
        let own = addresses(&style).into_iter().filter(|url| url.contains("/tiles/")).collect::<Vec<_>>();
        assert!(!own.is_empty() && own.iter().all(|url| url.starts_with("https://example.org/plan/")), "{own:?}");
    }
}

#[tokio::test]
async fn cookies_and_locations_are_below_the_prefix() {
    let server = trusting();
    server.add_user("planner", &[guatu::plan::UserRole::Planner]);
    let Shown::Cookie(session) = server.sign_in("planner").await else { panic!("a browser has a cookie") };
    let request = axum::http::Request::post("/api/v1/uploads")
        .header("x-forwarded-prefix", "/plan")
        .header("x-forwarded-host", "example.org")
        .header("x-forwarded-proto", "https")
        .header("host", "10.0.0.9:8080")
        // A browser that tells no Sec-Fetch-Site: the host that it asked is the one that the proxy tells.
        .header("origin", "https://example.org")
        .header("cookie", format!("guatu_session={session}"))
        .header("tus-resumable", "1.0.0")
        .header("upload-length", "10")
        .body(axum::body::Body::empty())
        .expect("a request");
    let answer = server.send(request).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert!(answer.header("location").starts_with("/plan/api/v1/uploads/"), "{}", answer.header("location"));
}
