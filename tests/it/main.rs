//! All integration tests in one binary, so that they link once.

mod atlas;
mod index;
mod measure;
mod seeds;
mod support;
