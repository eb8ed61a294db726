//! Merging: a value from elsewhere, and what it carries, becomes what the session has.
//!
//! Two passes: the first reads, finding the object of each value and loading the collections that will be compared; the second
//! writes, in memory only. An error of the first leaves everything as it was.

use std::any::Any;
use std::collections::{HashMap, VecDeque};
use std::marker::PhantomData;

use super::add::may_write;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Adopter, Foreign, Handle, Key, Model, New, RawHandle, Relation, kind, model_ref, require_new_rows};
use crate::schema::{Cascade, ModelId, RelationDef};
use crate::session::Session;
use crate::session::store::Store;
use crate::value::ValueRef;

impl Session {
    /// Copies a value into the session: the object with its primary key, in the session or in the database, gets all of
    /// its columns; where there is none, the value is added. Returns the session's object.
    ///
    /// A `BelongsTo`, a `Generated` or a `Deferred` that was never set, a version of 0, a `None` in a column with a server default and a computed column say
    /// nothing and change nothing.
    /// Relation fields that something was assigned to are merged too, along relations with `cascade(merge)`: their values
    /// become the members, and members that are not among them leave as by [`set`](Session::set). Other fields are untouched.
    /// Merging equal data again writes nothing.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let edited = Author { id: 3, name: "Edward".into(), ..Default::default() }; // from a form, a file, another session
    /// let ted = session.merge(edited)?;
    /// assert_eq!(session[ted].name, "Edward");
    /// session.commit()?; // UPDATE author SET name = ? WHERE id = ? ..
    ///
    /// let new = session.merge(Author { id: 9, name: "Ann".into(), ..Default::default() })?; // there is no such row: it is added
    /// session.commit()?;
    /// assert_eq!(session.get::<Author>(9)?, Some(new));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `StaleData` when the value has another version than the object; `InvalidState` when it carries members in a relation without
    /// `cascade(merge)`; the database's, and those of an autoflush.
    pub fn merge<T: Model>(&mut self, value: T) -> Result<Handle<T>> {
        const { require_new_rows::<T>() };
        self.store.sync();
        let mut nodes = unpack(value)?;
        for index in 0..nodes.len() {
            let (before, rest) = nodes.split_at_mut(index);
            let [node, ..] = rest else { break };
            let parent = node.parent().and_then(|(parent, relation)| Some((before[parent].place()?, relation)));
            node.find(self, parent)?;
        }
        let (mut merged, mut places) = (Merged::default(), Vec::with_capacity(nodes.len()));
        for node in &mut nodes {
            places.push(node.settle(self, &mut merged)?);
        }
        // The deepest relations first: what moves within the tree has its new place before it is missed at the old one.
        nodes.iter_mut().rev().try_for_each(|node| node.join(self, &places))?;
        let root = places.first().map(|place| Handle::new(place.slot, place.stamp));
        root.ok_or_else(|| Error::new(ErrorKind::InvalidState, "there was no value to merge"))
    }

    /// Gives an object the columns of a value, as far as the value says something.
    fn copy_columns<T: Model>(&mut self, handle: Handle<T>, value: T) -> Result<()> {
        let (table, object) = (T::table(), self.try_get(handle)?);
        let silent = |column: usize| {
            let def = &table.columns[column];
            let may_be_left_out = def.server_default.is_some() || !def.nullable;
            table.version == Some(column)
                || def.computed.is_some()
                || value.value(def.field, def.part).is_unloaded()
                || match table.fields[def.field].foreign_key {
                    Some(_) => matches!(value.foreign(def.field), Foreign::Unset),
                    None => may_be_left_out && value.value(def.field, def.part).is_null(),
                }
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
            if let Some(key) = table.fields[def.field].foreign_key {
                for field in table.sharing(key).map(|key| table.foreign_keys[key].field) {
                    object.set_foreign(field, old.foreign(field));
                }
            } else if object.value(def.field, def.part) != old.value(def.field, def.part) {
                object.set_value(def.field, old.value(def.field, def.part)).map_err(|mismatch| {
                    Error::new(ErrorKind::Decode, format!("{}, column `{}`: {mismatch}", table.model, def.name))
                })?;
            }
        }
        Ok(())
    }

