//! The rows of results as texts, by which the results of all peers are compared.

/// A row of eight columns, with its time in microseconds.
#[expect(clippy::too_many_arguments, reason = "the columns of a row")]
pub fn item(
    id: i64,
    a: &str,
    b: &str,
    c: &str,
    score: f64,
    active: bool,
    created_at: i64,
    note: Option<&str>,
) -> String {
    let (tenths, active) = (tenths(score), u8::from(active));
    format!("{id}|{a}|{b}|{c}|{tenths}|{active}|{created_at}|{}", note.unwrap_or("-"))
}

/// A user.
pub fn user(id: i64, name: &str, email: &str) -> String {
    format!("user|{id}|{name}|{email}")
}

/// A post, with the key of the user in whose list it was found.
pub fn post(owner: i64, id: i64, title: &str, body: &str) -> String {
    format!("post|{owner}|{id}|{title}|{body}")
}

/// A group of cars.
pub fn group(brand: &str, model: &str, count: i64, average: f64) -> String {
    format!("{brand}|{model}|{count}|{}", tenths(average))
}

/// Whole tenths, as sums of floats differ in their last digits.
fn tenths(number: f64) -> i64 {
    (number * 10.0).round() as i64
}
