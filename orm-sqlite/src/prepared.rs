//! Which statements stay prepared.

use std::ops::{Deref, DerefMut};

use rusqlite::{CachedStatement, Connection, Result, Statement};

/// The longest text that stays prepared. Longer ones are lists of rows or values, which seldom come again in the same length.
const LONGEST: usize = 16 * 1024;

/// A prepared statement. The connection keeps it for the next time, unless its text is long. So the cache is bounded in number and in size.
pub(crate) enum Prepared<'c> {
    Kept(CachedStatement<'c>),
    Once(Statement<'c>),
}

impl<'c> Prepared<'c> {
    /// # Errors
    ///
    /// The database's error.
    pub(crate) fn new(native: &'c Connection, sql: &str) -> Result<Self> {
        if sql.len() > LONGEST {
            return native.prepare(sql).map(Self::Once);
        }
        native.prepare_cached(sql).map(Self::Kept)
    }
}

impl<'c> Deref for Prepared<'c> {
    type Target = Statement<'c>;

    fn deref(&self) -> &Statement<'c> {
        match self {
            Self::Kept(statement) => statement,
            Self::Once(statement) => statement,
        }
    }
}

impl<'c> DerefMut for Prepared<'c> {
    fn deref_mut(&mut self) -> &mut Statement<'c> {
        match self {
            Self::Kept(statement) => statement,
            Self::Once(statement) => statement,
        }
    }
}
