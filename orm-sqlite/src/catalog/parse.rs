//! What only the text of a CREATE statement tells: conditions, expressions, names of constraints, and when they are checked.

use orm_core::catalog::{Check, Deferral, Generated};

use super::tokens::{Token, tokens};

/// What the text of a table tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    /// Computed columns, by name.
    pub(super) generated: Vec<(String, Generated)>,
    pub(super) checks: Vec<Check>,
    /// Primary key and unique constraints.
    pub(super) keys: Vec<Key>,
    /// Foreign keys, in their order.
    pub(super) foreign_keys: Vec<Foreign>,
    pub(super) autoincrement: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) name: Option<String>,
    pub(super) primary: bool,
    pub(super) columns: Vec<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Foreign {
    pub(super) name: Option<String>,
    pub(super) deferral: Deferral,
}

/// Reads the text of a table.
pub(super) fn table(sql: &str) -> Text {
    let tokens = tokens(sql);
    let mut text = Text::default();
    let Some(open) = tokens.iter().position(|token| token.is("(")) else { return text };
    let body = &tokens[open + 1..];
    let end = body.iter().position(|token| token.depth == 0).unwrap_or(body.len());
    for item in body[..end].split(|token| token.depth == 1 && token.is(",")) {
        let mut reader = Reader { sql, tokens: item, at: 0, name: None, column: None };
        if !reader.begins_constraint() {
            reader.column = item.first().map(|token| token.name.clone());
            reader.at = 1;
        }
        reader.constraints(&mut text);
    }
    text
}

/// The query of a view.
pub(super) fn view(sql: &str) -> String {
    let tokens = tokens(sql);
    let found = tokens.iter().find(|token| token.depth == 0 && token.is("AS"));
    found.map_or(sql, |token| &sql[token.range.end..]).trim().to_owned()
}

/// The module of a virtual table, with its arguments.
pub(super) fn module(sql: &str) -> String {
    let tokens = tokens(sql);
    let found = tokens.iter().find(|token| token.depth == 0 && token.is("USING"));
    found.map_or(sql, |token| &sql[token.range.end..]).trim().to_owned()
}

/// Reads the constraints of a column or of a table.
struct Reader<'t> {
    sql: &'t str,
    tokens: &'t [Token],
    at: usize,
    /// The name that the next constraint has.
    name: Option<String>,
    /// The column, if these are a column's constraints.
    column: Option<String>,
}

