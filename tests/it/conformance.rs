//! What is declared is proven: each conformance class names the tests that hold us to it. `docs/conformance.md` is made of this table.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::support::http::{Server, texts};

const SPEC: &str = "http://www.opengis.net/spec/";

/// Classes, without the beginning that all have, and tests as `module::test`.
const PROOFS: [(&str, &[&str]); 50] = [
    (
        "ogcapi-common-1/1.0/conf/core",
        &["ogc::the_landing_page_leads_everywhere", "ogc::the_weights_of_the_accept_header_count"],
    ),
    ("ogcapi-common-2/1.0/conf/collections", &["ogc::ten_collections_hold_forty_five_features"]),
    (
        "ogcapi-features-1/1.0/conf/core",
        &[
            "ogc::items_are_found_by_box_time_and_property",
            "ogc::next_links_walk_a_collection_once",
            "ogc::bad_requests_are_refused_by_name",
            "foreign::owslib_reads_the_api",
        ],
    ),
    (
        "ogcapi-features-1/1.0/conf/geojson",
        &["ogc::items_carry_their_projects_facts", "foreign::ogr2ogr_copies_all_ten_collections_into_one_geopackage"],
    ),
    ("ogcapi-features-1/1.0/conf/html", &["ogc::people_get_pages_and_programs_get_json"]),
    ("ogcapi-features-1/1.0/conf/oas30", &["ogc::the_description_is_openapi_3_0_and_names_every_path"]),
    (
        "ogcapi-features-2/1.0/conf/crs",
        &[
            "interchange::crs::coordinates_come_in_the_axis_order_of_the_authority",
            "interchange::crs::a_box_is_read_in_its_own_system",
            "interchange::proj::coordinates_are_those_of_proj_to_a_millimetre_all_over_china",
        ],
    ),
    (
        "ogcapi-features-3/1.0/conf/queryables",
        &["interchange::schemas::every_queryable_can_be_asked_for_and_nothing_else"],
    ),
    ("ogcapi-features-3/1.0/conf/queryables-query-parameters", &["ogc::items_are_found_by_box_time_and_property"]),
    (
        "ogcapi-features-3/1.0/conf/filter",
        &[
            "interchange::filters::a_filter_that_cannot_be_taken_is_told_by_name",
            "interchange::filters::text_and_json_and_systems_of_their_own_ask_the_same",
        ],
    ),
    (
        "ogcapi-features-3/1.0/conf/features-filter",
        &[
            "interchange::filters::filters_find_what_a_look_at_every_feature_finds",
            "foreign::gdal_lets_the_server_filter",
        ],
    ),
    (
        "ogcapi-features-4/1.0/conf/create-replace-delete",
        &[
            "foreign::owslib_makes_replaces_and_removes_a_feature",
            "changing::features::a_feature_is_made_moved_told_and_taken_back",
        ],
    ),
    ("ogcapi-features-4/1.0/conf/update", &["interchange::crs::a_body_in_another_system_lands_where_it_is_meant"]),
    ("ogcapi-features-4/1.0/conf/features", &["changing::features::a_feature_without_an_id_gets_one"]),
    (
        "ogcapi-features-4/1.0/conf/optimistic-locking-etags",
        &[
            "changing::versions::the_tag_of_what_was_read_is_good_for_one_change",
            "changing::versions::if_match_is_read_as_http_spells_it",
        ],
    ),
    ("ogcapi-features-5/1.0/conf/schemas", &["interchange::schemas::every_collection_leads_to_its_schemas"]),
    (
        "ogcapi-features-5/1.0/conf/core-roles-features",
        &["interchange::schemas::the_schema_tells_what_features_carry_and_what_can_be_set"],
    ),
    (
        "ogcapi-features-5/1.0/conf/returnables-and-receivables",
        &["interchange::schemas::the_schema_tells_what_features_carry_and_what_can_be_set"],
    ),
    (
        "ogcapi-features-5/1.0/conf/sortables",
        &["interchange::sorting::features_come_in_the_order_asked_for_page_by_page"],
    ),
    ("cql2/1.0/conf/cql2-text", &["cql2::examples::the_examples_of_the_standard_read_the_same_as_text_and_as_json"]),
    ("cql2/1.0/conf/cql2-json", &["cql2::examples::the_examples_of_the_standard_read_the_same_as_text_and_as_json"]),
    ("cql2/1.0/conf/basic-cql2", CQL2),
    ("cql2/1.0/conf/advanced-comparison-operators", CQL2),
    ("cql2/1.0/conf/case-insensitive-comparison", CQL2),
    ("cql2/1.0/conf/accent-insensitive-comparison", CQL2),
    ("cql2/1.0/conf/basic-spatial-functions", CQL2),
    ("cql2/1.0/conf/basic-spatial-functions-plus", CQL2),
    ("cql2/1.0/conf/spatial-functions", CQL2),
    ("cql2/1.0/conf/temporal-functions", CQL2),
    ("cql2/1.0/conf/property-property", CQL2),
    ("cql2/1.0/conf/functions", &["interchange::schemas::functions_are_told_and_can_be_used", CQL2[1]]),
    ("cql2/1.0/conf/arithmetic", CQL2),
    (
        "ogcapi-tiles-1/1.0/conf/core",
        &[
            "tile_sets::tiles_hold_everything_in_every_grid",
            "tile_sets::what_is_wrong_is_told_and_what_is_empty_is_204",
        ],
    ),
    ("ogcapi-tiles-1/1.0/conf/tileset", &["tile_sets::a_tile_set_tells_its_layers_and_what_they_carry"]),
    ("ogcapi-tiles-1/1.0/conf/tilesets-list", LINKS),
    ("ogcapi-tiles-1/1.0/conf/dataset-tilesets", LINKS),
    ("ogcapi-tiles-1/1.0/conf/geodata-tilesets", LINKS),
    ("ogcapi-tiles-1/1.0/conf/collections-selection", &["tile_sets::a_tile_set_tells_its_layers_and_what_they_carry"]),
    (
        "ogcapi-tiles-1/1.0/conf/mvt",
        &["tile_sets::gdal_finds_the_schools_where_they_are_in_every_grid", "foreign::gdal_reads_a_tile"],
    ),
    ("ogcapi-tiles-1/1.0/conf/oas30", &["ogc::the_description_is_openapi_3_0_and_names_every_path"]),
    ("tms/2.0/conf/tilematrixset", MATRICES),
    ("tms/2.0/conf/json-tilematrixset", MATRICES),
    ("tms/2.0/conf/tilematrixsetlimits", LIMITS),
    ("tms/2.0/conf/json-tilematrixsetlimits", LIMITS),
    ("tms/2.0/conf/tilesetmetadata", &["tile_sets::a_tile_set_tells_its_layers_and_what_they_carry"]),
    ("tms/2.0/conf/json-tilesetmetadata", &["tile_sets::a_tile_set_tells_its_layers_and_what_they_carry"]),
    ("ogcapi-styles-1/0.0/conf/core", &["desktop::every_collection_has_its_styles_in_every_form"]),
    ("ogcapi-styles-1/0.0/conf/mapbox-styles", &["desktop::the_maps_style_is_listed_and_is_the_one_of_the_web_app"]),
    ("ogcapi-styles-1/0.0/conf/sld-10", &["desktop::the_form_is_chosen_by_f_or_by_what_is_accepted"]),
    ("ogcapi-styles-1/0.0/conf/sld-11", &["desktop::the_form_is_chosen_by_f_or_by_what_is_accepted"]),
];

