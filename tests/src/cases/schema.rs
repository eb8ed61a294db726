//! Creating and dropping tables, and the constraints that they get.

use orm::prelude::*;
use orm::{Error, ErrorKind, Result};

use crate::models::{
    Audited, File, Folder, House, IndexTwin, Label, Long, LongColumn, LongIndex, LongTable, Odd, Owner, Shelf,
    TagGroup, Tagged, Team, User, WordList,
};
use crate::{TestContext, expect_error};
use orm::StatementKind;

cases! { schema {
    related_tables_come_and_go_together [];
    single_tables_come_and_go [];
    a_table_that_references_a_missing_one [];
    only_what_is_missing_is_created [];
    creating_twice_changes_nothing [];
    a_creation_that_fails_leaves_nothing [];
    tables_that_exist_in_part_are_dropped [];
    constraints_hold [];
    violations_name_their_constraint [];
    a_unique_column_may_hold_many_nulls [];
    a_length_is_a_limit_where_there_are_any [];
    server_defaults_fill_in [];
    mutual_tables_take_rows_in_any_order [];
    mutual_tables_are_dropped_with_their_rows [];
    deletes_follow_the_keys [];
    keys_hold_on_every_connection [];
    names_follow_one_convention [];
    long_names_stay_apart [];
    names_of_all_tables_stay_apart [];
    names_that_are_too_long_are_refused [];
    letter_case_is_what_it_is_to_the_database [];
    two_indexes_of_one_name_are_refused [];
    odd_names_are_quoted [];
    columns_have_native_types [];
    composite_keys_are_referenced_whole [];
    two_descriptions_of_one_table_are_refused [];
    two_equal_descriptions_are_one_table [];
    a_view_is_in_the_way [];
    tables_in_a_schema [schemas];
} }

/// The names of all tables.
fn tables(cx: &TestContext) -> Vec<String> {
    let sql = cx.spelled_by([
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1",
        "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1",
    ]);
    cx.rows(sql).concat()
}

/// The names of all constraints and indexes; those that a database makes by itself are left out.
fn names(cx: &TestContext) -> Vec<String> {
    let mut names = if cx.backend_name() == "SQLite" {
        let statements = cx.rows("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").concat();
        statements.iter().flat_map(|sql| quoted_after(sql, &["CONSTRAINT \"", "CREATE INDEX \""])).collect()
    } else {
        let servers = [
            "SELECT conname::text FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND contype <> 'n' \
             UNION SELECT indexname::text FROM pg_indexes WHERE schemaname = current_schema()",
            // Its primary keys have no names of their own.
            "SELECT CASE constraint_name WHEN 'PRIMARY' THEN concat('pk_', table_name) ELSE constraint_name END \
             FROM information_schema.table_constraints WHERE constraint_schema = DATABASE() UNION \
             SELECT index_name FROM information_schema.statistics WHERE table_schema = DATABASE() AND index_name <> 'PRIMARY'",
        ];
        cx.rows(cx.spelled_by([servers[0], servers[0], servers[1]])).concat()
    };
    names.sort();
    names
}

fn quoted_after(sql: &str, words: &[&str]) -> Vec<String> {
    let parts = words.iter().flat_map(|word| sql.split(word).skip(1));
    parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
}

/// Running `sql` is refused.
#[track_caller]
fn refused(cx: &TestContext, sql: &str) -> Error {
    cx.engine.connection().unwrap().execute(sql, &[]).expect_err(sql)
}

const ROWS: &str = "
    BEGIN;
    INSERT INTO owner (name) VALUES ('a'), ('b');
    INSERT INTO house (street, number, owner_id) VALUES ('s', 1, 2);
    UPDATE owner SET house_id = 1;
    UPDATE owner SET boss_id = 1 WHERE name = 'b';
    INSERT INTO label (text) VALUES ('xy');
    INSERT INTO owner_label (owner_id, label_id) VALUES (1, 1);
    COMMIT;
";

pub fn related_tables_come_and_go_together(cx: &mut TestContext) -> Result<()> {
    cx.engine.create_all(models![Owner])?;
    assert_eq!(tables(cx), ["house", "label", "owner", "owner_label"]);
    cx.execute(ROWS);
    cx.engine.drop_all(models![Label])?;
    assert!(tables(cx).is_empty());
    cx.engine.drop_all(models![Label])
}

