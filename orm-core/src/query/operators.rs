//! The operators of columns and expressions: comparisons, patterns, directions and labels.

use std::borrow::Cow;
use std::sync::Arc;

use super::scope::Scope;
use super::{
    CastTo, Expr, Expression, Known, Labeled, Literal, Operand, OperandOf, Ordered, Same, Select, Strict, nulls,
};
use crate::schema::Direction;
use crate::sql::{self, BinaryOp, Function, LikeKind, Nested};
use crate::value::{ColumnType, Newtype, SqlType, Value};

/// A condition with the scope of both sides. With a value on the other side it is a [`Filter`](super::Filter) of the model.
pub type Comparison<E, R> = Expr<bool, <R as Operand<BaseOf<E>>>::With<<E as Expression>::Scope>>;

/// The type of an expression's value without its `Option`: what it is compared with.
pub type BaseOf<E> = <<E as Expression>::Value as ColumnType>::Base;

/// The type of text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no text",
    label = "this needs a column of type `String`, or of a `#[derive(DbType)]` around it"
)]
pub trait Text {
    /// Stands in bounds, see `Sealed`.
    type Checked;
}

#[diagnostic::do_not_recommend]
impl Text for String {
    type Checked = ();
}

macro_rules! texts {
    ($($ty:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Text for $ty {
            type Checked = ();
        }
    )*};
}

