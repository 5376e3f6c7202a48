//! Vector tiles of any choice of collections, kept while nothing they show has changed.

use std::sync::Arc;

use moka::sync::Cache;

use super::View;
use crate::formats::mvt::{Layer, MARGIN, MvtError};
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

/// Makes tiles and remembers them. A tile is known by the change and the day it was made for, so none is ever stale.
pub struct Tiles {
    cache: Cache<Key, Tile>,
}

#[derive(PartialEq, Eq, Hash)]
struct Key {
    seq: u64,
    today: Date,
    tile: TileId,
    collections: Vec<Slug>,
}

impl Default for Tiles {
    fn default() -> Self {
        let weigh = |_: &Key, tile: &Tile| u32::try_from(tile.bytes.len() + 256).unwrap_or(u32::MAX);
        Tiles { cache: Cache::builder().weigher(weigh).max_capacity(CACHE_BYTES).build() }
    }
}

impl Tiles {
    /// The tile with one layer for each collection, in their order.
    ///
    /// # Errors
    /// When the encoder refuses a feature.
    pub fn tile(&self, view: &View, collections: &[&Collection], tile: TileId) -> Result<Tile, MvtError> {
        let key = Key {
            seq: view.atlas.seq(),
            today: view.today,
            tile,
            collections: collections.iter().map(|collection| collection.id.clone()).collect(),
        };
        if let Some(made) = self.cache.get(&key) {
            return Ok(made);
        }
        let bytes = view.tile(collections, tile)?;
        let made = Tile { digest: digest(&bytes), bytes: bytes.into() };
        self.cache.insert(key, made.clone());
        Ok(made)
    }
}

impl View {
    /// Encodes a tile anew. Cost: O(log n + vertices in the tile).
    ///
    /// # Errors
    /// When the encoder refuses a feature.
    pub fn tile(&self, collections: &[&Collection], tile: TileId) -> Result<Vec<u8>, MvtError> {
        let window = tile.rect(MARGIN).into();
        let mut bytes = Vec::new();
        for collection in collections {
            let mut layer = Layer::new(collection.id.as_str(), tile)?;
            for feature in self.atlas.in_window(collection, window) {
                let facts = self.facts(collection, feature).values();
                let properties = std::iter::once(("id", crate::formats::Value::Text(feature.id.as_str()))).chain(facts);
                layer = layer.add(feature.number, &feature.shape, properties)?;
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
