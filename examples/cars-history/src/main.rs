//! Cars and their history: a feed lists every car every day, and only what has changed becomes a new row. Once line by line in a session, and once as
//! one statement for all lines of a day; then the newest state of each car, and the history of prices as a chart.
//!
//! `cargo run -p cars-history`, or with `DATABASE_URL=postgresql://..`; `-- prices.svg` writes the chart into a file.
#![expect(clippy::print_stdout, reason = "an example prints what it did")]

mod chart;
mod models;

use std::collections::HashMap;
use std::error::Error;
use std::{env, fs};

use chrono::{Days, NaiveDate};
use comfy_table::{Table, presets};
use orm::prelude::*;

use models::{Car, CarState, FeedLine};

const CARS: i32 = 60;
const DAYS: u64 = 30;

alias!(Later = CarState);

/// The price, the mileage, and whether somebody has reserved the car: what may change from day to day.
type Offer = (i32, i32, bool);

fn main() -> Result<(), Box<dyn Error>> {
    let engine = Engine::connect(&env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:///:memory:".into()))?;
    let mut histories = Vec::new();
    for (form, take) in
        [("line by line", by_loop as fn(&mut Session, NaiveDate) -> orm::Result<u64>), ("by statement", by_statement)]
    {
        engine.drop_all(models![CarState, Car, FeedLine])?;
        engine.create_all(models![Car, CarState, FeedLine])?;
        let mut session = engine.session();
        Car::insert_all((1..=CARS).map(car)).execute(&mut session)?;
        let mut rows = 0;
        for day in days() {
            FeedLine::bulk_insert((1..=CARS).map(|number| line(number, day))).execute(&mut session)?;
            rows += take(&mut session, day)?;
            FeedLine::query().delete().execute(&mut session)?;
            session.commit()?;
        }
        println!("{form}: {} lines of the feed became {rows} rows", u64::from(CARS.unsigned_abs()) * DAYS);
        histories.push(history(&mut session)?);
    }
    if histories[0] != histories[1] {
        return Err("the two forms have written different rows".into());
    }

    show(&mut engine.session())?;
    let chart = chart::of_prices(&histories[0], "C1");
    match env::args().nth(1) {
        Some(path) => fs::write(&path, &chart)?,
        None => println!(
            "\nThe chart of the prices of C1 has {} points; name a file to get it.",
            chart.matches("<title>").count()
        ),
    }
    Ok(())
}

/// Only those lines become rows that differ from the newest state of their car, which is read once for all.
fn by_loop(session: &mut Session, day: NaiveDate) -> orm::Result<u64> {
    let newest: HashMap<String, Offer> = newest()
        .select((CarState::car_id, CarState::price, CarState::mileage, CarState::reserved))
        .all(session)?
        .into_iter()
        .map(|(car, price, mileage, reserved)| (car, (price, mileage, reserved)))
        .collect();
    let mut rows = 0;
    for line in FeedLine::query().filter(FeedLine::day.eq(day)).values(session)? {
        let FeedLine { car, price, mileage, reserved, .. } = line;
        if newest.get(&car) != Some(&(price, mileage, reserved)) {
            session.add(CarState { id: 0, car: BelongsTo::key(car), day, price, mileage, reserved });
            rows += 1;
        }
    }
    session.flush()?;
    Ok(rows)
}

/// The same as one statement: the database compares, and no line leaves it.
fn by_statement(session: &mut Session, day: NaiveDate) -> orm::Result<u64> {
    let unchanged = newest()
        .correlate::<FeedLine>()
        .filter(CarState::car_id.eq(FeedLine::car))
        .filter(CarState::price.eq(FeedLine::price))
        .filter(CarState::mileage.eq(FeedLine::mileage))
        .filter(CarState::reserved.eq(FeedLine::reserved));
    let changed = FeedLine::query().filter(FeedLine::day.eq(day)).filter(not_exists(unchanged)).select((
        FeedLine::car,
        FeedLine::day,
        FeedLine::price,
        FeedLine::mileage,
        FeedLine::reserved,
    ));
    let columns = (CarState::car_id, CarState::day, CarState::price, CarState::mileage, CarState::reserved);
    CarState::insert_from(columns, changed).execute(session)
}

/// The newest state of each car: no other one of the car is later.
fn newest() -> orm::Query<CarState> {
    let later = Later::query()
        .correlate::<CarState>()
        .filter(Later::col(CarState::car_id).eq(CarState::car_id))
        .filter(Later::col(CarState::day).gt(CarState::day));
    CarState::query().filter(not_exists(later))
}

/// All states, with the days from which they hold.
fn history(session: &mut Session) -> orm::Result<Vec<chart::State>> {
    CarState::query()
        .order_by((CarState::car_id, CarState::day))
        .select((CarState::car_id, CarState::day, CarState::price, CarState::mileage, CarState::reserved))
        .all(session)
}

fn show(session: &mut Session) -> orm::Result<()> {
    let cheapest = newest()
        .join(CarState::car)
        .filter(!CarState::reserved)
        .order_by((CarState::price, CarState::car_id))
        .limit(5)
        .select((Car::code, Car::brand, Car::year, CarState::price, CarState::day));
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED).set_header(["car", "brand", "year", "price", "since"]);
    for (code, brand, year, price, day) in cheapest.all(session)? {
        table.add_row([code, brand, year.to_string(), price.to_string(), day.to_string()]);
    }
    println!("\nThe cheapest that are free now:\n{table}");
    Ok(())
}

fn days() -> impl Iterator<Item = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(2024, 2, 1).unwrap_or_default();
    (0..DAYS).map(move |days| first + Days::new(days))
}

fn car(number: i32) -> Car {
    let brand = ["Toyota", "Honda", "Skoda"][usize::try_from(number % 3).unwrap_or_default()].to_owned();
    Car { code: format!("C{number}"), brand, year: 2015 + number % 9, states: HasMany::default() }
}

/// The price falls every week or two, a test drive adds to the mileage, and some cars are reserved for some days.
fn line(number: i32, day: NaiveDate) -> FeedLine {
    let age =
        i32::try_from(day.signed_duration_since(days().next().unwrap_or_default()).num_days()).unwrap_or_default();
    let pace = 7 + number % 8;
    FeedLine {
        id: 0,
        car: format!("C{number}"),
        day,
        price: 15_000 + number * 137 % 9_000 - age / pace * (200 + number),
        mileage: 10_000 + number * 911 % 90_000 + age / 11 * 15,
        reserved: number % 5 == 0 && (10..14).contains(&age),
    }
}
