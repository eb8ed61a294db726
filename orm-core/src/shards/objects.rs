//! The objects of all shards.

use std::ops::{Index, IndexMut};

use super::layout::shard_key;
use super::session::ShardedSession;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Foreign, Handle, IntoKey, Key as _, Member, Model, Relation, RelationType};
use crate::schema::TableDef;
use crate::session::{Collection, Session, State};

impl ShardedSession {
    /// [`Session::add`] on the shard of the value: that of its shard key, or of the objects that it references.
    ///
    /// See the example of [`Shards`](super::Shards).
    ///
    /// # Errors
    ///
    /// `InvalidState` when the value does not tell its shard, because its shard key is left to the database, or it references objects of
    /// different shards; `Config` when no shard has the key; `PendingRollback` after a failure on one of the shards.
    pub fn add<T: Model>(&mut self, mut value: T) -> Result<Handle<T>> {
        self.refuse_failed()?;
        if T::FILLS {
            value.fill_on_insert();
        }
        let database = self.database_of_value(&value)?;
        Ok(self.open(database).add(value))
    }

    /// The database of a value.
    pub(super) fn database_of_value<T: Model>(&self, value: &T) -> Result<usize> {
        let table = T::table();
        if !self.shards.layout.has(&table.name) {
            return self.shards.default_database(&table.name);
        }
        let refuse = |message: String| Err(Error::new(ErrorKind::InvalidState, message));
        let mut found: Option<(usize, &'static str)> = None;
        for (database, field) in self.told_by_key(value)?.into_iter().chain(self.told_by_relations(value)?) {
            match found {
                Some((known, before)) if known != database => {
                    let [known, other] = [known, database].map(|number| self.shards.name(number));
                    return refuse(format!(
                        "a {} of two shards: `{before}` leads to `{known}`, and `{field}` to `{other}`; what is related is on one shard",
                        table.model
                    ));
                }
                _ => found = Some((database, field)),
            }
        }
        if let Some((database, _)) = found {
            return Ok(database);
        }
        match shard_key(table).map(|key| table.fields[key.field].name) {
            Some(field) => refuse(format!(
                "a new {} has no value in `{field}`, which tells its shard: a key that the database chooses comes too late, so set it before \
                 `add`, for example by a UUID or a sequence of the program's own",
                table.model
            )),
            None => refuse(format!(
                "nothing tells the shard of a new {}, which has no shard key: add it with an object that it is related to, or set its relation \
                 to one that is in the session",
                table.model
            )),
        }
    }

    /// The shard of the key of a value, if it has one, with the name of the field.
    fn told_by_key<T: Model>(&self, value: &T) -> Result<Option<(usize, &'static str)>> {
        let table = T::table();
        let Some(column) = shard_key(table) else { return Ok(None) };
        if matches!(value.foreign(column.field), Foreign::New { .. }) {
            return Ok(None);
        }
        let key = value.value(column.field, column.part).to_value();
        let is_open = table.generated_key && column.primary_key && value.key().is_none_or(|key| !key.is_set());
        if key.to_ref().is_null() || is_open {
            return Ok(None);
        }
        Ok(Some((self.places.of(&key)?, table.fields[column.field].name)))
    }

    /// The shards of the objects that a value references, as far as they are known.
    fn told_by_relations<T: Model>(&self, value: &T) -> Result<Vec<(usize, &'static str)>> {
        let table = T::table();
        let mut told = Vec::new();
        for key in &table.foreign_keys {
            let (target, field) = ((key.target.table)(), table.fields[key.field].name);
            if !self.shards.layout.has(&target.name) {
                continue;
            }
            let foreign = value.foreign(key.field);
            match foreign {
                Foreign::Unset | Foreign::Null => {}
                // The key of the target may be its shard key.
                Foreign::Key(_) if is_only_key(target) => {
                    told.push((self.places.of(&value.value(key.field, 0).to_value())?, field));
                }
                Foreign::Key(_) | Foreign::New { .. } => {
                    let known = self.shard_sessions().find(|(_, session)| session.has_target(target, foreign));
                    told.extend(known.map(|(number, _)| (number, field)));
                }
            }
        }
        Ok(told)
    }

    /// The sessions of shards that there are.
    fn shard_sessions(&self) -> impl Iterator<Item = (usize, &Session)> {
        let shards = self.sessions.iter().enumerate().take(self.shards.names.len());
        shards.filter_map(|(number, session)| Some((number, session.as_ref()?)))
    }

    /// The object with that primary key: from the shard of the key if that is, or has, the shard key, and else from all.
    ///
    /// See the example of [`Shards`](super::Shards).
    ///
    /// # Errors
    ///
    /// `MultipleFound` when several shards have such a row, for keys are unique on each shard only; `Config` when no shard has the key; and as
    /// [`Session::get`].
    pub fn get<T: Model>(&mut self, key: impl IntoKey<T::Key, Checked: Sized>) -> Result<Option<Handle<T>>> {
        let (key, table) = (key.into_key(), T::table());
        let databases = match table.shard_key.and_then(|shard| table.primary_key.iter().position(|own| *own == shard)) {
            _ if !self.shards.layout.has(&table.name) => vec![self.shards.default_database(&table.name)?],
            Some(part) => vec![self.places.of(&key.part(part).to_value())?],
            None => (0..self.shards.names.len()).collect(),
        };
        let found = self.each(&databases, |_, session| session.get::<T>(key.clone()))?;
        let mut found: Vec<(usize, Handle<T>)> =
            found.into_iter().filter_map(|(database, handle)| Some((database, handle?))).collect();
        if let [(first, _), (second, _), ..] = found[..] {
            let [first, second] = [first, second].map(|number| self.shards.name(number));
            let message = format!(
                "{}#{key:?} is on the shard `{first}` and on `{second}`: this key is unique on each shard only; query by the shard key too",
                table.model
            );
            return Err(Error::new(ErrorKind::MultipleFound, message));
        }
        Ok(found.pop().map(|(_, handle)| handle))
    }

    /// The session that has an object, for whatever is to be done with it.
    ///
    /// # Errors
    ///
    /// `Detached` when the handle is stale or of another session, and `PendingRollback` after a failure on one of the shards.
    pub fn of<T: Model>(&mut self, handle: Handle<T>) -> Result<&mut Session> {
        self.refuse_failed()?;
        self.of_any(handle)
    }

    /// [`of`](Self::of) without the question whether the transaction is lost.
    fn of_any<T: Model>(&mut self, handle: Handle<T>) -> Result<&mut Session> {
        let database = self.database_of(handle)?;
        Ok(self.open(database))
    }

    /// The name of the shard of an object.
    ///
    /// See the example of [`Shards`](super::Shards).
    ///
    /// # Errors
    ///
    /// `Detached` when the handle is stale or of another session.
    pub fn shard_of<T: Model>(&self, handle: Handle<T>) -> Result<&'static str> {
        Ok(self.shards.name(self.database_of(handle)?))
    }

