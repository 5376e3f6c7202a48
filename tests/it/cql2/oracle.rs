//! Hundreds of filters over hundreds of features, and PostGIS as the judge: both find the same ids. Everything comes from one seed.

use std::fmt::Write;

use geo::{Geometry, MultiLineString, MultiPoint, MultiPolygon, Point, Rect, coord};
use guatu::spatial::filter::{Filter, Lookup, Operand, PropertyType, Queryables};
use guatu::spatial::{Crs, Shape};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::written::{Written, wkt};
use crate::support::postgis::Cluster;
use crate::support::random::{self, Random};

const SEED: u64 = 20_190_630;
const FEATURES: u64 = 500;
const FILTERS: usize = 700;
const AREA: [f64; 4] = [120.0, 30.0, 121.0, 31.0];

const NAMES: [&str; 14] = [
    "嘉兴市第一医院",
    "嘉兴南湖",
    "南湖大桥",
    "Café du Pont",
    "CAFE DU PONT",
    "Ærø_bro",
    "100% Süden",
    "100 Süden",
    "ÉCOLE",
    "école",
    "e\u{301}cole",
    "a\\b",
    "O'Neil",
    "",
];

struct Row {
    name: Option<&'static str>,
    floors: Option<f64>,
    share: Option<f64>,
    open: Option<bool>,
    due: Option<Date>,
    ended: Option<Date>,
    seen: Option<Timestamp>,
    shape: Shape,
}

impl Lookup for Row {
    fn property(&self, name: &str) -> Operand<'_> {
        match name {
            "name" => self.name.map_or(Operand::Null, Operand::Text),
            "floors" => self.floors.map_or(Operand::Null, Operand::Number),
            "share" => self.share.map_or(Operand::Null, Operand::Number),
            "open" => self.open.map_or(Operand::Null, Operand::Boolean),
            "due" => self.due.map_or(Operand::Null, Operand::Date),
            "ended" => self.ended.map_or(Operand::Null, Operand::Date),
            "seen" => self.seen.map_or(Operand::Null, Operand::Timestamp),
            "geometry" => Operand::Geometry(&self.shape),
            other => panic!("nobody may ask for {other}"),
        }
    }
}

fn queryables() -> Queryables {
    let all = [
        ("name", PropertyType::Text),
        ("floors", PropertyType::Number),
        ("share", PropertyType::Number),
        ("open", PropertyType::Boolean),
        ("due", PropertyType::Date),
        ("ended", PropertyType::Date),
        ("seen", PropertyType::Timestamp),
        ("geometry", PropertyType::Geometry),
    ];
    Queryables::new(all.map(|(name, property_type)| (name.to_owned(), property_type)))
}

fn one<T: Copy>(random: &mut Random, of: &[T]) -> T {
    of[random.below(of.len() as u64) as usize]
}

fn day(random: &mut Random) -> Date {
    Date::constant(2019, 1, 1) + random.below(30).cast_signed().days()
}

fn moment(random: &mut Random) -> Timestamp {
    let start: Timestamp = "2019-01-01T00:00:00Z".parse().expect("a moment");
    start + (random.below(30 * 8).cast_signed() * 3).hours()
}

/// Half of the shapes stand on a coarse grid, so that they touch, cover and equal each other.
fn shape(random: &mut Random) -> Geometry {
    if random.below(2) == 0 {
        let middle = random.point_in(AREA);
        return random::any_shape(random, middle, [0.2, 0.2]).geometry().clone();
    }
    let mut place = || coord! { x: 120.0 + random.below(9) as f64 / 8.0, y: 30.0 + random.below(9) as f64 / 8.0 };
    let (a, b, c) = (place(), place(), place());
    let (narrow, flat) = (a.x == b.x, a.y == b.y);
    match random.below(6) {
        0 => Point::from(a).into(),
        1 => MultiPoint::new(vec![a.into(), b.into()]).into(),
        2 if a != b => geo::LineString::new(vec![a, b]).into(),
        3 if a != b && b != c => {
            MultiLineString::new(vec![geo::LineString::new(vec![a, b]), geo::LineString::new(vec![b, c])]).into()
        }
        4 if !narrow && !flat => {
            let far = Rect::new(coord! { x: 125.0, y: 30.0 }, coord! { x: 126.0, y: 31.0 });
            MultiPolygon::new(vec![Rect::new(a, b).to_polygon(), far.to_polygon()]).into()
        }
        _ if !narrow && !flat => Rect::new(a, b).to_polygon().into(),
        _ => Point::from(c).into(),
    }
}

