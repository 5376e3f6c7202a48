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
