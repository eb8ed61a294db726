//! Points on a real server of InfluxDB 1.

#![allow(clippy::unwrap_used, reason = "this is test code")]

mod support;

use std::time::Duration;

use orm_influx::chrono::{DateTime, Utc};
use orm_influx::{Error, ErrorKind, Fill, Influx, Point, Window, rejected_lines};
use proptest::prelude::*;
use support::{database, day, second};

#[derive(Point, Debug, Clone, PartialEq)]
#[point(measurement = "cpu, all")]
struct Cpu {
    #[point(tag)]
    host: String,
    #[point(tag, name = "the zone=1")]
    zone: Option<String>,
    usage: f64,
    #[point(name = "idle ,\"x\"")]
    idle: i64,
    note: Option<String>,
    up: bool,
    #[point(time)]
    at: DateTime<Utc>,
}

fn cpu(host: &str, seconds: i64, usage: f64) -> Cpu {
    Cpu {
        host: host.to_owned(),
        zone: Some("eu west".to_owned()),
        usage,
        idle: seconds,
        note: None,
        up: true,
        at: second(seconds),
    }
}

/// Two hosts, a point each minute of an hour.
fn hour(influx: &Influx) -> Vec<Cpu> {
    let points: Vec<Cpu> =
        (0..60).flat_map(|minute| ["a", "b"].map(|host| cpu(host, minute * 60, minute as f64))).collect();
    influx.write(&points).unwrap();
    points
}

#[test]
fn points_come_back_as_they_were_written() {
    let influx = database("back");
    assert!(influx.ping().unwrap().starts_with('1'));
    let points = [
        Cpu {
            note: Some("\"quoted\" \\ and, a=b\nsecond line".into()),
            usage: f64::MIN_POSITIVE,
            ..cpu("a b,c=d", 0, 0.0)
        },
        Cpu { zone: None, idle: i64::MIN, usage: -f64::MAX, ..cpu("", 1, 0.0) },
        Cpu { idle: i64::MAX, up: false, ..cpu("é\\ x", 2, 0.1 + 0.2) },
    ];
    influx.write(&points).unwrap();
    assert_eq!(influx.select::<Cpu>().all().unwrap(), points);
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[ ,=\\\\\"'a\n]{0,8}"]
}

fn tag() -> impl Strategy<Value = String> {
    text().prop_filter("no tag", |text| !text.contains(['\n', '\r']) && !text.ends_with('\\'))
}

prop_compose! {
    fn any_cpu()(
        host in tag(), zone in proptest::option::of(tag().prop_filter("empty", |text| !text.is_empty())),
        usage in any::<f64>().prop_filter("finite", |value| value.is_finite()), idle: i64,
        note in proptest::option::of(text()), up: bool,
    ) -> Cpu {
        Cpu { host, zone, usage, idle, note, up, at: day() }
    }
}

#[test]
fn any_point_comes_back_equal() {
    let influx = database("any");
    proptest!(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) }, |(points in prop::collection::vec(any_cpu(), 1..20))| {
        influx.execute("DROP MEASUREMENT \"cpu, all\"").unwrap();
        let points: Vec<Cpu> = (0..).zip(points).map(|(number, point)| Cpu { at: second(number), ..point }).collect();
        influx.write(&points).unwrap();
        prop_assert_eq!(influx.select::<Cpu>().all().unwrap(), points);
    });
}

#[derive(Point, Debug, Clone, PartialEq)]
struct Extreme {
    n: Option<i64>,
    #[point(time)]
    at: DateTime<Utc>,
}

