//! Every style of every family is well-formed XML, holds a rule for every word, and carries names that need escaping.

use quick_xml::events::Event;

use super::*;
use crate::plan::{Light, Stage, Word};

fn title(zh: &str, en: &str) -> Text {
    Text { zh: zh.to_owned(), en: en.to_owned() }
}

fn styles() -> impl Iterator<Item = LayerStyle> {
    let families = [Family::Points, Family::Lines, Family::Areas];
    StyleId::ALL.into_iter().flat_map(move |style| {
        families.map(|family| {
            LayerStyle::new("roads", title("道路 <快速>", "Roads & \"ways\""), style, family, LabelLanguage::Chinese)
        })
    })
}

/// How often a tag begins; panics where the document is not well-formed.
fn count(document: &str, tag: &str) -> usize {
    let mut reader = quick_xml::Reader::from_str(document);
    reader.config_mut().check_end_names = true;
    let mut found = 0;
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(start) | Event::Empty(start) if start.name().as_ref() == tag.as_bytes() => {
                start.attributes().for_each(|attribute| {
                    attribute.expect("an attribute");
                });
                found += 1;
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

#[test]
fn every_rule_is_in_every_format() {
    for style in styles() {
        let rules = style.rules.len();
        assert_eq!(count(&sld(&style, SldVersion::V1_0), "Rule"), rules, "{style:?}");
        assert_eq!(count(&sld(&style, SldVersion::V1_1), "se:Rule"), rules, "{style:?}");
        assert_eq!(count(&qml(&style), "rule"), rules, "{style:?}");
        assert_eq!(count(&qml(&style), "symbol"), rules, "{style:?}");
    }
}

#[test]
fn exactly_one_rule_takes_a_feature() {
    let places = ["surveyed", "approximate", "rough", "placeholder"];
    for style in styles() {
        let words: Vec<&str> = match style.style {
            StyleId::Light => Light::ALL.iter().map(|light| light.as_str()).chain([""]).collect(),
            StyleId::Stage => Stage::ALL.iter().map(|stage| stage.as_str()).chain([""]).collect(),
            StyleId::Position => vec![""],
        };
        for (word, place) in words.iter().flat_map(|word| places.map(|place| (*word, place))) {
            let value = |property: &str| if property == "position" { place } else { word };
            let holds = |rule: &&Rule| match &rule.applies {
                Applies::When(conditions) => {
                    conditions.iter().all(|one| (value(one.property) == one.word) == one.is_equal)
                }
                Applies::Absent(property) => value(property).is_empty(),
            };
            assert_eq!(style.rules.iter().filter(holds).count(), 1, "{word} {place} {style:?}");
        }
    }
}

#[test]
fn what_is_not_surveyed_is_drawn_as_not_surveyed() {
    for style in styles() {
        for rule in &style.rules {
            let one = LayerStyle { rules: vec![rule.clone()], ..style.clone() };
            let (qml, sld) = (qml(&one), sld(&one, SldVersion::V1_0));
            if style.family == Family::Points {
                let hollow = qml.contains("name=\"color\" value=\"255,255,255,255\"");
                assert_eq!(hollow, rule.look.firmness == Firmness::Placeholder, "{rule:?}");
            } else {
                let is_dashed = rule.look.firmness != Firmness::Surveyed;
                assert_eq!(qml.contains("value=\"dash\""), is_dashed, "{rule:?}");
                assert_eq!(sld.contains("stroke-dasharray"), is_dashed, "{rule:?}");
            }
        }
    }
}

#[test]
fn names_and_addresses_are_escaped() {
    let style =
        LayerStyle::new("roads", title("路\u{1}<&>", "\"R'"), StyleId::Light, Family::Lines, LabelLanguage::English);
    let project = DesktopProject {
        title: title("计划 <2019>", "Plan & more"),
        note: title("示意", "Schematic"),
        ogc_url: "https://example.org/a'b&c/ogc",
        layers: vec![DesktopLayer { geometry_type: GeometryType::LineString, style: style.clone() }],
        view: None,
    };
    for document in [sld(&style, SldVersion::V1_1), layer_definition(&project), project_file(&project)] {
        assert!(
            count(&document, "no") == 0 && document.contains("路\u{fffd}&lt;&amp;&gt; &quot;R&apos;"),
            "{document}"
        );
    }
    assert!(layer_definition(&project).contains("url=&apos;https://example.org/a\\&apos;b&amp;c/ogc&apos;"));
    assert_eq!(count(&layer_definition(&project), "maplayer"), 1);
    assert_eq!(count(&project_file(&project), "layer-tree-layer"), 1);
}
