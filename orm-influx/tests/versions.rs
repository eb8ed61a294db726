//! What is sent to versions 2 and 3, and what is made of their documented answers; there is no server of theirs here.

#![allow(clippy::unwrap_used, reason = "this is test code")]

mod support;

use std::time::Duration;

use chrono::{DateTime, Utc};
use orm_influx::{ErrorKind, Influx, Point, Precision, rejected_lines};
use support::{Recorder, Text as _, second};

#[derive(Point, Debug, Clone, PartialEq)]
struct Cpu {
    #[point(tag)]
    host: String,
    usage: f64,
    #[point(unsigned)]
    bytes: Option<u64>,
    #[point(time)]
    at: DateTime<Utc>,
}

fn cpu() -> Cpu {
    Cpu { host: "a b".into(), usage: 0.5, bytes: Some(u64::MAX), at: second(1) }
}

fn v1(server: &Recorder) -> orm_influx::Builder {
    Influx::v1(&server.url).database("a&b").retention("week").user("ann", "pa55")
}

fn v2(server: &Recorder) -> Influx {
    Influx::v2(&server.url).bucket("servers").org("my home").token("t0ken").build().unwrap()
}

fn v3(server: &Recorder) -> Influx {
    Influx::v3(&server.url).database("servers").token("t0ken").build().unwrap()
}

#[test]
fn each_version_has_its_path_its_names_and_its_authorization() {
    let server = Recorder::always(204, "");
    v1(&server).precision(Precision::Microseconds).build().unwrap().write(&[cpu()]).unwrap();
    v2(&server).write(&[cpu()]).unwrap();
    v3(&server).write(&[cpu()]).unwrap();
    let requests = server.requests();
    let seen: Vec<_> = requests.iter().map(|it| (it.line.as_str(), it.header("authorization").unwrap())).collect();
    let expected = [
        ("POST /write?db=a%26b&rp=week&precision=u", "Basic YW5uOnBhNTU="),
        ("POST /api/v2/write?bucket=servers&org=my%20home&precision=ns", "Token t0ken"),
        ("POST /api/v3/write_lp?db=servers&precision=nanosecond", "Bearer t0ken"),
    ];
    assert_eq!(seen, expected);
    assert_eq!(requests[0].text(), "cpu,host=a\\ b usage=0.5,bytes=18446744073709551615u 1700006401000000\n");
    assert!(requests[1].text().ends_with(" 1700006401000000000\n"));
}

#[test]
fn influxql_goes_to_the_same_path_on_all_versions() {
    let answer = r#"{"results":[{"series":[{"name":"cpu","columns":["time","host","usage","bytes"],
        "values":[[1700006401000000000,"a b",0.5,18446744073709551615]]}]}]}"#;
    let server = Recorder::always(200, answer);
    for influx in [v2(&server), v3(&server)] {
        assert_eq!(influx.select::<Cpu>().filter(Cpu::host.eq("a b")).all().unwrap(), [cpu()]);
    }
    for request in server.requests() {
        assert_eq!(request.line, "POST /query?db=servers&epoch=ns");
        let text = percent_decoded(&request.text());
        assert_eq!(
            text,
            "q=SELECT \"host\", \"usage\", \"bytes\" FROM \"cpu\" WHERE \"host\" = $v0&params={\"v0\":\"a b\"}"
        );
    }
}

#[cfg(feature = "arrow")]
#[test]
fn integers_without_a_sign_are_read_as_record_batches() {
    use arrow_array::cast::AsArray;
    use arrow_array::types::UInt64Type;

    let row = |bytes: &str| format!("[1700006401000000000,\"a\",1,{bytes}]");
    let chunk = |row: String| {
        format!(
            "{{\"results\":[{{\"series\":[{{\"name\":\"cpu\",\"columns\":[\"time\",\"host\",\"usage\",\"bytes\"],\"values\":[{row}]}}]}}]}}\n"
        )
    };
    let answer = ["18446744073709551615", "null", "-1"].map(|bytes| chunk(row(bytes))).concat();
    let server = Recorder::start(move |_| (200, Vec::new(), answer.clone()));
    let mut batches = v3(&server).select::<Cpu>().record_batches(1).unwrap();
    let bytes: Vec<Option<u64>> = batches
        .by_ref()
        .take(2)
        .flat_map(|batch| batch.unwrap().column(2).as_primitive::<UInt64Type>().iter().collect::<Vec<_>>())
        .collect();
    assert_eq!(bytes, [Some(u64::MAX), None]);
    assert_eq!(batches.next().unwrap().unwrap_err().kind(), ErrorKind::Decode);
    assert!(server.only_request().text().contains("chunked=true&chunk_size=1"));
}

fn percent_decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned()
}

