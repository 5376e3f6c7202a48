//! `guatu store …`: what is done with a whole store.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use super::failed;
use crate::app::{self, Address, Copied, CopyOptions, PhotosAddress, Step};

#[derive(Subcommand)]
pub enum StoreCommand {
    /// Bring a plan with its whole history from one store into another, and prove that both hold the same; goes on where it stopped.
    Copy(CopyArguments),
}

#[derive(Args)]
pub struct CopyArguments {
    /// Where it is: a data folder, a GeoPackage of ours, or `postgres://…`; a server may be at work on it.
    #[arg(long, value_name = "STORE")]
    from: Address,
    /// Where it goes: the same, empty or begun by an earlier copy, and without a server.
    #[arg(long, value_name = "STORE")]
    to: Address,
    /// Users, passwords, tokens and settings too; people sign in anew.
    #[arg(long)]
    accounts: bool,
    /// Photos too, into a folder, or into the bucket of the configuration with the word `bucket`.
    #[arg(long, value_name = "PHOTOS")]
    photos_to: Option<PhotosAddress>,
    /// Where photos are, likewise; those of the source's data folder when absent.
    #[arg(long, value_name = "PHOTOS", requires = "photos_to")]
    photos_from: Option<PhotosAddress>,
    /// Configuration file, for the certificates of the database and the bucket.
    #[arg(long)]
    config: Option<std::path::PathBuf>,
}

/// How often the bar is drawn anew.
const DRAW_EVERY: Duration = Duration::from_millis(200);

pub fn run(command: StoreCommand) -> ExitCode {
    let StoreCommand::Copy(arguments) = command;
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(fault) => return failed(fault),
    };
    let bar = ProgressBar::no_length();
    bar.enable_steady_tick(DRAW_EVERY);
    let shown = bar.clone();
    let progress = move |step: Step| show(&shown, step);
    let CopyArguments { from, to, accounts, photos_from, photos_to, config } = arguments;
    let options = CopyOptions { from, to, accounts, photos_from, photos_to, config };
    let done = runtime.block_on(app::copy(options, progress));
    bar.finish_and_clear();
    match done {
        Ok(copied) => tell(&copied),
        Err(fault) => return failed(fault),
    }
    ExitCode::SUCCESS
}

fn show(bar: &ProgressBar, step: Step) {
    let (message, done, all) = match step {
        Step::Changes { done, all } => ("changes", done, all),
        Step::Photos { done, all } => ("photos", done, all),
    };
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(message);
    bar.set_length(all);
    bar.set_position(done);
}

fn tell(copied: &Copied) {
    let moved = &copied.moved;
    say!(
        "changes: {} were there, {} copied; sha256 of the log {}, the same on both sides",
        moved.found,
        moved.copied,
        moved.log_sha256
    );
    say!("records: {}; sha256 {}, the same on both sides", moved.records, moved.records_sha256);
    for key in &moved.adopted {
        say!("adopted: {key}, written into the source's tables past its log");
    }
    if let Some(accounts) = &copied.accounts {
        say!("accounts: {} users, {} tokens", accounts.users, accounts.tokens);
    }
    if let Some(photos) = &copied.photos {
        say!("photos: {} were there, {} copied, each with its checksum", photos.found, photos.copied);
    }
}
