//! Features in their table: put by columns, read as they stand.

use tokio_postgres::types::Type;

use super::fault::Fault;
use super::log::number;
use super::steps::{Step, integer, value};
use super::text;
use crate::atlas::Row;
use crate::formats::gpkg;
use crate::plan::{Feature, Slug, Text};
use crate::spatial::Shape;

/// How many features a statement brings at most.
const CHUNK: usize = 2_000;

/// What [`read`] reads; `c` is the collection. Its types are [`TYPES`].
pub(super) const COLUMNS: &str = "f.number, f.collection, f.id, f.version, f.project, f.name_zh, f.name_en, f.class,
    f.accuracy_m, f.position, f.basis_zh, f.basis_en, ST_AsBinary(f.geom, 'NDR'), c.geometry_type";

pub(super) const TYPES: [Type; 14] = [
    Type::INT8,
    Type::TEXT,
    Type::TEXT,
    Type::INT8,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::FLOAT8,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::BYTEA,
    Type::TEXT,
];

pub(super) fn put(features: &[(u64, &Feature)]) -> Vec<Step> {
    features.chunks(CHUNK).map(put_chunk).collect()
}

fn put_chunk(features: &[(u64, &Feature)]) -> Step {
    let texts =
        |of: &dyn Fn(&Feature) -> String| value(features.iter().map(|(_, feature)| of(feature)).collect::<Vec<_>>());
    let some = |of: &dyn Fn(&Feature) -> Option<String>| {
        value(features.iter().map(|(_, feature)| of(feature)).collect::<Vec<_>>())
    };
    let kept = |text: &str| text::keep(text).into_owned();
    let wkb = |feature: &Feature| {
        gpkg::to_wkb(feature.shape.geometry()).expect("a shape has one of the six types since it was checked")
    };
    let values = vec![
        value(features.iter().map(|(_, feature)| integer(feature.number)).collect::<Vec<_>>()),
        texts(&|feature| feature.collection.to_string()),
        texts(&|feature| feature.id.to_string()),
        value(features.iter().map(|(version, _)| integer(*version)).collect::<Vec<_>>()),
        some(&|feature| feature.project.as_ref().map(Slug::to_string)),
        texts(&|feature| kept(&feature.name.zh)),
        texts(&|feature| kept(&feature.name.en)),
        some(&|feature| feature.class.as_ref().map(Slug::to_string)),
        value(features.iter().map(|(_, feature)| feature.accuracy_m).collect::<Vec<_>>()),
        texts(&|feature| feature.position.to_string()),
        some(&|feature| feature.basis.as_ref().map(|basis| kept(&basis.zh))),
        some(&|feature| feature.basis.as_ref().map(|basis| kept(&basis.en))),
        value(features.iter().map(|(_, feature)| wkb(feature)).collect::<Vec<_>>()),
    ];
    let sql = "INSERT INTO guatu.features (number, collection, id, version, project, name_zh, name_en, class, accuracy_m,
                                           position, basis_zh, basis_en, geom)
        SELECT number, collection, id, version, project, name_zh, name_en, class, accuracy_m, position, basis_zh, basis_en,
               ST_GeomFromWKB(geom, 4326)
        FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
                    $9::float8[], $10::text[], $11::text[], $12::text[], $13::bytea[])
          AS g (number, collection, id, version, project, name_zh, name_en, class, accuracy_m, position, basis_zh, basis_en, geom)
        ON CONFLICT (collection, id) DO UPDATE SET number = excluded.number, version = excluded.version,
          project = excluded.project, name_zh = excluded.name_zh, name_en = excluded.name_en, class = excluded.class,
          accuracy_m = excluded.accuracy_m, position = excluded.position, basis_zh = excluded.basis_zh,
          basis_en = excluded.basis_en, geom = excluded.geom";
    Step::new(sql, values)
}

/// Keeps for whom numbers are.
pub(super) fn claim<'a>(numbers: impl Iterator<Item = (u64, &'a Slug, &'a Slug)>) -> Option<Step> {
    let (mut taken, mut collections, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for (number, collection, id) in numbers {
        taken.push(integer(number));
        collections.push(collection.to_string());
        ids.push(id.to_string());
    }
    let sql = "INSERT INTO guatu.feature_numbers (number, collection, id)
               SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[])";
    (!taken.is_empty()).then(|| Step::new(sql, vec![value(taken), value(collections), value(ids)]))
}

/// A row of a query or of a copy.
pub(super) trait Cells {
    fn get<'a, T: tokio_postgres::types::FromSql<'a>>(&'a self, at: usize) -> Result<T, tokio_postgres::Error>;
}

impl Cells for tokio_postgres::Row {
    fn get<'a, T: tokio_postgres::types::FromSql<'a>>(&'a self, at: usize) -> Result<T, tokio_postgres::Error> {
        self.try_get(at)
    }
}

impl Cells for tokio_postgres::binary_copy::BinaryCopyOutRow {
    fn get<'a, T: tokio_postgres::types::FromSql<'a>>(&'a self, at: usize) -> Result<T, tokio_postgres::Error> {
        self.try_get(at)
    }
}

/// Shapes are checked as if they came from a stranger: other programs may write the database too.
pub(super) fn read(row: &impl Cells) -> Result<Row<Feature>, Fault> {
    let wrong = |fault: &dyn std::fmt::Display| Fault::Row { table: "features", reason: fault.to_string() };
    let slug = |text: &str| text.parse::<Slug>().map_err(|fault| wrong(&fault));
    let some = |at: usize| row.get::<Option<&str>>(at);
    let told = |text: &str| text::tell(text.to_owned());
    let declared: &str = row.get(13)?;
    let geometry = gpkg::from_wkb(row.get(12)?).map_err(|fault| wrong(&fault))?;
    let shape = Shape::new(geometry).map_err(|fault| wrong(&fault))?;
    if shape.geometry_type().to_string() != declared {
        return Err(wrong(&format!("a {} in a collection that holds {declared}s", shape.geometry_type())));
    }
    let feature = Feature {
        number: number(row.get(0)?),
        collection: slug(row.get(1)?)?,
        id: slug(row.get(2)?)?,
        project: some(4)?.map(slug).transpose()?,
        name: Text { zh: told(row.get(5)?), en: told(row.get(6)?) },
        class: some(7)?.map(slug).transpose()?,
        accuracy_m: row.get(8)?,
        position: row.get::<&str>(9)?.parse().map_err(|fault| wrong(&fault))?,
        basis: some(10)?.zip(some(11)?).map(|(zh, en)| Text { zh: told(zh), en: told(en) }),
        shape,
    };
    Ok(Row { version: number(row.get(3)?), value: feature })
}
