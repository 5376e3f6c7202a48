//! Where a command finds what is kept: the data folder, or a database.

use std::path::PathBuf;

use crate::app::Place;
use crate::config::Config;

#[derive(clap::Args)]
pub struct PlaceArguments {
    /// Folder of the data, where plan and accounts are in files.
    #[arg(long, required_unless_present = "database_url", conflicts_with = "database_url")]
    data: Option<PathBuf>,
    #[command(flatten)]
    pub database: DatabaseArguments,
}

#[derive(clap::Args)]
pub struct DatabaseArguments {
    /// Database with the plan and the accounts in place of files, such as `postgres://guatu@db.example.org/guatu?sslmode=verify-full`.
    #[arg(long, env = "GUATU_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
}

impl PlaceArguments {
    pub fn place(&self, config: &Config) -> Place {
        // Without a folder there is a database, and nothing is looked for in a folder.
        Place::new(self.data.clone().unwrap_or_default(), self.database.database_url.clone(), config)
    }
}