#[test]
fn flux_is_sent_as_json_and_annotated_csv_is_read() {
    let answer = "#datatype,string,long,dateTime:RFC3339,string,double,unsignedLong\r\n\
                  #group,false,false,false,true,false,false\r\n\
                  #default,_result,,,,,\r\n\
                  ,result,table,_time,host,usage,bytes\r\n\
                  ,,0,2023-11-15T00:00:01Z,a b,0.5,18446744073709551615\r\n\r\n\
                  #datatype,string,long,string,dateTime:RFC3339,double,unsignedLong\r\n\
                  #group,false,false,true,false,false,false\r\n\
                  #default,_result,,nobody,,,\r\n\
                  ,result,table,host,_time,usage,bytes\r\n\
                  ,,1,,2023-11-15T00:00:01.000000001Z,0.25,\r\n";
    let server = Recorder::always(200, answer);
    let points: Vec<Cpu> = v2(&server).flux("from(bucket: \"servers\")").all().unwrap();
    let nanosecond = second(1) + chrono::TimeDelta::nanoseconds(1);
    assert_eq!(points, [cpu(), Cpu { host: "nobody".into(), usage: 0.25, bytes: None, at: nanosecond }]);
    let request = server.only_request();
    assert_eq!(request.line, "POST /api/v2/query?org=my%20home");
    assert!(request.text().contains(r#""query":"from(bucket: \"servers\")""#), "{}", request.text());
    let error = v3(&server).flux("x").all::<Cpu>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn an_error_within_the_answer_to_flux_is_an_error() {
    let answer =
        "#datatype,string,string\r\n#group,true,true\r\n#default,,\r\n,error,reference\r\n,division by zero,897\r\n";
    let server = Recorder::always(200, answer);
    let error = v2(&server).flux("x").all::<Cpu>().unwrap_err();
    assert!(error.kind() == ErrorKind::Database && error.to_string().contains("division by zero"), "{error}");
}

#[test]
fn rejected_lines_of_all_versions_are_named() {
    let bodies = [
        r#"{"code":"invalid","message":"failure writing points","line":1}"#,
        r#"{"error":"partial write of line protocol occurred","data":[{"original_line":"cpu","line_number":1,"error_message":"bad"}]}"#,
    ];
    for body in bodies {
        let server = Recorder::always(400, body);
        let error = v3(&server).write(&[cpu()]).unwrap_err();
        assert_eq!((error.kind(), rejected_lines(&error)[0].number), (ErrorKind::Invalid, Some(1)), "{error:?}");
    }
}

#[test]
fn statuses_are_kinds() {
    for (status, kind) in [
        (401, ErrorKind::Config),
        (404, ErrorKind::Database),
        (413, ErrorKind::Invalid),
        (429, ErrorKind::Throttled),
        (500, ErrorKind::Database),
        (503, ErrorKind::Throttled),
        (504, ErrorKind::Timeout),
    ] {
        let server = Recorder::always(status, "{\"message\":\"the reason\"}");
        let error = v2(&server).write(&[cpu()]).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains("the reason") && !format!("{error:?}").contains("t0ken"), "{error:?}");
    }
    let nobody = Influx::v1("http://127.0.0.1:1").database("x").build().unwrap();
    assert_eq!(nobody.ping().unwrap_err().kind(), ErrorKind::ConnectionLost);
}

#[test]
fn databases_of_versions_2_and_3_are_managed_by_their_own_paths() {
    let server = Recorder::start(|request| {
        let body = match request.line.split('?').next().unwrap() {
            "GET /api/v2/orgs" => r#"{"orgs":[{"id":"0a","name":"my home"}]}"#,
            "GET /api/v2/buckets" => r#"{"buckets":[{"id":"1b","name":"servers"}]}"#,
            "GET /api/v3/configure/database" => r#"[{"iox::database":"servers"}]"#,
            _ => "{}",
        };
        (200, Vec::new(), body.to_owned())
    });
    for influx in [v2(&server), v3(&server)] {
        assert_eq!(influx.databases().unwrap(), ["servers"]);
        influx.create_database("new", Some(Duration::from_secs(3_600))).unwrap();
        influx.drop_database("servers").unwrap();
    }
    v2(&server).select::<Cpu>().since(second(0)).until(second(1)).filter(Cpu::host.eq("a\"b")).delete().unwrap();
    let seen: Vec<_> = server.requests().iter().map(|it| (it.line.clone(), it.text())).collect();
    let changes: Vec<_> = seen.iter().filter(|(line, _)| !line.starts_with("GET")).collect();
    let expected = [
        (
            "POST /api/v2/buckets",
            r#"{"name":"new","orgID":"0a","retentionRules":[{"everySeconds":3600,"type":"expire"}]}"#,
        ),
        ("DELETE /api/v2/buckets/1b", ""),
        ("POST /api/v3/configure/database", r#"{"db":"new","retention_period":"3600s"}"#),
        ("DELETE /api/v3/configure/database?db=servers", ""),
        (
            "POST /api/v2/delete?org=my%20home&bucket=servers",
            r#"{"predicate":"_measurement=\"cpu\" AND \"host\"=\"a\\\"b\"","start":"2023-11-15T00:00:00+00:00","stop":"2023-11-15T00:00:01+00:00"}"#,
        ),
    ];
    assert_eq!(changes.len(), expected.len(), "{changes:?}");
    for ((line, body), (expected_line, expected_body)) in changes.into_iter().zip(expected) {
        assert_eq!(line, expected_line);
        let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap_or_default();
        assert_eq!(parsed(body), parsed(expected_body), "{line}");
    }
}

#[test]
fn what_a_version_lacks_is_unsupported() {
    let server = Recorder::always(200, "{}");
    let (v2, v3) = (v2(&server), v3(&server));
    let day = Duration::from_secs(86_400);
    let refused = [
        v3.select::<Cpu>().delete().map(drop),
        v3.set_retention("x", day, true),
        v2.select::<Cpu>().aggregate(Cpu::usage.mean()).every(day).into_measurement("x").map(drop),
        v2.select::<Cpu>().filter(Cpu::host.ne("a")).delete(),
    ];
    for outcome in refused {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Unsupported);
    }
    assert!(server.requests().is_empty());
}
