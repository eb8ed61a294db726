use std::sync::Arc;

use super::Dialect;
use super::names;
use super::shared_params::{Role, SharedParams};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::TableName;
use crate::sql::{Context, Lift, With};
use crate::value::{Value, ValueForm};

/// Builds SQL text. Values enter it only as parameters: no method takes a value as text.
#[derive(Debug)]
pub struct SqlWriter {
    dialect: &'static dyn Dialect,
    /// The schema of tables that name none.
    schema: Option<&'static str>,
    text: String,
    params: Vec<Value>,
    placeholders: usize,
    shared: SharedParams,
    /// The first name that is longer than the database takes.
    too_long: Option<String>,
    /// The first name with a character that names may not have.
    astral: Option<String>,
    /// The error of the first value that cannot be sent.
    mismatch: Option<String>,
    /// The common table expressions in scope at the end of the text. The last one of a name counts.
    withs: Vec<Arc<With>>,
    /// Whether duplicates of the current SELECT are removed.
    pub(crate) distinct: bool,
    /// Whether `excluded` is the new row of an upsert, which the dialect spells as a function.
    pub(crate) proposes: bool,
    /// What the session says of the statement.
    pub(crate) context: Context,
}

impl SqlWriter {
    /// An empty text in that dialect.
    pub fn new(dialect: &'static dyn Dialect) -> Self {
        Self {
            dialect,
            schema: dialect.schema(),
            text: String::with_capacity(256),
            params: Vec::new(),
            placeholders: 0,
            shared: SharedParams::default(),
            too_long: None,
            astral: None,
            mismatch: None,
            withs: Vec::new(),
            distinct: false,
            proposes: false,
            context: Context::default(),
        }
    }

    /// An empty text in that dialect, for a statement of a session.
    pub(crate) fn within(dialect: &'static dyn Dialect, context: &Context) -> Self {
        Self { context: context.clone(), ..Self::new(dialect) }
    }

    /// Begins a statement that goes without conditions, as those within it do. Gives what to lift again behind it.
    pub(crate) fn lift(&mut self, lift: Lift) -> Lift {
        let lift = lift.max(self.context.lift);
        std::mem::replace(&mut self.context.lift, lift)
    }

