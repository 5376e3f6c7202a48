//! Settings that administrators change while the server runs, as words.

use rusqlite::{OptionalExtension, params};

use super::{Ledger, failed};
use crate::store::StoreError;

impl Ledger<'_> {
    pub fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let value = self.0.query_row("SELECT value FROM settings WHERE name = ?", [name], |row| row.get(0));
        value.optional().map_err(failed)
    }

    pub fn replace_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let replaced = self.0.execute("REPLACE INTO settings (name, value) VALUES (?, ?)", params![name, value]);
        replaced.map(|_| ()).map_err(failed)
    }
}
