use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use orm_core::catalog::Reflect;
use orm_core::engine::{Conn, Engine};

use crate::error::{Error, Result};
use crate::graph::Target;
use crate::revision::{Migrations, Revision};
use crate::script::{Part, Script};
use crate::{history, kept};

/// Revisions and a database.
///
/// ```
/// use orm::migrate::Migrations;
///
/// let migrations = Migrations::from_files([
///     ("1_a1_users/revision.toml", "id = \"a1\""),
///     ("1_a1_users/up.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY);"),
///     ("1_a1_users/down.sql", "-- orm: danger: the users are lost\nDROP TABLE users;"),
/// ])?;
/// let engine = orm::Engine::connect("sqlite://")?;
/// let run = migrations.on(&engine);
/// assert_eq!(run.upgrade("heads")?, ["a1"]);
/// assert_eq!(run.current()?, ["a1"]);
/// assert!(run.downgrade("base").is_err());
/// assert_eq!(run.allow_destructive(true).downgrade("base")?, ["a1"]);
/// assert_eq!(migrations.heads()[0].id(), "a1");
/// # Ok::<(), orm::migrate::Error>(())
/// ```
pub struct Run<'m> {
    migrations: &'m Migrations,
    engine: &'m Engine,
    allow_destructive: bool,
    watch: Option<Watch<'m>>,
}

/// What is called after each statement: with the id of its revision, its text, and its time.
type Watch<'m> = Box<dyn Fn(&str, &str, Duration) + 'm>;

impl std::fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("migrations", self.migrations).finish_non_exhaustive()
    }
}

/// Up or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

impl<'m> Run<'m> {
    pub(crate) fn new(migrations: &'m Migrations, engine: &'m Engine) -> Self {
        Self { migrations, engine, allow_destructive: false, watch: None }
    }

    /// Whether revisions may lose rows and values.
    ///
    /// See the example of [`Run`].
    #[must_use]
    pub fn allow_destructive(mut self, allow: bool) -> Self {
        self.allow_destructive = allow;
        self
    }

    /// Calls `watch` after each statement, with the id of its revision, its text, and the time that it took.
    ///
    /// ```
    /// use orm::migrate::Migrations;
    ///
    /// let migrations = Migrations::default();
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// migrations.on(&engine).watch(|id, sql, time| println!("{id} {time:?} {sql}")).upgrade("heads")?;
    /// # Ok::<(), orm::migrate::Error>(())
    /// ```
    #[must_use]
    pub fn watch(mut self, watch: impl Fn(&str, &str, Duration) + 'm) -> Self {
        self.watch = Some(Box::new(watch));
        self
    }

    /// The ids of the last revisions that the database has: one for each branch.
    ///
    /// See the example of [`Run`].
    ///
    /// # Errors
    ///
    /// `Missing` if the database has a revision that is not in the folder, and the database's error.
    pub fn current(&self) -> Result<Vec<String>> {
        let applied = self.applied()?;
        Ok(self.migrations.heads_of(&applied).into_iter().map(|revision| revision.id().to_owned()).collect())
    }

    /// Runs the revisions up to the target, as far as the database does not have them, and returns their ids.
    ///
    /// Each runs in a transaction of its own, which holds a lock: of several programs one does the work, and the others wait.
    ///
    /// See the example of [`Run`].
    ///
    /// # Errors
    ///
    /// `Unknown` and `Ambiguous` for the target, `Destructive` if a revision loses something and may not, before anything runs; `Statement` with
    /// the statement that failed, after which the revisions before it are done.
    pub fn upgrade(&self, target: &str) -> Result<Vec<String>> {
        self.go(Way::Up, &self.plan_upgrade(target)?)
    }

    /// Undoes the revisions after the target, and returns their ids.
    ///
    /// See the example of [`Run`].
    ///
    /// # Errors
    ///
    /// Those of [`upgrade`](Run::upgrade).
    pub fn downgrade(&self, target: &str) -> Result<Vec<String>> {
        self.go(Way::Down, &self.plan_downgrade(target)?)
    }

