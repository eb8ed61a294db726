//! The commands of migrations, as far as they need no models.

use std::process::ExitCode;

use orm::migrate::Migrations;
use orm::migrate::command::Command;

use crate::output::{Failure, print};

/// Exit code when something drifted.
const DIFFERENT: u8 = 1;

pub(crate) fn run(command: &Command) -> Result<ExitCode, Failure> {
    let mut out = Vec::new();
    let outcome = orm::migrate::run(command, None, Migrations::default(), &mut out);
    // What was printed before a failure counts too.
    print(&String::from_utf8(out)?)?;
    Ok(if outcome? { ExitCode::SUCCESS } else { ExitCode::from(DIFFERENT) })
}
