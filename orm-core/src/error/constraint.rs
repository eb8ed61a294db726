/// The constraint that was violated. Databases report different parts of it. Unreported parts are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Constraint {
    /// The constraint's name.
    pub name: Option<String>,
    /// The table whose row was refused.
    pub table: Option<String>,
    /// The columns of the constraint.
    pub columns: Vec<String>,
}
