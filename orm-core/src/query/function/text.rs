//! Functions of text. Positions count characters, from 1.

use super::{Over, call};
use crate::query::{BaseOf, Expr, Expression, OperandOf, Strict, Text, TextOf};
use crate::sql::Function;

macro_rules! texts_of_text {
    ($($(#[$doc:meta])* $name:ident $function:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name<E: Expression>(text: E) -> Expr<TextOf<E>, E::Scope>
        where
            BaseOf<E>: Text,
        {
            call(Function::$function, vec![text.into_sql()])
        }
    )*};
}

texts_of_text! {
    /// The text in lower case.
    lower Lower;
    /// The text in upper case.
    upper Upper;
    /// The text without the spaces at both ends. Only spaces are removed.
    trim Trim;
    /// The text without the spaces at its start.
    trim_start TrimStart;
    /// The text without the spaces at its end.
    trim_end TrimEnd;
}

/// The number of characters.
pub fn length<E: Expression<Value: Strict<Base: Text>>>(text: E) -> Over<i32, E> {
    call(Function::Length, vec![text.into_sql()])
}

/// The part of the text that has `count` characters and begins at position `from`. Positions before the first count too, but are
/// empty. A negative `count` is an error of the database.
pub fn substr<E: Expression, F: OperandOf<i32>, C: OperandOf<i32>>(
    text: E,
    from: F,
    count: C,
) -> Expr<<F::Value as Strict>::Result<<C::Value as Strict>::Result<TextOf<E>>>, (E::Scope, (F::Scope, C::Scope))>
where
    BaseOf<E>: Text,
{
    call(Function::Substr, vec![text.into_sql(), from.into_operand(), count.into_operand()])
}

/// The part of the text that begins at position `from`.
pub fn substr_from<E: Expression, F: OperandOf<i32, Value = V, Scope = S>, V: Strict, S>(
    text: E,
    from: F,
) -> Expr<V::Result<TextOf<E>>, (E::Scope, S)>
where
    BaseOf<E>: Text,
{
    call(Function::SubstrFrom, vec![text.into_sql(), from.into_operand()])
}

/// The text with every occurrence of `from` replaced by `to`. An empty `from` occurs nowhere.
pub fn replace<E: Expression, F: OperandOf<String>, T: OperandOf<String>>(
    text: E,
    from: F,
    to: T,
) -> Expr<<F::Value as Strict>::Result<<T::Value as Strict>::Result<TextOf<E>>>, (E::Scope, (F::Scope, T::Scope))>
where
    BaseOf<E>: Text,
{
    call(Function::Replace, vec![text.into_sql(), from.into_operand(), to.into_operand()])
}

/// The position of the first occurrence of `part` in the text; 0 where it does not occur.
pub fn position<E: Expression, P: OperandOf<String>>(
    text: E,
    part: P,
) -> Expr<<P::Value as Strict>::Result<<E::Value as Strict>::Result<i32>>, (E::Scope, P::Scope)>
where
    BaseOf<E>: Text,
{
    call(Function::Position, vec![text.into_sql(), part.into_operand()])
}
