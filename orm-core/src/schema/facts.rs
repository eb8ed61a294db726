//! What a database says of a table that is there, whoever made it.

/// A table as the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFacts {
    /// Its columns, in the order of the table.
    pub columns: Vec<ColumnFacts>,
    /// Whether a row may get another key than it was sent with: a trigger before the INSERT names the key, or it is a view.
    pub rewrites_inserts: bool,
    /// Whether its rows come from elsewhere, and so from tables that a statement does not name: it is a view, a table with parts, or lies
    /// outside of the database.
    pub reads_others: bool,
    /// Whether it is seen by one connection only.
    pub temporary: bool,
}

impl TableFacts {
    /// The column of that name; letters of the other case do where no name is the same.
    pub fn column(&self, name: &str) -> Option<&ColumnFacts> {
        let same = self.columns.iter().find(|column| column.name == name);
        same.or_else(|| self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)))
    }
}

impl ColumnFacts {
    /// Whether the value that an INSERT without the column gives it can be computed before the row is there.
    pub fn is_drawable(&self) -> bool {
        match self.filled {
            Filled::Identity { .. } => self.sequence.is_some(),
            Filled::Default(_) => true,
            Filled::Nothing | Filled::RowId | Filled::Computed => false,
        }
    }
}

/// A column as the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnFacts {
    /// Its name.
    pub name: String,
    /// Its type without a length and a precision, as a cast takes it. Empty where a column needs no type.
    pub type_name: String,
    /// Its type with a length and a precision, as a cast takes it.
    pub full_type: String,
    /// Whether it holds arrays.
    pub is_array: bool,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// What it holds in a row whose INSERT leaves it out.
    pub filled: Filled,
    /// The sequence that its numbers come from, as a quoted name, where this user may draw from it and see where it stands.
    pub sequence: Option<String>,
    /// Its collation, where it is not that of the type.
    pub collation: Option<String>,
}

/// What a column holds in a row whose INSERT leaves it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filled {
    /// NULL, or what a trigger or the type gives it.
    Nothing,
    /// The number of the row.
    RowId,
    /// The next number of a sequence that belongs to the column.
    Identity {
        /// Whether a value of one's own needs `OVERRIDING SYSTEM VALUE`.
        always: bool,
    },
    /// The value of this expression.
    Default(String),
    /// What the database computes of other columns; nobody writes it.
    Computed,
}
