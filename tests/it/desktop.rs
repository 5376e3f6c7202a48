//! Styles for desktop GIS, and QGIS's files, under `/ogc`.

use quick_xml::events::Event;
use serde_json::Value;

use crate::support::http::{Answer, Server, texts};

/// A tag's name, attributes and text.
type Tag = (String, Vec<(String, String)>, String);

/// The tags of a document; fails where it is not well-formed.
fn tags(document: &str) -> Vec<Tag> {
    let mut reader = quick_xml::Reader::from_str(document);
    let mut tags: Vec<Tag> = Vec::new();
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(start) | Event::Empty(start) => {
                let attributes = start.attributes().map(|attribute| {
                    let attribute = attribute.expect("an attribute");
                    let value =
                        attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).expect("a value").into_owned();
                    (String::from_utf8_lossy(attribute.key.as_ref()).into_owned(), value)
                });
                let name = String::from_utf8_lossy(start.name().as_ref()).into_owned();
                tags.push((name, attributes.collect(), String::new()));
            }
            Event::Text(text) => {
                if let Some((_, _, content)) = tags.last_mut() {
                    content.push_str(&text.decode().expect("UTF-8"));
                }
            }
            Event::Eof => return tags,
            _ => {}
        }
    }
}

fn count(answer: &Answer, tag: &str) -> usize {
    tags(&answer.text()).iter().filter(|(name, ..)| name == tag).count()
}

#[tokio::test]
async fn every_collection_has_its_styles_in_every_form() {
    let server = Server::shipped();
    let collections = server.json("/ogc/collections").await;
    for id in texts(&collections["collections"], "/id") {
        let list = server.json(&format!("/ogc/collections/{id}/styles")).await;
        assert_eq!(texts(&list["styles"], "/id"), ["light", "stage", "position"], "{id}");
        for style in list["styles"].as_array().expect("styles") {
            for link in style["links"].as_array().expect("links") {
                let path = link["href"].as_str().and_then(|href| href.strip_prefix("http://guatu.test"));
                let path = path.expect("an address of this server");
                let answer = server.get(path).await;
                assert_eq!(answer.status, 200, "{path}");
                assert_eq!(link["type"], answer.header("content-type"), "{path}");
                assert!(!tags(&answer.text()).is_empty(), "{path}");
                assert!(answer.header("content-disposition").contains(id), "{path}");
            }
        }
    }
    let landing = server.json("/ogc").await;
    let rels = texts(&landing["links"], "/rel");
    assert!(rels.contains(&"http://www.opengis.net/def/rel/ogc/1.0/styles"), "{rels:?}");
}

#[tokio::test]
async fn the_form_is_chosen_by_f_or_by_what_is_accepted() {
    let server = Server::shipped();
    let path = "/ogc/collections/roads/styles/light";
    let check = async |accept: &str, expected: &str| {
        let answer = server.get_with(path, &[("accept", accept)]).await;
        assert_eq!(answer.header("content-type"), expected, "{accept}");
        assert!(answer.header("vary").contains("accept"), "{accept}");
    };
    check("application/vnd.ogc.sld+xml;version=1.1", "application/vnd.ogc.sld+xml;version=1.1").await;
    check("application/vnd.ogc.sld+xml; version=1.0", "application/vnd.ogc.sld+xml;version=1.0").await;
    check("application/x-qgis-layer-settings", "application/x-qgis-layer-settings").await;
    check("*/*", "application/vnd.ogc.sld+xml;version=1.0").await;
    // Four lights, each surveyed and not, and the rest.
    assert_eq!(count(&server.get(&format!("{path}?f=sld10")).await, "Rule"), 9);
    assert_eq!(count(&server.get(&format!("{path}?f=sld11")).await, "se:Rule"), 9);
    let chinese = server.get(&format!("{path}?f=qml")).await.text();
    let english = server.get(&format!("{path}?f=qml&lang=en")).await.text();
    assert!(chinese.contains("coalesce(&quot;name_zh&quot;, &quot;name_en&quot;)"), "{chinese}");
    assert!(english.contains("coalesce(&quot;name_en&quot;, &quot;name_zh&quot;)"), "{english}");
    server.refused(&format!("{path}?f=css"), 400, "f").await;
    server.refused(&format!("{path}?lang=fr"), 400, "lang").await;
    server.refused("/ogc/collections/roads/styles/dark", 404, "styleId").await;
    server.refused("/ogc/collections/trees/styles/light", 404, "collectionId").await;
    server.refused("/ogc/styles/dark", 404, "styleId").await;
    server.refused("/ogc/styles/plan?f=sld10", 400, "f").await;
    for page in ["/ogc/styles", "/ogc/collections/roads/styles"] {
        let answer = server.get(&format!("{page}?f=html")).await;
        assert!(answer.status == 200 && answer.header("content-type").starts_with("text/html"), "{page}");
    }
}

#[tokio::test]
async fn qgis_files_hold_every_collection_at_this_servers_address() {
    let server = Server::shipped();
    for (path, media_type) in
        [("/ogc/guatu.qlr", "application/x-qgis-layer-definition"), ("/ogc/guatu.qgs", "application/x-qgis-project")]
    {
        let answer = server.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, media_type), "{path}");
        let tags = tags(&answer.text());
        let sources: Vec<&str> = tags
            .iter()
            .filter(|(name, ..)| name == "layer-tree-layer")
            .map(|(_, attributes, _)| {
                attributes.iter().find(|(name, _)| name == "source").expect("a source").1.as_str()
            })
            .collect();
        assert_eq!(sources.len(), 10, "{path}");
        assert!(sources.iter().all(|source| source.contains("url='http://guatu.test/ogc'")), "{sources:?}");
        assert!(sources[0].contains("typename='schools'") && sources[9].contains("typename='zones'"), "{sources:?}");
        assert_eq!(count(&answer, "maplayer"), 10, "{path}");
        server.refused(&format!("{path}?style=dark"), 400, "style").await;
        server.refused(&format!("{path}?x=1"), 400, "x").await;
    }
    let by_stage = server.get("/ogc/guatu.qlr?style=stage").await;
    assert!(by_stage.text().contains("在建 Building"));
}

#[tokio::test]
async fn the_maps_style_is_listed_and_is_the_one_of_the_web_app() {
    let server = Server::shipped();
    let list = server.json("/ogc/styles").await;
    assert_eq!((&list["default"], texts(&list["styles"], "/id")), (&Value::from("plan"), vec!["plan"]));
    let ours = server.get("/ogc/styles/plan?f=mapbox").await;
    let apps = server.get("/styles/plan.json").await;
    assert_eq!((ours.status, &ours.body), (apps.status, &apps.body), "also where the web app is not built in");
}
