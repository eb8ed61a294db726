use std::ops::ControlFlow;
use std::panic::Location;

use super::{Conn, Engine};
use crate::catalog::Alteration;
use crate::driver::{Isolation, TransactionMode};
use crate::error::{Error, ErrorKind, Result};
use crate::value::ValueRef;

impl Alteration {
    /// Changes a database, in one transaction but for the steps that are alone.
    ///
    /// ```
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// engine.connection()?.execute_script("CREATE TABLE user (id INTEGER PRIMARY KEY, nick TEXT)")?;
    /// let before = engine.reflect()?;
    /// let mut after = before.clone();
    /// after.tables[0].columns.pop();
    /// before.alteration(&after, engine.dialect())?.apply(&engine)?;
    /// assert_eq!(engine.reflect()?, after);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The database's error, and `ForeignKeyViolation` if a table that was made again lacks a row that others reference.
    #[track_caller]
    pub fn apply(&self, engine: &Engine) -> Result<()> {
        let mut connection = engine.take_connection(Location::caller())?;
        let (alone, others): (Vec<_>, Vec<_>) = self.steps.iter().partition(|step| step.alone);
        alone.iter().try_for_each(|step| connection.execute_script(&step.sql))?;
        connection.change_schema(self.rebuilds, |connection| {
            others.iter().try_for_each(|step| connection.execute_script(&step.sql))
        })
    }
}

impl Conn {
    /// Runs `change` in a transaction of its own, which holds the lock for changing the schema. With `rebuilds`, tables may be dropped and made
    /// again: the database does not look at foreign keys until the end, and then at all of them.
    ///
    /// ```
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// let mut connection = engine.connection()?;
    /// connection.change_schema(false, |connection| connection.execute_script("CREATE TABLE user (id INTEGER PRIMARY KEY)"))?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The error of `change`, after which nothing has changed, and `ForeignKeyViolation` if a row that is referenced is not there.
    pub fn change_schema<T>(&mut self, rebuilds: bool, change: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let guard = self.dialect().rebuild().filter(|_| rebuilds);
        if let Some(guard) = guard {
            self.execute_script(guard.before)?;
        }
        let outcome = self.change_in_transaction(guard.map(|guard| guard.check), change);
        let undone = if outcome.is_err() { self.rollback() } else { Ok(()) };
        let restored = guard.map_or(Ok(()), |guard| self.execute_script(guard.after));
        // The first error is the one that tells what went wrong.
        let value = outcome?;
        undone.and(restored).map(|()| value)
    }

    fn change_in_transaction<T>(
        &mut self,
        check: Option<&str>,
        change: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        // What others did while this waited for the lock is seen behind it.
        let mode = match self.dialect().lock_schema() {
            Some(_) => TransactionMode::With(Isolation::ReadCommitted.into()),
            None => TransactionMode::Write,
        };
        let transactional = self.dialect().capabilities().transactional_schema;
        if transactional {
            self.begin(mode)?;
        }
        if let Some(lock) = self.dialect().lock_schema() {
            self.query(lock, &[], &mut |_| Ok(ControlFlow::Continue(())))?;
        }
        let result = change(self)?;
        let mut broken = None;
        if let Some(check) = check {
            self.query(check, &[], &mut |row| {
                broken = match row.get(0) {
                    Ok(ValueRef::Text(table)) => Some(table.to_owned()),
                    _ => Some("a table".to_owned()),
                };
                Ok(ControlFlow::Break(()))
            })?;
        }
        if let Some(table) = broken {
            let message = format!("a row of {table} references a row that is not there");
            return Err(Error::new(ErrorKind::ForeignKeyViolation, message));
        }
        if transactional {
            self.commit()?;
        }
        Ok(result)
    }
}
