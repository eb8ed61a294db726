//! Models that `orm_inspect` writes, kept in the folder `written` and compiled into the tests.
//!
//! `ORM_WRITE_MODELS=1 cargo xtask test -p orm-inspect` writes them anew.

use std::path::{Path, PathBuf};
use std::{env, fs};

use orm::Engine;
use orm::catalog::{Catalog, Difference};
use orm::schema::TableDef;
use orm_inspect::{Options, models, sample};
use orm_tests::harness::{Database, Harness};

/// The script of the tables of a music shop.
pub(crate) const CHINOOK: &str = include_str!("../../../examples/chinook/fixture.sql");

/// Compiles the models of a file, in a module.
macro_rules! written {
    ($module:ident = $file:literal) => {
        #[allow(
            unreachable_pub,
            missing_docs,
            dead_code,
            unused_imports,
            non_snake_case,
            clippy::duplicated_attributes,
            reason = "a program uses what it needs of its tables"
        )]
        mod $module {
            include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/written/", $file, ".rs"));
        }
    };
}

/// Reads all rows of models, of row structs, and of views without a key, and returns how many structs there are.
macro_rules! reads {
    ($engine:expr; $($model:ident)*; $($row:ident)*; $($view:ident)*) => {{
        let mut session = $engine.session();
        let mut structs = 0;
        $(
            let read = $model::query().all(&mut session).map_err(|error| error.to_string());
            let table = <$model as orm::Model>::table().name.name.replace('"', "\"\"");
            let rows = sql(format!("SELECT count(*) FROM \"{table}\"")).one::<i64>(&mut session).map_err(|error| error.to_string());
            assert_eq!(read.map(|rows| rows.len() as i64), rows, stringify!($model));
            assert_ne!(rows, Ok(0), "{table} has no rows that could be read");
            structs += 1;
        )*
        $(
            let read = sql($row::SELECT).all::<$row>(&mut session).map_err(|error| error.to_string());
            assert!(read.as_ref().is_ok_and(|rows| !rows.is_empty()), "{}: {read:?}", stringify!($row));
            structs += 1;
        )*
        $(
            let read = $view::query().values(&mut session).map_err(|error| error.to_string());
            assert!(read.as_ref().is_ok_and(|rows| !rows.is_empty()), "{}: {read:?}", stringify!($view));
            structs += 1;
        )*
        structs
    }};
}

pub(crate) use reads;
pub(crate) use written;

/// The path of a file with models.
pub(crate) fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/written").join(name).with_extension("rs")
}

/// How many structs a file has.
pub(crate) fn count(name: &str) -> usize {
    fs::read_to_string(path(name)).unwrap().lines().filter(|line| line.starts_with("pub struct ")).count()
}

/// A database with the tables of the scripts.
pub(crate) fn database<H: Harness>(scripts: &[&str]) -> (Engine, Database) {
    let database = H::database("inspected");
    let engine = Engine::connect(database.url()).unwrap();
    for script in scripts {
        engine.connection().unwrap().execute_script(script).unwrap();
    }
    (engine, database)
}

/// Checks that a file has the models of the tables that the scripts make.
pub(crate) fn check<H: Harness>(name: &str, scripts: &[&str], singular: bool) {
    let (engine, _database) = database::<H>(scripts);
    let catalog = engine.reflect().unwrap();
    let samples = sample(&engine, &catalog, 1_000).unwrap();
    let options = Options { singular, ..Options::default() };
    expect(&path(name), &models(&catalog, &samples, engine.dialect(), &options).text());
}

/// Checks what differs between the tables of the scripts and those that `create_all` makes of their models.
pub(crate) fn compare<H: Harness>(name: &str, scripts: &[&str], models: &[&'static TableDef]) {
    let (engine, _database) = database::<H>(scripts);
    let catalog = engine.reflect().unwrap();
    let (copy, _other) = database::<H>(&[]);
    // Models name types and sequences that must exist before.
    let mut types = Catalog { enums: catalog.enums.clone(), domains: catalog.domains.clone(), ..Catalog::default() };
    types.sequences.clone_from(&catalog.sequences);
    types.sequences.iter_mut().for_each(|sequence| sequence.owner = None);
    types.create(&copy).unwrap();
    copy.create_all(models.iter().copied()).unwrap();
    let found = copy.reflect().unwrap();
    let differences = catalog.differences(&found);
    // Each version of a server writes the queries of views in its own way.
    let tables = differences.iter().filter(|difference| !matches!(difference, Difference::View(_)));
    let lines: String = tables.map(|difference| format!("{difference}\n")).collect();
    expect(&path(name).with_extension("differences.txt"), &lines);
}

fn expect(path: &Path, text: &str) {
    if env::var_os("ORM_WRITE_MODELS").is_some() {
        fs::write(path, text).unwrap();
    }
    let known = fs::read_to_string(path).unwrap_or_default();
    let missing = known.lines().zip(text.lines()).find(|(known, text)| known != text);
    assert!(known == text, "{} is not up to date ({missing:?}): run with ORM_WRITE_MODELS=1", path.display());
}
