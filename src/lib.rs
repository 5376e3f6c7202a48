//! Guatu (挂图): a district's annual work plan as a living map.
//!
//! The rooms, lowest first; a room imports only rooms above it in this list (`tests/it/architecture.rs` holds them to it).

pub mod spatial;

pub mod plan;

pub mod formats;
pub mod index;

pub mod atlas;

pub mod store;

pub mod services;

pub mod http;

pub mod app;
pub mod cli;
pub mod config;
