//! Features, their collections and their numbers.

use guatu::plan::{Change, Record};
use guatu::spatial::GeometryType;
use guatu::store::{Store, UNNUMBERED};

use super::{commit, invalid, load, refused};
use crate::support::plan::{batch, collection, create, delete, point, replace};

pub async fn a_feature_needs_its_collection_and_its_type(store: impl Store) {
    invalid(&store, batch([create(point(1, "parks", "a", 120.7, 30.7))]), "no collection parks").await;
    commit(&store, batch([create(collection("parks", GeometryType::Polygon))])).await;
    invalid(&store, batch([create(point(1, "parks", "a", 120.7, 30.7))]), "holds Polygons").await;
}

pub async fn a_collection_with_features_cannot_be_deleted_or_change_its_type(store: impl Store) {
    let (parks, place) = (collection("parks", GeometryType::Point), point(1, "parks", "a", 120.7, 30.7));
    commit(&store, batch([create(parks.clone()), create(place.clone())])).await;
    invalid(&store, batch([delete(&parks, 1)]), "still has features").await;
    let polygons = collection("parks", GeometryType::Polygon);
    invalid(&store, batch([replace(polygons.clone(), 1)]), "features are Points").await;
    commit(&store, batch([delete(&place, 1), replace(polygons, 1)])).await;
    invalid(&store, batch([create(point(2, "parks", "b", 120.7, 30.7))]), "holds Polygons").await;
    commit(&store, batch([delete(&parks, 2), create(parks), create(point(2, "parks", "b", 120.7, 30.7))])).await;
    assert_eq!(load(&store).await.records.len(), 2);
}

pub async fn a_feature_number_is_never_given_to_another(store: impl Store) {
    let place = point(1, "parks", "a", 120.7, 30.7);
    let homes = ["parks", "schools"].map(|id| create(collection(id, GeometryType::Point)));
    commit(&store, batch(homes.into_iter().chain([create(place.clone())]))).await;
    for thief in [point(1, "parks", "b", 120.7, 30.7), point(1, "schools", "a", 120.7, 30.7)] {
        invalid(&store, batch([create(thief.clone())]), "belongs to another").await;
        invalid(&store, batch([delete(&place, 1), create(thief)]), "belongs to another").await;
    }
    invalid(&store, batch([replace(point(2, "parks", "a", 120.7, 30.7), 1)]), "cannot become 2").await;
    invalid(&store, batch([create(point(u64::MAX, "parks", "z", 120.7, 30.7))]), "more than").await;
    // The same feature may come back under its own number, as when a deletion is undone.
    commit(&store, batch([delete(&place, 1)])).await;
    commit(&store, batch([create(place)])).await;
}

/// The numbers of the features that changes put.
fn numbers(changes: &[Change]) -> Vec<u64> {
    let number = |change: &Change| match &change.after {
        Some(Record::Feature(feature)) => Some(feature.number),
        _ => None,
    };
    changes.iter().filter_map(number).collect()
}

pub async fn a_feature_without_a_number_gets_one_that_none_had(store: impl Store) {
    let new = |id: &str| point(UNNUMBERED, "parks", id, 120.7, 30.7);
    let parks = create(collection("parks", GeometryType::Point));
    let made = commit(&store, batch([parks, create(new("a")), create(new("b"))])).await;
    assert_eq!(numbers(&made), [1, 2]);
    assert_eq!(numbers(&commit(&store, batch([create(point(10, "parks", "c", 120.7, 30.7))])).await), [10]);
    let made = commit(&store, batch([create(new("d"))])).await;
    assert_eq!(numbers(&made), [11], "after the highest, whoever chose it");
    let last = made[0].after.clone().expect("a feature");
    commit(&store, batch([delete(&last, 1)])).await;
    assert_eq!(
        numbers(&commit(&store, batch([create(new("e"))])).await),
        [12],
        "the number of what is gone stays taken"
    );
    let again = commit(&store, batch([create(new("d"))])).await;
    assert_eq!(numbers(&again), [13], "also when it comes back as a new one");
    refused(&store, batch([create(new("f")), create(new("a"))])).await;
    assert_eq!(numbers(&commit(&store, batch([create(new("g"))])).await), [14]);
    let loaded = load(&store).await.records;
    let kept = loaded.iter().filter_map(|row| match &row.value {
        Record::Feature(feature) => Some((feature.id.as_str(), feature.number)),
        _ => None,
    });
    let mut kept: Vec<_> = kept.collect();
    kept.sort_unstable();
    assert_eq!(kept, [("a", 1), ("b", 2), ("c", 10), ("d", 13), ("e", 12), ("g", 14)]);
}
