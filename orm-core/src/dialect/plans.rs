/// How a database tells the plan of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plans {
    /// What stands before the statement.
    pub explain: &'static str,
    /// What stands before it to run it, and to tell what it took; nothing where the database does not.
    pub analyze: Option<&'static str>,
    /// What comes back.
    pub rows: PlanRows,
}

/// The form of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanRows {
    /// A line of text a row.
    Lines,
    /// A node a row: its number, the number of the node that it belongs to, one more column, and text.
    Nodes,
}
