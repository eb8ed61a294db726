//! A line chart as SVG.

use std::fmt::Write;

use chrono::NaiveDate;

const WIDTH: i32 = 640;
const HEIGHT: i32 = 240;
const MARGIN: i32 = 40;

/// A state: the car, the day from which it holds, price, mileage, and whether the car is reserved.
pub(crate) type State = (String, NaiveDate, i32, i32, bool);

/// The prices of a car over time: a step for each of its states.
pub(crate) fn of_prices(history: &[State], car: &str) -> String {
    let own: Vec<(NaiveDate, i32)> =
        history.iter().filter(|(code, ..)| code == car).map(|(_, day, price, ..)| (*day, *price)).collect();
    let (first, last) = (own.first().map_or(NaiveDate::MIN, |own| own.0), history.iter().map(|row| row.1).max());
    let span = last.map_or(1, |last| last.signed_duration_since(first).num_days()).max(1);
    let (least, most) =
        own.iter().fold((i32::MAX, i32::MIN), |(least, most), (_, price)| (least.min(*price), most.max(*price)));
    let x = |day: NaiveDate| {
        let days = day.signed_duration_since(first).num_days();
        MARGIN + i32::try_from(days * i64::from(WIDTH - 2 * MARGIN) / span).unwrap_or_default()
    };
    let y = |price: i32| HEIGHT - MARGIN - (price - least) * (HEIGHT - 2 * MARGIN) / (most - least).max(1);

    let mut line = String::new();
    let mut points = String::new();
    let mut before = None;
    for &(day, price) in &own {
        if let Some(before) = before {
            // Until this day the price was the one before.
            line += &format!("{},{} ", x(day), y(before));
        }
        line += &format!("{},{} ", x(day), y(price));
        let (left, top) = (x(day) - 2, y(price) - 2);
        // Writing into a text cannot fail.
        let _ =
            writeln!(points, r#"<rect x="{left}" y="{top}" width="5" height="5"><title>{day}: {price}</title></rect>"#);
        before = Some(price);
    }
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
<text x="{MARGIN}" y="20">Price of {car} from {first}</text>
<text x="4" y="{}">{most}</text>
<text x="4" y="{}">{least}</text>
<polyline fill="none" stroke="steelblue" stroke-width="2" points="{}"/>
{points}</svg>
"#,
        y(most) + 4,
        y(least) + 4,
        line.trim_end()
    )
}
