//! An immutable R-tree that takes edits: a packed base, a small overlay of what came since, and tombstones.
//!
//! A clone is cheap and shares everything; [`SpatialIndex::edit`] copies only the overlay, so a reader's clone never changes
//! under it. When the overlay has grown to [`OVERLAY_LIMIT`], somebody should call [`SpatialIndex::rebuilt`] in the background.

use std::ops::ControlFlow;
use std::sync::Arc;

use geo::{Point, Rect};
use geo_index::rtree::sort::HilbertSort;
use geo_index::rtree::{NeighborsOptions, RTree as PackedTree, RTreeBuilder, RTreeIndex};
use imbl::HashSet;
use rstar::{AABB, RTree as OverlayTree, RTreeObject};

/// Edits that an index carries before it is worth building anew: copying the overlay stays well below a millisecond.
pub const OVERLAY_LIMIT: usize = 1_024;

/// Something with a rectangle, known by a number.
pub trait Located: Clone {
    fn number(&self) -> u64;
    fn rect(&self) -> Rect;
}

/// The least that can be indexed.
impl Located for (u64, Rect) {
    fn number(&self) -> u64 {
        self.0
    }

    fn rect(&self) -> Rect {
        self.1
    }
}

/// Items by rectangle. Their numbers are unique.
#[derive(Clone)]
pub struct SpatialIndex<T: Located> {
    base: Arc<Base<T>>,
    overlay: Arc<OverlayTree<Entry<T>>>,
    /// Numbers whose item in the base no longer counts.
    tombstones: HashSet<u64>,
}

struct Base<T> {
    tree: PackedTree<f64>,
    /// In the order of the tree's own numbering, which is that of their numbers.
    items: Vec<T>,
}

/// An item of the overlay: its place decides where it is, its number which one it is.
#[derive(Clone)]
struct Entry<T>(T);

impl<T: Located> RTreeObject for Entry<T> {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        envelope(self.0.rect())
    }
}

impl<T: Located> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.number() == other.0.number()
    }
}

fn envelope(rect: Rect) -> AABB<[f64; 2]> {
    AABB::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y])
}

impl<T: Located> SpatialIndex<T> {
    /// Builds the packed base. Cost: O(n log n); about 0.2 s a million on one core.
    ///
    /// # Panics
    /// Never below 2³² items, which is more than memory holds.
    pub fn build(items: impl IntoIterator<Item = T>) -> SpatialIndex<T> {
        let mut items: Vec<T> = items.into_iter().collect();
        items.sort_unstable_by_key(T::number);
        let count = u32::try_from(items.len()).expect("fewer than 2^32 features");
        let mut builder = RTreeBuilder::<f64>::new(count);
        for rect in items.iter().map(T::rect) {
            builder.add(rect.min().x, rect.min().y, rect.max().x, rect.max().y);
        }
        let base = Base { tree: builder.finish::<HilbertSort>(), items };
        SpatialIndex { base: Arc::new(base), overlay: Arc::new(OverlayTree::new()), tombstones: HashSet::new() }
    }

    /// Items that count.
    pub fn len(&self) -> usize {
        self.base.items.len() - self.tombstones.len() + self.overlay.size()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes one edit: an item that `left`, one that `came`; a moved item is both. Clones taken before keep their answers.
    ///
    /// A `left` item that is not in the index is a logic error and is ignored. Cost: O(log overlay), once O(overlay)
    /// after a clone.
    pub fn edit(&mut self, left: Option<&T>, came: Option<T>) {
        let overlay = Arc::make_mut(&mut self.overlay);
        if let Some(left) = left
            && overlay.remove(&Entry(left.clone())).is_none()
            && self.base.items.binary_search_by_key(&left.number(), T::number).is_ok()
        {
            self.tombstones.insert(left.number());
        }
        if let Some(came) = came {
            overlay.insert(Entry(came));
        }
    }

    pub fn needs_rebuild(&self) -> bool {
        self.overlay.size() + self.tombstones.len() >= OVERLAY_LIMIT
    }

    /// The same items, all in a fresh base. Cost: as [`SpatialIndex::build`].
    pub fn rebuilt(&self) -> SpatialIndex<T> {
        let kept = self.base.items.iter().filter(|item| !self.tombstones.contains(&item.number()));
        SpatialIndex::build(kept.chain(self.overlay.iter().map(|Entry(item)| item)).cloned())
    }

    /// Visits all items whose rectangle meets `window` (edges included), in no order, until the visitor breaks.
    ///
    /// Cost: O(log n + hits).
    pub fn window<'a>(&'a self, window: Rect, mut visit: impl FnMut(&'a T) -> ControlFlow<()>) -> ControlFlow<()> {
        let (min, max) = (window.min(), window.max());
        if !self.base.items.is_empty() {
            for place in self.base.tree.search(min.x, min.y, max.x, max.y) {
                if let Some(item) = self.base_item(place) {
                    visit(item)?;
                }
            }
        }
        let met = self.overlay.locate_in_envelope_intersecting(envelope(window));
        met.map(|Entry(item)| item).try_for_each(visit)
    }

    /// The `limit` nearest items within `reach`, nearest first and by number where equally near, with their distances.
    ///
    /// `floor` gives a distance that no place of a rectangle is nearer than; `exact` gives an item's own distance, or none to
    /// leave it out. Both in the same unit. Cost: O(log n + limit + overlay) calls while boxes are small and spread; all that
    /// are as near as the last one are looked at, so that the answer does not hang on the tree's order.
    pub fn nearest(
        &self,
        limit: usize,
        reach: f64,
        floor: impl Fn(Rect) -> f64,
        exact: impl Fn(&T) -> Option<f64>,
    ) -> Vec<(&T, f64)> {
        let mut found = self.nearest_in_base(limit, reach, &floor, &exact);
        for Entry(item) in self.overlay.iter().filter(|Entry(item)| floor(item.rect()) <= reach) {
            found.extend(exact(item).filter(|distance| *distance <= reach).map(|distance| (item, distance)));
        }
        found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.number().cmp(&b.0.number())));
        found.truncate(limit);
        found
    }

    fn nearest_in_base(
        &self,
        limit: usize,
        reach: f64,
        floor: &impl Fn(Rect) -> f64,
        exact: &impl Fn(&T) -> Option<f64>,
    ) -> Vec<(&T, f64)> {
        if self.base.items.is_empty() {
            return Vec::new();
        }
        let options = NeighborsOptions::k(limit).max_distance(reach).include_tie_breakers(true);
        let found = self.base.tree.neighbors_with_callbacks(
            options,
            |[west, south, east, north]| floor(Rect::new(Point::new(west, south), Point::new(east, north))),
            |place, _| self.base_item(place).and_then(exact),
        );
        found.into_iter().map(|(place, distance)| (&self.base.items[place as usize], distance)).collect()
    }

    /// The item at a place of the packed tree, unless it has left.
    fn base_item(&self, place: u32) -> Option<&T> {
        let item = &self.base.items[place as usize];
        (self.tombstones.is_empty() || !self.tombstones.contains(&item.number())).then_some(item)
    }
}
