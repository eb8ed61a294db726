//! What a change does to rows that are there.

use crate::catalog::{CatalogColumn, CatalogTable, TypeKind};

/// What is said of a new column that has to be filled, and cannot.
pub(super) fn of_added(table: &CatalogTable, column: &CatalogColumn) -> Option<String> {
    let is_filled = column.default.is_some() || column.identity.is_some() || column.generated.is_some();
    (!column.nullable && !is_filled).then(|| {
        format!(
            "{} gets {}, which may not be NULL and has no default: it fails if there are rows",
            table.name, column.name
        )
    })
}

/// What is said of a column that changes.
pub(super) fn of_changed(table: &CatalogTable, from: &CatalogColumn, to: &CatalogColumn) -> Option<String> {
    let (name, column) = (&table.name, &to.name);
    if from.generated.is_none() && to.generated.is_some() {
        return Some(format!("the values of {name}.{column} are lost: it is computed"));
    }
    if to.generated.is_none() && !widens(&from.data_type.kind, &to.data_type.kind) {
        let spelling = &to.data_type.spelling;
        return Some(format!(
            "the values of {name}.{column} become {spelling}: it fails, or changes those that do not fit"
        ));
    }
    (from.nullable && !to.nullable && to.default.is_none() && to.generated.is_none())
        .then(|| format!("{name}.{column} may not be NULL: it fails if there are rows where it is"))
}

/// Whether all values of a type are values of the other.
pub(super) fn widens(from: &TypeKind, to: &TypeKind) -> bool {
    use TypeKind::*;
    let longer = |from: Option<u32>, to: Option<u32>| to.is_none_or(|to| from.is_some_and(|from| from <= to));
    match (from, to) {
        _ if from == to => true,
        (SmallInt, Integer | BigInt) | (Integer, BigInt) | (Real, Double) => true,
        (SmallInt | Integer | BigInt, Numeric(None)) | (_, Any) => true,
        (VarChar(from), VarChar(to)) => longer(*from, *to),
        (VarChar(_) | Enum(_), Text) => true,
        (Numeric(_), Numeric(None)) => true,
        (Numeric(Some((digits, scale))), Numeric(Some((more, finer)))) => {
            finer >= scale && i64::from(*more) - i64::from(*finer) >= i64::from(*digits) - i64::from(*scale)
        }
        _ => false,
    }
}

/// Whether a database converts the values of the one type to the other by itself.
pub(super) fn converts(from: &TypeKind, to: &TypeKind) -> bool {
    use TypeKind::*;
    let is_number = |kind: &TypeKind| matches!(kind, SmallInt | Integer | BigInt | Real | Double | Numeric(_));
    let is_text = |kind: &TypeKind| matches!(kind, Text | VarChar(_) | Char(_));
    from == to
        || (is_number(from) && is_number(to))
        || (is_text(from) && is_text(to))
        || (matches!(from, Date) && matches!(to, DateTime(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wider_types_hold_all_values() {
        let number = |digits, scale| TypeKind::Numeric(Some((digits, scale)));
        assert!(widens(&TypeKind::Integer, &TypeKind::BigInt) && !widens(&TypeKind::BigInt, &TypeKind::Integer));
        assert!(widens(&number(10, 2), &number(12, 4)) && !widens(&number(10, 2), &number(10, 4)));
        assert!(widens(&TypeKind::VarChar(Some(10)), &TypeKind::VarChar(None)));
        assert!(!widens(&TypeKind::VarChar(Some(10)), &TypeKind::VarChar(Some(9))));
    }
}
