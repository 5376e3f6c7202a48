//! The plan as a workbook: a sheet for each type of record, both ways. One list of columns makes the sheets and reads them, so that
//! what is written reads back as it was. Features stay out: places are layers. Knows no file format and decides nothing.

mod cells;
mod fault;
mod readme;
mod record;
mod sheets;
mod take;
mod write;

pub use fault::Fault;
pub use readme::{Explanation, example, rules};
pub use sheets::is_sheet;
pub use take::{Absent, Taken, Wanted, WorkbookError, take};
pub use write::{tables, template};
