use orm_influx::Point;
use orm_influx::chrono::{DateTime, Utc};

#[derive(Point)]
struct Cpu {
    #[point(tag)]
    host: i64,
    value: f64,
    #[point(time)]
    at: DateTime<Utc>,
}

fn main() {}
