//! The schema of a database that others made, read into a catalog.

use orm::catalog::{Action, Deferral, ForeignKey, IndexPart, Reflect, TypeKind};
use orm::driver::TransactionMode;
use orm::{ErrorKind, Result, Value};

use crate::schemas::{CHINOOK, MARIADB, MARIADB_TEXT, POSTGRES, POSTGRES_TEXT, SQLITE, SQLITE_TEXT};
use crate::{TestContext, expect_error};

cases! { reflection {
    everything_is_read [];
    names_are_taken_as_they_are [];
    what_is_temporary_or_the_systems_is_left_out [];
    one_table_is_read [];
    a_part_is_read_with_what_it_uses [];
    another_schema_is_read [];
    types_are_told_by_kind [];
    rows_of_a_reflected_table_are_read [];
    an_open_transaction_is_seen [];
    a_catalog_is_one_question [];
    chinook_is_read [];
} }

#[track_caller]
fn expect_text(text: &str, expected: &str) {
    let lines = |text: &str| {
        text.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
    };
    let (found, wanted) = (lines(text), lines(expected));
    assert!(found == wanted, "found:\n{found}\n\nexpected:\n{wanted}");
}

pub fn everything_is_read(cx: &mut TestContext) -> Result<()> {
    cx.execute(cx.spelled_by([SQLITE, POSTGRES, MARIADB]));
    let mut catalog = cx.engine.reflect()?;
    // Each version of a server writes the queries of views in its own way.
    let views: Vec<String> = catalog
        .views
        .drain(..)
        .map(|view| {
            let columns: Vec<&str> = view.columns.iter().map(|column| &*column.name).collect();
            assert!(view.definition[..7].eq_ignore_ascii_case("SELECT ") && !view.definition.ends_with(';'), "{view}");
            format!("{} {} {}", view.name, view.materialized, columns.join(" "))
        })
        .collect();
    let plain: &[&str] = &["all_names false n", "names false n"];
    let stored = &["all_names false n", "counted true org members", "names false n"];
    assert_eq!(views, cx.spelled_by([plain, stored, plain]));
    expect_text(&catalog.to_string(), cx.spelled_by([SQLITE_TEXT, POSTGRES_TEXT, MARIADB_TEXT]));
    Ok(())
}

pub fn names_are_taken_as_they_are(cx: &mut TestContext) -> Result<()> {
    cx.execute(
        r#"CREATE TABLE "a.b ""c"" D" ("select" INTEGER PRIMARY KEY, "x y" INTEGER, "Z""z" INTEGER,
            CONSTRAINT "u (1)" UNIQUE ("x y"), CONSTRAINT "c,2" CHECK ("Z""z" > 0),
            CONSTRAINT "f""3" FOREIGN KEY ("Z""z") REFERENCES "a.b ""c"" D" ("select"))"#,
    );
    cx.execute(r#"CREATE INDEX "I 1" ON "a.b ""c"" D" ("Z""z", "x y")"#);
    let table = cx.engine.reflect_table("a.b \"c\" D")?;
    let columns: Vec<&str> = table.columns.iter().map(|column| &*column.name).collect();
    assert_eq!(columns, ["select", "x y", "Z\"z"]);
    assert_eq!(
        (table.uniques[0].name.as_deref(), &*table.uniques[0].columns),
        (Some("u (1)"), &["x y".to_owned()][..])
    );
    assert_eq!(table.checks[0].name.as_deref(), Some("c,2"));
    let key = &table.foreign_keys[0];
    assert_eq!((key.name.as_deref(), &*key.target.name, &*key.columns[0]), (Some("f\"3"), "a.b \"c\" D", "Z\"z"));
    assert_eq!(table.indexes[0].name, "I 1");
    assert_eq!(table.indexes[0].keys[0].part, IndexPart::ColumnName("Z\"z".to_owned()));
    Ok(())
}

pub fn what_is_temporary_or_the_systems_is_left_out(cx: &mut TestContext) -> Result<()> {
    cx.execute(cx.spelled(
        "CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT); CREATE VIRTUAL TABLE texts USING fts5(body); ANALYZE",
        "CREATE TABLE counted (id integer); CREATE TABLE texts (body text)",
    ));
    let mut connection = cx.engine.connection()?;
    connection.execute_script("CREATE TEMPORARY TABLE passing (id INTEGER)")?;
    connection.execute_script(cx.spelled_by([
        "CREATE TEMPORARY VIEW passing_view AS SELECT 1 AS one",
        "CREATE TEMPORARY VIEW passing_view AS SELECT 1 AS one",
        "SELECT 1",
    ]))?;
    let catalog = connection.reflect(&Reflect::new())?;
    let names: Vec<String> = catalog.tables.iter().map(|table| table.name.to_string()).collect();
    assert_eq!(names, ["counted", "texts"]);
    assert!(catalog.views.is_empty() && catalog.enums.is_empty() && catalog.sequences.is_empty(), "{catalog}");
    Ok(())
}

