//! The server of the tests, and a server that only records what it is asked.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    reason = "test code, of which each program uses a part"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use orm_influx::Influx;
use orm_influx::chrono::{DateTime, TimeDelta, Utc};

static SERVER: OnceLock<xtask::influx::Server> = OnceLock::new();

/// The server that the environment names, or a private one of this process.
pub fn url() -> String {
    match std::env::var(xtask::influx::URL_VARIABLE) {
        Ok(url) if !url.is_empty() => url,
        _ => SERVER.get_or_init(|| xtask::influx::Server::start_or_install().unwrap()).url().to_owned(),
    }
}

/// A client of a new database.
pub fn database(name: &str) -> Influx {
    let influx = Influx::v1(url()).database(format!("{name}_{}", std::process::id())).build().unwrap();
    let database = format!("{name}_{}", std::process::id());
    influx.drop_database(&database).unwrap();
    influx.create_database(&database, None).unwrap();
    influx
}

/// A day, which begins a week of the server, so that its points are in one shard.
pub fn day() -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_006_400, 0).unwrap()
}

pub fn second(number: i64) -> DateTime<Utc> {
    day() + TimeDelta::seconds(number)
}

/// A request, as it came.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// `POST /write?db=a`.
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Recorded {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        let mut text = String::new();
        if self.header("content-encoding") == Some("gzip") {
            flate2::read::GzDecoder::new(&self.body[..]).read_to_string(&mut text).unwrap();
        } else {
            (&self.body[..]).read_to_string(&mut text).unwrap();
        }
        text
    }
}

type Answer = Box<dyn FnMut(&Recorded) -> (u16, Vec<(&'static str, String)>, String) + Send>;

/// A server that records requests, and answers as a test says.
pub struct Recorder {
    pub url: String,
    requests: Arc<Mutex<Vec<Recorded>>>,
}

impl Recorder {
    /// Answers each request by `answer`: a status, headers and a body.
    pub fn start(answer: impl FnMut(&Recorded) -> (u16, Vec<(&'static str, String)>, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let answer: Arc<Mutex<Answer>> = Arc::new(Mutex::new(Box::new(answer)));
        let seen = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                std::thread::spawn(move || serve(stream.unwrap(), &seen, &answer));
            }
        });
        Self { url, requests }
    }

    /// Answers every request in the same way.
    pub fn always(status: u16, body: &'static str) -> Self {
        Self::start(move |_| (status, Vec::new(), body.to_owned()))
    }

    pub fn requests(&self) -> Vec<Recorded> {
        self.requests.lock().unwrap().clone()
    }

    pub fn only_request(&self) -> Recorded {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests[0].clone()
    }
}

fn serve(stream: TcpStream, seen: &Mutex<Vec<Recorded>>, answer: &Mutex<Answer>) {
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut writer = stream;
    while let Some(request) = read(&mut reader) {
        let (status, headers, body) = (answer.lock().unwrap())(&request);
        seen.lock().unwrap().push(request);
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let length = body.len();
        if write!(writer, "HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\n\r\n{body}").is_err() {
            return;
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Recorded> {
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return None;
    }
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        match header.trim().split_once(": ") {
            Some((name, value)) => headers.push((name.to_lowercase(), value.to_owned())),
            None => break,
        }
    }
    let length =
        headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Recorded { line: line.trim().trim_end_matches(" HTTP/1.1").to_owned(), headers, body })
}
