//! A tile of a tile matrix set: what it covers, and where a position falls in it.

use std::f64::consts::PI;

use geo::{Coord, Rect};

use super::tile_grid::TileGrid;

/// A tile that exists in its grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TileId {
    grid: TileGrid,
    z: u8,
    x: u32,
    y: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("tile {z}/{x}/{y} is outside the matrix: {}", what_is_inside(*grid))]
pub struct TileIdError {
    grid: TileGrid,
    z: u8,
    x: u32,
    y: u32,
}

/// Which tiles a grid has, in words.
pub fn what_is_inside(grid: TileGrid) -> String {
    let (first, last) = (*grid.zooms().start(), *grid.zooms().end());
    let (x, y) = match grid {
        TileGrid::WebMercatorQuad => return format!("z is {first} to {last}, x and y are 0 to 2^z - 1"),
        TileGrid::WorldCrs84Quad => ("2^(z+1)", "2^z"),
        TileGrid::Cgcs2000Quad => ("2^z", "2^(z-1)"),
    };
    format!("z is {first} to {last}, x is 0 to {x} - 1, y is 0 to {y} - 1")
}

impl TileId {
    /// A tile of Web Mercator.
    ///
    /// # Errors
    /// When the tile is not in the matrix.
    pub fn new(z: u8, x: u32, y: u32) -> Result<TileId, TileIdError> {
        TileId::in_grid(TileGrid::WebMercatorQuad, z, x, y)
    }

    /// # Errors
    /// When the tile is not in the grid.
    pub fn in_grid(grid: TileGrid, z: u8, x: u32, y: u32) -> Result<TileId, TileIdError> {
        let exists = grid.zooms().contains(&z) && {
            let (columns, rows) = grid.size(z);
            x < columns && y < rows
        };
        if exists { Ok(TileId { grid, z, x, y }) } else { Err(TileIdError { grid, z, x, y }) }
    }

    pub fn grid(self) -> TileGrid {
        self.grid
    }

    pub fn zoom(self) -> u8 {
        self.z
    }

    pub fn column(self) -> u32 {
        self.x
    }

    pub fn row(self) -> u32 {
        self.y
    }

    /// The degrees that the tile covers, widened on each side by `margin` (a share of the tile's side).
    pub fn rect(self, margin: f64) -> Rect {
        let (columns, rows) = self.grid.size(self.z);
        let (columns, rows) = (f64::from(columns), f64::from(rows));
        let (x, y) = (f64::from(self.x), f64::from(self.y));
        let lon = |x: f64| (x / columns * 360.0 - 180.0).clamp(-180.0, 180.0);
        let lat = |y: f64| {
            if self.grid.is_geographic() {
                (90.0 - y / rows * 180.0).clamp(-90.0, 90.0)
            } else {
                (PI * (1.0 - 2.0 * y / rows)).sinh().atan().to_degrees()
            }
        };
        Rect::new(
            Coord { x: lon(x - margin), y: lat(y + 1.0 + margin) },
            Coord { x: lon(x + 1.0 + margin), y: lat(y - margin) },
        )
    }

    /// Where a position in degrees falls, in units of the tile's side: the tile itself is 0..1 each way, y down.
    pub fn locate(self, at: Coord) -> Coord {
        let place = TileId::locate_in(self.grid, self.z, at);
        Coord { x: place.x - f64::from(self.x), y: place.y - f64::from(self.y) }
    }

    /// Where a position in degrees falls on a zoom, in tiles from its top left corner. The zoom must be one of the grid's.
    pub(super) fn locate_in(grid: TileGrid, zoom: u8, at: Coord) -> Coord {
        /// Where Web Mercator's square ends.
        const MAX_LAT: f64 = 85.051_128_779_806_6;
        let (columns, rows) = grid.size(zoom);
        let down = if grid.is_geographic() {
            (90.0 - at.y) / 180.0
        } else {
            let lat = at.y.clamp(-MAX_LAT, MAX_LAT).to_radians();
            (1.0 - lat.tan().asinh() / PI) / 2.0
        };
        Coord { x: (at.x + 180.0) / 360.0 * f64::from(columns), y: down * f64::from(rows) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::MAX_ZOOM;

    #[test]
    fn a_tile_outside_the_matrix_does_not_exist() {
        assert!(TileId::new(0, 0, 0).is_ok());
        assert!(TileId::new(0, 1, 0).is_err());
        assert!(TileId::new(3, 7, 8).is_err());
        assert!(TileId::new(MAX_ZOOM + 1, 0, 0).is_err());
        let check = |grid, z, x, y, exists: bool| {
            let tile = TileId::in_grid(grid, z, x, y);
            assert_eq!(tile.is_ok(), exists, "{tile:?}");
        };
        check(TileGrid::WorldCrs84Quad, 0, 1, 0, true);
        check(TileGrid::WorldCrs84Quad, 0, 0, 1, false);
        check(TileGrid::WorldCrs84Quad, MAX_ZOOM, 0, 0, false);
        check(TileGrid::Cgcs2000Quad, 0, 0, 0, false);
        check(TileGrid::Cgcs2000Quad, 1, 1, 0, true);
        check(TileGrid::Cgcs2000Quad, 1, 1, 1, false);
        check(TileGrid::Cgcs2000Quad, 19, 0, 0, false);
    }

    #[test]
    fn the_corners_of_a_tile_fall_on_its_corners() {
        let tiles = [
            TileId::new(14, 13_688, 6_724),
            TileId::in_grid(TileGrid::WorldCrs84Quad, 13, 13_687, 2_700),
            TileId::in_grid(TileGrid::Cgcs2000Quad, 14, 13_687, 2_700),
        ];
        let close = |a: Coord, x: f64, y: f64| (a.x - x).abs() < 1e-6 && (a.y - y).abs() < 1e-6;
        for tile in tiles.map(|tile| tile.expect("exists")) {
            let rect = tile.rect(0.0);
            let (top_left, bottom_right) =
                (Coord { x: rect.min().x, y: rect.max().y }, Coord { x: rect.max().x, y: rect.min().y });
            assert!(close(tile.locate(top_left), 0.0, 0.0), "{tile:?}");
            assert!(close(tile.locate(bottom_right), 1.0, 1.0), "{tile:?}");
        }
    }

    #[test]
    fn tianditus_first_level_is_two_halves_of_the_world() {
        let east = TileId::in_grid(TileGrid::Cgcs2000Quad, 1, 1, 0).expect("exists");
        assert_eq!(east.rect(0.0), Rect::new(Coord { x: 0.0, y: -90.0 }, Coord { x: 180.0, y: 90.0 }));
        // Jiaxing on Tianditu's level 12, by its own formula: column = (lon + 180) / (360 / 2^z), row = (90 - lat) / (360 / 2^z).
        let at = Coord { x: 120.75, y: 30.75 };
        let tile = TileId::in_grid(TileGrid::Cgcs2000Quad, 12, 3_421, 674).expect("exists");
        let place = tile.locate(at);
        assert!((0.0..1.0).contains(&place.x) && (0.0..1.0).contains(&place.y), "{place:?}");
    }
}
