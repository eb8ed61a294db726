//! One value out of several.

use std::marker::PhantomData;

use super::call;
use crate::query::{BaseOf, Condition, Expr, Expression, Known, Literal, OperandOf, Strict};
use crate::sql::{self, Function, Nested};
use crate::value::ColumnType;

/// A value as an expression, for what begins with one: `value("Dr. ").concat(User::name)`.
pub fn value<B: ColumnType, L: Literal<B>>(literal: L) -> Expr<L::Value, ()> {
    Expr::new(literal.into_operand())
}

/// The second where the first is NULL. `coalesce(coalesce(a, b), c)` takes the first of three that is not NULL.
pub fn coalesce<E: Expression, R: OperandOf<BaseOf<E>, Value = V, Scope = S>, V: Strict, S>(
    expr: E,
    otherwise: R,
) -> Expr<V, (Known<E::Scope>, S)> {
    chain(Function::Coalesce, expr.into_sql(), otherwise.into_operand())
}

/// The first, or NULL where it equals the second.
pub fn nullif<E: Expression, R: OperandOf<BaseOf<E>, Scope = S>, S>(
    expr: E,
    nothing: R,
) -> Expr<Option<BaseOf<E>>, (E::Scope, Known<S>)> {
    call(Function::NullIf, vec![expr.into_sql(), nothing.into_operand()])
}

/// What is made of two values that must both be there.
type Both<E, V, S> = Expr<<V as Strict>::Result<<E as Expression>::Value>, (<E as Expression>::Scope, S)>;

/// The greater of the two, and NULL where one of them is.
pub fn greatest<E: Expression, R: OperandOf<BaseOf<E>, Value = V, Scope = S>, V: Strict, S>(
    a: E,
    b: R,
) -> Both<E, V, S> {
    chain(Function::Greatest, a.into_sql(), b.into_operand())
}

/// The lesser of the two, and NULL where one of them is.
pub fn least<E: Expression, R: OperandOf<BaseOf<E>, Value = V, Scope = S>, V: Strict, S>(a: E, b: R) -> Both<E, V, S> {
    chain(Function::Least, a.into_sql(), b.into_operand())
}

/// `f(a, b)`, where `a` may be `f(..)` itself: the function takes any number of arguments.
fn chain<V: Strict, S>(function: Function, first: sql::Expr, last: sql::Expr) -> Expr<V, S> {
    let mut arguments = match first {
        sql::Expr::Function(known, arguments, _) if known == function => arguments,
        first => [first].into(),
    };
    arguments.push(last);
    call(function, arguments)
}

/// `CASE`: the value of the first condition that holds.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
/// # fn main() -> orm::Result<()> {
/// # let mut session = library()?;
/// use orm::functions::case;
///
/// let size = case().when(Book::pages.lt(400), "short").when(Book::pages.lt(500), "long").otherwise("very long");
/// let sizes: Vec<String> = Book::query().order_by(Book::pages).select(size).all(&mut session)?;
/// assert_eq!(sizes, ["short", "long", "very long"]);
/// # Ok(())
/// # }
/// ```
pub fn case() -> CaseStart {
    CaseStart
}

/// A `CASE` without a condition.
#[derive(Debug, Clone, Copy)]
pub struct CaseStart;

impl CaseStart {
    /// This value where the condition holds. Its type is that of the whole.
    pub fn when<B, C: Condition, R: OperandOf<B>>(
        self,
        condition: C,
        value: R,
    ) -> Case<R::Value, (Known<C::Scope>, R::Scope)> {
        Case { arms: vec![(condition.into_sql().into(), value.into_operand().into())], types: PhantomData }
    }
}

/// A `CASE` of type `V` that reads the models `S`. It is an expression after [`otherwise`](Case::otherwise) or [`end`](Case::end).
#[derive(Debug, Clone)]
#[must_use = "end it by `.otherwise(..)` or `.end()`"]
pub struct Case<V, S> {
    arms: Vec<(Nested<sql::Expr>, Nested<sql::Expr>)>,
    types: PhantomData<fn() -> (V, S)>,
}

impl<V: Strict, S> Case<V, S> {
    /// This value where the condition holds and none before it.
    pub fn when<C: Condition, R: OperandOf<V::Base>>(
        mut self,
        condition: C,
        value: R,
    ) -> Case<<R::Value as Strict>::Result<V>, (S, (Known<C::Scope>, R::Scope))> {
        self.arms.push((condition.into_sql().into(), value.into_operand().into()));
        Case { arms: self.arms, types: PhantomData }
    }

    /// This value where no condition holds.
    pub fn otherwise<R: OperandOf<V::Base>>(self, value: R) -> Expr<<R::Value as Strict>::Result<V>, (S, R::Scope)> {
        Expr::new(sql::Expr::Case(self.arms, Some(Nested::new(value.into_operand())), V::SQL_TYPE))
    }

    /// NULL where no condition holds.
    pub fn end(self) -> Expr<Option<V::Base>, S> {
        Expr::new(sql::Expr::Case(self.arms, None, V::SQL_TYPE))
    }
}
