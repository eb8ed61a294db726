use orm_influx::Point;

#[derive(Point)]
struct Cpu {
    value: f64,
    #[point(time)]
    at: String,
}

fn main() {}
