//! Values whose fields are columns of the table around them.

use std::borrow::Borrow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use super::list::{GroupKeys, Readable, RowType, Selection};
use super::operators::not;
use super::scope::{No, Nullability, Of, Within, Yes};
use super::write::{Assign, Excluded, UpsertAssignments, excluded};
use super::{Column, Expr, Expression, Filter, Sealed, nulls};
use crate::error::Result;
use crate::model::{Model, RowReader, Violations};
use crate::schema::{ColumnDef, EmbeddedSpec};
use crate::sql::{self, ColumnRef, Nested, SelectItem};
use crate::value::{Mismatch, ValueRef};

/// A value whose fields are columns of the models that embed it. Implement it by `#[derive(Embedded)]` only.
///
/// `Option<E>` is embedded too: of `None` all columns are NULL.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be embedded",
    label = "expected a struct or an enum with `#[derive(Embedded)]`, or an `Option` of one"
)]
pub trait Embedded: Sized + Clone + Send + Sync + 'static {
    /// Its columns in the model `M`. `N` tells whether there may be no value.
    type Fields<M, N: Nullability>: Copy;

    /// The constant description of its fields.
    const SPEC: EmbeddedSpec;

    /// Whether it has `default_on_insert = expr` fields.
    const FILLS: bool = false;

    /// Whether it has `validate = function` fields.
    const RULES: bool = false;

    /// Reads it from the next columns of a row.
    ///
    /// # Errors
    ///
    /// `Decode` naming the column whose cell does not fit its field.
    fn read(row: &mut RowReader<'_>) -> Result<Self>;

    /// The value of a field, by its number among the fields of the embedded value.
    fn value(&self, field: usize) -> ValueRef<'_>;

    /// Sets a field.
    ///
    /// # Errors
    ///
    /// When the value does not fit the field, or not the other fields.
    fn set_value(&mut self, field: usize, value: ValueRef<'_>) -> Result<(), Mismatch>;

    /// Sets the fields that have `on_update = expr`.
    fn touch_on_update(&mut self) {}

    /// Sets the `default_on_insert = expr` fields that are not set yet.
    fn fill_on_insert(&mut self) {}

    /// Checks the rules.
    fn check_rules(&self, violations: &mut Violations) {
        let _ = violations;
    }

    /// Calls back with the value of every `default = expr` and `default_on_insert = expr`, by the number of its field.
    fn defaults(each: &mut dyn FnMut(usize, ValueRef<'_>)) {
        let _ = each;
    }
}

#[diagnostic::do_not_recommend]
impl<E: Embedded> Embedded for Option<E> {
    type Fields<M, N: Nullability> = E::Fields<M, Yes>;
    const SPEC: EmbeddedSpec = EmbeddedSpec { nullable: true, whole: true, ..E::SPEC };
    const FILLS: bool = E::FILLS;
    const RULES: bool = E::RULES;

    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        let width = const { E::SPEC.width() };
        if row.all_null(width) {
            row.skip(width);
            return Ok(None);
        }
        E::read(row).map(Some)
    }

    fn value(&self, field: usize) -> ValueRef<'_> {
        self.as_ref().map_or(ValueRef::Null, |value| value.value(field))
    }

    fn set_value(&mut self, field: usize, value: ValueRef<'_>) -> Result<(), Mismatch> {
        match self {
            Some(whole) => whole.set_value(field, value),
            None if value.is_null() => Ok(()),
            None => Err(Mismatch::new("NULL, as in all columns of a value that is `None`", value)),
        }
    }

    fn touch_on_update(&mut self) {
        self.iter_mut().for_each(E::touch_on_update);
    }

    fn fill_on_insert(&mut self) {
        self.iter_mut().for_each(E::fill_on_insert);
    }

    fn check_rules(&self, violations: &mut Violations) {
        self.iter().for_each(|value| value.check_rules(violations));
    }
}

/// The columns of an embedded field of the model `M`, as a constant: `Customer::billing`. Each of them is a field: `Customer::billing.city`.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Embedded, Debug, Clone, Default, PartialEq)]
/// struct Address {
///     street: String,
///     city: String,
/// }
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "customer")]
/// struct Customer {
///     #[orm(primary_key)]
///     id: i64,
///     #[orm(embed, prefix = "billing_")]
///     billing: Address, // is the columns billing_street and billing_city
///     #[orm(embed, prefix = "shipping_")]
///     shipping: Option<Address>,
/// }
///
/// # let engine = Engine::connect("sqlite://")?;
/// # engine.create_all(models![Customer])?;
/// # let mut session = engine.session();
/// let leeds = Address { street: "High Street".into(), city: "Leeds".into() };
/// session.add(Customer { billing: leeds.clone(), ..Default::default() });
/// session.commit()?;
///
/// let query = Customer::query().filter(Customer::billing.city.eq("Leeds") & Customer::shipping.is_null());
/// assert_eq!(query.clone().select(Customer::billing).one(&mut session)?, leeds);
/// query.update(Customer::shipping.set(Some(leeds.clone()))).execute(&mut session)?;
/// assert_eq!(Customer::query().filter(Customer::shipping.eq(&Some(leeds))).count(&mut session)?, 1);
/// # Ok::<(), orm::Error>(())
/// ```
pub struct EmbeddedColumns<M, E: Embedded, N: Nullability = No> {
    first: usize,
    #[doc(hidden)]
    pub columns: E::Fields<M, N>,
    types: PhantomData<fn() -> (M, E, N)>,
}

