//! Indexes, UNIQUE and EXCLUDE constraints of models.

use super::models::sql;
use crate::catalog::{Exclusion, Index, IndexKey, IndexPart, Nulls, Unique};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::schema::{CheckDef, IndexDef, IndexKeyDef, IndexKeyPart, TableDef};

/// The names of columns.
pub(super) fn names(def: &TableDef, columns: &[usize]) -> Vec<String> {
    columns.iter().map(|&index| def.columns[index].name.to_string()).collect()
}

/// A UNIQUE constraint.
pub(super) fn unique(def: &TableDef, index: &IndexDef, dialect: &'static dyn Dialect) -> Result<Unique> {
    let options = [("INCLUDE", !index.include.is_empty()), ("NULLS NOT DISTINCT", index.nulls_not_distinct)];
    require_options(def, &index.name, "a UNIQUE constraint", &options, dialect)?;
    Ok(Unique {
        name: Some(index.name.clone()),
        columns: names(def, &index.columns),
        include: names(def, &index.include),
        nulls_not_distinct: index.nulls_not_distinct,
        ..Unique::default()
    })
}

/// An index that is no constraint's.
pub(super) fn index(def: &TableDef, index: &IndexDef, dialect: &'static dyn Dialect) -> Result<Index> {
    let keys: Vec<IndexKey> = index.keys.iter().map(|each| key(def, each, dialect)).collect();
    let options = [
        ("a method", index.method.is_some()),
        ("INCLUDE", !index.include.is_empty()),
        ("NULLS NOT DISTINCT", index.nulls_not_distinct),
        ("an operator class", keys.iter().any(|key| key.operator_class.is_some())),
        ("a place for NULLs", keys.iter().any(|key| key.nulls.is_some())),
    ];
    require_options(def, &index.name, "an index", &options, dialect)?;
    let has_expressions = index.columns.len() < index.keys.len();
    if (has_expressions || !index.predicate.is_empty()) && !dialect.capabilities().partial_indexes {
        let what = if has_expressions { "an index of an expression" } else { "an index of some rows" };
        return Err(unsupported(def, &index.name, what, dialect));
    }
    Ok(Index {
        name: index.name.clone(),
        unique: index.unique,
        method: index.method.map(str::to_owned),
        keys,
        include: names(def, &index.include),
        predicate: (!index.predicate.is_empty()).then(|| sql(def, &index.predicate, dialect)),
        nulls_not_distinct: index.nulls_not_distinct,
        comment: None,
    })
}

fn key(def: &TableDef, key: &IndexKeyDef, dialect: &'static dyn Dialect) -> IndexKey {
    let order = key.order;
    let usually_first = dialect.capabilities().nulls_sort_low != order.descending;
    IndexKey {
        part: match &key.of {
            IndexKeyPart::Column(column) => IndexPart::ColumnName(def.columns[*column].name.to_string()),
            IndexKeyPart::Sql(parts) => IndexPart::Sql(sql(def, parts, dialect)),
        },
        descending: order.descending,
        nulls: order.nulls.filter(|&nulls| (nulls == Nulls::First) != usually_first),
        collation: None,
        operator_class: order.operator_class.map(str::to_owned),
    }
}

/// An EXCLUDE constraint.
pub(super) fn exclusion(def: &TableDef, exclusion: &CheckDef, dialect: &'static dyn Dialect) -> Result<Exclusion> {
    if !dialect.capabilities().index_options {
        return Err(unsupported(def, &exclusion.name, "an EXCLUDE constraint", dialect));
    }
    let definition = format!("EXCLUDE {}", sql(def, &exclusion.sql, dialect));
    Ok(Exclusion { name: exclusion.name.clone(), definition, comment: None })
}

fn require_options(
    def: &TableDef,
    name: &str,
    what: &str,
    options: &[(&str, bool)],
    dialect: &'static dyn Dialect,
) -> Result<()> {
    match options.iter().find(|(_, is_set)| *is_set) {
        Some((option, _)) if !dialect.capabilities().index_options => {
            Err(unsupported(def, name, &format!("{what} with {option}"), dialect))
        }
        _ => Ok(()),
    }
}

fn unsupported(def: &TableDef, name: &str, what: &str, dialect: &'static dyn Dialect) -> Error {
    Error::unsupported(dialect.name(), &format!("{what}, as `{name}` of `{}` is", def.model))
}
