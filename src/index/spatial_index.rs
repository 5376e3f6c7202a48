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
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree as OverlayTree};

/// Edits that an index carries before it is worth building anew: copying the overlay stays well below a millisecond.
pub const OVERLAY_LIMIT: usize = 1_024;

type OverlayEntry = GeomWithData<Rectangle<[f64; 2]>, u64>;

/// Feature numbers by rectangle.
#[derive(Clone)]
pub struct SpatialIndex {
    base: Arc<Base>,
    overlay: Arc<OverlayTree<OverlayEntry>>,
    /// Numbers whose entry in the base no longer counts.
    tombstones: HashSet<u64>,
}

struct Base {
    tree: PackedTree<f64>,
    /// The feature number of each item of the tree, ascending.
    numbers: Vec<u64>,
    rects: Vec<Rect>,
}

/// A rectangle that left or came, with its feature's number.
pub type Entry = (u64, Rect);

impl SpatialIndex {
    /// Builds the packed base. Cost: O(n log n); about 0.2 s a million on one core.
    ///
    /// # Panics
    /// Never below 2³² entries, which is more than memory holds.
    pub fn build(entries: impl IntoIterator<Item = Entry>) -> SpatialIndex {
        let mut entries: Vec<Entry> = entries.into_iter().collect();
        entries.sort_unstable_by_key(|(number, _)| *number);
        let (numbers, rects): (Vec<u64>, Vec<Rect>) = entries.into_iter().unzip();
        let count = u32::try_from(numbers.len()).expect("fewer than 2^32 features");
        let mut builder = RTreeBuilder::<f64>::new(count);
        for rect in &rects {
            builder.add(rect.min().x, rect.min().y, rect.max().x, rect.max().y);
        }
        let base = Base { tree: builder.finish::<HilbertSort>(), numbers, rects };
        SpatialIndex { base: Arc::new(base), overlay: Arc::default(), tombstones: HashSet::new() }
    }

    /// Entries that count.
    pub fn len(&self) -> usize {
        self.base.numbers.len() - self.tombstones.len() + self.overlay.size()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes one edit: an entry that `left`, one that `came`; a moved feature is both. Clones taken before keep their answers.
    ///
    /// A `left` entry that is not in the index is a logic error and is ignored. Cost: O(log overlay), once O(overlay)
    /// after a clone.
    pub fn edit(&mut self, left: Option<Entry>, came: Option<Entry>) {
        let overlay = Arc::make_mut(&mut self.overlay);
        if let Some((number, rect)) = left
            && overlay.remove(&overlay_entry(number, rect)).is_none()
            && self.base.numbers.binary_search(&number).is_ok()
        {
            self.tombstones.insert(number);
        }
        if let Some((number, rect)) = came {
            overlay.insert(overlay_entry(number, rect));
        }
    }

    pub fn needs_rebuild(&self) -> bool {
        self.overlay.size() + self.tombstones.len() >= OVERLAY_LIMIT
    }

    /// The same entries, all in a fresh base. Cost: as [`SpatialIndex::build`].
    pub fn rebuilt(&self) -> SpatialIndex {
        let base = self.base.numbers.iter().copied().zip(self.base.rects.iter().copied());
        let kept = base.filter(|(number, _)| !self.tombstones.contains(number));
        let overlay = self.overlay.iter().map(|entry| (entry.data, rect_of(entry)));
        SpatialIndex::build(kept.chain(overlay))
    }

    /// Visits the numbers of all entries whose rectangle meets `window` (edges included), in no order, until the visitor breaks.
    ///
    /// Cost: O(log n + hits).
    pub fn window(&self, window: Rect, mut visit: impl FnMut(u64) -> ControlFlow<()>) -> ControlFlow<()> {
        let (min, max) = (window.min(), window.max());
        if !self.base.numbers.is_empty() {
            for item in self.base.tree.search(min.x, min.y, max.x, max.y) {
                let number = self.base.numbers[item as usize];
                if !self.tombstones.contains(&number) {
                    visit(number)?;
                }
            }
        }
        let envelope = AABB::from_corners([min.x, min.y], [max.x, max.y]);
        self.overlay.locate_in_envelope_intersecting(envelope).try_for_each(|entry| visit(entry.data))
    }

    /// The `limit` nearest numbers within `reach`, nearest first and by number where equally near, with their distances.
    ///
    /// `floor` gives a distance that no place of a rectangle is nearer than; `exact` gives an entry's own distance, or
    /// none to leave it out. Both in the same unit. Cost: O(log n + limit + overlay) calls while boxes are small and spread;
    /// all that are as near as the last one are looked at, so that the answer does not hang on the tree's order.
    pub fn nearest(
        &self,
        limit: usize,
        reach: f64,
        floor: impl Fn(Rect) -> f64,
        exact: impl Fn(u64) -> Option<f64>,
    ) -> Vec<(u64, f64)> {
        let mut found = self.nearest_in_base(limit, reach, &floor, &exact);
        for entry in self.overlay.iter() {
            if floor(rect_of(entry)) <= reach {
                found.extend(
                    exact(entry.data).filter(|distance| *distance <= reach).map(|distance| (entry.data, distance)),
                );
            }
        }
        found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        found.truncate(limit);
        found
    }

    fn nearest_in_base(
        &self,
        limit: usize,
        reach: f64,
        floor: &impl Fn(Rect) -> f64,
        exact: &impl Fn(u64) -> Option<f64>,
    ) -> Vec<(u64, f64)> {
        if self.base.numbers.is_empty() {
            return Vec::new();
        }
        let options = NeighborsOptions::k(limit).max_distance(reach).include_tie_breakers(true);
        let number_of = |item: u32| self.base.numbers[item as usize];
        self.base
            .tree
            .neighbors_with_callbacks(
                options,
                |[west, south, east, north]| floor(Rect::new(Point::new(west, south), Point::new(east, north))),
                |item, _| Some(number_of(item)).filter(|number| !self.tombstones.contains(number)).and_then(exact),
            )
            .into_iter()
            .map(|(item, distance)| (number_of(item), distance))
            .collect()
    }
}

fn overlay_entry(number: u64, rect: Rect) -> OverlayEntry {
    let corners = Rectangle::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]);
    GeomWithData::new(corners, number)
}

fn rect_of(entry: &OverlayEntry) -> Rect {
    let (low, high) = (entry.geom().lower(), entry.geom().upper());
    Rect::new(Point::new(low[0], low[1]), Point::new(high[0], high[1]))
}
