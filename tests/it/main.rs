//! All integration tests in one binary, so that they link once.

#![allow(
    clippy::cast_possible_truncation,
    clippy::duplicate_mod,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    clippy::panic,
    reason = "tests compare exact values of small numbers, and stop where an expectation fails"
)]

mod accounts;
mod architecture;
mod atlas;
mod binary;
mod changing;
mod cluster;
mod conformance;
mod cql2;
mod demo;
mod desktop;
mod durability;
mod edge;
mod editing;
mod field;
mod files;
mod foreign;
mod gpkg;
mod guarded;
mod hostile;
mod imports;
mod index;
mod interchange;
mod licences;
mod lights;
mod measure;
mod moving;
mod ogc;
mod openapi;
mod outage;
mod plan_api;
mod postgres;
mod proxy;
mod seeds;
mod sequence;
mod spatial_api;
mod store;
mod support;
mod tile_sets;
mod tiles;
