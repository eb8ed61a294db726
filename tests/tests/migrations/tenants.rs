//! Tenants: a schema or a database for each, all of which have the same revisions.

use orm::migrate::{Error, Migrations, Run, each_tenant};
use orm::prelude::*;
use orm::{ErrorKind, Tenants};
use orm_tests::harness::{Database, Harness, MariaDb, Pooled, PostgresDatabase, SqliteFile};

use crate::support::{Folder, cells, execute, migrate};

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "note")]
struct Note {
    #[orm(primary_key)]
    id: i64,
    text: String,
}

const NOTES: &str = "CREATE TABLE note (id BIGINT NOT NULL PRIMARY KEY, text VARCHAR(50) NOT NULL)";

/// Notes, and the tags of notes, with a note that a step writes.
fn revisions() -> Migrations {
    let files = [
        ("1_a1_notes/revision.toml", "id = \"a1\""),
        ("1_a1_notes/up.sql", NOTES),
        ("1_a1_notes/down.sql", "-- orm: danger: the notes are lost\nDROP TABLE note;"),
        ("2_a2_tags/revision.toml", "id = \"a2\"\nparents = [\"a1\"]"),
        ("2_a2_tags/up.sql", "CREATE TABLE tag (id BIGINT NOT NULL PRIMARY KEY);\n-- orm: call first_note"),
        ("2_a2_tags/down.sql", "-- orm: danger: the tags are lost\nDROP TABLE tag;"),
    ];
    Migrations::from_files(files).unwrap().step("first_note", |connection| {
        connection.execute("INSERT INTO note (id, text) VALUES (1, 'first')", &[]).map(drop)
    })
}

/// A database with names for schemas, which on a server of MariaDB nobody else has.
struct Place {
    engine: Engine,
    schemas: Vec<String>,
    database: Database,
}

impl Place {
    fn of<H: Harness>(test: &str) -> Self {
        let database = H::database(test);
        let engine = Engine::connect(database.url()).unwrap();
        let path = database.url().split('?').next().unwrap_or_default();
        let own = path.rsplit('/').next().unwrap_or_default().to_owned();
        let schemas = ["acme", "bo\"lt; x", "crux"].map(|name| format!("{own}_{name}")).to_vec();
        Self { engine, schemas, database }
    }

    fn names(&self) -> [&str; 3] {
        [&self.schemas[0], &self.schemas[1], &self.schemas[2]]
    }

    fn count(&self, schema: &str) -> u64 {
        Note::query().count(&mut self.engine.sessions().schema(schema).session()).unwrap()
    }

    /// Runs a statement in a schema.
    fn execute_in(&self, schema: &str, sql: &str) {
        let mut connection = self.engine.connection().unwrap();
        connection.enter_schema(schema).unwrap();
        connection.execute_script(sql).unwrap();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.engine.dialect().capabilities().transactional_schema {
            let quoted = |schema: &String| schema.replace('"', "\"\"");
            self.schemas.iter().for_each(|schema| {
                execute(&self.engine, &format!("DROP SCHEMA IF EXISTS \"{}\"", quoted(schema)));
            });
        }
    }
}

fn each_schema_has_its_own_tables_and_history<H: Harness>() {
    let place = Place::of::<H>("tenants");
    let [acme, bolt, _] = place.names();
    let migrations = revisions();
    assert_eq!(migrations.provision(&place.engine, acme).unwrap(), ["a1", "a2"]);
    assert!(migrations.provision(&place.engine, acme).unwrap().is_empty());
    let run = migrations.on(&place.engine).schema(bolt);
    run.create_schema().unwrap();
    assert!(run.current().unwrap().is_empty());
    assert_eq!(run.upgrade("+1").unwrap(), ["a1"]);
    assert_eq!((run.current().unwrap(), place.count(bolt)), (vec!["a1".to_owned()], 0));
    let done = migrations.upgrade_each(&place.engine, [acme, bolt]).unwrap();
    assert_eq!(done, [(acme.to_owned(), vec![]), (bolt.to_owned(), vec!["a2".to_owned()])]);
    // The step has run in the schema of each.
    assert_eq!((place.count(acme), place.count(bolt)), (1, 1));
    // Nothing is in the database's own schema, and no connection has stayed in another one.
    assert!(place.engine.reflect().unwrap().tables.is_empty());
    assert!(migrations.on(&place.engine).current().unwrap().is_empty());
    // One goes back, and the other stays.
    let run = migrations.on(&place.engine).schema(acme);
    assert!(matches!(run.downgrade("base"), Err(Error::Destructive { .. })));
    assert_eq!(run.allow_destructive(true).downgrade("a1").unwrap(), ["a2"]);
    assert_eq!(migrations.on(&place.engine).schema(bolt).current().unwrap(), ["a2"]);
    migrations.on(&place.engine).schema(acme).stamp("heads").unwrap();
    assert_eq!(migrations.on(&place.engine).schema(acme).current().unwrap(), ["a2"]);
}