fn maybe<T>(random: &mut Random, value: T) -> Option<T> {
    (random.below(6) > 0).then_some(value)
}

fn row(random: &mut Random) -> Row {
    let name = one(random, &NAMES);
    let (floors, share) = (random.below(12) as f64, (random.below(400) as f64 - 200.0) / 8.0);
    let (open, due, ended, seen) = (random.below(2) == 0, day(random), day(random), moment(random));
    Row {
        name: maybe(random, name),
        floors: maybe(random, floors),
        share: maybe(random, share),
        open: maybe(random, open),
        due: maybe(random, due),
        ended: maybe(random, ended),
        seen: maybe(random, seen),
        shape: random::shape(shape(random)),
    }
}

fn sql_of<T: ToString>(value: Option<T>, kind: &str) -> String {
    value.map_or_else(|| "NULL".to_owned(), |value| format!("'{}'::{kind}", value.to_string().replace('\'', "''")))
}

fn table(rows: &[Row]) -> String {
    let mut sql =
        "CREATE TABLE features (id int, name text COLLATE \"C\", floors float8, share float8, open boolean, due date, \
         ended date, seen timestamptz, geometry geometry(Geometry, 4326));\n"
            .to_owned();
    for (id, row) in rows.iter().enumerate() {
        let values = [
            sql_of(row.name, "text"),
            sql_of(row.floors, "float8"),
            sql_of(row.share, "float8"),
            sql_of(row.open, "boolean"),
            sql_of(row.due, "date"),
            sql_of(row.ended, "date"),
            sql_of(row.seen, "timestamptz"),
        ];
        let shape = wkt(row.shape.geometry());
        writeln!(sql, "INSERT INTO features VALUES ({id}, {}, ST_GeomFromText('{shape}', 4326));", values.join(", "))
            .expect("text grows");
    }
    sql
}

// The generator. Each part is made in all three languages at once.

const COMPARISONS: [&str; 6] = ["=", "<>", "<", ">", "<=", ">="];

fn compared(random: &mut Random, a: &Written, b: &Written) -> Written {
    let operator = one(random, &COMPARISONS);
    Written::between(operator, a, b, format!("({} {operator} {})", a.sql, b.sql))
}

fn a_number(random: &mut Random, depth: u64) -> Written {
    if depth > 0 && random.below(2) == 0 {
        let (a, b) = (a_number(random, depth - 1), a_number(random, depth - 1));
        let whole = |written: &Written| format!("{}::numeric", written.sql);
        return match random.below(6) {
            0 => Written::between("+", &a, &b, format!("({} + {})", a.sql, b.sql)),
            1 => Written::between("-", &a, &b, format!("({} - {})", a.sql, b.sql)),
            2 => Written::between("*", &a, &b, format!("({} * {})", a.sql, b.sql)),
            3 => Written::between("/", &a, &b, format!("({} / nullif({}, 0))", a.sql, b.sql)),
            4 => Written::between("div", &a, &b, format!("trunc({} / nullif({}, 0))", a.sql, b.sql)),
            _ => {
                let (a, b) = (Written::property("floors"), Written::number(1.0 + random.below(4) as f64));
                Written::between("%", &a, &b, format!("mod({}, {})::float8", whole(&a), whole(&b)))
            }
        };
    }
    match random.below(6) {
        0 | 1 => Written::property("floors"),
        2 | 3 => Written::property("share"),
        4 => Written::number(random.below(12) as f64),
        _ => Written::number((random.below(100) as f64 - 50.0) / 8.0),
    }
}