pub fn single_tables_come_and_go(cx: &mut TestContext) -> Result<()> {
    cx.engine.create_table::<Label>()?;
    cx.engine.create_table::<Label>()?;
    assert_eq!(tables(cx), ["label"]);
    cx.engine.drop_table::<Owner>()?;
    cx.engine.drop_table::<Label>()?;
    cx.engine.drop_table::<Label>()?;
    assert!(tables(cx).is_empty());
    Ok(())
}

/// If a table may reference one that does not exist yet, it can be created. Its rows need the other table.
pub fn a_table_that_references_a_missing_one(cx: &mut TestContext) -> Result<()> {
    let outcome = cx.engine.create_table::<File>();
    if cx.backend_name() == "SQLite" {
        outcome?;
        refused(cx, "INSERT INTO file (name, folder_id) VALUES ('f', 1)");
    } else {
        expect_error(outcome, ErrorKind::Database, cx.spelled_by([&[][..], &["folder"], &["file", "Foreign key"]]));
        assert!(tables(cx).is_empty());
    }
    cx.engine.create_table::<Folder>()?;
    cx.engine.create_table::<File>()?;
    cx.execute("INSERT INTO folder (name) VALUES ('d'); INSERT INTO file (name, folder_id) VALUES ('f', 1)");
    Ok(())
}

