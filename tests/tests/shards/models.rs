//! Users with their orders, which are on shards, and countries, which are in one database.

use chrono::NaiveDate;
use orm::prelude::*;
use orm::{CommitMode, Result, Shards, models};
use orm_tests::harness::{Database, Harness};
use rust_decimal::Decimal;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "users")]
pub(crate) struct User {
    #[orm(primary_key, shard_key)]
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) city: Option<String>,
    pub(crate) age: i32,
    pub(crate) score: Option<f64>,
    pub(crate) joined: NaiveDate,
    #[has_many(back_populates = user, order_by = id, cascade(all, delete_orphan))]
    pub(crate) orders: HasMany<Order>,
    #[many_to_many(table = "user_label", back_populates = users)]
    pub(crate) labels: ManyToMany<Label>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "orders")]
pub(crate) struct Order {
    #[orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) total: i64,
    #[orm(precision(12, 2))]
    pub(crate) price: Decimal,
    #[belongs_to(back_populates = orders)]
    #[orm(shard_key)]
    pub(crate) user: BelongsTo<User>,
    #[has_many(back_populates = order, order_by = id, cascade(all, delete_orphan))]
    pub(crate) lines: HasMany<Line>,
}

/// Is where its order is.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "line")]
pub(crate) struct Line {
    #[orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) product: String,
    #[belongs_to(back_populates = lines)]
    pub(crate) order: BelongsTo<Order>,
}

/// Is where its users are.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "label")]
pub(crate) struct Label {
    #[orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) text: String,
    #[many_to_many(table = "user_label", back_populates = labels)]
    pub(crate) users: ManyToMany<User>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "country")]
pub(crate) struct Country {
    #[orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) name: String,
}

pub(crate) fn user(id: i64, name: &str) -> User {
    User { id, name: name.into(), age: 30, joined: day(id), ..Default::default() }
}

pub(crate) fn order(total: i64) -> Order {
    Order { total, price: Decimal::new(total * 100 + 5, 2), ..Default::default() }
}

pub(crate) fn line(product: &str) -> Line {
    Line { product: product.into(), ..Default::default() }
}

pub(crate) fn day(number: i64) -> NaiveDate {
    NaiveDate::from_num_days_from_ce_opt(730_000 + i32::try_from(number % 3_000).unwrap()).unwrap()
}

/// The names of shards.
pub(crate) const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// Four databases with users and their orders, spread by the remainder of the key, and one with countries.
pub(crate) struct Shop {
    pub(crate) engines: [Engine; 4],
    pub(crate) main: Engine,
    pub(crate) shards: Shards,
    _databases: Vec<Database>,
}

impl Shop {
    pub(crate) fn open<H: Harness>(mode: CommitMode) -> Result<Self> {
        let databases: Vec<Database> = NAMES.iter().chain(&["main"]).map(|name| H::database(name)).collect();
        let engine = |number: usize| Engine::connect(databases[number].url());
        let (engines, main) = ([engine(0)?, engine(1)?, engine(2)?, engine(3)?], engine(4)?);
        let shards = Self::shards(&engines)?.default_engine(&main).commit_mode(mode);
        shards.create_all(models![User, Order, Line, Label, Country])?;
        Ok(Self { engines, main, shards, _databases: databases })
    }

    /// Shards over these engines.
    pub(crate) fn shards(engines: &[Engine; 4]) -> Result<Shards> {
        let named = NAMES.into_iter().zip(engines);
        let number = |id: i64| usize::try_from(id.rem_euclid(4)).unwrap();
        Ok(Shards::by(models![User, Order, Line, Label], named)?.key(number))
    }

    /// How many users and orders each shard has.
    pub(crate) fn counts(&self) -> Result<Vec<(u64, u64)>> {
        let count = |engine: &Engine| {
            let session = &mut engine.session();
            Ok((User::query().count(session)?, Order::query().count(session)?))
        };
        self.engines.iter().map(count).collect()
    }
}

/// Runs each case on each kind of database.
#[macro_export]
macro_rules! on_databases {
    ($($case:ident),* $(,)?) => {
        $crate::on_databases!(with Postgres: $($case),*);
    };
    // With a schema for each shard on PostgreSQL, or a database.
    (with $postgres:ident: $($case:ident),* $(,)?) => {
        $crate::on_databases!(@one sqlite SqliteMemory $($case)*);
        $crate::on_databases!(@one sqlite_file SqliteFile $($case)*);
        $crate::on_databases!(@one postgres $postgres $($case)*);
        $crate::on_databases!(@one mariadb MariaDb $($case)*);
    };
    (@one $name:ident $harness:ident $($case:ident)*) => {
        mod $name {
            use orm::Result;
            use orm_tests::harness::*;
            $(#[test]
            fn $case() -> Result<()> {
                super::$case::<$harness>()
            })*
        }
    };
}
