//! The commands.

use orm::migrate::Migrations;
use orm::prelude::*;
use orm::schema::TableDef;
use orm_tests::harness::{Harness, MariaDb, Postgres, SqliteFile};

use crate::models::{bare, first, named, placed, second, whole, written};
use crate::support::{Folder, expect_models, id_of, migrate};

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
    assert!(run(&format!("revision -m by_hand --head {start} --splice")).0);
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
    run(models![placed::Team], &format!("revision -m places --autogenerate --head {start} --splice"));
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

fn a_script_for_others<H: Harness>() -> String {
    let database = H::database("scripts");
    let engine = Engine::connect(database.url()).unwrap();
    let folder = Folder::new(&format!("scripts-{}", engine.dialect().name()));
    assert!(migrate(&folder, Some(first()), "revision -m one --autogenerate").0);
    assert!(migrate(&folder, Some(second()), "revision -m two --autogenerate --rename author.nick:name").0);
    let (well, script) = migrate(&folder, None, &format!("upgrade --sql --from base --url {}", database.url()));
    assert!(well, "{script}");
    let mut connection = engine.connection().unwrap();
    connection.driver().unwrap().execute_script(&script).unwrap();
    drop(connection);
    expect_models(&engine, second());
    assert_eq!(Migrations::load(folder.path()).unwrap().upgrade(&engine).unwrap(), Vec::<String>::new());
    script
}

#[test]
fn a_script_for_others_does_what_an_upgrade_does() {
    for script in [a_script_for_others::<SqliteFile>(), a_script_for_others::<Postgres>()] {
        assert_eq!((script.matches("BEGIN;").count(), script.matches("COMMIT;").count()), (2, 2), "{script}");
    }
}

#[test]
fn a_script_for_others_begins_no_transaction_where_each_statement_commits() {
    let script = a_script_for_others::<MariaDb>();
    assert!(!script.contains("BEGIN;") && !script.contains("COMMIT;"), "{script}");
    assert!(script.starts_with("-- MariaDB commits with each statement of the schema. If one fails"), "{script}");
    // Others connect without the settings in which names are in double quotes.
    assert!(script.contains("ANSI_QUOTES"), "{script}");
}

#[test]
fn scripts_are_written_for_the_kinds_of_database_that_are_named() {
    let folder = Folder::new("kinds");
    let (well, said) = migrate(&folder, Some(first()), "revision -m one --autogenerate --dialect mariadb,mysql,sqlite");
    assert!(well, "{said}");
    let migrations = Migrations::load(folder.path()).unwrap();
    let names: Vec<&str> = migrations.revisions()[0].files.keys().map(String::as_str).collect();
    let kinds = ["mariadb", "mysql", "sqlite"];
    let of = |start: &str, end: &str| kinds.iter().map(|kind| format!("{start}.{kind}.{end}")).collect::<Vec<_>>();
    assert_eq!(names, [of("down", "sql"), of("schema", "json"), of("up", "sql")].concat());
    let (well, said) = migrate(&folder, Some(first()), "check --dialect mariadb,mysql,sqlite");
    assert!(well, "{said}");
}
