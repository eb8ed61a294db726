use orm_influx::Point;

#[derive(Point)]
enum Level {
    High,
}

#[derive(Point)]
struct Pair(f64, f64);

#[derive(Point)]
struct Sample<T> {
    value: T,
    #[point(time)]
    at: orm_influx::chrono::DateTime<orm_influx::chrono::Utc>,
}

fn main() {}
