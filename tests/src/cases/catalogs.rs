//! Catalogs as values: created again, made of models, compared.

use orm::catalog::{
    Catalog, CatalogColumn, CatalogTable, Change, Check, DataType, Difference, Enum, Index, IndexKey, IndexPart,
    PrimaryKey, TypeKind, Unique,
};
use orm::driver::TableName;
use orm::prelude::*;
use orm::{Engine, Result};

use crate::models::*;
use crate::schemas::{MARIADB, POSTGRES, SQLITE};
use crate::{TestContext, random_catalogs as random};

cases! { catalogs {
    a_catalog_is_created_again [];
    a_catalog_of_models_is_what_create_all_makes [];
    a_catalog_of_models_is_created [];
    a_catalog_is_created_whole_or_not_at_all [];
    named_types_are_created [named_types];
    differences_are_told_one_by_one [];
    a_changed_database_differs_from_its_models [];
    constraints_without_names_are_the_same [];
    a_catalog_is_serialised [];
    random_catalogs_are_created_and_read_again_01 [];
    random_catalogs_are_created_and_read_again_02 [];
} }

/// The same database with nothing in it.
fn emptied(cx: &TestContext) -> Result<Engine> {
    if cx.backend_name() == "SQLite" {
        return Engine::connect("sqlite:///:memory:");
    }
    cx.empty();
    Ok(cx.engine.clone())
}

#[track_caller]
fn expect_same(found: &Catalog, expected: &Catalog) {
    let differences: Vec<String> = expected.differences(found).iter().map(ToString::to_string).collect();
    assert!(found == expected, "differences: {differences:#?}\nfound:\n{found}\nexpected:\n{expected}");
}

pub fn a_catalog_is_created_again(cx: &mut TestContext) -> Result<()> {
    cx.execute(cx.spelled_by([SQLITE, POSTGRES, MARIADB]));
    let catalog = cx.engine.reflect()?;
    let empty = emptied(cx)?;
    assert_eq!(empty.reflect()?.tables, []);
    catalog.create(&empty)?;
    expect_same(&empty.reflect()?, &catalog);
    assert!(catalog.differences(&empty.reflect()?).is_empty());
    Ok(())
}

/// Models of every kind, in sets that one database may have at once.
fn model_sets(cx: &TestContext) -> Vec<Vec<&'static orm::schema::TableDef>> {
    let mut sets = vec![
        models![User, Address, Post, Tag, Hen, Egg, Company, Employee, Node, Pupil, Subject].to_vec(),
        models![Note, Setting, Stamp, Token, AllTypes, OptionalTypes, Fixed, Ticket, Price, Measure].to_vec(),
        models![Folder, Shelf, Book, City, Country, Device, Reading, House, Owner, Odd, Student, Course].to_vec(),
        models![Invoice, Line, Station, Train, Team, Player, Passport, Person, Region, Street, Town].to_vec(),
        models![StdTypes, Delivery, Wallet, Gauge, Account, Message, Kiosk, Ledger, Fare, Exact, Spot].to_vec(),
        models![Zoo, Form, Patent, Inventor].to_vec(),
    ];
    if cx.capabilities().partial_indexes {
        sets.push(models![Draft].to_vec());
    }
    if cx.capabilities().index_options {
        sets.push(models![Slot].to_vec());
    }
    if !cx.capabilities().deferrable_keys {
        // Their keys are looked at when the transaction ends.
        sets.iter_mut().for_each(|set| set.retain(|table| !matches!(table.model, "Station" | "Train")));
    }
    sets
}

pub fn a_catalog_of_models_is_what_create_all_makes(cx: &mut TestContext) -> Result<()> {
    for set in model_sets(cx) {
        let engine = emptied(cx)?;
        engine.create_all(set.clone())?;
        let (found, wanted) = (engine.reflect()?, Catalog::of(set, engine.dialect())?);
        let messages: Vec<String> = found.differences(&wanted).iter().map(ToString::to_string).collect();
        assert!(messages.is_empty(), "{messages:#?}\n{found}\n{wanted}");
        assert!(wanted.differences(&found).is_empty());
    }
    Ok(())
}

pub fn a_catalog_of_models_is_created(cx: &mut TestContext) -> Result<()> {
    for set in model_sets(cx) {
        let engine = emptied(cx)?;
        engine.create_all(set.clone())?;
        let created = engine.reflect()?;
        let engine = emptied(cx)?;
        Catalog::of(set, engine.dialect())?.create(&engine)?;
        expect_same(&engine.reflect()?, &created);
    }
    Ok(())
}

