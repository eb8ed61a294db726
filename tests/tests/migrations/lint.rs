//! Steps that need care on a database at work.

use orm::migrate::{Draft, Migrations};
use orm::prelude::*;

use crate::models::{first, second};
use crate::support::{Folder, id_of, migrate};

/// Without a server: an engine connects at its first statement.
const POSTGRES: &str = "postgresql://localhost/any";

fn found(url: &str, up: &str) -> Vec<String> {
    let engine = Engine::connect(url).unwrap();
    let files = [
        ("1_a1/revision.toml", "id = \"a1\""),
        ("1_a1/up.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(10));"),
        ("1_a1/down.sql", "DROP TABLE t;"),
        ("2_a2/revision.toml", "id = \"a2\"\nparents = [\"a1\"]"),
        ("2_a2/up.sql", up),
        ("2_a2/down.sql", "SELECT 1"),
    ];
    let found = Migrations::from_files(files).unwrap().lint(&[engine.dialect()]).unwrap();
    found.into_iter().map(|finding| format!("{}:{}", finding.line, finding.code)).collect()
}

#[track_caller]
fn expect(up: &str, codes: &[&str]) {
    assert_eq!(found(POSTGRES, up), codes, "{up}");
}

#[test]
fn what_programs_of_the_version_before_miss() {
    expect("DROP TABLE IF EXISTS a, \"b.c\"", &["1:drop-table", "1:drop-table"]);
    expect("ALTER TABLE t\n  DROP COLUMN IF EXISTS name,\n  DROP id;", &["1:drop-column", "1:drop-column"]);
    expect("ALTER TABLE t DROP CONSTRAINT c", &[]);
    expect(
        "ALTER TABLE t RENAME TO u;\nALTER TABLE u RENAME COLUMN a TO b;\nALTER TABLE u RENAME CONSTRAINT a TO b",
        &["1:rename", "2:rename"],
    );
}

#[test]
fn what_keeps_others_waiting() {
    expect("CREATE UNIQUE INDEX i ON t (name)", &["1:index-blocks-writes"]);
    expect("DROP INDEX i", &["1:drop-index-waits"]);
    expect(
        "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES u (id);\nALTER TABLE t ADD CHECK (id > 0)",
        &["1:constraint-scans", "2:constraint-scans"],
    );
    expect(
        "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES u (id) NOT VALID;\nALTER TABLE t VALIDATE CONSTRAINT f",
        &[],
    );
    expect("ALTER TABLE t ADD CONSTRAINT u UNIQUE (name)", &["1:unique-builds-index"]);
    expect("ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX i", &[]);
    expect("ALTER TABLE ONLY public.t ALTER name SET NOT NULL", &["1:not-null-scans"]);
    expect("ALTER TABLE t ALTER COLUMN id TYPE BIGINT", &["1:type-rewrites"]);
    expect("ALTER TABLE t ADD COLUMN k BIGSERIAL;\nALTER TABLE t ADD v INTEGER DEFAULT 5", &["1:column-rewrites"]);
    expect("ALTER TABLE t ADD COLUMN k UUID DEFAULT gen_random_uuid()", &["1:column-rewrites"]);
    expect("ALTER TABLE t ADD COLUMN k TIMESTAMPTZ DEFAULT now() NOT NULL", &[]);
}

