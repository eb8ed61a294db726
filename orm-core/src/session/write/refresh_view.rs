//! Materialized views, computed anew.

use crate::dialect::within;
use crate::error::Result;
use crate::model::Model;
use crate::render::refresh_view;
use crate::session::Session;

impl Session {
    /// Computes the rows of a materialized view anew, in the session's transaction, from the changes of the session too. Objects of the view are read
    /// again when they are used next. Until it ends, the view cannot be read by others.
    ///
    /// ```no_run
    /// use orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone)]
    /// #[orm(table = "turnover", materialized_view = "SELECT country, sum(total) AS total FROM orders GROUP BY country")]
    /// struct Turnover {
    ///     #[orm(primary_key, unique)]
    ///     country: String,
    ///     total: Option<f64>,
    /// }
    ///
    /// let engine = Engine::connect("postgresql://app@localhost/app")?;
    /// let mut session = engine.session();
    /// session.refresh_view::<Turnover>()?;
    /// session.refresh_view_concurrently::<Turnover>()?; // others read the old rows meanwhile
    /// session.commit()?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Unsupported` for a model that is no materialized view and for a database without them, the database's, and those of an autoflush.
    pub fn refresh_view<V: Model>(&mut self) -> Result<()> {
        self.refresh_stored::<V>(false)
    }

    /// [`refresh_view`](Session::refresh_view), where others may read the old rows meanwhile. The view needs a unique index over columns, of all rows.
    ///
    /// # Errors
    ///
    /// As those of `refresh_view`, and the database's if there is no such index.
    pub fn refresh_view_concurrently<V: Model>(&mut self) -> Result<()> {
        self.refresh_stored::<V>(true)
    }

    fn refresh_stored<V: Model>(&mut self, concurrently: bool) -> Result<()> {
        let table = V::table();
        let dialect = self.links.dialect_of(&table.name);
        let dialect = self.schema().map_or(dialect, |schema| within(dialect, schema));
        let text = refresh_view(dialect, table, concurrently)?;
        self.autoflush_all()?;
        self.links.writer_of(&table.name)?.execute(&text, &[])?;
        self.store.expire_table(table);
        Ok(())
    }
}
