//! A server of the tests that only records what it is asked, and answers as a test says.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test whose recorder fails has failed"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A request, as it came.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// `POST /write?db=a`.
    pub line: String,
    /// The names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Recorded {
    /// The value of a header, by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

type Answer = Box<dyn FnMut(&Recorded) -> (u16, Vec<(&'static str, String)>, String) + Send>;

/// A server that records requests, and answers as a test says.
#[derive(Debug)]
pub struct Recorder {
    /// Its URL.
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

    /// What it was asked so far.
    pub fn requests(&self) -> Vec<Recorded> {
        self.requests.lock().unwrap().clone()
    }

    /// What it was asked, which is one thing.
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