#[test]
fn what_line_protocol_cannot_express_is_refused_before_anything_is_sent() {
    let influx = database("refused");
    let good = cpu("a", 0, 1.0);
    let bad = [
        (Cpu { usage: f64::NAN, ..good.clone() }, "usage"),
        (Cpu { host: "a\nb".into(), ..good.clone() }, "host"),
        (Cpu { host: "a\\".into(), ..good.clone() }, "host"),
        (Cpu { zone: Some(String::new()), ..good.clone() }, "the zone=1"),
    ];
    for (point, name) in bad {
        let error = influx.write(&[good.clone(), point]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
        assert!(error.to_string().contains("`Cpu`") && error.to_string().contains(name), "{error}");
    }
    let error = influx.write(&[Extreme { n: None, at: day() }]).unwrap_err();
    assert!(error.to_string().contains("no field with a value"), "{error}");
    let error = influx.write(&[Extreme { n: Some(1), at: DateTime::<Utc>::MAX_UTC }]).unwrap_err();
    assert!(error.to_string().contains("2261"), "{error}");
    assert_eq!(influx.select::<Cpu>().all().unwrap(), []);
}

#[test]
fn the_first_and_the_last_nanosecond_come_back() {
    let influx = database("extreme");
    let at = |nanoseconds| Extreme { n: Some(1), at: DateTime::from_timestamp_nanos(nanoseconds) };
    let points = [at(i64::MIN + 2), at(-1), at(0), at(1), at(i64::MAX - 1)];
    influx.write(&points).unwrap();
    assert_eq!(influx.select::<Extreme>().all().unwrap(), points);
}

#[derive(Point, Debug, PartialEq)]
#[point(measurement = "later")]
struct Later {
    n: i64,
    #[point(time)]
    at: Option<DateTime<Utc>>,
}

#[test]
fn the_server_chooses_a_time_that_is_not_given() {
    let influx = database("later");
    influx.write(&[Later { n: 1, at: None }]).unwrap();
    let found = influx.select::<Later>().last().unwrap().unwrap();
    assert!(found.n == 1 && found.at.is_some_and(|at| at > day()), "{found:?}");
}

#[test]
fn points_are_selected_by_time_tags_and_values() {
    let influx = database("select");
    let points = hour(&influx);
    let found = influx
        .select::<Cpu>()
        .since(second(600))
        .until(second(1_200))
        .filter(Cpu::host.eq("a"))
        .filter(Cpu::usage.ge(15.0))
        .all()
        .unwrap();
    assert_eq!(found.iter().map(|point| point.usage).collect::<Vec<_>>(), [15.0, 16.0, 17.0, 18.0, 19.0]);
    let last = influx.select::<Cpu>().filter(Cpu::host.ne("a")).last().unwrap();
    assert_eq!(last.as_ref(), points.last());
    let each = influx.select::<Cpu>().last_by(Cpu::host).unwrap();
    assert_eq!(each, points[118..]);
    let page =
        influx.select::<Cpu>().filter(Cpu::host.one_of(["b", "c"])).newest_first().limit(2).offset(1).all().unwrap();
    assert_eq!(page.iter().map(|point| point.usage).collect::<Vec<_>>(), [58.0, 57.0]);
    assert_eq!(influx.select::<Cpu>().filter(Cpu::host.one_of(["' OR 1=1 --", "\"", "a'"])).all().unwrap(), []);
    assert_eq!(influx.select::<Cpu>().filter(Cpu::host.one_of([] as [&str; 0])).all().unwrap(), []);
}

#[test]
fn values_are_aggregated_over_windows() {
    let influx = database("aggregate");
    hour(&influx);
    let of = || influx.select::<Cpu>().since(day()).until(second(3_600));
    assert_eq!(of().aggregate(Cpu::usage.count()).value().unwrap(), Some(120));
    assert_eq!(of().aggregate(Cpu::usage.max()).value().unwrap(), Some(59.0));
    assert_eq!(of().aggregate(Cpu::idle.sum()).value().unwrap(), Some(2 * 60 * (59 * 60) / 2));
    assert_eq!(of().filter(Cpu::host.eq("nobody")).aggregate(Cpu::usage.mean()).value().unwrap(), None);
    let halves = of().aggregate(Cpu::usage.mean()).every(Duration::from_secs(1_800)).by(Cpu::host).all().unwrap();
    assert_eq!(halves.iter().map(|series| series.tags["host"].as_str()).collect::<Vec<_>>(), ["a", "b"]);
    let windows = [Window { at: day(), value: Some(14.5) }, Window { at: second(1_800), value: Some(44.5) }];
    assert_eq!(halves[0].windows, windows);
    let two_hours = influx.select::<Cpu>().since(day()).until(second(7_200));
    let filled =
        two_hours.aggregate(Cpu::usage.mean()).every(Duration::from_secs(3_600)).fill(Fill::Null).all().unwrap();
    assert_eq!(filled[0].windows[1], Window { at: second(3_600), value: None });
}

#[derive(Point, Debug, PartialEq)]
#[point(measurement = "cpu_by_hour")]
struct Hourly {
    #[point(tag)]
    host: String,
    mean: f64,
    #[point(time)]
    at: DateTime<Utc>,
}

#[test]
fn a_measurement_is_downsampled_into_another() {
    let influx = database("downsample");
    hour(&influx);
    let hour = influx.select::<Cpu>().since(day()).until(second(3_600));
    let written =
        hour.aggregate(Cpu::usage.mean()).every(Duration::from_secs(3_600)).into_measurement("cpu_by_hour").unwrap();
    assert_eq!(written, 2);
    let expected = ["a", "b"].map(|host| Hourly { host: host.into(), mean: 29.5, at: day() });
    assert_eq!(influx.select::<Hourly>().all().unwrap(), expected);
}

#[test]
fn queries_take_values_and_come_in_chunks_and_groups() {
    let influx = database("query");
    hour(&influx);
    let text = "SELECT * FROM \"cpu, all\" WHERE host = $host AND time >= $since";
    let query = || influx.query::<Cpu>(text).bind("host", "a".to_owned()).bind("since", second(3_000));
    assert_eq!(query().all().unwrap().len(), 10);
    let chunks: Result<Vec<Cpu>, Error> = query().chunks(3).unwrap().collect();
    assert_eq!(chunks.unwrap(), query().all().unwrap());
    let groups = influx.query::<Cpu>("SELECT * FROM \"cpu, all\" GROUP BY host").groups().unwrap();
    assert_eq!(
        groups.iter().map(|group| (group.tags["host"].as_str(), group.points.len())).collect::<Vec<_>>(),
        [("a", 60), ("b", 60)]
    );
    assert_eq!(groups[1].points[0].host, "b");
    let error = query().bind("since", vec![1_u8]).all().unwrap_err();
    assert_eq!((error.kind(), error.to_string().contains("since")), (ErrorKind::Unsupported, true), "{error}");
    let error = influx.query::<Cpu>("SELEC").all().unwrap_err();
    assert!(error.to_string().contains("SELEC"), "{error}");
    let error = influx.query::<Cpu>("SELECT usage FROM \"cpu, all\"").all().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("no column `idle ,\"x\"`"), "{error}");
}

