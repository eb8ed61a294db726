//! Models that `orm_inspect` writes for tables of PostgreSQL: they compile, read all rows, and make the same tables again.

#![allow(clippy::unwrap_used, reason = "this is test code")]

mod support;

use orm::models;
use orm::prelude::*;
use orm_tests::harness::Postgres;

use support::{CHINOOK, count, reads, written};

written!(shop = "postgres");
written!(chinook = "chinook_postgres");

/// The script of tables with all oddities that both databases have.
const COMMON: &str = include_str!("written/common.sql");

const SCRIPTS: &[&str] = &[COMMON, include_str!("written/postgres.sql")];
#[test]
fn models_of_chinook_read_all_rows() {
    use chinook::*;
    support::check::<Postgres>("chinook_postgres", &[CHINOOK], false);
    let (engine, _database) = support::database::<Postgres>(&[CHINOOK]);
    let read = reads!(engine; Album Artist Customer Employee Genre Invoice InvoiceLine Playlist Track;;);
    assert_eq!(read, count("chinook_postgres"));
}

#[test]
fn models_of_chinook_make_the_same_tables() {
    use chinook::*;
    let models = models![Album, Artist, Customer, Employee, Genre, Invoice, InvoiceLine, Playlist, Track];
    support::compare::<Postgres>("chinook_postgres", &[CHINOOK], &models);
}

#[test]
fn models_of_all_oddities_read_all_rows() {
    use shop::*;
    support::check::<Postgres>("postgres", SCRIPTS, true);
    let (engine, _database) = support::database::<Postgres>(SCRIPTS);
    let read = reads!(engine;
        OptionModel ShopItem Account Address Album AlsoNumbered Animal Badge Bird Booking Category City Computed Country Document Kind List
        Loner Measure MoodName MoodUse MoodModel Numbered OrderLineNote OrderLine Order Person Player Price Product Rating Region Search
        Setting ShopItemModel Store Tag Team Ticket Token TurnedKey Type WeirdTable;
        FiveKey LogLine Stray; Best Count DearProduct);
    assert_eq!(read, count("postgres"));
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
        AlsoNumbered,
        Animal,
        Badge,
        Bird,
        Booking,
        Category,
        City,
        Computed,
        Country,
        Document,
        Kind,
        List,
        Loner,
        Measure,
        MoodName,
        MoodUse,
        MoodModel,
        Numbered,
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
        Tag,
        Team,
        Ticket,
        Token,
        TurnedKey,
        Type,
        WeirdTable,
    ];
    support::compare::<Postgres>("postgres", SCRIPTS, &models);
}

#[test]
fn defaults_of_the_database_are_left_to_it() -> orm::Result<()> {
    use shop::*;
    let (engine, _database) = support::database::<Postgres>(SCRIPTS);
    let mut session = engine.session();
    let token = session.add(Token { holder: Some("c".into()), ..Default::default() });
    let ticket = session.add(Ticket { title: "three".into(), ..Default::default() });
    let numbered = session.add(AlsoNumbered { id: 3, ..Default::default() });
    let mood = session.add(MoodModel { size: Size::M, amount: 1, good: Some(Mood::SoSo), ..Default::default() });
    session.commit()?;
    assert!(!session[token].id.is_nil());
    assert!(session[ticket].no >= 1_000 && *session[ticket].part == 3);
    assert_eq!(*session[numbered].rank, 3);
    assert_eq!((*session[mood].mood, session[mood].id), (Mood::Happy, 4));
    Ok(())
}
