//! Vector tiles of any choice of collections, kept while nothing they show has changed.

use std::sync::Arc;

use moka::sync::Cache;

use super::{Audience, Facts, View};
use crate::formats::Value;
pub use crate::formats::mvt::MARGIN;
use crate::formats::mvt::{Layer, MvtError};
use crate::plan::{Collection, Date, Slug};
use crate::spatial::TileId;

/// Bytes of tiles that are kept.
const CACHE_BYTES: u64 = 64 << 20;

/// A tile with a digest of it.
#[derive(Clone)]
pub struct Tile {
    /// Empty when nothing of the collections lies in the tile.
    pub bytes: Arc<[u8]>,
    /// Changes exactly when the bytes do.
    pub digest: u64,
}

/// A layer of a tile: its name and the collections whose features are in it.
#[derive(Clone, Debug)]
pub struct TileLayer<'a> {
    pub name: &'a str,
    pub collections: Vec<&'a Collection>,
}

/// Makes tiles and remembers them. A tile is known by its grid and place, and by the change, the day and the eyes it was made for,
/// so none is ever stale.
pub struct Tiles {
    cache: Cache<Key, Tile>,
}

#[derive(PartialEq, Eq, Hash)]
struct Key {
    seq: u64,
    audience: Audience,
    today: Date,
    tile: TileId,
    /// Each layer's name and collections.
    layers: Vec<(String, Vec<Slug>)>,
}

impl Default for Tiles {
    fn default() -> Self {
        let weigh = |_: &Key, tile: &Tile| u32::try_from(tile.bytes.len() + 256).unwrap_or(u32::MAX);
        Tiles { cache: Cache::builder().weigher(weigh).max_capacity(CACHE_BYTES).build() }
    }
}

impl Tiles {
    /// The tile with the given layers, in their order.
    ///
    /// # Errors
    /// When the encoder refuses a feature.
    pub fn tile(&self, view: &View, layers: &[TileLayer], tile: TileId) -> Result<Tile, MvtError> {
        let key = Key {
            seq: view.atlas.seq(),
            audience: view.audience,
            today: view.today,
            tile,
            layers: layers.iter().map(TileLayer::key).collect(),
        };
        if let Some(made) = self.cache.get(&key) {
            return Ok(made);
        }
        let bytes = view.tile(layers, tile)?;
        let made = Tile { digest: digest(&bytes), bytes: bytes.into() };
        self.cache.insert(key, made.clone());
        Ok(made)
    }
}

impl<'a> TileLayer<'a> {
    /// A layer of one collection, named by its id.
    pub fn of(collection: &'a Collection) -> TileLayer<'a> {
        TileLayer { name: collection.id.as_str(), collections: vec![collection] }
    }

    fn key(&self) -> (String, Vec<Slug>) {
        (self.name.to_owned(), self.collections.iter().map(|collection| collection.id.clone()).collect())
    }
}

impl View {
    /// Encodes a tile anew. Cost: O(log n + vertices in the tile).
    ///
    /// # Errors
    /// When the encoder refuses a feature.
    pub fn tile(&self, layers: &[TileLayer], tile: TileId) -> Result<Vec<u8>, MvtError> {
        self.tile_of(layers, tile, |_| true)
    }

    /// As [`View::tile`], of those features alone that are wanted.
    ///
    /// # Errors
    /// As [`View::tile`].
    pub fn tile_of(
        &self,
        layers: &[TileLayer],
        tile: TileId,
        wanted: impl Fn(&Facts) -> bool,
    ) -> Result<Vec<u8>, MvtError> {
        let window = tile.rect(MARGIN).into();
        let mut bytes = Vec::new();
        for TileLayer { name, collections } in layers {
            let mut layer = Layer::new(name, tile)?;
            for collection in collections {
                for feature in self.atlas.in_window(collection, window) {
                    let facts = self.facts(collection, feature);
                    if !wanted(&facts) {
                        continue;
                    }
                    let properties = std::iter::once(("id", Value::Text(feature.id.as_str()))).chain(facts.values());
                    layer = layer.add(feature.number, &feature.shape, properties)?;
                }
            }
            bytes.extend(layer.encode());
        }
        Ok(bytes)
    }
}

/// Stands for some bytes in an entity tag. Not for secrets.
pub fn digest(bytes: &[u8]) -> u64 {
    use std::hash::{DefaultHasher, Hasher};
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}
