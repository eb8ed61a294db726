//! The catalog that `create_all` would make.

use super::indexes;
use super::views::view;
use crate::catalog::{
    Action, Catalog, CatalogColumn, CatalogTable, Check, Deferral, Enum, ForeignKey, Generated, Identity, PrimaryKey,
    TypeKind,
};
use crate::dialect::{Dialect, SqlWriter};
use crate::error::{Error, ErrorKind, Result};
use crate::render::ddl::creation_order;
use crate::schema::{
    CheckDef, ColumnDef, CreationOrder, ForeignKeyDef, IndexDef, OnDelete, SqlPart, TableDef, TableName, naming,
};
use crate::value::{NativeEnum, SqlType};

impl Catalog {
    /// The catalog of an empty database after `create_all` of these models. Expressions are as the models spell them, which a database may
    /// rewrite: [`differences`](Catalog::differences) compares them by meaning.
    ///
    /// ```
    /// use orm::catalog::Catalog;
    /// # use orm::prelude::*;
    /// # #[derive(Model, Debug, Clone, Default)]
    /// # #[orm(table = "users")]
    /// # struct User {
    /// #     #[orm(primary_key)]
    /// #     id: i64,
    /// #     name: String,
    /// # }
    /// let engine = Engine::connect("sqlite://")?;
    /// engine.create_all(models![User])?;
    /// let wanted = Catalog::of(models![User], engine.dialect())?;
    /// assert!(engine.reflect()?.differences(&wanted).is_empty());
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `create_all`: `Schema` when two models describe one table differently, `Unsupported` for what the database cannot do.
    pub fn of(tables: impl IntoIterator<Item = &'static TableDef>, dialect: &'static dyn Dialect) -> Result<Self> {
        let order = creation_order(dialect, tables)?;
        let enums = enums(order.tables(), dialect)?;
        let made = order.tables().filter(|def| def.kind.view().is_none());
        let made = made.map(|def| table(def, &order, dialect)).collect::<Result<_>>()?;
        let views = order.tables().filter_map(|def| view(def, dialect).transpose()).collect::<Result<_>>()?;
        let mut schemas: Vec<String> =
            order.tables().filter_map(|def| def.name.schema.as_deref().map(str::to_owned)).collect();
        schemas.sort();
        schemas.dedup();
        let ignores_case = dialect.capabilities().names_ignore_case;
        Ok(Self { ignores_case, schemas, enums, tables: made, views, ..Self::default() }.sorted())
    }
}

/// The table that a model describes. The keys of `order` that are mutual are looked at when the transaction ends.
pub(in crate::render) fn table(
    def: &TableDef,
    order: &CreationOrder,
    dialect: &'static dyn Dialect,
) -> Result<CatalogTable> {
    let key = PrimaryKey {
        name: Some(naming::constraint("pk", &def.name.name, [])),
        columns: indexes::names(def, &def.primary_key),
        ..PrimaryKey::default()
    };
    let number = def.number();
    let indexes = of_table(&def.indexes, number, |index: &IndexDef| (index.name.as_str(), def.table_of_index(index)))?;
    let checks = of_table(&def.checks, number, |check: &CheckDef| (check.name.as_str(), def.table_of_check(check)))?;
    let exclusions =
        of_table(&def.exclusions, number, |each: &CheckDef| (each.name.as_str(), def.table_of_check(each)))?;
    let held = || def.columns.iter().enumerate().filter(|(index, _)| def.holds(*index)).map(|(_, column)| column);
    let keys = def.foreign_keys.iter().filter(|key| key.is_checked() && def.columns[key.columns.start].table == number);
    let (uniques, indexes): (Vec<_>, Vec<_>) = indexes.partition(|index| index.is_constraint());
    let checks = checks.map(|each| check(def, each, dialect));
    Ok(CatalogTable {
        name: def.name.clone(),
        columns: held().map(|each| column(def, each, dialect)).collect::<Result<_>>()?,
        primary_key: (!key.columns.is_empty()).then_some(key),
        uniques: uniques.into_iter().map(|each| indexes::unique(def, each, dialect)).collect::<Result<_>>()?,
        indexes: indexes.into_iter().map(|each| indexes::index(def, each, dialect)).collect::<Result<_>>()?,
        checks: checks
            .chain(held().filter_map(|each| range(def, each, dialect)))
            .chain(held().filter_map(|each| one_of(def, each, dialect)))
            .collect(),
        foreign_keys: keys
            .map(|key| foreign_key(def, key, order, dialect))
            .chain(to_base(def).map(Ok))
            .collect::<Result<_>>()?,
        exclusions: exclusions.map(|each| indexes::exclusion(def, each, dialect)).collect::<Result<_>>()?,
        comment: comment(def.comment, dialect),
        ..CatalogTable::default()
    })
}

