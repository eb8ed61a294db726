//! What a script does to a database at work: locks, copies of tables, and programs of the version before that still run.

mod mysql;
mod postgres;
mod rules;
mod schema;
mod statement;

use std::collections::BTreeSet;

use orm_core::catalog::Catalog;
use orm_core::dialect::Dialect;
use orm_core::render;
use serde::Serialize;

use crate::error::{Error, Result};
use crate::revision::{Migrations, Revision, key};
use crate::script::{Part, Script};
use crate::words;
use statement::Statement;

/// A step of a revision that needs care on a database that is at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The id of the revision.
    pub revision: String,
    /// The script, by its path in the folder of migrations.
    pub file: String,
    /// The line in which the statement begins.
    pub line: usize,
    /// The rule: `drop-column`.
    pub code: &'static str,
    /// What happens.
    pub message: String,
    /// What to do instead.
    pub cure: &'static str,
    /// The first line of the statement. Empty if the finding is about the whole revision.
    pub statement: String,
}

/// What `lint` looks for.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rule {
    /// Its name.
    pub code: &'static str,
    /// What to do instead of what it finds.
    pub cure: &'static str,
    /// The databases that it is about. All, if none is named.
    databases: &'static [&'static str],
    find: Find,
}

/// How a rule finds what it looks for. Each text is a message.
#[derive(Debug)]
enum Find {
    InStatement(fn(&Context<'_>, &Statement<'_>) -> Vec<String>),
    InRevision(fn(&Context<'_>) -> Vec<String>),
}

/// What the name of a table that is made again begins with, beside the old one.
const BESIDE: &str = "__new_";

/// What is known where a rule looks.
struct Context<'c> {
    revision: &'c Revision,
    dialect: &'static dyn Dialect,
    before: Catalog,
    after: Catalog,
    /// Tables that the script has made, which have no rows and no readers.
    made: BTreeSet<String>,
    /// Tables that the script makes again.
    rebuilt: BTreeSet<String>,
    /// Whether the transaction holds locks of tables that were there before.
    holds_locks: bool,
    /// Whether rows of such tables were changed.
    has_written: bool,
}

impl Context<'_> {
    /// Whether a table was there before the script.
    fn is_old(&self, table: &str) -> bool {
        !self.made.contains(table) && !table.contains(BESIDE)
    }

    /// Takes over what a statement has done.
    fn pass(&mut self, statement: &Statement<'_>) {
        self.made.extend(statement.created());
        let locks =
            statement.altered().is_some_and(|(table, _)| self.is_old(&table)) || !statement.dropped().is_empty();
        self.holds_locks |= locks && !statement.alone;
        self.has_written |= statement.written().is_some_and(|table| self.is_old(&table));
    }
}

/// All rules.
///
/// ```
/// let codes: Vec<&str> = orm::migrate::rules().map(|rule| rule.code).collect();
/// assert!(codes.contains(&"index-blocks-writes"));
/// ```
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    rules::RULES.iter().chain(schema::RULES).chain(postgres::RULES).chain(mysql::RULES)
}

