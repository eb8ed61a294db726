//! The command `orm`.
//!
//! It ends with 0 when all is well, with 1 when `diff`, `check` or `lint` has found something, and with 2 when it was called wrongly or something failed.

mod arguments;
mod completions;
mod diagram;
mod differences;
mod inspect;
mod migrations;
mod output;
mod progress;
mod reflect;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command};
use crate::output::{Failure, fail};

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(failure) => fail(&failure),
    }
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Inspect(arguments) => inspect::run(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Reflect(arguments) => reflect::run(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Diff(arguments) => differences::run(&arguments),
        Command::Diagram(arguments) => diagram::run(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Migrate(command) => migrations::run(&command),
        Command::Completions { shell } => completions::run(shell).map(|()| ExitCode::SUCCESS),
    }
}
