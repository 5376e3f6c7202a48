//! Connections that go at the worst moment, and a database that is away or full of work.

use std::sync::atomic::Ordering;
use std::time::Duration;

use guatu::plan::RequestKey;
use guatu::store::{Store, StoreError, Turn};

use super::proxy::Proxy;
use super::{Home, until, whole_log};
use crate::support::plan::{batch, create, section};
use crate::support::postgis::shared;

/// Ends the server's side of all connections of this database but the asking one.
const END_ALL: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// Makes each commit that changes something take long after all is written: longer than anybody looks for what became of it.
const SLOW_COMMIT: &str = "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_sleep(9); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON guatu.commits DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION slow()";

const SLOW_STATEMENT: &str = "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_sleep(9); RETURN NULL; END $$;
    CREATE TRIGGER slow AFTER INSERT ON guatu.sections FOR EACH STATEMENT EXECUTE FUNCTION slow()";

const COMMITTING: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND query = 'COMMIT' AND state = 'active'";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_turn_whose_connection_is_killed_lands_nothing_and_the_next_one_works() {
    let home = Home::new();
    let store = home.store().await;
    for n in 1..4 {
        let turn = store.turn(0).await.expect("a turn");
        home.run(END_ALL);
        let said = turn.commit_all(vec![batch([create(section("s1", "一"))])]).await.expect_err("it is gone");
        assert!(matches!(said, StoreError::Unreachable(_)), "{said:?}");
        let made = store.commit(batch([create(section(&format!("t{n}"), "一"))])).await.expect("a fresh connection");
        assert_eq!(made[0].seq, n);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn reads_go_on_when_idle_connections_were_killed() {
    let home = Home::new();
    let store = home.store().await;
    store.commit(batch([create(section("s1", "一"))])).await.expect("it fits");
    for _ in 0..5 {
        home.run(END_ALL);
        assert_eq!(whole_log(&store).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_commit_that_is_killed_before_it_landed_is_known_not_to_have_landed() {
    let home = Home::new();
    let store = home.store().await;
    home.run(SLOW_COMMIT);
    let commits = store.commit(batch([create(section("s1", "一"))]));
    let kills = async {
        until("the commit", async || home.run(COMMITTING).trim() == "1").await;
        home.run(END_ALL);
    };
    let (said, ()) = tokio::join!(commits, kills);
    assert!(matches!(said, Err(StoreError::Unreachable(_))), "{said:?}");
    assert_eq!(whole_log(&store).await, []);
    home.run("DROP TRIGGER slow ON guatu.commits");
    assert_eq!(store.commit(batch([create(section("s1", "一"))])).await.expect("it fits")[0].seq, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_commit_whose_answer_is_lost_is_known_to_have_landed() {
    let home = Home::new();
    let proxy = Proxy::to(shared().folder());
    let mut options = home.options();
    options.url = proxy.url(&home.database);
    let store = home.store_with(&options).await;
    for n in 1..4 {
        proxy.cuts_the_next_commit.store(true, Ordering::SeqCst);
        let made = store.commit(batch([create(section(&format!("s{n}"), "一"))])).await.expect("it landed");
        assert!(!proxy.cuts_the_next_commit.load(Ordering::SeqCst), "the answer was lost");
        assert_eq!(made[0].seq, n);
    }
    let names: Vec<String> = whole_log(&store).await.iter().map(|change| change.key.id.to_string()).collect();
    assert_eq!(names, ["s1", "s2", "s3"], "each once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_that_is_away_is_an_outage_until_it_is_back() {
    let home = Home::new();
    let store = home.store().await;
    let name = &home.database;
    let shut = format!(
        "ALTER DATABASE {name} ALLOW_CONNECTIONS false;
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{name}'"
    );
    tokio::task::block_in_place(|| shared().run(&shut));
    until("the outage", async || store.outage().is_some()).await;
    let said = store.commit(batch([create(section("s1", "一"))])).await.expect_err("it is away");
    assert!(matches!(said, StoreError::Unreachable(_)), "{said:?}");
    let since = store.outage().expect("an outage").since;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(store.outage().expect("an outage").since, since, "it is one and the same");
    tokio::task::block_in_place(|| shared().run(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")));
    until("the end of the outage", async || store.outage().is_none()).await;
    store.commit(batch([create(section("s1", "一"))])).await.expect("it is back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_waits_too_long_is_told_that_it_is_busy() {
    let home = Home::new();
    let mut options = home.options();
    options.lock_timeout = Duration::from_millis(300);
    let (one, two) = (home.store().await, home.store_with(&options).await);
    let turn = one.turn(0).await.expect("a turn");
    let said = two.commit(batch([create(section("s1", "一"))])).await.expect_err("another writes");
    assert!(matches!(said, StoreError::Busy(_)), "{said:?}");
    drop(turn);
    options.statement_timeout = Duration::from_millis(500);
    let short = home.store_with(&options).await;
    home.run(SLOW_STATEMENT);
    let said = short.commit(batch([create(section("s1", "一"))])).await.expect_err("it takes too long");
    assert!(matches!(said, StoreError::Busy(_)), "{said:?}");
    home.run("DROP TRIGGER slow ON guatu.sections");
    short.commit(batch([create(section("s1", "一"))])).await.expect("it fits");
    assert_eq!(whole_log(&one).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_commit_of_which_nothing_can_be_found_out_is_unknown_and_lands_once_when_it_is_sent_again() {
    let home = Home::new();
    let mut options = home.options();
    options.statement_timeout = Duration::from_millis(500);
    let (one, short) = (home.store().await, home.store_with(&options).await);
    home.run(SLOW_COMMIT);
    let mut request = batch([create(section("s1", "一"))]);
    request.request = Some(RequestKey { key: "a".to_owned(), digest: 7 });
    let said = short.commit(request.clone()).await.expect_err("it goes on without us");
    assert!(matches!(said, StoreError::Unknown(_)), "{said:?}");
    let again = one.commit_all(vec![request]).await.expect("a sound database").remove(0).expect("the same request");
    assert!(again.repeated);
    assert_eq!(whole_log(&one).await, again.changes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_pool_that_is_exhausted_makes_others_wait_and_not_fail() {
    let home = Home::new();
    let mut options = home.options();
    options.pool = 2;
    let store = std::sync::Arc::new(home.store_with(&options).await);
    let tasks: Vec<_> = (0..30)
        .map(|n| {
            let store = std::sync::Arc::clone(&store);
            tokio::spawn(async move {
                store.commit(batch([create(section(&format!("s{n}"), "篇"))])).await.expect("it waits");
                whole_log(&*store).await
            })
        })
        .collect();
    for task in tasks {
        assert!(!task.await.expect("it ends").is_empty());
    }
    assert_eq!(store.load().await.expect("a sound store").seq, 30);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_disk_is_told_as_such_and_nothing_landed() {
    let home = Home::new();
    let store = home.store().await;
    home.run(
        "CREATE FUNCTION full() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;
        CREATE TRIGGER full_disk BEFORE INSERT ON guatu.changes FOR EACH STATEMENT EXECUTE FUNCTION full()",
    );
    let said = store.commit(batch([create(section("s1", "一"))])).await.expect_err("no room");
    assert!(matches!(said, StoreError::Full(_)), "{said:?}");
    home.run("DROP TRIGGER full_disk ON guatu.changes");
    assert_eq!(store.commit(batch([create(section("s1", "一"))])).await.expect("room")[0].seq, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_may_no_longer_write_is_left() {
    let home = Home::new();
    let store = home.store().await;
    let name = &home.database;
    // As after a failover: those who connect anew may not write, and neither may those who are there.
    home.run(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on"));
    home.run(END_ALL);
    let said = loop {
        match store.commit(batch([create(section("s1", "一"))])).await.expect_err("nobody may write") {
            StoreError::Unreachable(said) if said.contains("read-only") => break said,
            StoreError::Unreachable(_) => {}
            other => panic!("{other:?}"),
        }
    };
    assert!(said.contains("25006"), "{said}");
    home.run(&format!(
        "SET default_transaction_read_only = off; ALTER DATABASE {name} RESET default_transaction_read_only"
    ));
    store.commit(batch([create(section("s1", "一"))])).await.expect("a connection that may write");
}
