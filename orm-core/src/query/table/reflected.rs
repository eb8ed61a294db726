//! Tables that were read from a database.

use super::Table;
use crate::catalog::{Catalog, CatalogColumn, CatalogTable, View};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::TableName;

impl Catalog {
    /// A table or view of that name for queries. One of another schema than the connection's own is called `schema.table`.
    ///
    /// Columns whose values no field can hold are left out: intervals, and what only the database knows.
    ///
    /// ```
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// engine.connection()?.execute_script("CREATE TABLE city (name TEXT NOT NULL); INSERT INTO city VALUES ('Oslo')")?;
    /// let city = engine.reflect()?.table("city")?;
    /// let rows = city.query().all(&mut engine.session())?;
    /// assert_eq!(rows[0].read::<String>("name")?, "Oslo");
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Schema` if there is no such table or view.
    pub fn table(&self, name: &str) -> Result<Table> {
        let table = self.find(name).map(CatalogTable::queryable);
        let found = table.or_else(|| self.find_view(name).map(View::queryable));
        found.ok_or_else(|| {
            let tables = self.tables.iter().map(|table| &table.name);
            let known: Vec<String> =
                tables.chain(self.views.iter().map(|view| &view.name)).map(|name| format!("`{name}`")).collect();
            let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
            Error::new(ErrorKind::Schema, format!("the catalog has no table or view `{name}`; it has {known}"))
        })
    }
}

impl CatalogTable {
    /// The table for queries, without the columns whose values no field can hold. See the example of [`Catalog::table`].
    pub fn queryable(&self) -> Table {
        queryable(&self.name, &self.columns)
    }
}

impl View {
    /// The view for queries, without the columns whose values no field can hold. See the example of [`Catalog::table`].
    pub fn queryable(&self) -> Table {
        queryable(&self.name, &self.columns)
    }
}

fn queryable(name: &TableName, columns: &[CatalogColumn]) -> Table {
    let mut table = Table::new(name.name.clone());
    if let Some(schema) = &name.schema {
        table = table.schema(schema.clone());
    }
    columns.iter().fold(table, |table, column| {
        let Some(sql_type) = column.data_type.kind.sql_type() else { return table };
        let table = table.column_of(column.name.clone(), sql_type, column.nullable);
        match column.data_type.kind.digits() {
            Some((digits, scale)) => table.precision(digits, scale),
            None => table,
        }
    })
}