/// Those of the indexes or checks of a family that are of the table with this number.
fn of_table<T>(
    all: &[T],
    number: usize,
    place: impl Fn(&T) -> (&str, (usize, bool)),
) -> Result<impl Iterator<Item = &T>> {
    let mut own = Vec::new();
    for each in all {
        let (name, (table, mixes)) = place(each);
        if mixes {
            let message = format!(
                "`{name}` names columns of a joined table and of another one, and a database looks at one table for an index or a check: \
                 declare it of columns of one table"
            );
            return Err(Error::new(ErrorKind::Schema, message));
        }
        if table == number {
            own.push(each);
        }
    }
    Ok(own.into_iter())
}

/// The key of a joined table is that of a row above it, and goes with that row.
fn to_base(def: &TableDef) -> Option<ForeignKey> {
    let part = def.part.filter(|part| part.number != 0)?;
    let target = &(part.root.table)().tables()[part.above];
    let columns: Vec<String> = def.key_columns().map(|column| column.name.to_string()).collect();
    Some(ForeignKey {
        name: Some(naming::constraint("fk", &def.name.name, columns.iter().map(String::as_str))),
        columns: columns.clone(),
        target: target.name.clone(),
        target_columns: columns,
        on_delete: Action::Cascade,
        on_update: Action::Cascade,
        ..ForeignKey::default()
    })
}

fn check(def: &TableDef, check: &CheckDef, dialect: &'static dyn Dialect) -> Check {
    Check { name: Some(check.name.clone()), expression: sql(def, &check.sql, dialect), ..Check::default() }
}

/// A text with the names of columns in it.
pub(super) fn sql(def: &TableDef, parts: &[SqlPart], dialect: &'static dyn Dialect) -> String {
    let mut out = SqlWriter::new(dialect);
    for part in parts {
        match part {
            SqlPart::Text(text) => out.trusted(text),
            SqlPart::Column(column) => out.ident(&def.columns[*column].name),
        };
    }
    out.into_text()
}

/// A comment, where the database has some.
fn comment(comment: Option<&str>, dialect: &'static dyn Dialect) -> Option<String> {
    comment.filter(|_| dialect.capabilities().comments).map(str::to_owned)
}

/// The type of a column of an enum, where enums have names.
fn named_enum(column: &ColumnDef, dialect: &'static dyn Dialect) -> Option<TypeKind> {
    let known = column.values.native().filter(|_| dialect.capabilities().named_types && column.type_name.is_none())?;
    let kind = TypeKind::Enum(TableName::new(known.name));
    Some(if matches!(column.sql_type, SqlType::Array(_)) { TypeKind::Array(Box::new(kind)) } else { kind })
}

/// The check of a column of an enum, where the database has no enums.
fn one_of(def: &TableDef, column: &ColumnDef, dialect: &'static dyn Dialect) -> Option<Check> {
    let facts = dialect.capabilities();
    let known = column.values.native().filter(|_| !facts.named_types && !facts.inline_enums)?;
    let mut out = SqlWriter::new(dialect);
    out.ident(&column.name).sql(" IN (").list(", ", known.texts, |out, text| {
        out.ident_literal(text);
    });
    out.sql(")");
    let name = naming::constraint("ck", &def.name.name, [&*column.name]);
    Some(Check { name: Some(name), expression: out.into_text(), ..Check::default() })
}