/// What an operator means is PostGIS's to say; that the class is there at the door is seen here.
const CQL2: &[&str] =
    &["cql2::oracle::postgis_finds_the_same_features", "conformance::every_class_of_cql2_is_there_at_the_door"];
const LINKS: &[&str] = &["tile_sets::links_lead_from_the_landing_page_to_a_tile"];
const MATRICES: &[&str] = &["tile_sets::a_tile_matrix_set_has_all_members_in_the_order_of_its_axes"];
const LIMITS: &[&str] = &[LINKS[0], "tile_sets::tiles_hold_everything_in_every_grid"];

#[tokio::test]
async fn every_declared_class_has_its_tests_and_no_other() {
    let conformance = Server::shipped().json("/ogc/conformance").await;
    let declared = conformance["conformsTo"].as_array().expect("classes").iter();
    let declared: Vec<&str> = declared.map(|class| class.as_str().expect("an address")).collect();
    let proven: Vec<String> = PROOFS.iter().map(|(class, _)| format!("{SPEC}{class}")).collect();
    let without: Vec<&&str> = declared.iter().filter(|class| !proven.iter().any(|known| known == **class)).collect();
    assert!(without.is_empty(), "declared and not proven: {without:?}");
    let beyond: Vec<&String> = proven.iter().filter(|class| !declared.contains(&class.as_str())).collect();
    assert!(beyond.is_empty(), "proven and not declared: {beyond:?}");
    assert_eq!(declared.iter().collect::<BTreeSet<_>>().len(), declared.len(), "no class twice");
}

