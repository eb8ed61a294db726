//! `cargo xtask torture`: kills writers, stops servers, cuts connections, fills disks, and checks what is left.
//!
//! Each scene does something to a program in the middle of its work and counts what was promised and not kept. `--short` runs each scene for
//! seconds, the long form for minutes. The exit code is 1 if an invariant was violated.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line program")]

mod memory;
mod model;
mod proxy;
mod random;
mod report;
mod scenes;
mod setting;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use report::Outcome;
use setting::Setting;

/// What a scene returns: an error means that it could not be set up or that the work after the fault failed.
type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// A scene by its name on the command line.
type Scene = (&'static str, fn(&mut Setting) -> Result<Vec<Outcome>>);

const SCENES: &[Scene] = &[
    ("kill", scenes::kill::run),
    ("restart", scenes::restart::run),
    ("cut", scenes::cut::run),
    ("files", scenes::files::run),
    ("writers", scenes::writers::run),
    ("pool", scenes::pool::run),
    ("sessions", scenes::sessions::run),
    ("soak", scenes::soak::run),
];

/// The short form runs in CI.
const LONGEST: Duration = Duration::from_secs(180);

const USAGE: &str = "orm-torture [--short] [SCENE..]: kill restart cut files writers pool sessions soak";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [command, url] = args.as_slice()
        && command == scenes::kill::WRITER
    {
        return exit_code(scenes::kill::write_until_killed(url).map(|()| true));
    }
    exit_code(torture(&args))
}

fn exit_code(outcome: Result<bool>) -> ExitCode {
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the scenes and prints their table; whether every invariant held.
fn torture(args: &[String]) -> Result<bool> {
    let (options, names): (Vec<&String>, Vec<&String>) = args.iter().partition(|arg| arg.starts_with("--"));
    let known = names.iter().all(|name| SCENES.iter().any(|(scene, _)| scene == *name));
    if !known || options.iter().any(|option| *option != "--short") {
        return Err(USAGE.into());
    }
    let begin = Instant::now();
    let mut setting = Setting::start(!options.is_empty())?;
    println!("seed {}", setting.seed());
    let mut outcomes = Vec::new();
    for (name, scene) in
        SCENES.iter().filter(|(name, _)| names.is_empty() || names.iter().any(|wanted| *wanted == name))
    {
        println!("{name} ..");
        outcomes.extend(scene(&mut setting).map_err(|error| format!("{name}: {error}"))?);
    }
    let kept = report::print(&outcomes);
    let took = begin.elapsed();
    println!("{} s", took.as_secs());
    if setting.is_short() && took > LONGEST {
        println!("TOO LONG: the short form is to take {} s at most", LONGEST.as_secs());
    }
    Ok(kept)
}
