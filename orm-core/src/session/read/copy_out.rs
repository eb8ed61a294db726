//! Results that the database writes itself.

use std::io::Write;

use crate::dialect::SqlWriter;
use crate::error::{Error, ErrorKind, Result};
use crate::query::table::TableQuery;
use crate::query::{Query, Sql};
use crate::session::transaction::Prepared;
use crate::session::{Fetch, Session};

macro_rules! copy_out {
    ($([$($generic:tt)*] $ty:ty, |$query:ident, $session:ident| $text:expr;)*) => {$(
        impl<$($generic)*> $ty {
            /// Has the database write the rows as CSV with a line of names, in its own spelling, and passes that on: `COPY .. TO STDOUT`. Tells how
            /// many rows there were. Only PostgreSQL has it. `to_csv` of `orm::files` writes the rows of every database, in one spelling.
            ///
            /// `COPY` takes no values, so that a query with some is refused.
            ///
            /// # Errors
            ///
            /// `Unsupported` where the database copies no rows out, and for a query with values; `Io` when the writer fails, the rest is then
            /// read and thrown away; the database's, and those of an autoflush.
            pub fn copy_out(self, session: &mut Session, writer: impl Write) -> Result<u64> {
                let ($query, $session) = (self, &mut *session);
                let statement: Prepared = $text;
                session.copy_out(&statement, writer)
            }
        }
    )*};
}

copy_out! {
    [T: Fetch, Q] Query<T, Q>, |query, session| {
        session.autoflush(&query.parts.reads())?;
        session.links.render(&query.parts.plain_statement()?)?
    };
    [] TableQuery, |query, session| {
        let select = query.statement()?;
        session.autoflush(&select.reads())?;
        session.links.render(&select)?
    };
    [] Sql, |query, session| {
        let database = session.links.database_named(query.database.as_deref())?;
        session.prepare_raw(&query, database)?
    };
}

impl Session {
    fn copy_out(&mut self, query: &Prepared, mut writer: impl Write) -> Result<u64> {
        let link = self.links.at(query.database);
        let mut out = SqlWriter::new(link.dialect());
        link.dialect().copy_out(&mut out, &query.text)?;
        if !query.params.is_empty() {
            let message = "`COPY` takes no values, and the query has some: write the rows by `to_csv` of `orm::files`, or compare columns only";
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        let failed = |error: std::io::Error| {
            Error::new(ErrorKind::Io, format!("writing what is copied: {error}")).with_source(error)
        };
        // The statement does not fail by the writer, and neither does its transaction.
        let mut written = Ok(());
        let copied = link.copy_out(&out.into_text(), &mut |piece| {
            if written.is_ok() {
                written = writer.write_all(piece);
            }
            Ok(())
        })?;
        written.and_then(|()| writer.flush()).map_err(failed)?;
        Ok(copied)
    }
}
