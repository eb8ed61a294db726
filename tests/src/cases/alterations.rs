//! Changes from one catalog to another.

use orm::Result;
use orm::catalog::{Catalog, Enum, Renames};
use orm::driver::TableName;

use crate::changes::{after, change, emptied, expect_catalog};
use crate::{TestContext, random_catalogs as random, random_rows as rows};

cases! { alterations {
    rows_stay_where_they_can [];
    a_rename_keeps_the_values [];
    dangers_are_told [];
    views_and_triggers_outlive_a_rebuild [];
    nothing_cascades_when_a_table_is_made_again [];
    values_of_enums_are_added [named_types];
    a_reference_without_its_row_is_refused [];
    random_changes_01 [];
    random_changes_02 [];
    random_changes_of_rows_01 [];
    random_changes_of_rows_02 [];
} }

const OLD: &str = "CREATE TABLE team (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20));
    CREATE TABLE player (id INTEGER NOT NULL PRIMARY KEY, team INTEGER, nick VARCHAR(20), age INTEGER,
        CONSTRAINT fk FOREIGN KEY (team) REFERENCES team (id) ON DELETE CASCADE);
    CREATE INDEX ix ON player (age)";

const NEW: &str = "CREATE TABLE team (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(40) DEFAULT 'x' NOT NULL, size INTEGER DEFAULT 3 NOT NULL,
        CONSTRAINT positive CHECK (size > 0));
    CREATE TABLE player (id INTEGER NOT NULL PRIMARY KEY, team BIGINT, nick VARCHAR(20),
        CONSTRAINT nicks UNIQUE (nick), CONSTRAINT fk FOREIGN KEY (team) REFERENCES team (id) ON DELETE SET NULL);
    CREATE TABLE club (id INTEGER NOT NULL PRIMARY KEY)";

const ROWS: &str = "INSERT INTO team VALUES (1, 'Reds'), (2, NULL);
    INSERT INTO player VALUES (1, 1, 'Al', 30), (2, 2, 'Bo', 31), (3, NULL, NULL, NULL)";

pub fn rows_stay_where_they_can(cx: &mut TestContext) -> Result<()> {
    let wanted = after(cx, NEW)?;
    let before = after(cx, OLD)?;
    emptied(cx)?;
    cx.execute(OLD);
    cx.execute(ROWS);
    change(&cx.engine, &before, &wanted, "up");
    cx.expect_rows("SELECT id, name, size FROM team ORDER BY id", &["1|Reds|3", "2|x|3"]);
    cx.expect_rows("SELECT id, team, nick FROM player ORDER BY id", &["1|1|Al", "2|2|Bo", "3|NULL|NULL"]);
    change(&cx.engine, &wanted, &before, "down");
    cx.expect_rows(
        "SELECT id, team, nick, age FROM player ORDER BY id",
        &["1|1|Al|NULL", "2|2|Bo|NULL", "3|NULL|NULL|NULL"],
    );
    Ok(())
}

pub fn a_rename_keeps_the_values(cx: &mut TestContext) -> Result<()> {
    let before = after(cx, OLD)?;
    emptied(cx)?;
    cx.execute(OLD);
    cx.execute(ROWS);
    let mut wanted = before.clone();
    let table = wanted.tables.iter_mut().find(|table| table.name.name == "player").unwrap();
    table.name.name = "member".into();
    table.columns.iter_mut().find(|column| column.name == "nick").unwrap().name = "name".into();
    let wanted = wanted.sorted();
    let renames = Renames::new().table("player", "member").column("member", "nick", "name");
    before.alteration_with(&wanted, &renames, cx.engine.dialect())?.apply(&cx.engine)?;
    expect_catalog(&cx.engine, &wanted, "up");
    cx.expect_rows("SELECT id, name FROM member ORDER BY id", &["1|Al", "2|Bo", "3|NULL"]);
    wanted.alteration_with(&before, &renames.reversed(), cx.engine.dialect())?.apply(&cx.engine)?;
    expect_catalog(&cx.engine, &before, "down");
    cx.expect_rows("SELECT id, nick FROM player ORDER BY id", &["1|Al", "2|Bo", "3|NULL"]);
    let unknown = Renames::new().table("nobody", "x");
    let error = before.alteration_with(&wanted, &unknown, cx.engine.dialect()).unwrap_err();
    assert!(error.to_string().contains("`nobody` cannot be renamed"), "{error}");
    Ok(())
}

