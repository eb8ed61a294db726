//! Values in the spellings of other programs: found, sorted, joined and written by their meaning.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use orm::functions::{case, coalesce, count, count_all, max, min, value};
use orm::prelude::*;
use orm::{ErrorKind, Result};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::models::{Exact, ExactPart, LogEntry, Logged, SamplePoint, Sighting};
use crate::{TestContext, expect_error};

cases! { formats {
    what_is_read_is_found [];
    spellings_sort_and_page_by_value [];
    spellings_are_one_value_in_groups [];
    rows_with_other_spellings_are_written [];
    expressions_take_every_spelling [];
    what_the_server_fills_in_is_found [];
    indexes_are_used [];
    other_forms_are_refused_with_the_cure [];
    exact_formats_come_back [];
    exact_formats_are_compared_by_value [];
    exact_formats_join_and_load [];
    exact_formats_are_written_by_statements [];
    rows_of_queries_are_inserted_in_formats [];
    raw_sql_reads_formats [];
    an_engine_has_formats [];
    an_exact_format_reads_no_other [];
    an_exact_format_keeps_nothing_less [];
    a_name_that_is_not_there_is_no_text [];
} }

/// Four rows of three moments, in the spellings of other programs if the database has no types for them.
const SIGHTINGS: [&str; 3] = [
    "CREATE TABLE sighting (id INTEGER PRIMARY KEY, day DATE NOT NULL, time TIME NOT NULL, at DATETIME NOT NULL, ts TIMESTAMP NOT NULL, \
     tag CHAR(36) NOT NULL, price DECIMAL(10,2) NOT NULL, name TEXT NOT NULL); \
     INSERT INTO sighting VALUES \
     (1, '2024-05-06', '07:08', '2024-05-06T07:08:09', '2024-05-06T09:08:09+02:00', '0F8FAD5B-D9CB-469F-A165-70867728950E', 10, 'a'), \
     (2, '2024-05-06 00:00:00', '07:08:00.000', '2024-05-06 07:08:09.000000', '2024-05-06 07:08:09', \
      '0f8fad5b-d9cb-469f-a165-70867728950e', 10.00, 'b'), \
     (3, '2024-05-07', '23:00:00', '2024-05-06 23:00:00', '2024-05-06T23:00:00.000Z', '67E55044-10B1-426F-9247-BB680E5FE0C8', 9.5, 'c'), \
     (4, '2023-01-01', '12:00:00.5', '2024-05-06T12:00', '2024-05-06 12:00:00+0000', '1ec9414c-232a-4b00-b3c8-9f6bdeced846', 100, 'd')",
    "CREATE TABLE sighting (id BIGSERIAL PRIMARY KEY, day DATE NOT NULL, time TIME NOT NULL, at TIMESTAMP NOT NULL, \
     ts TIMESTAMPTZ NOT NULL, tag UUID NOT NULL, price NUMERIC(10,2) NOT NULL, name TEXT NOT NULL); \
     INSERT INTO sighting VALUES \
     (1, '2024-05-06', '07:08', '2024-05-06T07:08:09', '2024-05-06T09:08:09+02:00', '0F8FAD5B-D9CB-469F-A165-70867728950E', 10, 'a'), \
     (2, '2024-05-06', '07:08', '2024-05-06 07:08:09', '2024-05-06 07:08:09Z', '0f8fad5b-d9cb-469f-a165-70867728950e', 10, 'b'), \
     (3, '2024-05-07', '23:00', '2024-05-06 23:00:00', '2024-05-06T23:00:00Z', '67E55044-10B1-426F-9247-BB680E5FE0C8', 9.5, 'c'), \
     (4, '2023-01-01', '12:00:00.5', '2024-05-06T12:00', '2024-05-06 12:00:00Z', '1ec9414c-232a-4b00-b3c8-9f6bdeced846', 100, 'd')",
    "CREATE TABLE sighting (id BIGINT AUTO_INCREMENT PRIMARY KEY, day DATE NOT NULL, time TIME(6) NOT NULL, at DATETIME(6) NOT NULL, \
     ts DATETIME(6) NOT NULL, tag UUID NOT NULL, price NUMERIC(10,2) NOT NULL, name TEXT NOT NULL); \
     INSERT INTO sighting VALUES \
     (1, '2024-05-06', '07:08', '2024-05-06T07:08:09', '2024-05-06 07:08:09', '0F8FAD5B-D9CB-469F-A165-70867728950E', 10, 'a'), \
     (2, '2024-05-06', '07:08', '2024-05-06 07:08:09', '2024-05-06 07:08:09', '0f8fad5b-d9cb-469f-a165-70867728950e', 10, 'b'), \
     (3, '2024-05-07', '23:00', '2024-05-06 23:00:00', '2024-05-06T23:00:00', '67E55044-10B1-426F-9247-BB680E5FE0C8', 9.5, 'c'), \
     (4, '2023-01-01', '12:00:00.5', '2024-05-06T12:00', '2024-05-06 12:00:00', '1ec9414c-232a-4b00-b3c8-9f6bdeced846', 100, 'd')",
];