#[test]
fn each_schema_has_its_own_tables_and_history_on_postgres() {
    each_schema_has_its_own_tables_and_history::<PostgresDatabase>();
}

#[test]
fn each_schema_has_its_own_tables_and_history_behind_a_pooler() {
    each_schema_has_its_own_tables_and_history::<Pooled>();
}

#[test]
fn each_schema_has_its_own_tables_and_history_on_mariadb() {
    each_schema_has_its_own_tables_and_history::<MariaDb>();
}

fn a_failure_tells_who_is_done<H: Harness>() {
    let place = Place::of::<H>("tenants_fail");
    let [acme, bolt, crux] = place.names();
    let migrations = revisions();
    for tenant in place.names() {
        let run = migrations.on(&place.engine).schema(tenant);
        run.create_schema().unwrap();
        run.upgrade("a1").unwrap();
    }
    place.execute_in(bolt, "CREATE TABLE tag (mine INTEGER)");
    let error = migrations.upgrade_each(&place.engine, place.names()).unwrap_err();
    let Error::Tenant { failed, done, left, source } = &error else { panic!("{error}") };
    assert_eq!((&**failed, &done[..], &left[..]), (bolt, &[acme.to_owned()][..], &[crux.to_owned()][..]));
    assert!(matches!(&**source, Error::Statement { id, number: 1, .. } if id == "a2"), "{source}");
    let said = error.to_string();
    assert!(said.starts_with(&format!("tenant {bolt}: statement 1 of revision `a2` failed")), "{said}");
    assert!(said.contains(&format!("tenants that are done: {acme}; not begun: {crux}; correct the cause")), "{said}");
    let at = |tenant: &str| migrations.on(&place.engine).schema(tenant).current().unwrap();
    assert_eq!((at(acme), at(bolt), at(crux)), (vec!["a2".into()], vec!["a1".into()], vec!["a1".into()]));
    // The cause is gone, and another call goes on.
    place.execute_in(bolt, "DROP TABLE tag");
    let done = migrations.upgrade_each(&place.engine, place.names()).unwrap();
    let ran: Vec<usize> = done.iter().map(|(_, revisions)| revisions.len()).collect();
    assert_eq!(ran, [0, 1, 1]);
}

#[test]
fn a_failure_tells_who_is_done_on_postgres() {
    a_failure_tells_who_is_done::<PostgresDatabase>();
}

#[test]
fn a_failure_tells_who_is_done_on_mariadb() {
    a_failure_tells_who_is_done::<MariaDb>();
}

fn programs_upgrade_all_tenants_at_once<H: Harness>() {
    let place = Place::of::<H>("tenants_at_once");
    let migrations = revisions();
    place.names().into_iter().for_each(|tenant| place.engine.create_schema(tenant).unwrap());
    let (url, names) = (place.database.url(), place.names());
    let upgrade = || {
        let engine = Engine::connect(url).unwrap();
        let done = migrations.upgrade_each(&engine, names).unwrap();
        done.iter().map(|(_, revisions)| revisions.len()).sum::<usize>()
    };
    let all: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..5).map(|_| scope.spawn(upgrade)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(all, 6);
    assert!(place.names().iter().all(|tenant| place.count(tenant) == 1));
}

#[test]
fn programs_upgrade_all_tenants_at_once_on_postgres() {
    programs_upgrade_all_tenants_at_once::<PostgresDatabase>();
}

#[test]
fn programs_upgrade_all_tenants_at_once_on_mariadb() {
    programs_upgrade_all_tenants_at_once::<MariaDb>();
}

fn a_schema_that_is_missing_is_refused<H: Harness>() {
    let place = Place::of::<H>("tenants_missing");
    let migrations = revisions();
    let run = migrations.on(&place.engine).schema(&place.schemas[2]);
    let refused = |error: Error| {
        let text = error.to_string();
        assert!(text.contains(&place.schemas[2]), "{text}");
    };
    refused(run.current().unwrap_err());
    refused(run.upgrade("heads").unwrap_err());
    refused(run.ensure_version().unwrap_err());
    assert!(place.engine.reflect().unwrap().tables.is_empty());
}

#[test]
fn a_schema_that_is_missing_is_refused_on_postgres() {
    a_schema_that_is_missing_is_refused::<PostgresDatabase>();
}

#[test]
fn a_schema_that_is_missing_is_refused_on_mariadb() {
    a_schema_that_is_missing_is_refused::<MariaDb>();
}