pub fn only_what_is_missing_is_created(cx: &mut TestContext) -> Result<()> {
    cx.execute("CREATE TABLE label (id INTEGER PRIMARY KEY, other TEXT); INSERT INTO label VALUES (7, 'kept')");
    cx.clear_log();
    cx.engine.create_all(models![Owner])?;
    let made = cx.take_log().into_iter().filter(|recorded| recorded.kind == StatementKind::Schema);
    assert!(made.into_iter().all(|recorded| !recorded.sql.contains(r#"CREATE TABLE "label""#)));
    cx.expect_rows("SELECT id, other FROM label", &["7|kept"]);
    assert_eq!(tables(cx), ["house", "label", "owner", "owner_label"]);
    Ok(())
}

pub fn creating_twice_changes_nothing(cx: &mut TestContext) -> Result<()> {
    cx.engine.create_all(models![Owner])?;
    cx.execute(ROWS);
    cx.clear_log();
    cx.engine.create_all(models![House, Label, Owner])?;
    assert!(cx.take_log().iter().all(|recorded| recorded.kind != StatementKind::Schema));
    cx.expect_rows("SELECT count(*) FROM owner", &["2"]);
    Ok(())
}

/// A check that is no SQL.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "z_broken", check("this is no condition"))]
struct Broken {
    #[orm(primary_key)]
    id: i64,
}

pub fn a_creation_that_fails_leaves_nothing(cx: &mut TestContext) -> Result<()> {
    expect_error(cx.engine.create_all(models![User, Broken]), ErrorKind::Database, &[]);
    // Where each statement commits, what was made before the failure is there, and is left alone by the next attempt.
    let transactional = cx.capabilities().transactional_schema;
    let made: &[&str] = if transactional { &[] } else { &["address", "user"] };
    assert_eq!(tables(cx), made);
    cx.engine.drop_all(models![User])?;
    cx.fail_after(1, StatementKind::Schema, ErrorKind::Database);
    expect_error(cx.engine.create_all(models![User]), ErrorKind::Database, &[]);
    assert_eq!(tables(cx), if transactional { &[][..] } else { &["user"] });
    cx.engine.create_all(models![User])
}

pub fn tables_that_exist_in_part_are_dropped(cx: &mut TestContext) -> Result<()> {
    cx.engine.create_all(models![Owner])?;
    cx.execute("DROP TABLE owner_label");
    cx.engine.drop_all(models![Owner])?;
    assert!(tables(cx).is_empty());
    Ok(())
}

pub fn constraints_hold(cx: &mut TestContext) -> Result<()> {
    cx.engine.create_all(models![Owner])?;
    cx.execute(ROWS);
    for (sql, kind) in [
        ("INSERT INTO label (text) VALUES ('x')", ErrorKind::CheckViolation),
        ("INSERT INTO house (street, number, owner_id) VALUES ('', 1, 1)", ErrorKind::CheckViolation),
        ("INSERT INTO house (street, number, owner_id) VALUES ('t', 0, 1)", ErrorKind::CheckViolation),
        ("INSERT INTO house (street, number, owner_id) VALUES ('s', 1, 1)", ErrorKind::UniqueViolation),
        ("INSERT INTO owner (name) VALUES ('a')", ErrorKind::UniqueViolation),
        ("INSERT INTO owner (id, name) VALUES (1, 'c')", ErrorKind::UniqueViolation),
        ("INSERT INTO owner_label (owner_id, label_id) VALUES (1, 1)", ErrorKind::UniqueViolation),
        ("INSERT INTO owner (name) VALUES (NULL)", ErrorKind::NotNullViolation),
        ("INSERT INTO house (street, number) VALUES ('u', 1)", ErrorKind::NotNullViolation),
        ("INSERT INTO owner_label (owner_id) VALUES (1)", ErrorKind::NotNullViolation),
        ("INSERT INTO owner (name, boss_id) VALUES ('c', 9)", ErrorKind::ForeignKeyViolation),
        ("INSERT INTO owner (name, house_id) VALUES ('c', 9)", ErrorKind::ForeignKeyViolation),
        ("INSERT INTO owner_label (owner_id, label_id) VALUES (1, 9)", ErrorKind::ForeignKeyViolation),
        ("UPDATE owner_label SET owner_id = 9", ErrorKind::ForeignKeyViolation),
        ("DELETE FROM label", ErrorKind::ForeignKeyViolation),
    ] {
        assert_eq!(refused(cx, sql).kind(), kind, "{sql}");
    }
    Ok(())
}

pub fn violations_name_their_constraint(cx: &mut TestContext) -> Result<()> {
    cx.engine.create_all(models![Owner])?;
    cx.execute(ROWS);
    let check = refused(cx, "INSERT INTO house (street, number, owner_id) VALUES ('', 1, 1)");
    assert_eq!(check.constraint().and_then(|constraint| constraint.name.as_deref()), Some("has_street"));
    let unique = refused(cx, "INSERT INTO house (street, number, owner_id) VALUES ('s', 1, 1)");
    let unique = unique.constraint().expect("a constraint");
    assert_eq!(unique.table.as_deref(), Some("house"));
    assert_eq!(unique.columns, ["street", "number"]);
    let null = refused(cx, "INSERT INTO owner (name) VALUES (NULL)");
    let null = null.constraint().expect("a constraint");
    assert_eq!((null.table.as_deref(), &null.columns[..]), (Some("owner"), &["name".to_owned()][..]));
    Ok(())
}

pub fn a_unique_column_may_hold_many_nulls(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    cx.execute(r#"INSERT INTO "user" (name, age) VALUES ('a', 1), ('b', 2)"#);
    cx.expect_rows(r#"SELECT count(*) FROM "user" WHERE email IS NULL"#, &["2"]);
    Ok(())
}

/// SQLite knows no lengths.
pub fn a_length_is_a_limit_where_there_are_any(cx: &mut TestContext) -> Result<()> {
    cx.engine.create_all(models![Owner])?;
    let long = "INSERT INTO label (text) VALUES ('sixsix')";
    if cx.backend_name() == "SQLite" {
        cx.execute(long);
    } else {
        let error = refused(cx, long);
        assert_eq!(error.kind(), ErrorKind::Database);
        assert!(error.to_string().contains("too long"), "{error}");
    }
    Ok(())
}

pub fn server_defaults_fill_in(cx: &mut TestContext) -> Result<()> {
    cx.engine.create_all(models![Owner])?;
    cx.execute(ROWS);
    cx.expect_rows("SELECT place FROM house", &["nowhere"]);
    let mut session = cx.session();
    let owner = Owner::query().filter(Owner::name.eq("a")).one(&mut session)?;
    let house = session.add(House { street: "t".into(), owner: owner.into(), ..House::default() });
    session.commit()?;
    assert_eq!(session[house].place.as_deref(), Some("nowhere"));
    Ok(())
}

/// Rows of two tables may reference each other, once all of them are there.
pub fn mutual_tables_take_rows_in_any_order(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Team])?;
    if !cx.capabilities().deferrable_keys {
        // Each row must have its parents.
        refused(cx, "INSERT INTO team (id, name, captain_id) VALUES (1, 'reds', 1)");
        return Ok(());
    }
    let cycle = "INSERT INTO team (id, name, captain_id) VALUES (1, 'reds', 1); \
                  INSERT INTO player (id, name, team_id) VALUES (1, 'ann', 1)";
    cx.execute(&format!("BEGIN; {cycle}; COMMIT"));
    let mut connection = cx.engine.connection()?;
    connection.begin(orm::driver::TransactionMode::Write)?;
    connection.execute_script("INSERT INTO team (id, name, captain_id) VALUES (2, 'blues', 9)")?;
    expect_error(connection.commit(), ErrorKind::ForeignKeyViolation, &[]);
    drop(connection);
    cx.expect_rows("SELECT name FROM team", &["reds"]);
    Ok(())
}

pub fn mutual_tables_are_dropped_with_their_rows(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Team])?;
    cx.execute(
        "INSERT INTO team (id, name) VALUES (1, 'reds'); INSERT INTO player (id, name, team_id) VALUES (1, 'ann', 1); \
         UPDATE team SET captain_id = 1",
    );
    cx.engine.drop_all(models![Team])?;
    assert!(tables(cx).is_empty());
    Ok(())
}

pub fn deletes_follow_the_keys(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Folder, Owner])?;
    cx.execute("INSERT INTO folder (name) VALUES ('d'); INSERT INTO file (name, folder_id) VALUES ('f', 1)");
    cx.execute("DELETE FROM folder");
    cx.expect_rows("SELECT count(*) FROM file", &["0"]);
    cx.execute("INSERT INTO owner (name) VALUES ('boss'); INSERT INTO owner (name, boss_id) VALUES ('a', 1)");
    cx.execute("DELETE FROM owner WHERE id = 1");
    cx.expect_rows("SELECT name, boss_id FROM owner", &["a|NULL"]);
    Ok(())
}

