//! The commands, for programs with models and for those without.

mod arguments;
mod check;
mod renames;
mod revise;
mod show;

use std::fs;
use std::io::Write;
use std::path::Path;

pub use arguments::{Arguments, Command, Database, Place};
use orm_core::dialect::Dialect;
use orm_core::engine::Engine;
use orm_core::schema::TableDef;

use crate::error::{Error, Result, file};
use crate::revision::Migrations;

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
}

impl std::fmt::Debug for Environment<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment").field("dialects", &self.dialects).finish_non_exhaustive()
    }
}

/// Runs a command. Returns whether all is well: `check` may find that it is not.
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
    let mut session = Work { environment };
    session.run(command).map(|outcome| outcome.is_well())
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
            Command::History { verbose, place } => self.history(*verbose, place),
            Command::Heads { place } => self.heads(place),
            Command::Branches { place } => self.branches(place),
            Command::Show { id, place } => self.show(id, place),
            Command::Models { dialect } => self.print_models(dialect.as_slice()),
            Command::Check(arguments) => return self.check(arguments),
        }
        .map(|()| Outcome::Well)
    }

    fn say(&mut self, text: impl std::fmt::Display) -> Result<()> {
        writeln!(self.environment.out, "{text}").map_err(|error| file("output", error))
    }

    fn load(&self, place: &Place) -> Result<Migrations> {
        let loaded = Migrations::load(&place.folder)?;
        Ok(Migrations { steps: self.environment.steps.steps.clone(), ..loaded })
    }

    fn open(&self, database: &Database) -> Result<(Migrations, Engine)> {
        Ok((self.load(&database.place)?, self.connect(database)?))
    }

    fn connect(&self, database: &Database) -> Result<Engine> {
        let url = database.url.as_deref().ok_or_else(|| {
            Error::Usage("no database is named: give `--url`, or set the variable DATABASE_URL".to_owned())
        })?;
        Ok((self.environment.connect)(url)?)
    }

    /// The program that has the models, and the folder.
    fn init(&mut self, place: &Place) -> Result<()> {
        const PROGRAM: &str = "//! The commands of migrations: `cargo run --bin migrate -- upgrade heads`.\n\nfn main() -> \
             std::process::ExitCode {\n    // Name the models of the program here.\n    orm::migrate::main(orm::models![])\n}\n";
        let path = Path::new("src/bin/migrate.rs");
        fs::create_dir_all(&place.folder).map_err(|error| file(place.folder.display(), error))?;
        if path.exists() {
            return self.say(format!("{} is there already", path.display()));
        }
        fs::create_dir_all("src/bin").map_err(|error| file("src/bin", error))?;
        fs::write(path, PROGRAM).map_err(|error| file(path.display(), error))?;
        self.say(format!("made {} and {}: name your models in it", place.folder.display(), path.display()))
    }

    fn upgrade(&mut self, arguments: &arguments::Upgrade) -> Result<()> {
        let (migrations, engine) = self.open(&arguments.database)?;
        let run = migrations.on(&engine);
        if arguments.sql {
            let text = run.script(true, &arguments.target, arguments.from.as_deref())?;
            return self.say(text);
        }
        if arguments.dry_run {
            return self.list(&run.plan_upgrade(&arguments.target)?);
        }
        let times = std::cell::RefCell::new(Vec::new());
        let run = run.allow_destructive(arguments.allow_destructive).watch(|id, sql, time| {
            let line = sql.lines().next().unwrap_or_default().to_owned();
            times.borrow_mut().push(format!("  {id} {:>8.1} ms  {line}", time.as_secs_f64() * 1000.0));
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
            let text = run.script(false, &arguments.target, arguments.from.as_deref())?;
            return self.say(text);
        }
        if arguments.dry_run {
            return self.list(&run.plan_downgrade(&arguments.target)?);
        }
        let done = run.allow_destructive(arguments.allow_destructive).downgrade(&arguments.target)?;
        self.done("undone", &migrations, &done)
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
