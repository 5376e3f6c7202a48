//! The one thing that is read of a file: its layers and sheets, whatever its format.

use std::io::{Read, Seek};
use std::ops::ControlFlow;
use std::path::Path;

use crate::formats::layer::{Inspected, ReadError, ReadOptions, ReadRow};
use crate::formats::read::{self, SourceFormat};
use crate::formats::table::ReadTable;

/// A file that is to be read.
pub struct Source<'a, F> {
    pub format: SourceFormat,
    pub file: &'a mut F,
    /// Where it is, for the one format that is a database.
    pub path: &'a Path,
}

impl<F: Read + Seek> Source<'_, F> {
    pub fn inspect(&mut self) -> Result<Inspected, ReadError> {
        read::inspect(self.format, self.file, self.path)
    }

    pub fn read(
        &mut self,
        layer: &str,
        options: &ReadOptions,
        visit: &mut dyn FnMut(ReadRow) -> ControlFlow<()>,
    ) -> Result<(), ReadError> {
        read::read(self.format, self.file, self.path, layer, options, visit)
    }

    pub fn tables(&mut self) -> Result<Vec<ReadTable>, ReadError> {
        read::tables(self.format, self.file)
    }
}
