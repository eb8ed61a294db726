use chinook::models::{Customer, Genre, Invoice, InvoiceLine, Track};
use orm::functions::{DateUnit, avg, label, max, row_number, sum, truncate, value, window, year};
use orm::prelude::*;
use rust_decimal::Decimal;

use crate::report::{Report, cell, money};

/// The revenue of each country and year, with a total for each country: the union of two queries, since not every
/// database has ROLLUP.
pub(crate) fn by_country_and_year(session: &mut Session) -> orm::Result<Report> {
    let at = || year(Invoice::invoice_date);
    let years = Invoice::query().group_by((Invoice::billing_country, at())).select((
        Invoice::billing_country.label("country"),
        max(at()).label("year"),
        sum(Invoice::total),
    ));
    let countries = Invoice::query().group_by(Invoice::billing_country).select((
        Invoice::billing_country,
        value(None::<i32>),
        sum(Invoice::total),
    ));
    let rows =
        years.union_all(countries).order_by((label("country"), label("year").asc().nulls_last())).all(session)?;
    let header = ["country", "year", "revenue"];
    Ok(Report::new("Revenue by country and year", header, rows, |(country, year, revenue)| {
        [cell(country), year.map_or_else(|| "all".into(), |year: i32| year.to_string()), money(revenue)]
    }))
}

derived! {
    struct Ranked { genre: i32, name: Option<String>, track: String, revenue: Option<Decimal>, place: i64 }
}

/// The three tracks of each genre that brought most: a window over groups.
pub(crate) fn best_tracks_of_each_genre(session: &mut Session) -> orm::Result<Report> {
    let revenue = || sum(InvoiceLine::unit_price * InvoiceLine::quantity.cast::<Decimal>());
    let within = window().partition_by(Genre::id).order_by((revenue().desc(), Track::id));
    let ranked = InvoiceLine::query()
        .join(InvoiceLine::track)
        .join(Track::genre)
        .group_by((Genre::id, Track::id))
        .select((Genre::id, Genre::name, Track::name, revenue(), row_number().over(within)))
        .subquery(Ranked);
    let rows = ranked
        .query()
        .filter(Ranked::place.le(3))
        .order_by((Ranked::genre, Ranked::place))
        .select((Ranked::name, Ranked::place, Ranked::track, Ranked::revenue))
        .all(session)?;
    let header = ["genre", "", "track", "revenue"];
    Ok(Report::new("The three best-selling tracks of each genre", header, rows, |(genre, place, track, revenue)| {
        [cell(genre), place.to_string(), track, money(revenue)]
    }))
}

derived! {
    struct Spending { customer: i32, total: Option<Decimal> }
}

/// Who spent more than customers do on average: a query as a value.
pub(crate) fn customers_above_average(session: &mut Session) -> orm::Result<Report> {
    let spending = Invoice::query()
        .group_by(Invoice::customer_id)
        .select((Invoice::customer_id, sum(Invoice::total)))
        .cte(Spending);
    let average = spending.clone().query().select(avg(Spending::total)).scalar();
    let rows = Customer::query()
        .join(spending.on(Spending::customer.eq(Customer::id)))
        .filter(Spending::total.gt(average))
        .order_by((Spending::total.desc(), Customer::id))
        .select((Customer::first_name.concat(" ").concat(Customer::last_name), Customer::country, Spending::total))
        .all(session)?;
    let header = ["customer", "country", "spent"];
    Ok(Report::new("Customers who spent more than the average", header, rows, |(name, country, spent)| {
        [name, cell(country), money(spent)]
    }))
}

derived! {
    struct Month { first: chrono::NaiveDateTime, revenue: Option<Decimal> }
}

/// The revenue of each month and of all months up to it: a running window.
pub(crate) fn by_month(session: &mut Session) -> orm::Result<Report> {
    let first = || truncate(Invoice::invoice_date, DateUnit::Month);
    let months = Invoice::query().group_by(first()).select((first(), sum(Invoice::total))).subquery(Month);
    let rows = months
        .query()
        .order_by(Month::first)
        .select((Month::first, Month::revenue, sum(Month::revenue).over(window().order_by(Month::first))))
        .all(session)?;
    let header = ["month", "revenue", "so far"];
    Ok(Report::new("Revenue by month", header, rows, |(first, revenue, so_far)| {
        [first.format("%Y-%m").to_string(), money(revenue), money(so_far)]
    }))
}