pub fn dangers_are_told(cx: &mut TestContext) -> Result<()> {
    let (old, new) = (after(cx, OLD)?, after(cx, NEW)?);
    let down = new.alteration(&old, cx.engine.dialect())?;
    let said: Vec<String> = down.steps.into_iter().filter_map(|step| step.danger).collect();
    let said = said.join("\n");
    assert!(said.contains("the rows of club are lost"), "{said}");
    assert!(said.contains("the values of team.size are lost"), "{said}");
    assert!(old.alteration(&old, cx.engine.dialect())?.steps.is_empty());
    Ok(())
}

pub fn views_and_triggers_outlive_a_rebuild(cx: &mut TestContext) -> Result<()> {
    let trigger = cx.spelled_by([
        "CREATE TRIGGER watch AFTER UPDATE ON player BEGIN INSERT INTO team (id, name) VALUES (new.age, CASE WHEN new.age > 1 THEN 'x' END); END",
        "CREATE FUNCTION watched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO team (id, name) VALUES (new.age, 'x'); RETURN new; END $$;
         CREATE TRIGGER watch AFTER UPDATE ON player FOR EACH ROW EXECUTE FUNCTION watched()",
        "CREATE TRIGGER watch AFTER UPDATE ON player FOR EACH ROW INSERT INTO team (id, name) VALUES (NEW.age, 'x')",
    ]);
    let view = "CREATE VIEW old AS SELECT id, age FROM player WHERE age > 30";
    cx.execute(&format!("{OLD}; {trigger}; {view}; {ROWS}"));
    let before = cx.engine.reflect()?;
    let mut wanted = before.clone();
    let table = wanted.tables.iter_mut().find(|table| table.name.name == "player").unwrap();
    table.columns.iter_mut().find(|column| column.name == "age").unwrap().data_type =
        cx.engine.dialect().data_type("BIGINT");
    before.alteration(&wanted, cx.engine.dialect())?.apply(&cx.engine)?;
    cx.execute("UPDATE player SET age = 50 WHERE id = 2");
    cx.expect_rows("SELECT id, age FROM old", &["2|50"]);
    cx.expect_rows("SELECT id, name FROM team WHERE id = 50", &["50|x"]);
    Ok(())
}

pub fn nothing_cascades_when_a_table_is_made_again(cx: &mut TestContext) -> Result<()> {
    cx.execute(&format!("{OLD}; {ROWS}"));
    let before = cx.engine.reflect()?;
    let mut wanted = before.clone();
    let table = wanted.tables.iter_mut().find(|table| table.name.name == "team").unwrap();
    table.columns.retain(|column| column.name != "name");
    change(&cx.engine, &before, &wanted, "without names");
    cx.expect_rows("SELECT id, team FROM player ORDER BY id", &["1|1", "2|2", "3|NULL"]);
    // Foreign keys are looked at again.
    cx.execute("DELETE FROM team WHERE id = 1");
    cx.expect_rows("SELECT id, team FROM player ORDER BY id", &["2|2", "3|NULL"]);
    Ok(())
}

