//! The commands of migrations, and the program of the project that has its models.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::{self, ExitCode, Stdio};

use orm::catalog::Catalog;
use orm::migrate::command::Command;
use orm::migrate::{Error, Migrations};

use crate::output::{Failure, print};
use crate::progress::Bar;

/// Exit code when something drifted.
const DIFFERENT: u8 = 1;

/// Where `orm init` writes the program.
const PROGRAM: &str = "src/bin/migrate.rs";

const NO_PROGRAM: &str = "the command `orm` runs such revisions by the program of the project, and there is no src/bin/migrate.rs here: `orm init` writes \
     it, and `orm::migrate::main_with` takes the steps";

/// Runs a command here, or in the program of the project if it needs the models, or the steps in Rust that a revision calls.
pub(crate) fn run(command: &Command) -> Result<ExitCode, Failure> {
    if needs_models(command) && Path::new(PROGRAM).exists() {
        return hand_over();
    }
    let mut out = Vec::new();
    let bar = Bar::new();
    let outcome = orm::migrate::run(command, None, Migrations::default(), &mut out, &|progress| bar.show(progress));
    drop(bar);
    // What was printed before a failure counts too.
    print(&String::from_utf8(out)?)?;
    match outcome {
        Ok(true) => Ok(ExitCode::SUCCESS),
        Ok(false) => Ok(ExitCode::from(DIFFERENT)),
        // It was refused before anything of the revision ran.
        Err(error) if calls_steps(&error) && Path::new(PROGRAM).exists() => hand_over(),
        Err(error) if calls_steps(&error) => Err(format!("{error}; {NO_PROGRAM}").into()),
        Err(error) => Err(error.into()),
    }
}

/// Whether a revision calls a step in Rust, of which this program has none.
fn calls_steps(error: &Error) -> bool {
    match error {
        Error::NoStep { .. } => true,
        Error::Tenant { source, .. } => calls_steps(source),
        _ => false,
    }
}

/// Runs the whole command in the program of the project.
fn hand_over() -> Result<ExitCode, Failure> {
    let status = program(env::args_os().skip(1)).status().map_err(not_started)?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

fn needs_models(command: &Command) -> bool {
    match command {
        Command::Revision(arguments) => arguments.autogenerate,
        Command::Merge(arguments) => arguments.models,
        Command::Edit { models, .. } => *models,
        Command::Check(_) | Command::Models { .. } => true,
        _ => false,
    }
}

/// The schema of the project's models.
pub(crate) fn models() -> Result<Catalog, Failure> {
    let output = program(["models".into()].into_iter()).stdout(Stdio::piped()).output().map_err(not_started)?;
    if output.status.success() {
        Ok(serde_json::from_slice(&output.stdout)?)
    } else {
        Err(format!("the program {PROGRAM} that has the models ended with {}", output.status).into())
    }
}

/// The program of the project in the working directory, with the terminal of this one.
fn program(arguments: impl Iterator<Item = OsString>) -> process::Command {
    let mut cargo = process::Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["run", "--quiet", "--bin", "migrate", "--"]).args(arguments);
    cargo.stdin(Stdio::inherit()).stderr(Stdio::inherit());
    cargo
}

fn not_started(error: std::io::Error) -> Failure {
    format!("cargo, which runs the program with the models, cannot be started: {error}").into()
}
