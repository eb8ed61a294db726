//! The log of a request has its statements, whichever thread they ran on.

#![allow(clippy::unwrap_used, reason = "this is test code")]

mod site;

use std::io;
use std::sync::{Arc, Mutex};

use site::Site;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn statements_are_logged_with_their_request() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).init();
    let site = Site::with(|builder| builder.echo(true).hide_parameters(true));
    let place = site.member("ada").write("Looms", "A secret text", "");
    log.0.lock().unwrap().clear();
    site.visitor().get(&place).expect(200);

    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("orm::statement")).collect();
    assert!(lines.len() >= 2, "{text}");
    for line in lines {
        assert!(line.contains("request{number=") && line.contains("path=\"/posts/looms\""), "{line}");
    }
    assert!(text.contains("answered status=200"), "{text}");
    assert!(!text.contains("A secret text") && !text.contains("correct horse"), "{text}");
}
