//! The schema: made once however many servers start, and left alone when it is another program's.

use guatu::store::postgres::{Link, PostgresStore};
use guatu::store::{Store, StoreError};

use super::Home;
use crate::support::plan::{batch, create, section};

async fn refusal(home: &Home) -> String {
    let opened = PostgresStore::open(Link::open(&home.options()).expect("an address")).await;
    match opened.err() {
        Some(StoreError::NotAStore { path, reason }) => format!("{path}: {reason}"),
        other => panic!("{other:?} does not say that it is no store"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn servers_that_start_at_once_make_the_schema_once() {
    let home = Home::new();
    let stores = tokio::join!(home.store(), home.store(), home.store());
    stores.0.commit(batch([create(section("s1", "一"))])).await.expect("it fits");
    assert_eq!(stores.2.load().await.expect("a sound store").seq, 1);
    let steps = home.run("SELECT count(*), max(version) FROM guatu.refinery_schema_history");
    assert_eq!(steps.trim(), "1|1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_newer_schema_is_refused_and_left_alone() {
    let home = Home::new();
    drop(home.store().await);
    home.run("INSERT INTO guatu.refinery_schema_history SELECT 99, 'later', applied_on, '1' FROM guatu.refinery_schema_history");
    let said = refusal(&home).await;
    assert!(said.contains("newer Guatu") && said.contains("99"), "{said}");
    assert_eq!(home.run("SELECT max(version) FROM guatu.refinery_schema_history").trim(), "99");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_schema_that_somebody_changed_is_refused() {
    let home = Home::new();
    drop(home.store().await);
    home.run("UPDATE guatu.refinery_schema_history SET checksum = '1'");
    let said = refusal(&home).await;
    assert!(said.contains("not the one that this program knows"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_address_that_cannot_be_reached_is_told_without_its_password() {
    let mut options = Home::new().options();
    options.url = "postgresql://guatu:s3cret@127.0.0.1:1/guatu?sslmode=verify-full".to_owned();
    let link = Link::open(&options).expect("an address");
    assert_eq!(link.name(), "postgresql://127.0.0.1:1/guatu");
    let said = PostgresStore::open(link).await.err().expect("nobody is there");
    assert!(matches!(said, StoreError::Unreachable(_)), "{said:?}");
    assert!(!format!("{said:?}").contains("s3cret"), "{said:?}");
    options.url = "postgresql://guatu:s3cret@[".to_owned();
    let said = Link::open(&options).err().expect("no address");
    assert!(!format!("{said:?}").contains("s3cret"), "{said:?}");
}
