//! What several test modules need. One small file for each matter.

pub mod gdal;
pub mod plan;
