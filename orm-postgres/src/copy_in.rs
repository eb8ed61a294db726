//! `COPY .. FROM STDIN (FORMAT binary)`: rows on their way into a table.

use std::pin::Pin;

use bytes::{BufMut, Bytes, BytesMut};
use orm_core::Result;
use orm_core::driver::{Bind, CopyRows, NextRow};
use orm_core::value::{SqlType, ValueRef};
use postgres::types::{IsNull, Kind, Type};
use tokio_postgres::CopyInSink;

use crate::connection::PostgresConnection;
use crate::encode::{EncodeError, base, encode_binary, is_text};

/// What every copy begins with: a signature, flags, and the length of more that might follow.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What it ends with, in the place of a row's number of columns.
const TRAILER: i16 = -1;
/// How many bytes are sent at once. Before each time, what the server has said meanwhile is read, so that it can go on.
const PIECE: usize = 16 * 1024;

/// Copies rows. `None` if they have to be inserted by statements.
pub(crate) fn copy_in(
    connection: &mut PostgresConnection,
    rows: &CopyRows<'_>,
    next: &mut NextRow<'_>,
) -> Result<Option<u64>> {
    let types = connection.column_types(rows.described_by)?;
    if types.len() != rows.types.len() || !types.iter().zip(rows.types).all(|(ty, value)| is_binary(ty, *value)) {
        return Ok(None);
    }
    let sink = connection.run(rows.sql, 0, |client, statement| client.copy_in(statement))?;
    let mut copy = CopyIn { connection, sink, row: CopyRow { types: &types, bytes: BytesMut::new(), bound: 0 } };
    match copy.send_all(next) {
        Ok(()) => copy.finish().map(Some),
        Err(error) => {
            copy.give_up();
            Err(error)
        }
    }
}

/// Whether values can travel in the binary form of a type. Text can where that form is text: the server parses no other.
fn is_binary(ty: &Type, value: SqlType) -> bool {
    match (base(ty).kind(), value) {
        (Kind::Array(member), SqlType::Array(item)) => is_binary(member, *item),
        (Kind::Array(_), _) => false,
        (_, SqlType::Text) => is_text(base(ty)) || *base(ty) == Type::JSONB,
        (_, SqlType::Array(_)) => is_text(base(ty)),
        _ => true,
    }
}

/// A copy that the server waits for.
struct CopyIn<'c> {
    connection: &'c mut PostgresConnection,
    sink: Pin<Box<CopyInSink<Bytes>>>,
    row: CopyRow<'c>,
}

impl CopyIn<'_> {
    fn send_all(&mut self, next: &mut NextRow<'_>) -> Result<()> {
        self.row.bytes.put_slice(HEADER);
        while self.row.fill(next)? {
            if self.row.bytes.len() >= PIECE {
                self.send()?;
            }
        }
        self.row.bytes.put_i16(TRAILER);
        self.send()
    }

    fn send(&mut self) -> Result<()> {
        let bytes = self.row.bytes.split().freeze();
        let sent = self.connection.client.send_copy(self.sink.as_mut(), bytes);
        sent.map_err(|failure| self.connection.lost(failure))
    }

    /// Ends the copy, and tells how many rows there were.
    fn finish(mut self) -> Result<u64> {
        let copied = self.connection.client.finish_copy(self.sink.as_mut());
        copied.map_err(|error| {
            let row = error.as_db_error().and_then(|told| row_of(told.where_()?));
            let error = self.connection.failed(error);
            match row {
                Some(row) => error.with_row(row),
                None => error,
            }
        })
    }

    /// Makes the server forget the rows.
    fn give_up(self) {
        let Self { connection, sink, .. } = self;
        drop(sink);
        if let Err(failure) = connection.client.abandon_copy() {
            tracing::warn!(target: "orm::pool", ?failure, "gave up a connection whose copy could not be ended");
            connection.give_up();
        }
    }
}

/// Rows in the form of the server.
struct CopyRow<'t> {
    types: &'t [Type],
    bytes: BytesMut,
    /// How many values of the row are bound.
    bound: usize,
}

impl CopyRow<'_> {
    /// Appends the next row. `false` if there is none.
    fn fill(&mut self, next: &mut NextRow<'_>) -> Result<bool> {
        let start = self.bytes.len();
        // The server takes no more columns than the number has room for.
        self.bytes.put_i16(i16::try_from(self.types.len()).unwrap_or(i16::MAX));
        self.bound = 0;
        if !next(self)? {
            self.bytes.truncate(start);
            return Ok(false);
        }
        if self.bound == self.types.len() {
            return Ok(true);
        }
        Err(crate::error::wrong_count(self.types.len(), self.bound))
    }
}

impl Bind for CopyRow<'_> {
    fn bind(&mut self, value: ValueRef<'_>) -> Result<()> {
        let Some(ty) = self.types.get(self.bound) else {
            return Err(crate::error::wrong_count(self.types.len(), self.bound + 1));
        };
        let error = |error: EncodeError| {
            let error = error.at(self.bound);
            error.classify().with_source(error)
        };
        let start = self.bytes.len();
        self.bytes.put_i32(-1);
        if let IsNull::No = encode_binary(value, ty, &mut self.bytes).map_err(error)? {
            let length = i32::try_from(self.bytes.len() - start - size_of::<i32>());
            let length = length.map_err(|_| error(EncodeError::too_long(value, ty)))?;
            self.bytes[start..start + size_of::<i32>()].copy_from_slice(&length.to_be_bytes());
        }
        self.bound += 1;
        Ok(())
    }
}

/// The number of the row, in what the server says of the place of an error: `COPY employee, line 3, column age`, in any language.
fn row_of(place: &str) -> Option<u64> {
    let copy = place.lines().find(|line| line.starts_with("COPY "))?;
    let number = |part: &str| part.split(':').next()?.rsplit(' ').next()?.parse().ok();
    copy.split(", ").skip(1).find_map(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_row_is_read_in_any_language() {
        assert_eq!(row_of("COPY employee, line 3, column age"), Some(3));
        assert_eq!(row_of("COPY employee, Zeile 12: \"x, y\""), Some(12));
        assert_eq!(row_of("PL/pgSQL function f() line 4 at RAISE\nCOPY employee, line 7"), Some(7));
        assert_eq!(row_of("SQL statement \"SELECT 1\""), None);
    }

    #[test]
    fn text_travels_to_text_only() {
        let array = SqlType::Array(&SqlType::Text);
        assert!(is_binary(&Type::TEXT, SqlType::Text) && is_binary(&Type::TEXT_ARRAY, array));
        assert!(is_binary(&Type::JSON, SqlType::Text) && is_binary(&Type::INT4, SqlType::I64));
        assert!(!is_binary(&Type::INET, SqlType::Text) && !is_binary(&Type::INET_ARRAY, array));
        assert!(!is_binary(&Type::INT4_ARRAY, SqlType::I32));
    }
}
