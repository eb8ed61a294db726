//! Relations as queries: asked by the database, without their members in memory.

use std::ops::ControlFlow;

use super::related::{OwnedRelation, member_key};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Handle, Model, Relation};
use crate::query::types::ToMany;
use crate::query::{self, Query, members_where};
use crate::schema::{ColumnDef, ForeignKeyDef, RelationDef, RelationKind, TableDef};
use crate::session::Session;
use crate::session::read::key_list::{KeyList, Keys};
use crate::session::store::arena::Populate;
use crate::session::store::slots::{SlotMap, State};
use crate::sql::{BinaryOp, Expr, Group, Nested, Select, SelectItem};
use crate::value::{Value, ValueRef};

impl Session {
    /// A query for what an object is related to. It can be filtered, ordered, counted and selected from, and it updates and deletes many
    /// rows, as any query. No member is loaded for it, and no member has to be in memory.
    ///
    /// The query holds the key that the object has now, and it has no order of its own.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let iain = Author::query().filter(Author::name.eq("Iain")).one(&mut session)?;
    /// let long = session.query_related(iain, Author::books)?.filter(Book::pages.gt(500));
    /// assert_eq!(long.clone().select(Book::title).one(&mut session)?, "Matter");
    /// assert_eq!(long.update(Book::pages.set(600)).execute(&mut session)?, 1);
    /// assert!(!session.is_loaded(iain, Author::books)?);
    ///
    /// // How many members each of several objects has, in one statement.
    /// let authors = Author::query().order_by(Author::name).all(&mut session)?;
    /// assert_eq!(session.count_related(&authors, Author::books)?, [2, 0, 1]);
    /// assert!(session.exists_related(iain, Author::books)?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `InvalidState` for an object without a row, where autoflush is off, `Detached` for a stale handle, the database's, and those of an
    /// autoflush.
    pub fn query_related<M: Model, T: Model, K>(
        &mut self,
        object: Handle<M>,
        relation: Relation<M, T, K>,
    ) -> Result<Query<T>> {
        self.autoflush_for(&[M::table()])?;
        let owned = self.owned_relation(object, relation)?;
        self.require_key(owned)?;
        if owned.relation.kind == RelationKind::BelongsTo {
            self.ask_old(owned.relation.owner, &[owned.slot])?;
        }
        Ok(members_where(self.membership(owned)?))
    }

    /// Whether an object has a member in the database.
    ///
    /// See the example of [`query_related`](Session::query_related).
    ///
    /// # Errors
    ///
    /// As [`query_related`](Session::query_related).
    pub fn exists_related<M: Model, T: Model, K>(
        &mut self,
        object: Handle<M>,
        relation: Relation<M, T, K>,
    ) -> Result<bool> {
        self.query_related(object, relation)?.exists(self)
    }

    /// How many members each of several objects has in the database, in the order of the objects: one statement, and no member is loaded.
    ///
    /// See the example of [`query_related`](Session::query_related).
    ///
    /// # Errors
    ///
    /// As [`query_related`](Session::query_related).
    pub fn count_related<M: Model, T: Model, K: ToMany<Checked: Sized>>(
        &mut self,
        objects: &[Handle<M>],
        relation: Relation<M, T, K>,
    ) -> Result<Vec<u64>> {
        self.autoflush_for(&[M::table()])?;
        let mut owners = Vec::with_capacity(objects.len());
        let mut def = None;
        for &object in objects {
            let owned = self.owned_relation(object, relation)?;
            self.require_key(owned)?;
            owners.push(owned.slot);
            def = Some(owned.relation);
        }
        let Some(relation) = def else { return Ok(Vec::new()) };
        let counts = self.count_members(relation, self.keys_of(M::table(), &owners))?;
        Ok(owners.iter().map(|owner| counts.get(owner).copied().unwrap_or_default()).collect())
    }

    /// The numbers of members of the owners that have some.
    fn count_members(&mut self, relation: &'static RelationDef, keys: KeyList) -> Result<SlotMap<u32, u64>> {
        let owner = (relation.owner.table)();
        let mut found = SlotMap::default();
        let width = owner.primary_key.len();
        for keys in keys.chunks(width, self.links.dialect_of(&(relation.target.table)().name).capabilities()) {
            let select = counts(relation, keys)?;
            self.autoflush(&select.reads())?;
            let statement = self.links.render(&select)?;
            self.reading(statement.database, statement.access, Populate::Keep)?;
            let Self { links, store, .. } = self;
            let Some(arena) = store.any(owner.id) else { continue };
            links.run(&statement, |row| {
                if let (Some(slot), Ok(ValueRef::I64(count))) = (arena.find_in_row(row, 0)?, row.get(width)) {
                    found.insert(slot, count.unsigned_abs());
                }
                Ok(ControlFlow::Continue(()))
            })?;
        }
        Ok(found)
    }

