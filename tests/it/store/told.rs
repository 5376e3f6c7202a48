//! What a change tells beside its record: who, why, what it took back, and who may know.

use guatu::plan::{Batch, Change, Collection, Edit, Feature, Plan, Project, Quota, Record, Visibility};
use guatu::spatial::GeometryType;
use guatu::store::{BatchSummary, ChangeQuery, Store};

use super::{commit, invalid, whole_log};
use crate::support::plan::{
    at, batch, collection, create, delete, one_of_each, point, project, replace, section, slug,
};

pub async fn why_and_for_whom_is_told_with_every_change(store: impl Store) {
    commit(&store, batch([create(section("s1", "一"))])).await;
    let edits = [replace(section("s1", "二"), 1), create(section("s2", "二")), delete(&section("s1", ""), 2)];
    let why = Batch {
        actor: "li-wei".into(),
        note: Some("会议决定 🏗️ 'x'".into()),
        undoes: Some(1),
        internal: [section("s1", "").key()].into(),
        ..batch(edits)
    };
    commit(&store, why).await;
    commit(&store, batch([replace(section("s2", "三"), 1)])).await;
    let told = whole_log(&store).await;
    let of = |change: &Change| (change.batch, change.actor.clone(), change.undoes, change.internal);
    let (wang, li) = ("wang-fang".to_owned(), "li-wei".to_owned());
    assert_eq!(
        told.iter().map(of).collect::<Vec<_>>(),
        [
            (1, wang.clone(), None, false),
            (2, li.clone(), Some(1), true),
            (2, li.clone(), Some(1), false),
            (2, li, Some(1), true),
            (5, wang, None, false),
        ]
    );
    let notes: Vec<Option<&str>> = told.iter().map(|change| change.note.as_deref()).collect();
    let note = Some("会议决定 🏗️ 'x'");
    assert_eq!(notes, [None, note, note, note, None]);
}

pub async fn a_timeline_counts_what_each_may_see(store: impl Store) {
    assert_eq!(store.batches(0).await.expect("a sound log"), []);
    let on = |moment: &str, edits: Vec<_>, internal: &[&str]| Batch {
        at: at(moment),
        internal: internal.iter().map(|id| section(id, "").key()).collect(),
        ..batch(edits)
    };
    commit(&store, on("2019-06-01T08:00:00Z", vec![create(section("s1", "一")), create(section("s2", "二"))], &[]))
        .await;
    commit(&store, on("2019-06-01T08:00:00Z", vec![create(section("s3", "三"))], &["s3"])).await;
    let both = vec![replace(section("s1", "改"), 1), replace(section("s3", "改"), 1)];
    commit(&store, on("2019-06-03T08:00:00.25Z", both, &["s3"])).await;
    let summary = |moment: &str, last, public, internal| BatchSummary { at: at(moment), last, public, internal };
    assert_eq!(
        store.batches(0).await.expect("a sound log"),
        [
            summary("2019-06-01T08:00:00Z", 2, 2, 0),
            summary("2019-06-01T08:00:00Z", 3, 0, 1),
            summary("2019-06-03T08:00:00.25Z", 5, 1, 1),
        ]
    );
    assert_eq!(store.batches(3).await.expect("a sound log"), [summary("2019-06-03T08:00:00.25Z", 5, 1, 1)]);
}

/// A project with a place and a quota that names it, then internal, then public again, and at last gone while it was internal.
pub async fn the_public_is_told_nothing_of_what_is_hidden(store: impl Store) {
    let roads = |visibility| match collection("roads", GeometryType::Point) {
        Record::Collection(roads) => Record::Collection(Collection { visibility, ..roads }),
        other => other,
    };
    let road = |visibility| Record::Project(Project { visibility, ..project("road-a") });
    let place = || match point(7, "roads", "part", 120.7, 30.7) {
        Record::Feature(place) => Record::Feature(Feature { project: Some(slug("road-a")), ..place }),
        other => other,
    };
    let quota = |members: &[&str]| {
        let Some(Record::Quota(quota)) = one_of_each().into_iter().find(|one| matches!(one, Record::Quota(_))) else {
            panic!("there is one of each");
        };
        Record::Quota(Quota { members: members.iter().map(|id| slug(id)).collect(), ..quota })
    };
    let internal = |edits: Vec<Edit>| Batch { internal: edits.iter().map(Edit::key).collect(), ..batch(edits) };
    let public = async || {
        let query = ChangeQuery { public_only: true, limit: 99, ..ChangeQuery::default() };
        let found = store.find_changes(query).await.expect("a sound log");
        let counted: u64 = store.batches(0).await.expect("a sound log").iter().map(|batch| batch.public).sum();
        assert_eq!(counted, found.len() as u64, "a timeline counts the same");
        found.into_iter().map(|change| change.seq).collect::<Vec<_>>()
    };
    let made = [
        create(section("s1", "一")),
        create(roads(Visibility::Public)),
        create(road(Visibility::Public)),
        create(place()),
        create(quota(&["road-a"])),
    ];
    commit(&store, batch(made)).await;
    assert_eq!(public().await, [1, 2, 3, 4, 5]);
    commit(&store, internal(vec![replace(road(Visibility::Internal), 1)])).await;
    assert_eq!(public().await, [1, 2], "neither the project, nor its place, nor the quota that names it");
    commit(&store, internal(vec![replace(road(Visibility::Public), 2)])).await;
    assert_eq!(public().await, [1, 2, 3, 4, 5]);
    let of_road = ChangeQuery { project: Some("road-a".into()), limit: 99, ..ChangeQuery::default() };
    let of_road: Vec<u64> =
        store.find_changes(of_road).await.expect("a sound log").iter().map(|change| change.seq).collect();
    assert_eq!(of_road, [3, 4, 6, 7], "its own changes and those of its place");
    let road_key = road(Visibility::Public).key();
    assert_eq!(store.last_internal(0).await.expect("a sound log"), [(road_key, 7)]);
    assert_eq!(store.last_internal(7).await.expect("a sound log"), []);
    commit(&store, internal(vec![replace(road(Visibility::Internal), 3)])).await;
    let gone = vec![replace(quota(&[]), 1), delete(&place(), 1), delete(&road(Visibility::Internal), 4)];
    commit(&store, internal(gone)).await;
    assert_eq!(public().await, [1, 2], "what went while it was internal stays hidden");
    commit(&store, batch([create(road(Visibility::Public))])).await;
    assert_eq!(public().await, [1, 2, 3, 4, 5, 12]);
    commit(&store, internal(vec![replace(roads(Visibility::Internal), 1)])).await;
    assert_eq!(public().await, [1, 3, 5, 12], "a collection takes its features with it");
}

pub async fn a_store_keeps_one_plan(store: impl Store) {
    let plan = || match one_of_each().into_iter().next() {
        Some(Record::Plan(plan)) => plan,
        other => panic!("{other:?} is no plan"),
    };
    commit(&store, batch([create(Record::Plan(plan()))])).await;
    let second = Record::Plan(Plan { id: slug("p-2020"), ..plan() });
    invalid(&store, batch([create(second)]), "another plan").await;
    commit(&store, batch([replace(Record::Plan(plan()), 1)])).await;
}
