//! Models that `orm_inspect` writes for tables of SQLite: they compile, read all rows, and make the same tables again.

#![allow(clippy::unwrap_used, reason = "this is test code")]

mod support;

use orm::models;
use orm::prelude::*;
use orm_tests::harness::SqliteMemory;

use support::{CHINOOK, count, path, reads, written};

written!(shop = "sqlite");
written!(chinook = "chinook_sqlite");

/// The script of tables with all oddities that both databases have.
const COMMON: &str = include_str!("written/common.sql");

const SCRIPTS: &[&str] = &[COMMON, include_str!("written/sqlite.sql")];

#[test]
fn models_of_chinook_read_all_rows() {
    use chinook::*;
    support::check::<SqliteMemory>("chinook_sqlite", &[CHINOOK], false);
    let (engine, _database) = support::database::<SqliteMemory>(&[CHINOOK]);
    let read = reads!(engine; Album Artist Customer Employee Genre Invoice InvoiceLine Playlist Track;;);
    assert_eq!(read, count("chinook_sqlite"));
}

#[test]
fn models_of_chinook_make_the_same_tables() {
    use chinook::*;
    let models = models![Album, Artist, Customer, Employee, Genre, Invoice, InvoiceLine, Playlist, Track];
    support::compare::<SqliteMemory>("chinook_sqlite", &[CHINOOK], &models);
}

#[test]
fn models_of_all_oddities_read_all_rows() {
    use shop::*;
    support::check::<SqliteMemory>("sqlite", SCRIPTS, true);
    let (engine, _database) = support::database::<SqliteMemory>(SCRIPTS);
    let read = reads!(engine;
        OptionModel ShopItem Account Address Album Anything Badge Category City Computed Country Document IdUser Id Loner Moment Number
        OrderLineNote OrderLine Order Person Player Price Product Rating Region Search Setting ShopItemModel Store StrictOne Tag Team
        TextKey TurnedKey Type WeirdTable;
        FiveKey LogLine NullKey RealKey Text; Count DearProduct Time);
    assert_eq!(read, count("sqlite"));
    let tables = engine.reflect().unwrap().tables.len();
    assert!(tables >= 40, "{tables} tables");
}

#[test]
fn models_of_all_oddities_make_the_same_tables() {
    use shop::*;
    let models = models![
        OptionModel,
        ShopItem,
        Account,
        Address,
        Album,
        Anything,
        Badge,
        Category,
        City,
        Computed,
        Country,
        Document,
        IdUser,
        Id,
        Loner,
        Moment,
        Number,
        OrderLineNote,
        OrderLine,
        Order,
        Person,
        Player,
        Price,
        Product,
        Rating,
        Region,
        Search,
        Setting,
        ShopItemModel,
        Store,
        StrictOne,
        Tag,
        Team,
        TextKey,
        TurnedKey,
        Type,
        WeirdTable,
    ];
    support::compare::<SqliteMemory>("sqlite", SCRIPTS, &models);
}

#[test]
fn relations_lead_to_the_rows_of_other_tables() -> orm::Result<()> {
    use shop::*;
    let (engine, _database) = support::database::<SqliteMemory>(SCRIPTS);
    let mut session = engine.session();
    let ada = Person::query().filter(Person::name.eq("Ada")).one(&mut session)?;
    let reports = session.load(ada, Person::people_by_boss)?;
    assert_eq!(reports.len(), 2);
    let friends = session.load(ada, Person::friends)?;
    assert_eq!(friends.iter().map(|&friend| &*session[friend].name).collect::<Vec<_>>(), ["Ben"]);
    assert_eq!(session.load(ada, Person::followers)?.len(), 2);
    let account = session.load(ada, Person::account)?.unwrap();
    assert_eq!(session[account].email, "ada@example.org");
    let note = OrderLineNote::query().one(&mut session)?;
    let line = session.load(note, OrderLineNote::line)?;
    assert_eq!(session[line].quantity, 10);
    let search = Search::query().filter(SearchFields::query.eq("orm")).one(&mut session)?;
    assert_eq!(session[search].insert.as_deref(), Some("i"));
    let new = session.add(Order { billing_address: BelongsTo::key(1), id: 3, ..Default::default() });
    session.commit()?;
    assert_eq!((&**session[new].status, *session[new].priority), ("open", 3));
    Ok(())
}

#[test]
fn files_are_formatted() {
    let files = ["sqlite", "chinook_sqlite", "postgres", "chinook_postgres"].map(path);
    // As in the project of a user, without the settings of this one.
    let settings = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("rustfmt.toml");
    std::fs::write(&settings, "").unwrap();
    let mut rustfmt = std::process::Command::new("rustfmt");
    rustfmt.args(["--check", "--edition", "2024", "--config-path"]).arg(settings).args(files);
    let output = rustfmt.output().unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
