//! WHAT: the plan's own words and rules: sections, targets, quotas, projects, themes, places, stages, lights, changes.
//!
//! Pure: no I/O, no async, and no clock; whoever asks for a light says for which day.

mod access;
mod change;
mod inspection;
mod light;
mod patch;
mod records;
mod rollup;
pub mod rules;
mod slug;
mod words;

pub use access::{Caller, Identity, Right, SignedInBy, UserName, UserNameError, UserRole, rights_of};
pub use change::{Batch, Change, ChangeKind, Edit, Expected, Record, RecordKey, RecordType, RequestKey};
pub use inspection::{
    Decision, Fix, FixSource, Inspection, InspectionRule, InspectionState, MAX_NOTE_CHARS, MAX_PHOTOS, Mark, Photo,
    PhotoTime, PhotoType, Standing, marks,
};
pub use light::{Evidence, LightCode, LightReading, LightRule, light};
pub use patch::{MAX_INSPECTORS, MAX_PATCH_REACH_M, Patch, PatchRole};
pub use records::{
    Collection, Feature, Investment, Milestone, Plan, Project, Quota, Reading, Relations, Role, Section, Target,
    TargetStatus, Theme, is_reserved_collection,
};
pub use rollup::{Rollup, Tally};
pub use rules::Violation;
pub use slug::{Slug, SlugError};
pub use words::{Aim, Kind, Light, Op, Position, Stage, Text, Visibility, Word, WordError};

/// The schema of a date is a string; the calendar type is jiff's.
pub type Date = jiff::civil::Date;
pub type Timestamp = jiff::Timestamp;
