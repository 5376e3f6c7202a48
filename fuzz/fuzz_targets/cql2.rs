//! Any bytes as a CQL2 filter, text and JSON: refused, or put to a feature with everything and to one with nothing.

#![no_main]

use std::sync::LazyLock;

use geo::polygon;
use guatu::spatial::filter::{Filter, Lookup, Operand, PropertyType, Queryables};
use guatu::spatial::{Crs, Shape};
use libfuzzer_sys::fuzz_target;

struct Feature(Option<Shape>);

impl Lookup for Feature {
    fn property(&self, name: &str) -> Operand<'_> {
        let Some(shape) = &self.0 else { return Operand::Null };
        match name {
            "t" => Operand::Text("嘉兴 Café_100%"),
            "n" => Operand::Number(7.0),
            "b" => Operand::Boolean(true),
            "d" => Operand::Date(guatu::plan::Date::constant(2019, 6, 30)),
            "s" => Operand::Timestamp(guatu::plan::Timestamp::UNIX_EPOCH),
            _ => Operand::Geometry(shape),
        }
    }
}

static QUERYABLES: LazyLock<Queryables> = LazyLock::new(|| {
    let all = [
        ("t", PropertyType::Text),
        ("n", PropertyType::Number),
        ("b", PropertyType::Boolean),
        ("d", PropertyType::Date),
        ("s", PropertyType::Timestamp),
        ("g", PropertyType::Geometry),
    ];
    Queryables::new(all.map(|(name, property_type)| (name.to_owned(), property_type)))
});

static FEATURES: LazyLock<[Feature; 2]> = LazyLock::new(|| {
    let square = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 0.0), (x: 1.0, y: 1.0), (x: 0.0, y: 1.0)];
    [Feature(Some(Shape::new(square.into()).expect("a valid square"))), Feature(None)]
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for crs in [Crs::crs84(), Crs::epsg(4549).expect("it is known")] {
        for read in [Filter::parse_text, Filter::parse_json] {
            if let Ok(filter) = read(text, &QUERYABLES, &crs) {
                FEATURES.iter().for_each(|feature| drop(filter.matches(feature)));
            }
        }
    }
});
