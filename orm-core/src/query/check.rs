//! Compile-time checks in the code of `#[derive(Model)]`: whether both ends of a relation agree.
//!
//! Nothing here exists at run time. The messages of the traits name the user's attributes. The functions put such a bound on a
//! constant that an attribute names, or compare the options of the two ends.

use super::{Column, RowType};
use crate::model::{Among, Inherits, Model, OneOfRelation, Relation, Targets, kind};
use crate::value::{ColumnType, SqlType, Values};

/// A model, for bounds that must not lead from one model to the next. The implementation has no bounds of its own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "expected a struct with `#[derive(Model)]`"
)]
pub trait IsModel: Model {
    /// The type that has the constants of the fields.
    type Constants;

    /// Nothing. See [`PairsThrough`].
    const IS_MODEL: () = ();
}

/// A value, for columns that are read by name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no value of one column, so that raw SQL cannot fill a field with it",
    label = "raw SQL fills fields from columns by their names, one column each"
)]
pub trait IsValue {}

#[diagnostic::do_not_recommend]
impl<V: ColumnType> IsValue for V {}

/// A relation of `T` that may be the other end of a `has_many` or `has_one` of `M`.
#[diagnostic::on_unimplemented(
    message = "`back_populates` has to name a `BelongsTo<{M}>` field of `{T}`",
    label = "no `BelongsTo<{M}>` field of `{T}`"
)]
pub trait HoldsKey<M, T> {}

#[diagnostic::do_not_recommend]
impl<M, T> HoldsKey<M, T> for Relation<T, M, kind::One> {}
#[diagnostic::do_not_recommend]
impl<M, T> HoldsKey<M, T> for Relation<T, M, kind::OptionalOne> {}

#[diagnostic::do_not_recommend]
impl<M: Among<E>, T, E: Targets, K> HoldsKey<M, T> for OneOfRelation<T, E, K> {}

/// A relation of `T` that may be the other end of a `belongs_to` of `M`.
#[diagnostic::on_unimplemented(
    message = "`back_populates` has to name a `HasMany<{M}>` or `HasOne<{M}>` field of `{T}`",
    label = "no `HasMany<{M}>` or `HasOne<{M}>` field of `{T}`"
)]
pub trait Lists<M, T> {}

#[diagnostic::do_not_recommend]
impl<M, T> Lists<M, T> for Relation<T, M, kind::HasMany> {}
#[diagnostic::do_not_recommend]
impl<M, T> Lists<M, T> for Relation<T, M, kind::HasOne> {}

/// A relation of `T` that may be the other end of a `many_to_many` of `M`.
#[diagnostic::on_unimplemented(
    message = "`back_populates` has to name a `ManyToMany<{M}>` field of `{T}`",
    label = "no `ManyToMany<{M}>` field of `{T}`"
)]
pub trait Pairs<M, T> {}

#[diagnostic::do_not_recommend]
impl<M, T> Pairs<M, T> for Relation<T, M, kind::ManyToMany> {}

/// A column of `T`.
#[diagnostic::on_unimplemented(
    message = "`order_by` has to name a column of `{T}`",
    label = "no column; the column of a `#[belongs_to]` field `f` is called `f_id`"
)]
pub trait Sorts<T> {}

#[diagnostic::do_not_recommend]
impl<T, V, K> Sorts<T> for Column<T, V, K> {}

/// A model that holds keys of `T`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand between the two ends: it has no `BelongsTo<{T}>` field",
    label = "a `through` model has one `#[belongs_to]` field for each end"
)]
pub trait References<T> {
    /// The number of such keys.
    const COUNT: usize;
}

/// A relation of `J` that an association proxy to `T` may follow.
#[diagnostic::on_unimplemented(
    message = "`proxy` has to name a `BelongsTo<{T}>` field of `{J}`",
    label = "no `BelongsTo<{T}>` field of `{J}`"
)]
pub trait StandsFor<J, T> {}

#[diagnostic::do_not_recommend]
impl<J, T> StandsFor<J, T> for Relation<J, T, kind::One> {}
#[diagnostic::do_not_recommend]
impl<J, T> StandsFor<J, T> for Relation<J, T, kind::OptionalOne> {}

/// A model with a `many_to_many` relation to `T` through the model `J`.
#[diagnostic::on_unimplemented(
    message = "the other end of the relation, at `{Self}`, does not say `through = {J}`",
    label = "both ends of a relation name the same model"
)]
pub trait PairsThrough<T, J> {
    /// Nothing. To name it is to require the trait, in fewer lines of an error than a function with a bound.
    const AGREES: () = ();
}

/// A subtype whose base is `B`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not inherit from `{B}`",
    label = "the field with `#[orm(base)]` of `{Self}` has another type; `subtypes(Base(Subtype))` names a model below its own base"
)]
pub trait InheritsFrom<B> {
    /// Nothing. See [`PairsThrough`].
    const AGREES: () = ();
}

#[diagnostic::do_not_recommend]
impl<B, T: Inherits<Base = B>> InheritsFrom<B> for T {}

