//! The door.

use std::process::ExitCode;

fn main() -> ExitCode {
    guatu::cli::run()
}
