//! The rows of families whose types have tables of their own.
//!
//! All other code sees one table with all columns of the family. Here a statement gets the tables that its columns are in: a SELECT by joins,
//! and a statement that changes rows by a condition over the others.

use std::borrow::Cow;

use super::criteria::type_condition;
use super::visit::ChildMut;
use super::{BinaryOp, Change, Child, ColumnRef, Expr, Join, JoinKind, Nested, Raw, Select, SelectItem, Source, Write};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{FamilyDef, ModelRef, TableDef};
use crate::value::SqlType;

/// The tables that the rows of a model are in, where these are several.
#[derive(Clone, Copy)]
pub(super) struct Tables {
    model: ModelRef,
    table: &'static TableDef,
    family: &'static FamilyDef,
}

impl Tables {
    pub(super) fn of(model: ModelRef) -> Option<Self> {
        let table = (model.table)();
        Some(Self { model, table, family: table.joined_tables()? })
    }

    /// Whether each row of the model's own table is of the model or of a type below it, so that a join chooses them.
    pub(super) fn are_chosen_by_join(self) -> bool {
        self.model.own_table().joined().is_some()
    }

    /// The joined tables that each row of the model is in, by number.
    fn above(self) -> Vec<usize> {
        self.family.tables_of((self.model.spec)())
    }

    /// All columns, for a query in parentheses.
    fn items(self) -> Vec<SelectItem> {
        let item = |def| Expr::Column(ColumnRef { format: None, ..ColumnRef::of(self.table.name.name.clone(), def) });
        self.table.columns.iter().map(|def| item(def).into()).collect()
    }

    /// The table that a column is in which goes by the name of a source, by number. A key is in all of them.
    fn table_of(self, source: &str, column: &ColumnRef) -> Option<usize> {
        if column.qualifier.as_deref() != Some(source) {
            return None;
        }
        let def = self.table.columns.iter().find(|def| def.name == column.name)?;
        (!def.primary_key).then_some(def.table)
    }

    /// The key of one of the tables is that of another.
    fn same_key(self, one: Cow<'static, str>, other: Cow<'static, str>) -> Expr {
        let pairs = self.table.key_columns().map(|key| {
            let [one, other] = [&one, &other].map(|name| Nested::new(Expr::Column(ColumnRef::of(name.clone(), key))));
            Expr::Binary(one, BinaryOp::Eq, other)
        });
        let mut pairs: Vec<Expr> = pairs.collect();
        if pairs.len() == 1 { pairs.swap_remove(0) } else { Expr::And(pairs.into()) }
    }
}

/// A query in parentheses over the rows of a source, if these are in several tables.
pub(super) fn select_of(source: &Source) -> Option<Select> {
    let tables = Tables::of(source.model?)?;
    Some(Select::from_source(Source { alias: None, ..source.clone() }, tables.items()))
}

/// A joined table in a statement.
struct Joined {
    number: usize,
    kind: JoinKind,
    /// The name by which it goes.
    name: Cow<'static, str>,
}

impl Select {
    /// Joins the tables that the rows of the first source are in: those of its type, and of the types below it those that are named.
    pub(super) fn join_tables(&mut self, tables: Tables) {
        let (name, is_alias) = (self.from.name().clone(), self.from.alias.is_some());
        let joined = self.joined(tables, &name, is_alias);
        if self.joins.is_empty() && joined.iter().any(|joined| joined.kind == JoinKind::Left) {
            // Rows that may be missing cannot be locked.
            self.lock.iter_mut().for_each(|lock| {
                lock.of.get_or_insert_with(|| name.clone());
            });
        }
        let joins = joined.iter().map(|joined| {
            let source = Source::table(tables.family.tables[joined.number].name.clone());
            let source = if is_alias { source.named(joined.name.clone()) } else { source };
            Join { kind: joined.kind, source, on: tables.same_key(joined.name.clone(), name.clone()) }
        });
        self.joins.splice(0..0, joins);
        let place = |column: &ColumnRef| match tables.table_of(&name, column) {
            None | Some(0) => Place::Here,
            Some(number) => {
                let found = joined.iter().find(|joined| joined.number == number);
                found.map_or(Place::Nowhere, |joined| Place::In(joined.name.clone()))
            }
        };
        for item in &mut self.items {
            if let Expr::Column(column) = &item.expr
                && matches!(place(column), Place::Nowhere)
            {
                item.label.get_or_insert_with(|| column.name.clone());
            }
        }
        self.each_child_mut(&mut |child| relocate(child, &name, &place));
    }

