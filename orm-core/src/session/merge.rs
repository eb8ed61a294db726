//! Merging: a value from elsewhere, and what it carries, becomes what the session has.
//!
//! Two passes: the first reads, finding the object of each value and loading the collections that will be compared; the second
//! writes, in memory only. An error of the first leaves everything as it was.

use std::any::Any;
use std::collections::HashMap;
use std::marker::PhantomData;

use super::Session;
use super::add::may_write;
use super::arena::AnyArena;
use super::store::Store;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Adopter, Foreign, Handle, Key, Model, New, Relation, kind};
use crate::schema::{Cascade, ModelId, RelationDef};
use crate::value::ValueRef;

impl Session {
    /// Makes the session have what a value says: the object with its primary key, in the session or in the database, gets all of
    /// its columns; where there is none, the value is added. Returns the session's object.
    ///
    /// A `BelongsTo` that was never set, a version of 0, a `None` in a column with a server default and a computed column say nothing and
    /// change nothing.
    /// Relation fields that something was assigned to are merged too, along relations with `cascade(merge)`: their values
    /// become the members, and members that are not among them leave as by [`set`](Session::set). Other fields are untouched.
    /// Merging equal data again writes nothing.
    ///
    /// # Errors
    ///
    /// `StaleData` when the value has another version than the object; `InvalidState` when it carries members in a relation without
    /// `cascade(merge)`; the database's, and those of an autoflush.
    pub fn merge<T: Model>(&mut self, value: T) -> Result<Handle<T>> {
        self.store.sync();
        let node = Node::find(self, value)?;
        node.apply(self, &mut Met::default())
    }

    /// Gives an object the columns of a value, as far as the value says something.
    fn copy_columns<T: Model>(&mut self, handle: Handle<T>, value: T) -> Result<()> {
        let (table, object) = (T::table(), self.try_get(handle)?);
        let silent = |column: usize| {
            let def = &table.columns[column];
            table.version == Some(column)
                || def.computed.is_some()
                || matches!((table.fields[def.field].foreign_key, value.foreign(def.field)), (Some(_), Foreign::Unset))
                || def.server_default.is_some() && value.value(def.field, def.part).is_null()
        };
        let differs = |column: usize| {
            let def = &table.columns[column];
            value.value(def.field, def.part) != object.value(def.field, def.part)
        };
        let (silent, spoken): (Vec<usize>, Vec<usize>) = (0..table.columns.len()).partition(|&column| silent(column));
        if !spoken.into_iter().any(differs) {
            return Ok(());
        }
        let object = self.try_edit(handle)?;
        let old = std::mem::replace(object, value);
        for def in silent.into_iter().map(|column| &table.columns[column]) {
            if table.fields[def.field].foreign_key.is_some() {
                object.set_foreign(def.field, old.foreign(def.field));
            } else {
                object.set_value(def.field, old.value(def.field, def.part)).map_err(|mismatch| {
                    Error::new(ErrorKind::Decode, format!("{}, column `{}`: {mismatch}", table.model, def.name))
                })?;
            }
        }
        Ok(())
    }

    /// A value that bears another version than the object was made from other data.
    fn same_version<T: Model>(&self, handle: Handle<T>, value: &T) -> Result<()> {
        let table = T::table();
        let (Some(version), Some(arena)) = (table.version, self.store.any(table.id)) else { return Ok(()) };
        let def = &table.columns[version];
        let (own, theirs) = (arena.row_value(handle.slot(), version), value.value(def.field, def.part));
        if theirs == ValueRef::I64(0) || theirs == own {
            return Ok(());
        }
        let message = format!(
            "{} has version {own}, and the value to merge has version {theirs}: it was made from other data; read the object again, \
             and change that",
            self.store.label(table.id, handle.slot())
        );
        Err(Error::new(ErrorKind::StaleData, message))
    }
}

impl Store {
    /// References to objects with keys become their keys.
    pub(super) fn resolve_references<T: Model>(&self, value: &mut T) {
        for def in &T::table().foreign_keys {
            let target = (def.target.table)();
            let foreign = value.foreign(def.field);
            if !matches!(foreign, Foreign::New { .. }) {
                continue;
            }
            // The key of a new object finds nothing yet.
            let parent = self.resolve(target, foreign).filter(|&parent| !self.is_pending(target, parent));
            if let (Some(parent), Some(parents)) = (parent, self.any(target.id)) {
                parents.with_key(parent, &mut |key| value.set_foreign(def.field, Foreign::Key(key)));
            }
        }
    }
}

/// A value, and the object that it is merged into.
struct Node<T> {
    value: T,
    found: Option<Handle<T>>,
    /// The relation fields that something was assigned to.
    fields: Vec<Box<dyn Carried<T>>>,
}

impl<T: Model> Node<T> {
    fn find(session: &mut Session, mut value: T) -> Result<Self> {
        let mut collected = Collected(Vec::new());
        value.hand_over(&mut collected);
        let mut fields = collected.0;
        for field in &fields {
            may_merge(relation::<T>(field.field())?)?;
        }
        session.store.resolve_references(&mut value);
        let found = match set_key(&value) {
            Some(key) => session.get::<T>(key)?,
            None => None,
        };
        if let Some(found) = found {
            session.same_version(found, &value)?;
        }
        for field in &mut fields {
            field.find(session, found)?;
        }
        Ok(Self { value, found, fields })
    }

    fn apply(self, session: &mut Session, met: &mut Met) -> Result<Handle<T>> {
        let key = set_key(&self.value);
        let handle = match self.found.or_else(|| met.get(key.as_ref()?)) {
            Some(handle) => {
                session.copy_columns(handle, self.value)?;
                handle
            }
            None => session.add(self.value),
        };
        met.note(key, handle);
        for field in self.fields {
            field.apply(session, met, handle)?;
        }
        Ok(handle)
    }
}

