//! What the columns of a table make of values: rounded, filled up, compared without case. Asked of the database once, so that memory has
//! what the row has, and takes for one key what the database does.

use std::sync::Arc;

use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{TableDef, TableFacts};
use crate::session::Session;
use crate::session::store::slots::Slots;
use crate::session::transaction::link::Link;
use crate::value::{SqlType, TextForm, Value, ValueForm, ValueRef};

/// What the columns of one table make of values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Forms {
    /// What the database said; nothing where it was not asked.
    facts: Option<Arc<TableFacts>>,
    /// One per column; none where no value changes.
    columns: Vec<ValueForm>,
    /// Which texts are one key, one per part; none where only equal ones are.
    key: Vec<TextForm>,
}

impl Forms {
    pub(crate) fn of_key(&self) -> &[TextForm] {
        &self.key
    }

    /// Which texts are one to a column, as far as the database was asked.
    pub(crate) fn text(&self, column: usize) -> TextForm {
        self.columns.get(column).map_or(TextForm::Exact, |form| form.text)
    }

    /// What a value becomes in a column; nothing where it stays as it is.
    ///
    /// # Errors
    ///
    /// `Unsupported` when the column cannot hold it.
    pub(crate) fn stored(&self, table: &TableDef, column: usize, value: ValueRef<'_>) -> Result<Option<Value>> {
        let Some(form) = self.columns.get(column) else { return Ok(None) };
        form.stored(value).map_err(|reason| {
            let field = table.fields[table.columns[column].field].name;
            Error::new(ErrorKind::Unsupported, format!("`{}::{field}`: {reason}", table.model))
        })
    }

    fn new(dialect: &dyn Dialect, table: &TableDef, facts: Option<Arc<TableFacts>>) -> Self {
        let form = |column| {
            let def = &table.columns[column];
            dialect.value_form(def, facts.as_ref().and_then(|facts| facts.column(&def.name)))
        };
        let columns: Vec<ValueForm> = (0..table.columns.len()).map(form).collect();
        let mut key: Vec<TextForm> = table.primary_key.iter().map(|&column| columns[column].text).collect();
        if key.iter().all(|form| *form == TextForm::Exact) {
            key.clear();
        }
        Self { facts, columns, key }
    }
}

/// Whether a column may make something else of a value.
pub(crate) fn may_change(table: &TableDef, column: usize) -> bool {
    let column = &table.columns[column];
    match column.sql_type {
        SqlType::Date | SqlType::Time | SqlType::DateTime | SqlType::Timestamp | SqlType::Decimal => true,
        SqlType::Text => column.primary_key,
        _ => false,
    }
}

/// What the columns of a table make of values. The database is asked where it depends on how they were declared.
pub(crate) fn ask(link: &mut Link, table: &TableDef) -> Result<Forms> {
    let dialect = link.dialect();
    let depends =
        |column: usize| may_change(table, column) && dialect.depends_on_column(table.columns[column].sql_type);
    let facts = if (0..table.columns.len()).any(depends) { link.describe_table(&table.name)? } else { None };
    Ok(Forms::new(dialect, table, facts))
}

impl Session {
    /// Learns what the columns of a table make of values, unless that is known of it.
    pub(crate) fn learn_forms(&mut self, table: &'static TableDef) -> Result<()> {
        let forms = ask(self.links.of(&table.name), table)?;
        let Some(arena) = self.store.any_mut(table.id) else { return Ok(()) };
        let same = match (&arena.forms().facts, &forms.facts) {
            (Some(known), Some(new)) => Arc::ptr_eq(known, new),
            // Somebody else had to ask.
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => !arena.forms().columns.is_empty(),
        };
        if !same {
            arena.set_forms(forms);
        }
        Ok(())
    }

    /// Brings values to the form of the columns that they are written into.
    ///
    /// # Errors
    ///
    /// `Unsupported` for a value that its column cannot hold, and the database's.
    pub(crate) fn settle<'v>(
        &mut self,
        table: &TableDef,
        values: impl Iterator<Item = (usize, &'v mut Value)>,
    ) -> Result<()> {
        let mut values = values.filter(|(column, _)| may_change(table, *column)).peekable();
        if values.peek().is_none() {
            return Ok(());
        }
        let forms = ask(self.links.of(&table.name), table)?;
        for (column, value) in values {
            if let Some(stored) = forms.stored(table, column, value.to_ref())? {
                *value = stored;
            }
        }
        Ok(())
    }

    /// Learns which keys are one to the database, for those models with keys of text that the session has met.
    pub(crate) fn learn_keys(&mut self) -> Result<()> {
        if !self.links.depend_on_column(SqlType::Text) {
            return Ok(());
        }
        let unknown = |table: &TableDef| table.key_columns().any(|column| column.sql_type == SqlType::Text);
        let arenas = self.store.arenas().filter(|arena| arena.forms().columns.is_empty() && unknown(arena.table()));
        let tables: Vec<&'static TableDef> = arenas.map(|arena| arena.table()).collect();
        tables.into_iter().try_for_each(|table| self.learn_forms(table))
    }

    /// Before a flush: learns which unique texts are one to the database, where a row may take one over from another row.
    pub(crate) fn learn_unique(&mut self) -> Result<()> {
        if !self.links.depend_on_column(SqlType::Text) {
            return Ok(());
        }
        let is_text = |table: &TableDef, column: &usize| table.columns[*column].sql_type == SqlType::Text;
        let unique = |table: &TableDef| {
            let mut indexes = table.indexes.iter().filter(|index| index.is_unique_by_columns());
            indexes.any(|index| index.columns.iter().any(|column| is_text(table, column)))
        };
        let takes_over = |slots: &Slots| {
            let others = [slots.pending().next(), slots.deleting().next()].into_iter().flatten();
            slots.touched().take(2).count() + others.count() >= 2
        };
        let arenas = self.store.arenas().filter(|arena| arena.forms().facts.is_none());
        let arenas = arenas.filter(|arena| unique(arena.table()) && takes_over(arena.slots()));
        let tables: Vec<&'static TableDef> = arenas.map(|arena| arena.table()).collect();
        for table in tables {
            let link = self.links.of(&table.name);
            let facts = link.describe_table(&table.name)?;
            let forms = Forms::new(link.dialect(), table, facts);
            if let Some(arena) = self.store.any_mut(table.id) {
                arena.set_forms(forms);
            }
        }
        Ok(())
    }
}
