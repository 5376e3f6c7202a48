//! Settings that administrators change while the server runs, as words.

use super::Ledger;
use crate::store::StoreError;

impl Ledger<'_> {
    pub fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.row("SELECT value FROM settings WHERE name = $1", &[&name], |row| row.get("value"))
    }

    pub fn replace_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        self.execute(
            "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            &[&name, &value],
        )?;
        Ok(())
    }
}
