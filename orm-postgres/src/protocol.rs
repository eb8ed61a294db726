//! The messages between the driver and the server. They pass as they are, but that statements get other names, or none.
//!
//! The driver calls its statements `s0`, `s1`, .. in every process. A pooler lends one connection of the server to many clients in turn,
//! where such a name may mean somebody else's statement. So a name is made unique for its connection. Where even that is lost, because
//! the next transaction runs on another connection of the server, a statement goes without a name: it is prepared anew with each
//! execution, in the same round trip.
//!
//! What begins a transaction goes ahead of the first request in it. Both are one request to the server: where the beginning fails, the
//! server skips the rest, so that no statement runs outside of its transaction.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, DefaultHasher, Hasher, RandomState};
use std::io;

use bytes::BytesMut;

/// The tags of messages. Some letters mean something else in the other direction.
const PARSE: u8 = b'P';
const BIND: u8 = b'B';
const EXECUTE: u8 = b'E';
const DESCRIBE: u8 = b'D';
const CLOSE: u8 = b'C';
const SYNC: u8 = b'S';
const QUERY: u8 = b'Q';
const PARSED: u8 = b'1';
const BOUND: u8 = b'2';
const PARAMETERS: u8 = b't';
const COLUMNS: u8 = b'T';
const NO_COLUMNS: u8 = b'n';
pub(crate) const READY: u8 = b'Z';
pub(crate) const COMPLETE: u8 = b'C';
pub(crate) const PROCESS: u8 = b'K';
pub(crate) const COPY_IN: u8 = b'G';
pub(crate) const COPY_OUT: u8 = b'H';
const COPY_FAIL: u8 = b'f';

/// What is noticed of a message of the server.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) tag: u8,
    /// How its body starts.
    pub(crate) start: [u8; 5],
    /// The last byte of its body.
    pub(crate) last: u8,
}

/// Statements without parameters that go ahead of the next request which runs something, separated by semicolons.
pub(crate) type Ahead = Option<Cow<'static, str>>;

/// From the first message to the one that says that the server is ready.
#[derive(Debug, Default)]
struct Request {
    does: Does,
    /// How many messages answer what went ahead, which the driver does not know of.
    ahead: usize,
}

/// What a request does.
#[derive(Debug, Default)]
enum Does {
    /// Nothing that matters here.
    #[default]
    Other,
    /// It prepares the statement that the driver calls so.
    Prepare(Box<[u8]>),
    /// It runs that statement, and prepares it first.
    Run(Box<[u8]>),
}

/// A statement that the driver has prepared.
#[derive(Debug)]
struct Statement {
    /// Its text, and the types of its parameters once they are known: what prepares it again.
    source: Vec<u8>,
    /// The names and types of its columns, as a hash.
    columns: u64,
}

/// Both directions of one connection.
#[derive(Debug)]
pub(crate) struct Protocol {
    /// What names begin with.
    prefix: String,
    statements: HashMap<Box<[u8]>, Statement>,
    /// The request whose messages are being sent.
    request: Request,
    /// The requests that the server is not done with.
    sent: VecDeque<Request>,
    /// Whether the server waits for rows of a copy.
    copying: bool,
    /// Whether the end of a copy is being sent that the server does not wait for.
    ends_no_copy: bool,
    incoming: Frame,
}

impl Protocol {
    pub(crate) fn new() -> Self {
        let random = RandomState::new().build_hasher().finish();
        Self {
            prefix: format!("orm_{random:016x}_"),
            statements: HashMap::new(),
            request: Request::default(),
            sent: VecDeque::new(),
            copying: false,
            ends_no_copy: false,
            incoming: Frame::default(),
        }
    }

    /// Adds to `out` what is sent for whole messages of the driver, and takes what goes `ahead` of them. Gives the number of requests that
    /// end with them.
    ///
    /// # Errors
    ///
    /// When the messages are not whole.
    pub(crate) fn send(
        &mut self,
        mut bytes: &[u8],
        unnamed: bool,
        ahead: &mut Ahead,
        out: &mut BytesMut,
    ) -> io::Result<u64> {
        let mut requests = 0;
        while let Some((&[tag, a, b, c, d], rest)) = bytes.split_first_chunk() {
            // The length counts itself.
            let length = (u32::from_be_bytes([a, b, c, d]) as usize).saturating_sub(4);
            let (body, rest) = rest.split_at_checked(length).ok_or_else(|| broken("a message is cut"))?;
            bytes = rest;
            if self.is_needless(tag) {
                continue;
            }
            // Nobody waits for the answers to other requests.
            let ahead = if matches!(tag, PARSE | BIND | QUERY) { ahead.take() } else { None };
            match ahead {
                Some(sql) if tag == QUERY => write(out, tag, &[sql.as_bytes(), b"; ", body]),
                ahead => {
                    ahead.iter().flat_map(|sql| sql.split("; ")).for_each(|sql| self.send_ahead(sql, out));
                    self.send_one(tag, body, unnamed, out)?;
                }
            }
            if matches!(tag, SYNC | QUERY) {
                self.sent.push_back(std::mem::take(&mut self.request));
                requests += 1;
            }
        }
        if bytes.is_empty() { Ok(requests) } else { Err(broken("a message is cut")) }
    }