    /// Does without the tables of the types below that of the first source: the first items are the columns of the family, and those of
    /// these types become NULL.
    pub(crate) fn leave_out_below(&mut self) {
        let Some(tables) = self.from.model.and_then(Tables::of) else { return };
        let below = tables.family.tables_below((tables.model.spec)());
        for (def, item) in tables.table.columns.iter().zip(&mut self.items) {
            if below.contains(&def.table) {
                *item = SelectItem { expr: null(def.sql_type), label: Some(def.name.clone()) };
            }
        }
    }

    /// The tables to join.
    fn joined(&self, tables: Tables, name: &str, is_alias: bool) -> Vec<Joined> {
        let mut named = Vec::new();
        self.each_child(&mut |child| collect(child, tables, name, &mut named));
        let below = tables.family.tables_below((tables.model.spec)());
        let below = below.into_iter().filter(|number| named.contains(number)).map(|number| (number, JoinKind::Left));
        let all = tables.above().into_iter().map(|number| (number, JoinKind::Inner)).chain(below);
        all.map(|(number, kind)| {
            let own = &tables.family.tables[number].name.name;
            let name = if is_alias { Cow::Owned(format!("{name}_{own}")) } else { own.clone() };
            Joined { number, kind, name }
        })
        .collect()
    }
}

/// Where the column of a row is.
enum Place {
    /// In the table that it is named with.
    Here,
    /// In the table of this name.
    In(Cow<'static, str>),
    /// In a table that is not read: the rows have none.
    Nowhere,
}

/// The tables whose columns are named, by number.
fn collect(child: Child<'_>, tables: Tables, source: &str, found: &mut Vec<usize>) {
    match child {
        Child::Expr(Expr::Column(column)) => found.extend(tables.table_of(source, column)),
        Child::Expr(expr) => expr.each_child(&mut |child| collect(child, tables, source, found)),
        Child::Select(select) if select.sources().any(|inner| inner.name() == source) => {}
        Child::Select(select) => select.each_child(&mut |child| collect(child, tables, source, found)),
    }
}

/// What a column holds in rows that have none.
fn null(sql_type: SqlType) -> Expr {
    Expr::Raw(Nested::new(Raw::new("NULL")), sql_type)
}

/// Names columns of a source with the tables that they are in.
fn relocate(child: ChildMut<'_>, source: &str, place: &dyn Fn(&ColumnRef) -> Place) {
    match child {
        ChildMut::Expr(expr) => {
            if let Expr::Column(column) = expr {
                match place(column) {
                    Place::Here => {}
                    Place::In(table) => column.qualifier = Some(table),
                    Place::Nowhere => *expr = null(column.sql_type.unwrap_or(SqlType::Text)),
                }
                return;
            }
            expr.each_child_mut(&mut |child| relocate(child, source, place));
        }
        ChildMut::Select(select) if select.sources().any(|inner| inner.name() == source) => {}
        ChildMut::Select(select) => select.each_child_mut(&mut |child| relocate(child, source, place)),
    }
}

impl Write {
    /// The statement about the table that it changes, where the rows of its model are in several.
    ///
    /// # Errors
    ///
    /// `Unsupported` for what is in several of them at once.
    pub(crate) fn placed(&self) -> Result<Cow<'_, Self>> {
        let tables = self.model.or(self.rows_of).and_then(Tables::of);
        let Some(tables) = tables.filter(|tables| self.table == tables.table.name) else {
            return Ok(Cow::Borrowed(self));
        };
        let number = self.changed_table(tables)?;
        let (name, target) = (&tables.table.name.name, &tables.family.tables[number].name);
        let mut write = Self { table: target.clone(), ..self.clone() };
        let filter = match &mut write.change {
            Change::Insert(_) => Vec::new(),
            Change::Update(_, rows) | Change::Delete(rows) => std::mem::take(&mut rows.filter),
        };
        let filter = tables.conditions_on(number, filter)?;
        // A key is in all tables.
        let place = |column: &ColumnRef| match column.qualifier.as_ref() == Some(name) {
            true => Place::In(target.name.clone()),
            false => Place::Here,
        };
        write.each_child_mut(&mut |child| relocate(child, name, &place));
        match &mut write.change {
            Change::Insert(_) => {}
            Change::Update(_, rows) | Change::Delete(rows) => rows.filter = filter,
        }
        Ok(Cow::Owned(write))
    }