fn sightings(cx: &mut TestContext) -> Result<Session> {
    cx.execute(cx.spelled_by(SIGHTINGS));
    Ok(cx.session())
}

fn hour(hour: u32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2024, 5, 6).unwrap().and_hms_opt(hour, 0, 0).unwrap()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub fn what_is_read_is_found(cx: &mut TestContext) -> Result<()> {
    let session = &mut sightings(cx)?;
    let read = Sighting::query().order_by(Sighting::id).values(session)?;
    assert_eq!((read[0].at, read[0].ts, read[0].tag), (read[1].at, read[1].ts, read[1].tag));
    macro_rules! found {
        ($column:ident) => {
            for (row, same) in read.iter().zip([2, 2, 1, 1]) {
                let value = row.$column;
                let others: Vec<_> = read.iter().map(|row| row.$column).filter(|other| *other != value).collect();
                assert_eq!(Sighting::query().filter(Sighting::$column.eq(value)).count(session)?, same, "eq {value}");
                assert_eq!(
                    Sighting::query().filter(Sighting::$column.ne(value)).count(session)?,
                    4 - same,
                    "ne {value}"
                );
                assert_eq!(
                    Sighting::query().filter(Sighting::$column.in_([value])).count(session)?,
                    same,
                    "in_ {value}"
                );
                assert_eq!(
                    Sighting::query().filter(Sighting::$column.not_in(others)).count(session)?,
                    same,
                    "not_in {value}"
                );
                assert_eq!(
                    Sighting::query().filter(Sighting::$column.between(value, value)).count(session)?,
                    same,
                    "between {value}"
                );
                assert_eq!(
                    Sighting::query()
                        .filter(Sighting::$column.ge(value).and(Sighting::$column.le(value)))
                        .count(session)?,
                    same,
                    "ge, le {value}"
                );
                let least = read.iter().filter(|row| row.$column < value).count() as u64;
                assert_eq!(Sighting::query().filter(Sighting::$column.lt(value)).count(session)?, least, "lt {value}");
                let same_rows = Sighting::query().filter(
                    Sighting::$column
                        .in_query(Sighting::query().filter(Sighting::id.eq(row.id)).select(Sighting::$column)),
                );
                assert_eq!(same_rows.count(session)?, same, "in_query {value}");
            }
        };
    }
    found!(day);
    found!(time);
    found!(at);
    found!(ts);
    found!(tag);
    found!(price);
    Ok(())
}

pub fn spellings_sort_and_page_by_value(cx: &mut TestContext) -> Result<()> {
    let session = &mut sightings(cx)?;
    macro_rules! sorted {
        ($column:ident, $expected:expr) => {
            let query = Sighting::query().order_by((Sighting::$column, Sighting::id));
            let ids: Vec<i64> = query.clone().select(Sighting::id).all(session)?;
            assert_eq!(ids, $expected, stringify!($column));
            let (mut paged, mut slice) = (Vec::new(), query.clone().slice(session, 1)?);
            loop {
                paged.extend(slice.items.iter().map(|&handle| session[handle].id));
                let Some(next) = slice.next.filter(|_| paged.len() < 9) else { break };
                slice = query.clone().after(next).slice(session, 1)?;
            }
            assert_eq!(paged, $expected, "pages by {}", stringify!($column));
        };
    }
    sorted!(day, [4, 1, 2, 3]);
    sorted!(time, [1, 2, 4, 3]);
    sorted!(at, [1, 2, 4, 3]);
    sorted!(ts, [1, 2, 4, 3]);
    sorted!(tag, [1, 2, 4, 3]);
    sorted!(price, [3, 1, 2, 4]);
    Ok(())
}