/// An enum of models that have keys of one type, which can share their columns.
#[diagnostic::on_unimplemented(
    message = "the models of `{Self}` have keys of several types",
    label = "with `type_column` all keys have the same columns, so they have one type"
)]
pub trait OneKey: Targets {
    /// Nothing. See [`PairsThrough`].
    const AGREES: () = ();
}

/// The type of a key that is that of another model, too.
#[diagnostic::on_unimplemented(
    message = "the models of a `OneOf` with `type_column` have keys of one type, and `{Self}` is not `{K}`",
    label = "a model has a key of type `{Self}`, and the first one has `{K}`"
)]
pub trait SameKey<K> {}

#[diagnostic::do_not_recommend]
impl<K> SameKey<K> for K {}

/// Requires a value with `Clone`.
pub const fn is_clone<E: Clone>() {}

/// Requires a type that a row can be read as.
pub const fn is_row<R: RowType>() {}

/// Requires the other end of a `has_many` or `has_one`.
pub const fn holds_key<M, T, E: HoldsKey<M, T>>(_: &E) {}

/// Requires the other end of a `belongs_to`.
pub const fn lists<M, T, E: Lists<M, T>>(_: &E) {}

/// Requires the other end of a `many_to_many`.
pub const fn pairs<M, T, E: Pairs<M, T>>(_: &E) {}

/// The relation of an association object to what it stands for.
pub const fn stands_for<J, T, E: StandsFor<J, T>>(
    _: &E,
    field: usize,
    name: &'static str,
) -> Relation<J, T, kind::One> {
    Relation::new(field, name, None, None)
}

/// Requires a column.
pub const fn sorts<T, C: Sorts<T>>(_: &C) {}

/// Fails to compile with `message` if `holds` is false.
///
/// # Panics
///
/// In constants only, which is how a program fails to compile.
#[track_caller]
#[expect(clippy::panic, reason = "evaluated by the compiler")]
pub const fn require(holds: bool, message: &str) {
    if !holds {
        panic!("{}", message);
    }
}

/// Whether one end of a relation has the value `expected`.
pub const fn is(said: Option<&str>, expected: &str) -> bool {
    let Some(said) = said else { return false };
    let (said, expected) = (said.as_bytes(), expected.as_bytes());
    let mut at = 0;
    while at < said.len() && at < expected.len() && said[at] == expected[at] {
        at += 1;
    }
    at == said.len() && at == expected.len()
}

/// Whether two lists of names have none in common.
pub const fn are_distinct(some: &[&str], others: &[&str]) -> bool {
    let mut at = 0;
    while at < some.len() {
        let mut other = 0;
        while other < others.len() {
            if is(Some(some[at]), others[other]) {
                return false;
            }
            other += 1;
        }
        at += 1;
    }
    true
}

/// Whether what one end says is right as far as the other end can tell, it names something. What is neither this end nor one of its
/// `rivals`, which name the other end too, the other model refuses itself.
pub const fn answers(said: Option<&str>, rivals: &[&str]) -> bool {
    let mut rival = 0;
    while rival < rivals.len() {
        if is(said, rivals[rival]) {
            return false;
        }
        rival += 1;
    }
    said.is_some()
}

/// Whether a column of `M` holds integers.
pub const fn is_whole<M: Model, V: ColumnType>(_: &Column<M, V>) -> bool {
    matches!(V::SQL_TYPE, SqlType::I16 | SqlType::I32 | SqlType::I64)
}

/// Whether a column holds text.
pub const fn is_text<V: ColumnType>() -> bool {
    matches!(V::SQL_TYPE, SqlType::Text)
}

/// Whether a column holds decimals.
pub const fn is_decimal<V: ColumnType>() -> bool {
    matches!(V::SQL_TYPE, SqlType::Decimal)
}

/// Whether a key of this type has a value that means that it was not set.
pub const fn is_blank_key<V: ColumnType>() -> bool {
    match V::SQL_TYPE {
        SqlType::I16 | SqlType::I32 | SqlType::I64 | SqlType::Text => true,
        #[cfg(feature = "uuid")]
        SqlType::Uuid => true,
        _ => false,
    }
}

/// Whether a column can count versions.
pub const fn is_counter<V: ColumnType>() -> bool {
    let counts =
        matches!(V::SQL_TYPE, SqlType::I16 | SqlType::I32 | SqlType::I64 | SqlType::Timestamp | SqlType::DateTime);
    counts && !V::NULLABLE && matches!(V::VALUES, Values::All)
}

/// A column where a relation was expected. It has the methods of a relation, so that only its bound fails and no method call after it.
impl<M, V, K> Column<M, V, K> {
    /// Nothing.
    #[doc(hidden)]
    pub const fn back_populates(&self) -> Option<&'static str> {
        None
    }

    /// Nothing.
    #[doc(hidden)]
    pub const fn name(&self) -> &'static str {
        ""
    }

    /// Nothing.
    #[doc(hidden)]
    pub const fn table(&self) -> Option<&'static str> {
        None
    }
}
