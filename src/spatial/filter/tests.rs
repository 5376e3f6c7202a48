//! Filters and what they come to, row by row.

use geo::{Geometry, Point, polygon};

use super::*;

struct Feature {
    shape: Shape,
    note: Option<&'static str>,
}

impl Lookup for Feature {
    fn property(&self, name: &str) -> Operand<'_> {
        match name {
            "name" => Operand::Text("Straße Ærø_é%"),
            "city" => Operand::Text("嘉兴"),
            "note" => self.note.map_or(Operand::Null, Operand::Text),
            "floors" => Operand::Number(7.0),
            "share" => Operand::Number(-2.5),
            "is open" => Operand::Boolean(true),
            "due" => Operand::Date("2019-06-30".parse().expect("a day")),
            "seen" => Operand::Timestamp("2019-06-30T23:00:00Z".parse().expect("a moment")),
            "geometry" => Operand::Geometry(&self.shape),
            _ => Operand::Null,
        }
    }
}

fn queryables() -> Queryables {
    use PropertyType as T;
    let all = [
        ("name", T::Text),
        ("city", T::Text),
        ("note", T::Text),
        ("floors", T::Number),
        ("share", T::Number),
        ("nothing", T::Number),
        ("is open", T::Boolean),
        ("due", T::Date),
        ("seen", T::Timestamp),
        ("ended", T::Date),
        ("geometry", T::Geometry),
    ];
    Queryables::new(all.map(|(name, property_type)| (name.to_owned(), property_type)))
}

fn square() -> Feature {
    let shape = polygon![(x: 120.0, y: 30.0), (x: 121.0, y: 30.0), (x: 121.0, y: 31.0), (x: 120.0, y: 31.0)];
    Feature { shape: Shape::new(shape.into()).expect("a valid square"), note: None }
}

fn read(text: &str) -> Result<Filter, FilterError> {
    Filter::parse_text(text, &queryables(), &Crs::crs84())
}

