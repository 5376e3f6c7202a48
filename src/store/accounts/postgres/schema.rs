//! Brings the schema up to this program's, forward only, and leaves a newer one alone.

use deadpool_postgres::Object;
use refinery::error::Kind;
use tokio_postgres::Client;

use super::{MIGRATORS, fault};
use crate::store::StoreError;

mod migrations {
    refinery::embed_migrations!("src/store/accounts/postgres/migrations");
}

/// Makes the schema or brings it up to date. Of servers that start together one does it and the others wait for it: until the lock is
/// free, or their own limit of waiting.
pub(super) async fn prepare(connection: Object) -> Result<(), StoreError> {
    // Out of the pool for good: its settings are for this, and its end sets the lock free whatever happens.
    let mut client = Object::take(connection);
    let client: &mut Client = &mut client;
    let is_missing = begin(client).await.map_err(|fault| fault::of(&fault))?;
    if is_missing {
        client.batch_execute("CREATE SCHEMA guatu_accounts").await.map_err(|fault| fault::of(&fault))?;
    }
    let ran = migrations::migrations::runner().run_async(client).await;
    ran.map(|_| ()).map_err(|fault| match fault.kind() {
        Kind::MissingVersion(step) => {
            refused(format!("it was made by a newer program: this one does not know its step {step}"))
        }
        Kind::DivergentVersion(known, found) => refused(format!("its step {found} is not this program's {known}")),
        Kind::Connection(_, cause) => match cause.downcast_ref::<tokio_postgres::Error>() {
            Some(cause) => fault::of(cause),
            None => StoreError::Failed(format!("accounts: {fault}")),
        },
        _ => StoreError::Failed(format!("accounts: {fault}")),
    })
}

/// Takes the lock; tells whether the schema is missing. A role that may not make schemas can be given one.
async fn begin(client: &Client) -> Result<bool, tokio_postgres::Error> {
    client
        .batch_execute("SET search_path = guatu_accounts; SET lock_timeout = '30s'; SET statement_timeout = '60s'")
        .await?;
    client.execute("SELECT pg_advisory_lock($1)", &[&MIGRATORS]).await?;
    client.query_one("SELECT to_regnamespace('guatu_accounts') IS NULL", &[]).await?.try_get(0)
}

fn refused(reason: String) -> StoreError {
    StoreError::NotAStore { path: "the schema guatu_accounts of the database".to_owned(), reason }
}
