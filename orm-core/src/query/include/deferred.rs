//! Columns that are read when they are asked for, and the queries that read them with their rows.

use super::{Joined, Path};
use crate::model::{LEFT_OUT, Model, Relation, SameFamily};
use crate::query::{Column, OnDemand, Query};
use crate::schema::TableDef;
use crate::sql::{Distinct, Expr, Select, SelectItem};

impl<M: Model, Q> Query<M, Q> {
    /// Reads a [`Deferred`](crate::value::Deferred) column with the objects, and those of its group.
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "photo")]
    /// struct Photo {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     title: String,
    ///     #[orm(deferred = "files")]
    ///     preview: Deferred<Vec<u8>>,
    ///     #[orm(deferred = "files")]
    ///     original: Deferred<Option<Vec<u8>>>,
    /// }
    ///
    /// # let engine = Engine::connect("sqlite://")?;
    /// # engine.create_all(models![Photo])?;
    /// # let mut session = engine.session();
    /// session.add(Photo { title: "Sea".into(), preview: vec![1, 2].into(), ..Default::default() });
    /// session.commit()?;
    /// session.clear();
    /// let photo = Photo::query().undefer(Photo::preview).one(&mut session)?; // both columns
    /// assert_eq!(session.related(photo, Photo::preview)?, &[1, 2]); // memory only
    /// assert_eq!(session.related(photo, Photo::original)?, &None);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn undefer<B: SameFamily<M>, V>(mut self, column: Column<B, V, OnDemand>) -> Self {
        self.parts.undeferred.push(column.field());
        self
    }
}

impl<M, S, T: Model, K> Path<M, S, T, K> {
    /// Reads a [`Deferred`](crate::value::Deferred) column with the members, and those of its group.
    #[must_use]
    pub fn undefer<B: SameFamily<T>, V>(self, column: Column<B, V, OnDemand>) -> Self {
        Self::new(self.steps.edit(|options| options.undeferred.push(column.field())))
    }
}

impl<M: Model, T: Model> Joined<M, T> {
    /// Reads a [`Deferred`](crate::value::Deferred) column with the members, and those of its group.
    #[must_use]
    pub fn undefer<B: SameFamily<T>, V>(self, column: Column<B, V, OnDemand>) -> Self {
        Self::new(self.steps.edit(|options| options.undeferred.push(column.field())))
    }
}

impl<M: Model, T: Model, K> Relation<M, T, K> {
    /// Reads a [`Deferred`](crate::value::Deferred) column with the members, and those of its group: `Author::posts.undefer(Post::body)`.
    pub fn undefer<B: SameFamily<T>, V>(self, column: Column<B, V, OnDemand>) -> Path<M, M, T, K> {
        self.path().undefer(column)
    }
}

/// Puts NULL into the places of the deferred columns of a table, which begin at item `first`, but for those of the fields `undeferred` and
/// their groups. Where rows are compared with each other, all of them are read.
pub(crate) fn leave_out(select: &mut Select, table: &'static TableDef, first: usize, undeferred: &[usize]) {
    if table.deferred.is_empty() || select.distinct != Distinct::No {
        return;
    }
    let wanted = undeferred.iter().filter_map(|&field| Some(table.fields.get(field)?.columns.start));
    let wanted: Vec<usize> = wanted.flat_map(|column| table.deferred_with(column)).collect();
    for column in table.deferred.iter().filter(|column| !wanted.contains(column)) {
        if let Some(item) = select.items.get_mut(first + column) {
            *item = SelectItem { expr: Expr::Null, label: Some(LEFT_OUT.into()) };
        }
    }
}
