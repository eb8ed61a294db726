//! The queries of views as a database writes them.

use super::Conn;
use crate::catalog::{Catalog, Reflect, View};
use crate::dialect::SqlWriter;
use crate::driver::TransactionMode;
use crate::error::Result;
use crate::schema::TableName;

impl Conn {
    /// A catalog with the queries of its views as the database of this connection writes them. A database keeps a query as a tree, so that its
    /// [differences](Catalog::differences) from a catalog that was read are in the meaning then, and not in the words. Each view is made under
    /// another name for that, and is gone afterwards. The connection is in no transaction.
    ///
    /// A query that the database refuses stays as it is: it reads a table or a column that is not there.
    ///
    /// ```
    /// use orm::catalog::Catalog;
    /// use orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone)]
    /// #[orm(table = "answers", view = "select 42 as answer")]
    /// struct Answers {
    ///     answer: i64,
    /// }
    ///
    /// let engine = Engine::connect("sqlite://")?;
    /// engine.create_all(models![Answers])?;
    /// let models = Catalog::of(models![Answers], engine.dialect())?;
    /// let models = engine.connection()?.spell_views(&models)?;
    /// assert!(models.differences(&engine.reflect()?).is_empty());
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The database's, where it is not about the query.
    pub fn spell_views(&mut self, catalog: &Catalog) -> Result<Catalog> {
        let mut spelled = catalog.clone();
        for view in &mut spelled.views {
            if let Some(definition) = self.spelled(view)? {
                view.definition = definition;
            }
        }
        Ok(spelled)
    }

    fn spelled(&mut self, view: &View) -> Result<Option<String>> {
        let transactional = self.dialect().capabilities().transactional_schema;
        let name = format!("orm_spelled_{}", std::process::id());
        let table = TableName { schema: view.name.schema.clone(), name: name.into() };
        let plain = View {
            name: table.clone(),
            columns: view.columns.clone(),
            definition: view.definition.clone(),
            ..View::default()
        };
        let create = Catalog { views: vec![plain], ..Catalog::default() }.create_sql(self.dialect())?;
        if transactional {
            self.begin(TransactionMode::Write)?;
        }
        let found = self.created(&create, &table);
        if transactional {
            self.rollback()?;
        }
        match found {
            Err(error) if self.is_broken() => Err(error),
            Err(error) => {
                tracing::debug!(view = %view.name, %error, "the database refuses the query of a view");
                Ok(None)
            }
            Ok(found) => Ok(found),
        }
    }

    /// The query of a view that is created, and dropped where no transaction ends it.
    fn created(&mut self, create: &[String], name: &TableName) -> Result<Option<String>> {
        create.iter().try_for_each(|statement| self.execute_script(statement))?;
        let asked = Reflect::new().table(name.name.to_string());
        let found = self.reflect(&match &name.schema {
            Some(schema) => asked.schema(schema.to_string()),
            None => asked,
        });
        if !self.dialect().capabilities().transactional_schema {
            let mut out = SqlWriter::new(self.dialect());
            out.sql("DROP VIEW ").table(name);
            self.execute_script(&out.checked()?.0)?;
        }
        Ok(found?.views.pop().map(|view| view.definition))
    }
}
