//! Keys by which rows are looked for.

use std::collections::HashSet;

use crate::dialect::{ArrayParameters, Capabilities};
use crate::schema::{ColumnDef, TableDef};
use crate::sql::{Expr, Nested};
use crate::value::{Value, ValueRef};

/// Keys to look for, each once.
#[derive(Default)]
pub(crate) struct KeyList {
    keys: Vec<Vec<Value>>,
    seen: HashSet<i64, foldhash::fast::RandomState>,
    seen_others: HashSet<String, foldhash::fast::RandomState>,
}

impl KeyList {
    pub(crate) fn push<'v>(&mut self, parts: impl Iterator<Item = ValueRef<'v>>) {
        let key: Vec<Value> = parts.map(|part| part.to_value()).collect();
        // Integer keys are the ones that come in great numbers.
        if let [Value::I64(key)] = key[..] {
            if !self.seen.insert(key) {
                return;
            }
        } else if !self.seen_others.insert(format!("{key:?}")) {
            return;
        }
        self.keys.push(key);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys in lists that one statement takes: one list for keys of one column where that is one parameter, as many as needed for others.
    pub(crate) fn chunks(self, width: usize, facts: &Capabilities) -> Vec<Keys> {
        let whole = width == 1 && facts.array_parameters != ArrayParameters::Listed;
        // A list of single values leaves room for the parameters around it.
        let most = if width == 1 { facts.max_parameters / 2 } else { facts.max_parameters };
        let size = if whole { self.keys.len() } else { most / width };
        let mut keys = self.keys;
        let mut chunks = Vec::new();
        while !keys.is_empty() {
            let rest = keys.split_off(keys.len().min(size.max(1)));
            chunks.push(Keys(keys));
            keys = rest;
        }
        chunks
    }
}

/// The keys of one statement.
pub(crate) struct Keys(Vec<Vec<Value>>);

impl Keys {
    /// The condition that columns have one of the keys.
    pub(crate) fn filter(self, table: &'static TableDef, by: &[&'static ColumnDef]) -> Expr {
        if let [column] = by {
            let values = self.0.into_iter().flatten().collect();
            return Expr::InList(Nested::new(Expr::column(table, column)), values, column.sql_type);
        }
        Expr::InRows(by.iter().map(|column| (Expr::column(table, column).into(), column.sql_type)).collect(), self.0)
    }
}
