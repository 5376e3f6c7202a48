//! SAY IT: records and shapes in the formats of others, both ways. Pure: bytes in, values out.

pub mod gpkg;
pub mod seeds;