#[cfg(feature = "arrow")]
#[test]
fn points_are_read_as_record_batches() {
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Float64Type, Int32Type, Int64Type, TimestampNanosecondType};
    use arrow_array::{Array, RecordBatch};

    let influx = database("batches");
    let mut points = hour(&influx);
    points[3] = Cpu { zone: None, note: Some("\"warm\"".into()), up: false, ..points[3].clone() };
    // The other has a tag less, so it is another point.
    influx.select::<Cpu>().since(points[3].at).until(points[4].at).delete().unwrap();
    points[2] = Cpu { note: None, ..points[2].clone() };
    influx.write(&points[2..4]).unwrap();
    let batches = influx.select::<Cpu>().record_batches(50).unwrap();
    let schema = batches.schema();
    let types: Vec<String> = schema.fields().iter().map(|field| field.data_type().to_string()).collect();
    let tag = "Dictionary(Int32, Utf8)";
    assert_eq!(types, [tag, tag, "Float64", "Int64", "Utf8", "Boolean", "Timestamp(ns, \"UTC\")"]);
    assert_eq!(schema.field(3).name(), "idle ,\"x\"");
    let batches: Vec<RecordBatch> = batches.collect::<Result<_, _>>().unwrap();
    assert_eq!(batches.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [50, 50, 20]);
    let read = batches.iter().flat_map(|batch| {
        assert_eq!(batch.schema(), schema);
        let tag = |column: usize, row| {
            let tags = batch.column(column).as_dictionary::<Int32Type>().downcast_dict::<arrow_array::StringArray>();
            tags.filter(|_| batch.column(column).is_valid(row))
                .map(|tags| tags.values().value(tags.keys().value(row) as usize).to_owned())
        };
        let note =
            |row| batch.column(4).is_valid(row).then(|| batch.column(4).as_string::<i32>().value(row).to_owned());
        (0..batch.num_rows())
            .map(move |row| Cpu {
                host: tag(0, row).unwrap(),
                zone: tag(1, row),
                usage: batch.column(2).as_primitive::<Float64Type>().value(row),
                idle: batch.column(3).as_primitive::<Int64Type>().value(row),
                note: note(row),
                up: batch.column(5).as_boolean().value(row),
                at: DateTime::from_timestamp_nanos(
                    batch.column(6).as_primitive::<TimestampNanosecondType>().value(row),
                ),
            })
            .collect::<Vec<_>>()
    });
    assert_eq!(read.collect::<Vec<_>>(), influx.select::<Cpu>().all().unwrap());

    let groups = influx.query::<Cpu>("SELECT * FROM \"cpu, all\" GROUP BY host").record_batches(100).unwrap();
    assert_eq!(groups.map(|batch| batch.unwrap().num_rows()).collect::<Vec<_>>(), [60, 60]);
    let none = influx.select::<Cpu>().filter(Cpu::host.one_of([] as [&str; 0])).record_batches(10).unwrap();
    assert_eq!(none.count(), 0);
    let mut wrong = influx.query::<TextUsage>("SELECT * FROM \"cpu, all\"").record_batches(10).unwrap();
    let error = wrong.next().unwrap().unwrap_err();
    assert_eq!((error.kind(), error.to_string().contains("`usage`")), (ErrorKind::Decode, true), "{error}");
    assert!(wrong.next().is_none(), "an error is the last item");
}

