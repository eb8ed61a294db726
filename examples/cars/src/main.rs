//! Brands, models and cars: the whole tour of create, read, update and delete, then a small data mart.
//!
//! `cargo run -p cars`, or with `DATABASE_URL=postgresql://..` or `mysql://..`; `-- --echo` shows the statements.
#![expect(clippy::print_stdout, reason = "an example prints what it did")]

mod models;

use std::env;
use std::io::{self, IsTerminal};

use comfy_table::{Table, presets};
use orm::functions::avg;
use orm::prelude::*;

use models::{CarBrand, CarInfo, CarModel};

fn main() -> orm::Result<()> {
    let engine = connect()?;
    engine.drop_all(models![CarBrand, CarModel, CarInfo])?;
    engine.create_all(models![CarBrand, CarModel, CarInfo])?;
    let mut session = engine.session();

    create(&mut session)?;
    show("Created", &mut session)?;
    update(&mut session)?;
    show("C2 costs 21500 now", &mut session)?;
    delete(&mut session)?;
    show("C4 is gone", &mut session)?;
    mart(&mut session)
}

/// Three INSERT statements, in the order of the foreign keys.
fn create(session: &mut Session) -> orm::Result<()> {
    for (brand, model, cars) in [
        ("Toyota", "Corolla", [("C1", 2020, 20_000), ("C2", 2021, 21_000)]),
        ("Honda", "Civic", [("C3", 2020, 22_000), ("C4", 2022, 23_000)]),
    ] {
        let brand = session.add(CarBrand { name: brand.into(), ..Default::default() });
        let model = session.add(CarModel { name: model.into(), brand: brand.into(), ..Default::default() });
        session.add_all(cars.map(|(car_id, year, price)| CarInfo {
            car_id: car_id.into(),
            model: model.into(),
            year,
            price: Some(price),
            ..Default::default()
        }));
    }
    session.commit()
}

fn update(session: &mut Session) -> orm::Result<()> {
    let c2 = CarInfo::query().filter(CarInfo::car_id.eq("C2")).one(session)?;
    session[c2].price = Some(21_500);
    session.commit()
}

fn delete(session: &mut Session) -> orm::Result<()> {
    let c4 = CarInfo::query().filter(CarInfo::car_id.eq("C4")).one(session)?;
    session.delete(c4)?;
    session.commit()
}

/// Reads every car; its model and brand come in one statement each, not in one per car.
fn show(title: &str, session: &mut Session) -> orm::Result<()> {
    let mut table = table(["car", "brand", "model", "year", "price"]);
    for car in CarInfo::query().order_by(CarInfo::car_id).all(session)? {
        let model = session.load(car, CarInfo::model)?;
        let brand = session.load(model, CarModel::brand)?;
        let CarInfo { car_id, year, price, .. } = &session[car];
        table.add_row([
            car_id.clone(),
            session[brand].name.clone(),
            session[model].name.clone(),
            year.to_string(),
            price.map_or_else(|| "unknown".into(), |price| price.to_string()),
        ]);
    }
    println!("{title}:\n{table}\n");
    Ok(())
}

/// The average price by brand, model and year, computed by the database.
fn mart(session: &mut Session) -> orm::Result<()> {
    let rows: Vec<(String, String, i32, Option<f64>)> = CarInfo::query()
        .join(CarInfo::model)
        .join(CarModel::brand)
        .group_by((CarBrand::id, CarBrand::name, CarModel::name, CarInfo::year))
        .order_by((CarBrand::id, CarModel::name, CarInfo::year))
        .select((CarBrand::name, CarModel::name, CarInfo::year, avg(CarInfo::price)))
        .all(session)?;
    println!("Average price by brand, model and year:");
    for (brand, model, year, price) in rows {
        println!("{brand} {model} {year} {}", price.map_or_else(|| "unknown".into(), |price| format!("{price:.0}")));
    }
    Ok(())
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED).set_header(header);
    table
}

fn connect() -> orm::Result<Engine> {
    let url = env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:///:memory:".into());
    let echo = env::args().any(|arg| arg == "--echo");
    if echo {
        tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init();
    }
    Engine::builder(&url).echo(echo).build()
}
