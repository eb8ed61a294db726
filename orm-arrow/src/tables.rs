use std::borrow::Cow;

use orm_core::Result;
use orm_core::query::sql;
use orm_core::session::Session;

use crate::{ReadBatches, RecordBatches};

/// All rows of a table or view that is known at run time only, as record batches: `read_table(&mut session, "employees", 8_192)`. One of another
/// schema than the connection's own is called `schema.table`. Columns whose values no field can hold are left out.
///
/// # Errors
///
/// `Schema` if there is no such table, and as those of [`record_batches`](ReadBatches::record_batches).
pub fn read_table<'s>(session: &'s mut Session, name: &str, size: usize) -> Result<RecordBatches<'s>> {
    session.table(name)?.query().record_batches(session, size)
}

/// The rows of a statement that is known at run time only, as record batches. One with values is a [`Sql`](orm_core::query::Sql), which has
/// [`record_batches`](ReadBatches::record_batches).
///
/// # Errors
///
/// As those of [`record_batches`](ReadBatches::record_batches).
pub fn read_sql<'s>(
    session: &'s mut Session,
    text: impl Into<Cow<'static, str>>,
    size: usize,
) -> Result<RecordBatches<'s>> {
    sql(text).record_batches(session, size)
}
