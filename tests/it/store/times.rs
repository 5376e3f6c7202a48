//! When changes were made.

use guatu::plan::Timestamp;
use guatu::store::Store;

use super::{commit, whole_log};
use crate::support::plan::{at, batch, create, section};

pub async fn times_are_kept_to_the_millisecond(store: impl Store) {
    let mut fine = batch([create(section("s1", "一"))]);
    fine.at = at("2019-06-01T08:00:00.123456789Z");
    let made = commit(&store, fine).await;
    assert_eq!(made[0].at, at("2019-06-01T08:00:00.123Z"));
    assert_eq!(whole_log(&store).await, made);
}

pub async fn times_never_go_back(store: impl Store) {
    let on = |id: &str, moment: &str| {
        let mut one = batch([create(section(id, "篇"))]);
        one.at = at(moment);
        one
    };
    commit(&store, on("s1", "2019-06-01T10:00:00Z")).await;
    let group = [on("s2", "2019-06-01T09:00:00Z"), on("s3", "2019-06-01T11:00:00Z"), on("s4", "2019-05-01T00:00:00Z")];
    let answers = store.commit_all(group.into()).await.expect("a disk that works");
    let told: Vec<Timestamp> = answers.into_iter().map(|answer| answer.expect("it fits").changes[0].at).collect();
    let ten = at("2019-06-01T10:00:00Z");
    let eleven = at("2019-06-01T11:00:00Z");
    assert_eq!(told, [ten, eleven, eleven]);
    let times: Vec<Timestamp> = whole_log(&store).await.iter().map(|change| change.at).collect();
    assert_eq!(times, [ten, ten, eleven, eleven]);
}

pub async fn the_last_change_by_a_moment_is_found(store: impl Store) {
    let check = async |moment: Timestamp, expected: u64| {
        assert_eq!(store.seq_at(moment).await.expect("a sound log"), expected, "{moment}");
    };
    check(at("2019-06-01T10:00:00Z"), 0).await;
    let mut first = batch([create(section("s1", "一"))]);
    first.at = at("2019-06-01T10:00:00.5Z");
    commit(&store, first).await;
    let mut second = batch([create(section("s2", "二")), create(section("s3", "三"))]);
    second.at = at("2019-06-02T00:00:00Z");
    commit(&store, second).await;
    check(Timestamp::MIN, 0).await;
    check(at("1969-12-31T00:00:00Z"), 0).await;
    check(at("2019-06-01T10:00:00.499Z"), 0).await;
    check(at("2019-06-01T10:00:00.5Z"), 1).await;
    check(at("2019-06-01T10:00:00.501Z"), 1).await;
    check(at("2019-06-01T23:59:59.999Z"), 1).await;
    check(at("2019-06-02T00:00:00Z"), 3).await;
    check(at("2219-06-02T00:00:00Z"), 3).await;
    check(Timestamp::MAX, 3).await;
}
