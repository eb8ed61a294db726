//! Reading a row again and locking it.

use std::ops::ControlFlow;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Handle, Model, RowReader};
use crate::session::Session;
use crate::session::store::arena::{Columns as _, Populate, Reading};
use crate::session::transaction::Prepared;
use crate::sql::{Access, BinaryOp, Expr, Lock, LockWait, Nested};
use crate::value::{Value, ValueRef};

impl Session {
    /// [`refresh`](Session::refresh) that also locks the row until the end of the transaction: others wait with their writes.
    ///
    /// A versioned object must still be what its row is: who computes with the values that the session showed before the lock would
    /// otherwise compute with old ones. `refresh` asks nothing, so it is the cure.
    ///
    /// ```no_run
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let book = Book::query().filter(Book::title.eq("Matter")).one(&mut session)?;
    /// session.refresh_for_update(book)?; // others wait with their writes
    /// session[book].pages *= 2;
    /// session.commit()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Unsupported` where the database has no locks of rows, `StaleData` when the row has another version than the object, and those of
    /// `refresh`. After an error the object is as it was.
    pub fn refresh_for_update<T: Model>(&mut self, handle: Handle<T>) -> Result<()> {
        let slot = self.store.slot(handle)?;
        let table = T::table();
        self.require_row(table, slot, "refresh")?;
        let arena = self.store.arena_mut::<T>();
        let mut select = crate::query::select_columns(table);
        select.lock = Some(Lock { shared: false, wait: LockWait::Wait, of: None });
        select.filter.extend(table.primary_key.iter().map(|&column| {
            let def = &table.columns[column];
            let key = Expr::Param(arena.row_value(slot, column).to_value(), def.sql_type);
            Expr::Binary(Nested::new(Expr::column(table, def)), BinaryOp::Eq, Nested::new(key))
        }));
        let known = table.version.map(|version| arena.row_value(slot, version).to_value());
        let statement = self.links.render(&select)?;
        self.refresh_by(handle, |session| {
            session.autoflush_for(&[table])?;
            session.read_locked(handle, &statement, known.as_ref())
        })
    }

    fn read_locked<T: Model>(&mut self, handle: Handle<T>, statement: &Prepared, known: Option<&Value>) -> Result<()> {
        let (table, slot) = (T::table(), handle.slot());
        let label = self.store.label(table.id, slot);
        let mut found: Option<T::Stored> = None;
        self.links.run(statement, |row| {
            found = Some(T::Stored::read(&mut RowReader::new(row, 0, T::spec().name))?);
            Ok(ControlFlow::Break(()))
        })?;
        let Some(value) = found else {
            self.store.release(table, slot);
            let message = format!("the row of {label} is gone; the object left the session");
            return Err(Error::new(ErrorKind::NotFound, message));
        };
        if let (Some(version), Some(known)) = (table.version, known) {
            let def = &table.columns[version];
            let (expected, now) = (known.to_ref(), value.value(def.field, def.part));
            if now != expected {
                let error = other_version(&label, expected, now);
                self.links.note_failure(&error);
                return Err(error);
            }
        }
        let reading = Reading { locks: true, ..self.reading(statement.database, Access::Lock, Populate::Overwrite)? };
        self.store.arena_mut::<T>().overwrite(slot, value, reading)?;
        self.store.sync_overwritten(table);
        Ok(())
    }
}

/// The row of an object was locked, and is not what the session knows of it.
pub(crate) fn other_version(label: &str, known: ValueRef<'_>, now: ValueRef<'_>) -> Error {
    let message = format!(
        "{label} has version {known} in the session, and its row has version {now}: somebody else changed it; refresh it and decide \
         again"
    );
    Error::new(ErrorKind::StaleData, message)
}
