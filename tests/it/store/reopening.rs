//! What must be there when a store is opened again.

use guatu::spatial::GeometryType;
use guatu::store::{ChangeQuery, Store, UNNUMBERED};

use super::requests::keyed;
use super::{Home, commit, load, whole_log};
use crate::support::plan::{at, batch, collection, create, delete, one_of_each, point, replace, section};

pub async fn all_is_there_after_closing(home: &impl Home) {
    let store = home.open();
    commit(&store, batch(one_of_each().into_iter().map(create))).await;
    let mut noted = batch([create(section("s2", "二"))]);
    (noted.note, noted.undoes) = (Some("说明".into()), Some(3));
    noted.internal = [section("s2", "").key()].into();
    commit(&store, noted).await;
    let (loaded, told) = (load(&store).await, whole_log(&store).await);
    let batches = store.batches(0).await.expect("a sound log");
    drop(store);
    let store = home.open();
    assert_eq!((load(&store).await, whole_log(&store).await), (loaded, told.clone()));
    assert_eq!(store.batches(0).await.expect("a sound log"), batches);
    assert_eq!(store.seq_at(at("2020-01-01T00:00:00Z")).await.expect("a sound log"), 12);
    let last = ChangeQuery { id: Some("s2".into()), limit: 9, ..ChangeQuery::default() };
    assert_eq!(store.find_changes(last).await.expect("a sound log"), told[11..]);
}

pub async fn numbers_go_on_after_closing(home: &impl Home) {
    let new = |id: &str| point(UNNUMBERED, "parks", id, 120.7, 30.7);
    let store = home.open();
    let parks = create(collection("parks", GeometryType::Point));
    let made = commit(&store, batch([parks, create(new("a")), create(new("b"))])).await;
    let last = made[2].after.clone().expect("a feature");
    commit(&store, batch([delete(&last, 1)])).await;
    drop(store);
    let store = home.open();
    let mut early = batch([create(new("c"))]);
    early.at = at("2019-01-01T00:00:00Z");
    let next = commit(&store, early).await;
    assert_eq!((next[0].seq, next[0].at), (5, made[0].at), "neither numbers nor times go back");
    assert_eq!(next[0].after, Some(point(3, "parks", "c", 120.7, 30.7)), "the number of what is gone stays taken");
}

pub async fn a_request_is_known_after_closing(home: &impl Home) {
    let store = home.open();
    let request = keyed("wang-fang", "a", 7, "s1");
    let first = commit(&store, request.clone()).await;
    commit(&store, batch([replace(section("s1", "改"), 1)])).await;
    drop(store);
    let store = home.open();
    let key = request.request.clone().expect("a key");
    assert_eq!(store.landed("wang-fang".into(), key).await.expect("a sound log"), Some(first.clone()));
    assert_eq!(commit(&store, request).await, first);
    assert_eq!(load(&store).await.seq, 2);
}