fn measured(random: &mut Random) -> Written {
    let shape = Written::property("geometry");
    let limit = Written::number(random.below(50_000) as f64 + 0.25);
    let measure = if random.below(2) == 0 {
        Written::called("length_m", &[&shape], "ST_Length(geometry::geography)")
    } else {
        Written::called("area_m2", &[&shape], "ST_Area(geometry::geography)")
    };
    compared(random, &measure, &limit)
}

fn folded(random: &mut Random, words: Written) -> Written {
    match random.below(4) {
        0 => Written::called("casei", &[&words], format!("(lower({} COLLATE \"und-x-icu\") COLLATE \"C\")", words.sql)),
        1 => {
            let bare = format!("regexp_replace(normalize({}, NFD), '[\\u0300-\\u036f]', '', 'g')", words.sql);
            Written::called("accenti", &[&words], format!("normalize({bare}, NFC)"))
        }
        _ => words,
    }
}

fn a_text(random: &mut Random) -> Written {
    let words = match random.below(2) {
        0 => Written::property("name"),
        _ => Written::words(one(random, &NAMES)),
    };
    folded(random, words)
}

/// A name of which some characters became wildcards.
fn pattern(random: &mut Random) -> Written {
    let mut pattern = String::new();
    for c in one(random, &NAMES).chars() {
        match random.below(5) {
            0 => pattern.push('_'),
            1 => pattern.push('%'),
            _ if matches!(c, '%' | '_' | '\\') => pattern.extend(['\\', c]),
            _ => pattern.push(c),
        }
    }
    if random.below(3) == 0 {
        pattern.push('%');
    }
    let written = Written::words(&pattern);
    folded(random, written)
}

fn listed(random: &mut Random, value: &Written, part: fn(&mut Random) -> Written) -> Written {
    let list: Vec<Written> = (0..=random.below(4)).map(|_| part(random)).collect();
    let text: Vec<_> = list.iter().map(|part| part.text.as_str()).collect();
    let json: Vec<_> = list.iter().map(|part| &part.json).collect();
    let sql: Vec<_> = list.iter().map(|part| part.sql.as_str()).collect();
    Written::new(
        format!("({} IN ({}))", value.text, text.join(", ")),
        serde_json::json!({ "op": "in", "args": [value.json, json] }),
        format!("({} IN ({}))", value.sql, sql.join(", ")),
    )
}

fn between(value: &Written, low: &Written, high: &Written) -> Written {
    Written::new(
        format!("({} BETWEEN {} AND {})", value.text, low.text, high.text),
        serde_json::json!({ "op": "between", "args": [value.json, low.json, high.json] }),
        format!("({} BETWEEN {} AND {})", value.sql, low.sql, high.sql),
    )
}

fn a_day(random: &mut Random) -> Written {
    match random.below(3) {
        0 => Written::property("due"),
        1 => Written::property("ended"),
        _ => Written::day(&day(random).to_string()),
    }
}

/// Days and moments are compared as days in UTC.
fn mixed_times(random: &mut Random) -> Written {
    let seen = Written::property("seen");
    if random.below(2) == 0 {
        let other = Written::moment(&moment(random).to_string());
        return compared(random, &seen, &other);
    }
    let (other, operator) = (a_day(random), one(random, &COMPARISONS));
    Written::between(operator, &seen, &other, format!("((seen AT TIME ZONE 'UTC')::date {operator} {})", other.sql))
}

fn an_interval(random: &mut Random) -> (Written, String, String) {
    if random.below(2) == 0 {
        let written = Written::new(
            "INTERVAL(due, ended)",
            serde_json::json!({ "interval": [{ "property": "due" }, { "property": "ended" }] }),
            "",
        );
        return (written, "due".to_owned(), "ended".to_owned());
    }
    let (a, b) = (day(random), day(random));
    let (start, end) = (a.min(b).to_string(), a.max(b).to_string());
    let start = if random.below(5) == 0 { "..".to_owned() } else { start };
    let end = if random.below(5) == 0 { "..".to_owned() } else { end };
    let sql = |end: &str, open: &str| format!("date '{}'", if end == ".." { open } else { end });
    let (start_sql, end_sql) = (sql(&start, "-infinity"), sql(&end, "infinity"));
    let text = format!("INTERVAL('{start}', '{end}')");
    (Written::new(text, serde_json::json!({ "interval": [start, end] }), ""), start_sql, end_sql)
}