pub fn spellings_are_one_value_in_groups(cx: &mut TestContext) -> Result<()> {
    let session = &mut sightings(cx)?;
    macro_rules! grouped {
        ($column:ident) => {
            let counts: Vec<i64> = Sighting::query()
                .group_by(Sighting::$column)
                .select(count(Sighting::id))
                .order_by(Sighting::$column)
                .all(session)?;
            assert_eq!((counts.len(), counts.iter().sum::<i64>()), (3, 4), "{}", stringify!($column));
            assert_eq!(Sighting::query().select(Sighting::$column).distinct().all(session)?.len(), 3);
            assert_eq!(Sighting::query().select(count(Sighting::$column).distinct()).one(session)?, 3);
            let query = || Sighting::query().select(Sighting::$column);
            assert_eq!(query().union(query()).all(session)?.len(), 3, "{}", stringify!($column));
        };
    }
    grouped!(day);
    grouped!(at);
    grouped!(ts);
    grouped!(tag);
    grouped!(price);
    assert_eq!(
        Sighting::query().select((min(Sighting::at), max(Sighting::price))).one(session)?.1,
        Some(decimal("100"))
    );
    Ok(())
}

pub fn rows_with_other_spellings_are_written(cx: &mut TestContext) -> Result<()> {
    cx.create(models![LogEntry])?;
    let (id, other) = ("0F8FAD5B-D9CB-469F-A165-70867728950E", "67E55044-10B1-426F-9247-BB680E5FE0C8");
    cx.execute(&format!(
        "INSERT INTO logged (id, at, price) VALUES ('{id}', '2024-05-06T07:08:09', 1), ('{other}', '2024-05-06 23:00', 2); \
         INSERT INTO log_entry (id, logged_id) VALUES (1, '{id}'), (2, '{}')",
        id.to_lowercase()
    ));
    let session = &mut cx.session();
    let logged = Logged::query().order_by(Logged::at).first(session)?.unwrap();
    let key: Uuid = id.parse().unwrap();
    assert_eq!(session.get::<Logged>(key)?, Some(logged));
    assert_eq!(session.load(logged, Logged::entries)?.len(), 2);
    assert_eq!(Logged::query().join(Logged::entries).select(LogEntry::id).all(session)?.len(), 2);
    let entry = session.get::<LogEntry>(2)?.unwrap();
    assert_eq!(session.load(entry, LogEntry::logged)?, logged);
    session[logged].at = hour(9);
    session.commit()?;
    assert_eq!(Logged::query().filter(Logged::at.eq(hour(9))).count(session)?, 1);
    let keyed = [(key, hour(10)), (other.parse().unwrap(), hour(11))];
    assert_eq!(Logged::update_by_key(Logged::at, keyed).execute(session)?, 2);
    session.delete(logged)?;
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM log_entry", &["0"]);
    cx.expect_rows("SELECT count(*) FROM logged", &["1"]);
    Ok(())
}

pub fn expressions_take_every_spelling(cx: &mut TestContext) -> Result<()> {
    let session = &mut sightings(cx)?;
    let at = Sighting::at;
    let greater = Sighting::query().filter(coalesce(at, hour(0)).gt(hour(11)));
    assert_eq!(greater.count(session)?, 2);
    let price = coalesce(Sighting::price, decimal("0"));
    assert_eq!(Sighting::query().filter(price.clone().gt(decimal("10"))).count(session)?, 1);
    assert_eq!(Sighting::query().filter(price.eq(decimal("10.00"))).count(session)?, 2);
    let greatest = Sighting::query().select(max(Sighting::price)).scalar();
    assert_eq!(Sighting::query().filter(Sighting::price.eq(greatest)).count(session)?, 1);
    let case = case().when(Sighting::id.gt(0), Sighting::price).otherwise(decimal("0"));
    assert_eq!(Sighting::query().filter(case.gt(decimal("9.75"))).count(session)?, 3);
    let groups = Sighting::query().group_by(Sighting::tag).having(max(Sighting::at).gt(hour(11)));
    assert_eq!(groups.select(Sighting::tag).all(session)?.len(), 2);
    Ok(())
}