pub fn keys_hold_on_every_connection(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Folder])?;
    let orphan = "INSERT INTO file (name, folder_id) VALUES ('f', 9)";
    let count = if cx.url().contains("memory") { 1 } else { 4 };
    let mut connections = (0..count).map(|_| cx.engine.connection()).collect::<Result<Vec<_>>>()?;
    for connection in &mut connections {
        expect_error(connection.execute(orphan, &[]), ErrorKind::ForeignKeyViolation, &[]);
    }
    Ok(())
}

pub fn names_follow_one_convention(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Owner])?;
    let expected = [
        "ck_house_1",
        "ck_label_1",
        "fk_house_owner_id",
        "fk_owner_boss_id",
        "fk_owner_house_id",
        "fk_owner_label__label_id",
        "fk_owner_label__owner_id",
        "has_street",
        "ix_house__street__place",
        "ix_house_owner_id",
        "ix_house_place",
        "one_house",
        "pk_house",
        "pk_label",
        "pk_owner",
        "pk_owner_label",
        "uq_owner_name",
    ];
    assert_eq!(names(cx), expected);
    Ok(())
}

pub fn names_of_all_tables_stay_apart(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Tagged])?;
    cx.create(models![TagGroup])?;
    let expected = [
        "ix_tag_group__seq",
        "ix_tag_group_seq",
        "pk_tag",
        "pk_tag_group",
        "uq_tag__group_seq__type",
        "uq_tag_group__seq_type",
        "uq_tag_group__seq_type__seq",
        "uq_tag_type",
    ];
    assert_eq!(names(cx), expected);
    cx.engine.drop_all(models![Tagged, TagGroup])
}

/// A database that truncated the names would not find them again.
pub fn names_that_are_too_long_are_refused(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    if cx.capabilities().longest_name.takes(&"x".repeat(81)) {
        for round in 0..2 {
            cx.engine.create_all(models![LongTable, LongColumn, LongIndex])?;
            session.add(LongTable::default());
            session.commit()?;
            assert_eq!(LongTable::query().count(&mut session)?, round + 1);
        }
        cx.engine.drop_all(models![LongTable, LongColumn, LongIndex])?;
        assert_eq!(tables(cx), [] as [&str; 0]);
        return Ok(());
    }
    cx.clear_log();
    let (long, takes) = cx.spelled_by([("", ""), ("75 bytes", "takes 63"), ("75 characters", "takes 64")]);
    expect_error(cx.engine.create_all(models![LongTable]), ErrorKind::Schema, &["LongTable", long, takes, "table = "]);
    expect_error(cx.engine.drop_all(models![LongTable]), ErrorKind::Schema, &["LongTable", takes]);
    let words = ["LongColumn::a_field_whose_name", takes, "#[orm(column = "];
    expect_error(cx.engine.create_all(models![LongColumn]), ErrorKind::Schema, &words);
    expect_error(cx.engine.create_all(models![LongIndex]), ErrorKind::Schema, &["LongIndex", takes, "name = "]);
    expect_error(LongTable::query().all(&mut session), ErrorKind::Schema, &["a_table_whose_name", takes]);
    session.add(LongTable::default());
    expect_error(session.commit(), ErrorKind::Schema, &["LongTable", takes]);
    session.rollback()?;
    assert_eq!(tables(cx), [] as [&str; 0]);
    Ok(())
}

