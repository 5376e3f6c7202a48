//! All integration tests in one binary, so that they link once.

mod architecture;
mod atlas;
mod binary;
mod foreign;
mod gpkg;
mod hostile;
mod index;
mod measure;
mod ogc;
mod openapi;
mod plan_api;
mod seeds;
mod spatial_api;
mod store;
mod support;
mod tiles;
