//! Questions to the log, held against a plain search of the whole of it.

use guatu::plan::{Batch, Change, ChangeKind, Record, RecordType};
use guatu::spatial::GeometryType;
use guatu::store::{ChangeQuery, Order, Store};

use super::{commit, whole_log};
use crate::support::plan::{at, batch, collection, create, delete, point, project, replace, section, slug};
use crate::support::random::Random;

fn place_of(project: &str, mut place: Record) -> Record {
    if let Record::Feature(feature) = &mut place {
        feature.project = Some(slug(project));
    }
    place
}

/// Changes by two people of four types of records over three days.
async fn fill(store: &impl Store) -> Vec<Change> {
    let on = |moment: &str, actor: &str, edits: Vec<_>| Batch { at: at(moment), actor: actor.into(), ..batch(edits) };
    let place = |id: &str, home: &str, number| place_of("road-a", point(number, home, id, 120.7, 30.7));
    let homes = ["parks", "schools"].map(|id| create(collection(id, GeometryType::Point)));
    let batches = [
        on("2019-06-01T08:00:00Z", "wang-fang", homes.into()),
        on("2019-06-01T09:00:00Z", "wang-fang", vec![create(section("a", "一")), create(place("a", "parks", 1))]),
        on("2019-06-02T00:00:00Z", "li-wei", vec![create(place("a", "schools", 2)), replace(section("a", "二"), 1)]),
        on("2019-06-02T08:00:00Z", "wang-fang", vec![replace(place_of("road-b", place("a", "parks", 1)), 1)]),
        on(
            "2019-06-02T08:00:00.001Z",
            "li-wei",
            vec![delete(&place("a", "parks", 1), 2), create(Record::Project(project("road-b")))],
        ),
        on("2019-06-03T08:00:00Z", "li-wei", vec![delete(&section("a", ""), 2), create(place("a", "parks", 1))]),
        on("2019-06-03T09:00:00Z", "wang-fang", vec![create(section("a", "三"))]),
    ];
    for batch in batches {
        commit(store, batch).await;
    }
    whole_log(store).await
}

/// The projects that a change is about: those that its record is, or is or was a place of.
fn about(change: &Change) -> Vec<&str> {
    fn of(record: &Record) -> Option<&str> {
        match record {
            Record::Project(project) => Some(project.id.as_str()),
            Record::Feature(feature) => feature.project.as_ref().map(|id| id.as_str()),
            _ => None,
        }
    }
    [&change.before, &change.after].into_iter().flatten().filter_map(of).collect()
}

/// What a question finds, change by change.
fn searched(log: &[Change], query: &ChangeQuery) -> Vec<Change> {
    let fits = |change: &&Change| {
        query.after.is_none_or(|seq| change.seq > seq)
            && query.before.is_none_or(|seq| change.seq < seq)
            && query.record_type.is_none_or(|wanted| change.key.record_type == wanted)
            && query
                .collection
                .as_ref()
                .is_none_or(|wanted| change.key.collection.as_ref().map(|c| c.as_str()) == Some(wanted))
            && query.id.as_ref().is_none_or(|wanted| change.key.id.as_str() == wanted)
            && query.project.as_ref().is_none_or(|wanted| about(change).contains(&wanted.as_str()))
            && query.actor.as_ref().is_none_or(|wanted| change.actor == *wanted)
            && query.kind.is_none_or(|wanted| change.kind() == wanted)
            && query.from.is_none_or(|from| change.at >= from)
            && query.until.is_none_or(|until| change.at < until)
    };
    let mut found: Vec<Change> = log.iter().filter(fits).cloned().collect();
    if query.order == Order::NewestFirst {
        found.reverse();
    }
    found.truncate(query.limit);
    found
}

