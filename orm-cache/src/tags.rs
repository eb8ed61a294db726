//! What entries were made of, by name.

use orm_core::value::Value;

/// Something that a commit may change. An entry has the tags of all that it was made of, and holds as long as none of them was changed since.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Tag(String);

/// How many places there are for the stamps of tags. Tags that share a place are forgotten together.
const PLACES: u64 = 1 << 16;

impl Tag {
    /// All entries, for statements whose tables are unknown.
    pub(crate) fn everything() -> Self {
        Self("*".to_owned())
    }

    /// The entries of a region.
    pub(crate) fn region(name: &str) -> Self {
        Self(format!("region {name}"))
    }

    /// Any rows of a table, by a statement that names none.
    pub(crate) fn whole(table: &str) -> Self {
        Self(format!("whole {}", table.to_lowercase()))
    }

    /// What rows a table has and what they hold: changed by each write.
    pub(crate) fn rows(table: &str) -> Self {
        Self(format!("rows {}", table.to_lowercase()))
    }

    /// That rows of a table were deleted or got other keys, after which the database may change rows that reference them.
    pub(crate) fn references(table: &str) -> Self {
        Self(format!("references {}", table.to_lowercase()))
    }

    /// That this happened to any table.
    pub(crate) fn any_references() -> Self {
        Self("references *".to_owned())
    }

    /// One row. Keys that a database may take for one have one tag.
    pub(crate) fn row(table: &str, key: &[Value]) -> Self {
        let key: Vec<String> = key.iter().map(folded).collect();
        Self(format!("row {} {}", table.to_lowercase(), key.join(",")))
    }

    /// The number of its place, the same in all processes.
    pub(crate) fn place(&self) -> u16 {
        // FNV-1a: short, and the same everywhere.
        let hash = self
            .0
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        u16::try_from((hash ^ (hash >> 32)) % PLACES).unwrap_or(0)
    }
}

/// A value of a key, without what databases overlook in texts.
fn folded(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("{:?}", text.trim_end().to_lowercase()),
        value => format!("{value:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_are_one_to_a_database_have_one_tag() {
        let row = |text: &str| Tag::row("Car", &[Value::Text(text.into())]);
        assert_eq!(row("Ann "), Tag::row("car", &[Value::Text("ann".into())]));
        assert_ne!(row("ann"), row("bob"));
        assert_ne!(Tag::row("car", &[Value::I64(1)]), Tag::row("car", &[Value::Text("1".into())]));
    }

    #[test]
    fn places_are_spread() {
        let places: std::collections::HashSet<u16> =
            (0..1_000).map(|id| Tag::row("car", &[Value::I64(id)]).place()).collect();
        assert!(places.len() > 950, "{}", places.len());
    }
}
