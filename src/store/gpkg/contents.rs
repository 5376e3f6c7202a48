//! Keeps `gpkg_contents` true: when each table last changed, and the rectangle around each table of features.

use std::collections::{BTreeMap, BTreeSet};

use geo::{Coord, Rect};
use rusqlite::{Connection, OptionalExtension, params};

use super::fault::Fault;
use super::log::datetime;
use crate::plan::{Slug, Timestamp};

/// What one transaction did to the tables.
#[derive(Default)]
pub(super) struct Touched {
    tables: BTreeSet<String>,
    rects: BTreeMap<Slug, Moved>,
}

/// Rectangles that came into a table of features, all in one, and those that went.
#[derive(Default)]
struct Moved {
    came: Option<Rect>,
    went: Option<Rect>,
}

impl Touched {
    pub(super) fn table(&mut self, name: &str) {
        if !self.tables.contains(name) {
            self.tables.insert(name.to_owned());
        }
    }

    pub(super) fn feature(&mut self, collection: &Slug, before: Option<Rect>, after: Option<Rect>) {
        self.table(collection.as_str());
        if before == after {
            return;
        }
        let moved = self.rects.entry(collection.clone()).or_default();
        moved.went = join(moved.went, before);
        moved.came = join(moved.came, after);
    }

    /// Cost: constant for each table, but a scan of one from which something at the edge of its extent went.
    pub(super) fn record(self, connection: &Connection, at: Timestamp) -> Result<(), Fault> {
        let mut statement =
            connection.prepare_cached("UPDATE gpkg_contents SET last_change = ? WHERE table_name = ?")?;
        for table in self.tables {
            statement.execute(params![datetime(at), table])?;
        }
        for (collection, moved) in self.rects {
            let Some(known) = extent(connection, &collection)? else { continue };
            let is_edge_gone = moved.went.is_some_and(|went| !known.is_some_and(|known| is_inside(went, known)));
            let extent = if is_edge_gone { measure(connection, &collection)? } else { join(known, moved.came) };
            connection
                .prepare_cached(
                    "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?",
                )?
                .execute(params![
                    extent.map(|rect| rect.min().x),
                    extent.map(|rect| rect.min().y),
                    extent.map(|rect| rect.max().x),
                    extent.map(|rect| rect.max().y),
                    collection.as_str(),
                ])?;
        }
        Ok(())
    }
}

fn join(a: Option<Rect>, b: Option<Rect>) -> Option<Rect> {
    let (Some(a), Some(b)) = (a, b) else { return a.or(b) };
    Some(Rect::new(
        Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) },
        Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) },
    ))
}

/// Inside without touching the edge.
fn is_inside(inner: Rect, outer: Rect) -> bool {
    let (low, high) = (inner.min(), inner.max());
    low.x > outer.min().x && low.y > outer.min().y && high.x < outer.max().x && high.y < outer.max().y
}

/// The extent on record; the outer option is none when the collection is gone.
fn extent(connection: &Connection, collection: &Slug) -> Result<Option<Option<Rect>>, Fault> {
    let mut statement =
        connection.prepare_cached("SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?")?;
    Ok(statement.query_row([collection.as_str()], rect).optional()?)
}

fn measure(connection: &Connection, collection: &Slug) -> Result<Option<Rect>, Fault> {
    let sql = format!(
        "SELECT min(ST_MinX(geom)), min(ST_MinY(geom)), max(ST_MaxX(geom)), max(ST_MaxY(geom)) FROM \"{collection}\""
    );
    Ok(connection.query_row(&sql, [], rect)?)
}

fn rect(row: &rusqlite::Row) -> rusqlite::Result<Option<Rect>> {
    let bounds: [Option<f64>; 4] = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?];
    Ok(match bounds {
        [Some(west), Some(south), Some(east), Some(north)] => {
            Some(Rect::new(Coord { x: west, y: south }, Coord { x: east, y: north }))
        }
        _ => None,
    })
}
