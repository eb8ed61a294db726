use orm_influx::Point;
use orm_influx::chrono::{DateTime, Utc};

#[derive(Point)]
#[point(measurment = "cpu", tag)]
struct Cpu {
    #[point(tagg)]
    host: String,
    #[point(measurement = "x")]
    value: f64,
    #[point(time, name = "when")]
    at: DateTime<Utc>,
}

fn main() {}
