//! The views that models describe, and what is done with them.

use super::indexes;
use crate::catalog::{CatalogColumn, View};
use crate::dialect::{Dialect, SqlWriter};
use crate::error::{Error, ErrorKind, Result};
use crate::render;
use crate::schema::{Definition, TableDef, TableName};
use crate::sql::Select;

/// The view that a model describes. `None` for a table, and for a view that others make.
pub(in crate::render) fn view(def: &TableDef, dialect: &'static dyn Dialect) -> Result<Option<View>> {
    let Some(spec) = def.kind.view() else { return Ok(None) };
    require_stored(def, spec.materialized, dialect)?;
    let Some(definition) = spec.definition else { return Ok(None) };
    if let (Definition::Sql(_), Some(schema)) = (definition, dialect.schema()) {
        let message = format!(
            "the query of the view `{}` is a text, which does not name the schema {schema}: write it as a typed query, or make the view by a revision",
            def.model
        );
        return Err(Error::new(ErrorKind::Unsupported, message));
    }
    let (definition, columns) = match definition {
        Definition::Sql(sql) => (sql.trim().trim_end_matches(';').to_owned(), Vec::new()),
        Definition::Query(query) => {
            let columns = def.columns.iter().map(|each| super::models::column(def, each, dialect));
            let columns =
                columns.map(|column| Ok(CatalogColumn { nullable: true, ..column? })).collect::<Result<_>>()?;
            (typed(def, query().downcast_ref(), dialect)?, columns)
        }
    };
    let indexes = def.indexes.iter().map(|each| indexes::index(def, each, dialect)).collect::<Result<_>>()?;
    Ok(Some(View {
        name: def.name.clone(),
        materialized: spec.materialized,
        columns,
        definition,
        indexes,
        ..View::default()
    }))
}

/// The text of a typed query, which has no values in it.
fn typed(def: &TableDef, query: Option<&Result<Select>>, dialect: &'static dyn Dialect) -> Result<String> {
    let wrong = |kind, message: String| Error::new(kind, format!("the query of the view `{}` {message}", def.model));
    let select = match query {
        Some(Ok(select)) => select,
        Some(Err(error)) => return Err(wrong(error.kind(), format!("is none: {error}"))),
        None => return Err(wrong(ErrorKind::Schema, "is of another type".to_owned())),
    };
    let (text, values) = render::select(dialect, select)?;
    if values.is_empty() {
        return Ok(text);
    }
    let message = "has values, and a database takes none in the query of a view: compare columns only, or write the query as text";
    Err(wrong(ErrorKind::Unsupported, message.to_owned()))
}

fn require_stored(def: &TableDef, materialized: bool, dialect: &'static dyn Dialect) -> Result<()> {
    if !materialized || dialect.capabilities().materialized_views {
        return Ok(());
    }
    let what = format!("a materialized view, as `{}` is,", def.model);
    Err(Error::unsupported(dialect.name(), &what)
        .context("`#[orm(view = ..)]` is a view whose rows are computed when they are read"))
}

/// `REFRESH MATERIALIZED VIEW`, of the view of a model.
pub(crate) fn refresh(dialect: &'static dyn Dialect, def: &TableDef, concurrently: bool) -> Result<String> {
    if !def.kind.view().is_some_and(|view| view.materialized) {
        let message = format!("`{}` is no materialized view, so it stores no rows: it needs no refresh", def.model);
        return Err(Error::new(ErrorKind::Unsupported, message));
    }
    require_stored(def, true, dialect)?;
    let mut out = SqlWriter::new(dialect);
    out.sql("REFRESH MATERIALIZED VIEW ").sql(if concurrently { "CONCURRENTLY " } else { "" }).table(&def.name);
    Ok(out.checked()?.0)
}

/// `DROP VIEW`.
pub(in crate::render) fn drop(out: &mut SqlWriter, materialized: bool, name: &TableName) {
    out.sql(if materialized { "DROP MATERIALIZED VIEW " } else { "DROP VIEW " }).table(name);
}
