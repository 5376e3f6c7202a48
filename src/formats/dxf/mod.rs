//! Writes drawings for CAD programs: DXF of AutoCAD 2007, the first that is UTF-8 throughout. Out only: a drawing says too little to come in.

mod entities;
mod frame;
mod write;

pub use write::Writer;
