//! Filters that mean harm: each is refused, or read and put to a feature, within seconds and within a small stack.

use std::thread;
use std::time::{Duration, Instant};

use geo::{Coord, LineString, Point, Polygon};
use guatu::spatial::filter::{Filter, FilterError, Lookup, Operand, PropertyType, Queryables, Work};
use guatu::spatial::{Crs, Shape};

use super::examples;
use crate::support::random::{self, Random};

/// Half of what threads of the server have.
const STACK_BYTES: usize = 1 << 20;

/// Far more than any of them takes, as others may keep the machine busy.
const PATIENCE: Duration = Duration::from_secs(5);

/// Vertices of a feature as none in the shipped plan is; the most that there may be takes the check of its validity seconds.
const LARGE: usize = 8_000;

struct Heavy {
    text: String,
    shape: Shape,
}

impl Lookup for Heavy {
    fn property(&self, name: &str) -> Operand<'_> {
        match name {
            "a" => Operand::Number(1.0),
            "t" => Operand::Text(&self.text),
            "d" => Operand::Date(jiff::civil::date(2019, 1, 1)),
            _ => Operand::Geometry(&self.shape),
        }
    }
}

fn queryables() -> Queryables {
    let all = [
        ("a", PropertyType::Number),
        ("t", PropertyType::Text),
        ("d", PropertyType::Date),
        ("g", PropertyType::Geometry),
    ];
    Queryables::new(all.map(|(name, property_type)| (name.to_owned(), property_type)))
}

fn parse(filter: &str) -> Result<Filter, FilterError> {
    let is_json = filter.starts_with('{');
    let read = if is_json { Filter::parse_json } else { Filter::parse_text };
    read(filter, &queryables(), &Crs::crs84())
}

/// As on a thread of the server, and in time.
fn within_bounds<T: Send + 'static>(what: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let begun = Instant::now();
    let done = thread::Builder::new().stack_size(STACK_BYTES).spawn(work).expect("a thread").join().expect("no panic");
    assert!(begun.elapsed() < PATIENCE, "{what} took {:?}", begun.elapsed());
    done
}

fn around(before: &str, inner: &str, after: &str, times: usize) -> String {
    format!("{}{inner}{}", before.repeat(times), after.repeat(times))
}

fn joined(part: &str, by: &str, times: usize) -> String {
    vec![part; times].join(by)
}

/// A ring of corners at two distances by turns.
fn star(corners: usize) -> Polygon {
    let corner = |at: usize| {
        let (sin, cos) = (at as f64 / corners as f64 * std::f64::consts::TAU).sin_cos();
        let far = if at.is_multiple_of(2) { 1.0 } else { 0.6 };
        Coord { x: 120.0 + far * cos, y: 30.0 + far * sin }
    };
    Polygon::new(LineString::new((0..corners).map(corner).collect()), Vec::new())
}

fn ring_text(polygon: &Polygon) -> String {
    let places: Vec<_> = polygon.exterior().coords().map(|at| format!("{} {}", at.x, at.y)).collect();
    format!("(({}))", places.join(","))
}

