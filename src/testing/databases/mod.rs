//! A database for each test, copied from one that was prepared once.

mod files;
mod server;

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use orm_core::Result;
use orm_core::engine::DatabaseUrl;

use crate::{Engine, EngineBuilder};
use files::Files;
use server::Server;

type Prepare = dyn Fn(&Engine) -> Result<()> + Send + Sync;

/// Databases for tests that must really commit, on several connections. Each is a copy of one that was prepared once, with tables and rows.
///
/// | the URL names | a database is |
/// |---|---|
/// | a database of PostgreSQL | `CREATE DATABASE .. TEMPLATE`, on the same server, for which the user needs the right `CREATEDB` |
/// | a database of MySQL or MariaDB | another one on the same server, which is prepared each time: these servers copy none |
/// | a file of SQLite | a copied file, in the same directory |
/// | SQLite in memory | another one, which is prepared each time |
///
/// The database of the URL itself stays as it is. A database is dropped with its [`TestDatabase`], also when the test panics, and the template with
/// the last of its databases. What a process leaves that was killed is dropped by the next one that makes a template by the same URL; so are the
/// templates of statics, which Rust does not drop. Nothing of a process that runs is touched.
///
/// ```
/// # #[cfg(all(feature = "sqlite", feature = "derive"))]
/// # fn main() -> orm::Result<()> {
/// use orm::prelude::*;
/// use orm::testing::TestDatabases;
///
/// # #[derive(Model, Debug, Clone, Default)]
/// # #[orm(table = "town")]
/// # struct Town {
/// #     #[orm(primary_key)]
/// #     id: i64,
/// # }
/// let databases = TestDatabases::template("sqlite://", |engine| {
///     engine.create_all(models![Town])?;
///     engine.transaction(|session| {
///         session.add(Town::default());
///         Ok(())
///     })
/// })?;
///
/// let database = databases.database()?; // in each test
/// Town::query().delete().execute(&mut database.session())?;
/// let options = |builder: orm::EngineBuilder| builder.pool_size(2);
/// let another = databases.database_with(options)?;
/// assert_eq!(Town::query().count(&mut another.session())?, 1);
/// # Ok(())
/// # }
/// # #[cfg(not(all(feature = "sqlite", feature = "derive")))]
/// # fn main() {}
/// ```
pub struct TestDatabases {
    url: String,
    source: Source,
}

/// Where databases come from.
enum Source {
    Memory(Box<Prepare>),
    Files(Arc<Files>),
    Server(Arc<Server>),
}

impl TestDatabases {
    /// Makes the template: a database that `prepare` fills. In memory it is called for each database instead, and on MySQL and MariaDB for each
    /// database too.
    ///
    /// See the example of [`TestDatabases`].
    ///
    /// # Errors
    ///
    /// Those of `prepare`, `Config` for a wrong URL, and the database's.
    pub fn template(url: &str, prepare: impl Fn(&Engine) -> Result<()> + Send + Sync + 'static) -> Result<Self> {
        let engine = Engine::connect(url)?;
        let parsed = DatabaseUrl::parse(url)?;
        let source = if engine.backend().max_connections() == Some(1) {
            Source::Memory(Box::new(prepare))
        } else if parsed.scheme().starts_with("sqlite") {
            Source::Files(Arc::new(Files::template(&parsed, &prepare)?))
        } else {
            Source::Server(Arc::new(Server::template(&parsed, engine, Box::new(prepare))?))
        };
        Ok(Self { url: url.to_owned(), source })
    }

    /// A database of its own, as the template is.
    ///
    /// See the example of [`TestDatabases`].
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn database(&self) -> Result<TestDatabase> {
        self.database_with(|builder| builder)
    }

    /// The same, with options of its engine.
    ///
    /// See the example of [`TestDatabases`].
    ///
    /// # Errors
    ///
    /// `Config` for options that go together ill, and the database's.
    pub fn database_with(&self, options: impl FnOnce(EngineBuilder) -> EngineBuilder) -> Result<TestDatabase> {
        let (builder, copy) = match &self.source {
            Source::Memory(_) => (Engine::builder(&self.url), Copy::Memory),
            Source::Files(files) => {
                let file = Files::copy(files)?;
                (Engine::builder(&file.url()), Copy::File(file))
            }
            Source::Server(server) => {
                let database = Server::copy(server)?;
                (database.builder(), Copy::Server(database))
            }
        };
        let engine: Engine = options(builder).build()?;
        if let Source::Memory(prepare) = &self.source {
            prepare(&engine)?;
        }
        Ok(TestDatabase { engine, copy })
    }
}

impl fmt::Debug for TestDatabases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match &self.source {
            Source::Memory(_) => "in memory".to_owned(),
            Source::Files(files) => files.name(),
            Source::Server(server) => server.name(),
        };
        f.debug_struct("TestDatabases").field("template", &name).finish_non_exhaustive()
    }
}

/// A database of [`TestDatabases`]. It dereferences to its [`Engine`], and is dropped with it: keep it as long as the test needs the database.
///
/// See the example of [`TestDatabases`].
#[derive(Debug)]
pub struct TestDatabase {
    // Its connections close before the database is dropped.
    engine: Engine,
    copy: Copy,
}

impl TestDatabase {
    /// The database's name: of a file its path, empty in memory.
    ///
    /// See the example of [`TestDatabases`].
    pub fn name(&self) -> String {
        match &self.copy {
            Copy::Memory => String::new(),
            Copy::File(file) => file.name(),
            Copy::Server(database) => database.name().to_owned(),
        }
    }
}

impl Deref for TestDatabase {
    type Target = Engine;

    fn deref(&self) -> &Engine {
        &self.engine
    }
}

/// What is dropped at the end.
#[derive(Debug)]
enum Copy {
    Memory,
    File(files::Copy),
    Server(server::Copy),
}

/// The databases of one template have names in common, which no other process takes: `shop_test_0f3a5b7c9d1e2f40_3`.
#[derive(Debug)]
struct Names {
    base: String,
    run: String,
    next: AtomicU32,
}

impl Names {
    fn new(base: &str) -> Self {
        let run = format!("{:016x}", RandomState::new().hash_one(std::process::id()));
        Self { base: base.to_owned(), run, next: AtomicU32::new(1) }
    }

    fn prefix(base: &str) -> String {
        format!("{base}_test_")
    }

    fn template(&self) -> String {
        format!("{}{}_0", Self::prefix(&self.base), self.run)
    }

    fn next(&self) -> String {
        format!("{}{}_{}", Self::prefix(&self.base), self.run, self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// The run that a name with that base is of.
    fn run_of<'n>(base: &str, name: &'n str) -> Option<&'n str> {
        let (run, _) = name.strip_prefix(&*Self::prefix(base))?.split_once(['_', '.'])?;
        (run.len() == 16 && run.bytes().all(|digit| digit.is_ascii_hexdigit())).then_some(run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_their_run() {
        let names = Names::new("shop");
        assert_eq!(Names::run_of("shop", &names.template()), Some(&*names.run));
        assert_eq!(Names::run_of("shop", &names.next()), Some(&*names.run));
        assert_eq!(Names::run_of("shop", &format!("shop_test_{}.lock", names.run)), Some(&*names.run));
        for other in
            ["shop", "shop_test_", "shop_test_1_2", "shop_test_data_of_a_user", "shops_test_0123456789abcdef_1"]
        {
            assert_eq!(Names::run_of("shop", other), None, "{other}");
        }
        assert_ne!(names.next(), names.next());
        assert_ne!(Names::new("shop").run, names.run);
    }
}
