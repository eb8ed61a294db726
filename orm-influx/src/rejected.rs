//! Lines that a server did not take, though it may have taken the others.

use std::error::Error as _;
use std::fmt;

use orm_core::Error;
use serde::Deserialize;

use crate::line::{IN_KEY, IN_MEASUREMENT, escaped};

/// A line of line protocol that the server refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedLine {
    /// Its number in what was sent, from 1, if it is known.
    pub number: Option<usize>,
    /// Its text, if it is known.
    pub text: Option<String>,
    /// The server's reason.
    pub reason: String,
}

/// The lines that the server names in an error of a write: those that are not written, while the others are.
///
/// Version 1 and 2 name a line that they cannot read. For a field with two types they name the field, and the lines are those that have it so.
/// Version 3 names all lines.
pub fn rejected_lines(error: &Error) -> &[RejectedLine] {
    let lines = error.source().and_then(|source| source.downcast_ref::<Lines>());
    lines.map_or(&[], |Lines(lines)| lines)
}

/// The source of an error.
#[derive(Debug)]
struct Lines(Vec<RejectedLine>);

impl fmt::Display for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, line) in self.0.iter().enumerate() {
            let separator = if position == 0 { "" } else { "; " };
            match line.number {
                Some(number) => write!(f, "{separator}line {number}: {}", line.reason)?,
                None => write!(f, "{separator}{}", line.reason)?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for Lines {}

/// The body of an error, as any of the versions writes it.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Body {
    error: Option<String>,
    message: Option<String>,
    line: Option<usize>,
    data: Vec<Datum>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Datum {
    original_line: Option<String>,
    line_number: Option<usize>,
    error_message: String,
}

/// The message in the body of an error.
pub(crate) fn message(body: &str) -> String {
    let parsed: Body = serde_json::from_str(body).unwrap_or_default();
    let message = parsed.error.or(parsed.message).unwrap_or_else(|| body.trim().to_owned());
    match &parsed.data[..] {
        [] => message,
        [first, ..] => format!("{message}: {}", first.error_message),
    }
}

/// The same error with the lines that the body names.
pub(crate) fn with_lines(error: Error, body: &str, sent: &[u8]) -> Error {
    let lines = lines(body, &String::from_utf8_lossy(sent));
    if lines.is_empty() { error } else { error.with_source(Lines(lines)) }
}

fn lines(body: &str, sent: &str) -> Vec<RejectedLine> {
    let parsed: Body = serde_json::from_str(body).unwrap_or_default();
    if !parsed.data.is_empty() {
        let lines = parsed.data.into_iter();
        return lines
            .map(|line| RejectedLine { number: line.line_number, text: line.original_line, reason: line.error_message })
            .collect();
    }
    let message = parsed.error.or(parsed.message).unwrap_or_default();
    let mut found = unreadable(&message, sent);
    if found.is_empty() {
        found = conflicting(&message, sent);
    }
    if let ([], Some(number)) = (&found[..], parsed.line) {
        let text = sent.lines().nth(number.saturating_sub(1)).map(str::to_owned);
        found.push(RejectedLine { number: Some(number), text, reason: message });
    }
    found
}

/// `unable to parse 'the line': the reason`, once for each line.
fn unreadable(message: &str, sent: &str) -> Vec<RejectedLine> {
    let parts = message.split("unable to parse '").skip(1);
    let pairs = parts.filter_map(|part| part.split_once("': "));
    pairs
        .map(|(line, reason)| RejectedLine {
            number: sent.lines().position(|other| other == line).map(|position| position + 1),
            text: Some(line.to_owned()),
            reason: reason.split(" dropped=").next().unwrap_or(reason).trim().to_owned(),
        })
        .collect()
}

/// `input field "f" on measurement "m" is type t, already exists as type u`: the lines in which the field is of the type t.
fn conflicting(message: &str, sent: &str) -> Vec<RejectedLine> {
    let Some(conflict) = Conflict::parse(message) else { return Vec::new() };
    let lines = (1..).zip(sent.lines()).filter(|(_, line)| conflict.is_in(line));
    lines
        .map(|(number, line)| RejectedLine {
            number: Some(number),
            text: Some(line.to_owned()),
            reason: message.split(" dropped=").next().unwrap_or(message).to_owned(),
        })
        .collect()
}

struct Conflict<'a> {
    field: &'a str,
    measurement: &'a str,
    kind: &'a str,
}

impl<'a> Conflict<'a> {
    fn parse(message: &'a str) -> Option<Self> {
        let (_, rest) = message.split_once("input field \"")?;
        let (field, rest) = rest.split_once("\" on measurement \"")?;
        let (measurement, rest) = rest.split_once("\" is type ")?;
        let (kind, _) = rest.split_once(',')?;
        Some(Self { field, measurement, kind })
    }

    fn is_in(&self, line: &str) -> bool {
        let measurement = escaped(self.measurement, IN_MEASUREMENT);
        let of_measurement = line.strip_prefix(&measurement).is_some_and(|rest| rest.starts_with([',', ' ']));
        let key = format!("{}=", escaped(self.field, IN_KEY));
        let found = line.match_indices(&key).find(|(at, _)| line[..*at].ends_with([' ', ',']));
        let value = found.map(|(at, _)| &line[at + key.len()..]);
        of_measurement && value.is_some_and(|value| kind_of(value) == self.kind)
    }
}

/// The type of the value that a text begins with, in the server's words.
fn kind_of(value: &str) -> &'static str {
    let word = value.split([',', ' ']).next().unwrap_or(value);
    match word.as_bytes() {
        [b'"', ..] => "string",
        [.., b'i'] => "integer",
        [.., b'u'] => "unsigned",
        [b't' | b'f' | b'T' | b'F', ..] => "boolean",
        _ => "float",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, sent: &str, expected: &[(Option<usize>, &str)]) {
        let found = lines(body, sent);
        let found: Vec<_> = found.iter().map(|line| (line.number, line.reason.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn version_1_names_lines_that_it_cannot_read() {
        let body = r#"{"error":"partial write: unable to parse 'b v=': missing field value\nunable to parse 'c': missing fields dropped=0"}"#;
        check(body, "a v=1\nb v=\nc\n", &[(Some(2), "missing field value"), (Some(3), "missing fields")]);
    }

    #[test]
    fn version_1_names_the_field_with_two_types() {
        let reason = r#"partial write: field type conflict: input field "v" on measurement "a" is type string, already exists as type float"#;
        let body = format!("{{\"error\":{}}}", serde_json::Value::from(format!("{reason} dropped=1")));
        check(&body, "a v=1\na,h=x v=\"1\" 3\nab v=\"1\"\n", &[(Some(2), reason)]);
    }

    #[test]
    fn version_2_numbers_the_line() {
        check(r#"{"code":"invalid","message":"bad line","line":2}"#, "a v=1\nb\n", &[(Some(2), "bad line")]);
    }

    #[test]
    fn version_3_names_all_lines() {
        let body = r#"{"error":"partial write of line protocol occurred","data":[
            {"original_line":"b v=","line_number":2,"error_message":"no value"}]}"#;
        check(body, "a v=1\nb v=\n", &[(Some(2), "no value")]);
        assert_eq!(message(body), "partial write of line protocol occurred: no value");
    }
}