pub fn letter_case_is_what_it_is_to_the_database(cx: &mut TestContext) -> Result<()> {
    cx.execute("CREATE TABLE word_list (id INTEGER PRIMARY KEY, word TEXT NOT NULL)");
    for _ in 0..2 {
        cx.engine.create_all(models![WordList])?;
    }
    let both = if cx.capabilities().names_ignore_case { vec!["word_list"] } else { vec!["Word_List", "word_list"] };
    let mut found = tables(cx);
    found.sort();
    assert_eq!(found, both);
    let mut session = cx.session();
    session.add(WordList { id: 1, word: "a".into() });
    session.commit()?;
    cx.engine.drop_all(models![WordList])?;
    assert_eq!(tables(cx), &both[..both.len() - 1].iter().map(|_| "word_list").collect::<Vec<_>>()[..]);
    Ok(())
}

pub fn two_indexes_of_one_name_are_refused(cx: &mut TestContext) -> Result<()> {
    let words = ["IndexTwin", "twin", "another `name = "];
    expect_error(cx.engine.create_all(models![IndexTwin]), ErrorKind::Schema, &words);
    assert_eq!(tables(cx), [] as [&str; 0]);
    Ok(())
}

pub fn long_names_stay_apart(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Long])?;
    let names = names(cx);
    assert_eq!(names.len(), 5, "{names:?}");
    assert!(names.iter().all(|name| name.len() <= 63), "{names:?}");
    let table = Long::spec().table;
    let columns = "a_column_with_quite_a_long_name_of_its_own, a_column_with_quite_a_long_name_of_its_own_as_well, \
                   a_column_with_a_long_name_that_is_looked_up";
    cx.execute(&format!("INSERT INTO {table} ({columns}) VALUES ('a', 'b', 1)"));
    let again = refused(cx, &format!("INSERT INTO {table} ({columns}) VALUES ('c', 'b', 1)"));
    assert_eq!(again.kind(), ErrorKind::UniqueViolation);
    cx.engine.create_all(models![Long])?;
    cx.engine.drop_all(models![Long])?;
    assert!(tables(cx).is_empty());
    Ok(())
}

pub fn odd_names_are_quoted(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Odd])?;
    assert_eq!(tables(cx), ["Select \"from\" größe"]);
    let mut session = cx.session();
    let first = session.add(Odd { quoted: "x".into(), upper: Some("U".into()), ..Odd::default() });
    let second = session.add(Odd { quoted: "y".into(), other: Some(first.into()), ..Odd::default() });
    session.add_all((0..3).map(|number| Odd { quoted: format!("{number}"), ..Odd::default() }));
    session.commit()?;
    session[second].upper = Some("'; --".into());
    session[first].quoted = "z".into();
    session.commit()?;
    let query = Odd::query().filter(Odd::quoted.eq("y")).order_by(Odd::upper);
    assert_eq!(
        query.select((Odd::upper, Odd::other_id)).one(&mut session)?,
        (Some("'; --".into()), Some(session[first].key))
    );
    session.delete(second)?;
    session.commit()?;
    assert_eq!(Odd::query().count(&mut session)?, 4);
    session.close()?;
    cx.engine.drop_all(models![Odd])?;
    assert!(tables(cx).is_empty());
    Ok(())
}

pub fn columns_have_native_types(cx: &mut TestContext) -> Result<()> {
    use crate::models::{AllTypes, Ticket};
    cx.create(models![AllTypes, Ticket, Label])?;
    let types = |table: &str| -> Vec<String> {
        let sql = cx.spelled_by([
            format!("SELECT type FROM pragma_table_info('{table}') ORDER BY cid"),
            format!(
                "SELECT format_type(atttypid, atttypmod) FROM pg_attribute \
                 WHERE attrelid = '{table}'::regclass AND attnum > 0 ORDER BY attnum"
            ),
            format!(
                "SELECT column_type FROM information_schema.columns \
                 WHERE table_schema = DATABASE() AND table_name = '{table}' ORDER BY ordinal_position"
            ),
        ]);
        cx.rows(&sql).concat()
    };
    let expected: [&[&str]; 3] = [
        &[
            "INTEGER", "INTEGER", "INTEGER", "INTEGER", "REAL", "REAL", "BOOLEAN", "TEXT", "BLOB", "DATE", "TIME",
            "DATETIME", "DATETIME", "TEXT", "TEXT", "TEXT", "TEXT",
        ],
        &[
            "bigint",
            "smallint",
            "integer",
            "bigint",
            "real",
            "double precision",
            "boolean",
            "text",
            "bytea",
            "date",
            "time without time zone",
            "timestamp without time zone",
            "timestamp with time zone",
            "uuid",
            "numeric",
            "jsonb",
            "text",
        ],
        &[
            "bigint(20)",
            "smallint(6)",
            "int(11)",
            "bigint(20)",
            "double",
            "double",
            "tinyint(1)",
            "longtext",
            "longblob",
            "date",
            "time(6)",
            "datetime(6)",
            "datetime(6)",
            "uuid",
            "decimal(65,30)",
            "longtext",
            "longtext",
        ],
    ];
    assert_eq!(types("all_types"), cx.spelled_by(expected));
    assert_eq!(types("ticket")[4], cx.spelled_by(["TEXT", "numeric(10,2)", "decimal(10,2)"]));
    assert_eq!(types("label")[1], cx.spelled_by(["VARCHAR(5)", "character varying(5)", "varchar(5)"]));
    Ok(())
}

