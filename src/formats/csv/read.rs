//! x
use super::super::layer::*;
use std::io::{Read, Seek};
pub const LONE_LAYER: &str = "csv";
pub fn inspect(_: &mut (impl Read + Seek)) -> Result<Inspected, ReadError> {
    Err(ReadError::refused("x", "y"))
}
pub fn read(_: &mut (impl Read + Seek), _l: &str, _o: &ReadOptions, _v: Visitor) -> Result<(), ReadError> {
    Err(ReadError::refused("x", "y"))
}