fn ordered(random: &mut Random) -> Written {
    let ((a, s1, e1), (b, s2, e2)) = (an_interval(random), an_interval(random));
    let (name, sql) = match random.below(15) {
        0 => ("t_after", format!("{s1} > {e2}")),
        1 => ("t_before", format!("{e1} < {s2}")),
        2 => ("t_contains", format!("{s1} < {s2} AND {e1} > {e2}")),
        3 => ("t_disjoint", format!("{s1} > {e2} OR {e1} < {s2}")),
        4 => ("t_during", format!("{s1} > {s2} AND {e1} < {e2}")),
        5 => ("t_equals", format!("{s1} = {s2} AND {e1} = {e2}")),
        6 => ("t_finishedBy", format!("{s1} < {s2} AND {e1} = {e2}")),
        7 => ("t_finishes", format!("{s1} > {s2} AND {e1} = {e2}")),
        8 => ("t_intersects", format!("NOT ({s1} > {e2} OR {e1} < {s2})")),
        9 => ("t_meets", format!("{e1} = {s2}")),
        10 => ("t_metBy", format!("{s1} = {e2}")),
        11 => ("t_overlappedBy", format!("{s1} > {s2} AND {s1} < {e2} AND {e1} > {e2}")),
        12 => ("t_overlaps", format!("{s1} < {s2} AND {e1} > {s2} AND {e1} < {e2}")),
        13 => ("t_startedBy", format!("{s1} = {s2} AND {e1} > {e2}")),
        _ => ("t_starts", format!("{s1} = {s2} AND {e1} < {e2}")),
    };
    Written::called(name, &[&a, &b], format!("({sql})"))
}

fn a_place(random: &mut Random) -> Written {
    if random.below(3) == 0 {
        let (a, b) = (random.point_in(AREA), random.point_in(AREA));
        return Written::bbox([a.x().min(b.x()), a.y().min(b.y()), a.x().max(b.x()), a.y().max(b.y())]);
    }
    Written::shape(&shape(random))
}

/// GEOS stumbles over collections whose parts overlap, and so PostGIS is asked about each part.
fn collected(random: &mut Random) -> Written {
    let parts: Vec<Geometry> = (0..2 + random.below(2)).map(|_| shape(random)).collect();
    let texts: Vec<String> = parts.iter().map(wkt).collect();
    let text = format!("GEOMETRYCOLLECTION({})", texts.join(","));
    let json: Vec<_> = parts.iter().map(|part| Written::shape(part).json).collect();
    let json = serde_json::json!({ "type": "GeometryCollection", "geometries": json });
    let (property, is_met) = (Written::property("geometry"), random.below(2) == 0);
    let each = texts.iter().map(|part| format!("ST_Intersects(geometry, ST_GeomFromText('{part}', 4326))"));
    let meets = format!("({})", each.collect::<Vec<_>>().join(" OR "));
    let collection = Written::new(text, json, "");
    let (name, sql) = if is_met { ("s_intersects", meets) } else { ("s_disjoint", format!("(NOT {meets})")) };
    Written::called(name, &[&property, &collection], sql)
}

fn related(random: &mut Random) -> Written {
    if random.below(8) == 0 {
        return collected(random);
    }
    let relations = ["intersects", "equals", "disjoint", "touches", "within", "overlaps", "crosses", "contains"];
    let relation = one(random, &relations);
    let (property, place) = (Written::property("geometry"), a_place(random));
    let (a, b) = if random.below(2) == 0 { (property, place) } else { (place, property) };
    Written::called(&format!("s_{relation}"), &[&a, &b], format!("ST_{relation}({}, {})", a.sql, b.sql))
}