pub fn what_the_server_fills_in_is_found(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Logged])?;
    let session = &mut cx.session();
    let rows: Vec<_> =
        session.add_all((0..6_u128).map(|id| Logged { id: Uuid::from_u128(id + 1), ..Logged::default() }));
    session.commit()?;
    let at = session[rows[0]].ts.unwrap();
    // Where the time is that of the statement, each row has its own.
    let same = cx.spelled_by([6, 6, 1]);
    assert_eq!(Logged::query().filter(Logged::ts.eq(at)).count(session)?, same);
    assert_eq!(Logged::query().filter(Logged::ts.ge(at)).count(session)?, 6);
    for query in [Logged::query().order_by(Logged::ts), Logged::query().order_by(Logged::ts.desc())] {
        let (mut seen, mut slice) = (Vec::new(), query.clone().slice(session, 2)?);
        loop {
            seen.extend(slice.items.iter().map(|&handle| session[handle].id));
            let Some(next) = slice.next.filter(|_| seen.len() < 9) else { break };
            slice = query.clone().after(next).slice(session, 2)?;
        }
        seen.sort_unstable();
        assert_eq!(seen, (1..=6).map(Uuid::from_u128).collect::<Vec<_>>());
    }
    Ok(())
}

/// In tables that we made, and for exact formats in those of others.
pub fn indexes_are_used(cx: &mut TestContext) -> Result<()> {
    cx.create(models![LogEntry, ExactPart])?;
    if cx.backend_name() != "SQLite" {
        // The types of the other have indexes like all types; its plans depend on the number of rows.
        return Ok(());
    }
    let session = &mut cx.session();
    let uses = |plan: Vec<String>, index: &str| {
        let plan = plan.join("\n");
        assert!(
            plan.contains(index) && !plan.contains("TEMP B-TREE") && !plan.contains("SCAN logged\n"),
            "{index}: {plan}"
        );
    };
    let (now, key) = (Utc::now(), Uuid::from_u128(1));
    uses(Logged::query().filter(Logged::at.eq(hour(1))).explain(session)?, "(at=?)");
    uses(Logged::query().filter(Logged::at.in_([hour(1)])).explain(session)?, "(at=?)");
    uses(Logged::query().filter(Logged::ts.gt(now)).explain(session)?, "(ts>?)");
    uses(Logged::query().order_by(Logged::ts).limit(3).explain(session)?, "USING INDEX");
    uses(Logged::query().filter(Logged::price.gt(decimal("1"))).explain(session)?, "(price>?)");
    uses(Logged::query().filter(Logged::id.eq(key)).explain(session)?, "(id=?)");
    uses(Logged::query().filter(Logged::id.in_([key])).explain(session)?, "(id=?)");
    uses(LogEntry::query().filter(LogEntry::logged_id.eq(key)).explain(session)?, "(logged_id=?)");
    uses(LogEntry::query().join(LogEntry::logged).explain(session)?, "(id=?)");
    uses(Exact::query().filter(Exact::id.eq(key)).explain(session)?, "(id=?)");
    uses(Exact::query().filter(Exact::id.in_([key])).explain(session)?, "(id=?)");
    uses(Exact::query().filter(Exact::epoch.between(now, now)).explain(session)?, "(epoch>? AND epoch<?)");
    uses(Exact::query().filter(Exact::seconds.gt(now.trunc())).explain(session)?, "(seconds>?)");
    uses(Exact::query().order_by(Exact::epoch).limit(3).explain(session)?, "USING INDEX");
    uses(Exact::query().filter(Exact::price.lt(decimal("1"))).explain(session)?, "(price<?)");
    Ok(())
}

trait Truncated {
    fn trunc(self) -> Self;
}

impl Truncated for DateTime<Utc> {
    fn trunc(self) -> Self {
        DateTime::from_timestamp(self.timestamp(), 0).unwrap_or(self)
    }
}