#[test]
fn sqlite_has_no_schemas_for_tenants() {
    let engine = Engine::connect("sqlite://").unwrap();
    let migrations = revisions();
    let unsupported = |error: Error| {
        let error = orm::Error::from(error);
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.to_string().contains("a tenant has a file of its own there"), "{error}");
    };
    let run: Run<'_> = migrations.on(&engine).schema("acme");
    unsupported(run.create_schema().unwrap_err());
    unsupported(run.upgrade("heads").unwrap_err());
    unsupported(migrations.upgrade_each(&engine, ["acme"]).unwrap_err());
    assert!(engine.reflect().unwrap().tables.is_empty());
}

#[test]
fn what_runs_alone_runs_in_the_schema_of_the_tenant() {
    let place = Place::of::<PostgresDatabase>("tenants_alone");
    let [acme, bolt, _] = place.names();
    let index = "-- orm: alone\nCREATE INDEX CONCURRENTLY IF NOT EXISTS ix_text ON note (text);";
    let files = [
        ("1_a1/revision.toml", "id = \"a1\""),
        ("1_a1/up.sql", NOTES),
        ("2_a2/revision.toml", "id = \"a2\"\nparents = [\"a1\"]"),
        ("2_a2/up.sql", index),
    ];
    let migrations = Migrations::from_files(files).unwrap();
    for tenant in [acme, bolt] {
        migrations.provision(&place.engine, tenant).unwrap();
    }
    let built = "SELECT count(*) FROM pg_indexes WHERE indexname = 'ix_text' AND schemaname IN (SELECT nspname FROM \
                 pg_namespace WHERE nspname LIKE '%acme' OR nspname LIKE '%bo\"lt; x')";
    assert_eq!(cells(&place.engine, built), "2");
    // The connection went back to the pool without the schema.
    assert_eq!(cells(&place.engine, "SELECT current_schema()::text"), "'public'");
}

#[test]
fn a_connection_goes_back_to_the_database_of_its_url() {
    let place = Place::of::<MariaDb>("tenants_use");
    let acme = &place.schemas[0];
    place.engine.create_schema(acme).unwrap();
    let engine = Engine::builder(place.database.url()).pool_size(1).max_overflow(0).build().unwrap();
    let home = cells(&engine, "SELECT DATABASE()");
    execute(&engine, &format!("USE \"{acme}\""));
    assert_eq!(cells(&engine, "SELECT DATABASE()"), home);
    // A URL without a database has none to go back to.
    let server = place.database.url().rsplit_once('/').unwrap().0;
    let engine = Engine::builder(server).pool_size(1).max_overflow(0).build().unwrap();
    execute(&engine, &format!("USE \"{acme}\""));
    assert_eq!(cells(&engine, "SELECT DATABASE()"), "NULL");
}

fn commands_run_in_tenants<H: Harness>() {
    let place = Place::of::<H>("tenants_commands");
    let [acme, crux] = [&place.schemas[0], &place.schemas[2]];
    let folder = Folder::new(&format!("tenants-{}", place.engine.dialect().name()));
    assert!(migrate(&folder, None, "revision -m notes --rev-id a1 --dialect sqlite").0);
    let own = Migrations::load(folder.path()).unwrap().revisions()[0].folder.clone();
    std::fs::write(folder.path().join(own).join("up.sql"), NOTES).unwrap();
    assert!(migrate(&folder, None, "edit a1").0);
    let run =
        |line: &str| migrate(&folder, None, &format!("{line} --url {} --tenant {acme},{crux}", place.database.url()));
    assert!(
        run("upgrade --create --dry-run").1.contains("there is no schema")
            || place.engine.dialect().name() == "MariaDB"
    );
    assert_eq!(
        run("upgrade --create").1,
        format!("-- tenant {acme}\nupgraded a1 notes\n-- tenant {crux}\nupgraded a1 notes\n")
    );
    assert_eq!(
        run("current --check-heads"),
        (true, format!("-- tenant {acme}\na1 notes (head)\n-- tenant {crux}\na1 notes (head)\n"))
    );
    assert!(run("stamp base").0);
    assert!(!run("current --check-heads").0);
    // The script for others is for the schema, too.
    place.execute_in(acme, "DROP TABLE note; DROP TABLE orm_revision");
    let line = format!("upgrade --sql --from base --url {} --tenant {acme}", place.database.url());
    let (well, script) = migrate(&folder, None, &line);
    assert!(well && script.starts_with(&format!("-- tenant {acme}\n")), "{script}");
    execute(&place.engine, &script);
    assert_eq!((place.count(acme), place.engine.reflect().unwrap().tables.len()), (0, 0));
    let (well, said) = migrate(&folder, None, &format!("upgrade --each-tenant --url {}", place.database.url()));
    assert!(!well && said.contains("no tenants are named: write `names` or `query` into `[tenants]`"), "{said}");
}

