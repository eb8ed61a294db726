//! Members that come with the rows of their owners.

use std::collections::HashSet;

use super::member_lists::MemberLists;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Row;
use crate::query::{Extent, JoinedLoad};
use crate::schema::{ModelRef, RelationKind};
use crate::session::Session;
use crate::session::relations::related::member_key;
use crate::session::store::Store;
use crate::session::store::arena::{Populate, Reading};
use crate::sql::Select;

/// How the rows of a statement meet the objects of the session.
#[derive(Clone, Copy)]
pub(crate) struct How {
    pub(crate) populate: Populate,
    /// How much of the objects of the first source the rows have.
    pub(crate) extent: Extent,
}

/// The rows have whole objects.
impl From<Populate> for How {
    fn from(populate: Populate) -> Self {
        Self { populate, extent: Extent::Whole }
    }
}

/// How the rows of one statement become objects.
pub(crate) struct Loading {
    reading: Reading,
    /// Whether the rows of the first source are locked.
    locks: bool,
    /// Whether a row of the first source may come again, beside another member.
    repeats: bool,
}

impl Loading {
    pub(crate) fn new(reading: Reading, locks: bool, repeats: bool) -> Self {
        Self { reading, locks, repeats }
    }

    /// The object whose columns stand in a row from column `first`.
    pub(crate) fn object(&self, store: &mut Store, model: ModelRef, row: &dyn Row, first: usize) -> Result<u32> {
        let Some(arena) = store.meet(model) else {
            return Err(Error::new(ErrorKind::Schema, format!("{} has no arena", (model.spec)().name)));
        };
        let reading = match first {
            0 => Reading { locks: self.locks, ..self.reading },
            _ => Reading { locks: false, extent: Extent::Whole, ..self.reading },
        };
        // A row that comes again, beside another member, says nothing new.
        let known = if self.repeats || first > 0 { arena.find_whole(row, first)? } else { None };
        match known.filter(|&slot| arena.slots().entry(slot).statement == reading.statement) {
            Some(slot) => Ok(slot),
            None => arena.load_row(row, first, reading),
        }
    }
}

/// The members of one relation, as the rows bring them.
pub(crate) struct JoinedRows {
    load: JoinedLoad,
    /// The owners in the order of the rows, each with its members.
    lists: MemberLists,
    seen: HashSet<(u32, u32), foldhash::fast::RandomState>,
    then: Vec<JoinedRows>,
}

impl JoinedRows {
    fn new(mut load: JoinedLoad) -> Self {
        let then = std::mem::take(&mut load.then).into_iter().map(Self::new).collect();
        Self { load, lists: MemberLists::default(), seen: HashSet::default(), then }
    }

    /// Makes places for what statements bring, unless a statement of the same kind has made them.
    pub(crate) fn begin(joined: &mut Vec<Self>, loads: Vec<JoinedLoad>) {
        if joined.is_empty() {
            joined.extend(loads.into_iter().map(Self::new));
        }
    }

    /// Whether an owner may stand in several rows.
    pub(crate) fn is_several(&self) -> bool {
        self.load.is_several() || self.then.iter().any(Self::is_several)
    }

    /// Takes what one row brings of the members of `owner`.
    pub(crate) fn read(&mut self, store: &mut Store, owner: u32, row: &dyn Row, loading: &Loading) -> Result<()> {
        let place = self.lists.place_or_new(owner);
        let (model, first) = (self.load.relation.target, self.load.first);
        let mut key = (model.table)().primary_key.iter().map(|column| row.get(first + column));
        if key.any(|cell| cell.is_ok_and(|cell| cell.is_null())) {
            return Ok(());
        }
        let member = loading.object(store, model, row, first)?;
        if self.seen.insert((owner, member)) {
            self.lists.push(place, member);
        }
        self.then.iter_mut().try_for_each(|then| then.read(store, member, row, loading))
    }

    /// Brings collections in step with the foreign keys of members that rows overwrote.
    pub(crate) fn sync(&self, store: &mut Store) {
        store.sync_overwritten((self.load.relation.target.table)());
        self.then.iter().for_each(|then| then.sync(store));
    }
}

impl Session {
    /// The objects of a statement that brings others with them, each once where they stand in several rows.
    pub(crate) fn fetch_joined(
        &mut self,
        model: ModelRef,
        select: &Select,
        loads: Vec<JoinedLoad>,
        how: How,
    ) -> Result<Vec<u32>> {
        let (mut slots, mut joined) = (Vec::new(), Vec::new());
        JoinedRows::begin(&mut joined, loads);
        self.store.meet(model);
        self.run(model, select, &mut joined, how, |_, slot, _| {
            slots.push(slot);
            Ok(())
        })?;
        if joined.iter().any(JoinedRows::is_several) {
            keep_first(&mut slots);
        }
        self.keep(joined, how.populate)?;
        Ok(slots)
    }

    /// Makes the members that rows brought the members of their owners.
    pub(crate) fn keep(&mut self, joined: Vec<JoinedRows>, populate: Populate) -> Result<()> {
        self.store.sync();
        for JoinedRows { load: JoinedLoad { relation, partial, .. }, lists, then, .. } in joined {
            let mut lists = lists.into_lists();
            self.store.meet(relation.target);
            let mut members: Vec<u32> = lists.iter().flat_map(|(_, members)| members).copied().collect();
            keep_first(&mut members);
            self.store.group((relation.target.table)(), &members);
            if relation.kind == RelationKind::HasOne && partial {
                // That there is none among the rows says nothing; who is found is the only one.
                lists.retain(|(_, members)| !members.is_empty());
            }
            match populate {
                Populate::Overwrite => {
                    let owners: Vec<u32> = lists.iter().map(|(owner, _)| *owner).collect();
                    self.store.unload(relation, &owners);
                }
                Populate::Keep => lists.retain(|(owner, _)| !self.store.is_loaded(relation, *owner)),
            }
            match relation.kind {
                RelationKind::BelongsTo => {}
                RelationKind::ManyToMany => self.store.set_links(relation, lists, partial)?,
                kind => {
                    let (table, key) = member_key(relation)?;
                    let owners: Vec<u32> = lists.iter().map(|(owner, _)| *owner).collect();
                    let partial = partial && kind == RelationKind::HasMany;
                    self.set_members((relation, table, key), &owners, &members, partial);
                }
            }
            self.keep(then, populate)?;
        }
        Ok(())
    }
}

/// Keeps the first of equal ones.
pub(crate) fn keep_first(slots: &mut Vec<u32>) {
    let mut seen: HashSet<u32, foldhash::fast::RandomState> = HashSet::default();
    slots.retain(|&slot| seen.insert(slot));
}