#[test]
fn every_named_test_is_a_test() {
    for (class, tests) in PROOFS {
        assert!(!tests.is_empty(), "{class} has no test");
        for test in tests {
            let path = file_of(test);
            let source = std::fs::read_to_string(&path).unwrap_or_else(|fault| panic!("{class}: {path}: {fault}"));
            let (_, name) = test.rsplit_once("::").expect("a module and a name");
            let is_there = ["#[test]\nfn ", "#[tokio::test]\nasync fn "]
                .iter()
                .any(|beginning| source.contains(&format!("{beginning}{name}(")));
            assert!(is_there, "{class}: {path} has no test {name}");
        }
    }
}

fn file_of(test: &str) -> String {
    let (module, _) = test.rsplit_once("::").expect("a module and a name");
    format!("tests/it/{}.rs", module.replace("::", "/"))
}

/// Run with `GUATU_BLESS=1` to write the page anew after a wanted change of the table.
#[test]
fn the_page_about_conformance_is_fresh() {
    let mut page = "# Conformance\n\nThe classes of OGC standards that `/ogc/conformance` declares, and the tests that hold Guatu to each \
                    (`cargo test --test it NAME` runs one). Made from the table in `tests/it/conformance.rs`.\n\n\
                    | Class | Tests |\n| --- | --- |\n"
        .to_owned();
    for (class, tests) in PROOFS {
        let tests: Vec<String> = tests.iter().map(|test| format!("[`{test}`](../{})", file_of(test))).collect();
        writeln!(page, "| [{class}]({SPEC}{class}) | {} |", tests.join("<br>")).expect("text grows");
    }
    let path = "docs/conformance.md";
    if std::env::var_os("GUATU_BLESS").is_some() {
        std::fs::create_dir_all("docs").expect("a writable tree");
        std::fs::write(path, &page).expect("a writable tree");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept == page, "{path} is stale: run this test with GUATU_BLESS=1 and commit what changes");
}

#[tokio::test]
async fn every_class_of_cql2_is_there_at_the_door() {
    let server = Server::shipped();
    let within = "POLYGON((120 30, 122 30, 122 32, 120 32, 120 30))";
    let line = "LINESTRING(120 30, 121 31)";
    let filters = [
        (
            "basic-cql2",
            "NOT (accuracy_m > 1e9) AND (stage = 'building' OR stage <> 'building') AND name_zh IS NOT NULL".to_owned(),
        ),
        (
            "advanced-comparison-operators",
            "name_zh LIKE '%' AND accuracy_m BETWEEN 0 AND 100000 AND light IN ('red', 'yellow', 'green', 'grey')"
                .to_owned(),
        ),
        ("case-insensitive-comparison", "CASEI(kind) = CASEI('ROAD')".to_owned()),
        ("accent-insensitive-comparison", "ACCENTI(kind) = ACCENTI('röad')".to_owned()),
        ("basic-spatial-functions", "S_INTERSECTS(geometry, BBOX(120, 30, 122, 32))".to_owned()),
        ("basic-spatial-functions-plus", format!("S_INTERSECTS(geometry, {within})")),
        (
            "spatial-functions",
            format!(
                "S_WITHIN(geometry, {within}) AND NOT S_DISJOINT(geometry, {within}) AND NOT S_EQUALS(geometry, {line}) AND NOT \
                 S_TOUCHES(geometry, {within}) AND NOT S_OVERLAPS(geometry, {line}) AND NOT S_CONTAINS(geometry, {line}) AND \
                 (S_CROSSES(geometry, {line}) OR TRUE)"
            ),
        ),
        (
            "temporal-functions",
            "T_BEFORE(due, DATE('2030-01-01')) AND T_DURING(INTERVAL(due, due), INTERVAL('2000-01-01', '2030-01-01'))"
                .to_owned(),
        ),
        ("property-property", "name_zh = name_zh AND project_zh <> kind".to_owned()),
        ("functions", "length_m(geometry) > 1".to_owned()),
        ("arithmetic", "(accuracy_m + 1) * 2 - accuracy_m > accuracy_m / 4".to_owned()),
    ];
    let all = server.json("/ogc/collections/roads/items?limit=1000").await;
    for (class, filter) in filters {
        let encoded = percent_encoding::utf8_percent_encode(&filter, percent_encoding::NON_ALPHANUMERIC);
        let page = server.json(&format!("/ogc/collections/roads/items?limit=1000&filter={encoded}")).await;
        assert_eq!(texts(&page["features"], "/id"), texts(&all["features"], "/id"), "{class}: {filter}");
    }
}
