//! `COPY .. TO STDOUT`: rows that the server writes.

use orm_core::Result;
use orm_core::driver::TakePiece;

use crate::connection::PostgresConnection;

/// Hands what the server writes to `take`, and tells how many rows there were: each is one message. The first is the line of names.
pub(crate) fn copy_out(connection: &mut PostgresConnection, sql: &str, take: &mut TakePiece<'_>) -> Result<u64> {
    let mut pieces = connection.run(sql, 0, |client, statement| client.copy_out(statement))?;
    let (mut messages, mut outcome) = (0_u64, Ok(()));
    loop {
        match connection.client.next_piece(pieces.as_mut()) {
            Ok(Some(piece)) => {
                messages += 1;
                if outcome.is_ok() {
                    outcome = take(&piece);
                }
            }
            Ok(None) => return outcome.map(|()| messages.saturating_sub(1)),
            Err(error) => return Err(connection.failed(error)),
        }
    }
}
