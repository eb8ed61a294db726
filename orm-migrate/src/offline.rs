//! Scripts that others run.

use std::collections::BTreeSet;

use orm_core::dialect::{Dialect, Rebuild, SqlWriter};

use crate::error::Result;
use crate::history;
use crate::revision::Revision;
use crate::run::{Run, Way};
use crate::script::{Part, Script};

impl Run<'_> {
    /// The script of an upgrade or downgrade, for others to run. From where the database is, if `from` is not said.
    pub(crate) fn script(&self, way: Way, target: &str, from: Option<&str>) -> Result<String> {
        let dialect = self.engine.dialect();
        let applied = match from {
            None => self.applied()?,
            Some(from) => {
                let ids = self.migrations.ids(self.migrations.resolve(from, &BTreeSet::new())?);
                self.migrations.with_ancestors(&ids).iter().map(|revision| revision.id().to_owned()).collect()
            }
        };
        let mut text = head(dialect, self.schema.as_deref())?;
        for revision in self.plan(way, target, &applied)? {
            text.push_str(&of_revision(dialect, way, revision)?);
        }
        Ok(text)
    }
}

/// What comes before all revisions.
fn head(dialect: &'static dyn Dialect, schema: Option<&str>) -> Result<String> {
    let mut text = String::new();
    if !dialect.capabilities().transactional_schema {
        text = format!(
            "-- {} commits with each statement of the schema. If one fails, those before it stay done: correct the cause, and run what is left,\n\
             -- from that statement on. `upgrade` counts the statements, and goes on by itself.\n",
            dialect.name()
        );
    }
    text.extend(dialect.script_settings().map(|settings| format!("{settings};\n")));
    if let Some(schema) = schema {
        let own =
            dialect.own_schema().ok_or_else(|| orm_core::Error::unsupported(dialect.name(), "scripts for a schema"))?;
        let mut out = SqlWriter::new(dialect);
        out.sql(own.enter).ident(schema).sql(";\n");
        text.push_str(&out.into_text());
    }
    Ok(format!("{text}{};\n", history::CREATE))
}

fn of_revision(dialect: &'static dyn Dialect, way: Way, revision: &Revision) -> Result<String> {
    let script = Script::parse(revision.script(way.name(), dialect)?, dialect)?;
    let guard = dialect.rebuild().filter(|_| script.rebuilds);
    let mut text = format!("\n-- {} {} {}\n", way.name(), revision.id(), revision.facts.message);
    text.extend(lines(&script, true));
    let noted = match way {
        Way::Up => history::add_sql(dialect, revision.id(), &revision.digest()),
        Way::Down => history::remove_sql(dialect, revision.id()),
    };
    let together: String = lines(&script, false).chain([format!("{noted};\n")]).collect();
    match dialect.capabilities().transactional_schema {
        true => text.push_str(&in_transaction(&together, guard)),
        false => text.push_str(&together),
    }
    Ok(text)
}

/// The statements that run alone, or those that run together.
fn lines(script: &Script, alone: bool) -> impl Iterator<Item = String> {
    script.parts.iter().filter(move |part| part.is_alone() == alone).map(|part| match part {
        Part::Sql { text, .. } => format!("{text};\n"),
        Part::Call { step, .. } => format!("-- The step `{step}` is in Rust: run it here.\n"),
    })
}

fn in_transaction(statements: &str, guard: Option<Rebuild>) -> String {
    let [before, check, after] = match &guard {
        Some(guard) => [guard.before, guard.check, guard.after].map(|sql| format!("{sql};\n")),
        None => Default::default(),
    };
    format!("{before}BEGIN;\n{statements}{check}COMMIT;\n{after}")
}
