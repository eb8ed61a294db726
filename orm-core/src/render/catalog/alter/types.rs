//! Schemas, enums, domains and sequences.

use super::Alter;
use crate::catalog::{CatalogTable, Change, Difference, Domain, Enum, Sequence, SequenceOptions};
use crate::dialect::SqlWriter;
use crate::error::Result;
use crate::render::catalog::order::ordered;
use crate::render::catalog::table as write;
use crate::schema::TableName;

impl<'c> Alter<'c> {
    pub(super) fn add_schemas(&mut self) -> Result<()> {
        let added: Vec<String> = self
            .differences
            .iter()
            .filter_map(|each| match each {
                Difference::Schema(Change::Added(name)) => Some((*name).clone()),
                _ => None,
            })
            .collect();
        self.create(|script| script.schemas(&added))
    }

    /// The types that cannot be changed where they are: the new one takes the place of the old one.
    pub(super) fn replaced_types(&self) -> Vec<&'c TableName> {
        let replaced = |each: &Difference<'c>| match *each {
            Difference::Enum(Change::Changed { from, to }) => added_values(from, to).is_none().then_some(&from.name),
            Difference::Domain(Change::Changed { from, to }) => is_other(from, to).then_some(&from.name),
            _ => None,
        };
        self.differences.iter().filter_map(replaced).collect()
    }

    pub(super) fn change_types(&mut self, tables: &[&'c CatalogTable]) -> Result<()> {
        for each in self.differences {
            match *each {
                Difference::Sequence(Change::Added(sequence)) => {
                    self.create(|script| {
                        script.sequence(sequence)?;
                        script.object("SEQUENCE ", &sequence.name, sequence.comment.as_deref())
                    })?;
                }
                Difference::Sequence(Change::Changed { from, to }) => self.change_sequence(from, to)?,
                Difference::Enum(Change::Added(known)) => self.create(|script| {
                    script.create_enum(known)?;
                    script.object("TYPE ", &known.name, known.comment.as_deref())
                })?,
                Difference::Enum(Change::Changed { from, to }) => self.change_enum(from, to, tables)?,
                _ => {}
            }
        }
        let domains: Vec<Change<'c, Domain>> = self
            .differences
            .iter()
            .filter_map(|each| match each {
                Difference::Domain(change) => Some(*change),
                _ => None,
            })
            .collect();
        let new: Vec<Domain> = domains
            .iter()
            .filter_map(|change| match change {
                Change::Added(domain) => Some((*domain).clone()),
                _ => None,
            })
            .collect();
        for domain in ordered(&new, |domain, other| domain.base.kind.names(&other.name)) {
            self.create(|script| {
                script.domain(domain)?;
                script.object("DOMAIN ", &domain.name, domain.comment.as_deref())
            })?;
        }
        domains.into_iter().try_for_each(|change| match change {
            Change::Changed { from, to } => self.change_domain(from, to, tables),
            _ => Ok(()),
        })
    }

    fn change_enum(&mut self, from: &'c Enum, to: &'c Enum, tables: &[&'c CatalogTable]) -> Result<()> {
        match added_values(from, to) {
            Some(added) => {
                for (value, place) in added {
                    self.push(|out| {
                        out.sql("ALTER TYPE ").table(&from.name).sql(" ADD VALUE IF NOT EXISTS ").ident_literal(value);
                        if let Some(next) = place {
                            out.sql(" BEFORE ").ident_literal(next);
                        }
                    })?;
                    if let Some(step) = self.steps.last_mut() {
                        step.alone = true;
                    }
                }
            }
            None => {
                let gone: Vec<&str> =
                    from.values.iter().filter(|value| !to.values.contains(value)).map(|v| &**v).collect();
                let danger = (!gone.is_empty())
                    .then(|| format!("it fails if rows have a value of {} that is gone: {}", to.name, gone.join(", ")));
                self.replace_type(&from.name, danger, tables, |script| script.create_enum(to))?;
            }
        }
        self.create(|script| script.object("TYPE ", &to.name, to.comment.as_deref()))
    }

    fn change_domain(&mut self, from: &'c Domain, to: &'c Domain, tables: &[&'c CatalogTable]) -> Result<()> {
        if is_other(from, to) {
            let danger = Some(format!("it fails if rows have values that the new {} does not take", to.name));
            return self.replace_type(&from.name, danger, tables, |script| script.domain(to));
        }
        let name = &to.name;
        for check in from.checks.iter().filter(|check| !to.checks.contains(check)) {
            self.alter_domain(name, |out| {
                out.sql("DROP CONSTRAINT ").ident(check.name.as_deref().unwrap_or_default());
            })?;
        }
        for check in to.checks.iter().filter(|check| !from.checks.contains(check)) {
            self.alter_domain(name, |out| write::check(out.sql("ADD "), check))?;
        }
        if from.nullable != to.nullable {
            self.alter_domain(name, |out| {
                out.sql(if to.nullable { "DROP NOT NULL" } else { "SET NOT NULL" });
            })?;
        }
        if from.default != to.default {
            self.alter_domain(name, |out| match &to.default {
                Some(default) => {
                    out.sql("SET DEFAULT ").trusted(default);
                }
                None => {
                    out.sql("DROP DEFAULT");
                }
            })?;
        }
        self.create(|script| script.object("DOMAIN ", name, to.comment.as_deref()))
    }

    fn alter_domain(&mut self, name: &TableName, write: impl FnOnce(&mut SqlWriter)) -> Result<()> {
        self.push(|out| {
            out.sql("ALTER DOMAIN ").table(name).sql(" ");
            write(out);
        })
    }

    /// A new type in the place of the old one: the columns change to it by the text of their values.
    fn replace_type(
        &mut self,
        name: &TableName,
        danger: Option<String>,
        tables: &[&'c CatalogTable],
        create: impl FnOnce(&mut super::Script) -> Result<()>,
    ) -> Result<()> {
        let old = TableName { schema: name.schema.clone(), name: format!("{}__old", name.name).into() };
        self.push(|out| {
            out.sql("ALTER TYPE ").table(name).sql(" RENAME TO ").ident(&old.name);
        })?;
        self.create(create)?;
        for table in tables {
            let uses = table.columns.iter().filter(|column| column.data_type.kind.names(name) && !column.inherited);
            for column in uses {
                let spelling = &column.data_type.spelling;
                if column.default.is_some() {
                    self.push(|out| {
                        out.sql("ALTER TABLE ")
                            .table(&table.name)
                            .sql(" ALTER COLUMN ")
                            .ident(&column.name)
                            .sql(" DROP DEFAULT");
                    })?;
                }
                self.push_with(danger.clone(), |out| {
                    out.sql("ALTER TABLE ").table(&table.name).sql(" ALTER COLUMN ").ident(&column.name).sql(" TYPE ");
                    out.trusted(spelling).sql(" USING ").ident(&column.name).sql(if spelling.ends_with(']') {
                        "::text[]::"
                    } else {
                        "::text::"
                    });
                    out.trusted(spelling);
                })?;
                if let Some(default) = &column.default {
                    self.push(|out| {
                        out.sql("ALTER TABLE ").table(&table.name).sql(" ALTER COLUMN ").ident(&column.name);
                        out.sql(" SET DEFAULT (").trusted(default).sql(")");
                    })?;
                }
            }
        }
        self.push(|out| {
            out.sql("DROP TYPE ").table(&old);
        })
    }

    fn change_sequence(&mut self, from: &Sequence, to: &Sequence) -> Result<()> {
        // A type that is said again would take the limits of the old direction for the type's own.
        if from.data_type != to.data_type {
            self.push(|out| {
                out.sql("ALTER SEQUENCE ").table(&to.name).sql(" AS ").trusted(&to.data_type.spelling);
            })?;
        }
        if from.options != to.options {
            let turns = rising(&from.options) != rising(&to.options);
            self.push(|out| {
                all_options(out.sql("ALTER SEQUENCE ").table(&to.name), &to.options);
                out.sql(if turns { " RESTART" } else { "" });
            })?;
        }
        self.create(|script| script.object("SEQUENCE ", &to.name, to.comment.as_deref()))
    }

    pub(super) fn change_owners(&mut self) -> Result<()> {
        let owned: Vec<Sequence> = self
            .differences
            .iter()
            .filter_map(|each| match each {
                Difference::Sequence(change) => change.after().cloned(),
                _ => None,
            })
            .collect();
        self.create(|script| script.owners(&owned))
    }

    /// What nothing uses any more.
    pub(super) fn drop_types(&mut self) -> Result<()> {
        let domains: Vec<Domain> = self
            .differences
            .iter()
            .filter_map(|each| match each {
                Difference::Domain(Change::Removed(domain)) => Some((*domain).clone()),
                _ => None,
            })
            .collect();
        for domain in ordered(&domains, |domain, other| domain.base.kind.names(&other.name)).into_iter().rev() {
            self.drop_object("DROP DOMAIN ", &domain.name)?;
        }
        for each in self.differences {
            match each {
                Difference::Enum(Change::Removed(known)) => self.drop_object("DROP TYPE ", &known.name)?,
                // One that a column owned is gone with it.
                Difference::Sequence(Change::Removed(known)) => {
                    self.drop_object("DROP SEQUENCE IF EXISTS ", &known.name)?
                }
                _ => {}
            }
        }
        for each in self.differences {
            if let Difference::Schema(Change::Removed(name)) = each {
                self.push(|out| {
                    out.sql("DROP SCHEMA ").ident(name);
                })?;
            }
        }
        Ok(())
    }

    fn drop_object(&mut self, words: &'static str, name: &TableName) -> Result<()> {
        self.push(|out| {
            out.sql(words).table(name);
        })
    }
}

/// The new values, each with the one that it comes before, if the others stay in their order.
fn added_values<'c>(from: &Enum, to: &'c Enum) -> Option<Vec<(&'c str, Option<&'c str>)>> {
    let kept: Vec<&String> = to.values.iter().filter(|value| from.values.contains(value)).collect();
    if !kept.into_iter().eq(&from.values) {
        return None;
    }
    let mut added = Vec::new();
    // From the end, so that the next value is there.
    for (at, value) in to.values.iter().enumerate().rev() {
        if !from.values.contains(value) {
            added.push((&**value, to.values.get(at + 1).map(|next| &**next)));
        }
    }
    Some(added)
}

fn is_other(from: &Domain, to: &Domain) -> bool {
    from.base.kind != to.base.kind || from.collation != to.collation
}

fn rising(options: &SequenceOptions) -> bool {
    options.increment.is_none_or(|step| step > 0)
}

/// Every option, with the usual one where nothing is said.
fn all_options(out: &mut SqlWriter, options: &SequenceOptions) {
    let start = if rising(options) { 1 } else { -1 };
    let start = options.start.or(if rising(options) { options.min } else { options.max }).unwrap_or(start);
    let numbers = [
        (" INCREMENT BY ", Some(options.increment.unwrap_or(1))),
        (" START WITH ", Some(start)),
        (" CACHE ", Some(options.cache.unwrap_or(1))),
        (" MINVALUE ", options.min),
        (" MAXVALUE ", options.max),
    ];
    for (words, number) in numbers {
        match number {
            Some(number) => out.sql(words).trusted(&number.to_string()),
            None => out.sql(" NO").sql(words),
        };
    }
    out.sql(if options.cycle { " CYCLE" } else { " NO CYCLE" });
}