/// The objects that a merge made of values with keys that no row has: the same key again means the same object.
#[derive(Default)]
struct Met(HashMap<ModelId, Box<dyn Any>>);

impl Met {
    fn of<T: Model>(&mut self) -> Option<&mut HashMap<T::Key, Handle<T>>> {
        let known = self.0.entry(T::table().id).or_insert_with(|| Box::new(HashMap::<T::Key, Handle<T>>::new()));
        known.downcast_mut()
    }

    fn get<T: Model>(&mut self, key: &T::Key) -> Option<Handle<T>> {
        self.of::<T>()?.get(key).copied()
    }

    fn note<T: Model>(&mut self, key: Option<T::Key>, handle: Handle<T>) {
        if let (Some(key), Some(known)) = (key, self.of::<T>()) {
            known.insert(key, handle);
        }
    }
}

/// What one relation field of an `M` carries, without the type of the members.
trait Carried<M> {
    fn field(&self) -> usize;
    fn as_any(&mut self) -> &mut dyn Any;
    /// Finds the objects of the members, and loads those of `parent` that they will be compared with.
    fn find(&mut self, session: &mut Session, parent: Option<Handle<M>>) -> Result<()>;
    /// Makes them the members.
    fn apply(self: Box<Self>, session: &mut Session, met: &mut Met, parent: Handle<M>) -> Result<()>;
}

struct Members<M, T> {
    field: usize,
    carried: Vec<New<T>>,
    found: Vec<Found<T>>,
    owner: PhantomData<fn() -> M>,
}

enum Found<T> {
    Handle(Handle<T>),
    Node(Node<T>),
}

impl<M: Model, T: Model> Carried<M> for Members<M, T> {
    fn field(&self) -> usize {
        self.field
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }

    fn find(&mut self, session: &mut Session, parent: Option<Handle<M>>) -> Result<()> {
        let relation = relation::<M>(self.field)?;
        if let Some(parent) = parent {
            session.load_relation(relation, &[parent.slot()])?;
        }
        for member in self.carried.drain(..) {
            self.found.push(match member {
                New::Handle(handle) => {
                    session.store.slot(handle)?;
                    Found::Handle(handle)
                }
                New::Value(mut value) => {
                    if let Some(parent) = parent {
                        complete_key(session, relation, parent, &mut value);
                    }
                    Found::Node(Node::find(session, value)?)
                }
            });
        }
        Ok(())
    }

    fn apply(self: Box<Self>, session: &mut Session, met: &mut Met, parent: Handle<M>) -> Result<()> {
        let members = self.found.into_iter().map(|member| match member {
            Found::Handle(handle) => Ok(handle),
            Found::Node(node) => node.apply(session, met),
        });
        let members = members.collect::<Result<Vec<Handle<T>>>>()?;
        // The kind of the relation is looked up by its field, so any kind with members does.
        let relation = Relation::<M, T, kind::HasMany>::new(self.field, M::table().fields[self.field].name, None, None);
        session.set(parent, relation, members).map(drop)
    }
}

/// Collects what a value carries.
struct Collected<M>(Vec<Box<dyn Carried<M>>>);

impl<M: Model> Collected<M> {
    fn members<T: Model>(&mut self, field: usize) -> Option<&mut Members<M, T>> {
        let index = self.0.iter().position(|carried| carried.field() == field).unwrap_or_else(|| {
            let members = Members::<M, T> { field, carried: Vec::new(), found: Vec::new(), owner: PhantomData };
            self.0.push(Box::new(members));
            self.0.len() - 1
        });
        self.0[index].as_any().downcast_mut()
    }
}

impl<M: Model> Adopter for Collected<M> {
    fn assigned<T: Model>(&mut self, field: usize, _: &[New<T>]) {
        self.members::<T>(field);
    }

    fn adopt<T: Model>(&mut self, field: usize, child: New<T>) {
        if let Some(members) = self.members::<T>(field) {
            members.carried.push(child);
        }
    }
}

/// A member whose primary key holds the key of its parent is found by it.
fn complete_key<M: Model, T: Model>(
    session: &Session,
    relation: &'static RelationDef,
    parent: Handle<M>,
    member: &mut T,
) {
    let Some((table, key)) = relation.member_key() else { return };
    let def = &table.foreign_keys[key];
    if def.primary_key
        && matches!(member.foreign(def.field), Foreign::Unset)
        && let Some(parents) = session.store.arena::<M>()
    {
        parents.with_key(parent.slot(), &mut |key| member.set_foreign(def.field, Foreign::Key(key)));
    }
}

/// The key of a value, unless the database is to choose it.
fn set_key<T: Model>(value: &T) -> Option<T::Key> {
    value.key().filter(Key::is_set)
}

fn relation<M: Model>(field: usize) -> Result<&'static RelationDef> {
    M::table().relation_of(field).ok_or_else(|| {
        Error::new(ErrorKind::Schema, format!("field {field} of {} carries members and is no relation", M::spec().name))
    })
}

/// Whether members carried in a relation may be merged.
fn may_merge(relation: &RelationDef) -> Result<()> {
    may_write(relation)?;
    if relation.cascade.has(Cascade::MERGE) {
        return Ok(());
    }
    let (model, name) = ((relation.owner.spec)().name, relation.name);
    let message = format!(
        "the value to merge carries members in {model}::{name}, which has no cascade `merge`; merge them by themselves"
    );
    Err(Error::new(ErrorKind::InvalidState, message))
}