pub fn composite_keys_are_referenced_whole(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shelf])?;
    cx.execute("INSERT INTO shelf (room, number) VALUES ('a', 1), ('a', 2), ('b', 1)");
    cx.execute("INSERT INTO book (title, shelf_room, shelf_number) VALUES ('t', 'b', 1)");
    let elsewhere = refused(cx, "INSERT INTO book (title, shelf_room, shelf_number) VALUES ('t', 'b', 2)");
    assert_eq!(elsewhere.kind(), ErrorKind::ForeignKeyViolation);
    assert_eq!(refused(cx, "INSERT INTO shelf (room, number) VALUES ('a', 1)").kind(), ErrorKind::UniqueViolation);
    Ok(())
}

/// A different definition of the table of users.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "user")]
struct OtherUser {
    #[orm(primary_key)]
    id: i64,
    nickname: String,
}

pub fn two_descriptions_of_one_table_are_refused(cx: &mut TestContext) -> Result<()> {
    let words = ["`User`", "`OtherUser`", "differently"];
    expect_error(cx.engine.create_all(models![User, OtherUser]), ErrorKind::Schema, &words);
    expect_error(cx.engine.drop_all(models![OtherUser, User]), ErrorKind::Schema, &["differently"]);
    assert!(tables(cx).is_empty());
    Ok(())
}

/// The same definition of the table of folders, without its files.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "folder")]
struct SameFolder {
    #[orm(primary_key)]
    id: i64,
    name: String,
}

pub fn two_equal_descriptions_are_one_table(cx: &mut TestContext) -> Result<()> {
    cx.engine.create_all(models![Folder, SameFolder])?;
    assert_eq!(tables(cx), ["file", "folder"]);
    let mut session = cx.session();
    session.add(SameFolder { name: "d".into(), ..SameFolder::default() });
    session.commit()?;
    assert_eq!(Folder::query().count(&mut session)?, 1);
    Ok(())
}

pub fn a_view_is_in_the_way(cx: &mut TestContext) -> Result<()> {
    cx.execute("CREATE VIEW folder AS SELECT 1 AS id, 'd' AS name");
    cx.engine.create_table::<SameFolder>()?;
    assert_eq!(SameFolder::query().select(SameFolder::name).one(&mut cx.session())?, "d");
    Ok(())
}

pub fn tables_in_a_schema(cx: &mut TestContext) -> Result<()> {
    if cx.capabilities().schemas {
        cx.execute(cx.spelled_by([
            "",
            "DROP SCHEMA IF EXISTS orm_test_audit CASCADE; CREATE SCHEMA orm_test_audit",
            "DROP SCHEMA IF EXISTS orm_test_audit; CREATE SCHEMA orm_test_audit",
        ]));
    }
    cx.engine.create_all(models![Audited])?;
    cx.engine.create_all(models![Audited])?;
    let mut session = cx.session();
    session.add_all(["a", "b"].map(|name| Audited { name: name.into(), ..Audited::default() }));
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM orm_test_audit.audited", &["2"]);
    let found = Audited::query().filter(Audited::name.eq("b")).order_by(Audited::id).one(&mut session)?;
    session[found].name = "c".into();
    session.commit()?;
    session.delete(found)?;
    session.commit()?;
    session.close()?;
    cx.engine.drop_all(models![Audited])?;
    cx.execute("DROP SCHEMA orm_test_audit");
    Ok(())
}