fn a_check_tells_which_tenant_drifted<H: Harness>() {
    let place = Place::of::<H>("tenants_check");
    let [acme, crux] = [&place.schemas[0], &place.schemas[2]];
    let folder = Folder::new(&format!("tenants-check-{}", place.engine.dialect().name()));
    let kind = place.engine.dialect().name().to_lowercase();
    let models = || Some(models![Note].to_vec());
    assert!(migrate(&folder, models(), &format!("revision -m notes --autogenerate --dialect {kind}")).0);
    let run = |line: &str| {
        let line = format!("{line} --url {} --tenant {acme},{crux}", place.database.url());
        migrate(&folder, models(), &line)
    };
    assert!(run("upgrade --create").0);
    let check = format!("check --dialect {kind}");
    assert_eq!(run(&check), (true, format!("-- tenant {acme}\n-- tenant {crux}\nnothing differs\n")));
    place.execute_in(crux, "ALTER TABLE note ADD COLUMN mine INTEGER");
    let (well, said) = run(&check);
    let expected = format!("-- tenant {acme}\n-- tenant {crux}\nrevisions → database:\n  note: column mine ");
    assert!(!well && said.starts_with(&expected), "{said}");
}

#[test]
fn a_check_tells_which_tenant_drifted_on_postgres() {
    a_check_tells_which_tenant_drifted::<PostgresDatabase>();
}

#[test]
fn a_check_tells_which_tenant_drifted_on_mariadb() {
    a_check_tells_which_tenant_drifted::<MariaDb>();
}

#[test]
fn commands_run_in_tenants_on_postgres() {
    commands_run_in_tenants::<PostgresDatabase>();
}

#[test]
fn commands_run_in_tenants_on_mariadb() {
    commands_run_in_tenants::<MariaDb>();
}

/// Two databases, and tenants of these names in them.
fn in_databases<H: Harness>(test: &str, most: usize) -> ([Database; 2], Tenants) {
    let databases = [H::database(test), H::database(test)];
    let urls = [databases[0].url().to_owned(), databases[1].url().to_owned()];
    let tenants = Tenants::databases(move |tenant| match tenant {
        "acme" => Engine::connect(&urls[0]),
        "bolt" => Engine::connect(&urls[1]),
        _ => Err(orm::Error::new(ErrorKind::NotFound, format!("there is no tenant {tenant}"))),
    });
    (databases, tenants.at_most(most))
}

fn each_database_has_its_own_rows<H: Harness>() {
    let (_databases, tenants) = in_databases::<H>("tenant_databases", 1);
    let migrations = revisions();
    let done = each_tenant(["acme", "bolt"], |tenant| migrations.upgrade(&tenants.engine(tenant)?)).unwrap();
    assert!(done.iter().all(|(_, revisions)| revisions.len() == 2));
    assert_eq!(tenants.kept(), ["bolt"]);
    // One is kept, and the session of the other goes on.
    let mut acme = tenants.session("acme").unwrap();
    let note = Note::query().one(&mut acme).unwrap();
    let mut bolt = tenants.session("bolt").unwrap();
    acme[note].text = "of acme".into();
    acme.commit().unwrap();
    // The same key is another row, and another object.
    let other = bolt.get::<Note>(1).unwrap().unwrap();
    assert_eq!((&*acme[note].text, &*bolt[other].text), ("of acme", "first"));
    assert_eq!(Note::query().filter(Note::text.eq("of acme")).count(&mut bolt).unwrap(), 0);
    assert_eq!(tenants.kept(), ["bolt"]);
    let again = tenants
        .sessions("acme")
        .unwrap()
        .transaction(|session| Note::query().one(session).map(|n| session[n].text.clone()));
    assert_eq!(again.unwrap(), "of acme");
    let unknown = tenants.session("crux").unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
    assert_eq!(tenants.kept(), ["acme"]);
}

#[test]
fn each_database_has_its_own_rows_on_sqlite() {
    each_database_has_its_own_rows::<SqliteFile>();
}

#[test]
fn each_database_has_its_own_rows_on_postgres() {
    each_database_has_its_own_rows::<PostgresDatabase>();
}

#[test]
fn each_database_has_its_own_rows_on_mariadb() {
    each_database_has_its_own_rows::<MariaDb>();
}

#[test]
fn threads_share_the_engine_of_a_tenant() {
    let (_databases, tenants) = in_databases::<SqliteFile>("tenant_threads", 2);
    let tenants = tenants.set_up(|sessions| sessions.autoflush(false));
    revisions().upgrade(&tenants.engine("acme").unwrap()).unwrap();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let tenants = tenants.clone();
            scope.spawn(move || {
                let tenant = if number % 2 == 0 { "acme" } else { "bolt" };
                tenants.engine(tenant).unwrap().ping().unwrap();
            });
        }
    });
    let mut kept = tenants.kept();
    kept.sort();
    assert_eq!(kept, ["acme", "bolt"]);
}
