//! Requests that are sent again, by their actor's key and a digest of what they ask.

use guatu::plan::{Batch, RequestKey};
use guatu::store::{Store, StoreError};

use super::{commit, load, refused, whole_log};
use crate::support::plan::{at, batch, create, replace, section};

/// A request that makes a section.
pub(super) fn keyed(actor: &str, key: &str, digest: u64, id: &str) -> Batch {
    let request = Some(RequestKey { key: key.to_owned(), digest });
    Batch { actor: actor.to_owned(), request, ..batch([create(section(id, "篇"))]) }
}

pub async fn a_request_that_is_sent_again_lands_once(store: impl Store) {
    let request = keyed("wang-fang", "a", u64::MAX, "s1");
    let key = request.request.clone().expect("a key");
    assert_eq!(store.landed("wang-fang".into(), key.clone()).await.expect("a sound log"), None);
    let first = commit(&store, request.clone()).await;
    commit(&store, batch([replace(section("s1", "改"), 1)])).await;
    let mut later = request;
    later.at = at("2019-06-20T00:00:00Z");
    let again = store.commit_all(vec![later]).await.expect("a disk that works").remove(0).expect("the same request");
    assert!(again.repeated);
    assert_eq!(again.changes, first, "what it changed then, although the record is another now");
    assert_eq!(store.landed("wang-fang".into(), key).await.expect("a sound log"), Some(first));
    assert_eq!((load(&store).await.seq, whole_log(&store).await.len()), (2, 2));
}

pub async fn a_request_twice_in_a_group_lands_once(store: impl Store) {
    let request = keyed("wang-fang", "a", 1, "s1");
    let group = vec![request.clone(), keyed("wang-fang", "b", 2, "s2"), request];
    let answers = store.commit_all(group).await.expect("a disk that works");
    let told: Vec<_> = answers.into_iter().map(|answer| answer.expect("it fits")).collect();
    assert_eq!(
        told.iter().map(|one| (one.changes[0].seq, one.repeated)).collect::<Vec<_>>(),
        [(1, false), (2, false), (1, true)]
    );
}

pub async fn a_key_is_its_actors_and_for_one_request(store: impl Store) {
    commit(&store, keyed("wang-fang", "a", 1, "s1")).await;
    let reused = |fault: StoreError| match fault {
        StoreError::KeyReused { actor, key } => assert_eq!((actor.as_str(), key.as_str()), ("wang-fang", "a")),
        other => panic!("{other} is not about the key"),
    };
    let said = refused(&store, keyed("wang-fang", "a", 2, "s2")).await;
    assert!(said.to_string().contains("wang-fang") && said.to_string().contains("\"a\""), "{said}");
    reused(said);
    let other = RequestKey { key: "a".into(), digest: 2 };
    reused(store.landed("wang-fang".into(), other.clone()).await.expect_err("another request"));
    assert_eq!(store.landed("li-wei".into(), other).await.expect("nothing of theirs"), None);
    assert_eq!(commit(&store, keyed("li-wei", "a", 2, "s2")).await[0].seq, 2, "everybody has keys of their own");
    assert_eq!(commit(&store, keyed("wang-fang", "A", 1, "s3")).await[0].seq, 3, "a key is told letter by letter");
}

pub async fn a_refused_request_leaves_its_key_free(store: impl Store) {
    let mut request = keyed("wang-fang", "a", 1, "s1");
    request.edits.push(replace(section("s9", "无"), 1));
    refused(&store, request.clone()).await;
    let key = request.request.clone().expect("a key");
    assert_eq!(store.landed("wang-fang".into(), key).await.expect("a sound log"), None);
    commit(&store, batch([create(section("s9", "有"))])).await;
    assert_eq!(commit(&store, request).await.len(), 2, "it lands once it fits");
}
