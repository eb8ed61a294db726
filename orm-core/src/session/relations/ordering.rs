//! Collections whose members keep their places in a column: `#[has_many(ordering = position)]`.

use super::related::{OwnedRelation, member_key};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Handle, Member, Model, Relation, kind};
use crate::schema::RelationDef;
use crate::session::Session;
use crate::session::store::Store;
use crate::value::ValueRef;

impl Session {
    /// Moves a member of a relation with `ordering` to another place, counted from 0. The members are numbered anew, and the flush writes
    /// those whose numbers differ.
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "playlist")]
    /// struct Playlist {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     #[has_many(back_populates = playlist, ordering = position)]
    ///     songs: HasMany<Song>,
    /// }
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "song")]
    /// struct Song {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     title: String,
    ///     position: i32,
    ///     #[belongs_to(back_populates = songs)]
    ///     playlist: BelongsTo<Playlist>,
    /// }
    ///
    /// # let engine = Engine::connect("sqlite://")?;
    /// # engine.create_all(models![Playlist])?;
    /// # let mut session = engine.session();
    /// let song = |title: &str| Song { title: title.into(), ..Default::default() };
    /// let list = session.add(Playlist { songs: [song("A"), song("B")].into(), ..Default::default() });
    /// session.commit()?;
    ///
    /// let songs = session.load(list, Playlist::songs)?;
    /// session.move_to(list, Playlist::songs, songs[1], 0)?;
    /// let new = session.insert_at(list, Playlist::songs, 1, song("C"))?;
    /// session.commit()?;
    /// assert_eq!(session.load(list, Playlist::songs)?, [songs[1], new, songs[0]]);
    /// assert_eq!(session[songs[0]].position, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `InvalidState` when the object is no member, when there is no such place, and for a relation without `ordering`; `Detached` for a
    /// stale handle, and the database's when the relation must be loaded first.
    #[track_caller]
    pub fn move_to<M: Model, T: Model>(
        &mut self,
        parent: Handle<M>,
        relation: Relation<M, T, kind::HasMany>,
        member: Handle<T>,
        index: usize,
    ) -> Result<()> {
        let (owned, mut list) = self.ordered(parent, relation)?;
        let slot = self.store.slot(member)?;
        let Some(place) = list.iter().position(|&other| other == slot) else {
            return Err(self.no_member(owned, T::table(), slot));
        };
        list.remove(place);
        self.require_place(owned, list.len(), index)?;
        list.insert(index, slot);
        self.store.arrange_members(owned.relation, owned.slot, list)
    }

    /// Makes an object a member at a place, counted from 0, of a relation with `ordering`: a new value, which is added, or a handle. Returns
    /// the member's handle.
    ///
    /// See the example of [`move_to`](Session::move_to).
    ///
    /// # Errors
    ///
    /// As [`move_to`](Session::move_to) and [`push`](Session::push).
    #[track_caller]
    pub fn insert_at<M: Model, T: Model, N: Member<T, Checked: Sized>>(
        &mut self,
        parent: Handle<M>,
        relation: Relation<M, T, kind::HasMany>,
        index: usize,
        member: N,
    ) -> Result<Handle<T>> {
        let (owned, list) = self.ordered(parent, relation)?;
        self.require_place(owned, list.len(), index)?;
        let member = self.push(parent, relation, member)?;
        self.move_to(parent, relation, member, index)?;
        Ok(member)
    }

    /// The members of a relation with `ordering`, all of them.
    #[track_caller]
    fn ordered<M: Model, T: Model>(
        &mut self,
        parent: Handle<M>,
        relation: Relation<M, T, kind::HasMany>,
    ) -> Result<(OwnedRelation, Vec<u32>)> {
        self.store.sync();
        let owned = self.owned_relation(parent, relation)?;
        if owned.relation.ordering.is_none() {
            let (model, name) = ((owned.relation.owner.spec)().name, owned.relation.name);
            let message = format!(
                "`{model}::{name}` keeps no places of its members: `#[has_many(ordering = field)]` names the field that holds them"
            );
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        self.ensure_loaded(owned)?;
        Ok((owned, self.members(owned).unwrap_or_default()))
    }

    fn require_place(&self, owned: OwnedRelation, members: usize, index: usize) -> Result<()> {
        if index <= members {
            return Ok(());
        }
        let OwnedRelation { relation, slot } = owned;
        let parent = self.store.label((relation.owner.table)().id, slot);
        let message = format!("`{}` of {parent} has {members} other members, and so no place {index}", relation.name);
        Err(Error::new(ErrorKind::InvalidState, message))
    }
}

impl Store {
    /// Brings the members of a relation with `ordering` into an order, and numbers them.
    pub(super) fn arrange_members(
        &mut self,
        relation: &'static RelationDef,
        parent: u32,
        list: Vec<u32>,
    ) -> Result<()> {
        if relation.ordering.is_none() {
            return Ok(());
        }
        self.sync();
        let (table, key) = member_key(relation)?;
        if let Some(members) = self.members_mut(table, key, (relation.owner.table)(), parent) {
            members.arrange(list);
        }
        self.number_members(relation, parent)
    }

    /// Numbers the members of a relation with `ordering` in their order, if all of them are in memory.
    pub(crate) fn number_members(&mut self, relation: &'static RelationDef, parent: u32) -> Result<()> {
        if relation.ordering.is_none() || !self.is_loaded(relation, parent) {
            return Ok(());
        }
        let list = self.members(relation, parent).unwrap_or_default();
        (0..).zip(list).try_for_each(|(place, member)| self.set_place(relation, member, place))
    }

    /// Gives a new member the place after the last of the others.
    pub(super) fn number_last(&mut self, relation: &'static RelationDef, parent: u32, member: u32) -> Result<()> {
        let Some(field) = relation.ordering else { return Ok(()) };
        let table = (relation.target.table)();
        let column = table.fields[field].columns.start;
        let last = self.members(relation, parent).unwrap_or_default().into_iter().rfind(|&other| other != member);
        let last = last.and_then(|last| match self.any(table.id)?.value(last, column) {
            ValueRef::I64(place) => Some(place),
            _ => None,
        });
        self.set_place(relation, member, last.map_or(0, |last| last.saturating_add(1)))
    }

    fn set_place(&mut self, relation: &'static RelationDef, member: u32, place: i64) -> Result<()> {
        let (table, Some(field)) = ((relation.target.table)(), relation.ordering) else { return Ok(()) };
        let column = table.fields[field].columns.start;
        if self.any(table.id).is_some_and(|arena| arena.value(member, column) == ValueRef::I64(place)) {
            return Ok(());
        }
        self.prepare_write(table, member);
        let Some(arena) = self.any_mut(table.id) else { return Ok(()) };
        arena.set_value(member, field, ValueRef::I64(place)).map_err(|mismatch| {
            let message = format!("{}, column `{}`: {mismatch}", table.model, table.columns[column].name);
            Error::new(ErrorKind::Decode, message)
        })
    }
}
