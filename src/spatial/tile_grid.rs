//! Tile matrix sets: the planes that tiles are cut from, how deep each goes, and which tiles meet a box. Knows nothing of what
//! is in a tile.

use std::ops::RangeInclusive;

use geo::{Coord, Rect};

use super::tile_id::TileId;

/// The deepest zoom of Web Mercator that is served; one tile unit is then about two millimetres.
pub const MAX_ZOOM: u8 = 22;

/// The tile's side in pixels for which scales are told, as OGC 17-083r4 has it.
pub const TILE_PIXELS: u32 = 256;

/// Metres on the equator of WGS 84 and of CGCS2000, which share it, for each degree.
const METRES_PER_DEGREE: f64 = 6_378_137.0 * std::f64::consts::PI / 180.0;

/// A pixel's side on the screen that scale denominators are told for, in metres.
const PIXEL_M: f64 = 0.000_28;

/// A tile matrix set: a plane and how it is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TileGrid {
    /// The square of web maps: one tile at zoom 0.
    WebMercatorQuad,
    /// Degrees, longitude first: two tiles side by side at zoom 0.
    WorldCrs84Quad,
    /// Degrees of CGCS2000 as the maps of China's Tianditu (their set `c`) have them: two tiles side by side at zoom 1.
    Cgcs2000Quad,
}

/// The tiles of one zoom that meet a box: columns and rows, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileRange {
    pub columns: (u32, u32),
    pub rows: (u32, u32),
}

impl TileGrid {
    pub const ALL: [TileGrid; 3] = [TileGrid::WebMercatorQuad, TileGrid::WorldCrs84Quad, TileGrid::Cgcs2000Quad];

    /// As OGC's register and the world's software call it.
    pub fn id(self) -> &'static str {
        match self {
            TileGrid::WebMercatorQuad => "WebMercatorQuad",
            TileGrid::WorldCrs84Quad => "WorldCRS84Quad",
            TileGrid::Cgcs2000Quad => "CGCS2000Quad",
        }
    }

    pub fn by_id(id: &str) -> Option<TileGrid> {
        TileGrid::ALL.into_iter().find(|grid| grid.id() == id)
    }

    /// The zooms that are served. All three end at tiles of about the same ground.
    pub fn zooms(self) -> RangeInclusive<u8> {
        match self {
            TileGrid::WebMercatorQuad => 0..=MAX_ZOOM,
            // Its zoom 0 is as fine as zoom 1 of the others.
            TileGrid::WorldCrs84Quad => 0..=MAX_ZOOM - 1,
            // Tianditu's levels.
            TileGrid::Cgcs2000Quad => 1..=18,
        }
    }

    /// The zoom beyond which renderers scale tiles: a unit is then 4 cm at the equator.
    pub fn deepest_useful_zoom(self) -> u8 {
        match self {
            TileGrid::WebMercatorQuad | TileGrid::Cgcs2000Quad => 18,
            TileGrid::WorldCrs84Quad => 17,
        }
    }

    /// How many columns and rows a zoom has; it must be one of [`TileGrid::zooms`].
    pub fn size(self, zoom: u8) -> (u32, u32) {
        match self {
            TileGrid::WebMercatorQuad => (1 << zoom, 1 << zoom),
            TileGrid::WorldCrs84Quad => (2 << zoom, 1 << zoom),
            TileGrid::Cgcs2000Quad => (1 << zoom, 1 << (zoom - 1)),
        }
    }

    /// A pixel's side in units of the plane: metres, or degrees.
    pub fn cell_size(self, zoom: u8) -> f64 {
        let whole = if self.is_geographic() { 360.0 } else { 360.0 * METRES_PER_DEGREE };
        whole / f64::from(self.size(zoom).0) / f64::from(TILE_PIXELS)
    }

    pub fn scale_denominator(self, zoom: u8) -> f64 {
        let metres_per_unit = if self.is_geographic() { METRES_PER_DEGREE } else { 1.0 };
        self.cell_size(zoom) * metres_per_unit / PIXEL_M
    }

    /// Whether the plane's units are degrees.
    pub fn is_geographic(self) -> bool {
        self != TileGrid::WebMercatorQuad
    }

    /// The plane's corners: west, south, east, north in its units.
    pub fn bounds(self) -> [f64; 4] {
        if self.is_geographic() {
            return [-180.0, -90.0, 180.0, 90.0];
        }
        let half = 180.0 * METRES_PER_DEGREE;
        [-half, -half, half, half]
    }

    /// The tiles that meet a box of degrees widened by `margin`, a share of a tile's side; the zoom must be one of
    /// [`TileGrid::zooms`].
    pub fn range(self, zoom: u8, rect: Rect, margin: f64) -> TileRange {
        let (columns, rows) = self.size(zoom);
        let at = |x: f64, y: f64| TileId::locate_in(self, zoom, Coord { x, y });
        let (first, last) = (at(rect.min().x, rect.max().y), at(rect.max().x, rect.min().y));
        TileRange {
            columns: (tile_at(first.x - margin, columns), tile_at(last.x + margin, columns)),
            rows: (tile_at(first.y - margin, rows), tile_at(last.y + margin, rows)),
        }
    }
}