    /// Whether a message belongs to the end of a copy that did not begin. The driver sends one after the error, with another SYNC, and would
    /// not expect an answer.
    fn is_needless(&mut self, tag: u8) -> bool {
        match tag {
            COPY_FAIL if !self.copying => self.ends_no_copy = true,
            SYNC if self.ends_no_copy => self.ends_no_copy = false,
            _ => return false,
        }
        true
    }

    /// Runs a statement as the first part of the request that is being sent.
    fn send_ahead(&mut self, sql: &str, out: &mut BytesMut) {
        const NO_TYPES: &[u8] = &[0; 2];
        const NO_NAMES_NOR_VALUES: &[u8] = &[0; 8];
        const ALL_OF_UNNAMED: &[u8] = &[0; 5];
        write(out, PARSE, &[b"\0", sql.as_bytes(), b"\0", NO_TYPES]);
        write(out, BIND, &[NO_NAMES_NOR_VALUES]);
        write(out, EXECUTE, &[ALL_OF_UNNAMED]);
        // That it was parsed, bound, and is complete.
        self.request.ahead += 3;
    }

    fn send_one(&mut self, tag: u8, body: &[u8], unnamed: bool, out: &mut BytesMut) -> io::Result<()> {
        match (tag, body) {
            (PARSE, _) => {
                let (name, source) = word(body)?;
                let (text, _) = word(source)?;
                let source = source[..=text.len()].to_vec();
                self.statements.insert(name.into(), Statement { source, columns: 0 });
                self.request.does = Does::Prepare(name.into());
                let [prefix, number] = self.name(name, unnamed);
                write(out, tag, &[prefix, number, &body[name.len()..]]);
            }
            (BIND, _) => {
                let (portal, rest) = word(body)?;
                let (name, _) = word(rest)?;
                if unnamed {
                    let statement = self.statements.get(name).ok_or_else(|| broken("an unknown statement is run"))?;
                    write(out, PARSE, &[b"\0", &statement.source]);
                    write(out, DESCRIBE, &[b"S\0"]);
                    self.request.does = Does::Run(name.into());
                }
                let [prefix, number] = self.name(name, unnamed);
                write(out, tag, &[&body[..=portal.len()], prefix, number, &rest[name.len()..]]);
            }
            (DESCRIBE | CLOSE, [b'S', rest @ ..]) => {
                let (name, _) = word(rest)?;
                if tag == CLOSE {
                    self.statements.remove(name);
                }
                let [prefix, number] = self.name(name, unnamed);
                write(out, tag, &[b"S", prefix, number, b"\0"]);
            }
            _ => write(out, tag, &[body]),
        }
        Ok(())
    }

    /// The two parts of what the server knows a statement by.
    fn name<'n>(&'n self, name: &'n [u8], unnamed: bool) -> [&'n [u8]; 2] {
        if unnamed { [&[], &[]] } else { [self.prefix.as_bytes(), name] }
    }

    /// Adds to `out` what the driver is to read of what the server has sent, and calls `found` for each message.
    ///
    /// # Errors
    ///
    /// When a statement that was prepared anew has other columns than the driver expects.
    pub(crate) fn receive(
        &mut self,
        mut bytes: &[u8],
        out: &mut BytesMut,
        mut found: impl FnMut(&Message),
    ) -> io::Result<()> {
        while !bytes.is_empty() {
            let mut unasked = Request::default();
            let request = self.sent.front_mut().unwrap_or(&mut unasked);
            let Some(whole) = self.incoming.take(&mut bytes, request, out) else { continue };
            match whole.tag {
                READY => {
                    self.sent.pop_front();
                    self.copying = false;
                }
                // The server skips the SYNC of the statement that begins the copy.
                COPY_IN => {
                    self.sent.pop_front();
                    self.copying = true;
                }
                _ => self.describe()?,
            }
            found(&whole);
        }
        Ok(())
    }

    /// Keeps what the server says of a statement that is being prepared, or compares it with that.
    fn describe(&mut self) -> io::Result<()> {
        let Frame { message: Message { tag, .. }, body, .. } = &self.incoming;
        let (is_new, name) = match self.sent.front().map(|request| &request.does) {
            Some(Does::Prepare(name)) => (true, name),
            Some(Does::Run(name)) => (false, name),
            Some(Does::Other) | None => return Ok(()),
        };
        let Some(statement) = self.statements.get_mut(name) else { return Ok(()) };
        match *tag {
            PARAMETERS if is_new => statement.source.extend(body),
            COLUMNS | NO_COLUMNS if is_new => statement.columns = columns(body),
            COLUMNS | NO_COLUMNS if statement.columns != columns(body) => {
                return Err(broken("a table has changed since a statement was prepared: the rows have other columns"));
            }
            _ => {}
        }
        Ok(())
    }
}

