//! The spatial SQL functions that the R-tree triggers of a GeoPackage call (its Annex F.3), and no others.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error};

use geo::Rect;

use crate::formats::gpkg;

type Bound = fn(Rect) -> f64;

const BOUNDS: [(&str, Bound); 4] = [
    ("ST_MinX", |rect| rect.min().x),
    ("ST_MaxX", |rect| rect.max().x),
    ("ST_MinY", |rect| rect.min().y),
    ("ST_MaxY", |rect| rect.max().y),
];

pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    for (name, bound) in BOUNDS {
        connection.create_scalar_function(name, 1, flags, move |context| Ok(rect(context)?.flatten().map(bound)))?;
    }
    connection.create_scalar_function("ST_IsEmpty", 1, flags, |context| Ok(rect(context)?.map(|rect| rect.is_none())))
}

/// The outer option is SQL's NULL, the inner an empty geometry.
fn rect(context: &Context<'_>) -> rusqlite::Result<Option<Option<Rect>>> {
    match context.get_raw(0) {
        ValueRef::Null => Ok(None),
        ValueRef::Blob(blob) => gpkg::rect(blob).map(Some).map_err(|fault| Error::UserFunctionError(fault.into())),
        other => Err(Error::UserFunctionError(format!("a geometry is a BLOB, not {}", other.data_type()).into())),
    }
}
