//! Objects with their relations as JSON.

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Handle, Model, RawHandle, Relation};
use crate::schema::RelationKind;
use crate::session::Session;

/// Objects of one model on their way to JSON, to which [`with`](Graph::with) adds relations.
///
/// See the example of [`Session::to_value`].
pub struct Graph<'s, T> {
    session: &'s mut Session,
    objects: Vec<Handle<T>>,
    values: Vec<Map<String, Value>>,
    /// For each object, itself and those that hold it.
    within: Vec<HashSet<RawHandle>>,
    /// The relations that lead here, for messages.
    path: Vec<&'static str>,
}

impl Session {
    /// An object as JSON, with the relations that `relations` adds. Each relation is loaded in one statement, if it is not in memory.
    ///
    /// The object is what its `Serialize` makes of it. The members of a relation stand under the name of its field: one, or null, for a
    /// `belongs_to` and a `has_one`, and a list for others. [`merge`](Session::merge) takes such a tree back.
    ///
    /// ```
    /// # #[cfg(feature = "serde")] {
    /// use orm::prelude::*;
    /// use serde::Serialize;
    ///
    /// #[derive(Model, Serialize, Debug, Clone, Default)]
    /// #[orm(table = "author")]
    /// struct Author {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     name: String,
    ///     #[has_many(back_populates = author, order_by = id)]
    ///     books: HasMany<Book>,
    /// }
    ///
    /// #[derive(Model, Serialize, Debug, Clone, Default)]
    /// #[orm(table = "book")]
    /// struct Book {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     #[belongs_to(back_populates = books)]
    ///     author: BelongsTo<Author>,
    /// }
    ///
    /// # let engine = Engine::connect("sqlite://")?;
    /// # engine.create_all(models![Author])?;
    /// # let mut session = engine.session();
    /// let author = Author { name: "Iain".into(), books: [Book::default()].into(), ..Default::default() };
    /// let iain = session.add(author);
    /// session.commit()?;
    /// let json = session.to_value(iain, |author| author.with(Author::books, |_| Ok(())))?;
    /// assert_eq!(json.to_string(), r#"{"books":[{"author":1,"id":1}],"id":1,"name":"Iain"}"#);
    /// # }
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `InvalidState` for an object that is serialized as something else than an object of JSON, and for a relation that leads back to an object
    /// that holds it; `Detached` for a stale handle, and those of [`load`](Session::load).
    pub fn to_value<T: Model + Serialize>(
        &mut self,
        object: Handle<T>,
        relations: impl FnOnce(&mut Graph<'_, T>) -> Result<()>,
    ) -> Result<Value> {
        let within = vec![HashSet::from([object.raw()])];
        let values = self.graph_values(vec![object], within, Vec::new(), relations)?;
        Ok(values.into_iter().next().map_or(Value::Null, Value::Object))
    }

    fn graph_values<T: Model + Serialize>(
        &mut self,
        objects: Vec<Handle<T>>,
        within: Vec<HashSet<RawHandle>>,
        path: Vec<&'static str>,
        relations: impl FnOnce(&mut Graph<'_, T>) -> Result<()>,
    ) -> Result<Vec<Map<String, Value>>> {
        let values = objects.iter().map(|&object| fields(self.try_get(object)?)).collect::<Result<_>>()?;
        let mut graph = Graph { session: self, objects, values, within, path };
        relations(&mut graph)?;
        Ok(graph.values)
    }
}

impl<T: Model> Graph<'_, T> {
    /// Adds a relation of the objects, with the relations of its members that `relations` adds.
    ///
    /// See the example of [`Session::to_value`].
    ///
    /// # Errors
    ///
    /// As [`Session::to_value`].
    pub fn with<U: Model + Serialize, K>(
        &mut self,
        relation: Relation<T, U, K>,
        relations: impl FnOnce(&mut Graph<'_, U>) -> Result<()>,
    ) -> Result<()> {
        let mut path = self.path.clone();
        path.push(relation.name());
        let Below { members, within, lists, is_single } = self.below(relation, &path)?;
        let found = self.session.graph_values(members, within, path, relations)?;
        for (value, list) in self.values.iter_mut().zip(lists) {
            let mut list = list.into_iter().map(|member| Value::Object(found[member].clone()));
            let member = if is_single { list.next().unwrap_or(Value::Null) } else { Value::Array(list.collect()) };
            value.insert(relation.name().to_owned(), member);
        }
        Ok(())
    }

    /// The members of a relation of all objects, loaded.
    fn below<U: Model, K>(&mut self, relation: Relation<T, U, K>, path: &[&str]) -> Result<Below<U>> {
        self.session.include(self.objects.iter().copied(), relation)?;
        let mut below = Below { members: Vec::new(), within: Vec::new(), lists: Vec::new(), is_single: false };
        let mut places = HashMap::new();
        for (&object, above) in self.objects.iter().zip(&self.within) {
            let owned = self.session.owned_relation(object, relation)?;
            below.is_single = matches!(owned.relation.kind, RelationKind::BelongsTo | RelationKind::HasOne);
            let slots = self.session.members(owned).unwrap_or_default();
            let mut list = Vec::with_capacity(slots.len());
            for member in self.session.handles::<U>(&slots) {
                if above.contains(&member.raw()) {
                    return Err(leads_back(path, &self.session.store.label(U::table().id, member.slot())));
                }
                let place = *places.entry(member).or_insert(below.members.len());
                if place == below.members.len() {
                    below.members.push(member);
                    below.within.push(HashSet::from([member.raw()]));
                }
                below.within[place].extend(above);
                list.push(place);
            }
            below.lists.push(list);
        }
        Ok(below)
    }
}

/// The members of several objects. Each is there once, however many objects it belongs to.
struct Below<U> {
    members: Vec<Handle<U>>,
    within: Vec<HashSet<RawHandle>>,
    /// The members of each object, by their places.
    lists: Vec<Vec<usize>>,
    /// Whether an object has at most one.
    is_single: bool,
}

impl<T: Model> fmt::Debug for Graph<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Graph").field("objects", &self.objects).field("path", &self.path).finish_non_exhaustive()
    }
}

/// What an object is serialized as.
fn fields<T: Model + Serialize>(object: &T) -> Result<Map<String, Value>> {
    let refuse = |reason: String| Error::new(ErrorKind::InvalidState, format!("{} as JSON: {reason}", T::spec().name));
    match serde_json::to_value(object).map_err(|error| refuse(error.to_string()))? {
        Value::Object(fields) => Ok(fields),
        _ => Err(refuse("it is serialized as no object, so that its relations have no place in it".to_owned())),
    }
}

fn leads_back(path: &[&str], object: &str) -> Error {
    let message = format!("`{}` leads back to {object}, which holds it: leave that relation out", path.join("."));
    Error::new(ErrorKind::InvalidState, message)
}