#[test]
fn what_mysql_and_mariadb_copy_and_lock() {
    for url in ["mariadb://localhost/any", "mysql://127.0.0.1:1/any"] {
        let expect = |up: &str, codes: &[&str]| assert_eq!(found(url, up), codes, "{url}: {up}");
        expect("ALTER TABLE t MODIFY COLUMN id BIGINT NOT NULL", &["1:type-copies-table"]);
        expect("ALTER TABLE t CHANGE `name` `label` TEXT", &["1:type-copies-table"]);
        expect("ALTER TABLE t ADD v INT DEFAULT 5;\nALTER TABLE t ADD w INT AS (id + 1) VIRTUAL", &[]);
        expect("ALTER TABLE t ADD w INT AS (id + 1) STORED", &["1:column-copies-table"]);
        expect("ALTER TABLE t ADD COLUMN k CHAR(36) DEFAULT (uuid())", &["1:column-copies-table"]);
        expect(
            "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES u (id),\n  ADD CHECK (id > 0);",
            &["1:foreign-key-copies-table", "1:check-copies-table"],
        );
        expect("ALTER TABLE t ADD CONSTRAINT CHECK (id > 0)", &["1:check-copies-table"]);
        expect("ALTER TABLE t DROP PRIMARY KEY", &["1:primary-key-copies-table"]);
        expect("ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (name)", &[]);
        expect("CREATE INDEX i ON t (name);\nALTER TABLE t ADD UNIQUE u (name);\nDROP INDEX i ON t", &[]);
        expect(
            "CREATE FULLTEXT INDEX i ON t (name);\nALTER TABLE t ADD FULLTEXT f (name)",
            &["1:index-locks-writes", "2:index-locks-writes"],
        );
        // The server refuses what it cannot do so.
        expect(
            "ALTER TABLE t MODIFY id BIGINT, LOCK=NONE;\nALTER TABLE t ADD CHECK (id > 0), ALGORITHM = INSTANT",
            &[],
        );
        expect(
            "UPDATE t SET name = 'x' WHERE id = 1;\nALTER TABLE t ADD v INT;\nUPDATE t SET v = 1 WHERE id = 1",
            &["2:schema-commits-rows"],
        );
        expect("CREATE TABLE n (id INT);\nALTER TABLE n ADD FOREIGN KEY (id) REFERENCES t (id)", &[]);
    }
}

#[test]
fn what_fails() {
    expect("ALTER TABLE t ADD COLUMN k INTEGER NOT NULL", &["1:not-null-without-default"]);
    expect("CREATE INDEX CONCURRENTLY i ON t (name)", &["1:concurrently-in-transaction"]);
    expect("-- orm: alone\nCREATE INDEX CONCURRENTLY i ON t (name)", &["2:alone-not-repeatable"]);
    expect("-- orm: alone\nCREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (name)", &[]);
    expect("ALTER TYPE mood ADD VALUE 'glad'", &["1:enum-value-in-transaction"]);
}

#[test]
fn what_changes_rows() {
    expect("UPDATE t SET name = 'x'", &["1:all-rows"]);
    expect("DELETE FROM t WHERE id = 1", &[]);
    let locked = "ALTER TABLE t ADD COLUMN a INTEGER;\n\n-- orm: call fill\nUPDATE t SET a = 1 WHERE id = 1;";
    expect(locked, &["3:rows-under-locks", "4:rows-under-locks"]);
}

#[test]
fn a_new_table_has_no_rows_and_no_readers() {
    expect(
        "CREATE TABLE n (id INTEGER, t INTEGER);\nCREATE INDEX i ON n (t);\nALTER TABLE n ADD CHECK (id > 0);\nUPDATE n SET t = 1;\nDROP TABLE n",
        &[],
    );
}

#[test]
fn text_is_not_taken_for_statements() {
    expect("SELECT 'DROP TABLE t'; -- DROP TABLE t\n/* DROP TABLE t; */ SELECT 1", &[]);
    expect("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DROP TABLE t; $$", &[]);
}

#[test]
fn what_was_weighed_is_allowed() {
    let allowed = "-- orm: allow drop-column: nobody reads it\nALTER TABLE t DROP COLUMN name;\n\nDROP TABLE t;";
    expect(allowed, &["4:drop-table"]);
    let files = [
        ("1_a1/revision.toml", "id = \"a1\""),
        ("1_a1/up.sql", "-- orm: allow drop-collumn\nALTER TABLE t DROP COLUMN name"),
        ("1_a1/down.sql", ""),
    ];
    let engine = Engine::connect("sqlite://").unwrap();
    let error = Migrations::from_files(files).unwrap().lint(&[engine.dialect()]).unwrap_err();
    assert!(error.to_string().contains("`drop-collumn`, which is no rule"), "{error}");
}

