//! Writes tile sets as one PMTiles 3 archive of gzipped vector tiles, which a server of plain files can serve. Makes no tiles.

use std::io::{Seek, Write};
use std::ops::RangeInclusive;

use geo::{Intersects, Rect};
use pmtiles::{PmTilesStreamWriter, PmTilesWriter, PmtError, TileCoord, TileType};

use super::layer::WriteError;
use crate::spatial::{MAX_ZOOM, TileId};

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

/// Tiles of one zoom that have something in them: a district of thirty kilometres has as many at zoom 20.
pub const MAX_TILES: u64 = 1 << 20;

/// The tiles of some zooms that any of some boxes touches, or comes nearer to than `margin` times a tile's width: in the order of PMTiles, zoom by zoom and
/// along a Hilbert curve.
///
/// Cost: O(boxes) for each tile and each of its neighbours; where no box is, nothing is looked at. Memory: 24 bytes a tile.
///
/// # Errors
/// [`WriteError::CannotHold`] for zooms beyond the deepest that is served, and for more than [`MAX_TILES`] of one zoom.
pub fn tiles(boxes: &[Rect], zooms: RangeInclusive<u8>, margin: f64) -> Result<Vec<(u8, u32, u32)>, WriteError> {
    let mut descent = Descent { zooms, margin, found: Vec::new(), counts: [0; ZOOMS] };
    descent.visit((0, 0, 0), &boxes.iter().collect::<Vec<_>>())?;
    descent.found.sort_unstable();
    Ok(descent.found.into_iter().map(|(_, tile)| tile).collect())
}

const ZOOMS: usize = MAX_ZOOM as usize + 1;

/// A walk down the tree of tiles.
struct Descent {
    zooms: RangeInclusive<u8>,
    margin: f64,
    /// With their places along the curve.
    found: Vec<(u64, (u8, u32, u32))>,
    /// Tiles of each zoom.
    counts: [u64; ZOOMS],
}

impl Descent {
    fn visit(&mut self, (zoom, x, y): (u8, u32, u32), boxes: &[&Rect]) -> Result<(), WriteError> {
        let tile = TileId::new(zoom, x, y).map_err(|fault| WriteError::CannotHold(fault.to_string()))?;
        let window = tile.rect(self.margin);
        let here: Vec<&Rect> = boxes.iter().copied().filter(|rect| rect.intersects(&window)).collect();
        if here.is_empty() {
            return Ok(());
        }
        let count = &mut self.counts[usize::from(zoom)];
        *count += 1;
        if *count > MAX_TILES {
            let reason =
                format!("zoom {zoom} has more than {MAX_TILES} tiles here; choose a lower zoom or a smaller box");
            return Err(WriteError::CannotHold(reason));
        }
        if self.zooms.contains(&zoom) {
            let at = TileCoord::new(zoom, x, y).map_err(failed)?;
            self.found.push((pmtiles::TileId::from(at).value(), (zoom, x, y)));
        }
        if zoom < *self.zooms.end() {
            for (right, down) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                self.visit((zoom + 1, 2 * x + right, 2 * y + down), &here)?;
            }
        }
        Ok(())
    }
}
