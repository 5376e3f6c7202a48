//! Several writers at once.

use std::sync::Arc;

use guatu::store::{Store, StoreError};

use super::requests::keyed;
use super::{commit, load, whole_log};
use crate::support::plan::{batch, create, replace, section};

pub async fn concurrent_commits_get_numbers_without_gaps(store: impl Store) {
    let store = Arc::new(store);
    let tasks: Vec<_> = (0..40)
        .map(|n| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let records = (0..3).map(|m| create(section(&format!("s{n}-{m}"), "篇")));
                commit(&*store, batch(records)).await
            })
        })
        .collect();
    let mut numbers = Vec::new();
    for task in tasks {
        let changes = task.await.expect("a task that ends");
        assert!(changes.windows(2).all(|pair| pair[1].seq == pair[0].seq + 1), "a batch is not torn apart");
        numbers.extend(changes.iter().map(|change| change.seq));
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=120).collect::<Vec<_>>());
    assert_eq!(load(&*store).await.seq, 120);
}

pub async fn only_one_of_many_equal_edits_lands(store: impl Store) {
    let store = Arc::new(store);
    commit(&*store, batch([create(section("s1", "一"))])).await;
    let tasks: Vec<_> = (0..20)
        .map(|n| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.commit(batch([replace(section("s1", &format!("第{n}")), 1)])).await })
        })
        .collect();
    let mut landed = 0;
    for task in tasks {
        match task.await.expect("a task that ends") {
            Ok(_) => landed += 1,
            Err(StoreError::Conflict { .. }) => {}
            Err(other) => panic!("{other} is not a conflict"),
        }
    }
    assert_eq!((landed, load(&*store).await.seq), (1, 2));
}

pub async fn only_one_of_many_equal_requests_lands(store: impl Store) {
    let store = Arc::new(store);
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.commit_all(vec![keyed("wang-fang", "a", 1, "s1")]).await })
        })
        .collect();
    let mut fresh = 0;
    for task in tasks {
        let answers = task.await.expect("a task that ends").expect("a disk that works");
        let committed = answers.into_iter().next().expect("an answer").expect("the same request");
        assert_eq!(committed.changes[0].seq, 1);
        fresh += u64::from(!committed.repeated);
    }
    assert_eq!((fresh, whole_log(&*store).await.len()), (1, 1));
}
