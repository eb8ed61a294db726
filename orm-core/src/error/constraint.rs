/// What a database told of a violated constraint. Databases tell different parts; what was not told is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Constraint {
    /// The constraint's name.
    pub name: Option<String>,
    /// The table whose row was refused.
    pub table: Option<String>,
    /// The columns of the constraint.
    pub columns: Vec<String>,
}
