use orm_core::model::{Handle, IntoKey, Key as _, Model};
use orm_core::schema::{OnDelete, TableDef};
use orm_core::session::Session;
use orm_core::value::Value;
use orm_core::{Error, Result};

use crate::region::{Loaded, MadeOf, Region, packed, unpacked};
use crate::tags::Tag;
use crate::values::{cells, values, version};

/// Objects of a session by way of a [`Region`].
pub trait CacheSession {
    /// The object with that primary key: from the identity map, else from the region, else from the database. `None` when there is no such row, which the
    /// region keeps as well.
    ///
    /// An object from the region is tracked like any. The session believes it as it believes one of an earlier transaction: an UPDATE compares what it
    /// knows with the row, and the error is `StaleData` when the row is another.
    ///
    /// In a transaction the database is asked: the region knows neither what the transaction wrote nor what it sees. So it is when there are unsaved changes.
    ///
    /// See the example of [the crate](crate).
    ///
    /// # Errors
    ///
    /// Those of [`Session::get`].
    fn get_cached<T: Model>(
        &mut self,
        key: impl IntoKey<T::Key, Checked: Sized>,
        region: &Region,
    ) -> Result<Option<Handle<T>>>;
}

impl CacheSession for Session {
    fn get_cached<T: Model>(
        &mut self,
        key: impl IntoKey<T::Key, Checked: Sized>,
        region: &Region,
    ) -> Result<Option<Handle<T>>> {
        let key = key.into_key();
        if let Some(known) = self.peek::<T>(key.clone()) {
            return Ok(Some(known));
        }
        if is_beside(self) {
            region.note_bypass();
            return self.get::<T>(key);
        }
        let table = T::table();
        // Databases and schemas have rows of their own, which are forgotten with those of all others.
        let version = version(self, table);
        let parts: Vec<Value> = (0..T::Key::WIDTH).map(|part| key.part(part).to_value()).collect();
        let name = &table.name.name;
        let text = format!("object:{name}:{version}:{parts:?}");
        let of_table = |table: &TableDef| [Tag::whole(&table.name.name), Tag::row(&table.name.name, &parts)];
        let own_tags = table.tables().iter().flat_map(of_table);
        let made_of = MadeOf::new(region, own_tags.chain(changed_with(table)));
        // A row that is not there is made by a write that names no key.
        let made_of = made_of.or_nothing_until(Tag::rows(name));
        let mut own = None;
        let found = region.fetch(&text, &made_of, |bytes| unpacked(bytes).and_then(values), &mut || {
            own = self.at_primary(|session| session.get::<T>(key.clone()))?;
            match own {
                Some(handle) => row(self, handle),
                None => Ok::<_, Error>(Loaded::Nothing),
            }
        })?;
        match (own, found) {
            (Some(own), _) => Ok(Some(own)),
            (None, Some(values)) => Ok(self.recall::<T>(&[values])?.pop()),
            (None, None) => Ok(None),
        }
    }
}

/// What makes the database change rows of a table by itself: by its foreign keys, and those of the tables that it references.
pub(crate) fn changed_with(table: &'static TableDef) -> Vec<Tag> {
    let (mut open, mut seen) = (vec![table], Vec::new());
    while let Some(table) = open.pop() {
        for key in &table.foreign_keys {
            let target = (key.target.table)();
            let follows = key.on_update_cascade || matches!(key.on_delete, Some(OnDelete::Cascade | OnDelete::SetNull));
            if follows && !seen.contains(&&*target.name.name) {
                seen.push(&target.name.name);
                open.push(target);
            }
        }
    }
    seen.into_iter().map(Tag::references).collect()
}

/// The row of an object, as it is kept.
fn row<T: Model>(session: &Session, handle: Handle<T>) -> Result<Loaded> {
    match cells(session.columns_of(handle)?) {
        Some(cells) => packed(&cells).map(Loaded::Value),
        None => Ok(Loaded::Passing),
    }
}

/// Whether a session bypasses the cache: it is in a transaction, has a filter of its own, or unsaved changes.
pub(crate) fn is_beside(session: &Session) -> bool {
    session.in_transaction()
        || session.is_filtered()
        || !session.dirty().is_empty()
        || !session.new_objects().is_empty()
        || !session.deleted().is_empty()
}
