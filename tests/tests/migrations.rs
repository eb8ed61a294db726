//! Revisions on databases: run, undone, written from models, by many programs at once, and by programs that are killed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is test code")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use clap::Parser;
use orm::catalog::{Catalog, Renames};
use orm::migrate::command::Arguments;
use orm::migrate::{Draft, Error, Migrations};
use orm::prelude::*;
use orm::schema::TableDef;
use orm_tests::harness::{Database, Harness, Postgres, SqliteFile, SqliteMemory};

const URL: &str = "ORM_MIGRATIONS_URL";

mod first {
    use orm::prelude::*;

    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "author")]
    pub(crate) struct Author {
        #[orm(primary_key)]
        id: i64,
        nick: String,
        age: Option<i32>,
    }

    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "post")]
    pub(crate) struct Post {
        #[orm(primary_key)]
        id: i64,
        title: String,
        #[belongs_to]
        author: Option<BelongsTo<Author>>,
    }
}

mod second {
    use orm::prelude::*;

    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "author")]
    pub(crate) struct Author {
        #[orm(primary_key)]
        id: i64,
        #[orm(unique)]
        name: String,
        age: Option<i64>,
    }

    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "post")]
    pub(crate) struct Post {
        #[orm(primary_key)]
        id: i64,
        #[orm(index)]
        title: String,
        #[belongs_to(on_delete = "cascade")]
        author: Option<BelongsTo<Author>>,
    }

    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "tag")]
    pub(crate) struct Tag {
        #[orm(primary_key)]
        id: i64,
        label: String,
    }
}

/// A module with one model of the table `team`.
macro_rules! team {
    ($module:ident: $($field:ident)*) => {
        mod $module {
            use orm::prelude::*;

            #[derive(Model, Debug, Clone, Default)]
            #[orm(table = "team")]
            pub(crate) struct Team {
                #[orm(primary_key)]
                id: i64,
                $($field: Option<String>,)*
            }
        }
    };
}

team!(bare: );
team!(named: name);
team!(placed: place);
team!(whole: name place);
team!(written: name place motto);

fn first() -> Vec<&'static TableDef> {
    models![first::Author, first::Post].to_vec()
}

fn second() -> Vec<&'static TableDef> {
    models![second::Author, second::Post, second::Tag].to_vec()
}

#[track_caller]
fn expect_models(engine: &Engine, models: Vec<&'static TableDef>) {
    let wanted = Catalog::of(models, engine.dialect()).unwrap();
    let mut found = engine.reflect().unwrap();
    found.tables.retain(|table| table.name.name != "orm_revision");
    let differences: Vec<String> = wanted.differences(&found).iter().map(ToString::to_string).collect();
    assert!(differences.is_empty(), "{differences:#?}");
}

fn execute(engine: &Engine, sql: &str) {
    engine.connection().unwrap().execute_script(sql).unwrap();
}

/// All cells of a query, rows after each other.
fn cells(engine: &Engine, sql: &str) -> String {
    let mut cells = Vec::new();
    let mut read = |row: &dyn orm::driver::Row| {
        for at in 0.. {
            match row.get(at) {
                Ok(cell) => cells.push(cell.to_string().replace('"', "'")),
                Err(_) => break,
            }
        }
        Ok(std::ops::ControlFlow::Continue(()))
    };
    engine.connection().unwrap().query(sql, &[], &mut read).unwrap();
    cells.join(" ")
}

/// Revisions from nothing to the first models, and from there to the second.
fn generated(engine: &Engine) -> Migrations {
    let dialects = [engine.dialect()];
    let mut draft = Draft::new("first");
    assert!(draft.generate(&Migrations::default(), &first(), &dialects).unwrap());
    let migrations = Migrations::default().with(draft).unwrap();
    let mut draft = Draft::new("second");
    draft.renames = Renames::new().column("author", "nick", "name");
    assert!(draft.generate(&migrations, &second(), &dialects).unwrap());
    let migrations = migrations.with(draft).unwrap();
    let mut none = Draft::new("nothing");
    assert!(!none.generate(&migrations, &second(), &dialects).unwrap());
    migrations
}