fn json_around(times: usize) -> String {
    around(r#"{"op":"not","args":["#, r#"{"op":"=","args":[{"property":"a"},1]}"#, "]}", times)
}

#[test]
fn what_is_too_much_is_refused_as_too_much() {
    let rows = [
        around("(", "a=1", ")", 49),
        "(".repeat(30_000),
        around("NOT ", "a=1", "", 49),
        "NOT ".repeat(15_000),
        around("CASEI(", "t", ")", 49) + " = ''",
        "CASEI(".repeat(9_000),
        "area_m2(".repeat(8_000),
        around("(a + ", "1", ")", 50) + " > 0",
        joined("a", " + ", 50) + " > 0",
        joined("a", " * ", 5_000) + " > 0",
        joined("a=1", " AND ", 5_000),
        joined("a=1 OR (a=2", " AND ", 400),
        format!("a IN ({})", joined("1", ",", 5_000)),
        format!("S_INTERSECTS(g, POLYGON{})", ring_text(&star(1_500))),
        format!("S_INTERSECTS(g, MULTIPOINT({}))", joined("1 1", ",", 5_000)),
        joined("CASEI(ACCENTI(CASEI(ACCENTI(t)))) LIKE 'x%'", " OR ", 160),
        joined("S_TOUCHES(g, POINT(1 1))", " OR ", 11),
        json_around(49),
        format!(r#"{{"op":"and","args":[{}]}}"#, joined("true", ",", 5_000)),
        format!(r#"{{"op":"in","args":[{{"property":"a"}},[{}]]}}"#, joined("1", ",", 5_000)),
        format!(
            r#"{{"op":"s_intersects","args":[{{"property":"g"}},{{"type":"MultiPoint","coordinates":[{}]}}]}}"#,
            joined("[1,1]", ",", 5_000)
        ),
    ];
    for row in rows {
        let begins: String = row.chars().take(60).collect();
        let result = within_bounds(&begins, move || parse(&row));
        assert!(matches!(result, Err(FilterError::TooMuch { .. })), "{begins}: {result:?}");
    }
}

#[test]
fn what_is_too_long_is_not_even_looked_at() {
    assert_eq!(parse(&" ".repeat(70_000)), Err(FilterError::TooLong(70_000)));
    assert!(matches!(parse(&json_around(10_000)), Err(FilterError::TooLong(_))));
}

/// None of them is a filter over the properties above.
#[rustfmt::skip]
const NO_FILTERS: [&str; 97] = [
    "",
    " ",
    "a",
    "a =",
    "= 1",
    "a = = 1",
    "a = 1 b",
    "a = 1)",
    "(a = 1",
    "a BETWEEN 1",
    "a BETWEEN 1 OR 2",
    "a IN ()",
    "a IN 1",
    "a IS 1",
    "a NOT 1",
    "a LIKE 'x'",
    "t LIKE t",
    "t LIKE 'x\\'",
    "t = 'x",
    "\"t = 'x'",
    "a = 1e999",
    "a = 1e",
    "a = 1x",
    "a = 2^2^2",
    "a = #",
    "a = 'x'",
    "d = '2019-13-01'",
    "d = DATE('2019-02-30')",
    "d = DATE('20190101')",
    "d = DATE(d)",
    "d = TIMESTAMP('2019-01-01')",
    "d = INTERVAL('..','..')",
    "T_AFTER(d, a)",
    "T_DURING(d, INTERVAL('2019-01-01','..'))",
    "T_AFTER(d, INTERVAL('2019-01-02','2019-01-01'))",
    "T_AFTER(d)",
    "S_WITHIN(g, a)",
    "S_WITHIN(g)",
    "S_WITHIN(g, POINT(1))",
    "S_WITHIN(g, POINT(1 2 3 4 5))",
    "S_WITHIN(g, POINT EMPTY)",
    "S_WITHIN(g, POINT Z EMPTY)",
    "S_WITHIN(g, POINT(181 0))",
    "S_WITHIN(g, POINT(0 91))",
    "S_WITHIN(g, POLYGON((0 0, 1 0, 1 1)))",
    "S_WITHIN(g, POLYGON((0 0, 1 0, 0 0)))",
    "S_WITHIN(g, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))",
    "S_WITHIN(g, LINESTRING(0 0))",
    "S_WITHIN(g, LINESTRING(0 0, 0 0))",
    "S_WITHIN(g, GEOMETRYCOLLECTION(GEOMETRYCOLLECTION(POINT(0 0))))",
    "S_WITHIN(g, GEOMETRYCOLLECTION(POINT(0 0), LINESTRING(0 0, 1 1)))",
    "S_WITHIN(g, BBOX(1,2,3))",
    "S_WITHIN(g, BBOX(1,2,3,4,5))",
    "S_WITHIN(g, BBOX(1,2,3,4,5,6,7))",
    "S_WITHIN(g, BBOX(0,2,1,1))",
    "g = g",
    "g = 1",
    "a = POINT(1 1)",
    "area_m2(a) > 1",
    "area_m2(g, g) > 1",
    "distance_m(g) > 1",
    "distance_m(g, BBOX(0,0,1,1)) > 1",
    "nothing(a) = 1",
    "a_contains(a, a)",
    "b = 1",
    "TRUE < FALSE",
    "NOT a",
    "a AND a",
    "a + t = 1",
    "a = NULL",
    "like = 1",
    "a = 1;DROP TABLE x",
    "\u{0}",
    "\u{feff}a = 1",
    "a = 1 --",
    "😀",
    "{}",
    "{",
    "{\"op\":\"=\"}",
    r#"{"op":"=","args":[1]}"#,
    r#"{"op":"=","args":[1,2,3]}"#,
    r#"{"op":"=","args":{}}"#,
    r#"{"op":1,"args":[]}"#,
    r#"{"op":"and","args":[true]}"#,
    r#"{"op":"=","args":[{"property":"a"},null]}"#,
    r#"{"op":"=","args":[{"property":1},1]}"#,
    r#"{"op":"=","args":[{"property":"a"},1],"more":1}"#,
    r#"{"op":"in","args":[{"property":"a"},[]]}"#,
    r#"{"op":"in","args":[{"property":"a"},1]}"#,
    r#"{"op":"=","args":[{"property":"a"},[1]]}"#,
    r#"{"op":"t_after","args":[{"property":"d"},{"interval":["2019-01-01"]}]}"#,
    r#"{"op":"s_within","args":[{"property":"g"},{"type":"Circle","coordinates":[1,2]}]}"#,
    r#"{"op":"s_within","args":[{"property":"g"},{"type":"Point"}]}"#,
    r#"{"op":"s_within","args":[{"property":"g"},{"type":"Polygon","coordinates":[]}]}"#,
    r#"{"op":"s_within","args":[{"property":"g"},{"type":"Point","coordinates":["1","2"]}]}"#,
    r#"{"op":"s_within","args":[{"property":"g"},{"type":"Point","coordinates":[1,2],"crs":"x"}]}"#,
    r#"{"op":"s_within","args":[{"property":"g"},{"type":"GeometryCollection","geometries":[{"type":"GeometryCollection","geometries":[]}]}]}"#,
];

#[test]
fn what_is_no_filter_is_refused_with_its_place() {
    for row in NO_FILTERS {
        let fault = parse(row).expect_err(row);
        let has_place = matches!(fault, FilterError::Empty | FilterError::NotJson(_)) || fault.place().is_some();
        assert!(has_place && fault.to_string().len() < 400, "{row}: {fault}");
    }
}

#[test]
fn the_largest_that_there_may_be_is_read_and_put_to_the_largest_feature_in_time() {
    let shape = Shape::new(star(LARGE).into()).expect("a valid star");
    let text = "ab".repeat(5_000);
    let rows = [
        around("(", "a=1", ")", 48),
        format!("{} > 0", joined("a", " + ", 46)),
        joined("a=2", " OR ", 300),
        format!("a IN ({})", joined("2", ",", 990)),
        format!("t LIKE '{}c'", joined("a_b", "%", 60)),
        format!("t LIKE '{}'", "%_".repeat(128)),
        joined("CASEI(t) LIKE '%c%'", " OR ", 100),
        format!("S_OVERLAPS(g, POLYGON{})", ring_text(&star(999))),
        format!("S_TOUCHES(g, POLYGON{})", ring_text(&star(999))),
        format!(
            "S_INTERSECTS(g, GEOMETRYCOLLECTION({}))",
            vec![format!("POLYGON{}", ring_text(&star(9))); 90].join(",")
        ),
    ];
    for row in rows {
        let feature = Heavy { text: text.clone(), shape: shape.clone() };
        let begins: String = row.chars().take(60).collect();
        within_bounds(&begins, move || parse(&row).expect("it is within the limits").matches(&feature));
    }
}

/// A feature that counts how often it is asked.
struct Asked(Heavy, std::cell::Cell<u64>);

impl Lookup for Asked {
    fn property(&self, name: &str) -> Operand<'_> {
        self.1.set(self.1.get() + 1);
        self.0.property(name)
    }
}

#[test]
fn work_is_counted_as_it_goes_and_ends_where_it_is_used_up() {
    let heavy = Heavy { text: "ab".repeat(5_000), shape: Shape::new(star(1_000).into()).expect("a valid star") };
    let feature = Asked(heavy, std::cell::Cell::new(0));
    let spent = |filter: &str, steps: u64| {
        let work = Work::of(steps);
        feature.1.set(0);
        parse(filter).expect("a filter").matches_within(&feature, &work);
        (steps - work.left(), feature.1.get())
    };
    let all = 1_000_000_000;
    assert!(spent("a = 1", all).0 < 10);
    // By pattern and text, by text, by vertices.
    let (short, long) = (spent("t LIKE '%x_%'", all).0, spent(&format!("t LIKE '%x{}%'", "_".repeat(99)), all).0);
    assert!(short >= 10_000 && long >= 40 * short, "{short}, {long}");
    assert!(spent("CASEI(t) = 'x'", all).0 >= 10_000);
    assert!(spent("area_m2(g) > 1", all).0 >= 1_000);
    assert!(spent(&format!("S_INTERSECTS(g, POLYGON{})", ring_text(&star(500))), all).0 >= 1_000 * 500 / 4);
    // What is used up is used up: nothing more is asked, however much of the filter is left.
    let many = joined("a = 2", " OR ", 300);
    assert_eq!(spent(&many, all).1, 300);
    let (steps, asked) = spent(&many, 100);
    assert_eq!(steps, 100);
    assert!(asked < 100, "{asked}");
    let patterns = joined(&format!("t LIKE '%x{}%'", "_".repeat(90)), " OR ", 5);
    assert!(spent(&patterns, 100_000).1 <= 1, "the first is too much already");
}

/// A filter with a piece left out, doubled, exchanged or put in from elsewhere.
fn altered(random: &mut Random, filter: &str) -> String {
    const PIECES: [&str; 24] = [
        "(",
        ")",
        ",",
        "'",
        "\"",
        " NOT ",
        " AND ",
        " OR ",
        "-",
        "^",
        "%",
        "..",
        "1e308",
        "POINT(0 0)",
        "BBOX(0,0,1,1)",
        "{",
        "}",
        "[",
        "]",
        ":",
        "null",
        "\\",
        "嘉",
        "\u{301}",
    ];
    let mut characters: Vec<char> = filter.chars().collect();
    for _ in 0..=random.below(3) {
        let length = characters.len() as u64;
        let (from, to) = (random.below(length + 1) as usize, random.below(length + 1) as usize);
        let (from, to) = (from.min(to), from.max(to).min(from.min(to) + 40));
        match random.below(4) {
            0 => drop(characters.drain(from..to)),
            1 => {
                let piece: Vec<char> = characters[from..to].to_vec();
                characters.splice(from..from, piece);
            }
            2 => characters[from..to].reverse(),
            _ => {
                let piece = PIECES[random.below(PIECES.len() as u64) as usize];
                characters.splice(from..from, piece.chars());
            }
        }
    }
    characters.into_iter().collect()
}

struct Everything(Shape, bool);

impl Lookup for Everything {
    fn property(&self, name: &str) -> Operand<'_> {
        match name {
            _ if self.1 => Operand::Null,
            "geometry" | "road" | "footprint" | "location" => Operand::Geometry(&self.0),
            "swimming_pool" => Operand::Boolean(true),
            "starts_at" | "ends_at" | "updated_at" => Operand::Timestamp(jiff::Timestamp::UNIX_EPOCH),
            "owner" | "name" | "id" => Operand::Text("Mike Straße"),
            _ => Operand::Number(5.0),
        }
    }
}

#[test]
fn altered_examples_are_refused_or_answered() {
    const SEED: u64 = 7;
    const EACH: usize = 150;
    let mut random = Random::new(SEED);
    let features = [Everything(random::shape(star(12)), false), Everything(random::shape(Point::new(1.0, 2.0)), true)];
    let mut answered = 0;
    for (text, json, properties) in examples::all() {
        let queryables = examples::queryables(properties);
        for (filter, is_json) in [(text, false), (json, true)].into_iter().flat_map(|pair| [pair; EACH]) {
            let filter = altered(&mut random, filter);
            let read = if is_json { Filter::parse_json } else { Filter::parse_text };
            if let Ok(filter) = read(&filter, &queryables, &Crs::crs84()) {
                answered += features.iter().map(|feature| usize::from(filter.matches(feature))).len();
            }
        }
    }
    assert!(answered > 1_000, "seed {SEED}: too few are still filters to tell anything: {answered}");
}
