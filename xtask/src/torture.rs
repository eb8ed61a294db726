//! `cargo xtask torture`: what is left when processes, servers, networks and disks fail.

use crate::Result;
use crate::command::{cargo, run as run_command};

/// Runs the program `orm-torture` with `args`: all scenes for minutes each, or for seconds with `--short`.
///
/// # Errors
///
/// When an invariant was violated.
pub fn run(args: &[String]) -> Result<()> {
    let profile = if args.iter().any(|arg| arg == "--short") { "dev" } else { "release" };
    run_command(cargo(&["run", "--quiet", "--package", "orm-torture", "--profile", profile, "--"]).args(args))
}