texts!(Box<str>, Arc<str>, Cow<'static, str>);

/// The type of a text that is made of an expression's: `String`, in an `Option` if the expression is one. A type of one's own is not kept,
/// because a part of an address is not an address.
pub type TextOf<E> = <<E as Expression>::Value as Strict>::Result<String>;

/// The operators of every column and expression.
///
/// The other side is a value, a borrowed value, an `Option` of one, or another column or expression; whether one of the
/// two may be NULL makes no difference to the types.
#[expect(clippy::wrong_self_convention, reason = "expressions are consumed by what is made of them")]
pub trait Operators: Expression {
    /// `self = other`; `self IS NULL` when `other` is `None`.
    fn eq<R: OperandOf<BaseOf<Self>>>(self, other: R) -> Comparison<Self, R> {
        Expr::new(nulls::equal(self.into_sql(), other.into_operand()))
    }

    /// `self <> other`; `self IS NOT NULL` when `other` is `None`.
    fn ne<R: OperandOf<BaseOf<Self>>>(self, other: R) -> Comparison<Self, R> {
        Expr::new(nulls::unequal(self.into_sql(), other.into_operand()))
    }

    /// `self < other`.
    fn lt<R: OperandOf<BaseOf<Self>>>(self, other: R) -> Comparison<Self, R> {
        binary(self.into_sql(), BinaryOp::Lt, other.into_operand())
    }

    /// `self <= other`.
    fn le<R: OperandOf<BaseOf<Self>>>(self, other: R) -> Comparison<Self, R> {
        binary(self.into_sql(), BinaryOp::Le, other.into_operand())
    }

    /// `self > other`.
    fn gt<R: OperandOf<BaseOf<Self>>>(self, other: R) -> Comparison<Self, R> {
        binary(self.into_sql(), BinaryOp::Gt, other.into_operand())
    }

    /// `self >= other`.
    fn ge<R: OperandOf<BaseOf<Self>>>(self, other: R) -> Comparison<Self, R> {
        binary(self.into_sql(), BinaryOp::Ge, other.into_operand())
    }

    /// `self BETWEEN low AND high`, both included.
    fn between<L: OperandOf<BaseOf<Self>>, H: OperandOf<BaseOf<Self>>>(
        self,
        low: L,
        high: H,
    ) -> Expr<bool, H::With<L::With<Self::Scope>>> {
        let (low, high) = (Nested::new(low.into_operand()), Nested::new(high.into_operand()));
        Expr::new(sql::Expr::Between(Nested::new(self.into_sql()), low, high))
    }

    /// Whether the two differ, with NULL as an ordinary value: `NULL` does not differ from `NULL`.
    fn is_distinct_from<R: OperandOf<BaseOf<Self>>>(
        self,
        other: R,
    ) -> Expr<bool, (Known<Self::Scope>, Known<R::Scope>)> {
        binary(self.into_sql(), BinaryOp::IsDistinct, other.into_operand())
    }

    /// Whether the two are the same, with NULL as an ordinary value: `NULL` is the same as `NULL`.
    fn is_not_distinct_from<R: OperandOf<BaseOf<Self>>>(
        self,
        other: R,
    ) -> Expr<bool, (Known<Self::Scope>, Known<R::Scope>)> {
        binary(self.into_sql(), BinaryOp::IsNotDistinct, other.into_operand())
    }

    /// `self IS NULL`.
    fn is_null(self) -> Expr<bool, Known<Self::Scope>> {
        Expr::new(sql::Expr::IsNull(Nested::new(self.into_sql())))
    }

    /// `self IS NOT NULL`.
    fn is_not_null(self) -> Expr<bool, Known<Self::Scope>> {
        Expr::new(not(sql::Expr::IsNull(Nested::new(self.into_sql()))))
    }

    /// `self IN (values)`: false when there are no values. `None` among them finds NULL.
    fn in_<I: IntoIterator<Item: Literal<BaseOf<Self>>>>(self, values: I) -> Expr<bool, Self::Scope> {
        let values = values.into_iter().map(Literal::into_value).collect();
        Expr::new(nulls::is_in(self.into_sql(), values, Self::Value::SQL_TYPE))
    }

    /// `self NOT IN (values)`: true when there are no values. As in SQL, a row whose value is NULL does not pass, and no row does when one
    /// of the values is NULL. `!column.in_(values)` is the opposite of [`in_`](Self::in_) also where `None` is one of the values.
    fn not_in<I: IntoIterator<Item: Literal<BaseOf<Self>>>>(self, values: I) -> Expr<bool, Self::Scope> {
        let values = values.into_iter().map(Literal::into_value).collect();
        Expr::new(nulls::is_not_in(self.into_sql(), values, Self::Value::SQL_TYPE))
    }

    /// `self IN (query)`, where the query selects one column: `User::id.in_query(Order::query().select(Order::user_id))`.
    fn in_query<V: ColumnType, Q: Scope>(self, query: Select<V, Q>) -> Expr<bool, (Self::Scope, Q::Outside)>
    where
        V::Base: Same<BaseOf<Self>>,
    {
        Expr::new(in_query(self, query))
    }

    /// `self NOT IN (query)`. As in SQL, no row passes when one of the values is NULL: where it can be, filter by
    /// [`not_exists`](super::not_exists), or leave NULLs out.
    fn not_in_query<V: ColumnType, Q: Scope>(self, query: Select<V, Q>) -> Expr<bool, (Self::Scope, Q::Outside)>
    where
        V::Base: Same<BaseOf<Self>>,
    {
        Expr::new(not(in_query(self, query)))
    }

    /// `self LIKE pattern`: `%` matches any text, `_` matches one character, and `\` escapes the next character. Upper and lower case
    /// differ.
    fn like<R: OperandOf<String>>(self, pattern: R) -> Expr<bool, R::With<Self::Scope>>
    where
        BaseOf<Self>: Text<Checked: Sized>,
    {
        Expr::new(like(self, LikeKind::Like, pattern.into_operand()))
    }

    /// Like [`like`](Operators::like), but upper and lower case are the same.
    fn ilike<R: OperandOf<String>>(self, pattern: R) -> Expr<bool, R::With<Self::Scope>>
    where
        BaseOf<Self>: Text<Checked: Sized>,
    {
        Expr::new(like(self, LikeKind::ILike, pattern.into_operand()))
    }

    /// Whether `text` occurs in the value, letter by letter: `%` and `_` mean themselves.
    fn contains(self, text: impl AsRef<str>) -> Expr<bool, Self::Scope>
    where
        BaseOf<Self>: Text<Checked: Sized>,
    {
        Expr::new(like_text(self, "%", text.as_ref(), "%"))
    }

    /// Whether the value starts with `text`: `%` and `_` mean themselves.
    fn starts_with(self, text: impl AsRef<str>) -> Expr<bool, Self::Scope>
    where
        BaseOf<Self>: Text<Checked: Sized>,
    {
        Expr::new(like_text(self, "", text.as_ref(), "%"))
    }

    /// Whether the value ends with `text`: `%` and `_` mean themselves.
    fn ends_with(self, text: impl AsRef<str>) -> Expr<bool, Self::Scope>
    where
        BaseOf<Self>: Text<Checked: Sized>,
    {
        Expr::new(like_text(self, "%", text.as_ref(), ""))
    }

    /// Whether the regular expression `pattern`, in the database's own language of such, matches a part of the text.
    fn matches<R: OperandOf<String>>(self, pattern: R) -> Expr<bool, R::With<Self::Scope>>
    where
        BaseOf<Self>: Text<Checked: Sized>,
    {
        let arguments = [self.into_sql(), pattern.into_operand()].into();
        Expr::new(sql::Expr::Function(Function::Matches, arguments, SqlType::Bool))
    }

    /// This text with another behind it.
    fn concat<R: OperandOf<String>>(
        self,
        other: R,
    ) -> Expr<<R::Value as Strict>::Result<TextOf<Self>>, (Self::Scope, R::Scope)>
    where
        BaseOf<Self>: Text<Checked: Sized>,
    {
        let arguments = [self.into_sql(), other.into_operand()].into();
        Expr::new(sql::Expr::Function(Function::Concat, arguments, SqlType::Text))
    }

    /// Converts the value to the type `T`: `User::age.cast::<f64>()`. Floats round to the nearest integer, and halves to the even one.
    /// Halves of decimals round away from zero. A value that does not fit, and text that is not a number, is an error of the database.
    fn cast<T: ColumnType<Base = T>>(self) -> Expr<<Self::Value as Strict>::Result<T>, Self::Scope>
    where
        BaseOf<Self>: CastTo<T, Checked: Sized>,
    {
        let from = Function::Cast(Self::Value::SQL_TYPE);
        Expr::new(sql::Expr::Function(from, [self.into_sql()].into(), T::SQL_TYPE))
    }

    /// The value inside a struct with `#[derive(DbType)]`: `User::email.inner().eq("ada@example.org")`. In SQL it is the same.
    fn inner(self) -> Expr<<Self::Value as Strict>::Result<<BaseOf<Self> as Newtype>::Inner>, Self::Scope>
    where
        BaseOf<Self>: Newtype,
    {
        Expr::new(self.into_sql())
    }

    /// Smallest first, for `order_by`.
    fn asc(self) -> Ordered<Self::Scope> {
        Ordered::of::<Self::Value>(self.into_sql(), Direction::Asc)
    }

    /// Greatest first, for `order_by`.
    fn desc(self) -> Ordered<Self::Scope> {
        Ordered::of::<Self::Value>(self.into_sql(), Direction::Desc)
    }

    /// [`asc`](Self::asc), with NULLs before all values.
    fn nulls_first(self) -> Ordered<Self::Scope> {
        self.asc().nulls_first()
    }

    /// [`asc`](Self::asc), with NULLs after all values.
    fn nulls_last(self) -> Ordered<Self::Scope> {
        self.asc().nulls_last()
    }

    /// The name of the selected expression in the result.
    fn label(self, name: impl Into<Cow<'static, str>>) -> Labeled<Self> {
        Labeled::new(self, name.into())
    }
}

impl<E: Expression> Operators for E {}

fn binary<S>(left: sql::Expr, op: BinaryOp, right: sql::Expr) -> Expr<bool, S> {
    Expr::new(sql::Expr::Binary(Nested::new(left), op, Nested::new(right)))
}

pub(super) fn not(inner: sql::Expr) -> sql::Expr {
    match inner {
        sql::Expr::Not(inner) => inner.into_part(),
        inner => sql::Expr::Not(Nested::new(inner)),
    }
}

fn in_query<E: Expression, V, Q>(expr: E, query: Select<V, Q>) -> sql::Expr {
    sql::Expr::InSelect(Nested::new(expr.into_sql()), Nested::new(query.parts.embedded()))
}

fn like<E: Expression>(expr: E, kind: LikeKind, pattern: sql::Expr) -> sql::Expr {
    sql::Expr::Like(Nested::new(expr.into_sql()), kind, Nested::new(pattern))
}

fn like_text<E: Expression>(expr: E, before: &str, text: &str, after: &str) -> sql::Expr {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push_str(before);
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push_str(after);
    like(expr, LikeKind::Escaped, sql::Expr::Param(Value::Text(pattern), SqlType::Text))
}
