//! The spatial index against a plain loop: fixed seeds, edits in between, before and after a rebuild.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use geo::{Coord, Intersects, Rect};
use guatu::index::{OVERLAY_LIMIT, SpatialIndex};

use crate::support::random::Random;

/// The plain truth: every entry that counts.
#[derive(Clone, Default)]
struct Model(BTreeMap<u64, Rect>);

/// Positions on a grid of a sixteenth of a degree, so that touching edges and equal distances are common.
fn snapped(random: &mut Random, low: f64, high: f64) -> f64 {
    (random.between(low, high) * 16.0).round() / 16.0
}

/// Points, lines along an axis, and boxes, a third each.
fn entry_rect(random: &mut Random) -> Rect {
    let (x, y) = (snapped(random, 100.0, 140.0), snapped(random, 10.0, 50.0));
    let (width, height) = (snapped(random, 0.0, 0.5), snapped(random, 0.0, 0.5));
    let (width, height) = match random.below(3) {
        0 => (0.0, 0.0),
        1 => (width, 0.0),
        _ => (width, height),
    };
    Rect::new(Coord { x, y }, Coord { x: x + width, y: y + height })
}

fn planar(from: Coord, rect: Rect) -> f64 {
    let gap = |value: f64, low: f64, high: f64| (low - value).max(value - high).max(0.0);
    gap(from.x, rect.min().x, rect.max().x).hypot(gap(from.y, rect.min().y, rect.max().y))
}

impl Model {
    fn filled(random: &mut Random, count: u64) -> Model {
        Model((1..=count).map(|number| (number, entry_rect(random))).collect())
    }

    fn index(&self) -> SpatialIndex<(u64, Rect)> {
        SpatialIndex::build(self.0.iter().map(|(number, rect)| (*number, *rect)))
    }

    fn window(&self, window: Rect) -> Vec<u64> {
        self.0.iter().filter(|(_, rect)| rect.intersects(&window)).map(|(number, _)| *number).collect()
    }

    fn nearest(&self, limit: usize, reach: f64, exact: impl Fn(u64) -> Option<f64>) -> Vec<(u64, f64)> {
        let all = self.0.keys().filter_map(|number| Some((*number, exact(*number)?)));
        let mut found: Vec<_> = all.filter(|(_, distance)| *distance <= reach).collect();
        found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        found.truncate(limit);
        found
    }
}

fn window(index: &SpatialIndex<(u64, Rect)>, window: Rect) -> Vec<u64> {
    let mut found = Vec::new();
    let visited = index.window(window, |(number, _)| {
        found.push(*number);
        ControlFlow::Continue(())
    });
    assert!(visited.is_continue());
    found.sort_unstable();
    found
}

fn nearest(
    index: &SpatialIndex<(u64, Rect)>,
    limit: usize,
    reach: f64,
    from: Coord,
    exact: impl Fn(u64) -> Option<f64>,
) -> Vec<(u64, f64)> {
    let found = index.nearest(limit, reach, |rect| planar(from, rect), |(number, _)| exact(*number));
    found.into_iter().map(|((number, _), distance)| (*number, distance)).collect()
}

/// Asks both the same random questions.
fn check(index: &SpatialIndex<(u64, Rect)>, model: &Model, random: &mut Random, questions: u32, case: &str) {
    assert_eq!(index.len(), model.0.len(), "{case}");
    assert_eq!(index.is_empty(), model.0.is_empty(), "{case}");
    for question in 0..questions {
        let side = [0.0, 0.25, 2.0, 60.0][random.below(4) as usize];
        let (x, y) = (snapped(random, 95.0, 140.0), snapped(random, 5.0, 50.0));
        let asked = Rect::new(Coord { x, y }, Coord { x: x + side, y: y + side });
        assert_eq!(window(index, asked), model.window(asked), "{case}, window {question} {asked:?}");

        let from = Coord { x, y };
        let limit = [0, 1, 2, 10, 200][random.below(5) as usize];
        let reach = [0.0, 0.5, 5.0, f64::MAX][random.below(4) as usize];
        // The exact distance is never below the floor; a few entries are left out, as a filter would.
        let exact = |number: u64| {
            let far = (number % 5) as f64 / 16.0;
            (number % 11 != 3).then(|| planar(from, model.0[&number]) + far)
        };
        let found = nearest(index, limit, reach, from, exact);
        assert_eq!(
            found,
            model.nearest(limit, reach, exact),
            "{case}, nearest {question}: {limit} within {reach} of {from:?}"
        );
    }
}

/// Inserts, moves, deletes, and brings deleted ones back, in both.
fn edit(index: &mut SpatialIndex<(u64, Rect)>, model: &mut Model, random: &mut Random, edits: u64) {
    let mut deleted: Vec<u64> = Vec::new();
    for _ in 0..edits {
        let some_number = |random: &mut Random| {
            let at = random.below(model.0.len().max(1) as u64) as usize;
            model.0.keys().nth(at).copied()
        };
        let (left, came) = match (random.below(4), some_number(random)) {
            (0, _) | (_, None) => {
                let number = model.0.keys().next_back().map_or(1, |last| last + 1) + random.below(2);
                (None, Some((number, entry_rect(random))))
            }
            (1, Some(number)) => (Some(number), Some((number, entry_rect(random)))),
            (2, Some(number)) => (Some(number), None),
            (_, Some(number)) => match deleted.pop().filter(|back| !model.0.contains_key(back)) {
                Some(back) => (None, Some((back, entry_rect(random)))),
                None => (Some(number), None),
            },
        };
        let left = left.map(|number| (number, model.0.remove(&number).expect("is there")));
        deleted.extend(left.filter(|_| came.is_none()).map(|(number, _)| number));
        model.0.extend(came);
        index.edit(left.as_ref(), came);
    }
}

