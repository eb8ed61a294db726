//! Tables without models, as the database describes them.

use crate::dialect::{Dialect, SqlWriter};
use crate::error::{Error, ErrorKind, Result};
use crate::query::table::Table;
use crate::schema::TableName;
use crate::session::Session;

impl Session {
    /// A table or view for queries, as the database describes it. One of another schema than the connection's own is called
    /// `schema.table`. Columns whose values no field can hold are left out.
    ///
    /// ```
    /// # let engine = orm::Engine::connect("sqlite://")?;
    /// let mut session = engine.session();
    /// session.script("CREATE TABLE city (name TEXT NOT NULL); INSERT INTO city VALUES ('Oslo')")?;
    /// let city = session.table("city")?;
    /// assert_eq!(city.query().all(&mut session)?[0].read::<String>("name")?, "Oslo");
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Schema` if there is no such table or view, and the database's.
    pub fn table(&mut self, name: &str) -> Result<Table> {
        let known = match name.split_once('.') {
            Some((schema, name)) => TableName { schema: Some(schema.to_owned().into()), name: name.to_owned().into() },
            None => TableName::new(name.to_owned()),
        };
        let link = self.links.of(&known);
        let dialect = link.dialect();
        let facts = link.describe_table(&known)?;
        let facts =
            facts.ok_or_else(|| Error::new(ErrorKind::Schema, format!("there is no table or view `{name}`")))?;
        let described = link.describe_statement(&select_all(dialect, &known))?;
        let mut table = Table::new(known.name.clone());
        if let Some(schema) = known.schema {
            table = table.schema(schema);
        }
        for column in &facts.columns {
            let kind = dialect.data_type(&column.full_type).kind;
            let told = described.iter().find(|told| told.name == column.name).and_then(|told| told.sql_type);
            if let Some(sql_type) = told.or_else(|| kind.sql_type()) {
                table = table.column_of(column.name.clone(), sql_type, column.nullable);
                if let Some((digits, scale)) = kind.digits() {
                    table = table.precision(digits, scale);
                }
            }
        }
        Ok(table)
    }
}

fn select_all(dialect: &'static dyn Dialect, table: &TableName) -> String {
    let mut out = SqlWriter::new(dialect);
    out.sql("SELECT * FROM ").table(table);
    out.into_text()
}
