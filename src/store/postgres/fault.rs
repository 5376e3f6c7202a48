//! What PostgreSQL says went wrong, by what the caller should do. Never holds what a statement was given: neither details, which
//! quote rows, nor the words about a value that does not fit.

use std::error::Error as _;

use deadpool_postgres::PoolError;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::plan::RecordKey;
use crate::store::StoreError;

#[derive(Debug)]
pub(super) enum Fault {
    Database(Error),
    /// A row that another program must have written.
    Row {
        table: &'static str,
        reason: String,
    },
    Store(StoreError),
}

impl Fault {
    pub(super) fn invalid(key: &RecordKey, reason: impl Into<String>) -> Fault {
        Fault::Store(StoreError::Invalid { key: key.clone(), reason: reason.into() })
    }

    /// `database` is how people call it, without its password.
    pub(super) fn at(self, database: &str) -> StoreError {
        match self {
            Fault::Database(fault) => of(&fault),
            Fault::Row { table, reason } => {
                StoreError::NotAStore { path: database.to_owned(), reason: format!("table {table}: {reason}") }
            }
            Fault::Store(fault) => fault,
        }
    }

    pub(super) fn is_of_connection(&self) -> bool {
        matches!(self, Fault::Database(fault) if is_of_connection(fault))
    }

    /// Whether a column, a check or a key refused what a statement was given.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, Fault::Database(fault) if fault.code().is_some_and(|code| is_of_class(code, &["22", "23"])))
    }
}

impl From<Error> for Fault {
    fn from(fault: Error) -> Fault {
        Fault::Database(fault)
    }
}

fn is_of_class(code: &SqlState, classes: &[&str]) -> bool {
    classes.iter().any(|class| code.code().starts_with(class))
}

/// Whether the connection is of no more use: it ended, or its server may no longer write.
pub(super) fn is_of_connection(fault: &Error) -> bool {
    match fault.code() {
        Some(code) => is_of_class(code, &["08", "57P", "25P03"]) || *code == SqlState::READ_ONLY_SQL_TRANSACTION,
        // Without a code the server said nothing: the connection did.
        None => fault.is_closed() || fault.source().is_some_and(|cause| cause.is::<std::io::Error>()),
    }
}

pub(super) fn of(fault: &Error) -> StoreError {
    let said = said(fault);
    let Some(code) = fault.code() else {
        return if is_of_connection(fault) { StoreError::Unreachable(said) } else { StoreError::Failed(said) };
    };
    match code {
        code if is_of_connection(fault) || is_of_class(code, &["28"]) => StoreError::Unreachable(said),
        code if *code == SqlState::DISK_FULL => StoreError::Full(said),
        code if is_of_class(code, &["53", "55P03", "57014", "40"]) => StoreError::Busy(said),
        _ => StoreError::Failed(said),
    }
}

/// In words, with the names of what refused.
pub(super) fn said(fault: &Error) -> String {
    let Some(told) = fault.as_db_error() else {
        return match fault.source() {
            Some(cause) => format!("{fault}: {cause}"),
            None => fault.to_string(),
        };
    };
    let code = told.code();
    if is_of_class(code, &["22", "23"]) {
        let parts = [("table", told.table()), ("column", told.column()), ("rule", told.constraint())];
        let parts = parts.into_iter().filter_map(|(name, part)| Some(format!(", {name} {}", part?)));
        return format!("PostgreSQL refused a value ({}{})", code.code(), parts.collect::<String>());
    }
    format!("PostgreSQL says: {} ({})", told.message(), code.code())
}

pub(super) fn of_pool(fault: &PoolError) -> StoreError {
    match fault {
        PoolError::Backend(fault) => match of(fault) {
            StoreError::Failed(said) => StoreError::Unreachable(said),
            other => other,
        },
        PoolError::Timeout(deadpool_postgres::TimeoutType::Wait) => {
            StoreError::Busy("all connections to the database are taken".to_owned())
        }
        PoolError::Timeout(_) => StoreError::Unreachable("the database did not answer in time".to_owned()),
        other => StoreError::Failed(other.to_string()),
    }
}
