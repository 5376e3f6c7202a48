//! Fills the R-tree of a layer at once: packed bottom-up and written into the tables in which SQLite keeps it.
//!
//! One `INSERT` for each feature takes SQLite several times as long as the feature itself. The layout of these tables is a part of SQLite's
//! file format and as stable; `rtreecheck` holds the result to it in tests.

use std::cmp::Ordering;

use geo::Rect;
use rusqlite::{Connection, Result, params};

use super::rtree::{index_name, quoted};

/// Cells of a node: what SQLite takes for a page of 4096 bytes, whose node then has `NODE_BYTES`.
const MAX_CELLS: usize = 51;

/// Bytes of a cell: a number of 64 bits and four of 32.
const CELL_BYTES: usize = 24;

/// Bytes of a node: depth, count of cells, cells.
const NODE_BYTES: usize = 4 + MAX_CELLS * CELL_BYTES;

/// The number that SQLite gives to the root.
const ROOT: i64 = 1;

/// A box that holds its geometry: rounded outward to what the index keeps. Of a feature, later of a node.
#[derive(Clone, Copy, Debug)]
struct Cell {
    number: i64,
    west: f32,
    east: f32,
    south: f32,
    north: f32,
}

/// The boxes of a layer until its end. Memory: 24 bytes a feature, and 16 more while it is written.
#[derive(Debug, Default)]
pub(super) struct Boxes(Vec<Cell>);

impl Boxes {
    pub(super) fn push(&mut self, number: i64, rect: Rect) {
        self.0.push(Cell {
            number,
            west: down(rect.min().x),
            east: up(rect.max().x),
            south: down(rect.min().y),
            north: up(rect.max().y),
        });
    }

    /// Fills the index of a table, which must be empty. Cost: O(n log n).
    pub(super) fn write(self, connection: &Connection, table: &str) -> Result<()> {
        let shadow = |part: &str| quoted(&format!("{}_{part}", index_name(table)));
        let mut nodes = connection.prepare(&format!("INSERT OR REPLACE INTO {} VALUES (?, ?)", shadow("node")))?;
        let mut cells = self.0;
        let mut next = ROOT + 1;
        let mut depth = 0_u16;
        while cells.len() > MAX_CELLS {
            let mut above = Vec::with_capacity(cells.len().div_ceil(MAX_CELLS / 2));
            let mut homes = Vec::with_capacity(cells.len());
            tile(&mut cells, |node| {
                nodes.execute(params![next, bytes(node, 0)])?;
                homes.extend(node.iter().map(|cell| (cell.number, next)));
                above.push(around(node, next));
                next += 1;
                Ok(())
            })?;
            // In the order of their table's key, rows are appended without a search.
            homes.sort_unstable();
            let part = if depth == 0 { "rowid" } else { "parent" };
            record(connection, &shadow(part), homes)?;
            cells = above;
            depth += 1;
        }
        nodes.execute(params![ROOT, bytes(&cells, depth)])?;
        let mut homes: Vec<_> = cells.iter().map(|cell| (cell.number, ROOT)).collect();
        homes.sort_unstable();
        record(connection, &shadow(if depth == 0 { "rowid" } else { "parent" }), homes)
    }
}

fn record(connection: &Connection, table: &str, homes: Vec<(i64, i64)>) -> Result<()> {
    let mut statement = connection.prepare(&format!("INSERT INTO {table} VALUES (?, ?)"))?;
    for home in homes {
        statement.execute(home)?;
    }
    Ok(())
}

/// Sorts cells into tiles, each a node's: strips from west to east, each of them from south to north.
fn tile(cells: &mut [Cell], mut take: impl FnMut(&[Cell]) -> Result<()>) -> Result<()> {
    let nodes = cells.len().div_ceil(MAX_CELLS);
    let strips = nodes.isqrt().max(1);
    let by = |key: fn(&Cell) -> f32| move |a: &Cell, b: &Cell| key(a).partial_cmp(&key(b)).unwrap_or(Ordering::Equal);
    cells.sort_unstable_by(by(|cell| cell.west + cell.east));
    for strip in even(cells, strips) {
        strip.sort_unstable_by(by(|cell| cell.south + cell.north));
        let nodes = strip.len().div_ceil(MAX_CELLS);
        for node in even(strip, nodes) {
            take(node)?;
        }
    }
    Ok(())
}

/// Cuts into `count` parts that differ by one at most.
fn even(mut cells: &mut [Cell], count: usize) -> impl Iterator<Item = &mut [Cell]> {
    (0..count).map(move |place| {
        let left = std::mem::take(&mut cells);
        let length = left.len().div_ceil(count - place);
        let (part, rest) = left.split_at_mut(length);
        cells = rest;
        part
    })
}

fn around(cells: &[Cell], number: i64) -> Cell {
    let empty =
        Cell { number, west: f32::INFINITY, east: f32::NEG_INFINITY, south: f32::INFINITY, north: f32::NEG_INFINITY };
    cells.iter().fold(empty, |whole, cell| Cell {
        number,
        west: whole.west.min(cell.west),
        east: whole.east.max(cell.east),
        south: whole.south.min(cell.south),
        north: whole.north.max(cell.north),
    })
}

fn bytes(cells: &[Cell], depth: u16) -> Vec<u8> {
    let count = u16::try_from(cells.len()).expect("a node has at most MAX_CELLS cells");
    let mut node = Vec::with_capacity(NODE_BYTES);
    node.extend(depth.to_be_bytes());
    node.extend(count.to_be_bytes());
    for cell in cells {
        node.extend(cell.number.to_be_bytes());
        for bound in [cell.west, cell.east, cell.south, cell.north] {
            node.extend(bound.to_be_bytes());
        }
    }
    node.resize(NODE_BYTES, 0);
    node
}

#[expect(clippy::cast_possible_truncation, reason = "it is rounded outward afterwards")]
fn down(value: f64) -> f32 {
    let near = value as f32;
    if f64::from(near) > value { near.next_down() } else { near }
}

#[expect(clippy::cast_possible_truncation, reason = "it is rounded outward afterwards")]
fn up(value: f64) -> f32 {
    let near = value as f32;
    if f64::from(near) < value { near.next_up() } else { near }
}
