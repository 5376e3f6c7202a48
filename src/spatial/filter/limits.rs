//! How large a filter may be. Filters come from anybody, and each is put to many features.

/// Bytes of a filter as it is sent. It holds the largest literal that there may be, with room for heights and many decimals.
pub const MAX_BYTES: usize = 65_536;

/// Operators, properties and literals of a filter: an `IN` of some hundred names and a form with every field filled in fit.
pub const MAX_NODES: usize = 1_000;

/// Operators inside operators. People write five; a reader that recurses stays within a small stack, and JSON (two levels for each) within what its parser takes.
pub const MAX_DEPTH: usize = 48;

/// Vertices of all geometries in a filter. A district's outline, simplified, has some hundred.
pub const MAX_VERTICES: usize = 1_000;

/// Characters of a `LIKE` pattern. Its cost for each feature is at most this times the length of the text.
pub const MAX_PATTERN: usize = 256;

/// What a filter may cost for one feature of a usual size, in steps of about ten nanoseconds: a comparison is one step, whatever else takes more counts as more.
/// What it does cost for the features that there are is counted as it goes, by [`super::Work`].
pub const MAX_COST: usize = 20_000;

/// Bytes of a text of usual size: a name in both scripts.
pub(super) const USUAL_TEXT: usize = 64;

/// Vertices of a shape of usual size.
pub(super) const USUAL_VERTICES: usize = 4;

/// Comparing without case or accents makes a new text; and for each byte of it.
pub(super) const FOLD_COST: [usize; 2] = [6, 1];

/// Looking for a pattern in a text, and for each two bytes of the text that are held against a place of the pattern.
pub(super) const LIKE_COST: [usize; 2] = [2, 1];

/// Whether two shapes meet, for each vertex of both, and for each four pairs of vertices: without an index every side is held against every other.
pub(super) const MEET_COST: [usize; 3] = [100, 2, 1];

/// Any other relation between two shapes, which takes a graph of both, and for each vertex.
pub(super) const RELATE_COST: [usize; 2] = [2_000, 10];

/// Measures on the ellipsoid, and for each vertex.
pub(super) const MEASURE_COST: [usize; 2] = [100, 60];
