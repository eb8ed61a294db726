use orm_influx::Point;
use orm_influx::chrono::{DateTime, Utc};

#[derive(Point)]
struct Twice {
    value: f64,
    #[point(time)]
    at: DateTime<Utc>,
    #[point(time)]
    until: DateTime<Utc>,
}

#[derive(Point)]
struct Never {
    value: f64,
}

#[derive(Point)]
struct Empty {
    #[point(tag)]
    host: String,
    #[point(time)]
    at: DateTime<Utc>,
}

fn main() {}