/// The message of the server that is being read: a tag, a length, and so many bytes.
#[derive(Debug, Default)]
struct Frame {
    head: [u8; 5],
    /// How much of the head is there.
    known: usize,
    /// How long the body is, and how much of it is missing.
    length: usize,
    missing: usize,
    message: Message,
    /// The body of a description.
    body: Vec<u8>,
    /// Whether the driver does not expect the message.
    hidden: bool,
}

impl Frame {
    /// Takes bytes of one message. Gives it when that was its end.
    fn take(&mut self, bytes: &mut &[u8], request: &mut Request, out: &mut BytesMut) -> Option<Message> {
        if self.known < self.head.len() {
            let head = split(bytes, self.head.len() - self.known);
            self.head[self.known..self.known + head.len()].copy_from_slice(head);
            self.known += head.len();
            if self.known < self.head.len() {
                return None;
            }
            self.begin(request, out);
        }
        let part = split(bytes, self.missing);
        self.note(part);
        if !self.hidden {
            out.extend_from_slice(part);
        }
        self.missing -= part.len();
        (self.missing == 0).then(|| {
            self.known = 0;
            self.message
        })
    }

    fn begin(&mut self, request: &mut Request, out: &mut BytesMut) {
        let [tag, length @ ..] = self.head;
        // The length counts itself.
        self.length = (u32::from_be_bytes(length) as usize).saturating_sub(length.len());
        self.missing = self.length;
        self.message = Message { tag, ..Message::default() };
        self.body.clear();
        self.hidden = match tag {
            PARSED | BOUND | COMPLETE if request.ahead > 0 => {
                request.ahead -= 1;
                true
            }
            PARSED | PARAMETERS | COLUMNS | NO_COLUMNS => matches!(request.does, Does::Run(_)),
            _ => false,
        };
        if !self.hidden {
            out.extend_from_slice(&self.head);
        }
    }

    fn note(&mut self, part: &[u8]) {
        let read = self.length - self.missing;
        let Message { tag, start, last } = &mut self.message;
        *last = part.last().copied().unwrap_or(*last);
        match *tag {
            COMPLETE | PROCESS if read < start.len() => {
                start[read..].iter_mut().zip(part).for_each(|(place, byte)| *place = *byte);
            }
            PARAMETERS | COLUMNS => self.body.extend_from_slice(part),
            _ => {}
        }
    }
}

/// Takes so many bytes off the front, or all.
fn split<'b>(bytes: &mut &'b [u8], count: usize) -> &'b [u8] {
    let (first, rest) = bytes.split_at(count.min(bytes.len()));
    *bytes = rest;
    first
}

/// What stands before the next NUL, and what after it.
fn word(bytes: &[u8]) -> io::Result<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == 0).ok_or_else(|| broken("a name has no end"))?;
    Ok((&bytes[..end], &bytes[end + 1..]))
}

