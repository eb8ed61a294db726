//! Functions over windows: the rows around a row.

use std::marker::PhantomData;

use super::Aggregate;
use crate::query::typed::typed;
use crate::query::{BaseOf, Expr, Expression, GroupKeys, Known, OperandOf, OrderKeys, Strict};
use crate::sql::{self, Bound, Exclude, Frame, FrameUnit, Function, Nested};
use crate::value::{SqlType, Value};

/// A window that reads the models `S`: a plain value, which several functions may share by `clone()`.
pub struct Window<S> {
    window: sql::Window,
    scope: PhantomData<fn() -> S>,
}

/// A window over all rows.
pub fn window() -> Window<()> {
    Window { window: sql::Window::default(), scope: PhantomData }
}

impl<S> Window<S> {
    /// Divides the rows into partitions by a column, an expression or a tuple of some: `PARTITION BY`.
    pub fn partition_by<G: GroupKeys>(mut self, keys: G) -> Window<(S, G::Scope)> {
        keys.group_keys(&mut self.window.partition_by);
        Window { window: self.window, scope: PhantomData }
    }

    /// The order of the rows: `ORDER BY`. With an order and without a frame, the frame ends with the last row that is equal in order.
    pub fn order_by<O: OrderKeys>(mut self, keys: O) -> Window<(S, O::Scope)> {
        keys.order_keys(&mut self.window.order_by);
        Window { window: self.window, scope: PhantomData }
    }

    /// The frame, in rows: `ROWS`.
    #[must_use]
    pub fn rows(self, start: Bound, end: Bound) -> Self {
        self.frame(FrameUnit::Rows, start, end)
    }

    /// The frame, by distance from the value of the row: `RANGE`. The order must be by one number.
    #[must_use]
    pub fn range(self, start: Bound, end: Bound) -> Self {
        self.frame(FrameUnit::Range, start, end)
    }

    /// The frame, in groups of rows that are equal in order: `GROUPS`.
    #[must_use]
    pub fn groups(self, start: Bound, end: Bound) -> Self {
        self.frame(FrameUnit::Groups, start, end)
    }

    /// Leaves rows out of the frame: `EXCLUDE`.
    #[must_use]
    pub fn exclude(mut self, rows: Exclude) -> Self {
        self.window.exclude = Some(rows);
        self
    }

    fn frame(mut self, unit: FrameUnit, start: Bound, end: Bound) -> Self {
        self.window.frame = Some(Frame { unit, start, end });
        self
    }
}

typed!([S] Window<S> { window, scope });

fn over<V, S>(call: sql::Expr, window: sql::Window) -> Expr<V, S> {
    Expr::new(sql::Expr::Over(Nested::new(call), Nested::new(window)))
}

impl<V, S> Aggregate<V, S> {
    /// The aggregate over the window frame of each row, instead of over a group: `OVER`.
    pub fn over<T>(self, window: Window<T>) -> Expr<V, (S, Known<T>)>
    where
        Self: Expression,
    {
        over(self.into_sql(), window.window)
    }
}

/// A function that needs a window: an expression after [`over`](WindowFunction::over).
#[derive(Debug, Clone)]
#[must_use = "say over which window, by `.over(window())`"]
pub struct WindowFunction<V, S> {
    call: sql::Expr,
    types: PhantomData<fn() -> (V, S)>,
}

impl<V: Strict, S> WindowFunction<V, S> {
    fn new(function: Function, arguments: Vec<sql::Expr>) -> Self {
        Self { call: sql::Expr::Function(function, arguments.into(), V::SQL_TYPE), types: PhantomData }
    }

    /// The function over the window of each row: `OVER`.
    pub fn over<T>(self, window: Window<T>) -> Expr<V, (S, Known<T>)> {
        over(self.call, window.window)
    }
}

macro_rules! positions {
    ($($(#[$doc:meta])* $name:ident $function:ident $value:ty;)*) => {$(
        $(#[$doc])*
        pub fn $name() -> WindowFunction<$value, ()> {
            WindowFunction::new(Function::$function, Vec::new())
        }
    )*};
}

positions! {
    /// The number of the row in its partition, from 1.
    row_number RowNumber i64;
    /// The number of the first row that is equal in order: `1 2 2 4`.
    rank Rank i64;
    /// The number of different rows up to this one: `1 2 2 3`.
    dense_rank DenseRank i64;
    /// `(rank - 1) / (rows - 1)`, from 0 to 1.
    percent_rank PercentRank f64;
    /// The part of the rows that are before this one or equal to it, up to 1.
    cume_dist CumeDist f64;
}

/// Divides the rows into this many buckets of equal size, and gives the number of the row's bucket, from 1.
pub fn ntile<N: OperandOf<i32>>(buckets: N) -> WindowFunction<i32, N::Scope> {
    WindowFunction::new(Function::Ntile, vec![buckets.into_operand()])
}

macro_rules! neighbours {
    ($($(#[$doc:meta])* $name:ident $function:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name<E: Expression>(expr: E, rows: u32) -> WindowFunction<Option<BaseOf<E>>, E::Scope> {
            let rows = sql::Expr::Param(Value::I64(rows.into()), SqlType::I32);
            WindowFunction::new(Function::$function, vec![expr.into_sql(), rows])
        }
    )*};
}

neighbours! {
    /// The value of the row that is `rows` before this one; `None` where there is no such row.
    lag Lag;
    /// The value of the row that is `rows` after this one; `None` where there is no such row.
    lead Lead;
    /// The value of a row of the frame, counted from 1; `None` where there is no such row.
    nth_value NthValue;
}

macro_rules! ends {
    ($($(#[$doc:meta])* $name:ident $function:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name<E: Expression>(expr: E) -> WindowFunction<Option<BaseOf<E>>, E::Scope> {
            WindowFunction::new(Function::$function, vec![expr.into_sql()])
        }
    )*};
}

ends! {
    /// The value of the first row of the frame; `None` where the frame is empty.
    first_value FirstValue;
    /// The value of the last row of the frame; `None` where the frame is empty. Without a frame, that is the last row that is equal
    /// in order to this one.
    last_value LastValue;
}
