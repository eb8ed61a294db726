use orm::prelude::*;
use orm::{Engine, models};

use crate::Result;
use crate::report::Outcome;

/// A purchase is whole with [`LINES`] lines.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "purchase")]
pub(crate) struct Purchase {
    #[orm(primary_key)]
    pub(crate) id: i64,
    #[orm(unique)]
    pub(crate) number: i64,
    #[has_many(back_populates = purchase, cascade(all, delete_orphan))]
    pub(crate) lines: HasMany<Line>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "line")]
pub(crate) struct Line {
    #[orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) amount: i64,
    #[belongs_to(back_populates = lines)]
    pub(crate) purchase: BelongsTo<Purchase>,
}

/// One row that every unit of work changes.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "counter")]
pub(crate) struct Counter {
    #[orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) n: i64,
}

/// The same with a version column.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "versioned")]
pub(crate) struct Versioned {
    #[orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) n: i64,
    #[orm(version)]
    pub(crate) version: i64,
}

pub(crate) const LINES: i64 = 3;

/// Empty tables, with one row to count in.
pub(crate) fn prepare(engine: &Engine) -> Result<()> {
    let tables = || models![Purchase, Line, Counter, Versioned];
    engine.drop_all(tables())?;
    engine.create_all(tables())?;
    engine.transaction(|session| {
        session.add(Counter { id: 1, n: 0 });
        session.add(Versioned { id: 1, ..Default::default() });
        Ok(())
    })?;
    Ok(())
}

/// A purchase with its lines, not saved yet.
pub(crate) fn purchase(number: i64) -> Purchase {
    let lines: Vec<Line> = (0..LINES).map(|amount| Line { amount, ..Default::default() }).collect();
    Purchase { number, lines: lines.into(), ..Default::default() }
}

/// A unit of work over three tables: a purchase, its lines, and one more in the counter.
pub(crate) fn buy(engine: &Engine, number: i64) -> orm::Result<()> {
    engine.transaction(|session| {
        session.add(purchase(number));
        let counter = Counter::query().one(session)?;
        session[counter].n += 1;
        Ok(())
    })
}

/// The numbers of the purchases that are stored. Checks that each is whole, and that the counter counted them.
pub(crate) fn audit(engine: &Engine, outcome: &mut Outcome) -> Result<Vec<i64>> {
    let session = &mut engine.session();
    let numbers = Purchase::query().order_by(Purchase::number).select(Purchase::number).all(session)?;
    let lines = Line::query().count(session)?;
    let counted = Counter::query().select(Counter::n).one(session)?;
    let whole = sql(
        "SELECT count(*) FROM (SELECT purchase_id FROM line GROUP BY purchase_id HAVING count(*) = :lines) AS whole",
    )
    .bind("lines", LINES)
    .one::<i64>(session)?;
    let stored = numbers.len() as i64;
    outcome.check(whole == stored, || format!("{stored} purchases are stored, and {whole} of them are whole"));
    outcome.check(lines as i64 == stored * LINES, || format!("{stored} purchases have {lines} lines"));
    outcome.check(counted == stored, || format!("{stored} purchases are stored, and {counted} were counted"));
    Ok(numbers)
}

/// The number of the last purchase, 0 without any.
pub(crate) fn last(engine: &Engine) -> Result<i64> {
    Ok(sql("SELECT coalesce(max(number), 0) FROM purchase").one(&mut engine.session())?)
}
