//! Writes drawings for CAD programs: DXF of AutoCAD 2000, its text in GBK. Out only: a drawing says too little to come in.
//!
//! AutoCAD 2007's own encoding is UTF-8, but GDAL 3.6 reads even such a drawing in the code page of its header, and takes none for UTF-8.
//! GBK in a drawing of 2000 is read by all: AutoCAD, LibreCAD, QGIS, GDAL.

mod entities;
mod frame;
mod text;
mod write;

pub use write::Writer;
