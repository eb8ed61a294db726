use super::{Expr, OrderBy};

/// The rows that a window function sees.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Window {
    /// Rows that are equal in these are one partition.
    pub partition_by: Vec<Expr>,
    /// The order within a partition.
    pub order_by: Vec<OrderBy>,
    /// Which of the partition's rows; without it those up to the last that is equal in order, or all where there is no order.
    pub frame: Option<Frame>,
    /// The rows that are left out of the frame.
    pub exclude: Option<Exclude>,
}

/// Which rows of a partition a window function sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Frame {
    /// How the bounds count.
    pub unit: FrameUnit,
    /// The first row.
    pub start: Bound,
    /// The last row.
    pub end: Bound,
}

/// How the bounds of a frame count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FrameUnit {
    /// Rows.
    Rows,
    /// Values: the difference in the one expression of the order.
    Range,
    /// Groups of rows that are equal in order.
    Groups,
}

/// Where a frame begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bound {
    /// At the partition's first row.
    UnboundedPreceding,
    /// So many before.
    Preceding(u32),
    /// At this row; unless rows are counted, with those that are equal in order.
    CurrentRow,
    /// So many behind.
    Following(u32),
    /// At the partition's last row.
    UnboundedFollowing,
}

/// Rows that are left out of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exclude {
    /// This row.
    CurrentRow,
    /// This row and those that are equal in order.
    Group,
    /// Those that are equal in order, but not this row.
    Ties,
}
