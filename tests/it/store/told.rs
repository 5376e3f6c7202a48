//! What a change tells beside its record: who, why, what it took back, and who may know.

use guatu::plan::{Batch, Change};
use guatu::store::{BatchSummary, Store};

use super::{commit, whole_log};
use crate::support::plan::{at, batch, create, delete, replace, section};

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
    assert_eq!(store.batches().await.expect("a sound log"), []);
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
    let summary = |moment: &str, public, internal| BatchSummary { at: at(moment), public, internal };
    assert_eq!(
        store.batches().await.expect("a sound log"),
        [
            summary("2019-06-01T08:00:00Z", 2, 0),
            summary("2019-06-01T08:00:00Z", 0, 1),
            summary("2019-06-03T08:00:00.25Z", 1, 1),
        ]
    );
}