fn table(name: &'static str, columns: &[(&str, &DataType)]) -> CatalogTable {
    let column = |&(name, data_type): &(&str, &DataType)| CatalogColumn {
        name: name.to_owned(),
        data_type: data_type.clone(),
        nullable: true,
        ..CatalogColumn::default()
    };
    CatalogTable {
        name: TableName::new(name),
        columns: columns.iter().map(column).collect(),
        ..CatalogTable::default()
    }
}

pub fn a_catalog_is_created_whole_or_not_at_all(cx: &mut TestContext) -> Result<()> {
    let number = cx.engine.dialect().data_type("INTEGER");
    let twins = vec![table("a", &[("id", &number)]), table("b", &[("id", &number), ("id", &number)])];
    let catalog = Catalog { tables: twins, ..Catalog::default() };
    assert!(catalog.create(&cx.engine).is_err());
    // Elsewhere each statement commits.
    let kept = if cx.capabilities().transactional_schema { 0 } else { 1 };
    assert_eq!(cx.engine.reflect()?.tables.len(), kept);
    Ok(())
}

pub fn named_types_are_created(cx: &mut TestContext) -> Result<()> {
    let mood = TableName::new("a mood");
    let values = vec!["it's".to_owned(), "\"so\"".to_owned()];
    let known = Enum { name: mood.clone(), values, comment: Some("it's a comment".to_owned()) };
    let column = DataType::new(TypeKind::Enum(mood), "\"a mood\"");
    let catalog = Catalog { enums: vec![known], tables: vec![table("t", &[("mood", &column)])], ..Catalog::default() };
    catalog.create(&cx.engine)?;
    expect_same(&cx.engine.reflect()?, &catalog);
    Ok(())
}

pub fn differences_are_told_one_by_one(cx: &mut TestContext) -> Result<()> {
    let dialect = cx.engine.dialect();
    let (number, text, short) =
        (dialect.data_type("INTEGER"), dialect.data_type("TEXT"), dialect.data_type("VARCHAR(20)"));
    let mut first = table("user", &[("id", &number), ("name", &text), ("old", &text)]);
    let mut second = table("user", &[("id", &number), ("name", &short), ("age", &number)]);
    second.columns[1].nullable = false;
    second.columns[1].default = Some("'x'".to_owned());
    first.primary_key =
        Some(PrimaryKey { name: Some("pk".into()), columns: vec!["id".into()], ..PrimaryKey::default() });
    first.uniques = vec![Unique { name: Some("a".into()), columns: vec!["name".into()], ..Unique::default() }];
    second.uniques = vec![Unique { name: Some("b".into()), columns: vec!["name".into()], ..Unique::default() }];
    first.checks = vec![Check { name: Some("c".into()), expression: "id > 0".into(), ..Check::default() }];
    second.checks = vec![Check { name: Some("c".into()), expression: "(id >= (0))".into(), ..Check::default() }];
    let key = |name: &str, descending| IndexKey {
        part: IndexPart::ColumnName(name.into()),
        descending,
        ..IndexKey::default()
    };
    first.indexes = vec![Index { name: "i".into(), keys: vec![key("name", false)], ..Index::default() }];
    second.indexes =
        vec![Index { name: "i".into(), keys: vec![key("name", true), key("age", false)], ..Index::default() }];
    let first = Catalog { tables: vec![first, table("gone", &[("id", &number)])], ..Catalog::default() };
    let second = Catalog { tables: vec![second, table("new", &[("id", &number)])], ..Catalog::default() };
    let differences = first.differences(&second);
    assert!(matches!(differences[0], Difference::Table(Change::Removed(table)) if table.name.name == "gone"));
    assert!(matches!(differences[2], Difference::TableColumn(_, Change::Changed { to, .. }) if to.data_type == short));
    let messages: Vec<String> = differences.iter().map(|difference| difference.to_string().to_lowercase()).collect();
    let short = short.spelling.to_lowercase();
    let expected = [
        "table gone is removed".to_owned(),
        "table new is added".to_owned(),
        format!("user: column name: text → {short}, null → not null, default none → 'x'"),
        "user: column old text null is removed".to_owned(),
        format!("user: column age {} null is added", number.spelling.to_lowercase()),
        "user: primary key pk (id) is removed".to_owned(),
        "user: unique constraint a: name a → b".to_owned(),
        "user: check c: id > 0 → (id >= (0))".to_owned(),
        "user: index i: (name) → (name desc, age)".to_owned(),
    ];
    assert_eq!(messages, expected);
    Ok(())
}

