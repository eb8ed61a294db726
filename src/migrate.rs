//! Migrations: the schema of a database over time, as revisions in a folder of plain SQL.
//!
//! See [`Migrations`] for programs that bring their database up to date at start, and [`main`] for the program with the commands.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
pub use orm_migrate::*;

use crate::Engine;
use crate::driver::Dialect;
use crate::schema::TableDef;

/// The revisions in a folder of the crate, inside the program: `orm::migrate::embed!("migrations")?`.
///
/// ```ignore
/// let migrations = orm::migrate::embed!("migrations")?;
/// migrations.upgrade(&engine)?;
/// ```
///
/// It is a `Result` of [`Migrations`], with the errors of [`Migrations::load`]. Cargo sees that a file has changed, and not that there is a new one: a
/// `build.rs` with `println!("cargo::rerun-if-changed=migrations")` makes it look.
#[doc(inline)]
pub use crate::__embed as embed;

#[doc(hidden)]
#[macro_export]
macro_rules! __embed {
    ($folder:literal) => {
        $crate::migrate::Migrations::from_files($crate::__private::embed_files!($folder))
    };
}

/// The commands of migrations, with the models of the program: the whole of `src/bin/migrate.rs`.
///
/// ```no_run
/// # use orm::prelude::*;
/// # #[derive(Model, Clone, Default)]
/// # struct User {
/// #     #[orm(primary_key)]
/// #     id: i64,
/// # }
/// fn main() -> std::process::ExitCode {
///     orm::migrate::main(models![User])
/// }
/// ```
///
/// It ends with 0 when all is well, with 1 when `check` or `lint` has found something, and with 2 when something failed.
pub fn main(models: impl IntoIterator<Item = &'static TableDef>) -> ExitCode {
    main_with(models, Migrations::default())
}

/// As [`main`], with the steps in Rust that were registered: `Migrations::default().step("name", ..)`.
///
/// See the example of [`main`].
pub fn main_with(models: impl IntoIterator<Item = &'static TableDef>, steps: Migrations) -> ExitCode {
    const DIFFERENT: u8 = 1;
    const FAILED: u8 = 2;
    let arguments = command::Arguments::parse();
    let models = Some(models.into_iter().collect());
    let outcome = run(&arguments.command, models, steps, &mut std::io::stdout().lock(), &|_| {});
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(DIFFERENT),
        Err(error) => {
            // A terminal that is gone takes no message.
            drop(writeln!(std::io::stderr(), "error: {error}"));
            ExitCode::from(FAILED)
        }
    }
}

/// Runs one command, with the databases of this build, and calls `progress` for each statement of a revision. Returns whether all is well: `check` and
/// `lint` may find that it is not.
///
/// ```
/// use clap::Parser;
/// use orm::migrate::command::Arguments;
///
/// let arguments = Arguments::try_parse_from(["migrate", "history", "--folder", "/nowhere"])?;
/// let mut out = Vec::new();
/// assert!(orm::migrate::run(&arguments.command, None, Default::default(), &mut out, &|_| {})?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// What is wrong with the revisions, with the call, or with the database.
pub fn run(
    command: &command::Command,
    models: Option<Vec<&'static TableDef>>,
    steps: Migrations,
    out: &mut dyn Write,
    progress: &dyn Fn(&Progress<'_>),
) -> Result<bool> {
    let connect = |url: &str| Engine::connect(url).map(|engine| (*engine).clone());
    let environment = command::Environment { connect: &connect, dialects: dialects(), models, steps, out, progress };
    command::run(command, environment)
}

/// The databases of this build. None of them is connected to.
fn dialects() -> Vec<&'static dyn Dialect> {
    const URLS: [&str; 3] = ["sqlite://", "postgresql://localhost/any", "mariadb://localhost/any"];
    let known = URLS.into_iter().filter_map(|url| Engine::connect(url).ok()).map(|engine| engine.dialect());
    known.chain(mysql()).collect()
}

/// No URL names MySQL without asking the server which it is.
#[cfg(feature = "mysql")]
fn mysql() -> Option<&'static dyn Dialect> {
    Some(&orm_mysql::MysqlDialect::MYSQL)
}

#[cfg(not(feature = "mysql"))]
fn mysql() -> Option<&'static dyn Dialect> {
    None
}

#[cfg(test)]
mod tests {
    #[test]
    fn scripts_are_written_for_the_databases_of_the_build() {
        let names: Vec<&str> = super::dialects().into_iter().map(|dialect| dialect.name()).collect();
        let all = [
            ("SQLite", cfg!(feature = "sqlite")),
            ("PostgreSQL", cfg!(feature = "postgres")),
            ("MariaDB", cfg!(feature = "mysql")),
            ("MySQL", cfg!(feature = "mysql")),
        ];
        assert_eq!(names, all.iter().filter(|(_, here)| *here).map(|(name, _)| *name).collect::<Vec<_>>());
    }
}
