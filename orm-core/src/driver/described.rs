use crate::value::SqlType;

/// A column that a statement will have, see [`Connection::describe_statement`](super::Connection::describe_statement).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescribedColumn {
    /// Its name.
    pub name: String,
    /// Its type, if the database tells it and a field can have it.
    pub sql_type: Option<SqlType>,
}
