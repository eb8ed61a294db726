//! The names of constraints and indexes: `pk_<table>`, `fk_<table>_<columns>`, `uq_..`, `ix_..`, `ck_..`.

use std::borrow::Cow;

/// The longest name that every database takes, in bytes.
const LONGEST: usize = 63;

/// The name of a constraint or index of `table` over `columns`.
pub(crate) fn constraint<'a>(prefix: &str, table: &str, columns: impl IntoIterator<Item = &'a str>) -> String {
    let mut name = format!("{prefix}_{table}");
    for column in columns {
        name.push('_');
        name.push_str(column);
    }
    shortened(&name).into_owned()
}

/// The name itself, or for one that is too long its beginning and a hash of the whole, which is the same in every process.
pub(crate) fn shortened(name: &str) -> Cow<'_, str> {
    if name.len() <= LONGEST {
        return Cow::Borrowed(name);
    }
    let hash = format!("_{:016x}", hash(name));
    let end = (0..=LONGEST - hash.len()).rev().find(|&end| name.is_char_boundary(end)).unwrap_or_default();
    Cow::Owned(format!("{}{hash}", &name[..end]))
}

/// FNV-1a: names are kept in databases, so the hash must never change.
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_readable() {
        assert_eq!(constraint("fk", "car", ["line_id", "year"]), "fk_car_line_id_year");
    }

    #[test]
    fn long_names_end_in_a_hash_that_never_changes() {
        let name = constraint("fk", &"a".repeat(60), ["b"]);
        assert_eq!(name, "fk_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_d175b2a0cf60068e");
        assert_ne!(name, constraint("fk", &"a".repeat(60), ["c"]));
        assert!(shortened(&"ä".repeat(60)).len() <= LONGEST);
    }
}
