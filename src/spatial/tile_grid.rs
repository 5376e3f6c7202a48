//! The WebMercatorQuad tile matrix set: which tiles exist, what they cover, and where a position falls in one.

use std::f64::consts::PI;

use geo::{Coord, Rect};

/// The deepest zoom that is served; one tile unit is then about two millimetres.
pub const MAX_ZOOM: u8 = 22;

/// A tile that exists: `z` ≤ [`MAX_ZOOM`], `x` and `y` below 2^z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TileId {
    z: u8,
    x: u32,
    y: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("tile {z}/{x}/{y} is outside the matrix: z is 0 to {MAX_ZOOM}, x and y are 0 to 2^z - 1")]
pub struct TileIdError {
    z: u8,
    x: u32,
    y: u32,
}

impl TileId {
    /// # Errors
    /// When the tile is not in the matrix.
    pub fn new(z: u8, x: u32, y: u32) -> Result<TileId, TileIdError> {
        if z <= MAX_ZOOM && x < 1 << z && y < 1 << z { Ok(TileId { z, x, y }) } else { Err(TileIdError { z, x, y }) }
    }

    pub fn zoom(self) -> u8 {
        self.z
    }

    /// The degrees that the tile covers, widened on each side by `margin` (a share of the tile's side).
    pub fn rect(self, margin: f64) -> Rect {
        let side = f64::from(1_u32 << self.z);
        let (x, y) = (f64::from(self.x), f64::from(self.y));
        let lon = |x: f64| (x / side * 360.0 - 180.0).clamp(-180.0, 180.0);
        let lat = |y: f64| (PI * (1.0 - 2.0 * y / side)).sinh().atan().to_degrees();
        Rect::new(
            Coord { x: lon(x - margin), y: lat(y + 1.0 + margin) },
            Coord { x: lon(x + 1.0 + margin), y: lat(y - margin) },
        )
    }

    /// Where a position in degrees falls, in units of the tile's side: the tile itself is 0..1 each way, y down.
    pub fn locate(self, at: Coord) -> Coord {
        /// Where Web Mercator's square ends.
        const MAX_LAT: f64 = 85.051_128_779_806_6;
        let side = f64::from(1_u32 << self.z);
        let lat = at.y.clamp(-MAX_LAT, MAX_LAT).to_radians();
        Coord {
            x: (at.x + 180.0) / 360.0 * side - f64::from(self.x),
            y: (1.0 - lat.tan().asinh() / PI) / 2.0 * side - f64::from(self.y),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_outside_the_matrix_does_not_exist() {
        assert!(TileId::new(0, 0, 0).is_ok());
        assert!(TileId::new(0, 1, 0).is_err());
        assert!(TileId::new(3, 7, 8).is_err());
        assert!(TileId::new(MAX_ZOOM + 1, 0, 0).is_err());
    }

    #[test]
    fn the_corners_of_a_tile_fall_on_its_corners() {
        let tile = TileId::new(14, 13_688, 6_724).expect("exists");
        let rect = tile.rect(0.0);
        let (top_left, bottom_right) =
            (Coord { x: rect.min().x, y: rect.max().y }, Coord { x: rect.max().x, y: rect.min().y });
        let close = |a: Coord, x: f64, y: f64| (a.x - x).abs() < 1e-6 && (a.y - y).abs() < 1e-6;
        assert!(close(tile.locate(top_left), 0.0, 0.0));
        assert!(close(tile.locate(bottom_right), 1.0, 1.0));
    }
}