    /// Notes that the database is at the target, without running anything.
    ///
    /// ```
    /// use orm::migrate::Migrations;
    ///
    /// let migrations = Migrations::from_files([("1_a1/revision.toml", "id = \"a1\"")])?;
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// migrations.on(&engine).stamp("heads")?;
    /// assert_eq!(migrations.on(&engine).current()?, ["a1"]);
    /// # Ok::<(), orm::migrate::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Unknown` and `Ambiguous` for the target, and the database's error.
    pub fn stamp(&self, target: &str) -> Result<()> {
        // Also where scripts are others now, which it is the cure for.
        let applied = history::applied(&mut self.engine.connection()?)?.into_keys().collect();
        let wanted: Vec<&Revision> = match self.migrations.resolve(target, &applied)? {
            Target::Base => Vec::new(),
            Target::Revisions(ids) => self.migrations.with_ancestors(&ids),
        };
        self.engine.connection()?.change_schema(false, |connection| {
            connection.execute_script(history::CREATE)?;
            connection.execute_script("DELETE FROM orm_revision")?;
            wanted.iter().try_for_each(|revision| history::add(connection, revision.id(), &revision.digest()))
        })?;
        Ok(())
    }

    /// The script of an upgrade or downgrade, for others to run. From where the database is, if `from` is not said.
    pub(crate) fn script(&self, up: bool, target: &str, from: Option<&str>) -> Result<String> {
        let dialect = self.engine.dialect();
        let way = if up { Way::Up } else { Way::Down };
        let applied = match from {
            None => self.applied()?,
            Some(from) => match self.migrations.resolve(from, &BTreeSet::new())? {
                Target::Base => BTreeSet::new(),
                Target::Revisions(ids) => {
                    self.migrations.with_ancestors(&ids).iter().map(|revision| revision.id().to_owned()).collect()
                }
            },
        };
        let mut text = format!("{};\n", history::CREATE);
        for revision in self.plan(way, target, &applied)? {
            let script = Script::parse(revision.script(way.name(), dialect)?, dialect)?;
            let guard = dialect.rebuild().filter(|_| script.rebuilds);
            text.push_str(&format!("\n-- {} {} {}\n", way.name(), revision.id(), revision.facts.message));
            let line = |alone: bool| {
                script.parts.iter().filter_map(move |part| match part {
                    Part::Sql { text, alone: is, .. } => (*is == alone).then(|| format!("{text};\n")),
                    Part::Call(step) => (!alone).then(|| format!("-- The step `{step}` is in Rust: run it here.\n")),
                })
            };
            text.extend(line(true));
            text.extend(guard.map(|guard| format!("{};\n", guard.before)));
            text.push_str("BEGIN;\n");
            text.extend(line(false));
            text.push_str(&match way {
                Way::Up => history::add_sql(dialect, revision.id(), &revision.digest()),
                Way::Down => history::remove_sql(dialect, revision.id()),
            });
            text.push_str(";\n");
            text.extend(guard.map(|guard| format!("{};\n", guard.check)));
            text.push_str("COMMIT;\n");
            text.extend(guard.map(|guard| format!("{};\n", guard.after)));
        }
        Ok(text)
    }