pub fn other_forms_are_refused_with_the_cure(cx: &mut TestContext) -> Result<()> {
    if cx.backend_name() != "SQLite" {
        // A column of a type holds values of the type.
        return Ok(());
    }
    let session = &mut sightings(cx)?;
    let mut refused = |column: &str, sql: &str, words: &[&str]| -> Result<()> {
        cx.execute(&format!("UPDATE sighting SET {column} = {sql} WHERE id = 1"));
        let words: Vec<&str> = ["Sighting", column].into_iter().chain(words.iter().copied()).collect();
        expect_error(Sighting::query().values(session), ErrorKind::Decode, &words);
        session.rollback()?;
        cx.execute(&format!(
            "UPDATE sighting SET {column} = (SELECT {column} FROM sighting WHERE id = 2) WHERE id = 1"
        ));
        Ok(())
    };
    refused("at", "1714979289", &["`#[orm(format = \"epoch\")]`"])?;
    refused("ts", "1714979289.5", &["`#[orm(format = \"epoch\")]`"])?;
    refused("at", "'2024-05-06 07:08:09+02:00'", &["without a zone"])?;
    refused("day", "'2024-05-06 07:08:09'", &["a date"])?;
    refused("tag", "x'0f8fad5bd9cb469fa16570867728950e'", &["`#[orm(format = \"blob\")]`", "16 bytes"])?;
    refused("tag", "'0f8fad5bd9cb469fa16570867728950e'", &["\"simple\""])?;
    refused("tag", "'0F8fad5b-d9cb-469f-a165-70867728950e'", &["capital"])?;
    Ok(())
}

fn exact(number: u128, minute: u32) -> Exact {
    let at = hour(7) + TimeDelta::minutes(minute.into()) + TimeDelta::seconds(9);
    let id = Uuid::from_u128(number << 64 | 0xAB);
    Exact {
        id,
        day: at.date(),
        time: at.time(),
        plain: at,
        seconds: at.and_utc(),
        micros: at + TimeDelta::microseconds(25),
        iso: (at + TimeDelta::milliseconds(25)).and_utc(),
        epoch: at.and_utc(),
        millis: Some(at + TimeDelta::milliseconds(25)),
        upper: id,
        simple: id,
        price: Decimal::new(1_050 + i64::from(minute), 1),
        flag: minute == 0,
        parts: [ExactPart::default(), ExactPart::default()].into(),
    }
}

fn exacts(cx: &mut TestContext) -> Result<(Session, Vec<Exact>)> {
    cx.create(models![ExactPart])?;
    let mut session = cx.session();
    session.add_all([exact(2, 0), exact(1, 30)]);
    session.commit()?;
    session.close()?;
    let rows = Exact::query().order_by(Exact::epoch).values(&mut session)?;
    Ok((session, rows))
}

pub fn exact_formats_come_back(cx: &mut TestContext) -> Result<()> {
    let (_, rows) = exacts(cx)?;
    assert_eq!(rows, [exact(2, 0), exact(1, 30)].map(|row| Exact { parts: HasMany::default(), ..row }));
    if cx.backend_name() == "SQLite" {
        cx.expect_rows(
            "SELECT hex(id), day, time, plain, seconds, micros, iso, epoch, millis, upper, simple, price, flag FROM exact ORDER BY epoch LIMIT 1",
            &["000000000000000200000000000000AB|2024-05-06|07:00:09|2024-05-06 07:00:09|2024-05-06 07:00:09|\
               2024-05-06 07:00:09.000025|2024-05-06T07:00:09.025Z|1714978809|1714978809025|00000000-0000-0002-0000-0000000000AB|\
               000000000000000200000000000000ab|105|true"],
        );
    }
    Ok(())
}