fn revisions_of_models<H: Harness>() {
    let database = H::database("revisions_of_models");
    let engine = Engine::connect(database.url()).unwrap();
    let migrations = generated(&engine);
    let run = migrations.on(&engine);
    assert_eq!(run.upgrade("+1").unwrap().len(), 1);
    expect_models(&engine, first());
    execute(
        &engine,
        "INSERT INTO author (id, nick, age) VALUES (1, 'Al', 30); INSERT INTO post (id, title, author_id) VALUES (1, 'Hi', 1)",
    );
    assert_eq!(run.upgrade("heads").unwrap().len(), 1);
    expect_models(&engine, second());
    assert_eq!(
        cells(&engine, "SELECT a.name, a.age, p.title FROM author a JOIN post p ON p.author_id = a.id"),
        "'Al' 30 'Hi'"
    );
    let refused = run.downgrade("-1").unwrap_err();
    assert!(matches!(refused, Error::Destructive { .. }), "{refused}");
    expect_models(&engine, second());
    let run = migrations.on(&engine).allow_destructive(true);
    assert_eq!(run.downgrade("-1").unwrap().len(), 1);
    expect_models(&engine, first());
    assert_eq!(cells(&engine, "SELECT nick, age FROM author"), "'Al' 30");
    run.downgrade("base").unwrap();
    expect_models(&engine, Vec::new());
    assert_eq!(run.current().unwrap(), Vec::<String>::new());
}

#[test]
fn revisions_of_models_on_sqlite() {
    revisions_of_models::<SqliteMemory>();
}

#[test]
fn revisions_of_models_on_postgres() {
    revisions_of_models::<Postgres>();
}

#[test]
fn what_was_made_by_hand_outlives_a_rebuild() {
    let engine = Engine::connect("sqlite://").unwrap();
    let migrations = generated(&engine);
    migrations.on(&engine).upgrade("+1").unwrap();
    execute(
        &engine,
        "CREATE INDEX by_hand ON author (age); CREATE TRIGGER watch AFTER INSERT ON post BEGIN UPDATE author SET age = 1; END",
    );
    migrations.upgrade(&engine).unwrap();
    let catalog = engine.reflect().unwrap();
    assert!(catalog.find("author").unwrap().indexes.iter().any(|index| index.name == "by_hand"));
    assert!(catalog.find("post").unwrap().triggers.iter().any(|trigger| trigger.name == "watch"));
    // What a script drops by name stays away.
    migrations.on(&engine).allow_destructive(true).downgrade("-1").unwrap();
    let catalog = engine.reflect().unwrap();
    let names: Vec<String> = catalog.find("post").unwrap().indexes.iter().map(|index| index.name.clone()).collect();
    assert_eq!(names, Vec::<String>::new());
    assert!(catalog.find("post").unwrap().triggers.iter().any(|trigger| trigger.name == "watch"));
}

/// Eight revisions of three tables each, the last of which is filled by a step in Rust.
fn many() -> Migrations {
    let mut files = Vec::new();
    for number in 1..=8 {
        let folder = format!("{number}_a{number}_tables");
        let parents = if number > 1 { format!("[\"a{}\"]", number - 1) } else { "[]".to_owned() };
        files.push((format!("{folder}/revision.toml"), format!("id = \"a{number}\"\nparents = {parents}\n")));
        let create = |table| format!("CREATE TABLE t{number}_{table} (id INTEGER NOT NULL PRIMARY KEY, name TEXT);\n");
        let up: String = (0..3).map(create).collect();
        files.push((format!("{folder}/up.sql"), format!("{up}-- orm: call fill{number}\n")));
        let down: String = (0..3).map(|table| format!("DROP TABLE t{number}_{table};\n")).collect();
        files.push((format!("{folder}/down.sql"), down));
    }
    let mut migrations = Migrations::from_files(files.iter().map(|(path, text)| (&**path, &**text))).unwrap();
    for number in 1..=8 {
        migrations = migrations.step(format!("fill{number}"), move |connection| {
            connection.execute(&format!("INSERT INTO t{number}_2 VALUES (1, 'x')"), &[]).map(drop)
        });
    }
    migrations
}