pub fn one_table_is_read(cx: &mut TestContext) -> Result<()> {
    cx.execute(cx.spelled_by([SQLITE, POSTGRES, MARIADB]));
    let member = cx.engine.reflect_table("member")?;
    assert_eq!(Some(&member), cx.engine.reflect()?.find("member"));
    let boss = member.foreign_keys.iter().find(|key| key.columns.len() == 2);
    let boss = boss.ok_or_else(|| orm::Error::new(ErrorKind::NotFound, "the composite key"))?;
    assert_eq!(boss.on_delete, Action::SetNull(Vec::new()));
    assert_eq!(boss.on_update, Action::Cascade);
    assert_eq!(boss.target_columns, ["org", "no"]);
    let waits = |key: &ForeignKey| (key.deferral == Deferral::Deferred) == cx.capabilities().deferrable_keys;
    assert!(member.foreign_keys.iter().any(|key| waits(key) && key.target_columns == ["id"]));
    expect_error(cx.engine.reflect_table("nobody"), ErrorKind::Schema, &["`nobody`"]);
    Ok(())
}

pub fn a_part_is_read_with_what_it_uses(cx: &mut TestContext) -> Result<()> {
    cx.execute(cx.spelled_by([SQLITE, POSTGRES, MARIADB]));
    let catalog = cx.engine.reflect_with(&Reflect::new().table("org").table("names"))?;
    assert_eq!((catalog.tables.len(), catalog.views.len()), (1, 1));
    assert!(catalog.find("org").is_some() && catalog.find_view("names").is_some());
    let used = (catalog.enums.len(), catalog.domains.len(), catalog.sequences.len());
    assert_eq!(used, if cx.capabilities().named_types { (1, 2, 1) } else { (0, 0, 0) });
    Ok(())
}

pub fn another_schema_is_read(cx: &mut TestContext) -> Result<()> {
    let mut connection = cx.engine.connection()?;
    let (own, other) = match cx.backend_name() {
        "SQLite" => {
            connection.execute_script("ATTACH ':memory:' AS other")?;
            ("main".to_owned(), "other".to_owned())
        }
        _ => {
            let own =
                cx.rows(cx.spelled_by(["", "SELECT current_schema()::text", "SELECT DATABASE()"])).concat().concat();
            (own.clone(), format!("{own}_other"))
        }
    };
    connection.execute_script("CREATE TABLE here (id INTEGER PRIMARY KEY)")?;
    // It goes with the transaction.
    connection.begin(TransactionMode::Write)?;
    if cx.capabilities().schemas {
        connection.execute_script(&format!("CREATE SCHEMA {other}"))?;
    }
    if cx.capabilities().named_types {
        connection.execute_script(&format!("CREATE TYPE {other}.mood AS ENUM ('a')"))?;
    }
    let (mood, here) = cx.spelled_by([
        ("TEXT".to_owned(), "there".to_owned()),
        (format!("{other}.mood"), "here".to_owned()),
        ("VARCHAR(9)".to_owned(), format!("{own}.here (id)")),
    ]);
    connection.execute_script(&format!(
        "CREATE TABLE {other}.there (id INTEGER PRIMARY KEY REFERENCES {here}, mood {mood})"
    ))?;
    connection.execute_script(
        match cx.capabilities().schemas {
            true => format!("CREATE INDEX by_mood ON {other}.there (mood)"),
            false => format!("CREATE INDEX {other}.by_mood ON there (mood)"),
        }
        .as_str(),
    )?;
    let first = connection.reflect(&Reflect::new())?;
    let second = connection.reflect(&Reflect::new().schema(&other))?;
    let both = connection.reflect(&Reflect::new().schema(&other).schema(&own))?;
    connection.rollback()?;
    if !cx.capabilities().transactional_schema {
        connection.execute_script(&format!("DROP SCHEMA {other}"))?;
    }
    assert!(first.find("here").is_some() && first.tables.len() == 1 && first.schemas.is_empty());
    let name = format!("{other}.there");
    let there = second.find(&name).ok_or_else(|| orm::Error::new(ErrorKind::NotFound, "the table"))?;
    assert_eq!(there.indexes[0].name, "by_mood");
    if cx.capabilities().schemas {
        assert_eq!(there.foreign_keys[0].target.to_string(), "here");
    }
    if cx.capabilities().named_types {
        assert_eq!(second.enums[0].name.to_string(), format!("{other}.mood"));
    }
    if !cx.capabilities().schemas {
        assert_eq!(there.foreign_keys[0].target.to_string(), name);
    }
    assert_eq!((both.tables.len(), &*both.schemas), (2, &[other][..]));
    Ok(())
}