    /// A handle names one object of all sessions.
    fn database_of<T: Model>(&self, handle: Handle<T>) -> Result<usize> {
        let raw = handle.raw();
        let found = self.sessions.iter().position(|session| session.as_ref().is_some_and(|session| session.has(raw)));
        found.ok_or_else(|| {
            let message = format!(
                "stale handle {handle:?}: its object was expunged, deleted or cleared, or belongs to another session; get the object from this \
                 session again"
            );
            Error::new(ErrorKind::Detached, message)
        })
    }

    fn session_of<T: Model>(&self, handle: Handle<T>) -> Result<&Session> {
        let found = self.sessions.get(self.database_of(handle)?).and_then(Option::as_ref);
        found.ok_or_else(|| Error::new(ErrorKind::Detached, "the session of the object is gone"))
    }

    /// [`Session::try_get`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn try_get<T: Model>(&self, handle: Handle<T>) -> Result<&T> {
        self.session_of(handle)?.try_get(handle)
    }

    /// [`Session::try_edit`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn try_edit<T: Model>(&mut self, handle: Handle<T>) -> Result<&mut T> {
        self.of_any(handle)?.try_edit(handle)
    }

    /// [`Session::state`].
    pub fn state<T: Model>(&self, handle: Handle<T>) -> State {
        self.session_of(handle).map_or(State::Detached, |session| session.state(handle))
    }

    /// [`Session::contains`].
    pub fn contains<T: Model>(&self, handle: Handle<T>) -> bool {
        self.session_of(handle).is_ok_and(|session| session.contains(handle))
    }

    /// [`Session::delete`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn delete<T: Model>(&mut self, handle: Handle<T>) -> Result<()> {
        self.of(handle)?.delete(handle)
    }

    /// [`Session::refresh`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn refresh<T: Model>(&mut self, handle: Handle<T>) -> Result<()> {
        self.of(handle)?.refresh(handle)
    }

    /// [`Session::expunge`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn expunge<T: Model>(&mut self, handle: Handle<T>) -> Result<T> {
        self.of_any(handle)?.expunge(handle)
    }

    /// [`Session::related`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn related<M: Model, T: Model, K: RelationType>(
        &self,
        object: Handle<M>,
        relation: Relation<M, T, K>,
    ) -> Result<K::Loaded<T>> {
        self.session_of(object)?.related(object, relation)
    }

    /// [`Session::load`], on the shard of the object.
    ///
    /// See the example of [`Shards`](super::Shards).
    ///
    /// # Errors
    ///
    /// As there, and `Unsupported` for a relation to a model that is in another database.
    pub fn load<M: Model, T: Model, K: RelationType>(
        &mut self,
        object: Handle<M>,
        relation: Relation<M, T, K>,
    ) -> Result<K::Loaded<T>> {
        self.require_here(M::table(), T::table())?;
        self.of(object)?.load(object, relation)
    }

    /// [`Session::push`]: the new member is on the shard of its parent.
    ///
    /// # Errors
    ///
    /// As there, and `Unsupported` for a relation to a model that is in another database.
    pub fn push<M: Model, T: Model, K: Collection, N: Member<T, Checked: Sized>>(
        &mut self,
        parent: Handle<M>,
        relation: Relation<M, T, K>,
        member: N,
    ) -> Result<Handle<T>> {
        self.require_here(M::table(), T::table())?;
        self.of(parent)?.push(parent, relation, member)
    }

    /// [`Session::remove`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn remove<M: Model, T: Model, K: Collection>(
        &mut self,
        parent: Handle<M>,
        relation: Relation<M, T, K>,
        member: Handle<T>,
    ) -> Result<()> {
        self.of(parent)?.remove(parent, relation, member)
    }

    /// Refuses a relation that leads from a shard to another database, or from there to shards.
    pub(super) fn require_here(&self, owner: &TableDef, target: &TableDef) -> Result<()> {
        if self.shards.layout.has(&owner.name) == self.shards.layout.has(&target.name) {
            return Ok(());
        }
        let message = format!(
            "a relation of {} leads to {}, and one of them is on shards and the other is not: query for it by its key",
            owner.model, target.model
        );
        Err(Error::new(ErrorKind::Unsupported, message))
    }
}

/// Whether the primary key is the shard key.
fn is_only_key(table: &TableDef) -> bool {
    matches!((&*table.primary_key, table.shard_key), (&[only], Some(key)) if only == key)
}

/// # Panics
///
/// When the handle is stale, expunged or of another session; [`ShardedSession::try_get`] is the fallible form.
impl<T: Model> Index<Handle<T>> for ShardedSession {
    type Output = T;

    #[expect(clippy::panic, reason = "indexing panics as that of a Vec does")]
    fn index(&self, handle: Handle<T>) -> &T {
        match self.try_get(handle) {
            Ok(object) => object,
            Err(error) => panic!("{error}"),
        }
    }
}

/// # Panics
///
/// When the handle is stale, expunged or of another session; [`ShardedSession::try_edit`] is the fallible form.
impl<T: Model> IndexMut<Handle<T>> for ShardedSession {
    #[expect(clippy::panic, reason = "indexing panics as that of a Vec does")]
    fn index_mut(&mut self, handle: Handle<T>) -> &mut T {
        match self.try_edit(handle) {
            Ok(object) => object,
            Err(error) => panic!("{error}"),
        }
    }
}
