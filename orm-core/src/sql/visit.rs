//! Which tables a statement reads.

use super::{Expr, Select};
use crate::schema::TableName;

impl Select {
    /// The tables that the statement reads, joins and subqueries included, each once, in the order of their first mention.
    pub fn tables(&self) -> Vec<TableName> {
        let mut tables = Vec::new();
        self.collect_tables(&mut tables);
        tables
    }

    fn collect_tables(&self, tables: &mut Vec<TableName>) {
        for with in &self.with {
            with.select.collect_tables(tables);
        }
        for source in std::iter::once(&self.from).chain(self.joins.iter().map(|join| &join.source)) {
            let named = self.with.iter().any(|with| source.table.schema.is_none() && with.name == source.table.name);
            if !named && !tables.contains(&source.table) {
                tables.push(source.table.clone());
            }
        }
        let items = self.items.iter().map(|item| &item.expr);
        let joins = self.joins.iter().map(|join| &join.on);
        let order = self.order_by.iter().map(|order| &order.expr);
        let exprs = items.chain(joins).chain(&self.filter).chain(&self.group_by).chain(&self.having).chain(order);
        for expr in exprs {
            expr.collect_tables(tables);
        }
    }
}

impl Expr {
    /// Adds the tables that the expression reads in subqueries.
    pub(crate) fn collect_tables(&self, tables: &mut Vec<TableName>) {
        match self {
            Self::Column(_) | Self::Param(..) | Self::One | Self::ListParam(..) => {}
            Self::Binary(left, _, right) | Self::Like(left, _, right) | Self::Arithmetic(left, _, right, _) => {
                left.collect_tables(tables);
                right.collect_tables(tables);
            }
            Self::And(all) | Self::Or(all) | Self::Function(_, all, _) | Self::InRows(all, _) => {
                all.iter().for_each(|expr| expr.collect_tables(tables));
            }
            Self::Not(inner) | Self::IsNull(inner) | Self::InList(inner, ..) | Self::Cast(inner, _) => {
                inner.collect_tables(tables);
            }
            Self::InSelect(inner, select) => {
                inner.collect_tables(tables);
                select.collect_tables(tables);
            }
            Self::Between(inner, low, high) => {
                [inner, low, high].into_iter().for_each(|expr| expr.collect_tables(tables));
            }
            Self::Exists(select) => select.collect_tables(tables),
            Self::Aggregate { argument, .. } => {
                if let Some(argument) = argument {
                    argument.collect_tables(tables);
                }
            }
        }
    }
}