#[track_caller]
fn expect_many(url: &str) {
    let engine = Engine::connect(url).unwrap();
    let migrations = many();
    assert!(migrations.on(&engine).upgrade("heads").unwrap().len() <= 8);
    assert_eq!(migrations.on(&engine).current().unwrap(), ["a8"]);
    assert_eq!(engine.reflect().unwrap().tables.len(), 25);
    for number in 1..=8 {
        assert_eq!(cells(&engine, &format!("SELECT id, name FROM t{number}_2")), "1 'x'");
    }
}

/// The process of one upgrade; nothing else when the tests run.
#[test]
fn upgrade_in_a_process() {
    let Ok(url) = std::env::var(URL) else { return };
    let engine = Engine::connect(&url).unwrap();
    many().upgrade(&engine).unwrap();
}

fn upgrading(database: &Database) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "upgrade_in_a_process", "--test-threads=1", "--nocapture"])
        .env(URL, database.url())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn ten_at_once<H: Harness>() {
    let database = H::database("ten_at_once");
    let children: Vec<Child> = (0..10).map(|_| upgrading(&database)).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    expect_many(database.url());
}

#[test]
fn ten_processes_upgrade_at_once_on_sqlite() {
    ten_at_once::<SqliteFile>();
}

#[test]
fn ten_processes_upgrade_at_once_on_postgres() {
    ten_at_once::<Postgres>();
}

/// Kills upgrades at moments spread over the time that one takes.
fn killed<H: Harness>(moments: u32) {
    let database = H::database("killed_first");
    let begin = Instant::now();
    assert!(upgrading(&database).wait().unwrap().success());
    let length = begin.elapsed();
    for moment in 0..moments {
        let database = H::database("killed");
        let mut child = upgrading(&database);
        std::thread::sleep(length * moment / moments);
        child.kill().unwrap();
        child.wait().unwrap();
        expect_many(database.url());
    }
}

#[test]
fn the_next_upgrade_completes_what_was_killed_on_sqlite() {
    killed::<SqliteFile>(50);
}

#[test]
fn the_next_upgrade_completes_what_was_killed_on_postgres() {
    killed::<Postgres>(50);
}

/// A folder of one test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("orm-migrations-{test}-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&path));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Runs a command, and returns its output or its error, and whether all was well.
fn migrate(folder: &Folder, models: Option<Vec<&'static TableDef>>, line: &str) -> (bool, String) {
    let folder = folder.path().to_string_lossy().into_owned();
    let words = line.split(' ').map(str::to_owned);
    let arguments = ["migrate".to_owned()].into_iter().chain(words).chain(["--folder".to_owned(), folder]);
    let arguments = Arguments::try_parse_from(arguments).unwrap_or_else(|error| panic!("{error}"));
    let mut out = Vec::new();
    match orm::migrate::run(&arguments.command, models, Migrations::default(), &mut out) {
        Ok(well) => (well, String::from_utf8(out).unwrap()),
        Err(error) => (false, error.to_string()),
    }
}

fn id_of(folder: &Folder, message: &str) -> String {
    let migrations = Migrations::load(folder.path()).unwrap();
    let found = migrations.revisions().iter().find(|revision| revision.facts.message == message);
    found.unwrap_or_else(|| panic!("no revision {message}")).id().to_owned()
}

