use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};
use std::path::Path;
use std::sync::Arc;

use orm_core::catalog::Catalog;
use orm_core::dialect::Dialect;
use orm_core::engine::{Conn, Engine};
use orm_core::schema::TableDef;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result, file};
use crate::run::Run;
use crate::{files, snapshot};

/// One step in the life of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The name of its folder.
    pub folder: String,
    /// What `revision.toml` says.
    pub facts: Facts,
    /// Its scripts and schemas, by the names of the files.
    pub files: BTreeMap<String, String>,
}

/// What `revision.toml` says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Its id.
    pub id: String,
    /// What it does, in a few words.
    #[serde(default)]
    pub message: String,
    /// The revisions that it follows. None for the first of a schema, several for a merge.
    #[serde(default)]
    pub parents: Vec<String>,
    /// Names for the branch that begins with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// Revisions of other branches that have to run before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<String>,
    /// The digest of its scripts. Empty while it is being written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub digest: String,
}

impl Revision {
    /// Its id.
    pub fn id(&self) -> &str {
        &self.facts.id
    }

    /// The digest of the scripts that it has now.
    pub fn digest(&self) -> String {
        let scripts = self.files.iter().filter(|(name, _)| name.ends_with(".sql"));
        digest_of(scripts.flat_map(|(name, text)| [&**name, &**text]))
    }

    /// The script `up` or `down` for a database: its own, or that of all databases. A merge needs none.
    pub(crate) fn script(&self, direction: &str, dialect: &dyn Dialect) -> Result<&str> {
        let is_merge = self.facts.parents.len() > 1;
        if is_merge && !self.files.keys().any(|name| name.ends_with(".sql")) {
            return Ok("");
        }
        let file = self.script_file(direction, dialect).map(|(_, text)| text);
        file.ok_or_else(|| Error::NoScript { id: self.id().to_owned(), file: format!("{direction}.sql") })
    }

    /// The name and the text of the script for a database.
    pub(crate) fn script_file(&self, direction: &str, dialect: &dyn Dialect) -> Option<(&str, &str)> {
        let own = self.files.get_key_value(&format!("{direction}.{}.sql", key(dialect)));
        let (name, text) = own.or_else(|| self.files.get_key_value(&format!("{direction}.sql")))?;
        Some((name, text))
    }

    /// The schema after it, in a kind of database. `None` if it was not written down.
    ///
    /// # Errors
    ///
    /// `File` if it cannot be read.
    pub fn schema(&self, dialect: &dyn Dialect) -> Result<Option<Catalog>> {
        let name = schema_file(dialect);
        let Some(text) = self.files.get(&name) else { return Ok(None) };
        snapshot::read(text).map(Some).map_err(|error| file(format!("{}/{name}", self.folder), error))
    }

    pub(crate) fn set_schema(&mut self, dialect: &dyn Dialect, catalog: &Catalog) -> Result<()> {
        let name = schema_file(dialect);
        let text = snapshot::write(catalog).map_err(|error| file(&name, error))?;
        self.files.insert(name, text);
        Ok(())
    }

    /// Makes the schema of models the one after it.
    pub(crate) fn take_schema(
        &mut self,
        models: &[&'static TableDef],
        dialects: &[&'static dyn Dialect],
    ) -> Result<()> {
        let of = |dialect| Catalog::of(models.iter().copied(), dialect);
        dialects.iter().try_for_each(|dialect| self.set_schema(*dialect, &of(*dialect)?))
    }
}

fn schema_file(dialect: &dyn Dialect) -> String {
    format!("schema.{}.json", key(dialect))
}

/// The name of a kind of database in the names of files.
pub(crate) fn key(dialect: &dyn Dialect) -> String {
    dialect.name().to_ascii_lowercase()
}

type StepFn = Arc<dyn Fn(&mut Conn) -> orm_core::Result<()> + Send + Sync>;

/// The revisions of a project.
#[derive(Clone, Default)]
pub struct Migrations {
    /// In an order in which each comes after those that it follows.
    pub(crate) revisions: Vec<Revision>,
    pub(crate) steps: BTreeMap<String, StepFn>,
}

impl Debug for Migrations {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.revisions.iter().map(Revision::id)).finish()
    }
}