/// A question with each condition there or not.
fn any_question(random: &mut Random) -> ChangeQuery {
    fn one<T: Clone>(random: &mut Random, of: &[T]) -> Option<T> {
        // A condition is there one time in three, so that most questions find something.
        (random.below(3) == 0).then(|| of[random.below(of.len() as u64) as usize].clone())
    }
    let moments = ["2019-06-01T09:00:00Z", "2019-06-02T00:00:00Z", "2019-06-02T08:00:00.001Z", "2019-06-03T12:00:00Z"];
    let moments = moments.map(at);
    let texts = |of: &[&str]| of.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    ChangeQuery {
        after: one(random, &[0, 3, 11, 99]),
        before: one(random, &[1, 5, 12, 99]),
        record_type: one(
            random,
            &[RecordType::Section, RecordType::Feature, RecordType::Collection, RecordType::Project],
        ),
        collection: one(random, &texts(&["parks", "schools", "no-such"])),
        id: one(random, &texts(&["a", "road-b", "parks", "%", "A"])),
        project: one(random, &texts(&["road-a", "road-b"])),
        actor: one(random, &texts(&["wang-fang", "li-wei", "nobody"])),
        kind: one(random, &[ChangeKind::Created, ChangeKind::Updated, ChangeKind::Deleted]),
        from: one(random, &moments),
        until: one(random, &moments),
        order: one(random, &[Order::NewestFirst]).unwrap_or_default(),
        limit: one(random, &[0, 1, 3, 12]).unwrap_or(usize::MAX),
        public_only: false,
    }
}

pub async fn questions_find_what_a_plain_search_of_the_log_finds(store: impl Store) {
    let log = fill(&store).await;
    assert_eq!(log.len(), 12);
    let mut random = Random::new(20_191_231);
    let mut found_something = 0;
    for _ in 0..600 {
        let query = any_question(&mut random);
        let (found, expected) = (store.find_changes(query.clone()).await.expect("a sound log"), searched(&log, &query));
        assert_eq!(found, expected, "{query:?}");
        found_something += u64::from(!found.is_empty());
    }
    assert!(found_something > 100, "{found_something}");
}

pub async fn pages_of_an_answer_miss_and_repeat_nothing(store: impl Store) {
    let log = fill(&store).await;
    for order in [Order::OldestFirst, Order::NewestFirst] {
        for limit in [1, 2, 5, 12] {
            let mut query = ChangeQuery { id: Some("a".into()), order, limit, ..ChangeQuery::default() };
            let expected = searched(&log, &ChangeQuery { limit: usize::MAX, ..query.clone() });
            let mut pages = Vec::new();
            loop {
                let page = store.find_changes(query.clone()).await.expect("a sound log");
                let Some(last) = page.last() else { break };
                match order {
                    Order::OldestFirst => query.after = Some(last.seq),
                    Order::NewestFirst => query.before = Some(last.seq),
                }
                assert!(page.len() <= limit);
                pages.extend(page);
            }
            assert_eq!(pages, expected, "{order:?} by {limit}");
        }
    }
}

pub async fn limits_and_bounds_may_be_anything(store: impl Store) {
    let log = fill(&store).await;
    let check = async |query: ChangeQuery, expected: &[Change]| {
        assert_eq!(store.find_changes(query.clone()).await.expect("a sound log"), expected, "{query:?}");
    };
    let all = ChangeQuery { limit: usize::MAX, ..ChangeQuery::default() };
    check(all.clone(), &log).await;
    check(ChangeQuery::default(), &[]).await;
    check(ChangeQuery { after: Some(u64::MAX), ..all.clone() }, &[]).await;
    check(ChangeQuery { before: Some(0), ..all.clone() }, &[]).await;
    check(ChangeQuery { before: Some(u64::MAX), after: Some(0), ..all.clone() }, &log).await;
    check(ChangeQuery { after: Some(4), before: Some(5), ..all.clone() }, &[]).await;
    check(ChangeQuery { after: Some(4), before: Some(6), ..all.clone() }, &log[4..5]).await;
    let (early, late) = (at("0001-01-01T00:00:00Z"), at("9999-01-01T00:00:00Z"));
    check(ChangeQuery { from: Some(early), until: Some(late), ..all.clone() }, &log).await;
    check(ChangeQuery { from: Some(late), ..all.clone() }, &[]).await;
    check(ChangeQuery { until: Some(early), ..all }, &[]).await;
}