fn at_size(count: u64, edits: u64, questions: u32) {
    let seed = 8_800 + count;
    let random = &mut Random::new(seed);
    let mut model = Model::filled(random, count);
    let mut index = model.index();
    let case = |what: &str| format!("seed {seed}, {count} entries, {what}");
    check(&index, &model, random, questions, &case("built"));
    for round in 0..3 {
        edit(&mut index, &mut model, random, edits);
        check(&index, &model, random, questions, &case(&format!("edited, round {round}")));
        let rebuilt = index.rebuilt();
        assert!(!rebuilt.needs_rebuild());
        check(&rebuilt, &model, random, questions, &case(&format!("rebuilt, round {round}")));
        if round == 1 {
            index = rebuilt;
        }
    }
}

#[test]
fn an_index_of_none_answers_as_a_loop() {
    at_size(0, 5, 40);
}

#[test]
fn an_index_of_one_answers_as_a_loop() {
    at_size(1, 5, 40);
}

#[test]
fn an_index_of_ten_answers_as_a_loop() {
    at_size(10, 20, 60);
}

#[test]
fn an_index_of_a_thousand_answers_as_a_loop() {
    at_size(1_000, 300, 40);
}

#[test]
fn an_index_of_a_hundred_thousand_answers_as_a_loop() {
    at_size(100_000, 200, 6);
}

#[test]
fn everything_may_be_deleted_and_come_back() {
    let random = &mut Random::new(8_801);
    let model = Model::filled(random, 50);
    let mut index = model.index();
    for (number, rect) in &model.0 {
        index.edit(Some(&(*number, *rect)), None);
    }
    check(&index, &Model::default(), random, 10, "seed 8801, all deleted");
    for (number, rect) in &model.0 {
        index.edit(None, Some((*number, *rect)));
    }
    check(&index, &model, random, 20, "seed 8801, all back");
    for (number, rect) in &model.0 {
        index.edit(Some(&(*number, *rect)), None);
    }
    check(&index, &Model::default(), random, 10, "seed 8801, all deleted from the overlay");
}

#[test]
fn an_entry_that_was_never_there_cannot_leave() {
    let random = &mut Random::new(8_802);
    let model = Model::filled(random, 3);
    let mut index = model.index();
    for number in 100..110 {
        index.edit(Some(&(number, entry_rect(random))), None);
    }
    index.edit(Some(&(1, model.0[&1])), None);
    index.edit(Some(&(1, model.0[&1])), None);
    let left = Model(model.0.into_iter().filter(|(number, _)| *number != 1).collect());
    check(&index, &left, random, 10, "seed 8802");
}

#[test]
fn a_clone_keeps_its_answers_while_edits_go_on() {
    let random = &mut Random::new(8_803);
    let mut model = Model::filled(random, 400);
    let mut index = model.index();
    let mut kept = Vec::new();
    for _ in 0..6 {
        kept.push((index.clone(), model.clone()));
        edit(&mut index, &mut model, random, 40);
    }
    for (round, (clone, model)) in kept.iter().enumerate() {
        check(clone, model, random, 20, &format!("seed 8803, clone {round}"));
    }
}

#[test]
fn a_visitor_that_breaks_is_not_called_again() {
    let random = &mut Random::new(8_804);
    let mut model = Model::filled(random, 500);
    let mut index = model.index();
    edit(&mut index, &mut model, random, 200);
    let everything = Rect::new(Coord { x: 0.0, y: 0.0 }, Coord { x: 180.0, y: 90.0 });
    for stop_at in 1..=model.0.len() {
        let mut calls = 0;
        let visited = index.window(everything, |_| {
            calls += 1;
            if calls == stop_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!((visited, calls), (ControlFlow::Break(()), stop_at));
    }
}

#[test]
fn equally_near_entries_come_by_number_also_at_the_cut() {
    let at = |x: f64, y: f64| Rect::new(Coord { x, y }, Coord { x, y });
    // A hundred on one spot and a ring of four, numbered against the order in which they are put in.
    let stack = (1..=100).rev().map(|number| (number, at(120.0, 30.0)));
    let ring = [(204, at(121.0, 30.0)), (203, at(119.0, 30.0)), (202, at(120.0, 31.0)), (201, at(120.0, 29.0))];
    let mut index = SpatialIndex::build(stack.chain(ring));
    index.edit(Some(&(50, at(120.0, 30.0))), Some((50, at(120.0, 30.0))));
    let from = Coord { x: 120.0, y: 30.0 };
    let model = Model((1..=100).map(|n| (n, at(120.0, 30.0))).chain(ring).collect());
    for index in [index.clone(), index.rebuilt()] {
        for limit in [1, 7, 50, 51, 99, 100, 101, 103, 104, 500] {
            let exact = |number: u64| model.0.get(&number).map(|rect| planar(from, *rect));
            let found = nearest(&index, limit, f64::MAX, from, exact);
            assert_eq!(found, model.nearest(limit, f64::MAX, exact), "{limit}");
        }
    }
}

#[test]
fn an_index_asks_for_a_rebuild_when_its_edits_reach_the_limit() {
    let random = &mut Random::new(8_805);
    let mut index: SpatialIndex<(u64, Rect)> = SpatialIndex::build([]);
    for number in 1..=OVERLAY_LIMIT as u64 {
        assert!(!index.needs_rebuild());
        index.edit(None, Some((number, entry_rect(random))));
    }
    assert!(index.needs_rebuild());
    assert!(!index.rebuilt().needs_rebuild());
}
