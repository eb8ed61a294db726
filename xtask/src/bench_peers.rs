//! The programs of `benches/peers`, in workspaces of their own, since their versions of SQLite exclude each other.

use std::path::PathBuf;
use std::process::Command;

use crate::Result;
use crate::command::{cargo, root, run as run_command};
use crate::postgres::Server;

/// The workspaces, and their programs that take turns at the workloads.
const WORKSPACES: &[(&str, &[&str])] = &[
    ("ours", &[]),
    ("others", &["workloads_diesel", "workloads_seaorm", "workloads_sqlx"]),
    ("seaorm_sync", &["seaorm_sync"]),
    ("toasty", &["toasty_workloads"]),
];

/// What SQLAlchemy's program needs.
const PYTHON_PACKAGES: &[&str] = &["sqlalchemy==2.1.9", "psycopg[binary]==3.3.9"];

/// Checks that all programs compile still.
///
/// # Errors
///
/// At the first one that does not.
pub fn check() -> Result<()> {
    WORKSPACES.iter().try_for_each(|(workspace, _)| run_command(&mut in_workspace(workspace, "check")))
}

/// Builds the programs, starts a PostgreSQL server where `ORM_BENCH_POSTGRES_URL` names none, and runs the workloads with all of them.
///
/// # Errors
///
/// When a program does not build, or a result is wrong.
pub fn run(arguments: &[String]) -> Result<()> {
    let mut bench = cargo(&["bench", "--package", "orm-bench", "--bench", "orm", "--"]);
    bench.args(arguments);
    for (workspace, programs) in WORKSPACES.iter().filter(|(_, programs)| !programs.is_empty()) {
        run_command(in_workspace(workspace, "build").arg("--release"))?;
        for program in *programs {
            bench.arg("--peer").arg(target(workspace).join("release").join(program));
        }
    }
    let script = root().join("benches/peers/sqlalchemy_workloads.py");
    bench.arg("--peer").arg(format!("{} {}", python()?.display(), script.display()));
    if std::env::var_os("ORM_BENCH_POSTGRES_URL").is_some() {
        return run_command(&mut bench);
    }
    let server = Server::start_or_install()?;
    run_command(bench.env("ORM_BENCH_POSTGRES_URL", server.url()))
}

fn in_workspace(workspace: &str, verb: &str) -> Command {
    let manifest = root().join("benches/peers").join(workspace).join("Cargo.toml");
    let mut command = cargo(&[verb, "--quiet", "--locked", "--manifest-path", &manifest.to_string_lossy()]);
    command.env("CARGO_TARGET_DIR", target(workspace));
    command
}

fn target(workspace: &str) -> PathBuf {
    root().join("target/peers").join(workspace)
}

/// An interpreter with the packages.
fn python() -> Result<PathBuf> {
    let folder = root().join("target/peers/python");
    let interpreter = folder.join("bin/python");
    if !interpreter.exists() {
        run_command(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        run_command(Command::new(&interpreter).args(["-m", "pip", "install", "--quiet"]).args(PYTHON_PACKAGES))?;
    }
    Ok(interpreter)
}
