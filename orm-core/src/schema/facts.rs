//! The definition of an existing table in the database.

/// A table as the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFacts {
    /// Its columns, in the order of the table.
    pub columns: Vec<ColumnFacts>,
    /// Whether a row may get another key than was sent: a trigger before the INSERT mentions the key, or the table is a view.
    pub rewrites_inserts: bool,
    /// Whether its rows come from other tables, which a statement does not name: it is a view, has partitions, or is a foreign table.
    pub reads_others: bool,
    /// Whether only one connection sees it.
    pub temporary: bool,
}

impl TableFacts {
    /// The column of that name. If there is none, a name that differs in the case of letters will do.
    pub fn column(&self, name: &str) -> Option<&ColumnFacts> {
        let same = self.columns.iter().find(|column| column.name == name);
        same.or_else(|| self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)))
    }
}

impl ColumnFacts {
    /// Whether the value of an INSERT without the column can be computed before the row exists.
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
    /// Its value in a row whose INSERT leaves it out.
    pub filled: Filled,
    /// The sequence of its numbers, as a quoted name, if this user may draw from it and read it.
    pub sequence: Option<String>,
    /// Its collation, if it is not the type's default.
    pub collation: Option<String>,
}

/// The value of a column in a row whose INSERT leaves it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filled {
    /// NULL, or a value of a trigger or of the type.
    Nothing,
    /// The number of the row.
    RowId,
    /// The next number of a sequence that belongs to the column.
    Identity {
        /// Whether writing a value needs `OVERRIDING SYSTEM VALUE`.
        always: bool,
    },
    /// The value of this expression.
    Default(String),
    /// A value that the database computes from other columns. It cannot be written.
    Computed,
}
