//! Upgrades and downgrades, by one program, by ten at once, and by programs that are killed.

use std::process::{Child, Command, Stdio};
use std::time::Instant;

use orm::TransactionOptions;
use orm::catalog::Renames;
use orm::migrate::{Draft, Error, Migrations};
use orm::prelude::*;
use orm_tests::harness::{Database, Harness, MariaDb, Postgres, SqliteFile, SqliteMemory};

use crate::models::{first, second};
use crate::support::{cells, execute, expect_models};

const URL: &str = "ORM_MIGRATIONS_URL";

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
    // Texts in keys are bounded there, which they may not fit in.
    let bounds = !engine.dialect().capabilities().transactional_schema;
    if bounds {
        assert!(matches!(run.upgrade("heads"), Err(Error::Destructive { .. })));
    }
    assert_eq!(migrations.on(&engine).allow_destructive(bounds).upgrade("heads").unwrap().len(), 1);
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
fn revisions_of_models_on_mariadb() {
    revisions_of_models::<MariaDb>();
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
        .args(["--exact", "running::upgrade_in_a_process", "--test-threads=1", "--nocapture"])
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

#[test]
fn ten_processes_upgrade_at_once_on_mariadb() {
    ten_at_once::<MariaDb>();
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

#[test]
fn the_next_upgrade_completes_what_was_killed_on_mariadb() {
    killed::<MariaDb>(50);
}

#[test]
fn foreign_keys_are_looked_at_after_a_rebuild_as_before() {
    for (options, outcome) in [("", false), ("?foreign_keys=off", true)] {
        let engine = Engine::connect(&format!("sqlite:///:memory:{options}")).unwrap();
        let mut connection = engine.connection().unwrap();
        let script = "CREATE TABLE t (id INTEGER PRIMARY KEY, t INTEGER REFERENCES t (id)); CREATE TABLE n (id INTEGER PRIMARY KEY)";
        connection.execute_script(script).unwrap();
        // On the connection that has changed the schema, also after a failure.
        for sql in ["DROP TABLE n", "DROP TABLE nowhere"] {
            let _ =
                connection.change_schema(true, TransactionOptions::new(), |connection| connection.execute_script(sql));
            assert_eq!(connection.execute("INSERT INTO t (t) VALUES (7)", &[]).is_ok(), outcome, "{options} {sql}");
        }
    }
}

#[test]
fn a_run_is_watched() {
    let engine = Engine::connect("sqlite://").unwrap();
    let seen = std::cell::RefCell::new(Vec::new());
    let migrations = many();
    let watch = |each: &orm::migrate::Progress<'_>| {
        let begins = if each.time.is_none() { "begins" } else { "ends" };
        seen.borrow_mut().push(format!("{} {}/{} {begins}", each.revision, each.number, each.of));
    };
    migrations.on(&engine).watch(watch).upgrade("heads").unwrap();
    let seen = seen.into_inner();
    assert_eq!(seen.len(), 64);
    assert_eq!(seen[..2], ["a1 1/32 begins", "a1 1/32 ends"]);
    assert_eq!(seen[62..], ["a8 32/32 begins", "a8 32/32 ends"]);
}

#[test]
fn what_was_made_by_hand_follows_a_renamed_table() {
    let engine = Engine::connect("sqlite://").unwrap();
    let files = [
        ("1_a1/revision.toml", "id = \"a1\""),
        ("1_a1/up.sql", "CREATE TABLE old (id INTEGER PRIMARY KEY, name TEXT);"),
        ("1_a1/down.sql", "DROP TABLE old;"),
        ("2_a2/revision.toml", "id = \"a2\"\nparents = [\"a1\"]"),
        (
            "2_a2/up.sql",
            "-- orm: rebuilds tables\nALTER TABLE old RENAME TO young;\nALTER TABLE young RENAME COLUMN name TO title;
CREATE TABLE __new_young (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
INSERT INTO __new_young SELECT id, title FROM young;
DROP TABLE young;
ALTER TABLE __new_young RENAME TO young;",
        ),
        ("2_a2/down.sql", ""),
    ];
    let migrations = Migrations::from_files(files).unwrap();
    migrations.on(&engine).upgrade("a1").unwrap();
    execute(
        &engine,
        "CREATE INDEX by_hand ON old (lower(name)); CREATE TRIGGER watch AFTER INSERT ON old BEGIN UPDATE old SET name = name || '!'; END",
    );
    migrations.upgrade(&engine).unwrap();
    let catalog = engine.reflect().unwrap();
    let table = catalog.find("young").unwrap();
    assert!(
        table.indexes.iter().any(|index| index.name == "by_hand")
            && table.triggers.iter().any(|known| known.name == "watch")
    );
    execute(&engine, "INSERT INTO young (title) VALUES ('x')");
    assert_eq!(cells(&engine, "SELECT title FROM young"), "'x!'");
}
