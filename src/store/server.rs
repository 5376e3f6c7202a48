//! The store that a server keeps its plan in: a file for one server, or a database for many.

use super::{BatchSummary, ChangeQuery, Committed, Loaded, Outage, Store, StoreError, Turn, gpkg, postgres};
use crate::plan::{Batch, Change, RecordKey, RequestKey, Timestamp};

pub enum ServerStore {
    File(gpkg::GpkgStore),
    Database(postgres::PostgresStore),
}

pub enum ServerTurn {
    File(gpkg::GpkgTurn),
    Database(Box<postgres::PostgresTurn>),
}

impl ServerStore {
    /// Makes what was committed safe in one file where the store is one; a database looks after itself.
    ///
    /// # Errors
    /// As [`gpkg::GpkgStore::flush`].
    pub async fn flush(&self) -> Result<(), StoreError> {
        match self {
            ServerStore::File(store) => store.flush().await,
            ServerStore::Database(_) => Ok(()),
        }
    }
}

impl Store for ServerStore {
    type Turn = ServerTurn;

    async fn load(&self) -> Result<Loaded, StoreError> {
        match self {
            ServerStore::File(store) => store.load().await,
            ServerStore::Database(store) => store.load().await,
        }
    }

    async fn turn(&self, known: u64) -> Result<ServerTurn, StoreError> {
        Ok(match self {
            ServerStore::File(store) => ServerTurn::File(store.turn(known).await?),
            ServerStore::Database(store) => ServerTurn::Database(Box::new(store.turn(known).await?)),
        })
    }

    async fn news(&self) {
        match self {
            ServerStore::File(store) => store.news().await,
            ServerStore::Database(store) => store.news().await,
        }
    }

    fn outage(&self) -> Option<Outage> {
        match self {
            ServerStore::File(store) => store.outage(),
            ServerStore::Database(store) => store.outage(),
        }
    }

    async fn replay(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        match self {
            ServerStore::File(store) => store.replay(changes).await,
            ServerStore::Database(store) => store.replay(changes).await,
        }
    }

    async fn landed(&self, actor: String, request: RequestKey) -> Result<Option<Vec<Change>>, StoreError> {
        match self {
            ServerStore::File(store) => store.landed(actor, request).await,
            ServerStore::Database(store) => store.landed(actor, request).await,
        }
    }

    async fn changes(&self, after: u64, limit: usize) -> Result<Vec<Change>, StoreError> {
        match self {
            ServerStore::File(store) => store.changes(after, limit).await,
            ServerStore::Database(store) => store.changes(after, limit).await,
        }
    }

    async fn find_changes(&self, query: ChangeQuery) -> Result<Vec<Change>, StoreError> {
        match self {
            ServerStore::File(store) => store.find_changes(query).await,
            ServerStore::Database(store) => store.find_changes(query).await,
        }
    }

    async fn seq_at(&self, at: Timestamp) -> Result<u64, StoreError> {
        match self {
            ServerStore::File(store) => store.seq_at(at).await,
            ServerStore::Database(store) => store.seq_at(at).await,
        }
    }

    async fn batches(&self, after: u64) -> Result<Vec<BatchSummary>, StoreError> {
        match self {
            ServerStore::File(store) => store.batches(after).await,
            ServerStore::Database(store) => store.batches(after).await,
        }
    }

    async fn last_internal(&self, after: u64) -> Result<Vec<(RecordKey, u64)>, StoreError> {
        match self {
            ServerStore::File(store) => store.last_internal(after).await,
            ServerStore::Database(store) => store.last_internal(after).await,
        }
    }
}

impl Turn for ServerTurn {
    fn missed(&self) -> &[Change] {
        match self {
            ServerTurn::File(turn) => turn.missed(),
            ServerTurn::Database(turn) => turn.missed(),
        }
    }

    async fn commit_all(self, batches: Vec<Batch>) -> Result<Vec<Result<Committed, StoreError>>, StoreError> {
        match self {
            ServerTurn::File(turn) => turn.commit_all(batches).await,
            ServerTurn::Database(turn) => turn.commit_all(batches).await,
        }
    }
}
