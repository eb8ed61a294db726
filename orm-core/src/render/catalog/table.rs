//! Tables, constraints and indexes.

use super::comments::clause;
use super::{Script, names};
use crate::catalog::{
    Action, CatalogColumn, CatalogTable, Check, Deferral, Exclusion, ForeignKey, Identity, Index, IndexKey, IndexPart,
    Matching, Nulls, PrimaryKey, Unique,
};
use crate::dialect::SqlWriter;
use crate::error::Result;
use crate::schema::TableName;

impl Script {
    pub(super) fn table(&mut self, table: &CatalogTable) -> Result<()> {
        let keys = table.primary_key.iter().map(|key| &key.columns).chain(table.uniques.iter().map(|key| &key.columns));
        self.made.push((table.name.clone(), keys.cloned().collect()));
        let (late, inside) =
            table.foreign_keys.iter().partition::<Vec<_>, _>(|key| table.partition_of.is_some() || self.is_late(key));
        self.late.extend(late.into_iter().map(|key| (table.name.clone(), key.clone())));
        self.push(|out| {
            if let Some(module) = &table.options.module {
                out.sql("CREATE VIRTUAL TABLE ").table(&table.name).sql(" USING ").trusted(module);
                return;
            }
            out.sql(if table.options.unlogged { "CREATE UNLOGGED TABLE " } else { "CREATE TABLE " }).table(&table.name);
            match &table.partition_of {
                Some(place) => {
                    out.sql(" PARTITION OF ").table(&place.parent).sql(" ").trusted(&place.bounds);
                }
                None => write_body(out.sql(" "), table, &inside),
            }
            if !table.inherits.is_empty() {
                out.sql(" INHERITS (").list(", ", &table.inherits, |out, parent| {
                    out.table(parent);
                });
                out.sql(")");
            }
            if let Some(key) = &table.partition_by {
                out.sql(" PARTITION BY ").trusted(key);
            }
            let options = [(table.options.strict, "STRICT"), (table.options.without_rowid, "WITHOUT ROWID")];
            let options: Vec<_> = options.into_iter().filter_map(|(is, word)| is.then_some(word)).collect();
            out.sql(if options.is_empty() { "" } else { " " }).list(", ", options, |out, word| {
                out.sql(word);
            });
            clause(out, table.comment.as_deref());
        })
    }

    /// What a table gets after all tables exist: foreign keys, what is not valid for the rows that are there, and the constraints of a
    /// partition.
    pub(super) fn later_constraints(&mut self, table: &CatalogTable) -> Result<()> {
        if table.partition_of.is_some() {
            table.primary_key.iter().try_for_each(|key| self.add(table, |out| primary_key(out, key)))?;
            table.uniques.iter().try_for_each(|key| self.add(table, |out| unique(out, key)))?;
            table.exclusions.iter().try_for_each(|key| self.add(table, |out| exclusion(out, key)))?;
        }
        let checks = table.checks.iter().filter(|check| check.not_valid || table.partition_of.is_some());
        for each in checks {
            self.add(table, |out| check(out, each))?;
        }
        let late: Vec<_> = self.late.extract_if(.., |(name, _)| *name == table.name).collect();
        late.iter().try_for_each(|(_, key)| self.add(table, |out| foreign_key(out, key)))
    }

    fn add(&mut self, table: &CatalogTable, write: impl FnOnce(&mut SqlWriter)) -> Result<()> {
        self.push(|out| write(out.sql("ALTER TABLE ").table(&table.name).sql(" ADD ")))
    }

