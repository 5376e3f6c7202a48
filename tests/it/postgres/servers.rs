//! Several servers that share a database.

use std::sync::Arc;
use std::time::{Duration, Instant};

use guatu::plan::Change;
use guatu::store::{KNOWS_ALL, MAX_MISSED, Store, StoreError, Turn};

use super::{Home, until, whole_log};
use crate::support::plan::{batch, create, replace, section};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn numbers_of_three_servers_have_no_gaps_and_each_sees_each_change_once() {
    let home = Home::new();
    let stores = [Arc::new(home.store().await), Arc::new(home.store().await), Arc::new(home.store().await)];
    let writers = stores.iter().enumerate().map(|(server, store)| {
        let store = Arc::clone(store);
        tokio::spawn(async move {
            for n in 0..15 {
                let records = (0..2).map(|m| create(section(&format!("s{server}-{n}-{m}"), "篇")));
                store.commit(batch(records)).await.expect("it fits");
            }
        })
    });
    let tails = stores.iter().map(|store| {
        let store = Arc::clone(store);
        tokio::spawn(async move {
            let mut seen: Vec<u64> = Vec::new();
            while seen.len() < 90 {
                let after = seen.last().copied().unwrap_or(0);
                let page = store.changes(after, 7).await.expect("a sound log");
                if page.is_empty() {
                    store.news().await;
                }
                seen.extend(page.iter().map(|change| change.seq));
            }
            seen
        })
    });
    let (writers, tails): (Vec<_>, Vec<_>) = (writers.collect(), tails.collect());
    for writer in writers {
        writer.await.expect("it ends");
    }
    for tail in tails {
        assert_eq!(tail.await.expect("it ends"), (1..=90).collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_turn_tells_what_others_committed() {
    let home = Home::new();
    let (one, two) = (home.store().await, home.store().await);
    let mut made = one.commit(batch([create(section("s1", "一"))])).await.expect("it fits");
    made.extend(one.commit(batch([replace(section("s1", "二"), 1)])).await.expect("it fits"));
    let turn = two.turn(0).await.expect("a turn");
    assert_eq!(turn.missed(), made);
    drop(turn);
    let turn = two.turn(1).await.expect("a turn");
    assert_eq!(turn.missed(), &made[1..]);
    let waits = one.commit(batch([create(section("s2", "二"))]));
    tokio::pin!(waits);
    assert!(
        tokio::time::timeout(Duration::from_millis(200), &mut waits).await.is_err(),
        "nobody commits beside a turn"
    );
    let answers = turn.commit_all(vec![batch([create(section("s3", "三"))])]).await.expect("it works");
    assert_eq!(answers[0].as_ref().expect("it fits").changes[0].seq, 3);
    assert_eq!(waits.await.expect("it fits")[0].seq, 4);
    let turn = two.turn(KNOWS_ALL).await.expect("a turn");
    assert_eq!(turn.missed(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_turn_that_is_dropped_leaves_nothing_and_holds_nobody_up() {
    let home = Home::new();
    let (one, two) = (home.store().await, home.store().await);
    for n in 0..20 {
        drop(one.turn(0).await.expect("a turn"));
        two.commit(batch([create(section(&format!("s{n}"), "篇"))])).await.expect("it fits");
    }
    let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'";
    until("the end of all transactions", async || home.run(open).trim() == "0").await;
    assert_eq!(two.load().await.expect("a sound store").seq, 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_missed_too_much_reads_the_log_first() {
    let home = Home::new();
    let store = home.store().await;
    let edits = (0..=MAX_MISSED).map(|n| create(section(&format!("s{n}"), "篇")));
    store.commit(batch(edits)).await.expect("it fits");
    let last = MAX_MISSED as u64 + 1;
    assert!(matches!(store.turn(0).await.err(), Some(StoreError::Behind { last: found }) if found == last));
    assert_eq!(store.turn(1).await.expect("a turn").missed().len(), MAX_MISSED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_change_wakes_the_others_at_once_and_a_lost_wake_only_later() {
    let home = Home::new();
    let mut options = home.options();
    options.poll = Duration::from_secs(20);
    let (one, slow) = (home.store().await, home.store_with(&options).await);
    // The first wake is that of the listener itself.
    slow.news().await;
    let commits = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        one.commit(batch([create(section("s1", "一"))])).await.expect("it fits");
    };
    let begun = Instant::now();
    tokio::join!(slow.news(), commits);
    assert!(begun.elapsed() < Duration::from_secs(10), "the wake came by itself");
    home.run("DROP TRIGGER tell_of_changes ON guatu.changes");
    options.poll = Duration::from_millis(300);
    let deaf = home.store_with(&options).await;
    one.commit(batch([create(section("s2", "二"))])).await.expect("it fits");
    let mut seen: Vec<Change> = Vec::new();
    while seen.len() < 2 {
        deaf.news().await;
        seen = whole_log(&deaf).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_check_refuses_leaves_the_others_of_its_group_alone() {
    let home = Home::new();
    let store = home.store().await;
    let mut wrong = crate::support::plan::project("road-a");
    wrong.progress = Some(150.0);
    let group = vec![
        batch([create(section("s1", "一"))]),
        batch([create(section("s2", "二")), create(guatu::plan::Record::Project(wrong))]),
        batch([create(section("s2", "二"))]),
    ];
    let answers = store.commit_all(group).await.expect("a sound database");
    let said = answers[1].as_ref().expect_err("too much").to_string();
    assert!(said.contains("projects") && said.contains("progress") && !said.contains("150"), "{said}");
    let seqs: Vec<u64> = whole_log(&store).await.iter().map(|change| change.seq).collect();
    assert_eq!((answers[0].is_ok(), answers[2].is_ok(), seqs), (true, true, vec![1, 2]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_edits_are_one_short_batch() {
    let home = Home::new();
    let store = home.store().await;
    let project = |n: usize| guatu::plan::Record::Project(crate::support::plan::project(&format!("p{n}")));
    store.commit(batch((0..1_000).map(|n| create(project(n))))).await.expect("it fits");
    let begun = Instant::now();
    store.commit(batch((0..1_000).map(|n| replace(project(n), 1)))).await.expect("it fits");
    let took = begun.elapsed();
    println!("1,000 edits of projects in one batch: {took:?}");
    // Far from what it takes, so that a busy machine is no fault.
    assert!(took < Duration::from_secs(10), "{took:?}");
    let begun = Instant::now();
    for n in 0..100 {
        store.commit(batch([replace(project(n), 2)])).await.expect("it fits");
    }
    println!("100 single edits: {:?}", begun.elapsed());
}
