//! What the commands of Alembic do besides.

use orm::Engine;
use orm::migrate::{Error, Migrations};
use orm_tests::harness::{Harness, MariaDb, Postgres, SqliteFile};

use crate::support::{Folder, cells, execute, migrate};

/// A revision, and two branches behind it.
fn branches() -> Migrations {
    let files = [
        ("1_a1/revision.toml", "id = \"a1\""),
        ("2_b1/revision.toml", "id = \"b1\"\nparents = [\"a1\"]\nlabels = [\"books\"]"),
        ("3_c1/revision.toml", "id = \"c1\"\nparents = [\"a1\"]\nlabels = [\"clubs\"]"),
    ];
    Migrations::from_files(files).unwrap()
}

fn a_stamp_says_nothing_of_other_branches<H: Harness>() {
    let database = H::database("stamp");
    let engine = Engine::connect(database.url()).unwrap();
    let migrations = branches();
    let run = migrations.on(&engine);
    run.stamp("b1").unwrap();
    run.stamp("c1").unwrap();
    assert_eq!(run.current().unwrap(), ["b1", "c1"]);
    run.stamp("books@base").unwrap();
    assert_eq!(run.current().unwrap(), ["c1"]);
    run.stamp("heads").unwrap();
    run.stamp("a1").unwrap();
    assert_eq!(run.current().unwrap(), ["a1"]);
    run.stamp("base").unwrap();
    assert!(run.current().unwrap().is_empty());
}

#[test]
fn a_stamp_says_nothing_of_other_branches_on_sqlite() {
    a_stamp_says_nothing_of_other_branches::<SqliteFile>();
}

#[test]
fn a_stamp_says_nothing_of_other_branches_on_postgres() {
    a_stamp_says_nothing_of_other_branches::<Postgres>();
}

#[test]
fn a_stamp_says_nothing_of_other_branches_on_mariadb() {
    a_stamp_says_nothing_of_other_branches::<MariaDb>();
}

fn a_purge_forgets_what_no_folder_has<H: Harness>() {
    let database = H::database("purge");
    let engine = Engine::connect(database.url()).unwrap();
    let migrations = branches();
    let run = migrations.on(&engine);
    run.stamp("b1").unwrap();
    execute(&engine, "INSERT INTO orm_revision (id, digest) VALUES ('gone', 'x')");
    assert!(matches!(run.stamp("heads"), Err(Error::Missing { id, .. }) if id == "gone"));
    assert!(matches!(run.upgrade("heads"), Err(Error::Missing { .. })));
    assert!(run.stamp_anew(["nothing"]).is_err());
    assert_eq!(cells(&engine, "SELECT count(*) FROM orm_revision"), "3");
    run.stamp_anew(["c1"]).unwrap();
    assert_eq!(run.current().unwrap(), ["c1"]);
    assert_eq!(cells(&engine, "SELECT id FROM orm_revision ORDER BY id"), "'a1' 'c1'");
}

#[test]
fn a_purge_forgets_what_no_folder_has_on_sqlite() {
    a_purge_forgets_what_no_folder_has::<SqliteFile>();
}

#[test]
fn a_purge_forgets_what_no_folder_has_on_postgres() {
    a_purge_forgets_what_no_folder_has::<Postgres>();
}

#[test]
fn a_purge_forgets_what_no_folder_has_on_mariadb() {
    a_purge_forgets_what_no_folder_has::<MariaDb>();
}

#[test]
fn stamps_at_the_command_line() {
    let folder = Folder::new("stamps");
    let url = format!("sqlite:///{}/app.db", folder.path().display());
    let run = |line: &str| migrate(&folder, None, &line.replace("URL", &url));
    assert!(run("revision -m start --rev-id a1").0);
    assert!(run("revision -m books --rev-id b1 --branch-label books").0);
    assert!(run("revision -m clubs --rev-id c1 --head a1 --splice --branch-label clubs").0);
    assert!(run("stamp b1 c1 --url URL").0);
    assert_eq!(
        run("current --check-heads --url URL"),
        (true, "b1 books [books] (head)\nc1 clubs [clubs] (head)\n".to_owned())
    );
    execute(&Engine::connect(&url).unwrap(), "UPDATE orm_revision SET id = 'gone' WHERE id = 'c1'");
    let (well, said) = run("stamp heads --url URL");
    assert!(!well && said.contains("names the revision `gone`") && said.contains("stamp with `--purge`"), "{said}");
    assert!(run("stamp --purge b1 --url URL").0);
    assert_eq!(run("current --check-heads --url URL"), (false, "b1 books [books] (head)\n".to_owned()));
}

#[test]
fn a_branch_is_asked_for() {
    let folder = Folder::new("splice");
    let run = |line: &str| migrate(&folder, None, line);
    assert!(run("revision -m start --rev-id a1").0);
    assert!(run("revision -m next --rev-id a2 --head a1").0);
    let (well, said) = run("revision -m beside --rev-id b1 --head a1");
    assert!(!well && said.contains("revision `a1` is no head, others follow it: write `--splice`"), "{said}");
    assert_eq!(run("heads").1, "a2 next\n");
    assert!(run("revision -m beside --rev-id b1 --head a1 --splice").0);
    assert_eq!(run("heads").1, "a2 next\nb1 beside\n");
    // Another base is no branch of something.
    assert!(run("revision -m apart --rev-id x1 --head base").0);
    // Ids that could mean something else are none.
    for id in ["head", "a+1", "a@b", "a/b", ""] {
        let (well, said) = run(&format!("revision -m bad --head x1 --rev-id={id}"));
        assert!(!well && said.contains("is no id of a revision"), "{said}");
    }
    assert!(run("merge a2 b1 --rev-id m1 --branch-label main").0);
    assert_eq!(run("show m1").1.lines().next(), Some("m1 merge [main]"));
}

fn the_table_of_revisions_is_made_before<H: Harness>() {
    let database = H::database("ensure_version");
    let folder = Folder::new(&format!("ensure-{}", database.url().split(':').next().unwrap_or_default()));
    let line = format!("ensure-version --url {}", database.url());
    assert_eq!(migrate(&folder, None, &line), (true, String::new()));
    let engine = Engine::connect(database.url()).unwrap();
    execute(&engine, "INSERT INTO orm_revision (id, digest) VALUES ('a1', 'x')");
    // It keeps what is there.
    assert!(migrate(&folder, None, &line).0);
    assert_eq!(cells(&engine, "SELECT id FROM orm_revision"), "'a1'");
}

#[test]
fn the_table_of_revisions_is_made_before_on_sqlite() {
    the_table_of_revisions_is_made_before::<SqliteFile>();
}

#[test]
fn the_table_of_revisions_is_made_before_on_postgres() {
    the_table_of_revisions_is_made_before::<Postgres>();
}

#[test]
fn the_table_of_revisions_is_made_before_on_mariadb() {
    the_table_of_revisions_is_made_before::<MariaDb>();
}
