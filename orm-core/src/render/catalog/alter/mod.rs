//! The statements that change a database from one catalog to another.

mod changes;
mod columns;
mod danger;
mod in_place;
mod rebuilt;
mod renames;
mod types;

use super::Script;
use crate::catalog::{AlterStep, Alteration, Catalog, Difference, Renames, View};
use crate::dialect::{Dialect, SqlWriter};
use crate::error::{Error, Result};
use crate::render::catalog::order::{self, mentions};
use crate::schema::TableName;
use changes::TableChange;

impl Catalog {
    /// The statements that change a database with this catalog to one with another.
    ///
    /// What differs is what [`differences`](Catalog::differences) tells, so equal catalogs need no statements. Tables keep their rows as far as
    /// the new ones can have them.
    ///
    /// ```
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// engine.connection()?.execute_script("CREATE TABLE user (id INTEGER PRIMARY KEY)")?;
    /// let before = engine.reflect()?;
    /// let mut after = before.clone();
    /// let name = orm::catalog::CatalogColumn {
    ///     name: "name".into(),
    ///     data_type: engine.dialect().data_type("TEXT"),
    ///     nullable: true,
    ///     ..Default::default()
    /// };
    /// after.tables[0].columns.push(name);
    /// let up = before.alteration(&after, engine.dialect())?;
    /// assert_eq!(up.steps[0].sql, r#"ALTER TABLE "user" ADD COLUMN "name" TEXT"#);
    /// let down = after.alteration(&before, engine.dialect())?;
    /// let dangers: Vec<_> = down.steps.iter().filter_map(|step| step.danger.as_deref()).collect();
    /// assert_eq!(dangers, ["the values of user.name are lost"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Unsupported` for what the database cannot change or does not have, and `Schema` for a name that is too long.
    pub fn alteration(&self, to: &Self, dialect: &'static dyn Dialect) -> Result<Alteration> {
        self.alteration_with(to, &Renames::new(), dialect)
    }

    /// As [`alteration`](Catalog::alteration), where some tables and columns are those of this catalog by another name.
    ///
    /// ```
    /// use orm::catalog::Renames;
    ///
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// engine.connection()?.execute_script("CREATE TABLE user (id INTEGER PRIMARY KEY, nick TEXT)")?;
    /// let before = engine.reflect()?;
    /// let mut after = before.clone();
    /// after.tables[0].name.name = "users".into();
    /// after.tables[0].columns[1].name = "name".into();
    /// let renames = Renames::new().table("user", "users").column("users", "nick", "name");
    /// let up = before.alteration_with(&after, &renames, engine.dialect())?;
    /// let sql: Vec<_> = up.steps.iter().map(|step| &*step.sql).collect();
    /// assert_eq!(
    ///     sql,
    ///     [r#"ALTER TABLE "user" RENAME TO "users""#, r#"ALTER TABLE "users" RENAME COLUMN "nick" TO "name""#]
    /// );
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`alteration`](Catalog::alteration), and `Schema` for a rename of something that is not there.
    pub fn alteration_with(&self, to: &Self, renames: &Renames, dialect: &'static dyn Dialect) -> Result<Alteration> {
        let renamed = renames::applied(self, renames)?;
        let differences = renamed.differences(to);
        let script = Script::new(dialect, to);
        let mut alter = Alter { from: &renamed, to, script, steps: Vec::new(), differences: &differences };
        alter.rename(self, renames)?;
        let tables = changes::of_tables(&renamed, to, &differences);
        let rebuilds = match dialect.rebuild() {
            None => alter.in_place(tables).map(|()| false)?,
            Some(_) => alter.rebuilding(&tables)?,
        };
        // What has to be alone comes first: a value of an enum that the transaction may use.
        alter.steps.sort_by_key(|step| !step.alone);
        Ok(Alteration { steps: alter.steps, rebuilds })
    }
}

/// Steps in the making.
struct Alter<'c> {
    from: &'c Catalog,
    to: &'c Catalog,
    differences: &'c [Difference<'c>],
    script: Script,
    steps: Vec<AlterStep>,
}

impl<'c> Alter<'c> {
    /// A statement that loses nothing.
    fn push(&mut self, write: impl FnOnce(&mut SqlWriter)) -> Result<()> {
        self.push_with(None, write)
    }

    fn push_with(&mut self, danger: Option<String>, write: impl FnOnce(&mut SqlWriter)) -> Result<()> {
        self.script.push(write)?;
        self.take(danger);
        Ok(())
    }

    /// Makes steps of the statements that the script has written.
    fn take(&mut self, danger: Option<String>) {
        let statements = std::mem::take(&mut self.script.statements);
        let step = |sql| AlterStep { sql, danger: danger.clone(), alone: false };
        self.steps.extend(statements.into_iter().map(step));
    }

    /// The statements of a part of the script that creates something.
    fn create(&mut self, write: impl FnOnce(&mut Script) -> Result<()>) -> Result<()> {
        write(&mut self.script)?;
        self.take(None);
        Ok(())
    }

    fn unsupported(&self, what: &str) -> Error {
        Error::unsupported(self.script.dialect.name(), what)
    }

    /// The views that are gone, changed, or read what `disturbed` says, and those that read them, in the order of their making.
    fn dropped_views(&self, disturbed: &[&TableName]) -> Vec<&'c View> {
        let changed = |view: &View| {
            let is = |each: &Difference<'_>| matches!(each, Difference::View(change) if change.before().is_some_and(|old| old.name == view.name));
            self.differences.iter().any(is)
        };
        let mut dropped: Vec<&View> = Vec::new();
        for view in order::views(&self.from.views) {
            let reads = |name: &TableName| mentions(&view.definition, &name.name);
            let is_below = disturbed.iter().any(|name| reads(name)) || dropped.iter().any(|below| reads(&below.name));
            if changed(view) || is_below {
                dropped.push(view);
            }
        }
        dropped
    }

    fn drop_views(&mut self, views: &[&'c View]) -> Result<()> {
        views.iter().rev().try_for_each(|view| self.push(|out| super::views::drop(out, view.materialized, &view.name)))
    }

    /// The views that were dropped and stay, and those that are new.
    fn create_views(&mut self, dropped: &[&View]) -> Result<()> {
        let is_new = |view: &&View| {
            let before = self.from.views.iter().find(|old| old.name == view.name);
            before.is_none_or(|old| dropped.iter().any(|dropped| dropped.name == old.name))
        };
        let views: Vec<&View> = order::views(&self.to.views).into_iter().filter(is_new).collect();
        self.create(|script| {
            script.views(&views)?;
            let triggers = views.iter().flat_map(|view| &view.triggers);
            script.statements.extend(triggers.map(|trigger| trigger.definition.clone()));
            views.iter().try_for_each(|view| script.view_comments(view))
        })
    }

    fn drop_tables(&mut self, tables: &[&TableName]) -> Result<()> {
        for table in order::tables(&self.from.tables).into_iter().rev() {
            if tables.contains(&&table.name) {
                self.push_with(Some(format!("the rows of {} are lost", table.name)), |out| {
                    out.sql("DROP TABLE ").table(&table.name);
                })?;
            }
        }
        Ok(())
    }
}

/// The names of the tables that are only in the first catalog.
fn removed<'c>(from: &'c Catalog, tables: &[TableChange<'c>]) -> Vec<&'c TableName> {
    let stays = |name: &TableName| tables.iter().any(|change| change.from.name == *name);
    from.tables.iter().map(|table| &table.name).filter(|name| !stays(name)).collect()
}