impl Migrations {
    /// The revisions in a folder.
    ///
    /// ```no_run
    /// let migrations = orm::migrate::Migrations::load("migrations")?;
    /// for revision in migrations.revisions() {
    ///     println!("{} {}", revision.id(), revision.facts.message);
    /// }
    /// # Ok::<(), orm::migrate::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What is wrong with the files, with the ids in them, or with their digests.
    pub fn load(folder: impl AsRef<Path>) -> Result<Self> {
        let migrations = Self::load_unchecked(folder)?;
        migrations.check_digests()?;
        Ok(migrations)
    }

    /// As [`load`](Migrations::load), for a command that repairs digests.
    pub(crate) fn load_unchecked(folder: impl AsRef<Path>) -> Result<Self> {
        let files = files::read(folder.as_ref())?;
        Self::of(files)
    }

    /// The revisions in files: their paths in the folder of migrations, and their texts. It is how a program has them inside.
    ///
    /// See the example of [the module](crate).
    ///
    /// # Errors
    ///
    /// Those of [`load`](Migrations::load).
    pub fn from_files<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Result<Self> {
        let owned = files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned()));
        let migrations = Self::of(owned.collect())?;
        migrations.check_digests()?;
        Ok(migrations)
    }

    fn of(files: Vec<(String, String)>) -> Result<Self> {
        let mut folders: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for (path, text) in files {
            if let Some((folder, name)) = path.rsplit_once('/') {
                folders.entry(folder.to_owned()).or_default().insert(name.to_owned(), text);
            }
        }
        let mut revisions = Vec::new();
        for (folder, mut files) in folders {
            let Some(text) = files.remove("revision.toml") else {
                return Err(file(&folder, "it has no revision.toml"));
            };
            let facts = toml::from_str(&text).map_err(|error| file(format!("{folder}/revision.toml"), error))?;
            revisions.push(Revision { folder, facts, files });
        }
        Ok(Self { revisions: crate::graph::sorted(revisions)?, steps: BTreeMap::new() })
    }

    fn check_digests(&self) -> Result<()> {
        let changed =
            |revision: &&Revision| !revision.facts.digest.is_empty() && revision.facts.digest != revision.digest();
        match self.revisions.iter().find(changed) {
            Some(revision) => Err(Error::Changed { id: revision.id().to_owned() }),
            None => Ok(()),
        }
    }

    /// All revisions, each after those that it follows.
    ///
    /// See the example of [`load`](Migrations::load).
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// Registers a step in Rust. A script calls it between its statements, in their transaction, by a line `-- orm: call name`.
    ///
    /// ```
    /// use orm::migrate::Migrations;
    ///
    /// let migrations = Migrations::from_files([
    ///     ("1_a1_slugs/revision.toml", "id = \"a1\""),
    ///     ("1_a1_slugs/up.sql", "CREATE TABLE post (id INTEGER PRIMARY KEY, slug TEXT);\n-- orm: call first_post\n"),
    ///     ("1_a1_slugs/down.sql", "DROP TABLE post;"),
    /// ])?;
    /// let migrations = migrations.step("first_post", |connection| {
    ///     connection.execute("INSERT INTO post (slug) VALUES ('hello')", &[]).map(drop)
    /// });
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// migrations.upgrade(&engine)?;
    /// # Ok::<(), orm::migrate::Error>(())
    /// ```
    #[must_use]
    pub fn step(
        mut self,
        name: impl Into<String>,
        run: impl Fn(&mut Conn) -> orm_core::Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.steps.insert(name.into(), Arc::new(run));
        self
    }

    /// Runs the revisions that a database does not have, up to all heads, and returns their ids. Programs that do so at once wait for each other.
    ///
    /// See the example of [the module](crate).
    ///
    /// # Errors
    ///
    /// Those of [`Run::upgrade`].
    pub fn upgrade(&self, engine: &Engine) -> Result<Vec<String>> {
        self.on(engine).upgrade("heads")
    }

    /// What can be done with a database.
    ///
    /// See the example of [`Run`].
    pub fn on<'m>(&'m self, engine: &'m Engine) -> Run<'m> {
        Run::new(self, engine)
    }

    pub(crate) fn find(&self, id: &str) -> Option<&Revision> {
        self.revisions.iter().find(|revision| revision.id() == id)
    }
}

/// A digest of texts.
pub(crate) fn digest_of<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        // A checkout may write line ends in another way.
        hash.update(text.replace("\r\n", "\n").as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
