//! The names of constraints and indexes: `pk_<table>`, `fk_<table>_<column>`, `uq_..`, `ix_..`, `ck_..`.
//!
//! Different tables and columns give different names, because the indexes of all tables share one namespace. `ix_tag_group_seq` could be
//! `tag`.`group_seq` or `tag_group`.`seq`. So one underscore separates table and column only if the table has no underscore and there is
//! one column. Otherwise two underscores separate the parts.

/// The longest name that every database takes, in bytes.
const LONGEST: usize = 63;

/// The digits of a digest.
const DIGITS: usize = 16;

/// The unique name of a constraint or index of `table` over `columns`, in at most 63 bytes. If names are too long, or contain the
/// separator, it is the beginning of the readable name and a digest of the whole.
pub(crate) fn constraint<'a>(prefix: &str, table: &'a str, columns: impl IntoIterator<Item = &'a str>) -> String {
    let parts: Vec<&str> = std::iter::once(table).chain(columns).collect();
    let plain = parts.len() == 1 || (parts.len() == 2 && !table.contains('_'));
    let name = format!("{prefix}_{}", parts.join(if plain { "_" } else { "__" }));
    if name.len() <= LONGEST && parts.iter().all(|part| is_readable(part)) {
        return name;
    }
    let digest = format!("_{:0DIGITS$x}", digest(prefix, &parts));
    let end = (0..=LONGEST - digest.len()).rev().find(|&end| name.is_char_boundary(end)).unwrap_or_default();
    format!("{}{digest}", &name[..end])
}

/// Whether the whole name shows where this part ends, and that it is not a digest.
fn is_readable(part: &str) -> bool {
    let end = part.rsplit('_').next().unwrap_or(part);
    let is_digest = end.len() == DIGITS && end.bytes().all(|byte| byte.is_ascii_hexdigit());
    !part.is_empty() && !part.starts_with('_') && !part.ends_with('_') && !part.contains("__") && !is_digest
}

/// The hash of the parts and their ends. Databases keep the names, so the digest must never change.
fn digest(prefix: &str, parts: &[&str]) -> u64 {
    let bytes = std::iter::once(&prefix).chain(parts).flat_map(|part| part.bytes().chain([0]));
    fnv1a(bytes)
}

/// FNV-1a, a hash that is the same in all programs: good against accidents, and no more.
pub(crate) fn fnv1a(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn short_names_are_readable() {
        assert_eq!(constraint("pk", "order_item", []), "pk_order_item");
        assert_eq!(constraint("ix", "user", ["name"]), "ix_user_name");
        assert_eq!(constraint("fk", "car", ["line_id"]), "fk_car_line_id");
        assert_eq!(constraint("fk", "car", ["line_id", "year"]), "fk_car__line_id__year");
        assert_eq!(constraint("ix", "order_item", ["no"]), "ix_order_item__no");
    }

    #[test]
    fn different_tables_and_columns_have_different_names() {
        // Of a primary key the name has the table only, of all others it has columns too.
        let words = ["a", "b", "a_b", "b_a", "a__b", "_a", "a_", "_", "__", "a_b_a", "a_0123456789abcdef"];
        let mut lists: Vec<Vec<&str>> = vec![vec![]];
        for _ in 0..2 {
            let longer = lists.iter().flat_map(|list| words.iter().map(move |word| [&list[..], &[*word]].concat()));
            lists = lists.iter().cloned().chain(longer).collect();
        }
        let mut names = BTreeMap::new();
        lists.retain(|list| !list.is_empty());
        for (table, columns) in words.iter().flat_map(|table| lists.iter().map(move |list| (table, list))) {
            let other = names.insert(constraint("ix", table, columns.iter().copied()), (table, columns));
            assert!(other.is_none_or(|other| other == (table, columns)), "{table} {columns:?} and {other:?}");
        }
    }

    #[test]
    fn long_names_end_in_a_digest_that_never_changes() {
        let name = constraint("fk", &"a".repeat(60), ["b"]);
        assert_eq!(name, "fk_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_13b17095816ac710");
        assert_ne!(name, constraint("fk", &"a".repeat(60), ["c"]));
        let long = "ä".repeat(60);
        assert!(constraint("ix", &long, [&*long]).len() <= LONGEST);
    }
}
