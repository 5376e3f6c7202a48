//! What several tests need: seeded random shapes, and the two plans in the tree.

pub mod plans;
pub mod random;
