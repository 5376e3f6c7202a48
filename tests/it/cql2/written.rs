//! A filter written three ways: as CQL2 text, as CQL2 JSON, and as SQL.

use geo::{Coord, CoordsIter, Geometry, LineString, Polygon};
use serde_json::{Value, json};

#[derive(Clone, Debug)]
pub struct Written {
    pub text: String,
    pub json: Value,
    pub sql: String,
}

impl Written {
    pub fn new(text: impl Into<String>, json: Value, sql: impl Into<String>) -> Written {
        Written { text: text.into(), json, sql: sql.into() }
    }

    pub fn property(name: &str) -> Written {
        Written::new(name, json!({ "property": name }), name)
    }

    pub fn number(number: f64) -> Written {
        // SQL's `- 1` binds differently from a literal where a power follows, and plain digits make integers.
        Written::new(number.to_string(), json!(number), format!("({number})::float8"))
    }

    pub fn words(text: &str) -> Written {
        let quoted = format!("'{}'", text.replace('\'', "''"));
        Written::new(quoted.clone(), json!(text), format!("({quoted} COLLATE \"C\")"))
    }

    pub fn day(day: &str) -> Written {
        Written::new(format!("DATE('{day}')"), json!({ "date": day }), format!("date '{day}'"))
    }

    pub fn moment(moment: &str) -> Written {
        Written::new(
            format!("TIMESTAMP('{moment}')"),
            json!({ "timestamp": moment }),
            format!("timestamptz '{moment}'"),
        )
    }

    pub fn shape(geometry: &Geometry) -> Written {
        let text = wkt(geometry);
        let json =
            serde_json::to_value(geojson::Geometry::new(geojson::GeometryValue::from(geometry))).expect("GeoJSON");
        Written::new(text.clone(), json, format!("ST_GeomFromText('{text}', 4326)"))
    }

    pub fn bbox([west, south, east, north]: [f64; 4]) -> Written {
        Written::new(
            format!("BBOX({west},{south},{east},{north})"),
            json!({ "bbox": [west, south, east, north] }),
            format!("ST_MakeEnvelope({west},{south},{east},{north},4326)"),
        )
    }

    /// An operator between two, in brackets.
    pub fn between(operator: &str, a: &Written, b: &Written, sql: impl Into<String>) -> Written {
        Written::new(
            format!("({} {operator} {})", a.text, b.text),
            json!({ "op": operator.to_lowercase(), "args": [a.json, b.json] }),
            sql,
        )
    }

    /// A function of the standard or of ours.
    pub fn called(name: &str, operands: &[&Written], sql: impl Into<String>) -> Written {
        let text: Vec<_> = operands.iter().map(|operand| operand.text.as_str()).collect();
        let json: Vec<_> = operands.iter().map(|operand| &operand.json).collect();
        Written::new(format!("{}({})", name.to_uppercase(), text.join(", ")), json!({ "op": name, "args": json }), sql)
    }

    pub fn negated(&self) -> Written {
        Written::new(
            format!("NOT ({})", self.text),
            json!({ "op": "not", "args": [self.json] }),
            format!("NOT ({})", self.sql),
        )
    }
}

/// Well-known text with all digits.
pub fn wkt(geometry: &Geometry) -> String {
    let place = |Coord { x, y }: Coord| format!("{x} {y}");
    let line = |line: &LineString| format!("({})", line.coords().copied().map(place).collect::<Vec<_>>().join(","));
    let polygon = |polygon: &Polygon| {
        let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(line);
        format!("({})", rings.collect::<Vec<_>>().join(","))
    };
    match geometry {
        Geometry::Point(point) => format!("POINT({})", place(point.0)),
        Geometry::LineString(of) => format!("LINESTRING{}", line(of)),
        Geometry::Polygon(of) => format!("POLYGON{}", polygon(of)),
        Geometry::MultiPoint(points) => {
            format!("MULTIPOINT({})", points.coords_iter().map(place).collect::<Vec<_>>().join(","))
        }
        Geometry::MultiLineString(lines) => {
            format!("MULTILINESTRING({})", lines.iter().map(line).collect::<Vec<_>>().join(","))
        }
        Geometry::MultiPolygon(polygons) => {
            format!("MULTIPOLYGON({})", polygons.iter().map(polygon).collect::<Vec<_>>().join(","))
        }
        other => panic!("no shape: {other:?}"),
    }
}