impl Migrations {
    /// Steps of revisions that need care on a database that is at work, in the scripts for some kinds of database.
    ///
    /// ```
    /// use orm::migrate::Migrations;
    ///
    /// let migrations = Migrations::from_files([
    ///     ("1_a1/revision.toml", "id = \"a1\""),
    ///     ("1_a1/up.sql", "ALTER TABLE users DROP COLUMN nick;"),
    ///     ("1_a1/down.sql", "ALTER TABLE users ADD COLUMN nick TEXT;"),
    /// ])?;
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// let found = migrations.lint(&[engine.dialect()])?;
    /// assert_eq!((found[0].code, found[0].line), ("drop-column", 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Usage` for a line of a script that means nothing, and `File` for a schema that cannot be read.
    pub fn lint(&self, dialects: &[&'static dyn Dialect]) -> Result<Vec<Finding>> {
        let mut found = Vec::new();
        for revision in &self.revisions {
            for dialect in dialects {
                for finding in self.lint_one(revision, *dialect)? {
                    // One script for several databases.
                    if !found.contains(&finding) {
                        found.push(finding);
                    }
                }
            }
        }
        Ok(found)
    }

    fn lint_one(&self, revision: &Revision, dialect: &'static dyn Dialect) -> Result<Vec<Finding>> {
        let Some((file, text)) = revision.script_file("up", dialect) else { return Ok(Vec::new()) };
        let script = Script::parse(text, dialect)?;
        let statements = statements(&script, dialect)?;
        let mut context = self.context(revision, dialect, &statements)?;
        let key = key(dialect);
        let own = || rules().filter(|rule| rule.databases.is_empty() || rule.databases.contains(&&*key));
        let mut found = Vec::new();
        let mut report = |rule: &Rule, messages: Vec<String>, line, statement: &str| {
            found.extend(messages.into_iter().map(|message| Finding {
                revision: revision.id().to_owned(),
                file: format!("{}/{file}", revision.folder),
                line,
                code: rule.code,
                message,
                cure: rule.cure,
                statement: statement.lines().next().unwrap_or_default().to_owned(),
            }));
        };
        let mut allowed = BTreeSet::new();
        for statement in &statements {
            let allowed_here = allowed_codes(statement)?;
            for rule in own().filter(|rule| !allowed_here.contains(rule.code)) {
                if let Find::InStatement(find) = rule.find {
                    report(rule, find(&context, statement), statement.line, statement.text);
                }
            }
            context.pass(statement);
            allowed.extend(allowed_here);
        }
        for rule in own().filter(|rule| !allowed.contains(rule.code)) {
            if let Find::InRevision(find) = rule.find {
                report(rule, find(&context), 1, "");
            }
        }
        Ok(found)
    }

    /// What is known at the beginning of a script.
    fn context<'c>(
        &self,
        revision: &'c Revision,
        dialect: &'static dyn Dialect,
        statements: &[Statement<'_>],
    ) -> Result<Context<'c>> {
        let before = match self.schema_after(&revision.facts.parents, dialect) {
            // A merge writes down its schema, and so do revisions after it.
            Err(Error::Conflict(_)) => Catalog::default(),
            other => other?,
        };
        let rebuilt = statements.iter().filter_map(|statement| {
            let (table, actions) = statement.altered()?;
            let rest = words::after(actions.first()?, &["rename", "to"])?;
            table.contains(BESIDE).then(|| words::name(rest).map(|(name, _)| name))?
        });
        Ok(Context {
            revision,
            dialect,
            before,
            after: revision.schema(dialect)?.unwrap_or_default(),
            made: BTreeSet::new(),
            rebuilt: rebuilt.collect(),
            holds_locks: false,
            has_written: false,
        })
    }
}

fn statements<'s>(script: &'s Script, dialect: &dyn Dialect) -> Result<Vec<Statement<'s>>> {
    let statement = |part: &'s Part| {
        Ok(match part {
            Part::Sql { text, alone, allowed, line, .. } => {
                Statement { words: render::words(dialect, text)?, text, alone: *alone, allowed, line: *line }
            }
            Part::Call { step, line } => {
                Statement { words: vec!["call"], text: step, alone: false, allowed: &[], line: *line }
            }
        })
    };
    script.parts.iter().map(statement).collect()
}

/// The rules that lines `-- orm: allow CODE, CODE: reason` above a statement name.
fn allowed_codes<'s>(statement: &Statement<'s>) -> Result<BTreeSet<&'s str>> {
    let said = statement.allowed.iter().flat_map(|said| codes(said));
    let known = |code: &'s str| match rules().any(|rule| rule.code == code) {
        true => Ok(code),
        false => Err(Error::Usage(format!("a script allows `{code}`, which is no rule: `lint --rules` lists them"))),
    };
    said.map(known).collect()
}

/// The codes before the reason.
fn codes(said: &str) -> impl Iterator<Item = &str> {
    said.split(':').next().unwrap_or_default().split(',').map(str::trim).filter(|code| !code.is_empty())
}
