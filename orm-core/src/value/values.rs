/// The values that a column may have, where they are fewer than those of its type: what `create_all` tells the database of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// All that its type has.
    All,
    /// The integers from the first to the second: a CHECK.
    Range(i64, i64),
}