impl<M, E: Embedded, N: Nullability> EmbeddedColumns<M, E, N> {
    /// The columns of the field whose own fields have numbers from `first`.
    #[doc(hidden)]
    pub const fn new(first: usize, columns: E::Fields<M, N>) -> Self {
        Self { first, columns, types: PhantomData }
    }

    fn fields(&self) -> impl Iterator<Item = usize> + use<M, E, N> {
        self.first..self.first + const { E::SPEC.width() }
    }
}

impl<M: Model, E: Embedded, N: Nullability> EmbeddedColumns<M, E, N> {
    /// Whether all columns have the values of `value`; a `None` in it equals NULL.
    pub fn eq<V: Borrow<E>>(self, value: V) -> Filter<M> {
        Expr::new(nulls::equal_rows(self.into_row(), self.params(value.borrow())))
    }

    /// Whether one column differs from that of `value`; from a `None` in it differs what is not NULL.
    pub fn ne<V: Borrow<E>>(self, value: V) -> Filter<M> {
        Expr::new(nulls::unequal_rows(self.into_row(), self.params(value.borrow())))
    }

    /// Sets all columns to those of a value.
    pub fn set(self, value: E) -> EmbeddedAssignment<M> {
        let values = self.params(&value);
        EmbeddedAssignment { set: self.fields().zip(values).collect(), types: PhantomData }
    }

    fn defs(&self) -> impl Iterator<Item = &'static ColumnDef> + use<M, E, N> {
        let table = M::table();
        self.fields().flat_map(move |field| table.field_columns(field))
    }

    fn into_row(self) -> Vec<sql::Expr> {
        let name = &M::table().name.name;
        self.defs().map(|column| sql::Expr::Column(ColumnRef::of(name.clone(), column))).collect()
    }

    fn params(&self, value: &E) -> Vec<sql::Expr> {
        let each = self.defs().enumerate();
        each.map(|(field, column)| sql::Expr::Param(value.value(field).to_value(), column.sql_type)).collect()
    }
}

impl<M: Model, E: Embedded, N: Nullability> EmbeddedColumns<M, Option<E>, N> {
    /// Whether the value is missing: all columns are NULL.
    pub fn is_null(self) -> Filter<M> {
        let nulls = self.into_row().into_iter().map(|column| sql::Expr::IsNull(Nested::new(column)));
        Expr::new(sql::Expr::And(nulls.collect()))
    }

    /// Whether there is a value: one column or more is not NULL.
    pub fn is_not_null(self) -> Filter<M> {
        let values = self.into_row().into_iter().map(|column| not(sql::Expr::IsNull(Nested::new(column))));
        Expr::new(sql::Expr::Or(values.collect()))
    }
}

impl<M, E: Embedded, N: Nullability> Clone for EmbeddedColumns<M, E, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, E: Embedded, N: Nullability> Copy for EmbeddedColumns<M, E, N> {}

impl<M, E: Embedded, N: Nullability> fmt::Debug for EmbeddedColumns<M, E, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmbeddedColumns({}..)", self.first)
    }
}

impl<M, E: Embedded, N: Nullability> Deref for EmbeddedColumns<M, E, N> {
    type Target = E::Fields<M, N>;

    fn deref(&self) -> &Self::Target {
        &self.columns
    }
}

/// `columns = value`, for an update: [`EmbeddedColumns::set`].
#[derive(Debug, Clone)]
pub struct EmbeddedAssignment<M> {
    set: Vec<(usize, sql::Expr)>,
    types: PhantomData<fn() -> M>,
}

impl<M> Sealed for EmbeddedAssignment<M> {}

#[diagnostic::do_not_recommend]
impl<M> Assign<M> for EmbeddedAssignment<M> {
    type Reads = ();

    fn assign(self, set: &mut Vec<(usize, sql::Expr)>) {
        set.extend(self.set);
    }
}

#[diagnostic::do_not_recommend]
impl<M> UpsertAssignments<M> for EmbeddedAssignment<M> {
    type Scope = ();

    fn assign(self, set: &mut Vec<(usize, sql::Expr)>) {
        set.extend(self.set);
    }
}

impl<M, E: Embedded, N: Nullability> Sealed for EmbeddedColumns<M, E, N> {}

/// The values of the new row.
#[diagnostic::do_not_recommend]
impl<M: Model, E: Embedded, N: Nullability> UpsertAssignments<M> for EmbeddedColumns<M, E, N> {
    type Scope = Excluded<M>;

    fn assign(self, set: &mut Vec<(usize, sql::Expr)>) {
        // The type of the column is of no concern to the statement.
        set.extend(self.fields().map(|field| (field, excluded(Column::<M, bool>::new(field)).into_sql())));
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, E: Embedded, N: Nullability> GroupKeys for EmbeddedColumns<M, E, N> {
    type Scope = Of<M>;

    fn group_keys(self, keys: &mut Vec<sql::Expr>) {
        keys.extend(self.into_row());
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, E: Embedded, N: Nullability> Selection for EmbeddedColumns<M, E, N> {
    type Picks = PickEmbedded<E, Of<M>>;

    fn select_items(self, items: &mut Vec<SelectItem>) {
        items.extend(self.into_row().into_iter().map(SelectItem::from));
    }
}

/// A selected embedded value that reads the models `S`.
pub struct PickEmbedded<E, S>(PhantomData<fn() -> (E, S)>);

impl<E, S> Sealed for PickEmbedded<E, S> {}

impl<E: RowType, S: Within<Q, I, Null = No>, Q, I> Readable<Q, I> for PickEmbedded<E, S> {
    type Row = E;
}
