//! Writes tile sets as one PMTiles 3 archive of gzipped vector tiles, which a server of plain files can serve. Makes no tiles.

use std::io::{Seek, Write};

use geo::{Coord, Rect};
use pmtiles::{PmTilesStreamWriter, PmTilesWriter, PmtError, TileCoord, TileType};

use super::layer::WriteError;
use crate::spatial::TileId;

/// What is told of a tile set.
#[derive(Clone, Debug)]
pub struct TileSet {
    pub name: String,
    pub attribution: String,
    pub description: String,
    /// Degrees.
    pub bounds: Rect,
    pub min_zoom: u8,
    pub max_zoom: u8,
    /// As TileJSON 3 describes them: id, description, fields, zooms.
    pub vector_layers: serde_json::Value,
}

/// Takes tiles in the order of [`tiles`], in which an archive is read best; in any other it is sound too.
///
/// Memory: some 60 bytes for each tile that has something in it.
pub struct Writer<W: Write + Seek>(PmTilesStreamWriter<W>);

impl<W: Write + Seek> Writer<W> {
    /// # Errors
    /// [`WriteError::Io`].
    pub fn new(out: W, set: &TileSet) -> Result<Writer<W>, WriteError> {
        let metadata = serde_json::json!({
            "name": set.name,
            "attribution": set.attribution,
            "description": set.description,
            "format": "pbf",
            "type": "overlay",
            "vector_layers": set.vector_layers,
        });
        let (low, high) = (set.bounds.min(), set.bounds.max());
        let middle = set.bounds.center();
        PmTilesWriter::new(TileType::Mvt)
            .min_zoom(set.min_zoom)
            .max_zoom(set.max_zoom)
            .bounds(low.x, low.y, high.x, high.y)
            .center(middle.x, middle.y)
            .center_zoom(set.min_zoom.midpoint(set.max_zoom))
            .metadata(metadata.to_string())
            .create(out)
            .map(Writer)
            .map_err(failed)
    }

    /// Takes a tile as it is, not compressed. Empty ones are left out, as the format wants.
    ///
    /// # Errors
    /// As [`Writer::new`].
    pub fn tile(&mut self, z: u8, x: u32, y: u32, mvt: &[u8]) -> Result<(), WriteError> {
        let at = TileCoord::new(z, x, y).map_err(failed)?;
        self.0.add_tile(at, mvt).map_err(failed)
    }

    /// Brings the archive to its end.
    ///
    /// # Errors
    /// As [`Writer::new`].
    pub fn finish(self) -> Result<(), WriteError> {
        self.0.finalize().map_err(failed)
    }
}

fn failed(fault: PmtError) -> WriteError {
    match fault {
        PmtError::Reading(fault) => WriteError::Io(fault),
        other => WriteError::CannotHold(other.to_string()),
    }
}

/// Tiles of one zoom: a district of thirty kilometres has as many at zoom 20.
pub const MAX_TILES: u64 = 1 << 20;

/// The tiles of one zoom that touch a box, in the order of PMTiles: along a Hilbert curve. Those of a lower zoom come before them.
///
/// Memory: 24 bytes a tile.
///
/// # Errors
/// [`WriteError::CannotHold`] for zooms beyond the deepest that is served, and for more than [`MAX_TILES`].
pub fn tiles(bounds: Rect, zoom: u8) -> Result<Vec<(u32, u32)>, WriteError> {
    let whole = TileId::new(zoom, 0, 0).map_err(|fault| WriteError::CannotHold(fault.to_string()))?;
    let last = f64::from((1_u32 << zoom) - 1);
    let place = |at: Coord| {
        let at = whole.locate(at);
        (index(at.x.floor().clamp(0.0, last)), index(at.y.floor().clamp(0.0, last)))
    };
    let (west, north) = place(Coord { x: bounds.min().x, y: bounds.max().y });
    let (east, south) = place(Coord { x: bounds.max().x, y: bounds.min().y });
    let count = u64::from(east - west + 1) * u64::from(south - north + 1);
    if count > MAX_TILES {
        let reason = format!(
            "zoom {zoom} has {count} tiles here; {MAX_TILES} are written; choose a lower zoom or a smaller box"
        );
        return Err(WriteError::CannotHold(reason));
    }
    let mut found: Vec<(u64, u32, u32)> = Vec::new();
    for x in west..=east {
        for y in north..=south {
            let at = TileCoord::new(zoom, x, y).expect("a tile of the matrix");
            found.push((pmtiles::TileId::from(at).value(), x, y));
        }
    }
    found.sort_unstable();
    Ok(found.into_iter().map(|(_, x, y)| (x, y)).collect())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was clamped to the matrix")]
fn index(place: f64) -> u32 {
    place as u32
}