fn write(out: &mut BytesMut, tag: u8, parts: &[&[u8]]) {
    let length = 4 + parts.iter().map(|part| part.len()).sum::<usize>();
    out.extend_from_slice(&[tag]);
    // No message of the driver is longer than its length can say, and what is added here is short.
    out.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

/// The names and types of the columns that a message describes.
fn columns(body: &[u8]) -> u64 {
    /// Table, number, type, size, modifier, format: what follows each name, and where the type stands in it.
    const FACTS: usize = 18;
    const TYPE: std::ops::Range<usize> = 6..10;
    let mut hasher = DefaultHasher::new();
    let mut rest = body.get(2..).unwrap_or_default();
    while let Ok((name, after)) = word(rest)
        && let Some((facts, after)) = after.split_at_checked(FACTS)
    {
        hasher.write(name);
        hasher.write(&facts[TYPE]);
        rest = after;
    }
    hasher.finish()
}

fn broken(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(protocol: &mut Protocol, unnamed: bool, messages: &[(u8, &[u8])]) -> Vec<(u8, String)> {
        sent_after(protocol, unnamed, &mut None, messages)
    }

    fn sent_after(
        protocol: &mut Protocol,
        unnamed: bool,
        ahead: &mut Ahead,
        messages: &[(u8, &[u8])],
    ) -> Vec<(u8, String)> {
        let (mut bytes, mut out) = (BytesMut::new(), BytesMut::new());
        messages.iter().for_each(|(tag, body)| write(&mut bytes, *tag, &[body]));
        protocol.send(&bytes, unnamed, ahead, &mut out).unwrap();
        read(&out)
    }

    fn received(protocol: &mut Protocol, messages: &[(u8, &[u8])]) -> BytesMut {
        let mut out = BytesMut::new();
        protocol.receive(&answer(messages), &mut out, |_| {}).unwrap();
        out
    }

    fn read(mut bytes: &[u8]) -> Vec<(u8, String)> {
        let mut found = Vec::new();
        while let Some((&[tag, a, b, c, d], rest)) = bytes.split_first_chunk() {
            let (body, rest) = rest.split_at(u32::from_be_bytes([a, b, c, d]) as usize - 4);
            found.push((tag, String::from_utf8_lossy(body).into_owned()));
            bytes = rest;
        }
        found
    }

    fn answer(messages: &[(u8, &[u8])]) -> BytesMut {
        let mut bytes = BytesMut::new();
        messages.iter().for_each(|(tag, body)| write(&mut bytes, *tag, &[body]));
        bytes
    }

    const PREPARE: &[(u8, &[u8])] = &[(PARSE, b"s7\0SELECT $1\0\0\0"), (DESCRIBE, b"Ss7\0"), (SYNC, b"")];
    const RUN: &[(u8, &[u8])] = &[(BIND, b"\0s7\0\0\0"), (b'E', b"\0\0\0\0\0"), (SYNC, b"")];
    const TYPES: &[u8] = b"\0\x01\0\0\0\x14";
    const COLUMN: &[u8] = b"\0\x01n\0ttttaaTYPEssmmmmff";

    #[test]
    fn names_are_those_of_one_connection() {
        let mut one = Protocol::new();
        let mut two = Protocol::new();
        let [name, other] = [&mut one, &mut two].map(|protocol| {
            let messages = sent(protocol, false, PREPARE);
            messages[0].1.split('\0').next().unwrap().to_owned()
        });
        assert!(name.starts_with("orm_") && name.ends_with("_s7") && name != other, "{name} {other}");
        let run = sent(&mut one, false, RUN);
        assert_eq!(run[0], (BIND, format!("\0{name}\0\0\0")));
        assert_eq!(sent(&mut one, false, &[(CLOSE, b"Ss7\0"), (SYNC, b"")])[0], (CLOSE, format!("S{name}\0")));
    }

    #[test]
    fn a_statement_without_a_name_is_prepared_with_each_execution() {
        let mut protocol = Protocol::new();
        sent(&mut protocol, true, PREPARE);
        let prepared: &[(u8, &[u8])] = &[(PARSED, b""), (PARAMETERS, TYPES), (COLUMNS, COLUMN), (READY, b"I")];
        let mut out = BytesMut::new();
        protocol.receive(&answer(prepared), &mut out, |_| {}).unwrap();
        assert_eq!(out, answer(prepared), "the driver reads what it asked for");

        let run: Vec<u8> = sent(&mut protocol, true, RUN).iter().map(|(tag, _)| *tag).collect();
        assert_eq!(run, *b"PDBES");
        let parse = sent(&mut protocol, true, RUN).swap_remove(0);
        assert_eq!(parse.1.as_bytes(), [&b"\0SELECT $1\0"[..], TYPES].concat());
    }

    #[test]
    fn the_driver_does_not_see_what_it_did_not_ask_for() {
        let rows: &[(u8, &[u8])] = &[(b'2', b""), (b'D', b"row"), (COMPLETE, b"COMMIT\0"), (READY, b"T")];
        let more = [&[(PARSED, &b""[..]), (PARAMETERS, TYPES), (COLUMNS, COLUMN)][..], rows].concat();
        let bytes = answer(&more);
        for size in 1..=bytes.len() {
            let mut protocol = Protocol::new();
            sent(&mut protocol, true, PREPARE);
            let prepared = answer(&[(PARSED, b""), (PARAMETERS, TYPES), (COLUMNS, COLUMN), (READY, b"I")]);
            protocol.receive(&prepared, &mut BytesMut::new(), |_| {}).unwrap();
            sent(&mut protocol, true, RUN);
            let (mut out, mut found) = (BytesMut::new(), Vec::new());
            for chunk in bytes.chunks(size) {
                protocol.receive(chunk, &mut out, |message| found.push(*message)).unwrap();
            }
            assert_eq!(out, answer(rows), "in pieces of {size}");
            let notable: Vec<_> = found.iter().filter(|message| matches!(message.tag, COMPLETE | READY)).collect();
            assert!(notable[0].start == *b"COMMI" && notable[1].last == b'T', "in pieces of {size}");
        }
    }

    #[test]
    fn rows_of_other_columns_are_refused() {
        let mut protocol = Protocol::new();
        sent(&mut protocol, true, PREPARE);
        let prepared = answer(&[(PARSED, b""), (PARAMETERS, TYPES), (COLUMNS, COLUMN), (READY, b"I")]);
        protocol.receive(&prepared, &mut BytesMut::new(), |_| {}).unwrap();
        sent(&mut protocol, true, RUN);
        let changed = answer(&[(PARSED, b""), (PARAMETERS, TYPES), (COLUMNS, b"\0\x01n\0ttttaaELSEssmmmmff")]);
        assert!(protocol.receive(&changed, &mut BytesMut::new(), |_| {}).is_err());
    }

    #[test]
    fn a_beginning_goes_with_the_request_that_follows() {
        let mut protocol = Protocol::new();
        sent(&mut protocol, false, PREPARE);
        received(&mut protocol, &[(PARSED, b""), (PARAMETERS, TYPES), (COLUMNS, COLUMN), (READY, b"I")]);
        // Nobody reads the answer to a request that frees a statement.
        let mut ahead: Ahead = Some("BEGIN; SET LOCAL lock_timeout = 2".into());
        sent_after(&mut protocol, false, &mut ahead, &[(CLOSE, b"Ss9\0"), (SYNC, b"")]);
        assert!(ahead.is_some());
        received(&mut protocol, &[(b'3', b""), (READY, b"I")]);

        let messages = sent_after(&mut protocol, false, &mut ahead, RUN);
        assert_eq!(ahead, None);
        assert_eq!(messages.iter().map(|(tag, _)| *tag).collect::<Vec<_>>(), *b"PBEPBEBES", "with one SYNC");
        assert_eq!(messages[0].1, "\0BEGIN\0\0\0");
        assert_eq!(messages[3].1, "\0SET LOCAL lock_timeout = 2\0\0\0");
        let begun: &[(u8, &[u8])] = &[
            (PARSED, b""),
            (BOUND, b""),
            (COMPLETE, b"BEGIN\0"),
            (PARSED, b""),
            (BOUND, b""),
            (b'N', b"a notice"),
            (COMPLETE, b"SET\0"),
        ];
        let own: &[(u8, &[u8])] = &[(BOUND, b""), (COMPLETE, b"SELECT 0\0"), (READY, b"T")];
        let read = received(&mut protocol, &[begun, own].concat());
        assert_eq!(read, answer(&[&[(b'N', &b"a notice"[..])][..], own].concat()));
        sent(&mut protocol, false, RUN);
        assert_eq!(received(&mut protocol, own), answer(own), "the next one has nothing ahead");
    }

    #[test]
    fn a_beginning_that_fails_is_the_failure_of_the_request() {
        let mut protocol = Protocol::new();
        sent_after(&mut protocol, true, &mut Some("BEGIN".into()), PREPARE);
        let refused: &[(u8, &[u8])] = &[(b'E', b"refused"), (READY, b"I")];
        let read = received(&mut protocol, &[&[(PARSED, &b""[..]), (BOUND, b"")][..], refused].concat());
        assert_eq!(read, answer(refused));
        let prepared: &[(u8, &[u8])] = &[(PARSED, b""), (PARAMETERS, TYPES), (COLUMNS, COLUMN), (READY, b"I")];
        sent(&mut protocol, true, PREPARE);
        assert_eq!(received(&mut protocol, prepared), answer(prepared));
    }

    #[test]
    fn a_beginning_is_the_first_statement_of_a_script() {
        let mut protocol = Protocol::new();
        let messages = sent_after(&mut protocol, false, &mut Some("BEGIN".into()), &[(QUERY, b"SAVEPOINT a\0")]);
        assert_eq!(messages, [(QUERY, "BEGIN; SAVEPOINT a\0".to_owned())]);
    }
}