pub fn exact_formats_are_compared_by_value(cx: &mut TestContext) -> Result<()> {
    let (mut session, rows) = exacts(cx)?;
    let session = &mut session;
    macro_rules! compared {
        ($($column:ident)*) => {$(
            let (low, high) = (rows[0].$column.clone(), rows[1].$column.clone());
            let (low, high) = if low < high { (low, high) } else { (high, low) };
            assert_eq!(Exact::query().filter(Exact::$column.eq(low.clone())).count(session)?, 1, stringify!($column));
            assert_eq!(Exact::query().filter(Exact::$column.gt(low.clone())).count(session)?, 1, stringify!($column));
            assert_eq!(Exact::query().filter(Exact::$column.in_([low.clone(), high.clone()])).count(session)?, 2, stringify!($column));
            assert_eq!(Exact::query().filter(Exact::$column.between(low.clone(), high.clone())).count(session)?, 2, stringify!($column));
            assert_eq!(Exact::query().filter(coalesce(Exact::$column, high.clone()).eq(low.clone())).count(session)?, 1, stringify!($column));
            assert_eq!(Exact::query().filter(Exact::$column.is_not_null()).count(session)?, 2, stringify!($column));
            let same = Exact::query().filter(Exact::$column.in_query(Exact::query().select(Exact::$column)));
            assert_eq!(same.count(session)?, 2, stringify!($column));
            let sorted = Exact::query().order_by(Exact::$column).select(Exact::$column).all(session)?;
            assert_eq!(sorted, [low.clone(), high.clone()], stringify!($column));
            let grouped = Exact::query().group_by(Exact::$column).select((Exact::$column, count_all())).all(session)?;
            assert_eq!(grouped.len(), 2, stringify!($column));
        )*};
    }
    compared!(id plain seconds micros iso epoch millis upper simple price);
    assert_eq!(Exact::query().filter(Exact::flag.eq(true)).count(session)?, 1);
    assert_eq!(Exact::query().filter(Exact::plain.eq(Exact::millis)).count(session)?, 0);
    assert_eq!(Exact::query().filter(Exact::seconds.eq(Exact::epoch)).count(session)?, 2);
    assert_eq!(Exact::query().filter(Exact::upper.eq(Exact::simple)).count(session)?, 2);
    assert_eq!(Exact::query().select(max(Exact::epoch)).one(session)?, Some(rows[1].epoch));
    let (mut seen, query) = (Vec::new(), Exact::query().order_by(Exact::iso));
    let mut slice = query.clone().slice(session, 1)?;
    loop {
        seen.extend(slice.items.iter().map(|&handle| session[handle].id));
        let Some(next) = slice.next.filter(|_| seen.len() < 4) else { break };
        slice = query.clone().after(next).slice(session, 1)?;
    }
    assert_eq!(seen, [rows[0].id, rows[1].id]);
    Ok(())
}

pub fn exact_formats_join_and_load(cx: &mut TestContext) -> Result<()> {
    let (mut session, rows) = exacts(cx)?;
    let session = &mut session;
    let owner = session.get::<Exact>(rows[0].id)?.unwrap();
    assert_eq!(session.load(owner, Exact::parts)?.len(), 2);
    assert_eq!(Exact::query().join(Exact::parts).select(ExactPart::id).all(session)?.len(), 4);
    session.close()?;
    let found = Exact::query().order_by(Exact::epoch).include(Exact::parts.joined()).all(session)?;
    assert_eq!(session.related(found[1], Exact::parts)?.len(), 2);
    session.close()?;
    let found = Exact::query().order_by(Exact::epoch).limit(1).include(Exact::parts.joined()).all(session)?;
    assert_eq!(session.related(found[0], Exact::parts)?.len(), 2);
    session.close()?;
    let parts = ExactPart::query().order_by(ExactPart::id).include(ExactPart::exact).all(session)?;
    let owner = session.load(parts[0], ExactPart::exact)?;
    assert_eq!(session.load(parts[1], ExactPart::exact)?, owner);
    session[owner].flag = false;
    session[owner].epoch = hour(1).and_utc();
    session.commit()?;
    assert_eq!(Exact::query().filter(Exact::epoch.eq(hour(1).and_utc())).count(session)?, 1);
    session.delete(owner)?;
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM exact_part", &["2"]);
    Ok(())
}