pub fn a_changed_database_differs_from_its_models(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let wanted = Catalog::of(models![User, Address], cx.engine.dialect())?;
    cx.execute(r#"ALTER TABLE "user" ADD COLUMN extra INTEGER; CREATE INDEX ix_mine ON "user" (extra)"#);
    let found = cx.engine.reflect()?;
    let messages: Vec<String> = wanted.differences(&found).iter().map(|each| each.to_string().to_lowercase()).collect();
    let integer = cx.engine.dialect().data_type("INTEGER").spelling.to_lowercase();
    let extra = format!("user: column extra {integer} null is added");
    assert_eq!(messages, [&*extra, "user: index ix_mine (extra) is added"]);
    Ok(())
}

pub fn constraints_without_names_are_the_same(cx: &mut TestContext) -> Result<()> {
    cx.execute(
        "CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY, n INTEGER UNIQUE CHECK (n > 0), up INTEGER REFERENCES a ON DELETE CASCADE)",
    );
    let found = cx.engine.reflect()?;
    let mut unnamed = found.clone();
    for table in &mut unnamed.tables {
        table.primary_key.iter_mut().for_each(|key| key.name = None);
        table.uniques.iter_mut().for_each(|key| key.name = None);
        table.checks.iter_mut().for_each(|check| check.name = None);
        table.foreign_keys.iter_mut().for_each(|key| key.name = None);
    }
    assert_eq!(found.differences(&unnamed), []);
    unnamed.tables[0].checks[0].expression = "n > 1".to_owned();
    assert!(!found.differences(&unnamed).is_empty());
    Ok(())
}

pub fn a_catalog_is_serialised(cx: &mut TestContext) -> Result<()> {
    cx.execute(cx.spelled_by([SQLITE, POSTGRES, MARIADB]));
    let catalog = cx.engine.reflect()?;
    let text = serde_json::to_string(&catalog).unwrap();
    assert_eq!(serde_json::from_str::<Catalog>(&text).unwrap(), catalog);
    // A catalog that was written before a fact was told has its usual value.
    let older: Catalog = serde_json::from_str(r#"{"tables": [{"name": {"schema": null, "name": "t"}}]}"#).unwrap();
    assert_eq!(older.tables, [table("t", &[])]);
    Ok(())
}

/// Half of the catalogs: fewer where each statement takes longer, or commits.
fn random_catalogs(cx: &TestContext, part: u64) -> Result<()> {
    let count = match cx.capabilities().transactional_schema {
        _ if cx.url().contains(":memory:") => 1_000,
        true => 60,
        false => 20,
    };
    for seed in part * count..(part + 1) * count {
        let wanted = random::catalog(seed, cx.engine.dialect());
        let engine = emptied(cx)?;
        let at = || format!("seed {seed}:\n{wanted}");
        wanted
            .create(&engine)
            .unwrap_or_else(|error| panic!("{error}\n{}\n{:#?}", at(), wanted.create_sql(engine.dialect())));
        let found = engine.reflect()?;
        // The queries of views are compared word by word.
        let is_told = |difference: &&Difference<'_>| !matches!(difference, Difference::View(Change::Changed { .. }));
        let messages: Vec<String> =
            wanted.differences(&found).iter().filter(is_told).map(ToString::to_string).collect();
        assert!(messages.is_empty(), "{messages:#?}\n{}\nfound:\n{found}", at());
        let engine = emptied(cx)?;
        found.create(&engine)?;
        expect_same(&engine.reflect()?, &found);
        let other = random::changed(seed, &found);
        let (there, back) = (found.differences(&other), other.differences(&found));
        assert!(there.len() == 1 && back.len() == 1, "{} {there:#?}\n{}", there.len(), at());
    }
    Ok(())
}

pub fn random_catalogs_are_created_and_read_again_01(cx: &mut TestContext) -> Result<()> {
    random_catalogs(cx, 0)
}

pub fn random_catalogs_are_created_and_read_again_02(cx: &mut TestContext) -> Result<()> {
    random_catalogs(cx, 1)
}
