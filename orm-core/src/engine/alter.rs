use std::ops::ControlFlow;
use std::panic::Location;

use super::{Conn, Engine};
use crate::catalog::Alteration;
use crate::dialect::Rebuild;
use crate::driver::{Isolation, TransactionMode, TransactionOptions};
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
        connection.change_schema(self.rebuilds, TransactionOptions::new(), |connection| {
            others.iter().try_for_each(|step| connection.execute_script(&step.sql))
        })
    }
}

impl Conn {
    /// Runs `change` in a transaction of its own, with these options, which holds the lock for changing the schema. With `rebuilds`, tables may be dropped and made
    /// again: the database does not look at foreign keys until the end, and then at all of them.
    ///
    /// ```
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// let mut connection = engine.connection()?;
    /// let options = orm::TransactionOptions::new();
    /// connection.change_schema(false, options, |connection| connection.execute_script("CREATE TABLE user (id INTEGER PRIMARY KEY)"))?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The error of `change`, after which nothing has changed, and `ForeignKeyViolation` if a row that is referenced is not there.
    pub fn change_schema<T>(
        &mut self,
        rebuilds: bool,
        options: TransactionOptions,
        change: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let guard = self.dialect().rebuild().filter(|_| rebuilds);
        let keys = match guard {
            Some(guard) if self.looks_at_keys(&guard)? => Some(guard),
            _ => None,
        };
        if let Some(keys) = keys {
            self.execute_script(keys.before)?;
        }
        let limit = options.statement_timeout.filter(|timeout| !timeout.is_zero());
        let outer = options.statement_timeout.map(|_| self.limit_each(limit));
        let outcome = self.change_in_transaction(keys.map(|keys| keys.check), options, change);
        if let Some(outer) = outer {
            self.limit_each(outer);
        }
        let undone = if outcome.is_err() { self.rollback() } else { Ok(()) };
        // A failure may have come between the two.
        let renamed =
            guard.filter(|_| outcome.is_err()).map_or(Ok(()), |guard| self.execute_script(guard.after_rename));
        let restored = renamed.and(keys.map_or(Ok(()), |keys| self.execute_script(keys.after)));
        // The first error is the one that tells what went wrong.
        let value = outcome?;
        undone.and(restored).map(|()| value)
    }

    fn looks_at_keys(&mut self, guard: &Rebuild) -> Result<bool> {
        let mut looks = false;
        self.query(guard.looks_at_keys, &[], &mut |row| {
            looks = matches!(row.get(0), Ok(ValueRef::I64(1)));
            Ok(ControlFlow::Break(()))
        })?;
        Ok(looks)
    }

    fn change_in_transaction<T>(
        &mut self,
        check: Option<&str>,
        options: TransactionOptions,
        change: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        // What others did while this waited for the lock is seen behind it.
        let mode = match self.dialect().lock_schema() {
            Some(_) => TransactionMode::With(options.isolation(Isolation::ReadCommitted)),
            None => TransactionMode::of(options),
        };
        let transactional = self.dialect().capabilities().transactional_schema;
        if transactional {
            self.begin(mode)?;
        }
        self.locked(|connection| {
            let result = change(connection)?;
            connection.check_references(check)?;
            if transactional {
                connection.commit()?;
            }
            Ok(result)
        })
    }

    /// Runs `work` under the lock for changing the schema.
    pub(super) fn locked<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if let Some(lock) = self.dialect().lock_schema() {
            self.query(lock, &[], &mut |_| Ok(ControlFlow::Continue(())))?;
        }
        let outcome = work(self);
        let Some(unlock) = self.dialect().unlock_schema().filter(|_| !self.is_broken()) else { return outcome };
        let unlocked = self.query(unlock, &[], &mut |_| Ok(ControlFlow::Continue(())));
        // The first error is the one that tells what went wrong.
        let value = outcome?;
        unlocked.map(|()| value)
    }

    /// Refuses rows that reference nothing.
    fn check_references(&mut self, check: Option<&str>) -> Result<()> {
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
        Ok(())
    }
}