pub fn exact_formats_are_written_by_statements(cx: &mut TestContext) -> Result<()> {
    let (mut session, rows) = exacts(cx)?;
    let session = &mut session;
    let at = hour(3).and_utc();
    assert_eq!(Exact::query().filter(Exact::id.eq(rows[0].id)).update(Exact::epoch.set(at)).execute(session)?, 1);
    assert_eq!(Exact::query().update(Exact::seconds.set(Exact::epoch)).execute(session)?, 2);
    assert_eq!(Exact::update_by_key(Exact::upper, [(rows[1].id, Uuid::from_u128(7))]).execute(session)?, 1);
    let again = Exact { parts: HasMany::default(), price: decimal("3.5"), ..rows[1].clone() };
    let upsert = Exact::insert_all([again]).on_conflict(Exact::id).do_update((Exact::price, Exact::iso));
    let returned = upsert.returning((Exact::id, Exact::price)).all(session)?;
    assert_eq!(returned, [(rows[1].id, decimal("3.5"))]);
    session.commit()?;
    let found = Exact::query().order_by(Exact::epoch).values(session)?;
    assert_eq!((found[0].epoch, found[0].seconds), (at, at));
    assert_eq!((found[1].upper, found[1].price, found[1].iso), (Uuid::from_u128(7), decimal("3.5"), rows[1].iso));
    Ok(())
}

pub fn rows_of_queries_are_inserted_in_formats(cx: &mut TestContext) -> Result<()> {
    let (mut session, rows) = exacts(cx)?;
    let session = &mut session;
    session.script("DELETE FROM exact_part")?;
    let copied = Exact::query().filter(Exact::id.eq(rows[0].id)).select((
        value(Uuid::from_u128(5)),
        Exact::day,
        Exact::time,
        Exact::plain,
        Exact::seconds,
        Exact::micros,
        Exact::iso,
        Exact::epoch,
        value(Uuid::from_u128(6)),
        value(Uuid::from_u128(7)),
        value(decimal("2.5")),
        Exact::flag,
    ));
    let columns = (
        Exact::id,
        Exact::day,
        Exact::time,
        Exact::plain,
        Exact::seconds,
        Exact::micros,
        Exact::iso,
        Exact::epoch,
        Exact::upper,
        Exact::simple,
        Exact::price,
        Exact::flag,
    );
    assert_eq!(Exact::insert_from(columns, copied).execute(session)?, 1);
    let found = Exact::query().filter(Exact::id.eq(Uuid::from_u128(5))).values(session)?;
    assert_eq!((found[0].epoch, found[0].iso, found[0].micros), (rows[0].epoch, rows[0].iso, rows[0].micros));
    assert_eq!(
        (found[0].upper, found[0].simple, found[0].price),
        (Uuid::from_u128(6), Uuid::from_u128(7), decimal("2.5"))
    );
    Ok(())
}

pub fn raw_sql_reads_formats(cx: &mut TestContext) -> Result<()> {
    let (mut session, rows) = exacts(cx)?;
    let session = &mut session;
    let objects = Exact::from_sql(sql("SELECT * FROM exact ORDER BY epoch")).all(session)?;
    let found: Vec<Uuid> = objects.iter().map(|&handle| session[handle].upper).collect();
    assert_eq!(found, [rows[0].upper, rows[1].upper]);
    assert_eq!(session[objects[0]].millis, rows[0].millis);
    assert_eq!(Exact::from_sql(sql("SELECT * FROM exact ORDER BY epoch")).values(session)?, rows);
    Ok(())
}