    pub(super) fn index(&mut self, table: &TableName, index: &Index) -> Result<()> {
        let (schemas, placed) = (self.dialect.capabilities().schemas, self.dialect.schema());
        let is_plain = index.predicate.is_none() && !index.keys.iter().any(|key| matches!(key.part, IndexPart::Sql(_)));
        self.require(
            is_plain || self.dialect.capabilities().partial_indexes,
            "indexes of some rows, and of expressions",
        )?;
        self.push(|out| {
            out.sql(if index.unique { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " });
            // An index is in the schema of its table. Where schemas are attached databases, the index names it.
            match (table.schema.as_deref().or(placed), schemas) {
                (Some(schema), false) => out.ident(schema).sql(".").ident(&index.name).sql(" ON ").ident(&table.name),
                _ => out.ident(&index.name).sql(" ON ").table(table),
            };
            if let Some(method) = &index.method {
                out.sql(" USING ").ident(method);
            }
            out.sql(" (").list(", ", &index.keys, index_key).sql(")");
            if !index.include.is_empty() {
                names(out.sql(" INCLUDE "), &index.include);
            }
            if index.nulls_not_distinct {
                out.sql(" NULLS NOT DISTINCT");
            }
            if let Some(predicate) = &index.predicate {
                out.sql(" WHERE ").trusted(predicate);
            }
            clause(out, index.comment.as_deref());
        })
    }
}

/// The columns and constraints in parentheses.
fn write_body(out: &mut SqlWriter, table: &CatalogTable, foreign_keys: &[&ForeignKey]) {
    let own: Vec<&CatalogColumn> = table.columns.iter().filter(|column| !column.inherited).collect();
    let mut first = own.is_empty();
    out.sql("(\n  ").list(",\n  ", own, |out, each| column(out, table, each));
    let mut next = |out: &mut SqlWriter| {
        out.sql(if std::mem::take(&mut first) { "" } else { ",\n  " });
    };
    if let Some(key) = table.primary_key.as_ref().filter(|_| !table.options.autoincrement) {
        next(out);
        primary_key(out, key);
    }
    for each in &table.uniques {
        next(out);
        unique(out, each);
    }
    for each in table.checks.iter().filter(|check| !check.not_valid) {
        next(out);
        check(out, each);
    }
    for each in &table.exclusions {
        next(out);
        exclusion(out, each);
    }
    for each in foreign_keys {
        next(out);
        foreign_key(out, each);
    }
    out.sql("\n)");
}

pub(super) fn column(out: &mut SqlWriter, table: &CatalogTable, column: &CatalogColumn) {
    out.ident(&column.name);
    if !column.data_type.spelling.is_empty() {
        out.sql(" ").trusted(&column.data_type.spelling);
    }
    let usual = out.dialect().column_collation(&column.data_type.kind);
    if let Some(collation) = column.collation.as_deref().or(usual) {
        out.sql(" COLLATE ").ident(collation);
    }
    if let Some(key) =
        table.primary_key.as_ref().filter(|key| table.options.autoincrement && key.columns == [&*column.name])
    {
        named(out.sql(" "), key.name.as_deref()).sql("PRIMARY KEY AUTOINCREMENT");
    }
    if let Some(identity) = &column.identity {
        write_identity(out, identity);
    }
    if let Some(generated) = &column.generated {
        out.sql(" GENERATED ALWAYS AS (").trusted(&generated.expression);
        out.sql(if generated.stored { ") STORED" } else { ") VIRTUAL" });
    }
    if !column.nullable && (column.generated.is_none() || out.dialect().capabilities().computed_not_null) {
        out.sql(" NOT NULL");
    }
    if let Some(default) = &column.default {
        out.sql(" DEFAULT (").trusted(default).sql(")");
    }
    clause(out, column.comment.as_deref());
}

fn write_identity(out: &mut SqlWriter, identity: &Identity) {
    if *identity == Identity::default() {
        return out.dialect().generated_key(out);
    }
    out.sql(if identity.always { " GENERATED ALWAYS AS IDENTITY" } else { " GENERATED BY DEFAULT AS IDENTITY" });
    let mut options = SqlWriter::new(out.dialect());
    super::objects::sequence_options(&mut options, &identity.options);
    let options = options.into_text();
    if !options.is_empty() {
        out.sql(" (").trusted(options.trim_start()).sql(")");
    }
}

/// `CONSTRAINT "name" `, if there is a name.
pub(super) fn named<'o>(out: &'o mut SqlWriter, name: Option<&str>) -> &'o mut SqlWriter {
    match name {
        Some(name) => out.sql("CONSTRAINT ").ident(name).sql(" "),
        None => out,
    }
}

