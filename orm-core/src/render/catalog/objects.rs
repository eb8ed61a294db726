//! Schemas, types, sequences and views.

use super::order::ordered;
use super::table::named;
use super::{Script, names};
use crate::catalog::{Catalog, Domain, Enum, Sequence, SequenceOptions, View};
use crate::dialect::SqlWriter;
use crate::error::Result;

impl Script {
    pub(super) fn schemas(&mut self, schemas: &[String]) -> Result<()> {
        if !self.dialect.capabilities().schemas {
            // They are attached databases, which exist when they are attached.
            return Ok(());
        }
        schemas.iter().try_for_each(|name| {
            self.push(|out| {
                out.sql("CREATE SCHEMA IF NOT EXISTS ").ident(name);
            })
        })
    }

    pub(super) fn types(&mut self, catalog: &Catalog) -> Result<()> {
        let none = catalog.enums.is_empty() && catalog.domains.is_empty() && catalog.sequences.is_empty();
        self.require(none || self.dialect.capabilities().named_types, "enums, domains and sequences")?;
        catalog.sequences.iter().try_for_each(|sequence| self.sequence(sequence))?;
        catalog.enums.iter().try_for_each(|known| self.create_enum(known))?;
        let domains = ordered(&catalog.domains, |domain, other| domain.base.kind.names(&other.name));
        domains.into_iter().try_for_each(|domain| self.domain(domain))
    }

    pub(super) fn create_enum(&mut self, known: &Enum) -> Result<()> {
        self.push(|out| {
            out.sql("CREATE TYPE ").table(&known.name).sql(" AS ENUM (").list(", ", &known.values, |out, value| {
                out.ident_literal(value);
            });
            out.sql(")");
        })
    }

    pub(super) fn domain(&mut self, domain: &Domain) -> Result<()> {
        self.push(|out| {
            out.sql("CREATE DOMAIN ").table(&domain.name).sql(" AS ").trusted(&domain.base.spelling);
            if let Some(collation) = &domain.collation {
                out.sql(" COLLATE ").ident(collation);
            }
            if let Some(default) = &domain.default {
                out.sql(" DEFAULT ").trusted(default);
            }
            out.sql(if domain.nullable { "" } else { " NOT NULL" });
            for check in domain.checks.iter().filter(|check| !check.not_valid) {
                named(out.sql(" "), check.name.as_deref()).sql("CHECK (").trusted(&check.expression).sql(")");
            }
        })?;
        let later = domain.checks.iter().filter(|check| check.not_valid);
        for check in later {
            self.push(|out| super::table::check(out.sql("ALTER DOMAIN ").table(&domain.name).sql(" ADD "), check))?;
        }
        Ok(())
    }

    pub(super) fn sequence(&mut self, sequence: &Sequence) -> Result<()> {
        self.push(|out| {
            out.sql("CREATE SEQUENCE ").table(&sequence.name).sql(" AS ").trusted(&sequence.data_type.spelling);
            sequence_options(out, &sequence.options);
        })
    }

    /// The columns that sequences end with.
    pub(super) fn owners(&mut self, sequences: &[Sequence]) -> Result<()> {
        for sequence in sequences {
            if let Some((table, column)) = &sequence.owner {
                self.push(|out| {
                    out.sql("ALTER SEQUENCE ")
                        .table(&sequence.name)
                        .sql(" OWNED BY ")
                        .table(table)
                        .sql(".")
                        .ident(column);
                })?;
            }
        }
        Ok(())
    }

    pub(super) fn views(&mut self, views: &[&View]) -> Result<()> {
        for view in views {
            let is_possible = !view.materialized || self.dialect.capabilities().materialized_views;
            self.require(is_possible, "materialized views")?;
            self.push(|out| {
                out.sql(if view.materialized { "CREATE MATERIALIZED VIEW " } else { "CREATE VIEW " }).table(&view.name);
                if !view.columns.is_empty() {
                    let columns: Vec<String> = view.columns.iter().map(|column| column.name.clone()).collect();
                    names(out.sql(" "), &columns);
                }
                out.sql(" AS ").trusted(&view.definition);
            })?;
            view.indexes.iter().try_for_each(|index| self.index(&view.name, index))?;
        }
        Ok(())
    }
}

/// ` INCREMENT BY 2 CYCLE`.
pub(super) fn sequence_options(out: &mut SqlWriter, options: &SequenceOptions) {
    let numbers = [
        (" INCREMENT BY ", options.increment),
        (" MINVALUE ", options.min),
        (" MAXVALUE ", options.max),
        (" START WITH ", options.start),
        (" CACHE ", options.cache),
    ];
    for (words, number) in numbers {
        if let Some(number) = number {
            out.sql(words).trusted(&number.to_string());
        }
    }
    out.sql(if options.cycle { " CYCLE" } else { "" });
}
