//! Statements that change rows of shards.

use super::layout::shard_key;
use super::order::unsupported;
use super::session::ShardedSession;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Model;
use crate::query::{BulkWrite, ModelQuery as _, Statement};
use crate::session::Run;
use crate::sql::Change;

impl ShardedSession {
    /// Updates or deletes the rows of a query on the shards that have them, and tells how many there were; see
    /// [`BulkWrite::execute`](crate::query::BulkDelete::execute).
    ///
    /// # Errors
    ///
    /// `InvalidState` for an update of the shard key; `Unsupported` for a statement that may read rows of several shards together; and as there.
    pub fn execute<M: Model, Q, S: Clone + Send + Sync>(&mut self, write: BulkWrite<M, Q, S>) -> Result<u64>
    where
        BulkWrite<M, Q, S>: Run + Statement,
    {
        let databases = self.databases(&write.parts)?;
        let statement = write.clone().into_write(Vec::new())?;
        let sharded = self.shards.layout.has(&statement.table);
        if let (Change::Update(set, _), Some(key)) = (&statement.change, shard_key(M::table()).filter(|_| sharded))
            && set.iter().any(|(column, _)| *column == key.name)
        {
            let field = M::table().fields[key.field].name;
            let message = format!(
                "an update cannot set `{field}`, the shard key of {}: the rows would have to go to other shards",
                M::table().model
            );
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        let counts = self.each(&databases, |_, session| write.clone().execute(session))?;
        Ok(counts.into_iter().map(|(_, count)| count).sum())
    }

    /// Inserts plain values, each on its shard, without making objects of them: one [`insert_all`](crate::query::ModelQuery::insert_all) for
    /// each shard.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add) for a value that does not tell its shard, before anything is sent, and the databases'.
    pub fn insert_all<M: Model + Clone>(&mut self, values: impl IntoIterator<Item = M>) -> Result<u64> {
        let mut by_database: Vec<Vec<M>> = (0..self.shards.databases()).map(|_| Vec::new()).collect();
        for mut value in values {
            if M::FILLS {
                value.fill_on_insert();
            }
            if value.pending_relation().is_some() {
                return Err(unsupported("plain values with new members", "add them as objects"));
            }
            let database = self.database_of_value(&value)?;
            by_database[database].push(value);
        }
        let databases: Vec<usize> = (0..by_database.len()).filter(|&number| !by_database[number].is_empty()).collect();
        let values: Vec<std::sync::Mutex<Vec<M>>> = by_database.into_iter().map(std::sync::Mutex::new).collect();
        let counts = self.each(&databases, |number, session| {
            let values = std::mem::take(&mut *values[number].lock().unwrap_or_else(std::sync::PoisonError::into_inner));
            M::insert_all(values).execute(session)
        })?;
        Ok(counts.into_iter().map(|(_, count)| count).sum())
    }
}
