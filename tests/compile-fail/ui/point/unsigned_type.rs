use orm_influx::Point;
use orm_influx::chrono::{DateTime, Utc};

#[derive(Point)]
struct Cpu {
    #[point(unsigned)]
    bytes: i64,
    #[point(time)]
    at: DateTime<Utc>,
}

fn main() {}