impl TileRange {
    pub fn holds(self, column: u32, row: u32) -> bool {
        (self.columns.0..=self.columns.1).contains(&column) && (self.rows.0..=self.rows.1).contains(&row)
    }
}

/// The tile of a row or column of `count` in which a place falls, the nearest one for places outside.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the place is kept within the count")]
fn tile_at(place: f64, count: u32) -> u32 {
    place.floor().clamp(0.0, f64::from(count - 1)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_those_of_the_register() {
        let check = |grid: TileGrid, zoom, cell: f64, scale: f64| {
            let (found, told) = (grid.cell_size(zoom), grid.scale_denominator(zoom));
            assert!((found / cell - 1.0).abs() < 1e-12, "{grid:?} {found}");
            assert!((told / scale - 1.0).abs() < 1e-12, "{grid:?} {told}");
        };
        // OGC 17-083r4, annex D.
        check(TileGrid::WebMercatorQuad, 0, 156_543.033_928_041, 559_082_264.028_717_8);
        check(TileGrid::WebMercatorQuad, 18, 0.597_164_283_477_939, 2_132.729_583_849_784);
        check(TileGrid::WorldCrs84Quad, 0, 0.703_125, 279_541_132.014_358_8);
        check(TileGrid::WorldCrs84Quad, 17, 0.000_005_364_418_029_785_16, 2_132.729_583_849_782);
        // Tianditu's capabilities of its set `c`.
        check(TileGrid::Cgcs2000Quad, 1, 0.703_125, 279_541_132.014_358_8);
        check(TileGrid::Cgcs2000Quad, 18, 0.000_005_364_418_029_785_16, 2_132.729_583_849_782);
    }

    #[test]
    fn a_box_meets_the_tiles_around_it() {
        let district = Rect::new(Coord { x: 120.63, y: 30.61 }, Coord { x: 120.92, y: 30.86 });
        let range = |grid: TileGrid, zoom| grid.range(zoom, district, 0.03);
        assert_eq!(range(TileGrid::WebMercatorQuad, 0), TileRange { columns: (0, 0), rows: (0, 0) });
        assert_eq!(range(TileGrid::Cgcs2000Quad, 1), TileRange { columns: (1, 1), rows: (0, 0) });
        assert_eq!(range(TileGrid::WorldCrs84Quad, 8), TileRange { columns: (427, 428), rows: (84, 84) });
        assert_eq!(range(TileGrid::Cgcs2000Quad, 9), range(TileGrid::WorldCrs84Quad, 8));
        let world = Rect::new(Coord { x: -180.0, y: -90.0 }, Coord { x: 180.0, y: 90.0 });
        for grid in TileGrid::ALL {
            for zoom in grid.zooms() {
                let (columns, rows) = grid.size(zoom);
                let all = TileRange { columns: (0, columns - 1), rows: (0, rows - 1) };
                assert_eq!(grid.range(zoom, world, 0.03), all, "{grid:?} {zoom}");
            }
        }
    }

    #[test]
    fn the_grids_end_at_about_the_same_ground() {
        let cell = |grid: TileGrid, zoom| grid.scale_denominator(zoom);
        let deepest = |grid: TileGrid| cell(grid, *grid.zooms().end());
        assert!((deepest(TileGrid::WebMercatorQuad) / deepest(TileGrid::WorldCrs84Quad) - 1.0).abs() < 1e-9);
        let useful = TileGrid::ALL.map(|grid| cell(grid, grid.deepest_useful_zoom()));
        assert!(useful.iter().all(|scale| (scale / useful[0] - 1.0).abs() < 1e-9), "{useful:?}");
    }
}
