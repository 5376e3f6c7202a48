//! The command line: what can be asked of `guatu`, and how the answers look in a terminal.

/// Prints a line. Whoever reads may have seen enough and gone; what is being done is done all the same.
macro_rules! say {
    ($($told:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($told)*);
    }};
}

mod check;
mod demo;
mod export;
mod import;
mod place;
mod serve;
mod store;
mod user;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::plan::Date;

/// A district's annual work plan as a living map.
#[derive(Parser)]
#[command(name = "guatu", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the plan of a data folder; the first start creates it.
    Serve(ServeArguments),
    /// Check the files of a plan and print every problem; exits with 1 when there is one.
    Check {
        /// Folder with a plan.toml.
        dir: PathBuf,
    },
    /// Manage the users of a data folder or a database, also while servers run.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Fill a new data folder with a plan and a simulated year of reports, to try things out; nothing of it is real.
    Demo(DemoArguments),
    /// Bring a file's layers, or a plan's workbook, into the plan; show what would become of it with --dry-run.
    Import(Box<import::ImportArguments>),
    /// Write the plan's places as a file in a format of others, with a receipt beside it; also while a server runs.
    Export(Box<export::ExportArguments>),
    /// Work on a whole store: move it elsewhere.
    #[command(subcommand)]
    Store(store::StoreCommand),
    /// Print the OpenAPI 3.0 document of the server.
    Openapi,
}

#[derive(clap::Args)]
pub struct ServeArguments {
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Folder of the data; created when it is not there. Each server has its own, also where many share a database.
    #[arg(long)]
    pub data: PathBuf,
    #[command(flatten)]
    pub database: place::DatabaseArguments,
    /// Folder with the plan to begin with, in place of the shipped one; only for a first start.
    #[arg(long)]
    pub plan: Option<PathBuf>,
    /// Configuration file.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// Read every light as of this day, such as 2019-10-01, in place of today.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<Date>,
    /// Begin with a simulated year of reports on the plan, to try things out; only for a first start.
    #[arg(long)]
    pub demo: bool,
    /// Write the log as JSON, one object a line.
    #[arg(long)]
    pub log_json: bool,
}

#[derive(clap::Args)]
pub struct DemoArguments {
    /// Folder of the data; created when it is not there. It must not hold a store.
    #[arg(long)]
    pub data: PathBuf,
    /// Another number gives another year.
    #[arg(long, default_value_t = DEMO_SEED)]
    pub seed: u64,
    /// Folder with the plan to simulate, in place of the shipped one.
    #[arg(long)]
    pub plan: Option<PathBuf>,
    /// Configuration file.
    #[arg(long)]
    pub config: Option<PathBuf>,
}

/// The seed of a simulation where nobody asks for another: for the shipped plan, a year with something of everything.
const DEMO_SEED: u64 = 38;

/// Runs what the command line asks for.
pub fn run() -> ExitCode {
    match Arguments::parse().command {
        Command::Serve(arguments) => serve::run(arguments),
        Command::Check { dir } => check::run(dir),
        Command::User(command) => user::run(command),
        Command::Demo(arguments) => demo::run(arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Store(command) => store::run(command),
        Command::Openapi => print_document(),
    }
}

fn print_document() -> ExitCode {
    match serde_json::to_string_pretty(&crate::http::document()) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(fault) => failed(fault),
    }
}

/// Says on standard error why nothing more can be done.
fn failed(fault: impl std::fmt::Display) -> ExitCode {
    eprintln!("guatu: {fault}");
    ExitCode::FAILURE
}
