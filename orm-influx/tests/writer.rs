//! The writer of batches: what it does with failures, and that it loses nothing.

#![allow(clippy::unwrap_used, reason = "this is test code")]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use orm_influx::chrono::{DateTime, TimeDelta, Utc};
use orm_influx::{ErrorKind, Influx, Point, WhenFull, Writer, rejected_lines};
use support::{Recorder, Text as _, day, second};

#[derive(Point, Debug)]
struct Sample {
    #[point(tag)]
    sensor: String,
    value: i64,
    #[point(time)]
    at: DateTime<Utc>,
}

fn sample(number: i64) -> Sample {
    Sample { sensor: format!("s{}", number % 7), value: number, at: day() + TimeDelta::milliseconds(number) }
}

fn client(url: &str) -> Influx {
    Influx::v1(url).database("samples").build().unwrap()
}

/// A writer that comes back at once.
fn impatient(influx: &Influx) -> orm_influx::WriterBuilder {
    influx.writer().pauses(Duration::from_millis(1), Duration::from_millis(20))
}

const POINTS: i64 = 100_000;

/// The server is killed in the middle, and started again while the writer goes on.
#[test]
fn nothing_is_lost_or_doubled_when_the_server_dies() {
    let mut server = xtask::influx::Server::start_or_install().unwrap();
    let influx = client(server.url());
    influx.create_database("samples", None).unwrap();
    let queue = 20_000;
    let writer =
        influx.writer().batch(1_000).queue(queue).pauses(Duration::from_millis(10), Duration::from_millis(100));
    let writer = Arc::new(writer.start().unwrap());
    let feeder = {
        let writer = Arc::clone(&writer);
        std::thread::spawn(move || {
            let mut most = 0;
            for number in 0..POINTS {
                writer.write(&sample(number)).unwrap();
                most = most.max(writer.numbers().waiting);
            }
            most
        })
    };
    for share in [4, 2] {
        while writer.numbers().written < POINTS as u64 / share {
            std::thread::sleep(Duration::from_millis(5));
        }
        server.stop().unwrap();
        let retries = writer.numbers().retries;
        while writer.numbers().retries == retries {
            std::thread::sleep(Duration::from_millis(5));
        }
        server.start_again().unwrap();
    }
    let most = feeder.join().unwrap();
    let numbers = Arc::into_inner(writer).unwrap().close().unwrap();
    assert!(most <= queue, "{most} points waited");
    assert_eq!((numbers.written, numbers.failed, numbers.dropped), (POINTS as u64, 0, 0), "{numbers:?}");
    let mut values: Vec<i64> =
        influx.select::<Sample>().all().unwrap().into_iter().map(|sample| sample.value).collect();
    values.sort_unstable();
    assert!(values.into_iter().eq(0..POINTS), "points are missing or doubled");
}

#[test]
fn batches_are_sent_when_they_are_full_or_old_and_compressed() {
    let server = Recorder::always(204, "");
    let writer = client(&server.url).writer().batch(50).interval(Duration::from_millis(20)).start().unwrap();
    (0..60).for_each(|number| writer.write(&sample(number)).unwrap());
    while writer.numbers().written < 60 {
        std::thread::sleep(Duration::from_millis(1));
    }
    let requests = server.requests();
    assert_eq!(requests[0].header("content-encoding"), Some("gzip"));
    let lines: Vec<String> =
        requests.iter().flat_map(|it| it.text().lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    assert_eq!(lines.len(), 60);
    assert_eq!(lines[59], format!("sample,sensor=s3 value=59i {}", sample(59).at.timestamp_nanos_opt().unwrap()));
    assert_eq!(requests[0].text().lines().count(), 50);
    assert_eq!(writer.close().unwrap().written, 60);
}

#[test]
fn a_busy_server_is_asked_again_when_it_says() {
    let mut left = 2;
    let server = Recorder::start(move |_| {
        left -= 1;
        match left {
            1 => (503, vec![("retry-after", "0".to_owned())], "{\"error\":\"busy\"}".to_owned()),
            0 => (429, Vec::new(), String::new()),
            _ => (204, Vec::new(), String::new()),
        }
    });
    let writer = impatient(&client(&server.url)).start().unwrap();
    writer.write(&sample(1)).unwrap();
    let numbers = writer.close().unwrap();
    assert_eq!((numbers.written, numbers.retries, server.requests().len()), (1, 2, 3));
}

#[test]
fn the_time_that_the_server_asks_for_is_waited() {
    let started = std::time::Instant::now();
    let first = AtomicUsize::new(0);
    let server = Recorder::start(move |_| match first.fetch_add(1, Ordering::Relaxed) {
        0 => (503, vec![("retry-after", "1".to_owned())], String::new()),
        _ => (204, Vec::new(), String::new()),
    });
    let writer = impatient(&client(&server.url)).start().unwrap();
    writer.write(&sample(1)).unwrap();
    writer.close().unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1));
}

