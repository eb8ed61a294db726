//! Enums and domains.

use std::collections::HashMap;

use orm_core::Result;
use orm_core::catalog::{Catalog, Check, DataType, Domain, Enum, TypeKind};

use super::cells::rows;
use super::{bare, data_type, queries, with_texts};
use crate::connection::PostgresConnection;

/// The types that users have made, by their numbers.
pub(super) struct Types(HashMap<i64, TypeKind>);

impl Types {
    /// The type of that number and spelling.
    pub(super) fn resolve(&self, number: i64, spelling: &str) -> DataType {
        match self.0.get(&number) {
            Some(kind) => DataType::new(kind.clone(), spelling),
            None => data_type(spelling),
        }
    }
}

pub(super) fn read(connection: &mut PostgresConnection, schemas: &[String], catalog: &mut Catalog) -> Result<Types> {
    let mut types = Types(HashMap::new());
    with_texts(schemas, |schemas| {
        rows(connection, queries::TYPES, &[schemas], |cells| {
            let name = cells.name(2)?;
            let is_told = cells.flag(5)?;
            let kind = if cells.flag(4)? {
                // A domain over a domain is younger than that.
                let base = types.resolve(cells.number(7)?, &cells.text(8)?);
                let kind = TypeKind::Domain { name: name.clone(), base: Box::new(base.kind.clone()) };
                if is_told {
                    let (nullable, default) = (cells.flag(9)?, cells.option(10)?);
                    let (collation, comment) = (cells.option(11)?, cells.option(12)?);
                    catalog.domains.push(Domain {
                        name,
                        base,
                        nullable,
                        default,
                        collation,
                        checks: Vec::new(),
                        comment,
                    });
                }
                kind
            } else {
                if is_told {
                    catalog.enums.push(Enum {
                        name: name.clone(),
                        values: cells.texts(6)?,
                        comment: cells.option(12)?,
                    });
                }
                TypeKind::Enum(name)
            };
            types.0.insert(cells.number(1)?, TypeKind::Array(Box::new(kind.clone())));
            types.0.insert(cells.number(0)?, kind);
            Ok(())
        })?;
        rows(connection, queries::DOMAIN_CHECKS, &[schemas], |cells| {
            let name = cells.name(0)?;
            if let Some(domain) = catalog.domains.iter_mut().find(|domain| domain.name == name) {
                domain.checks.push(Check {
                    name: cells.option(2)?,
                    expression: bare(cells.text(3)?),
                    no_inherit: false,
                    not_valid: cells.flag(4)?,
                    comment: cells.option(5)?,
                });
            }
            Ok(())
        })
    })?;
    Ok(types)
}
