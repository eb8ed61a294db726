use std::marker::PhantomData;

use super::{Handle, Model};

/// The kinds of relation as types, so that `session.load` knows what it returns.
pub mod kind {
    /// `BelongsTo<T>`: exactly one.
    #[derive(Debug)]
    pub struct One;
    /// `Option<BelongsTo<T>>`: one or none.
    #[derive(Debug)]
    pub struct OptionalOne;
    /// `HasOne<T>`: one or none, whose key is at the other side.
    #[derive(Debug)]
    pub struct HasOne;
    /// `HasMany<T>`.
    #[derive(Debug)]
    pub struct HasMany;
    /// `ManyToMany<T>`.
    #[derive(Debug)]
    pub struct ManyToMany;
}

/// No other crate can name it, and so none can implement the traits that have it as a supertrait.
mod sealed {
    use super::kind;

    pub trait Sealed {}

    impl Sealed for kind::One {}
    impl Sealed for kind::OptionalOne {}
    impl Sealed for kind::HasOne {}
    impl Sealed for kind::HasMany {}
    impl Sealed for kind::ManyToMany {}
}

/// What a kind of relation loads as.
pub trait RelationType: sealed::Sealed {
    /// `Handle<T>`, `Option<Handle<T>>` or `Vec<Handle<T>>`.
    type Loaded<T: Model>: Send + 'static;

    /// The members as that type. `None` if a required member is missing.
    fn loaded<T: Model>(members: impl Iterator<Item = Handle<T>>) -> Option<Self::Loaded<T>>;
}

impl RelationType for kind::One {
    type Loaded<T: Model> = Handle<T>;

    fn loaded<T: Model>(mut members: impl Iterator<Item = Handle<T>>) -> Option<Handle<T>> {
        members.next()
    }
}

macro_rules! optional {
    ($($kind:ident)*) => {$(
        impl RelationType for kind::$kind {
            type Loaded<T: Model> = Option<Handle<T>>;

            fn loaded<T: Model>(mut members: impl Iterator<Item = Handle<T>>) -> Option<Option<Handle<T>>> {
                Some(members.next())
            }
        }
    )*};
}

macro_rules! many {
    ($($kind:ident)*) => {$(
        impl RelationType for kind::$kind {
            type Loaded<T: Model> = Vec<Handle<T>>;

            fn loaded<T: Model>(members: impl Iterator<Item = Handle<T>>) -> Option<Vec<Handle<T>>> {
                Some(members.collect())
            }
        }
    )*};
}

optional!(OptionalOne HasOne);
many!(HasMany ManyToMany);

type Types<M, T, K> = PhantomData<fn() -> (M, T, K)>;

/// A relation from `M` to `T`, as a constant: `CarBrand::models`. `K` is its [`kind`].
pub struct Relation<M, T, K> {
    field: usize,
    name: &'static str,
    back_populates: Option<&'static str>,
    table: Option<&'static str>,
    types: Types<M, T, K>,
}

impl<M, T, K> Relation<M, T, K> {
    /// The constant for the field with number `field`. `table` is the association table of a `many_to_many`.
    pub const fn new(
        field: usize,
        name: &'static str,
        back_populates: Option<&'static str>,
        table: Option<&'static str>,
    ) -> Self {
        Self { field, name, back_populates, table, types: PhantomData }
    }

    /// The number of the field.
    pub const fn field(&self) -> usize {
        self.field
    }

    /// The name of the field.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The name of the field at the other side.
    pub const fn back_populates(&self) -> Option<&'static str> {
        self.back_populates
    }

    /// The same relation between the same models under other names.
    pub(crate) const fn cast<A, B>(self) -> Relation<A, B, K> {
        Relation::new(self.field, self.name, self.back_populates, self.table)
    }

    /// The association table's name.
    pub const fn table(&self) -> Option<&'static str> {
        self.table
    }
}

impl<M, T, K> Clone for Relation<M, T, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T, K> Copy for Relation<M, T, K> {}

impl<M, T, K> std::fmt::Debug for Relation<M, T, K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Relation({})", self.name)
    }
}
