//! Workbooks (Office Open XML): layers and tables as sheets, both ways. A sheet is a row of headings and rows of typed cells; formulas are
//! read as the values that were stored with them, and nothing is computed.

mod book;
mod cells;
mod read;
mod write;
mod xml;

pub use read::{inspect, read, tables};
pub use write::Writer;

/// The sheet that says what the columns of the others mean. Readers leave it out.
pub const README: &str = "readme";

/// Rows of a sheet, the headings among them.
const MAX_ROWS: u32 = 1_048_576;

/// UTF-16 units that a cell holds.
const MAX_CELL_UNITS: usize = 32_767;