#[derive(Point, Debug)]
#[point(measurement = "cpu, all")]
struct TextUsage {
    usage: String,
    #[point(time)]
    at: DateTime<Utc>,
}

#[test]
fn a_value_of_another_type_names_its_line() {
    let influx = database("conflict");
    influx.write(&[cpu("a", 0, 1.0)]).unwrap();
    let of = |usage: &str| TextUsage { usage: usage.to_owned(), at: second(5) };
    let error = influx.write(&[of("high")]).unwrap_err();
    let lines = rejected_lines(&error);
    assert_eq!((error.kind(), lines.len(), lines[0].number), (ErrorKind::Invalid, 1, Some(1)), "{error:?}");
    assert!(lines[0].reason.contains("already exists as type float"), "{lines:?}");
    let error = influx.select::<TextUsage>().all().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("`usage`"), "{error}");
}

#[test]
fn points_are_deleted_by_range_and_tag() {
    let influx = database("delete");
    let points = hour(&influx);
    influx.select::<Cpu>().until(second(1_800)).filter(Cpu::host.eq("a")).delete().unwrap();
    let left = influx.select::<Cpu>().all().unwrap();
    let expected: Vec<Cpu> =
        points.into_iter().filter(|point| point.host == "b" || point.at >= second(1_800)).collect();
    assert_eq!(left, expected);
}

#[test]
fn databases_and_their_retention_are_managed() {
    let influx = database("admin");
    let name = format!("admin \"2\" {}", std::process::id());
    influx.create_database(&name, Some(Duration::from_secs(7 * 86_400))).unwrap();
    assert!(influx.databases().unwrap().contains(&name));
    influx.drop_database(&name).unwrap();
    assert!(!influx.databases().unwrap().contains(&name));
    for days in [1, 2] {
        influx.set_retention("short", Duration::from_secs(days * 86_400), false).unwrap();
    }
    let error = influx.set_retention("short", Duration::from_secs(1), false).unwrap_err();
    assert!(error.to_string().contains("retention"), "{error}");
    let gone = Influx::v1(support::url()).database("no such database").build().unwrap();
    let error = gone.write(&[cpu("a", 0, 1.0)]).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Database, Some("404")), "{error}");
}
