//! `[database]`: where plan and accounts are when many servers share them.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use serde::Deserialize;

use crate::store::postgres;

/// Connections of one server: one writes, one listens, the others read.
const CONNECTIONS: RangeInclusive<usize> = 2..=100;

/// The database that many servers share.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Without it, and without one on the command line, all is in files.
    url: Option<String>,
    /// A file that holds the address, as it may hold a password.
    url_file: Option<PathBuf>,
    /// Certificates in PEM, in place of the system's, by which the database is known.
    root_certificates: Option<PathBuf>,
    /// Connections that a server holds.
    connections: Option<usize>,
}

impl Database {
    /// The address on the command line or in the environment goes first.
    pub fn options(&self, url: Option<String>) -> Option<postgres::Options> {
        let mut options = postgres::Options::new(url.or_else(|| self.url.clone())?);
        options.root_certificates.clone_from(&self.root_certificates);
        options.pool = self.connections.unwrap_or(options.pool);
        Some(options)
    }

    /// # Errors
    /// The member that cannot be taken.
    pub(super) fn check(mut self) -> Result<Database, String> {
        if let Some(path) = &self.url_file {
            if self.url.is_some() {
                return Err("database: url and url_file are both there; one of them tells the address".to_owned());
            }
            let text = std::fs::read_to_string(path);
            let text = text.map_err(|fault| format!("database.url_file: {}: {fault}", path.display()))?;
            self.url = Some(text.trim().to_owned());
        }
        if self.connections.is_some_and(|count| !CONNECTIONS.contains(&count)) {
            let (least, most) = (CONNECTIONS.start(), CONNECTIONS.end());
            return Err(format!("database.connections: is not a number from {least} to {most}"));
        }
        Ok(self)
    }
}
