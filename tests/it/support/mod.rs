//! What several test modules need. One small file for each matter.

pub mod accounts;
pub mod binary;
pub mod bucket;
pub mod field;
pub mod gdal;
pub mod http;
pub mod listener;
pub mod office;
pub mod oidc;
pub mod plan;
pub mod plans;
pub mod postgis;
pub mod random;