    /// An object and a value that is merged into it are of one type.
    fn same_type<T: Model>(&self, object: Handle<T::Stored>, value: &T) -> Result<Handle<T>> {
        if !T::Stored::FAMILY || self.try_get(object)?.type_name() == value.type_name() {
            return Ok(object.cast());
        }
        let message = format!(
            "{} cannot become a {}: an object keeps its type; delete it first, or merge a value of its own type",
            self.store.label(T::table().id, object.slot()),
            value.type_name()
        );
        Err(Error::new(ErrorKind::InvalidState, message))
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
    pub(crate) fn resolve_references<T: Model>(&self, value: &mut T) {
        for def in &T::table().foreign_keys {
            let target = (def.target.table)();
            let foreign = value.foreign(def.field);
            if !matches!(foreign, Foreign::New { .. }) {
                continue;
            }
            // The key of a new object finds nothing yet.
            let parent = self.resolve(target, foreign).filter(|&parent| !self.is_pending(target, parent));
            if let (Some(parent), Some(parents)) = (parent, self.any(target.id)) {
                parents.with_row_key(parent, &mut |key| value.set_foreign(def.field, Foreign::Key(key)));
            }
        }
    }
}

/// The value and what it carries at any depth, each parent before its children, so that deep trees take no stack.
fn unpack<T: Model>(value: T) -> Result<Vec<Box<dyn AnyNode>>> {
    let mut open: VecDeque<Box<dyn AnyNode>> = VecDeque::from([Node::boxed(value, None)]);
    let (mut nodes, mut next, mut refused) = (Vec::new(), 1, None);
    while let Some(mut node) = open.pop_front() {
        // What was refused is taken apart all the same: it is dropped as it was built.
        refused = refused.or(node.unpack(nodes.len(), &mut next, &mut open).err());
        nodes.push(node);
    }
    refused.map_or(Ok(nodes), Err)
}

/// One value, without its type.
trait AnyNode {
    /// The value that carried this one, by its number, and in which relation.
    fn parent(&self) -> Option<(usize, &'static RelationDef)>;
    /// The object, once it is known.
    fn place(&self) -> Option<RawHandle>;
    /// Takes out what the value carries. `own` is the node's number, `next` that of the next one to be made.
    fn unpack(&mut self, own: usize, next: &mut usize, open: &mut VecDeque<Box<dyn AnyNode>>) -> Result<()>;
    /// Finds the object, and loads the members that it has in the relations that something was assigned to.
    fn find(&mut self, session: &mut Session, parent: Option<(RawHandle, &'static RelationDef)>) -> Result<()>;
    /// Gives the object the columns of the value, or adds the value.
    fn settle(&mut self, session: &mut Session, merged: &mut Merged) -> Result<RawHandle>;
    /// Makes what the value carried the members of the object.
    fn join(&mut self, session: &mut Session, places: &[RawHandle]) -> Result<()>;
}

struct Node<T> {
    value: Option<T>,
    object: Option<Handle<T>>,
    parent: Option<(usize, &'static RelationDef)>,
    /// The relation fields that something was assigned to.
    fields: Vec<Box<dyn PendingRelation<T>>>,
}

impl<T: Model> Node<T> {
    fn boxed(value: T, parent: Option<(usize, &'static RelationDef)>) -> Box<dyn AnyNode> {
        Box::new(Self { value: Some(value), object: None, parent, fields: Vec::new() })
    }
}

impl<T: Model> AnyNode for Node<T> {
    fn parent(&self) -> Option<(usize, &'static RelationDef)> {
        self.parent
    }

    fn place(&self) -> Option<RawHandle> {
        self.object.map(Handle::raw)
    }

    fn unpack(&mut self, own: usize, next: &mut usize, open: &mut VecDeque<Box<dyn AnyNode>>) -> Result<()> {
        let mut collected = Collected { fields: Vec::new(), own, next, open, outcome: Ok(()) };
        if let Some(value) = &mut self.value {
            value.hand_over(&mut collected);
        }
        let Collected { fields, outcome, .. } = collected;
        self.fields = fields;
        outcome?;
        self.fields.iter().try_for_each(|field| may_merge(relation::<T>(field.field())?))
    }

    fn find(&mut self, session: &mut Session, parent: Option<(RawHandle, &'static RelationDef)>) -> Result<()> {
        let Some(value) = &mut self.value else { return Ok(()) };
        if let Some((parent, relation)) = parent {
            complete_key(session, relation, parent, value);
        }
        session.store.resolve_references(value);
        if let Some(key) = set_key(value) {
            let object = session.get::<T::Stored>(key)?;
            if let Some(object) = object {
                session.ask_old(model_ref::<T>(), &[object.slot()])?;
            }
            self.object = object.map(|object| session.same_type(object, value)).transpose()?;
        }
        if let Some(object) = self.object {
            session.same_version(object, value)?;
        }
        self.fields.iter().try_for_each(|field| field.find(session, self.object))
    }

    fn settle(&mut self, session: &mut Session, merged: &mut Merged) -> Result<RawHandle> {
        let Some(value) = self.value.take() else { return Err(moved()) };
        let key = set_key(&value);
        let known = match (self.object, key.as_ref().and_then(|key| merged.get::<T>(key))) {
            (None, Some(merged)) => Some(session.same_type(merged, &value)?),
            (object, _) => object,
        };
        let handle = match known {
            Some(handle) => {
                session.copy_columns(handle, value)?;
                handle
            }
            None => {
                let handle = session.store.add(value);
                session.tell_states();
                handle
            }
        };
        merged.note(key, handle);
        self.object = Some(handle);
        Ok(handle.raw())
    }

    fn join(&mut self, session: &mut Session, places: &[RawHandle]) -> Result<()> {
        let Some(object) = self.object else { return Err(moved()) };
        self.fields.iter_mut().try_for_each(|field| field.join(session, object, places))
    }
}

fn moved() -> Error {
    Error::new(ErrorKind::InvalidState, "a value to merge was moved already")
}

/// The objects that a merge made of values with keys that no row has: the same key again means the same object.
#[derive(Default)]
struct Merged(HashMap<ModelId, Box<dyn Any>>);

impl Merged {
    fn of<T: Model>(&mut self) -> Option<&mut HashMap<T::Key, Handle<T::Stored>>> {
        let known =
            self.0.entry(T::table().id).or_insert_with(|| Box::new(HashMap::<T::Key, Handle<T::Stored>>::new()));
        known.downcast_mut()
    }

    fn get<T: Model>(&mut self, key: &T::Key) -> Option<Handle<T::Stored>> {
        self.of::<T>()?.get(key).copied()
    }

    fn note<T: Model>(&mut self, key: Option<T::Key>, handle: Handle<T>) {
        if let (Some(key), Some(known)) = (key, self.of::<T>()) {
            known.insert(key, handle.cast());
        }
    }
}

/// What one relation field of an `M` carries, without the type of the members.
trait PendingRelation<M> {
    fn field(&self) -> usize;
    fn as_any(&mut self) -> &mut dyn Any;
    /// Loads the members of `parent` that the carried ones will be compared with.
    fn find(&self, session: &mut Session, parent: Option<Handle<M>>) -> Result<()>;
    /// Makes the pending ones the members; `places` are the objects of the nodes.
    fn join(&mut self, session: &mut Session, parent: Handle<M>, places: &[RawHandle]) -> Result<()>;
}

struct Members<M, T> {
    field: usize,
    pending: Vec<Member<T>>,
    owner: PhantomData<fn() -> M>,
}

/// A pending member: an object, or a value by the number of its node.
enum Member<T> {
    Handle(Handle<T>),
    Node(usize),
}

impl<M: Model, T: Model> PendingRelation<M> for Members<M, T> {
    fn field(&self) -> usize {
        self.field
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }

    fn find(&self, session: &mut Session, parent: Option<Handle<M>>) -> Result<()> {
        if let Some(parent) = parent {
            session.load_relation(relation::<M>(self.field)?, &[parent.slot()])?;
        }
        self.pending.iter().try_for_each(|member| match member {
            Member::Handle(handle) => session.store.slot(*handle).map(drop),
            Member::Node(_) => Ok(()),
        })
    }

    fn join(&mut self, session: &mut Session, parent: Handle<M>, places: &[RawHandle]) -> Result<()> {
        let members = self.pending.drain(..).filter_map(|member| match member {
            Member::Handle(handle) => Some(handle),
            Member::Node(node) => places.get(node).map(|place| Handle::new(place.slot, place.stamp)),
        });
        let members: Vec<Handle<T>> = members.collect();
        // The kind of the relation is looked up by its field, so any kind with members does.
        let relation = Relation::<M, T, kind::HasMany>::new(self.field, M::table().fields[self.field].name, None, None);
        session.set(parent, relation, members).map(drop)
    }
}

/// Collects what a value carries.
struct Collected<'n, M> {
    fields: Vec<Box<dyn PendingRelation<M>>>,
    own: usize,
    next: &'n mut usize,
    open: &'n mut VecDeque<Box<dyn AnyNode>>,
    outcome: Result<()>,
}

impl<M: Model> Collected<'_, M> {
    fn members<T: Model>(&mut self, field: usize) -> Option<&mut Members<M, T>> {
        let index = self.fields.iter().position(|relation| relation.field() == field).unwrap_or_else(|| {
            let members = Members::<M, T> { field, pending: Vec::new(), owner: PhantomData };
            self.fields.push(Box::new(members));
            self.fields.len() - 1
        });
        self.fields[index].as_any().downcast_mut()
    }
}

impl<M: Model> Adopter for Collected<'_, M> {
    fn assigned<T: Model>(&mut self, field: usize, _: &[New<T>]) {
        self.members::<T>(field);
    }

    fn adopt<T: Model>(&mut self, field: usize, child: New<T>) {
        let member = match child {
            New::Handle(handle) => Member::Handle(handle),
            New::Value(value) => {
                let parent = match relation::<M>(field) {
                    Ok(relation) => Some((self.own, relation)),
                    Err(error) => {
                        self.outcome = Err(error);
                        None
                    }
                };
                self.open.push_back(Node::boxed(value, parent));
                *self.next += 1;
                Member::Node(*self.next - 1)
            }
        };
        if let Some(members) = self.members::<T>(field) {
            members.pending.push(member);
        }
    }
}

/// A member whose primary key holds the key of its parent is found by it.
fn complete_key<T: Model>(session: &Session, relation: &'static RelationDef, parent: RawHandle, member: &mut T) {
    let Some((table, key)) = relation.member_key() else { return };
    let def = &table.foreign_keys[key];
    if def.primary_key
        && matches!(member.foreign(def.field), Foreign::Unset)
        && let Some(parents) = session.store.any(parent.model)
    {
        parents.with_row_key(parent.slot, &mut |key| member.set_foreign(def.field, Foreign::Key(key)));
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

/// Whether pending members of a relation may be merged.
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
