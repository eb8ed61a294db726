//! The way to the terminal, and to a pipe, which gets plain text.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use anstyle::{AnsiColor, Color, Style};

pub(crate) type Failure = Box<dyn Error>;

pub(crate) const RED: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Red)));
pub(crate) const GREEN: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Green)));
pub(crate) const YELLOW: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Yellow)));
pub(crate) const BOLD: Style = Style::new().bold();

/// Exit code of what failed.
const FAILED: u8 = 2;

/// Writes to standard output. A reader that has gone is no error: it has read what it wanted.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}

/// Writes a line to standard error.
pub(crate) fn warn(text: &str) -> io::Result<()> {
    writeln!(anstream::stderr(), "{YELLOW}warning{YELLOW:#}: {text}")
}

/// Reports a failure, with its causes. Where standard error is closed, the exit code is the report.
pub(crate) fn fail(failure: &Failure) -> ExitCode {
    let mut text = failure.to_string();
    let mut cause = failure.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    let _ = writeln!(anstream::stderr(), "{RED}error{RED:#}: {text}");
    ExitCode::from(FAILED)
}