fn deferral(out: &mut SqlWriter, deferral: Deferral) {
    out.sql(match deferral {
        Deferral::NotDeferrable => "",
        Deferral::Deferrable => " DEFERRABLE",
        Deferral::Deferred => " DEFERRABLE INITIALLY DEFERRED",
    });
}

pub(super) fn primary_key(out: &mut SqlWriter, key: &PrimaryKey) {
    names(named(out, key.name.as_deref()).sql("PRIMARY KEY "), &key.columns);
    if !key.include.is_empty() {
        names(out.sql(" INCLUDE "), &key.include);
    }
    deferral(out, key.deferral);
}

pub(super) fn unique(out: &mut SqlWriter, key: &Unique) {
    named(out, key.name.as_deref()).sql(if key.nulls_not_distinct { "UNIQUE NULLS NOT DISTINCT " } else { "UNIQUE " });
    names(out, &key.columns);
    if !key.include.is_empty() {
        names(out.sql(" INCLUDE "), &key.include);
    }
    deferral(out, key.deferral);
}

pub(super) fn check(out: &mut SqlWriter, check: &Check) {
    named(out, check.name.as_deref()).sql("CHECK (").trusted(&check.expression).sql(")");
    out.sql(if check.no_inherit { " NO INHERIT" } else { "" });
    out.sql(if check.not_valid { " NOT VALID" } else { "" });
}

pub(super) fn exclusion(out: &mut SqlWriter, exclusion: &Exclusion) {
    named(out, Some(&exclusion.name)).trusted(&exclusion.definition);
}

pub(super) fn foreign_key(out: &mut SqlWriter, key: &ForeignKey) {
    names(named(out, key.name.as_deref()).sql("FOREIGN KEY "), &key.columns).sql(" REFERENCES ");
    // Where schemas are attached databases, a key stays in its own.
    match out.dialect().capabilities().schemas {
        true => out.table(&key.target),
        false => out.ident(&key.target.name),
    };
    if !key.target_columns.is_empty() {
        names(out.sql(" "), &key.target_columns);
    }
    out.sql(if key.matching == Matching::Full { " MATCH FULL" } else { "" });
    action(out, " ON DELETE ", &key.on_delete);
    action(out, " ON UPDATE ", &key.on_update);
    deferral(out, key.deferral);
    out.sql(if key.not_valid { " NOT VALID" } else { "" });
}

fn action(out: &mut SqlWriter, when: &'static str, action: &Action) {
    let (word, columns): (_, &[String]) = match action {
        Action::NoAction => return,
        Action::Restrict => ("RESTRICT", &[]),
        Action::Cascade => ("CASCADE", &[]),
        Action::SetNull(columns) => ("SET NULL", columns),
        Action::SetDefault(columns) => ("SET DEFAULT", columns),
    };
    out.sql(when).sql(word);
    if !columns.is_empty() {
        names(out.sql(" "), columns);
    }
}

fn index_key(out: &mut SqlWriter, key: &IndexKey) {
    match &key.part {
        IndexPart::ColumnName(name) => out.ident(name),
        IndexPart::Sql(expression) => out.sql("(").trusted(expression).sql(")"),
    };
    if let Some(collation) = &key.collation {
        out.sql(" COLLATE ").ident(collation);
    }
    if let Some(class) = &key.operator_class {
        out.sql(" ").ident(class);
    }
    out.sql(if key.descending { " DESC" } else { "" });
    out.sql(match key.nulls {
        None => "",
        Some(Nulls::First) => " NULLS FIRST",
        Some(Nulls::Last) => " NULLS LAST",
    });
}
