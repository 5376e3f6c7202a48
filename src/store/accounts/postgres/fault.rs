//! What PostgreSQL says went wrong, by what the caller should do. Never holds what a statement was given: details, which quote rows,
//! are left out.

use std::error::Error;
use std::io;

use deadpool_postgres::{PoolError, Status};
use tokio_postgres::error::SqlState;

use crate::store::StoreError;

pub(super) fn of(fault: &tokio_postgres::Error) -> StoreError {
    let Some(told) = fault.as_db_error() else {
        let said = format!("accounts: {}", chain(fault));
        return if is_of_connection(fault) { StoreError::Unreachable(said) } else { StoreError::Failed(said) };
    };
    let said = format!("accounts: {} (SQLSTATE {})", told.message(), told.code().code());
    let code = told.code();
    match code.code() {
        "53100" => StoreError::Full(said),
        // Too many connections, a wait that was too long, a statement that was ended, a deadlock.
        "53300" | "55P03" | "57014" | "40P01" => StoreError::Busy(said),
        _ if is_away_state(code) => StoreError::Unreachable(said),
        _ => StoreError::Failed(said),
    }
}

/// The server ends, starts, has ended the connection, or has become one that only reads.
fn is_away_state(code: &SqlState) -> bool {
    ["57P01", "57P02", "57P03", "57P05", "25P03", "25006"].contains(&code.code()) || code.code().starts_with("08")
}

fn is_of_connection(fault: &tokio_postgres::Error) -> bool {
    let mut cause = fault.source();
    while let Some(one) = cause {
        if one.is::<io::Error>() {
            return true;
        }
        cause = one.source();
    }
    fault.is_closed()
}

pub(super) fn of_pool(fault: &PoolError) -> StoreError {
    match fault {
        // No connection, whatever the reason: a name that is not known, a server that refuses or is full, TLS that does not come about.
        PoolError::Backend(cause) if cause.as_db_error().is_some() => StoreError::Unreachable(of(cause).to_string()),
        PoolError::Backend(cause) => StoreError::Unreachable(format!("accounts: {}", chain(cause))),
        fault => StoreError::Unreachable(format!("accounts: {fault}")),
    }
}

/// No connection came in time: others hold all of them, or none can be made.
pub(super) fn waited(pool: Status) -> StoreError {
    if pool.size >= pool.max_size {
        StoreError::Busy(format!("accounts: all {} connections to the database are in use", pool.max_size))
    } else {
        StoreError::Unreachable("accounts: no connection to the database came about in time".to_owned())
    }
}

/// No answer came in time.
pub(super) fn silent() -> StoreError {
    StoreError::Unreachable("accounts: the database does not answer".to_owned())
}

pub(super) fn is_away(fault: &StoreError) -> bool {
    matches!(fault, StoreError::Unreachable(_))
}

/// A fault with its reasons.
fn chain(fault: &dyn Error) -> String {
    let mut said = fault.to_string();
    let mut cause = fault.source();
    while let Some(one) = cause {
        let more = one.to_string();
        if !said.contains(&more) {
            said = format!("{said}: {more}");
        }
        cause = one.source();
    }
    said
}
