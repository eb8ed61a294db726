//! The commands, for programs with models and for those without.

mod arguments;
mod check;
mod init;
mod lint;
mod renames;
mod revise;
mod settings;
mod show;

use std::io::Write;
use std::path::PathBuf;

pub use arguments::{Arguments, Command, Database, Place};
use orm_core::dialect::Dialect;
use orm_core::driver::TransactionOptions;
use orm_core::engine::Engine;
use orm_core::schema::TableDef;
pub use settings::Settings;

use crate::error::{Error, Result, file};
use crate::revision::Migrations;
use crate::run::{Progress, Way};

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
            Command::Stamp { target, database } => {
                let (migrations, engine) = self.open(database)?;
                migrations.on(&engine).stamp(target)
            }
            Command::Current { database } => self.current(database),
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

    fn open(&self, database: &Database) -> Result<(Migrations, Engine)> {
        Ok((self.load(&database.place)?, self.connect(database)?))
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

    fn upgrade(&mut self, arguments: &arguments::Upgrade) -> Result<()> {
        let (migrations, engine) = self.open(&arguments.database)?;
        let run = migrations.on(&engine);
        if arguments.sql {
            let text = run.script(Way::Up, &arguments.target, arguments.from.as_deref())?;
            return self.say(text);
        }
        if arguments.dry_run {
            return self.list(&run.plan_upgrade(&arguments.target)?);
        }
        let times = std::cell::RefCell::new(Vec::new());
        let (options, retries) = self.waiting(&arguments.waiting);
        let progress = self.environment.progress;
        let run = run.options(options).retries(retries).allow_destructive(arguments.allow_destructive).watch(|each| {
            progress(each);
            let line = each.statement.lines().next().unwrap_or_default();
            let said = |time: std::time::Duration| {
                format!("  {} {:>8.1} ms  {line}", each.revision, time.as_secs_f64() * 1000.0)
            };
            times.borrow_mut().extend(each.time.map(said));
        });
        let outcome = run.upgrade(&arguments.target);
        drop(run);
        if arguments.verbose {
            times.into_inner().into_iter().try_for_each(|line| self.say(line))?;
        }
        self.done("upgraded", &migrations, &outcome?)
    }

    fn downgrade(&mut self, arguments: &arguments::Downgrade) -> Result<()> {
        let (migrations, engine) = self.open(&arguments.database)?;
        let run = migrations.on(&engine);
        if arguments.sql {
            let text = run.script(Way::Down, &arguments.target, arguments.from.as_deref())?;
            return self.say(text);
        }
        if arguments.dry_run {
            return self.list(&run.plan_downgrade(&arguments.target)?);
        }
        let (options, retries) = self.waiting(&arguments.waiting);
        let run = run.options(options).retries(retries).allow_destructive(arguments.allow_destructive);
        let run = run.watch(self.environment.progress);
        let done = run.downgrade(&arguments.target)?;
        self.done("undone", &migrations, &done)
    }

    /// The limits of the arguments, else of the settings.
    fn waiting(&self, given: &arguments::Waiting) -> (TransactionOptions, u32) {
        const RETRIES: u32 = 5;
        let (own, mut options) = (self.settings.upgrade, TransactionOptions::new());
        options.lock_timeout = given.lock_timeout.or(own.lock_timeout);
        options.statement_timeout = given.statement_timeout.or(own.statement_timeout);
        (options, given.retries.or(own.retries).unwrap_or(RETRIES))
    }

    fn done(&mut self, what: &str, migrations: &Migrations, ids: &[String]) -> Result<()> {
        if ids.is_empty() {
            return self.say("nothing to do");
        }
        ids.iter()
            .filter_map(|id| migrations.find(id))
            .try_for_each(|revision| self.say(format!("{what} {} {}", revision.id(), revision.facts.message)))
    }
}
