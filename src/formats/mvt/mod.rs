//! Writes Mapbox Vector Tiles 2.1: shapes in, one encoded layer out; layers put after each other are a tile.
//!
//! No shape that meets a tile vanishes from it: what shrinks below the grid stays as its smallest mark, so that a project is
//! never missing from the map.

mod fit;

use fast_mvt::{DEFAULT_EXTENT, MvtCoord, MvtGeomType, MvtLayerBuilder, MvtResult, MvtValueRef};

use super::Value;
use crate::spatial::{Shape, TileId};
use fit::{Fitted, fit};

/// The tile's side in its own units.
pub(crate) const EXTENT: i32 = DEFAULT_EXTENT.get().cast_signed();

/// Units beyond the tile's edge that shapes are kept to, so that outlines and symbols join across tiles.
pub(crate) const BUFFER: i32 = 128;

/// How far beyond its edge a tile must look for features, as a share of its side.
pub const MARGIN: f64 = BUFFER as f64 / EXTENT as f64;

#[derive(Debug, thiserror::Error)]
#[error("the tile cannot be encoded: {0}")]
pub struct MvtError(#[from] fast_mvt::MvtError);

/// A layer that is being written.
pub struct Layer {
    builder: MvtLayerBuilder,
    tile: TileId,
    count: usize,
}

impl Layer {
    /// # Errors
    /// When the encoder refuses the name.
    pub fn new(name: &str, tile: TileId) -> Result<Layer, MvtError> {
        Ok(Layer { builder: MvtLayerBuilder::new(name)?, tile, count: 0 })
    }

    /// Adds a feature, clipped, simplified and rounded; leaves it out when it does not meet the tile.
    ///
    /// # Errors
    /// When the encoder refuses a property.
    pub fn add<'a>(
        self,
        number: u64,
        shape: &Shape,
        properties: impl IntoIterator<Item = (&'static str, Value<'a>)>,
    ) -> Result<Layer, MvtError> {
        let Some(fitted) = fit(shape, self.tile) else { return Ok(self) };
        let Layer { builder, tile, count } = self;
        let builder = write(builder, number, &fitted, properties)?;
        Ok(Layer { builder, tile, count: count + 1 })
    }

    /// The encoded layer; nothing when it has no feature.
    pub fn encode(self) -> Vec<u8> {
        if self.count == 0 { Vec::new() } else { self.builder.encode() }
    }
}

fn write<'a>(
    layer: MvtLayerBuilder,
    number: u64,
    fitted: &Fitted,
    properties: impl IntoIterator<Item = (&'static str, Value<'a>)>,
) -> MvtResult<MvtLayerBuilder> {
    let coords = |path: &[[i32; 2]]| path.iter().map(|[x, y]| MvtCoord { x: *x, y: *y }).collect::<Vec<_>>();
    let mut feature = match fitted {
        Fitted::Points(points) => {
            let mut feature = layer.feature_of(MvtGeomType::Point);
            feature.points(coords(points))?;
            feature
        }
        Fitted::Lines(lines) => {
            let mut feature = layer.feature_of(MvtGeomType::LineString);
            for line in lines {
                feature.line(coords(line))?;
            }
            feature
        }
        Fitted::Polygons(polygons) => {
            let mut feature = layer.feature_of(MvtGeomType::Polygon);
            for rings in polygons {
                for (place, ring) in rings.iter().enumerate() {
                    feature.ring(coords(ring), place == 0)?;
                }
            }
            feature
        }
    };
    feature.id(Some(number));
    for (name, value) in properties {
        match value {
            Value::Text(text) => feature.tag_ref(name, MvtValueRef::String(text))?,
            Value::Number(number) => feature.tag_ref(name, MvtValueRef::Double(number))?,
            Value::Date(date) => feature.tag_ref(name, MvtValueRef::String(&date.to_string()))?,
            Value::Absent => continue,
        };
    }
    Ok(feature.end())
}
