//! The commands, for programs with models and for those without.

mod arguments;
mod check;
mod init;
mod lint;
mod renames;
mod revise;
mod run;
mod settings;
mod show;
mod tenants;

use std::io::Write;
use std::path::PathBuf;

pub use arguments::{Arguments, Command, Database, Place};
use orm_core::dialect::Dialect;
use orm_core::engine::Engine;
use orm_core::schema::TableDef;
pub use settings::Settings;

use crate::error::{Error, Result, file};
use crate::revision::Migrations;
use crate::run::Progress;

/// What commands work with.
pub struct Environment<'e> {
    /// Makes an engine for the URL of a database.
    pub connect: &'e dyn Fn(&str) -> orm_core::Result<Engine>,
    /// The kinds of database that scripts can be written for.
    pub dialects: Vec<&'static dyn Dialect>,
    /// The tables of the program's models. `None` in a program that has none.
    pub models: Option<Vec<&'static TableDef>>,
    /// The steps in Rust of the program.
    pub steps: Migrations,
    /// Where the output goes.
    pub out: &'e mut dyn Write,
    /// What is called when a statement of a revision begins, and when it has ended.
    pub progress: &'e dyn Fn(&Progress<'_>),
}

impl std::fmt::Debug for Environment<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment").field("dialects", &self.dialects).finish_non_exhaustive()
    }
}

/// Runs a command, with the settings of the working directory. Returns whether all is well: `check` and `lint` may find that it is not.
///
/// ```
/// use clap::Parser;
/// use orm::migrate::command::{Arguments, Environment, run};
///
/// let arguments = Arguments::try_parse_from(["migrate", "heads", "--folder", "/nowhere"])?;
/// let mut out = Vec::new();
/// let connect = |url: &str| orm::Engine::connect(url).map(|engine| (*engine).clone());
/// let environment = Environment {
///     connect: &connect,
///     dialects: Vec::new(),
///     models: None,
///     steps: Default::default(),
///     out: &mut out,
///     progress: &|_| {},
/// };
/// assert!(run(&arguments.command, environment)?);
/// assert!(out.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// What is wrong with the revisions, with the call, or with the database.
pub fn run(command: &Command, environment: Environment<'_>) -> Result<bool> {
    let mut work = Work { environment, settings: Settings::load()? };
    work.run(command).map(|outcome| outcome.is_well())
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Well,
    Differs,
}

impl Outcome {
    fn is_well(self) -> bool {
        self == Self::Well
    }
}

/// A command at work.
struct Work<'e> {
    environment: Environment<'e>,
    settings: Settings,
}

impl Work<'_> {
    fn run(&mut self, command: &Command) -> Result<Outcome> {
        match command {
            Command::Init { place } => self.init(place),
            Command::Revision(arguments) => self.revision(arguments),
            Command::Merge(arguments) => self.merge(arguments),
            Command::Edit { id, models, place } => self.edit(id, *models, place),
            Command::Upgrade(arguments) => self.upgrade(arguments),
            Command::Downgrade(arguments) => self.downgrade(arguments),
            Command::Stamp(arguments) => self.stamp(arguments),
            Command::EnsureVersion { tenants, database } => {
                self.in_each(database, tenants, |_, migrations, site| site.run(migrations).ensure_version())
            }
            Command::Current(arguments) => return self.current(arguments),
            Command::History { verbose, range, place } => self.history(*verbose, range.as_deref(), place),
            Command::Heads { place } => self.heads(place),
            Command::Branches { place } => self.branches(place),
            Command::Show { id, place } => self.show(id, place),
            Command::Models { dialect } => self.print_models(dialect.as_slice()),
            Command::Check(arguments) => return self.check(arguments),
            Command::Lint(arguments) => return self.lint(arguments),
        }
        .map(|()| Outcome::Well)
    }

    fn say(&mut self, text: impl std::fmt::Display) -> Result<()> {
        writeln!(self.environment.out, "{text}").map_err(|error| file("output", error))
    }

    fn load(&self, place: &Place) -> Result<Migrations> {
        let loaded = Migrations::load(self.folder(place))?;
        Ok(Migrations { steps: self.environment.steps.steps.clone(), ..loaded })
    }

    fn folder(&self, place: &Place) -> PathBuf {
        place.folder.clone().unwrap_or_else(|| self.settings.folder().to_owned())
    }

    fn connect(&self, database: &Database) -> Result<Engine> {
        let url = match &database.url {
            Some(url) => Some(url.clone()),
            None => self.settings.url()?,
        };
        let url = url.ok_or_else(|| {
            Error::Usage(
                "no database is named: give `--url`, set the variable DATABASE_URL, or write `url` into orm.toml"
                    .to_owned(),
            )
        })?;
        Ok((self.environment.connect)(&url)?)
    }
}