    /// The revisions that an upgrade would run.
    pub(crate) fn plan_upgrade(&self, target: &str) -> Result<Vec<&'m Revision>> {
        self.plan(Way::Up, target, &self.applied()?)
    }

    /// The revisions that a downgrade would undo.
    pub(crate) fn plan_downgrade(&self, target: &str) -> Result<Vec<&'m Revision>> {
        self.plan(Way::Down, target, &self.applied()?)
    }

    fn plan(&self, way: Way, target: &str, applied: &BTreeSet<String>) -> Result<Vec<&'m Revision>> {
        let all = self.migrations;
        let has = |revision: &&Revision| applied.contains(revision.id());
        Ok(match (way, all.resolve(target, applied)?) {
            (Way::Up, Target::Base) => Vec::new(),
            (Way::Up, Target::Revisions(ids)) => {
                all.with_ancestors(&ids).into_iter().filter(|revision| !has(revision)).collect()
            }
            (Way::Down, Target::Base) => all.revisions.iter().rev().filter(has).collect(),
            (Way::Down, Target::Revisions(ids)) => all.descendants(&ids).into_iter().rev().filter(has).collect(),
        })
    }

    /// The revisions that the database has.
    pub(crate) fn applied(&self) -> Result<BTreeSet<String>> {
        let found: BTreeMap<_, _> = history::applied(&mut self.engine.connection()?)?;
        for (id, digest) in &found {
            let Some(revision) = self.migrations.find(id) else {
                return Err(Error::Missing { of: "the database".to_owned(), id: id.clone() });
            };
            if revision.digest() != *digest {
                return Err(Error::Changed { id: id.clone() });
            }
        }
        Ok(found.into_keys().collect())
    }

    fn go(&self, way: Way, plan: &[&Revision]) -> Result<Vec<String>> {
        let mut scripts = Vec::new();
        for revision in plan {
            let script = self.checked_script(way, revision)?;
            scripts.push((*revision, script));
        }
        let mut done = Vec::new();
        for (revision, script) in scripts {
            if self.run(way, revision, &script)? {
                done.push(revision.id().to_owned());
            }
        }
        Ok(done)
    }

    fn checked_script(&self, way: Way, revision: &Revision) -> Result<Script> {
        let dialect = self.engine.dialect();
        let script = Script::parse(revision.script(way.name(), dialect)?, dialect)?;
        let id = || revision.id().to_owned();
        if !self.allow_destructive && !script.dangers().is_empty() {
            return Err(Error::Destructive { id: id(), dangers: script.dangers() });
        }
        let missing = script.parts.iter().find_map(|part| match part {
            Part::Call(step) if !self.migrations.steps.contains_key(step) => Some(step.clone()),
            _ => None,
        });
        match missing {
            Some(step) => Err(Error::NoStep { id: id(), step }),
            None => Ok(script),
        }
    }

    /// Runs a revision, unless another program did it meanwhile. Returns whether it ran here.
    fn run(&self, way: Way, revision: &Revision, script: &Script) -> Result<bool> {
        let mut connection = self.engine.connection()?;
        let mut failed = None;
        let parts = || script.parts.iter().enumerate();
        let is_alone = |part: &Part| matches!(part, Part::Sql { alone: true, .. });
        for (at, part) in parts().filter(|(_, part)| is_alone(part)) {
            if let Err(source) = self.run_part(&mut connection, revision, part) {
                return Err(statement(revision, at, part, ALONE, source));
            }
        }
        let outcome = connection.change_schema(script.rebuilds, |connection| {
            connection.execute_script(history::CREATE)?;
            let applied = history::applied(connection)?;
            if applied.contains_key(revision.id()) == (way == Way::Up) {
                return Ok(false);
            }
            let before = script.rebuilds.then(|| connection.reflect(&Reflect::new())).transpose()?;
            for (at, part) in parts().filter(|(_, part)| !is_alone(part)) {
                if let Err(source) = self.run_part(connection, revision, part) {
                    failed = Some((at, part));
                    return Err(source);
                }
            }
            if let Some(before) = before {
                kept::restore(connection, &before, script)?;
            }
            match way {
                Way::Up => history::add(connection, revision.id(), &revision.digest())?,
                Way::Down => history::remove(connection, revision.id())?,
            }
            Ok(true)
        });
        outcome.map_err(|source| match failed {
            Some((at, part)) => statement(revision, at, part, ROLLED_BACK, source),
            None => Error::Database(source),
        })
    }

    fn run_part(&self, connection: &mut Conn, revision: &Revision, part: &Part) -> orm_core::Result<()> {
        let begin = Instant::now();
        match part {
            Part::Sql { text, .. } => connection.execute_script(text)?,
            Part::Call(step) => {
                if let Some(step) = self.migrations.steps.get(step) {
                    step(connection)?;
                }
            }
        }
        if let Some(watch) = &self.watch {
            watch(revision.id(), said(part), begin.elapsed());
        }
        Ok(())
    }
}

const ROLLED_BACK: &str = "nothing of this revision remains but what runs alone, and the revisions before it are done: correct the cause, and upgrade again";

const ALONE: &str = "this statement runs in a transaction of its own, and those before it stay done: correct the cause, and upgrade \
     again, or take those that are done out of the script";

fn said(part: &Part) -> &str {
    match part {
        Part::Sql { text, .. } => text,
        Part::Call(step) => step,
    }
}

fn statement(revision: &Revision, at: usize, part: &Part, state: &'static str, source: orm_core::Error) -> Error {
    let statement = said(part).lines().next().unwrap_or_default().to_owned();
    Error::Statement { id: revision.id().to_owned(), number: at + 1, statement, state, source }
}
