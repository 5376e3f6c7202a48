//! Takes over the log of another store, change by change as it is there. Gives out neither numbers nor versions.

use rusqlite::{Connection, TransactionBehavior};

use super::contents::Touched;
use super::fault::Fault;
use super::{commit, log};
use crate::plan::Change;
use crate::store::following::following;

/// One transaction for all of them.
pub(super) fn replay(connection: &mut Connection, changes: Vec<Change>) -> Result<(), Fault> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut last = log::last(&transaction)?;
    let mut touched = Touched::default();
    touched.table("changes");
    for change in changes {
        let found = commit::find(&transaction, &change.key)?;
        following(&change, (last.seq, last.at), found.as_ref()).map_err(Fault::Store)?;
        let before = found.map(|row| row.value);
        commit::write(&transaction, &change.key, change.version, before.as_ref(), change.after.as_ref())?;
        commit::note_tables(&mut touched, before.as_ref(), change.after.as_ref());
        log::append(&transaction, &change)?;
        (last.seq, last.at) = (change.seq, Some(change.at));
    }
    if let Some(at) = last.at {
        touched.record(&transaction, at)?;
    }
    Ok(transaction.commit()?)
}