/// For all columns whose fields say nothing.
pub fn an_engine_has_formats(cx: &mut TestContext) -> Result<()> {
    if cx.backend_name() != "SQLite" {
        let url = format!("{}{}uuid_format=blob", cx.url(), cx.separator());
        expect_error(Engine::connect(&url), ErrorKind::Config, &["uuid_format"]);
        return Ok(());
    }
    let engine = Engine::connect("sqlite:///:memory:?time_format=epoch_millis&uuid_format=blob&decimal_format=number")?;
    engine.create_all(models![SamplePoint, LogEntry])?;
    let session = &mut engine.session();
    let (at, id) = (hour(7), Uuid::from_u128(9));
    let point =
        session.add(SamplePoint { at, value: decimal("2.50"), changed: at.and_utc(), ..SamplePoint::default() });
    session.add(Logged { id, at, ts: Some(at.and_utc()), ..Logged::default() });
    session.add(LogEntry { logged: BelongsTo::key(id), ..LogEntry::default() });
    session.commit()?;
    let kinds = sql(
        "SELECT typeof(at), typeof(value), typeof(id), typeof(logged_id) FROM sample_point, (SELECT id FROM logged), (SELECT logged_id FROM log_entry)",
    );
    let kinds = kinds.one::<(String, String, String, String)>(session)?;
    assert_eq!(kinds, ("integer".into(), "real".into(), "blob".into(), "blob".into()));
    assert_eq!(SamplePoint::query().filter(SamplePoint::at.eq(at)).one(session)?, point);
    let latest = SamplePoint::query().select(max(SamplePoint::changed)).one(session)?;
    assert_eq!(latest, Some(at.and_utc()));
    assert_eq!(LogEntry::query().join(LogEntry::logged).filter(Logged::id.eq(id)).count(session)?, 1);
    let plan = SamplePoint::query().filter(SamplePoint::at.gt(at)).explain(session)?.join("\n");
    assert!(plan.contains("SEARCH sample_point") && plan.contains(">?"), "{plan}");
    let error = Engine::connect("sqlite:///:memory:?uuid_format=epoch");
    expect_error(error, ErrorKind::Config, &["uuid_format=epoch", "`simple`"]);
    Ok(())
}

pub fn an_exact_format_reads_no_other(cx: &mut TestContext) -> Result<()> {
    let (mut session, _) = exacts(cx)?;
    if cx.backend_name() != "SQLite" {
        return Ok(());
    }
    for (column, sql, format, found) in [
        ("plain", "'2024-05-06T07:08:09'", "text", "2024-05-06T07:08:09"),
        ("seconds", "'2024-05-06 07:08:09+00:00'", "seconds", "+00:00"),
        ("micros", "'2024-05-06 07:08:09'", "micros", "07:08:09"),
        ("iso", "'2024-05-06T07:08:09Z'", "iso_millis", "07:08:09Z"),
        ("epoch", "'2024-05-06 07:08:09'", "epoch", "07:08:09"),
        ("millis", "1.5", "epoch_millis", "1.5"),
        ("upper", "lower(upper)", "upper", "ab"),
        ("simple", "upper(simple)", "simple", "AB"),
        ("price", "'dear'", "number", "dear"),
        ("price", "0.1 + 0.2", "number", "0.30000000000000004"),
        ("flag", "1", "text", "1"),
    ] {
        let before = &format!("CREATE TABLE before AS SELECT id, {column} AS cell FROM exact");
        cx.execute(&format!("DROP TABLE IF EXISTS before; {before}; UPDATE exact SET {column} = {sql}"));
        let format = format!("`#[orm(format = \"{format}\")]`");
        let column_words = format!("exact.{column}");
        expect_error(Exact::query().values(&mut session), ErrorKind::Decode, &[&column_words, &format, found]);
        session.rollback()?;
        cx.execute(&format!("UPDATE exact SET {column} = (SELECT cell FROM before WHERE before.id = exact.id)"));
    }
    Ok(())
}

pub fn an_exact_format_keeps_nothing_less(cx: &mut TestContext) -> Result<()> {
    let (mut session, _) = exacts(cx)?;
    if cx.backend_name() != "SQLite" {
        return Ok(());
    }
    let half = hour(1) + TimeDelta::microseconds(500_500);
    for row in [
        Exact { epoch: half.and_utc(), ..exact(9, 1) },
        Exact { seconds: half.and_utc(), ..exact(9, 1) },
        Exact { iso: half.and_utc(), ..exact(9, 1) },
        Exact { millis: Some(half), ..exact(9, 1) },
        Exact { price: decimal("1234567890.1234567"), ..exact(9, 1) },
    ] {
        session.add(row);
        assert!(session.flush().is_err());
        session.rollback()?;
    }
    cx.expect_rows("SELECT count(*) FROM exact", &["2"]);
    Ok(())
}

pub fn a_name_that_is_not_there_is_no_text(cx: &mut TestContext) -> Result<()> {
    let session = &mut sightings(cx)?;
    expect_error(
        sql("SELECT \"nickname\" AS v FROM sighting").all::<String>(session),
        ErrorKind::Database,
        &["nickname"],
    );
    session.rollback()
}