pub fn values_of_enums_are_added(cx: &mut TestContext) -> Result<()> {
    let named = |name| Enum { name: TableName::new(name), values: vec!["x".to_owned()], comment: None };
    Catalog { enums: vec![named("any")], ..Catalog::default() }.create_sql(cx.engine.dialect())?;
    cx.execute(
        "CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE TABLE day (id INTEGER PRIMARY KEY, mood mood DEFAULT 'sad')",
    );
    cx.execute("INSERT INTO day VALUES (1, 'glad')");
    let before = cx.engine.reflect()?;
    let mut wanted = before.clone();
    wanted.enums[0].values = ["calm", "sad", "so so", "glad", "wild"].map(str::to_owned).to_vec();
    change(&cx.engine, &before, &wanted, "more values");
    change(&cx.engine, &wanted, &before, "fewer values");
    cx.expect_rows("SELECT id, mood::text FROM day", &["1|glad"]);
    Ok(())
}

pub fn a_reference_without_its_row_is_refused(cx: &mut TestContext) -> Result<()> {
    cx.execute("CREATE TABLE team (id INTEGER NOT NULL PRIMARY KEY); CREATE TABLE player (id INTEGER NOT NULL PRIMARY KEY, team INTEGER)");
    cx.execute("INSERT INTO player VALUES (1, 5)");
    let before = cx.engine.reflect()?;
    let mut wanted = before.clone();
    let table = wanted.tables.iter_mut().find(|table| table.name.name == "player").unwrap();
    table.foreign_keys.push(orm::catalog::ForeignKey {
        name: Some("fk".into()),
        columns: vec!["team".into()],
        target: TableName::new("team"),
        target_columns: vec!["id".into()],
        ..Default::default()
    });
    let error = before.alteration(&wanted, cx.engine.dialect())?.apply(&cx.engine).unwrap_err();
    assert_eq!(error.kind(), orm::ErrorKind::ForeignKeyViolation, "{error}");
    assert_eq!(cx.engine.reflect()?, before);
    Ok(())
}

/// Half of the pairs: fewer where each statement takes longer, or commits.
fn pairs(cx: &TestContext) -> u64 {
    match cx.capabilities().transactional_schema {
        _ if cx.url().contains(":memory:") => 500,
        true => 50,
        false => 15,
    }
}

fn random_changes(cx: &TestContext, part: u64) -> Result<()> {
    let dialect = cx.engine.dialect();
    let count = pairs(cx);
    for seed in part * count..(part + 1) * count {
        let (from, to) = (random::of_few_names(seed, dialect), random::of_few_names(seed + 1_000_000, dialect));
        let engine = emptied(cx)?;
        let said = format!("seed {seed}");
        from.create(&engine)?;
        change(&engine, &from, &to, &said);
        change(&engine, &to, &from, &said);
    }
    Ok(())
}

pub fn random_changes_01(cx: &mut TestContext) -> Result<()> {
    random_changes(cx, 0)
}

pub fn random_changes_02(cx: &mut TestContext) -> Result<()> {
    random_changes(cx, 1)
}

/// Changes of tables with rows: they are kept as far as they can be, or nothing has changed, and it was told before.
fn random_changes_of_rows(cx: &TestContext, part: u64) -> Result<()> {
    let dialect = cx.engine.dialect();
    let count = pairs(cx);
    let mut done = 0;
    for seed in part * count..(part + 1) * count {
        let (from, to) = (random::of_few_names(seed, dialect), random::of_few_names(seed + 2_000_000, dialect));
        let engine = emptied(cx)?;
        from.create(&engine)?;
        rows::fill(&engine, &from);
        if rows::change(&engine, &from, &to, &format!("seed {seed}, up")) {
            done += 1;
            rows::change(&engine, &to, &from, &format!("seed {seed}, down"));
        }
    }
    assert!(done * 4 > count, "only {done} of {count} changes were done");
    Ok(())
}

pub fn random_changes_of_rows_01(cx: &mut TestContext) -> Result<()> {
    random_changes_of_rows(cx, 0)
}

pub fn random_changes_of_rows_02(cx: &mut TestContext) -> Result<()> {
    random_changes_of_rows(cx, 1)
}
