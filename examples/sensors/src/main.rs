//! A day of two sensors: a point each ten seconds, written in batches; the latest values; the day by hours, as a chart; deletes.
//!
//! `INFLUXDB_URL` and `INFLUXDB_DATABASE` name a server of InfluxDB 1.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::time::Duration;

use orm_influx::chrono::{DateTime, TimeDelta, Utc};
use orm_influx::{Influx, Point, Result, Windows};

#[derive(Point, Debug)]
#[point(measurement = "climate")]
struct Climate {
    #[point(tag)]
    room: String,
    celsius: f64,
    humidity: Option<i64>,
    #[point(time)]
    at: DateTime<Utc>,
}

#[derive(Point, Debug)]
#[point(measurement = "climate_by_hour")]
struct HourlyClimate {
    #[point(tag)]
    room: String,
    mean: f64,
    #[point(time)]
    at: DateTime<Utc>,
}

const HOUR: Duration = Duration::from_secs(3_600);

fn main() -> Result<()> {
    let influx = Influx::from_env()?;
    let database = std::env::var("INFLUXDB_DATABASE").unwrap_or_default();
    influx.create_database(&database, None)?;
    let day = DateTime::from_timestamp(1_700_006_400, 0).unwrap_or_default();

    // Save: points are collected and sent in batches.
    let writer = influx.writer().batch(2_000).start()?;
    for second in (0..86_400).step_by(10) {
        for (room, warmth) in [("kitchen", 21.0), ("cellar", 11.0)] {
            writer.write(&measured(room, warmth, day, second))?;
        }
    }
    let numbers = writer.close()?;
    println!("{} points written", numbers.written);

    // Query: typed, or as text with values.
    for latest in influx.select::<Climate>().last_by(Climate::room)? {
        println!("{} at {}: {:.1} °C", latest.room, latest.at.format("%H:%M:%S"), latest.celsius);
    }
    let warm = influx.query::<Climate>("SELECT * FROM climate WHERE room = $room AND celsius > $least");
    let warm = warm.bind("room", "kitchen".to_owned()).bind("least", 23.9).all()?;
    println!("{} moments above 23.9 °C in the kitchen", warm.len());

    // Downsample: a day of ten seconds becomes a day of hours, and a chart.
    let today = || influx.select::<Climate>().since(day).until(day + TimeDelta::days(1));
    let written = today().aggregate(Climate::celsius.mean()).every(HOUR).into_measurement("climate_by_hour")?;
    println!("{written} hours written");
    for series in today().aggregate(Climate::celsius.mean()).every(HOUR).by(Climate::room).all()? {
        println!("{:>8} {}", series.tags["room"], chart(&series));
    }
    let coldest = influx.select::<HourlyClimate>().filter(HourlyClimate::room.eq("cellar")).all()?;
    let coldest = coldest.into_iter().min_by(|a, b| a.mean.total_cmp(&b.mean));
    if let Some(HourlyClimate { room, mean, at }) = coldest {
        println!("coldest hour in the {room}: {} with {mean:.1} °C", at.format("%H:%M"));
    }

    // Delete: what has been downsampled is not needed any more.
    today().delete()?;
    println!("{} points are left", influx.select::<Climate>().all()?.len());
    influx.drop_database(&database)
}

/// The temperature follows the sun, three degrees up and down.
fn measured(room: &str, warmth: f64, day: DateTime<Utc>, second: i32) -> Climate {
    let share = f64::from(second) / 86_400.0;
    let celsius = 3.0_f64.mul_add(-(share * std::f64::consts::TAU).cos(), warmth);
    let humidity = (second % 60 == 0).then_some(i64::from(40 + second / 3_600));
    Climate { room: room.to_owned(), celsius, humidity, at: day + TimeDelta::seconds(second.into()) }
}

/// A block for each hour, the higher the warmer.
fn chart(series: &Windows<f64>) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let values: Vec<f64> = series.windows.iter().filter_map(|window| window.value).collect();
    let (least, most) = values.iter().fold((f64::MAX, f64::MIN), |(least, most), &it| (least.min(it), most.max(it)));
    let steps = (0..=7_u8).map(f64::from).collect::<Vec<_>>();
    let block = |value: f64| {
        let height = (value - least) / (most - least) * 7.0;
        let nearest = steps.iter().position(|&step| height <= step + 0.5).unwrap_or(7);
        BLOCKS[nearest]
    };
    values.into_iter().map(block).collect()
}