#[test]
fn commands_from_the_first_revision_to_a_merge() {
    let folder = Folder::new("commands");
    let url = format!("sqlite:///{}/app.db", folder.path().display());
    let run = |line: &str| migrate(&folder, Some(first()), &line.replace("URL", &url));
    let newer = |line: &str| migrate(&folder, Some(second()), &line.replace("URL", &url));
    assert!(run("revision -m start --autogenerate").0);
    assert_eq!(
        run("revision -m again --autogenerate").1,
        "the models are as the last schema: there is nothing to write\n"
    );
    let start = id_of(&folder, "start");
    assert!(run("upgrade --url URL --dry-run").1.contains(&format!("{start} start")));
    assert!(run("upgrade --url URL").1.contains(&format!("upgraded {start} start")));
    assert_eq!(run("upgrade --url URL").1, "nothing to do\n");
    assert_eq!(run("current --url URL").1, format!("{start} start (head)\n"));
    assert_eq!(run("check --url URL"), (true, "nothing differs\n".to_owned()));
    let (well, said) = newer("check");
    assert!(!well && said.contains("author: column name"), "{said}");
    // Two branches and their merge.
    assert!(newer("revision -m names --autogenerate --rename author.nick:name --branch-label naming").0);
    assert!(run(&format!("revision -m by_hand --head {start}")).0);
    let (well, said) = run("revision -m which --autogenerate");
    assert!(!well && said.contains("may mean several revisions"), "{said}");
    assert!(run("merge").0);
    assert_eq!(run("heads").1.lines().count(), 1);
    assert!(run("branches").1.starts_with(&start));
    assert_eq!(run("history").1.lines().count(), 4);
    assert!(run(&format!("show {start}")).1.contains("CREATE TABLE"));
    assert!(newer("upgrade --url URL").0);
    assert_eq!(newer("check --url URL"), (true, "nothing differs\n".to_owned()));
    let script = newer(&format!("downgrade {start} --sql --url URL")).1;
    assert!(script.contains("BEGIN;") && script.contains("PRAGMA foreign_keys = OFF"), "{script}");
    // The schema of the merge is that of both branches.
    assert_eq!(
        newer("revision -m more --autogenerate").1,
        "the models are as the last schema: there is nothing to write\n"
    );
    // A changed file is noticed, and taken over.
    let names = id_of(&folder, "names");
    let migrations = Migrations::load(folder.path()).unwrap();
    let own = migrations.revisions().iter().find(|revision| revision.id() == names).unwrap();
    let script = folder.path().join(&own.folder).join("up.sqlite.sql");
    std::fs::write(&script, format!("{}-- more\n", std::fs::read_to_string(&script).unwrap())).unwrap();
    assert!(run("history").1.contains("are not those that its digest was made of"));
    assert!(run(&format!("edit {names}")).0);
    assert!(run("history").0);
    assert!(run("current --url URL").1.contains("are not those that its digest was made of"));
    assert!(run("stamp heads --url URL").0);
    assert!(run("current --url URL").0);
}

#[test]
fn branches_that_change_one_table_are_merged_by_the_models() {
    const NOTHING: &str = "the models are as the last schema: there is nothing to write\n";
    let folder = Folder::new("conflict");
    let url = format!("sqlite:///{}/app.db", folder.path().display());
    let run = |models: [&'static TableDef; 1], line: &str| {
        let (well, said) = migrate(&folder, Some(models.to_vec()), &line.replace("URL", &url));
        if well { said } else { format!("refused: {said}") }
    };
    run(models![bare::Team], "revision -m start --autogenerate");
    let start = id_of(&folder, "start");
    run(models![named::Team], &format!("revision -m names --autogenerate --head {start}"));
    run(models![placed::Team], &format!("revision -m places --autogenerate --head {start}"));
    let said = run(models![whole::Team], "merge");
    assert!(said.starts_with("refused: both branches changed the same tables: team;"), "{said}");
    assert!(run(models![whole::Team], "merge --models").starts_with("wrote "));
    assert_eq!(run(models![whole::Team], "revision -m more --autogenerate"), NOTHING);
    // A script by hand, and the schema to which it leads.
    run(models![whole::Team], "revision -m mottos");
    let id = id_of(&folder, "mottos");
    let migrations = Migrations::load(folder.path()).unwrap();
    let own = migrations.revisions().iter().find(|revision| revision.id() == id).unwrap();
    std::fs::write(folder.path().join(&own.folder).join("up.sql"), "ALTER TABLE team ADD COLUMN motto TEXT;").unwrap();
    run(models![written::Team], &format!("edit {id} --models"));
    assert_eq!(run(models![written::Team], "revision -m more --autogenerate"), NOTHING);
    run(models![written::Team], "upgrade --url URL");
    assert_eq!(run(models![written::Team], "check --url URL"), "nothing differs\n");
}

#[test]
fn a_script_for_others_does_what_an_upgrade_does() {
    let folder = Folder::new("scripts");
    assert!(migrate(&folder, Some(first()), "revision -m one --autogenerate").0);
    assert!(migrate(&folder, Some(second()), "revision -m two --autogenerate --rename author.nick:name").0);
    for database in [SqliteFile::database("scripts"), Postgres::database("scripts")] {
        let engine = Engine::connect(database.url()).unwrap();
        let (well, script) = migrate(&folder, None, &format!("upgrade --sql --from base --url {}", database.url()));
        assert!(well, "{script}");
        let mut connection = engine.connection().unwrap();
        connection.driver().unwrap().execute_script(&script).unwrap();
        drop(connection);
        expect_models(&engine, second());
        assert_eq!(Migrations::load(folder.path()).unwrap().upgrade(&engine).unwrap(), Vec::<String>::new());
    }
}