    /// The table that is changed, by number. All columns that are set and all values that are read have to be in it.
    fn changed_table(&self, tables: Tables) -> Result<usize> {
        let (mut written, mut read, mut values): (Vec<&str>, Vec<usize>, Vec<&Expr>) = Default::default();
        match &self.change {
            Change::Insert(insert) => written.extend(insert.columns.iter().map(|column| &**column)),
            Change::Update(set, _) => {
                written.extend(set.iter().map(|(column, _)| &**column));
                values.extend(set.iter().map(|(_, value)| value));
            }
            Change::Delete(_) => {}
        }
        let column = |name: &str| tables.table.columns.iter().find(|def| def.name == name);
        let (number, mixes) = tables.table.table_of(written.into_iter().filter_map(column));
        if mixes || (matches!(self.change, Change::Insert(_)) && tables.are_chosen_by_join()) {
            return Err(tables.several("writes"));
        }
        values.extend(self.returning.iter().map(|item| &item.expr));
        values.into_iter().for_each(|value| collect(Child::Expr(value), tables, &tables.table.name.name, &mut read));
        if read.iter().any(|read| *read != number) { Err(tables.several("reads values of")) } else { Ok(number) }
    }
}

impl Tables {
    /// Conditions on rows of the family as conditions on those of one of its tables: what is in others becomes one with `EXISTS`.
    fn conditions_on(self, number: usize, mut filter: Vec<Expr>) -> Result<Vec<Expr>> {
        let (name, target) = (&self.table.name.name, &self.family.tables[number].name.name);
        let above = self.above();
        if above.last() == Some(&number) {
            // Its rows are of no other type.
            let of_type = type_condition(self.model);
            filter.retain(|condition| Some(condition) != of_type.as_ref());
        }
        let (mut here, mut elsewhere, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for condition in filter {
            let mut named = Vec::new();
            collect(Child::Expr(&condition), self, name, &mut named);
            named.retain(|named| *named != number);
            let conditions = if named.is_empty() { &mut here } else { &mut elsewhere };
            conditions.push(condition);
            others.extend(named);
        }
        others.sort_unstable();
        others.dedup();
        if others.iter().any(|other| *other != 0 && !above.contains(other)) {
            return Err(self.several("is chosen by columns of types that it is not about, in"));
        }
        let place = |column: &ColumnRef| match self.table_of(name, column) {
            Some(other) => Place::In(self.family.tables[other].name.name.clone()),
            None if column.qualifier.as_ref() == Some(name) => Place::In(target.clone()),
            None => Place::Here,
        };
        let conditions = here.iter_mut().chain(&mut elsewhere);
        conditions.for_each(|condition| relocate(ChildMut::Expr(condition), name, &place));
        here.extend(self.exists(&others, target.clone(), elsewhere));
        Ok(here)
    }

    /// That the row has rows in other tables, for which conditions hold.
    fn exists(self, others: &[usize], target: Cow<'static, str>, conditions: Vec<Expr>) -> Option<Expr> {
        let source = |number: &usize| Source::table(self.family.tables[*number].name.clone());
        let (first, more) = others.split_first()?;
        let mut select = Select::from_source(source(first), vec![Expr::One.into()]);
        let joins = more.iter().map(source).map(|source| {
            let on = self.same_key(source.name().clone(), target.clone());
            Join { kind: JoinKind::Inner, source, on }
        });
        select.joins = joins.collect();
        select.filter.push(self.same_key(select.from.name().clone(), target));
        select.filter.extend(conditions);
        Some(Expr::Exists(Nested::new(select)))
    }

    /// Why a statement is refused that is about one table.
    fn several(self, does: &str) -> Error {
        let names: Vec<String> = self.family.tables.iter().map(|table| format!("`{}`", table.name)).collect();
        let message = format!(
            "a statement about rows of {} {does} several tables, and one statement changes one table; those of the family are {}: write \
             one statement for each, or change objects of the session",
            (self.model.spec)().name,
            names.join(", ")
        );
        Error::new(ErrorKind::Unsupported, message)
    }
}