#[test]
fn models_and_their_schemas_are_looked_at() {
    let postgres = Engine::connect(POSTGRES).unwrap();
    let sqlite = Engine::connect("sqlite://").unwrap();
    let dialects = [postgres.dialect(), sqlite.dialect()];
    let mut draft = Draft::new("first");
    draft.generate(&Migrations::default(), &first(), &dialects).unwrap();
    let migrations = Migrations::default().with(draft).unwrap();
    let codes = |migrations: &Migrations| {
        let found = migrations.lint(&dialects).unwrap();
        let mut codes: Vec<String> =
            found.iter().map(|each| format!("{} {}", each.file.rsplit('/').next().unwrap(), each.code)).collect();
        codes.dedup();
        codes
    };
    // A new table, whose foreign key has no index.
    assert_eq!(
        codes(&migrations),
        ["up.postgresql.sql foreign-key-without-index", "up.sqlite.sql foreign-key-without-index"]
    );
    let mut draft = Draft::new("second");
    draft.renames = orm::catalog::Renames::new().column("author", "nick", "name");
    draft.generate(&migrations, &second(), &dialects).unwrap();
    let all = codes(&migrations.with(draft).unwrap());
    let mariadb = Engine::connect("mariadb://localhost/any").unwrap();
    let mut draft = Draft::new("first");
    draft.generate(&Migrations::default(), &first(), &[mariadb.dialect()]).unwrap();
    let start = Migrations::default().with(draft).unwrap();
    // The server makes an index for a foreign key.
    assert!(start.lint(&[mariadb.dialect()]).unwrap().is_empty());
    let mut draft = Draft::new("second");
    draft.renames = orm::catalog::Renames::new().column("author", "nick", "name");
    draft.generate(&start, &second(), &[mariadb.dialect()]).unwrap();
    let found = start.with(draft).unwrap().lint(&[mariadb.dialect()]).unwrap();
    for code in ["rename", "type-copies-table", "foreign-key-copies-table"] {
        assert!(found.iter().any(|finding| finding.code == code), "{code} in {found:#?}");
    }

    let expected = [
        "up.postgresql.sql rename",
        "up.postgresql.sql type-rewrites",
        "up.postgresql.sql unique-builds-index",
        "up.postgresql.sql index-blocks-writes",
        "up.postgresql.sql constraint-scans",
        "up.sqlite.sql rename",
        "up.sqlite.sql table-copied",
    ];
    for code in expected {
        assert!(all.iter().any(|found| found == code), "{code} in {all:#?}");
    }
}

#[test]
fn the_command_prints_for_people_and_for_programs() {
    let folder = Folder::new("lint");
    assert!(migrate(&folder, Some(first()), "revision -m start --autogenerate").0);
    let start = id_of(&folder, "start");
    let (well, said) = migrate(&folder, None, "lint --dialect sqlite");
    assert!(
        !well && said.contains("up.sqlite.sql:1: foreign-key-without-index: no index of post begins with author_id"),
        "{said}"
    );
    assert!(said.contains("    instead: add an index that begins with its columns"), "{said}");
    assert_eq!(migrate(&folder, None, &format!("lint --since {start}")), (true, String::new()));
    assert_eq!(migrate(&folder, None, "lint --allow foreign-key-without-index"), (true, String::new()));
    let (_, said) = migrate(&folder, None, "lint --allow nothing-known");
    assert!(said.contains("`nothing-known` is no rule"), "{said}");
    let (well, said) = migrate(&folder, None, "lint --format json --dialect postgresql");
    let found: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert!(!well && found[0]["code"] == "foreign-key-without-index" && found[0]["line"] == 1, "{said}");
    let (well, said) = migrate(&folder, None, "lint --rules");
    assert!(well && said.lines().count() == 2 * orm::migrate::rules().count(), "{said}");
}