pub fn types_are_told_by_kind(cx: &mut TestContext) -> Result<()> {
    cx.execute(cx.spelled_by([
        "CREATE TABLE t (a BOOLEAN, b UNSIGNED BIG INT, c DOUBLE PRECISION, d DECIMAL(8), e NVARCHAR(5), f BLOB, g JSON, h POINT, i)",
        "CREATE TABLE t (a bool, b int8, c float8, d decimal(8), e varchar(5), f bytea, g json, h point, i timestamptz(0)[])",
        "CREATE TABLE t (a bool, b int8, c float8, d decimal(8), e varchar(5), f blob, g json, h point, i timestamp(3) NULL)",
    ]));
    let table = cx.engine.reflect_table("t")?;
    let kinds: Vec<TypeKind> = table.columns.iter().map(|column| column.data_type.kind.clone()).collect();
    let last = cx.spelled_by([
        TypeKind::Any,
        TypeKind::Array(Box::new(TypeKind::Timestamp(Some(0)))),
        TypeKind::Timestamp(Some(3)),
    ]);
    let expected = [
        TypeKind::Bool,
        TypeKind::BigInt,
        TypeKind::Double,
        TypeKind::Numeric(Some((8, 0))),
        TypeKind::VarChar(Some(5)),
        TypeKind::Bytes,
        TypeKind::Json,
        TypeKind::Other("point".into()),
        last,
    ];
    assert_eq!(kinds, expected);
    Ok(())
}

pub fn rows_of_a_reflected_table_are_read(cx: &mut TestContext) -> Result<()> {
    cx.execute(cx.spelled_by([SQLITE, POSTGRES, MARIADB]));
    cx.execute(cx.spelled_by([
        "INSERT INTO org (code, price) VALUES ('abc', 2)",
        "INSERT INTO org (code, price, mood, tags) VALUES ('abc', 2, 'happy', '{a,b}')",
        "INSERT INTO org (code, price, mood) VALUES ('abc', 2, 'sad')",
    ]));
    cx.execute("INSERT INTO member (org, no, name) SELECT id, 7, 'ann' FROM org");
    let catalog = cx.engine.reflect()?;
    let session = &mut cx.session();
    let (org, member) = (catalog.table("org")?, catalog.table("member")?);
    let rows = org.query().join(&member, member.col("org")?.eq(org.col("id")?)).all(session)?;
    assert_eq!(rows[0].read::<String>("code")?, "abc");
    assert_eq!(rows[0].read::<i16>("member.no")?, 7);
    if cx.backend_name() == "PostgreSQL" {
        assert_eq!(rows[0].read::<Option<String>>("mood")?.as_deref(), Some("happy"));
        assert_eq!(rows[0].read::<Vec<String>>("tags")?, ["a", "b"]);
        assert_eq!(rows[0].get("took"), None, "no field holds an interval");
    }
    let names = catalog.table("all_names")?.query().all(session)?;
    assert_eq!(names[0].get("n"), Some(&Value::Text("ann".into())));
    expect_error(catalog.table("nobody"), ErrorKind::Schema, &["`nobody`", "`org`", "`all_names`"]);
    Ok(())
}

pub fn an_open_transaction_is_seen(cx: &mut TestContext) -> Result<()> {
    let mut connection = cx.engine.connection()?;
    connection.begin(TransactionMode::Write)?;
    connection.execute_script("CREATE TABLE fresh (id INTEGER)")?;
    assert!(connection.reflect(&Reflect::new())?.find("fresh").is_some());
    connection.rollback()?;
    let kept = !cx.capabilities().transactional_schema;
    assert_eq!(connection.reflect(&Reflect::new())?.find("fresh").is_some(), kept);
    Ok(())
}

pub fn a_catalog_is_one_question(cx: &mut TestContext) -> Result<()> {
    cx.execute(cx.spelled_by([SQLITE, POSTGRES, MARIADB]));
    cx.clear_log();
    cx.engine.reflect()?;
    // Nothing of the user's is read, and nothing is written.
    cx.expect_full_log(&["begin", "rollback"]);
    Ok(())
}

pub fn chinook_is_read(cx: &mut TestContext) -> Result<()> {
    cx.execute(CHINOOK);
    let catalog = cx.engine.reflect()?;
    assert_eq!(catalog.tables.len(), 11);
    let links: Vec<String> = catalog
        .tables
        .iter()
        .flat_map(|table| {
            table.foreign_keys.iter().map(|key| format!("{}.{} {}", table.name, key.columns[0], key.target))
        })
        .collect();
    let expected = [
        "Album.ArtistId Artist",
        "Customer.SupportRepId Employee",
        "Employee.ReportsTo Employee",
        "Invoice.CustomerId Customer",
        "InvoiceLine.InvoiceId Invoice",
        "InvoiceLine.TrackId Track",
        "PlaylistTrack.PlaylistId Playlist",
        "PlaylistTrack.TrackId Track",
        "Track.AlbumId Album",
        "Track.GenreId Genre",
        "Track.MediaTypeId MediaType",
    ];
    assert_eq!(links, expected);
    let price = catalog.find("Track").and_then(|track| track.column("UnitPrice"));
    assert_eq!(price.map(|column| &column.data_type.kind), Some(&TypeKind::Numeric(Some((10, 2)))));
    let line = catalog.find("PlaylistTrack").and_then(|table| table.primary_key.clone());
    assert_eq!(line.map(|key| key.columns.join(" ")).as_deref(), Some("PlaylistId TrackId"));
    assert_eq!(catalog.find("Track").map(|track| &*track.indexes[0].name), Some("IFK_TrackAlbumId"));
    Ok(())
}