/// The batches that failed, and whether the handler panics over the first.
fn failing(server: &Recorder, panics: bool) -> (Writer, Arc<Mutex<Vec<String>>>) {
    let failed = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&failed);
    let writer = impatient(&client(&server.url)).batch(2).on_failure(move |batch| {
        seen.lock().unwrap().extend(batch.lines());
        assert!(!panics, "the handler panics");
    });
    (writer.start().unwrap(), failed)
}

#[test]
fn lines_that_are_refused_are_handed_back_and_the_others_go_on() {
    let server = Recorder::start(|request| {
        if request.text().contains("value=2i") {
            (400, Vec::new(), "{\"error\":\"partial write: unable to parse 'x': bad\"}".to_owned())
        } else {
            (204, Vec::new(), String::new())
        }
    });
    let (writer, failed) = failing(&server, true);
    (0..6).for_each(|number| writer.write(&sample(number)).unwrap());
    let error = writer.flush().unwrap_err();
    assert_eq!((error.kind(), rejected_lines(&error)[0].reason.as_str()), (ErrorKind::Invalid, "bad"));
    assert_eq!(failed.lock().unwrap().len(), 2);
    let numbers = writer.close().unwrap();
    assert_eq!((numbers.written, numbers.failed, numbers.waiting), (4, 2, 0));
}

#[test]
fn patience_ends() {
    let server = Recorder::always(500, "{\"error\":\"no\"}");
    let writer = impatient(&client(&server.url)).patience(Duration::from_millis(30)).start().unwrap();
    writer.write(&sample(1)).unwrap();
    let error = writer.close().unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Database, Some("500")), "{error}");
}

#[test]
fn a_full_queue_drops_what_it_is_told_to() {
    for (choice, kept) in [(WhenFull::DropNew, [0, 1, 2, 3]), (WhenFull::DropOld, [0, 1, 4, 5])] {
        let gate = Arc::new(Mutex::new(()));
        let closed = gate.lock().unwrap();
        let inner = Arc::clone(&gate);
        let arrived = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&arrived);
        let server = Recorder::start(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            drop(inner.lock().unwrap());
            (204, Vec::new(), String::new())
        });
        let writer = client(&server.url).writer().batch(2).queue(4).when_full(choice).start().unwrap();
        [0, 1].into_iter().for_each(|number| writer.write(&sample(number)).unwrap());
        while arrived.load(Ordering::Relaxed) == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        (2..6).for_each(|number| writer.write(&sample(number)).unwrap());
        drop(closed);
        assert_eq!(writer.close().unwrap().dropped, 2);
        let text: String = server.requests().iter().map(|request| request.text()).collect();
        let values: Vec<String> = text.lines().map(|line| line.split(['=', ' ']).nth(3).unwrap().to_owned()).collect();
        assert_eq!(values, kept.map(|number| format!("{number}i")), "{choice:?}");
    }
}

#[test]
fn a_panic_while_a_point_is_written_costs_that_point_only() {
    #[derive(Clone, Debug)]
    struct Bad;

    impl orm_core::value::ColumnType for Bad {
        type Base = Self;
        const SQL_TYPE: orm_core::value::SqlType = orm_core::value::SqlType::I64;

        fn to_ref(&self) -> orm_core::value::ValueRef<'_> {
            std::panic::panic_any("no value")
        }

        fn from_ref(_: orm_core::value::ValueRef<'_>) -> Result<Self, orm_core::value::Mismatch> {
            Ok(Self)
        }
    }

    #[derive(Point, Debug)]
    struct Half {
        first: i64,
        second: Bad,
        #[point(time)]
        at: DateTime<Utc>,
    }

    let server = Recorder::always(204, "");
    let writer = client(&server.url).writer().start().unwrap();
    writer.write(&sample(1)).unwrap();
    let half = Half { first: 1, second: Bad, at: second(1) };
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| writer.write(&half)));
    assert!(panicked.is_err());
    writer.write(&sample(2)).unwrap();
    assert_eq!(writer.close().unwrap().written, 2);
    let text = server.only_request().text();
    assert!(text.lines().count() == 2 && text.lines().all(|line| line.starts_with("sample,")), "{text}");
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let influx = client("http://127.0.0.1:1");
    for builder in [influx.writer().batch(0), influx.writer().batch(10).queue(5)] {
        assert_eq!(builder.start().unwrap_err().kind(), ErrorKind::Config);
    }
}
