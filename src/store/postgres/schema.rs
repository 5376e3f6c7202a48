//! Brings the schema up to this program's, forward only, and leaves a newer one alone.

use refinery::error::Kind;
use tokio_postgres::{Client, Error};

use super::fault;
use super::link::Link;
use crate::store::StoreError;

mod steps {
    refinery::embed_migrations!("src/store/postgres/migrations");
}

/// Where servers queue that bring the schema up to date: "guatuMig" as a number.
const MIGRATORS: i64 = 0x6775_6174_754d_6967;

/// Of servers that start together one makes the schema and the others wait for it.
pub(super) async fn prepare(link: &Link) -> Result<(), StoreError> {
    // A connection of its own: its settings are for this, and its end sets the lock free whatever happens.
    let (mut client, connection) =
        link.config.connect(link.tls.clone()).await.map_err(|fault| match fault::of(&fault) {
            StoreError::Failed(said) => StoreError::Unreachable(said),
            other => other,
        })?;
    let runs = tokio::spawn(connection);
    let done = migrate(&mut client, link).await;
    drop(client);
    // How the connection ends no longer matters.
    drop(runs.await);
    done
}

/// Holds what is there against this program, and changes nothing.
///
/// # Errors
/// [`StoreError::NotAStore`] when there is nothing, or something of another program's.
pub(super) async fn inspect(link: &Link) -> Result<(), StoreError> {
    let refuse = |reason: String| StoreError::NotAStore { path: link.name().to_owned(), reason };
    let connection = link.connection().await?;
    let version = async {
        let there = "SELECT to_regclass('guatu.refinery_schema_history') IS NOT NULL";
        if !connection.query_one(there, &[]).await?.try_get::<_, bool>(0)? {
            return Ok(None);
        }
        let asked = "SELECT max(version)::bigint FROM guatu.refinery_schema_history";
        connection.query_one(asked, &[]).await?.try_get::<_, Option<i64>>(0)
    };
    let version = version.await.map_err(|fault| fault::of(&fault))?;
    let version = version.ok_or_else(|| refuse("there is no plan in it; a server or a copy makes one".to_owned()))?;
    match version {
        version if version == latest() => Ok(()),
        version => Err(refuse(format!(
            "its schema is {version}, and this program's is {}: start a server of this program on it once",
            latest()
        ))),
    }
}

fn latest() -> i64 {
    let runner = steps::migrations::runner();
    i64::from(runner.get_migrations().iter().map(|step| step.version()).max().unwrap_or(0))
}

async fn migrate(client: &mut Client, link: &Link) -> Result<(), StoreError> {
    let refuse = |reason: String| StoreError::NotAStore { path: link.name().to_owned(), reason };
    let found = begin(client).await.map_err(|fault| fault::of(&fault))?;
    if !found.has_postgis {
        let made = client.batch_execute("CREATE EXTENSION IF NOT EXISTS postgis").await;
        made.map_err(|fault| refuse(format!("PostGIS is missing, and cannot be added: {}", fault::said(&fault))))?;
    }
    if !found.has_schema {
        client.batch_execute("CREATE SCHEMA guatu").await.map_err(|fault| fault::of(&fault))?;
    }
    if let Some(version) = found.version {
        let latest = latest();
        if version > latest {
            let reason = format!("a newer Guatu wrote it: its schema is {version}, and this program knows {latest}");
            return Err(refuse(reason));
        }
    }
    let mut runner = steps::migrations::runner();
    runner.set_migration_table_name("guatu.refinery_schema_history");
    let ran = runner.run_async(client).await;
    ran.map_err(|fault| match fault.kind() {
        Kind::MissingVersion(step) => refuse(format!("a newer Guatu wrote it: this program does not know its {step}")),
        Kind::DivergentVersion(_, found) => {
            refuse(format!("its schema {found} is not the one that this program knows"))
        }
        Kind::Connection(_, cause) => match cause.downcast_ref::<Error>() {
            Some(cause) => fault::of(cause),
            None => StoreError::Failed(fault.to_string()),
        },
        _ => StoreError::Failed(fault.to_string()),
    })?;
    client.batch_execute("SELECT guatu.let_readers_in()").await.map_err(|fault| fault::of(&fault))
}

/// What is there already.
struct Found {
    has_postgis: bool,
    has_schema: bool,
    version: Option<i64>,
}

async fn begin(client: &Client) -> Result<Found, Error> {
    client.batch_execute("SET lock_timeout = '60s'; SET statement_timeout = '10min'").await?;
    client.execute("SELECT pg_advisory_lock($1)", &[&MIGRATORS]).await?;
    let asked =
        "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'postgis'), to_regnamespace('guatu') IS NOT NULL,
                        to_regclass('guatu.refinery_schema_history') IS NOT NULL";
    let row = client.query_one(asked, &[]).await?;
    let version = if row.try_get(2)? {
        let asked = "SELECT max(version)::bigint FROM guatu.refinery_schema_history";
        client.query_one(asked, &[]).await?.try_get(0)?
    } else {
        None
    };
    Ok(Found { has_postgis: row.try_get(0)?, has_schema: row.try_get(1)?, version })
}