/// True, false, or unknown, which neither the filter nor its opposite matches.
fn truth(text: &str) -> Option<bool> {
    let feature = square();
    let filter = read(text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
    let opposite = read(&format!("NOT ({text})")).expect("the opposite of a filter");
    match (filter.matches(&feature), opposite.matches(&feature)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
        (true, true) => panic!("{text} is true and false"),
    }
}

fn check(expected: Option<bool>, rows: &[&str]) {
    for row in rows {
        assert_eq!(truth(row), expected, "{row}");
    }
}

#[test]
fn comparisons_come_to_what_the_values_say() {
    check(
        Some(true),
        &[
            "floors = 7",
            "floors <> 8",
            "floors!=8",
            "7 >= floors",
            "floors > share",
            "city = '嘉兴'",
            "city < '嘉善' OR city > '嘉善'",
            "\"is open\" = TRUE",
            "\"is open\"",
            "TRUE <> FALSE",
            "floors BETWEEN 7 AND 8",
            "due BETWEEN DATE('2019-06-30') AND DATE('2019-07-01')",
            "floors NOT BETWEEN 8 AND 9 AND floors > 6",
            "floors IN (1, 7, 9)",
            "city NOT IN ('a', 'b')",
            "due IN (DATE('2019-06-30'))",
            "note IS NULL",
            "city IS NOT NULL AND geometry IS NOT NULL",
        ],
    );
    check(Some(false), &["floors = 8", "floors IN (1, 2)", "NOT \"is open\"", "note IS NOT NULL"]);
}

#[test]
fn null_is_neither_true_nor_false() {
    check(None, &["note = 'x'", "note <> 'x'", "note LIKE '%'", "note IN ('x')", "nothing + 1 > 0", "floors / 0 = 1"]);
    check(None, &["note = 'x' OR floors = 8", "note = 'x' AND floors = 7", "floors IN (1, nothing)"]);
    check(Some(true), &["note = 'x' OR floors = 7", "floors IN (nothing, 7)"]);
    check(Some(false), &["note = 'x' AND floors = 8"]);
}

#[test]
fn arithmetic_has_the_ranks_of_the_standard() {
    check(
        Some(true),
        &[
            "1 + 2 * 3 = 7",
            "(1 + 2) * 3 = 9",
            "2 * 3 ^ 2 = 18",
            "-2 ^ 2 = 4",
            "8 - 3 - 2 = 3",
            "7 div 2 = 3",
            "-7 div 2 = -3",
            "-7 % 3 = -1",
            "floors-1=6",
            "- floors = -7",
            "-(floors + 1) = -8",
            "1e3 = 1000 AND .5 = 0.5",
        ],
    );
}

#[test]
fn spatial_predicates_follow_the_nine_intersections() {
    check(
        Some(true),
        &[
            "S_INTERSECTS(geometry, POINT(120.5 30.5))",
            "s_contains(geometry, POINT(120.5 30.5))",
            "S_WITHIN(POINT(120.5 30.5), geometry)",
            "S_DISJOINT(geometry, POINT(122 30))",
            "S_TOUCHES(geometry, POINT(120 30))",
            "S_WITHIN(geometry, BBOX(119,29,122,32))",
            "S_EQUALS(geometry, BBOX(120,30,121,31))",
            "S_OVERLAPS(geometry, BBOX(120.5,30,122,31))",
            "S_CROSSES(LINESTRING(119 30.5, 122 30.5), geometry)",
            "S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(0 0), LINESTRING(119 30.5, 122 30.5)))",
            "S_EQUALS(geometry, geometry)",
            "S_CROSSES(LINESTRING(0 0, 2 2), LINESTRING(0 2, 2 0))",
            "S_INTERSECTS(geometry, MULTIPOINT((0 0), 120.5 30.5))",
            "S_INTERSECTS(geometry, POINT Z (120.5 30.5 9))",
        ],
    );
}

#[test]
fn a_point_in_another_system_is_read_in_the_order_of_its_authority() {
    let feature = Feature { shape: Shape::new(Geometry::Point(Point::new(120.5, 30.5))).expect("a point"), note: None };
    let latitude_first = Crs::epsg(4326).expect("it is known");
    let filter = Filter::parse_text("S_EQUALS(geometry, POINT(30.5 120.5))", &queryables(), &latitude_first);
    assert!(filter.expect("it is right").matches(&feature));
}

#[test]
fn texts_beside_times_are_read_as_times() {
    check(
        Some(true),
        &[
            "due = '2019-06-30'",
            "due >= '2019-06-30T' AND due < '2019-07-01T'",
            "'2019-06-30T22:59:59Z' < seen",
            "due IN ('2019-06-29', '2019-06-30')",
            "due BETWEEN '2019-06-30' AND '2019-07-30'",
        ],
    );
    let message = read("due = 'soon'").expect_err("it is no day").to_string();
    assert_eq!(message, "at character 7: \"soon\" is no day: a day is written as 2019-12-31");
}

#[test]
fn a_day_and_a_moment_are_compared_as_days_in_utc() {
    check(
        Some(true),
        &[
            "seen = due",
            "seen <= DATE('2019-06-30') AND seen >= DATE('2019-06-30')",
            "seen < DATE('2019-07-01')",
            "seen = TIMESTAMP('2019-07-01T07:00:00+08:00')",
            "T_EQUALS(seen, due)",
            "T_INTERSECTS(due, INTERVAL('2019-06-30T12:00:00Z', '..'))",
        ],
    );
    check(Some(false), &["seen > DATE('2019-06-30')", "seen <> due"]);
}

#[test]
fn intervals_stand_to_each_other_as_the_time_ontology_says() {
    check(
        Some(true),
        &[
            "T_AFTER(due, DATE('2019-06-29'))",
            "T_BEFORE(due, INTERVAL('2019-07-01', '..'))",
            "T_DISJOINT(due, DATE('2019-06-29'))",
            "T_INTERSECTS(due, INTERVAL('..', '2019-06-30'))",
            "T_CONTAINS(INTERVAL('..', '..'), INTERVAL(due, seen))",
            "T_DURING(INTERVAL(due, due), INTERVAL('2019-06-29', '2019-07-01'))",
            "T_MEETS(INTERVAL('..', due), INTERVAL('2019-06-30', '..'))",
            "T_METBY(INTERVAL(due, '..'), INTERVAL('2019-06-01', '2019-06-30'))",
            "T_STARTS(INTERVAL('2019-01-01', due), INTERVAL('2019-01-01', '..'))",
            "T_STARTEDBY(INTERVAL('2019-01-01', '..'), INTERVAL('2019-01-01', due))",
            "T_FINISHES(INTERVAL('2019-01-01', due), INTERVAL('..', due))",
            "T_FINISHEDBY(INTERVAL('..', due), INTERVAL('2019-01-01', due))",
            "T_OVERLAPS(INTERVAL('2019-01-01', due), INTERVAL('2019-06-01', '..'))",
            "T_OVERLAPPEDBY(INTERVAL('2019-06-01', '..'), INTERVAL('..', due))",
            "T_EQUALS(INTERVAL(due, '..'), INTERVAL('2019-06-30', '..'))",
        ],
    );
    check(None, &["T_AFTER(ended, due)", "T_DURING(INTERVAL(due, ended), INTERVAL('2019-01-01', '..'))"]);
    // An end that is unknown does not matter where the other decides.
    check(Some(false), &["T_DURING(INTERVAL(due, ended), INTERVAL('2019-07-01', '..'))"]);
}

#[test]
fn like_knows_its_wildcards_and_its_escape() {
    check(
        Some(true),
        &[
            "name LIKE 'Stra%'",
            "name LIKE '%é%'",
            "name LIKE 'Straße _rø\\_é\\%'",
            "name LIKE '%\\%'",
            "city LIKE '__'",
            "city LIKE '%嘉%兴%'",
            "city NOT LIKE '_'",
            "name NOT LIKE 'stra%'",
            "'aXbXc' LIKE 'a%b%c'",
            "'aab' LIKE '%ab'",
            "'' LIKE '%%'",
            "'O''Neil' LIKE 'O\\'N%'",
            "'a\\b' LIKE 'a\\\\b'",
            "city ILIKE '嘉%' AND name ILIKE 'STRASSE%'",
        ],
    );
    check(Some(false), &["city LIKE '_'", "'ab' LIKE 'ab_'", "'ab' LIKE '%ba%'", "'aba' LIKE 'ab%ba'", "'' LIKE '_'"]);
}

#[test]
fn case_and_accents_are_overlooked_where_that_is_asked_for() {
    check(
        Some(true),
        &[
            "CASEI(name) = CASEI('STRASSE ÆRØ_É%')",
            "CASEI('ẞ') = CASEI('ß') AND CASEI('ß') = CASEI('SS')",
            "CASEI('ΟΔΟΣ') = CASEI('οδος') AND CASEI('οδος') = CASEI('οδοσ')",
            "CASEI('ﬁ') = CASEI('FI')",
            "CASEI('ı') <> CASEI('i')",
            "ACCENTI('débárquér') = 'debarquer'",
            "ACCENTI('Beyonce\u{301}') = ACCENTI('Beyoncé')",
            "ACCENTI('が') <> ACCENTI('か')",
            "ACCENTI(CASEI('ÉCOLE')) = 'ecole'",
            "CASEI(name) LIKE CASEI('%STRASSE%')",
            "CASEI(city) = city",
        ],
    );
}

#[test]
fn measures_are_on_the_ellipsoid() {
    check(
        Some(true),
        &[
            "area_m2(geometry) BETWEEN 10.5e9 AND 10.7e9",
            "length_m(geometry) = 0",
            "distance_m(geometry, POINT(120.5 30.5)) = 0",
            "distance_m(geometry, POINT(122 30.5)) BETWEEN 95e3 AND 97e3",
        ],
    );
}

#[test]
fn a_window_is_told_where_the_filter_implies_one() {
    let window = |text: &str| read(text).expect("a filter").bbox().map(<[f64; 4]>::from);
    assert_eq!(window("S_WITHIN(geometry, BBOX(1,2,3,4))"), Some([1.0, 2.0, 3.0, 4.0]));
    assert_eq!(window("floors > 1 AND S_TOUCHES(LINESTRING(1 2, 3 4), geometry)"), Some([1.0, 2.0, 3.0, 4.0]));
    let both = "S_INTERSECTS(geometry, BBOX(1,2,3,4)) AND S_INTERSECTS(geometry, BBOX(2,0,9,3))";
    assert_eq!(window(both), Some([2.0, 2.0, 3.0, 3.0]));
    let either = "S_INTERSECTS(geometry, BBOX(1,2,3,4)) OR S_INTERSECTS(geometry, BBOX(2,0,9,3))";
    assert_eq!(window(either), Some([1.0, 0.0, 9.0, 4.0]));
    let across = "S_INTERSECTS(geometry, BBOX(170,-10,-170,10))";
    assert_eq!(window(across), Some([170.0, -10.0, -170.0, 10.0]));
    let [west, south, east, north] = window("distance_m(geometry, POINT(120 30)) < 1000").expect("a window");
    assert!(west < 119.99 && south < 29.992 && east > 120.01 && north > 30.008 && east - west < 0.03);
    for none in [
        "floors > 1",
        "S_DISJOINT(geometry, POINT(1 1))",
        "NOT (S_INTERSECTS(geometry, POINT(1 1)))",
        "S_INTERSECTS(geometry, POINT(1 1)) OR floors > 1",
        "distance_m(geometry, POINT(120 30)) > 1000",
    ] {
        assert_eq!(window(none), None, "{none}");
    }
}

#[test]
fn a_box_in_a_projection_is_its_bent_outline() {
    let zone = Crs::epsg(4549).expect("it is known");
    // EPSG:4549 writes north before east; the square's middle is near 3376000, 548000.
    let parse = |text: &str| Filter::parse_text(text, &queryables(), &zone).expect("a filter");
    assert!(parse("S_INTERSECTS(geometry, BBOX(3376000, 540000, 3377000, 541000))").matches(&square()));
    assert!(parse("S_CONTAINS(geometry, POINT(3376000 540000))").matches(&square()));
    assert!(!parse("S_INTERSECTS(geometry, BBOX(3276000, 340000, 3277000, 341000))").matches(&square()));
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_what_would_be_right() {
    let message = |text: &str| read(text).expect_err(text).to_string();
    let rows = [
        (
            "flors = 7",
            "at character 1: there is no property \"flors\"; there are name, city, note, floors, share, nothing, is open, due, seen, ended, geometry",
        ),
        (
            "floors = 'seven'",
            "at character 8: = takes two numbers, two texts or two times, not \"floors\" (a number) and \"seven\" (text)",
        ),
        ("floors = 7 AND", "at character 15: a property, a literal, a function or \"(\" is expected, not the end"),
        ("floors == 7", "at character 9: a property, a literal, a function or \"(\" is expected, not \"=\""),
        (
            "buffer(geometry, 5) = 1",
            "at character 1: there is no function \"buffer\"; there are those of CQL2 and area_m2, length_m, distance_m",
        ),
        (
            "T_DURING(due, INTERVAL('..','..'))",
            "at character 10: t_during takes intervals, not an instant; INTERVAL(start, end) makes an interval",
        ),
        (
            "S_WITHIN(geometry, POINT(30.5 120.5))",
            "at character 20: what is written here is no geometry: position [30.5, 120.5] is outside the globe; longitude and latitude look swapped (GeoJSON order is longitude, latitude)",
        ),
        ("(floors = 7", "at character 12: \")\" is expected, not the end"),
    ];
    for (text, expected) in rows {
        assert_eq!(message(text), expected);
    }
    let json = r#"{"op":"and","args":[true,{"op":"=","args":[{"property":"flors"},1]}]}"#;
    let fault = Filter::parse_json(json, &queryables(), &Crs::crs84()).expect_err("an unknown property");
    assert_eq!(fault.place(), Some(&Place::Pointer("/args/1/args/0".to_owned())));
}

#[test]
fn a_filter_can_be_shared_by_threads() {
    fn is_shared<T: Send + Sync + Clone>() {}
    is_shared::<Filter>();
}

#[test]
fn what_is_easy_is_asked_first() {
    let geometry = "S_INTERSECTS(geometry, POINT(120.5 30.5))";
    assert_eq!(read(&format!("{geometry} AND floors = 7")), read(&format!("floors = 7 AND {geometry}")));
}
