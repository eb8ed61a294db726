/// How a database explains a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plans {
    /// The text before the statement.
    pub explain: &'static str,
    /// The text before it that also runs it and measures it, if the database can.
    pub analyze: Option<&'static str>,
    /// The rows of the answer.
    pub rows: PlanRows,
}

/// The form of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanRows {
    /// Each row is a line of text.
    Lines,
    /// Each row is a node: its number, its parent's number, another column, and text.
    Nodes,
}