fn failing<H: Harness>() {
    let database = H::database("failing");
    let engine = Engine::connect(database.url()).unwrap();
    let files = [
        ("1_a1/revision.toml", "id = \"a1\""),
        ("1_a1/up.sql", "CREATE TABLE good (id INTEGER PRIMARY KEY)"),
        ("1_a1/down.sql", ""),
        ("2_a2/revision.toml", "id = \"a2\"\nparents = [\"a1\"]"),
        ("2_a2/up.sql", "CREATE TABLE other (id INTEGER PRIMARY KEY);\nINSERT INTO nowhere\nVALUES (1);"),
        ("2_a2/down.sql", ""),
    ];
    let migrations = Migrations::from_files(files).unwrap();
    let error = migrations.upgrade(&engine).unwrap_err();
    let is_it = matches!(&error, Error::Statement { id, number: 2, statement, .. } if id == "a2" && statement == "INSERT INTO nowhere");
    assert!(is_it, "{error}");
    assert_eq!(migrations.on(&engine).current().unwrap(), ["a1"]);
    let tables: Vec<String> = engine.reflect().unwrap().tables.iter().map(|table| table.name.to_string()).collect();
    assert_eq!(tables, ["good", "orm_revision"]);
    // A database that is ahead of the program.
    let older = Migrations::default();
    assert!(matches!(older.upgrade(&engine).unwrap_err(), Error::Missing { id, .. } if id == "a1"));
}

#[test]
fn a_statement_that_fails_leaves_nothing_on_sqlite() {
    failing::<SqliteFile>();
}

#[test]
fn a_statement_that_fails_leaves_nothing_on_postgres() {
    failing::<Postgres>();
}

#[test]
fn a_line_that_means_nothing_is_refused() {
    let migrations = Migrations::from_files([
        ("1_a1/revision.toml", "id = \"a1\""),
        ("1_a1/up.sql", "CREATE TABLE t (id INTEGER);\n-- orm: cal slugs\nDROP TABLE t;"),
    ])
    .unwrap();
    let engine = Engine::connect("sqlite://").unwrap();
    let error = migrations.upgrade(&engine).unwrap_err().to_string();
    assert!(error.contains("`-- orm: cal slugs`, which means nothing"), "{error}");
    assert!(engine.reflect().unwrap().find("t").is_none());
}

#[test]
fn a_step_that_is_not_registered_is_refused() {
    let files = [("1_a1/revision.toml", "id = \"a1\""), ("1_a1/up.sql", "-- orm: call fill"), ("1_a1/down.sql", "")];
    let engine = Engine::connect("sqlite://").unwrap();
    let error = Migrations::from_files(files).unwrap().upgrade(&engine).unwrap_err();
    assert!(matches!(&error, Error::NoStep { step, .. } if step == "fill"), "{error}");
}

#[test]
fn a_value_of_an_enum_is_used_by_the_revision_that_adds_it() {
    let database = Postgres::database("enum");
    let engine = Engine::connect(database.url()).unwrap();
    let files = [
        ("1_a1/revision.toml", "id = \"a1\""),
        ("1_a1/up.sql", "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE day (mood mood);"),
        ("1_a1/down.sql", ""),
        ("2_a2/revision.toml", "id = \"a2\"\nparents = [\"a1\"]"),
        (
            "2_a2/up.sql",
            "-- orm: alone\nALTER TYPE mood ADD VALUE IF NOT EXISTS 'glad';\nINSERT INTO day VALUES ('glad');",
        ),
        ("2_a2/down.sql", ""),
    ];
    assert_eq!(Migrations::from_files(files).unwrap().upgrade(&engine).unwrap(), ["a1", "a2"]);
    assert_eq!(cells(&engine, "SELECT mood::text FROM day"), "'glad'");
}
