//! Revisions from models: the schema of the models against the schema after the last revision.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{DateTime, Utc};
use orm_core::catalog::{Catalog, Renames};
use orm_core::dialect::Dialect;
use orm_core::schema::TableDef;

use crate::concurrently::concurrently;
use crate::error::{Error, Result};
use crate::revision::{Facts, Migrations, Revision, key};
use crate::{files, renames, script};

/// A revision in the making.
///
/// ```
/// use orm::migrate::{Draft, Migrations};
/// use orm::prelude::*;
///
/// #[derive(Model, Clone, Default)]
/// struct City {
///     #[orm(primary_key)]
///     id: i64,
///     name: String,
/// }
///
/// let engine = Engine::connect("sqlite://")?;
/// let mut draft = Draft::new("cities");
/// draft.generate(&Migrations::default(), &models![City], &[engine.dialect()])?;
/// let migrations = Migrations::default().with(draft)?;
/// migrations.upgrade(&engine)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Draft {
    /// The revision.
    pub revision: Revision,
    /// What has another name in the models than in the last schema, besides what they declare by `renamed_from`.
    pub renames: Renames,
    concurrently: bool,
    made: DateTime<Utc>,
    at_base: bool,
}

/// How folders are named, if nothing else is said.
const FOLDER: &str = "{date}_{time}_{id}_{slug}";

fn folder(pattern: &str, made: DateTime<Utc>, facts: &Facts) -> String {
    let words = facts.message.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '_' });
    let slug: String = words.flat_map(char::to_lowercase).take(40).collect();
    let [date, time] = ["%Y%m%d", "%H%M"].map(|format| made.format(format).to_string());
    let values = [("{date}", &date), ("{time}", &time), ("{id}", &facts.id), ("{slug}", &slug)];
    values.into_iter().fold(pattern.to_owned(), |name, (word, value)| name.replace(word, value))
}

impl Draft {
    /// A revision with a new id, of now.
    ///
    /// See the example of [`Draft`].
    pub fn new(message: impl Into<String>) -> Self {
        let message = message.into();
        let now = Utc::now();
        let nanoseconds = now.timestamp_nanos_opt().unwrap_or_default();
        let mixed = u64::from_ne_bytes(nanoseconds.to_ne_bytes()).wrapping_mul(0x9e37_79b9_7f4a_7c15)
            ^ u64::from(std::process::id());
        let id = format!("{:06x}", mixed >> 40);
        let facts = Facts { id, message, ..Facts::default() };
        let folder = folder(FOLDER, now, &facts);
        let revision = Revision { folder, facts, files: BTreeMap::new() };
        Self { revision, renames: Renames::new(), concurrently: false, made: now, at_base: false }
    }

    /// Gives it an id instead of a new one.
    ///
    /// ```
    /// let draft = orm::migrate::Draft::new("Add users").id("2026_users")?;
    /// assert_eq!(draft.revision.id(), "2026_users");
    /// assert!(orm::migrate::Draft::new("Add users").id("users@2").is_err());
    /// # Ok::<(), orm::migrate::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Usage` for one that could not be asked for: it has letters, digits and `_` only, and is none of the words `head`, `heads` and `base`.
    pub fn id(mut self, id: &str) -> Result<Self> {
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        if id.is_empty() || id.len() > 100 || !id.chars().all(is_plain) || ["head", "heads", "base"].contains(&id) {
            let message = format!(
                "`{id}` is no id of a revision: at most 100 letters, digits and `_`, and none of the words `head`, `heads` and `base`"
            );
            return Err(Error::Usage(message));
        }
        id.clone_into(&mut self.revision.facts.id);
        self.revision.folder = folder(FOLDER, self.made, &self.revision.facts);
        Ok(self)
    }

    /// Names its folder by a pattern: `{date}`, `{time}`, `{id}` and `{slug}`, the words of the message.
    ///
    /// ```
    /// let draft = orm::migrate::Draft::new("Add users").folder_name("{id}-{slug}")?;
    /// assert!(draft.revision.folder.ends_with("-add_users"));
    /// # Ok::<(), orm::migrate::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Usage` for a pattern without `{id}`, by which two revisions could get one folder.
    pub fn folder_name(mut self, pattern: &str) -> Result<Self> {
        if !pattern.contains("{id}") || pattern.contains(['/', '\\']) {
            let message = format!("`{pattern}` names no folder of revisions: it has `{{id}}` in it, and no `/`");
            return Err(Error::Usage(message));
        }
        self.revision.folder = folder(pattern, self.made, &self.revision.facts);
        Ok(self)
    }

