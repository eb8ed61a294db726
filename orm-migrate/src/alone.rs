//! Statements outside transactions, which programs run one after the other.

use std::ops::ControlFlow;
use std::time::Duration;

use orm_core::driver::{Isolation, TransactionMode};
use orm_core::engine::{Conn, Engine};
use orm_core::model::Row;
use orm_core::render;
use orm_core::value::ValueRef;
use orm_core::{Error, ErrorKind};

use crate::script::Part;
use crate::words::index_name;

/// Waits until no other program runs statements alone. The turn ends with the connection.
///
/// It asks again and again: a query that waits in the database has a snapshot, and an index that is built concurrently waits for all of them.
pub(crate) fn turn(engine: &Engine) -> orm_core::Result<Option<Conn>> {
    const PAUSE: Duration = Duration::from_millis(100);
    let Some(lock) = engine.dialect().try_lock_alone() else { return Ok(None) };
    let mut connection = engine.connection()?;
    loop {
        // Without a snapshot between its queries.
        connection.begin(TransactionMode::With(Isolation::ReadCommitted.into()))?;
        let mut taken = false;
        connection.query(lock, &[], &mut |row| {
            taken = text(row)? == "true";
            Ok(ControlFlow::Break(()))
        })?;
        if taken {
            // The last query keeps its snapshot until another statement takes its place.
            connection.execute_script("SELECT 1")?;
            return Ok(Some(connection));
        }
        connection.rollback()?;
        std::thread::sleep(PAUSE);
    }
}

/// Drops what a failure has left of the index that a statement builds: it has the name, so that `IF NOT EXISTS` would take it for done.
pub(crate) fn drop_broken(connection: &mut Conn, part: &Part) -> orm_core::Result<()> {
    let Some(query) = connection.dialect().list_broken_indexes() else { return Ok(()) };
    let words = render::words(connection.dialect(), part.text())?;
    let Some(index) = index_name(&words) else { return Ok(()) };
    let mut broken = None;
    connection.query(query, &[ValueRef::Text(&index)], &mut |row| {
        broken = Some(text(row)?);
        Ok(ControlFlow::Break(()))
    })?;
    broken.map_or(Ok(()), |name| connection.execute_script(&format!("DROP INDEX CONCURRENTLY IF EXISTS {name}")))
}

fn text(row: &dyn Row) -> orm_core::Result<String> {
    match row.get(0) {
        Ok(ValueRef::Text(text)) => Ok(text.to_owned()),
        _ => Err(Error::new(ErrorKind::Decode, "a query of the dialect has a value that is not text")),
    }
}