fn predicate(random: &mut Random) -> Written {
    match random.below(12) {
        0 => {
            let (a, b) = (a_number(random, 2), a_number(random, 2));
            compared(random, &a, &b)
        }
        1 => {
            let (value, low, high) = (a_number(random, 1), a_number(random, 1), a_number(random, 1));
            between(&value, &low, &high)
        }
        2 => {
            let value = a_number(random, 1);
            listed(random, &value, |random| a_number(random, 1))
        }
        3 => {
            let (a, b) = (a_text(random), a_text(random));
            compared(random, &a, &b)
        }
        4 => {
            let name = Written::property("name");
            let (words, pattern) = (folded(random, name), pattern(random));
            let sql = format!("({} LIKE {})", words.sql, pattern.sql);
            Written::between("LIKE", &words, &pattern, sql)
        }
        5 => {
            let value = a_text(random);
            listed(random, &value, a_text)
        }
        6 => {
            let name = one(random, &["name", "floors", "open", "due", "seen", "geometry"]);
            let of = serde_json::json!({ "op": "isNull", "args": [{ "property": name }] });
            Written::new(format!("({name} IS NULL)"), of, format!("({name} IS NULL)"))
        }
        7 => {
            let (a, b) = (a_day(random), a_day(random));
            compared(random, &a, &b)
        }
        8 => mixed_times(random),
        9 => ordered(random),
        10 if random.below(4) == 0 => measured(random),
        10 => {
            let (open, known) = (Written::property("open"), random.below(2) == 0);
            let known = Written::new(known.to_string(), serde_json::json!(known), known.to_string());
            let operator = one(random, &["=", "<>"]);
            Written::between(operator, &open, &known, format!("(open {operator} {})", known.sql))
        }
        _ => related(random),
    }
}

fn expression(random: &mut Random, depth: u64) -> Written {
    if depth == 0 || random.below(3) == 0 {
        return predicate(random);
    }
    let a = expression(random, depth - 1);
    if random.below(4) == 0 {
        return a.negated();
    }
    let b = expression(random, depth - 1);
    let operator = one(random, &["AND", "OR"]);
    Written::between(operator, &a, &b, format!("({} {operator} {})", a.sql, b.sql))
}

#[test]
fn postgis_finds_the_same_features() {
    let mut random = Random::new(SEED);
    let rows: Vec<Row> = (0..FEATURES).map(|_| row(&mut random)).collect();
    let mut filters: Vec<Written> = (0..FILTERS / 2).map(|_| predicate(&mut random)).collect();
    filters.extend((0..FILTERS / 2).map(|_| expression(&mut random, 3)));

    let mut sql = format!("SET TIME ZONE 'UTC';\n{}", table(&rows));
    for filter in &filters {
        writeln!(sql, "SELECT coalesce(string_agg(id::text, ',' ORDER BY id), '') FROM features WHERE {};", filter.sql)
            .expect("text grows");
    }
    let answers = Cluster::start().run(&sql);
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), filters.len());

    let (mut found, mut differ) = (0, Vec::new());
    for (written, expected) in filters.iter().zip(answers) {
        let read = Filter::parse_text(&written.text, &queryables(), &Crs::crs84());
        let filter = read.unwrap_or_else(|fault| panic!("{}: {fault}", written.text));
        let from_json = Filter::parse_json(&written.json.to_string(), &queryables(), &Crs::crs84());
        assert_eq!(from_json.as_ref(), Ok(&filter), "{} and {}", written.text, written.json);
        let ids: Vec<usize> = (0..rows.len()).filter(|id| filter.matches(&rows[*id])).collect();
        for id in &ids {
            let meets = |window: guatu::spatial::BBox| {
                window.rects().any(|rect| geo::Intersects::intersects(&rect, &rows[*id].shape.rect()))
            };
            assert!(filter.bbox().is_none_or(meets), "{} matches outside of its box", written.text);
        }
        found += ids.len();
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        if ids.join(",") != expected {
            differ.push(format!(
                "{}\n  SQL {}\n  ours {}\n  theirs {expected}",
                written.text,
                written.sql,
                ids.join(",")
            ));
        }
    }
    assert!(differ.is_empty(), "seed {SEED}: {} filters differ:\n{}", differ.len(), differ.join("\n"));
    assert!(found > FILTERS * 20, "the filters are too narrow to tell anything: {found} matches");
}