    /// The dialect of the text.
    pub fn dialect(&self) -> &'static dyn Dialect {
        self.dialect
    }

    /// Whether that common table expression is in scope.
    pub(crate) fn defines(&self, with: &Arc<With>) -> bool {
        let last = self.withs.iter().rev().find(|known| known.name.eq_ignore_ascii_case(&with.name));
        last.is_some_and(|known| Arc::ptr_eq(known, with))
    }

    /// Brings a common table expression into scope.
    pub(crate) fn define(&mut self, with: &Arc<With>) {
        self.withs.push(Arc::clone(with));
    }

    /// The number of common table expressions in scope, for [`leave`](Self::leave).
    pub(crate) fn defined(&self) -> usize {
        self.withs.len()
    }

    /// Leaves a statement: only that many common table expressions stay in scope.
    pub(crate) fn leave(&mut self, defined: usize) {
        self.withs.truncate(defined);
    }

    /// Appends SQL that is constant in the program.
    pub fn sql(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends SQL that the program's author wrote in a model: a server default, a check. Never user input.
    pub fn trusted(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends a number that is part of a type's or clause's spelling.
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.text.push_str(&number.to_string());
        self
    }

    /// Appends a quoted identifier, in the quotes of the dialect.
    pub fn ident(&mut self, name: &str) -> &mut Self {
        let facts = self.dialect.capabilities();
        if !facts.longest_name.takes(name) {
            self.too_long.get_or_insert_with(|| name.to_owned());
        }
        if !facts.astral_names && name.chars().any(|letter| letter > '\u{FFFF}') {
            self.astral.get_or_insert_with(|| name.to_owned());
        }
        let quote = facts.identifier_quote;
        self.text.push(quote);
        // Nearly all names are without quotes.
        if name.contains(quote) {
            self.text.push_str(&name.replace(quote, &String::from_iter([quote, quote])));
        } else {
            self.text.push_str(name);
        }
        self.text.push(quote);
        self
    }

    /// Appends a text literal made of an identifier, for functions that take a table by its name as text.
    pub fn ident_literal(&mut self, name: &str) -> &mut Self {
        self.text.push('\'');
        self.text.push_str(&name.replace('\'', "''"));
        self.text.push('\'');
        self
    }

    /// From now on tables that name no schema are in that of the connection, as temporary tables are.
    pub(crate) fn leave_schema(&mut self) {
        self.schema = None;
    }

    /// Appends a table's name.
    pub fn table(&mut self, name: &TableName) -> &mut Self {
        if let Some(schema) = name.schema.as_deref().or(self.schema) {
            self.ident(schema).sql(".");
        }
        self.ident(&name.name)
    }

    /// Appends a table's quoted name as a text literal.
    pub fn quoted_table(&mut self, name: &TableName) -> &mut Self {
        let mut inner = Self::new(self.dialect);
        inner.table(name);
        self.ident_literal(&inner.text)
    }

    /// Appends a placeholder whose parameter the caller supplies.
    pub fn placeholder(&mut self) -> &mut Self {
        self.placeholders += 1;
        let index = self.placeholders;
        self.dialect.placeholder(self, index);
        self
    }

    /// Appends a placeholder for `value`.
    pub fn param(&mut self, value: Value) -> &mut Self {
        let index = self.add_param(value);
        self.placeholder_at(index)
    }

    /// Takes a parameter for [`placeholder_at`](Self::placeholder_at), and appends nothing.
    pub(crate) fn add_param(&mut self, value: Value) -> usize {
        if let Some(problem) = value.to_ref().problem() {
            self.mismatch.get_or_insert(problem);
        }
        self.params.push(value);
        self.placeholders += 1;
        self.placeholders
    }

    /// How many more parameters the database takes in the statement.
    pub(crate) fn parameters_left(&self) -> usize {
        self.dialect.capabilities().max_parameters.saturating_sub(self.params.len())
    }

    /// The index of the placeholder that comes next.
    pub(crate) fn next_placeholder(&self) -> usize {
        self.placeholders + 1
    }

    /// Appends the placeholder of a parameter that was taken before.
    pub(crate) fn placeholder_at(&mut self, index: usize) -> &mut Self {
        self.dialect.placeholder(self, index);
        self
    }

    /// Appends a placeholder for `value`. Equal values in the same role share it, where placeholders are numbered: an expression must have
    /// the same text in all clauses, or a database takes it for several expressions.
    pub(crate) fn shared_param(&mut self, value: &Value, role: Role) -> &mut Self {
        let index = self.shared_index(value, role);
        self.placeholder_at(index)
    }

    /// Takes a parameter that may be shared, for [`placeholder_at`](Self::placeholder_at), and appends nothing.
    pub(crate) fn shared_index(&mut self, value: &Value, role: Role) -> usize {
        if !self.dialect.capabilities().numbered_parameters {
            return self.add_param(value.clone());
        }
        if let Some(placeholder) = self.shared.find(&self.params, value, role) {
            return placeholder;
        }
        let index = self.add_param(value.clone());
        self.shared.keep(&self.params, role, index);
        index
    }

    /// Appends each item by `each`, with `separator` between them.
    pub fn list<T>(
        &mut self,
        separator: &'static str,
        items: impl IntoIterator<Item = T>,
        mut each: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.sql(separator);
            }
            each(self, item);
        }
        self
    }

    /// The text and its parameters.
    ///
    /// # Errors
    ///
    /// `InvalidState` if a name contains NUL, which would end the text for a database, or if there are more parameters than the database
    /// takes. `Unsupported` for a date or time that the database does not have.
    pub(crate) fn checked(self) -> Result<(String, Vec<Value>)> {
        if self.text.contains('\0') {
            return Err(Error::new(ErrorKind::InvalidState, "a name in the statement holds the character NUL"));
        }
        if let Some(name) = &self.too_long {
            let cure =
                "give it a shorter one, by an alias, a label, or the options `table` and `column` of `#[orm(..)]`";
            return Err(names::too_long(self.dialect, "something in the statement", name, cure));
        }
        if let Some(name) = &self.astral {
            let what = format!("characters beyond U+FFFF in names, as in {name:?}");
            return Err(Error::unsupported(self.dialect.name(), &what));
        }
        if let Some(problem) = self.mismatch {
            return Err(Error::new(ErrorKind::InvalidState, problem));
        }
        let most = self.dialect.capabilities().max_parameters;
        if self.params.len() > most {
            let message = format!(
                "the statement has {} parameters, and {} takes {most}: send it in parts (a list for one column, `a.in_(..)`, is one \
                 parameter whatever its length; a list for several, `(a, b).in_(..)`, is one for each value)",
                self.params.len(),
                self.dialect.name()
            );
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        let form = ValueForm::exact(self.dialect.capabilities().years);
        self.params.iter().try_for_each(|value| form.check(value.to_ref())).map_err(|reason| {
            Error::new(ErrorKind::Unsupported, format!("{} cannot take a parameter: {reason}", self.dialect.name()))
        })?;
        Ok((self.text, self.params))
    }

    /// The text without parameters, for statements whose caller supplies them.
    pub fn into_text(self) -> String {
        self.text
    }

    /// The text and its parameters.
    pub fn finish(self) -> (String, Vec<Value>) {
        (self.text, self.params)
    }
}
