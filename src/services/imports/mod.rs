//! Files of others on their way into the plan: what they hold, what would become of it, row by row, and the edits that make it so.
//!
//! A preview is made by the rules that a commit is held to. What is read and judged here is pure; `shelf` keeps the files.

mod candidate;
mod checked;
mod features;
mod layers;
mod mapping;
mod matching;
mod offset;
mod preview;
mod shelf;
mod suggest;
mod values;

pub use candidate::{FieldChange, ImportRow, Outcome};
pub use layers::Source;
pub use mapping::{Defaults, FieldNames, LayerMapping, Mapping, Matching, WorkbookMapping};
pub use preview::{Counts, Preview, Warning, WarningCode, preview};
pub use shelf::{Committed, Import, ImportError, Imports, MAX_ALL_BYTES, MAX_ALL_IMPORTS, Receiving, Room};
pub use suggest::{Inspection, inspect};

/// The longest file. Longer ones come in parts, or on the machine by `guatu import`.
pub const MAX_UPLOAD_BYTES: u64 = 256 << 20;

/// Records that one import may bring or remove: a commit of so many takes seconds, and they are undone as one.
pub const MAX_IMPORT_RECORDS: usize = 20_000;

/// Vertices of all shapes of an import: some 100 for each of its records; they are in memory twice while a preview is kept.
pub const MAX_IMPORT_VERTICES: usize = 2_000_000;