    /// Fills in the scripts that lead from the schema after the parents to that of the models, for each of the databases. Without parents, the
    /// only head is the parent. Returns whether there is anything to do.
    ///
    /// See the example of [`Draft`].
    ///
    /// # Errors
    ///
    /// `Ambiguous` if there are several heads, `Conflict` if parents have different schemas of one table, and the core's errors for schemas that a
    /// database cannot have.
    pub fn generate(
        &mut self,
        migrations: &Migrations,
        models: &[&'static TableDef],
        dialects: &[&'static dyn Dialect],
    ) -> Result<bool> {
        self.choose_parents(migrations)?;
        let mut found = false;
        for dialect in dialects {
            let before = migrations.schema_after(&self.revision.facts.parents, *dialect)?;
            let after = Catalog::of(models.iter().copied(), *dialect)?;
            let renames = renames::with(&self.renames, renames::declared(&before, models));
            let mut up = before.alteration_with(&after, &renames, *dialect)?;
            let mut down = after.alteration_with(&before, &renames.reversed(), *dialect)?;
            if self.concurrently {
                concurrently(&mut up, &before, &after, *dialect)?;
                concurrently(&mut down, &after, &before, *dialect)?;
            }
            found |= !up.steps.is_empty();
            let key = key(*dialect);
            self.put(&format!("up.{key}.sql"), script::write(&up));
            self.put(&format!("down.{key}.sql"), script::write(&down));
            self.revision.set_schema(*dialect, &after)?;
        }
        self.unite(dialects);
        Ok(found)
    }

    /// Fills in empty scripts, to be written by hand. The schema stays that of the parents.
    pub(crate) fn leave_empty(&mut self, migrations: &Migrations, dialects: &[&'static dyn Dialect]) -> Result<()> {
        self.choose_parents(migrations)?;
        for dialect in dialects {
            let before = migrations.schema_after(&self.revision.facts.parents, *dialect)?;
            self.revision.set_schema(*dialect, &before)?;
        }
        if self.revision.facts.parents.len() < 2 {
            self.put("up.sql", String::new());
            self.put("down.sql", String::new());
        }
        Ok(())
    }

    /// Builds and drops indexes while others write, where the database can: outside the transaction, before it. An index of a column that the
    /// revision adds or changes stays in it.
    ///
    /// ```
    /// let draft = orm::migrate::Draft::new("index").concurrently();
    /// ```
    #[must_use]
    pub fn concurrently(mut self) -> Self {
        self.concurrently = true;
        self
    }

    /// Makes it the first of another schema, which follows no revision.
    ///
    /// See the example of [`Draft`].
    #[must_use]
    pub fn at_base(mut self) -> Self {
        self.at_base = true;
        self
    }

    fn choose_parents(&mut self, migrations: &Migrations) -> Result<()> {
        if self.at_base || !self.revision.facts.parents.is_empty() {
            return Ok(());
        }
        let heads = migrations.heads();
        if heads.len() > 1 {
            let choices = heads.iter().map(|head| format!("{} {}", head.id(), head.facts.message)).collect();
            return Err(Error::Ambiguous { asked: "head".to_owned(), choices });
        }
        self.revision.facts.parents = heads.iter().map(|head| head.id().to_owned()).collect();
        Ok(())
    }

    fn put(&mut self, name: &str, text: String) {
        self.revision.files.insert(name.to_owned(), text);
    }

    /// One script for all databases, if all have the same.
    fn unite(&mut self, dialects: &[&'static dyn Dialect]) {
        for way in ["up", "down"] {
            let names: Vec<String> = dialects.iter().map(|dialect| format!("{way}.{}.sql", key(*dialect))).collect();
            let texts: Vec<String> = names.iter().filter_map(|name| self.revision.files.get(name)).cloned().collect();
            if let [first, others @ ..] = &*texts
                && others.iter().all(|text| text == first)
            {
                names.iter().for_each(|name| drop(self.revision.files.remove(name)));
                self.put(&format!("{way}.sql"), first.clone());
            }
        }
    }

    /// Writes it into the folder of migrations.
    ///
    /// ```no_run
    /// orm::migrate::Draft::new("cities").write("migrations")?;
    /// # Ok::<(), orm::migrate::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `File` if that fails.
    pub fn write(&mut self, folder: impl AsRef<Path>) -> Result<()> {
        files::write(folder.as_ref(), &mut self.revision)
    }
}

impl Migrations {
    /// The revisions, and one more.
    ///
    /// See the example of [`Draft`].
    ///
    /// # Errors
    ///
    /// What is wrong with its ids.
    pub fn with(mut self, draft: Draft) -> Result<Self> {
        self.revisions.push(draft.revision);
        self.revisions = crate::graph::sorted(self.revisions)?;
        Ok(self)
    }

    /// The schema after some revisions: what each has changed since the schema that all began with.
    ///
    /// # Errors
    ///
    /// `Conflict` if two have changed one table, and `File` if a schema was not written down or cannot be read.
    pub(crate) fn schema_after(&self, ids: &[String], dialect: &dyn Dialect) -> Result<Catalog> {
        let empty = || Catalog { ignores_case: dialect.capabilities().names_ignore_case, ..Catalog::default() };
        let mut schemas = Vec::new();
        for id in ids {
            let revision = self.find(id).ok_or_else(|| Error::Unknown(id.clone()))?;
            schemas.push(self.schema_of(revision, dialect)?.unwrap_or_else(empty));
        }
        let Some(mut merged) = schemas.pop() else { return Ok(empty()) };
        if schemas.is_empty() {
            return Ok(merged);
        }
        let base = self.common_schema(ids, dialect)?.unwrap_or_else(empty);
        let mut conflicts = Vec::new();
        for other in schemas {
            merge(&base, &mut merged, other, &mut conflicts);
        }
        if conflicts.is_empty() { Ok(merged.sorted()) } else { Err(Error::Conflict(conflicts)) }
    }

    /// The schema after one revision. One that was written by hand, without a schema, has that of its parent.
    fn schema_of(&self, revision: &Revision, dialect: &dyn Dialect) -> Result<Option<Catalog>> {
        match revision.schema(dialect)? {
            Some(catalog) => Ok(Some(catalog)),
            None if revision.facts.parents.is_empty() => Ok(None),
            None => self.schema_after(&revision.facts.parents, dialect).map(Some),
        }
    }

    /// The schema after the last revision that all have in common.
    fn common_schema(&self, ids: &[String], dialect: &dyn Dialect) -> Result<Option<Catalog>> {
        let ancestors = |id: &String| -> BTreeSet<String> {
            self.with_ancestors(std::slice::from_ref(id)).iter().map(|revision| revision.id().to_owned()).collect()
        };
        let common = ids.iter().map(ancestors).reduce(|a, b| a.intersection(&b).cloned().collect());
        let last = self.revisions.iter().rev().find(|r| common.as_ref().is_some_and(|common| common.contains(r.id())));
        last.map_or(Ok(None), |revision| self.schema_of(revision, dialect))
    }
}

/// Takes over what `other` has changed since `base`.
fn merge(base: &Catalog, merged: &mut Catalog, other: Catalog, conflicts: &mut Vec<String>) {
    let changed = |name: &str, catalog: &Catalog| base.find(name) != catalog.find(name);
    let names: BTreeSet<String> = [base, merged, &other]
        .iter()
        .flat_map(|catalog| catalog.tables.iter().map(|table| table.name.to_string()))
        .collect();
    for name in names {
        if !changed(&name, &other) || merged.find(&name) == other.find(&name) {
            continue;
        }
        if changed(&name, merged) {
            conflicts.push(name);
            continue;
        }
        merged.tables.retain(|table| table.name.to_string() != name);
        merged.tables.extend(other.find(&name).cloned());
    }
    // Schemas are only ever added by tables that are in them.
    merged.schemas.extend(other.schemas);
    merged.schemas.sort();
    merged.schemas.dedup();
}
