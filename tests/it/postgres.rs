//! The PostgreSQL store: the contract on a real PostgreSQL with PostGIS, and what only servers that share a database must keep.

use std::sync::atomic::{AtomicU32, Ordering};

use guatu::plan::{Change, Record};
use guatu::store::Store;
use guatu::store::postgres::{Link, Options, PostgresStore};
use tokio::task::block_in_place;

use crate::support::postgis::shared;

mod contract {
    use guatu::store::postgres::PostgresStore;

    impl crate::store::Home for super::Home {
        type Store = PostgresStore;

        fn open(&self) -> PostgresStore {
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(super::Home::store(self)))
        }
    }

    crate::store_contract! { super::Home::new() }
}

mod failing;
mod moving;
mod proxy;
mod schema;
mod servers;
mod tls;
mod views;

/// A database of its own.
struct Home {
    database: String,
}

impl Home {
    fn new() -> Home {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let database = format!("guatu_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        block_in_place(|| shared().run(&format!("CREATE DATABASE {database};")));
        Home { database }
    }

    fn options(&self) -> Options {
        Options::new(shared().url(&self.database))
    }

    async fn store(&self) -> PostgresStore {
        self.store_with(&self.options()).await
    }

    async fn store_with(&self, options: &Options) -> PostgresStore {
        PostgresStore::open(Link::open(options).expect("an address")).await.expect("a store of ours")
    }

    /// Runs statements as the database's owner and gives a line for each row.
    fn run(&self, sql: &str) -> String {
        block_in_place(|| shared().run_in(&self.database, sql)).expect("sound statements")
    }
}

async fn whole_log(store: &impl Store) -> Vec<Change> {
    store.changes(0, usize::MAX).await.expect("a sound log")
}

fn records(loaded: guatu::store::Loaded) -> std::collections::BTreeMap<guatu::plan::RecordKey, (u64, Record)> {
    loaded.records.into_iter().map(|row| (row.value.key(), (row.version, row.value))).collect()
}

/// Waits until something holds, as long as a slow machine may need.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !holds().await {
        assert!(begun.elapsed().as_secs() < 30, "{what} never came");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
