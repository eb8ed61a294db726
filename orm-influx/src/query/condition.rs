use std::marker::PhantomData;

use orm_core::Result;
use orm_core::value::ColumnType;
use serde_json::Value;

use super::aggregate::Aggregate;
use super::quoted;
use super::text::json;

/// A tag of a point, as `Cpu::host`.
#[derive(Debug)]
pub struct TagColumn<P> {
    pub(super) name: &'static str,
    point: PhantomData<fn() -> P>,
}

/// A field of a point with values of the type `T`, as `Cpu::usage`.
#[derive(Debug)]
pub struct FieldColumn<P, T> {
    pub(super) name: &'static str,
    types: PhantomData<fn() -> (P, T)>,
}

impl<P> Clone for TagColumn<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for TagColumn<P> {}

impl<P, T> Clone for FieldColumn<P, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, T> Copy for FieldColumn<P, T> {}

/// A condition on the points of a [`Select`](super::Select).
#[derive(Debug)]
pub struct Condition<P> {
    /// The left side with the operator, each with the value of its right side. One of them has to hold.
    pub(super) parts: Vec<(String, Result<Value>)>,
    point: PhantomData<fn() -> P>,
}

impl<P> Condition<P> {
    fn one<T: ColumnType>(name: &str, operator: &str, value: &T) -> Self {
        Self { parts: vec![(format!("{} {operator}", quoted(name)), json(value.to_ref()))], point: PhantomData }
    }
}

impl<P> TagColumn<P> {
    /// For the derive.
    #[doc(hidden)]
    pub const fn new(name: &'static str) -> Self {
        Self { name, point: PhantomData }
    }

    /// The tag has this text.
    pub fn eq(self, text: impl Into<String>) -> Condition<P> {
        Condition::one(self.name, "=", &text.into())
    }

    /// The tag has another text.
    pub fn ne(self, text: impl Into<String>) -> Condition<P> {
        Condition::one(self.name, "!=", &text.into())
    }

    /// The tag has one of these texts: no point meets this if there are none.
    pub fn one_of<T: Into<String>>(self, texts: impl IntoIterator<Item = T>) -> Condition<P> {
        Condition { parts: texts.into_iter().flat_map(|text| self.eq(text).parts).collect(), point: PhantomData }
    }
}

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident, $operator:literal;)*) => {$(
        $(#[$doc])*
        pub fn $name(self, value: impl Into<T>) -> Condition<P> {
            Condition::one(self.name, $operator, &value.into())
        }
    )*};
}

impl<P, T: ColumnType> FieldColumn<P, T> {
    /// For the derive.
    #[doc(hidden)]
    pub const fn new(name: &'static str) -> Self {
        Self { name, types: PhantomData }
    }

    comparisons! {
        /// The value is equal.
        eq, "=";
        /// The value is not equal.
        ne, "!=";
        /// The value is greater.
        gt, ">";
        /// The value is greater or equal.
        ge, ">=";
        /// The value is less.
        lt, "<";
        /// The value is less or equal.
        le, "<=";
    }

    /// How many values there are.
    pub fn count(self) -> Aggregate<P, i64> {
        Aggregate::new("count", self.name)
    }

    /// The mean of the values.
    pub fn mean(self) -> Aggregate<P, f64> {
        Aggregate::new("mean", self.name)
    }

    /// The median of the values.
    pub fn median(self) -> Aggregate<P, f64> {
        Aggregate::new("median", self.name)
    }

    /// The standard deviation of the values.
    pub fn stddev(self) -> Aggregate<P, f64> {
        Aggregate::new("stddev", self.name)
    }

    /// The sum of the values.
    pub fn sum(self) -> Aggregate<P, T::Base> {
        Aggregate::new("sum", self.name)
    }

    /// The least value.
    pub fn min(self) -> Aggregate<P, T::Base> {
        Aggregate::new("min", self.name)
    }

    /// The greatest value.
    pub fn max(self) -> Aggregate<P, T::Base> {
        Aggregate::new("max", self.name)
    }

    /// The earliest value.
    pub fn first(self) -> Aggregate<P, T::Base> {
        Aggregate::new("first", self.name)
    }

    /// The latest value.
    pub fn last(self) -> Aggregate<P, T::Base> {
        Aggregate::new("last", self.name)
    }
}