/// The enums of tables, where enums have names.
///
/// # Errors
///
/// `Schema` when two of one name have different values.
pub(in crate::render) fn enums<'t>(
    tables: impl IntoIterator<Item = &'t TableDef>,
    dialect: &'static dyn Dialect,
) -> Result<Vec<Enum>> {
    let mut found: Vec<(&'static NativeEnum, &TableDef)> = Vec::new();
    if !dialect.capabilities().named_types {
        return Ok(Vec::new());
    }
    for table in tables {
        for known in table.native_enums() {
            match found.iter().find(|(other, _)| other.name == known.name) {
                None => found.push((known, table)),
                Some((other, _)) if *other == known => {}
                Some((_, first)) => {
                    let message = format!(
                        "`{}` and `{}` have enums of the name {} with different values; give one of them another name",
                        first.model, table.model, known.name
                    );
                    return Err(Error::new(ErrorKind::Schema, message));
                }
            }
        }
    }
    let made = |(known, _): (&NativeEnum, &TableDef)| Enum {
        name: TableName::new(known.name),
        values: known.texts.iter().map(|&text| text.to_owned()).collect(),
        ..Enum::default()
    };
    Ok(found.into_iter().map(made).collect())
}

/// The check of a column whose type has fewer values than the database's. A foreign key has the values of the key that it references.
fn range(def: &TableDef, column: &ColumnDef, dialect: &'static dyn Dialect) -> Option<Check> {
    let (Some((least, most)), None) = (column.values.range(), def.fields[column.field].foreign_key) else {
        return None;
    };
    if def.generated_key && column.primary_key && !dialect.capabilities().checked_generated_keys {
        return None;
    }
    let mut out = SqlWriter::new(dialect);
    out.ident(&column.name).trusted(&format!(" BETWEEN {least} AND {most}"));
    let name = naming::constraint("ck", &def.name.name, [&*column.name]);
    Some(Check { name: Some(name), expression: out.into_text(), ..Check::default() })
}

pub(super) fn column(def: &TableDef, column: &ColumnDef, dialect: &'static dyn Dialect) -> Result<CatalogColumn> {
    if matches!(column.sql_type, SqlType::Array(_)) && !dialect.capabilities().arrays {
        let field = def.fields[column.field].name;
        let what = format!("an array in a column, as `{}::{field}` is,", def.model);
        return Err(Error::unsupported(dialect.name(), &what));
    }
    let text = |write: &dyn Fn(&mut SqlWriter)| {
        let mut out = SqlWriter::new(dialect);
        write(&mut out);
        out.into_text()
    };
    let declared = text(&|out| dialect.column_type(out, column));
    let (spelling, collation) = match declared.rsplit_once(" COLLATE ") {
        Some((spelling, collation)) => (spelling, Some(collation)),
        None => (&*declared, None),
    };
    let mut data_type = dialect.data_type(spelling);
    if let Some(kind) = named_enum(column, dialect) {
        data_type.kind = kind;
    }
    let collation = collation.filter(|&named| dialect.column_collation(&data_type.kind) != Some(named));
    // A dialect that needs a word for such a key has a sequence behind it.
    // The key of a joined table is always sent.
    let is_joined_key = column.primary_key && def.joined().is_some();
    let is_identity = def.generated_key && column.primary_key && !text(&|out| dialect.generated_key(out)).is_empty();
    Ok(CatalogColumn {
        name: column.name.to_string(),
        data_type,
        nullable: column.nullable,
        default: column.server_default.filter(|_| !is_joined_key).map(str::to_owned),
        identity: is_identity.then(Identity::default),
        generated: column.computed.map(|expression| Generated { expression: expression.to_owned(), stored: true }),
        collation: collation.map(str::to_owned),
        comment: comment(column.comment, dialect),
        ..CatalogColumn::default()
    })
}

fn foreign_key(
    def: &TableDef,
    key: &ForeignKeyDef,
    order: &CreationOrder,
    dialect: &'static dyn Dialect,
) -> Result<ForeignKey> {
    let whole = (key.target.table)();
    // Within a family a joined table may be created after the table of the key.
    let target = if whole.id == def.id { &whole.tables()[0] } else { key.target.own_table() };
    let facts = dialect.capabilities();
    let can_wait = facts.deferrable_keys;
    if key.deferrable && !can_wait {
        let field = def.fields[key.field].name;
        let what = format!("a foreign key that is checked at the end of the transaction, as `{}::{field}`", def.model);
        return Err(Error::unsupported(dialect.name(), &what));
    }
    // Rows of mutually dependent tables may form a cycle, which is whole only at the end of the transaction.
    let is_deferred = can_wait && (key.deferrable || order.is_mutual(def, key));
    Ok(ForeignKey {
        name: Some(key_name(def, key)),
        columns: def.columns[key.columns.clone()].iter().map(|column| column.name.to_string()).collect(),
        target: target.name.clone(),
        target_columns: target.key_columns().map(|column| column.name.to_string()).collect(),
        on_delete: match key.on_delete {
            None => Action::NoAction,
            Some(OnDelete::Restrict) if !facts.restrict_at_once => Action::NoAction,
            Some(OnDelete::Restrict) => Action::Restrict,
            Some(OnDelete::Cascade) => Action::Cascade,
            Some(OnDelete::SetNull) => Action::SetNull(Vec::new()),
        },
        on_update: if key.on_update_cascade { Action::Cascade } else { Action::NoAction },
        deferral: if is_deferred { Deferral::Deferred } else { Deferral::NotDeferrable },
        ..ForeignKey::default()
    })
}

/// The name of a foreign key.
pub(in crate::render) fn key_name(def: &TableDef, key: &ForeignKeyDef) -> String {
    naming::constraint("fk", &def.name.name, def.columns[key.columns.clone()].iter().map(|column| &*column.name))
}