impl Reader<'_> {
    fn begins_constraint(&self) -> bool {
        let words = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];
        self.tokens.first().is_some_and(|token| words.iter().any(|word| token.is(word)))
    }

    fn constraints(&mut self, text: &mut Text) {
        while let Some(token) = self.tokens.get(self.at) {
            self.at += 1;
            match &*token.word {
                "CONSTRAINT" => self.name = self.next_name(),
                "PRIMARY" => self.key(text, true),
                "UNIQUE" => self.key(text, false),
                "AUTOINCREMENT" => text.autoincrement = true,
                "CHECK" => {
                    let check = Check { name: self.name.take(), expression: self.group(), ..Check::default() };
                    text.checks.push(check);
                }
                "FOREIGN" => self.skip_group(),
                "REFERENCES" => {
                    text.foreign_keys.push(Foreign { name: self.name.take(), deferral: Deferral::NotDeferrable });
                }
                "AS" => self.generated(text),
                "DEFAULT" => self.default(),
                "ON" => self.action(),
                "NOT" => self.not(),
                "DEFERRABLE" => {
                    self.defer(text, Deferral::Deferrable);
                }
                "DEFERRED" => self.defer(text, Deferral::Deferred),
                "COLLATE" => self.at += 1,
                _ => {}
            }
        }
    }

    /// `PRIMARY KEY`, `PRIMARY KEY (a, b)`, `UNIQUE`, `UNIQUE (a, b)`.
    fn key(&mut self, text: &mut Text, primary: bool) {
        self.at += usize::from(primary);
        let name = self.name.take();
        let columns = match &self.column {
            Some(column) => vec![column.clone()],
            None => self.names(),
        };
        text.keys.push(Key { name, primary, columns });
    }

    /// The first name of each item in the parentheses that follow.
    fn names(&mut self) -> Vec<String> {
        let inner = self.inner();
        let Some(depth) = inner.first().map(|token| token.depth) else { return Vec::new() };
        let items = inner.split(|token| token.depth == depth && token.is(","));
        items.filter_map(|item| Some(item.first()?.name.clone())).collect()
    }

    /// The tokens in the parentheses that follow, which are read.
    fn inner(&mut self) -> &[Token] {
        let rest = &self.tokens[self.at.min(self.tokens.len())..];
        let Some(open) = rest.first().filter(|token| token.is("(")) else { return &[] };
        let end = rest[1..].iter().position(|token| token.depth <= open.depth).unwrap_or(rest.len() - 1);
        self.at += end + 2;
        &rest[1..=end]
    }

    /// The text in the parentheses that follow.
    fn group(&mut self) -> String {
        let sql = self.sql;
        match self.inner() {
            [] => String::new(),
            [only] => sql[only.range.clone()].to_owned(),
            [first, .., last] => sql[first.range.start..last.range.end].to_owned(),
        }
    }

    /// Moves behind the parentheses that come next, and the words before them.
    fn skip_group(&mut self) {
        while self.tokens.get(self.at).is_some_and(|token| !token.is("(")) {
            self.at += 1;
        }
        self.inner();
    }

    fn next_name(&mut self) -> Option<String> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token.name.clone())
    }

    fn generated(&mut self, text: &mut Text) {
        let expression = self.group();
        let stored = self.tokens.get(self.at).is_some_and(|token| token.is("STORED"));
        if let Some(column) = &self.column {
            text.generated.push((column.clone(), Generated { expression, stored }));
        }
        self.name = None;
    }

    /// Moves behind a default, which the pragma tells: `(expression)`, `-1`, `'text'`.
    fn default(&mut self) {
        if self.tokens.get(self.at).is_some_and(|token| token.is("-") || token.is("+")) {
            self.at += 1;
        }
        match self.tokens.get(self.at) {
            Some(token) if token.is("(") => drop(self.inner()),
            _ => self.at += 1,
        }
        self.name = None;
    }

    /// Moves behind `ON DELETE SET NULL`, `ON CONFLICT REPLACE`, `ON UPDATE NO ACTION`.
    fn action(&mut self) {
        let action = self.tokens.get(self.at + 1);
        self.at += if action.is_some_and(|token| token.is("SET") || token.is("NO")) { 3 } else { 2 };
    }

    /// Moves behind `NOT NULL` and `NOT DEFERRABLE`.
    fn not(&mut self) {
        self.at += 1;
        self.name = None;
        if let Some([first, second]) = self.tokens.get(self.at..self.at + 2)
            && first.is("INITIALLY")
            && second.is("DEFERRED")
        {
            self.at += 2;
        }
    }

    fn defer(&self, text: &mut Text, deferral: Deferral) {
        if let Some(key) = text.foreign_keys.last_mut() {
            key.deferral = deferral;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_of_columns_and_tables() {
        let text = table(
            "CREATE TABLE \"a (b)\" (id INTEGER CONSTRAINT pk PRIMARY KEY AUTOINCREMENT, n TEXT DEFAULT (lower('CHECK (x)')) NOT NULL \
             CONSTRAINT \"long, one\" CHECK (n <> ',') UNIQUE, m INT AS (id + 1) STORED, p INT REFERENCES q ON DELETE SET DEFAULT \
             DEFERRABLE INITIALLY DEFERRED, CONSTRAINT u UNIQUE (n, m), FOREIGN KEY (m) REFERENCES q(x) CHECK (m > (1)) )",
        );
        assert!(text.autoincrement);
        let keys: Vec<_> =
            text.keys.iter().map(|key| (key.name.as_deref(), key.primary, key.columns.join(" "))).collect();
        assert_eq!(
            keys,
            [(Some("pk"), true, "id".into()), (None, false, "n".into()), (Some("u"), false, "n m".into())]
        );
        let checks: Vec<_> = text.checks.iter().map(|check| (check.name.as_deref(), &*check.expression)).collect();
        assert_eq!(checks, [(Some("long, one"), "n <> ','"), (None, "m > (1)")]);
        let generated = Generated { expression: "id + 1".into(), stored: true };
        assert_eq!(text.generated, [("m".to_owned(), generated)]);
        let keys: Vec<_> = text.foreign_keys.iter().map(|key| key.deferral).collect();
        assert_eq!(keys, [Deferral::Deferred, Deferral::NotDeferrable]);
    }
}