    fn require_key(&self, owned: OwnedRelation) -> Result<()> {
        let OwnedRelation { relation, slot } = owned;
        let table = (relation.owner.table)();
        if self.store.any(table.id).is_some_and(|arena| arena.slots().state(slot) == State::Persistent) {
            return Ok(());
        }
        let (object, name) = (self.store.label(table.id, slot), relation.name);
        let message = format!(
            "{object} has no row yet, so nothing in the database has it as the owner of `{name}`; flush it first"
        );
        Err(Error::new(ErrorKind::InvalidState, message))
    }

    /// The condition that a row is that of a member.
    fn membership(&self, owned: OwnedRelation) -> Result<Expr> {
        let OwnedRelation { relation, slot } = owned;
        let (owner, target) = ((relation.owner.table)(), (relation.target.table)());
        let own_key = || owner.primary_key.iter().copied();
        match relation.kind {
            RelationKind::BelongsTo => {
                let key = relation.foreign_key.map(|key| &owner.foreign_keys[key]);
                let columns = key.map_or(0..0, ForeignKeyDef::key_columns);
                let values = self.row_values(owner, slot, columns);
                Ok(all_equal(target, &target.key_columns().collect::<Vec<_>>(), values))
            }
            RelationKind::HasMany | RelationKind::HasOne => {
                let (table, key) = member_key(relation)?;
                let of_owner = all_equal(table, &columns(table, key), self.row_values(owner, slot, own_key()));
                Ok(Expr::And(query::member_condition(relation).into_iter().chain([of_owner]).collect()))
            }
            RelationKind::ManyToMany => {
                let (table, own, other) = pairs_of(relation)?;
                let source = query::association_source(relation.association()?.0, table);
                let mut pairs = Select::from_source(source, vec![Expr::One.into()]);
                pairs.filter.push(all_equal(table, &own, self.row_values(owner, slot, own_key())));
                let keys = other.iter().zip(target.key_columns());
                pairs
                    .filter
                    .extend(keys.map(|(column, key)| equal(Expr::column(table, column), Expr::column(target, key))));
                Ok(Expr::Exists(Nested::new(pairs)))
            }
        }
    }

    fn row_values(&self, table: &TableDef, slot: u32, columns: impl Iterator<Item = usize>) -> Vec<Value> {
        let Some(arena) = self.store.any(table.id) else { return Vec::new() };
        columns.map(|column| arena.row_value(slot, column).to_value()).collect()
    }
}

/// `SELECT keys of owners, count(*) .. GROUP BY keys of owners`, over the members of a relation.
fn counts(relation: &'static RelationDef, keys: Keys) -> Result<Select> {
    let options = query::Options::default();
    let (mut select, table, by) = if relation.kind == RelationKind::ManyToMany {
        let (table, own, other) = pairs_of(relation)?;
        let (keys, source) = (keys.filter(table, &own), query::association_source(relation.association()?.0, table));
        (query::association_members(relation, source, (&own, &other), keys, &options), table, own)
    } else {
        let (table, key) = member_key(relation)?;
        let by = columns(table, key);
        (query::members(relation, &by, keys.filter(table, &by), &options), table, by)
    };
    select.items = by.iter().map(|column| Expr::column(table, column).into()).collect();
    select.items.push(SelectItem::from(Expr::count_all()));
    select.group_by = by.iter().map(|column| Group::Key(Expr::column(table, column))).collect();
    select.order_by.clear();
    Ok(select)
}

/// The columns of a foreign key.
fn columns(table: &'static TableDef, key: usize) -> Vec<&'static ColumnDef> {
    table.foreign_keys[key].key_columns().map(|column| &table.columns[column]).collect()
}

/// The association table of a `many_to_many`, and its columns with the keys of the owner and of the members.
fn pairs_of(
    relation: &'static RelationDef,
) -> Result<(&'static TableDef, Vec<&'static ColumnDef>, Vec<&'static ColumnDef>)> {
    let (association, is_left) = relation.association()?;
    let table = association.table().ok_or_else(|| {
        let (model, name) = ((relation.owner.spec)().name, relation.name);
        Error::new(ErrorKind::Schema, format!("{model}::{name} has no association table"))
    })?;
    let [left, right] = [&association.left, &association.right]
        .map(|columns| columns.clone().map(|column| &table.columns[column]).collect::<Vec<_>>());
    Ok(if is_left { (table, left, right) } else { (table, right, left) })
}

/// Each column has its value. A NULL among them is equal to nothing.
fn all_equal(table: &'static TableDef, columns: &[&'static ColumnDef], values: Vec<Value>) -> Expr {
    let pairs = columns.iter().zip(values);
    let mut all: Vec<Expr> =
        pairs.map(|(column, value)| equal(Expr::column(table, column), Expr::Param(value, column.sql_type))).collect();
    if all.len() == 1 { all.remove(0) } else { Expr::And(all.into()) }
}

fn equal(left: Expr, right: Expr) -> Expr {
    Expr::Binary(Nested::new(left), BinaryOp::Eq, Nested::new(right))
}
