//! Functions and aggregates, which make expressions of columns, values and other expressions.

mod aggregate;
mod array;
mod cast;
mod choice;
mod custom;
#[cfg(feature = "json")]
mod json;
mod number;
mod text;
#[cfg(feature = "chrono")]
mod time;
mod window;

pub use aggregate::{
    Aggregate, Aggregated, Number, avg, bool_and, bool_or, count, count_all, count_distinct, max, min, string_agg, sum,
};
pub use array::{Array, ArrayOperators, array_agg};
pub use cast::CastTo;
pub use choice::{Case, CaseStart, case, coalesce, greatest, least, nullif, value};
pub use custom::named;
#[cfg(feature = "json")]
pub use json::{Document, JsonItem, JsonOperators, JsonScalar, json_agg};
pub use number::{Exact, Fractional, abs, ceil, floor, power, random, round, round_to, sqrt};
pub use text::{length, lower, position, replace, substr, substr_from, trim, trim_end, trim_start, upper};
#[cfg(feature = "chrono")]
pub use time::{
    Dated, Timed, current_date, date_of, day, days_between, hour, minute, month, now, quarter, second, seconds_between,
    truncate, week, weekday, year, year_day,
};
pub use window::{
    Window, WindowFunction, cume_dist, dense_rank, first_value, lag, last_value, lead, nth_value, ntile, percent_rank,
    rank, row_number, window,
};

pub(super) use number::negative;

pub use crate::sql::{Bound, DateUnit, Exclude};

use super::{Expr, Expression, Strict};
use crate::sql::{self, Function};

/// An expression of type `V` over `E`, in an `Option` when the value of `E` is one.
pub type Over<V, E> = Expr<<<E as Expression>::Value as Strict>::Result<V>, <E as Expression>::Scope>;

fn call<V: Strict, S>(function: Function, arguments: impl Into<sql::Exprs>) -> Expr<V, S> {
    Expr::new(sql::Expr::Function(function, arguments.into(), V::SQL_TYPE))
}
