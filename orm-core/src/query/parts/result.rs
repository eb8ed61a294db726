//! The columns of a query's result.

use std::borrow::Cow;

use super::Parts;
use crate::error::{Error, ErrorKind, Result};
use crate::query::Shape;
use crate::query::cells::ResultColumn;
use crate::query::label::first;
use crate::schema::{ColumnDef, TableDef};
use crate::sql::{Body, Expr, Origin, Select, SelectItem};

impl Parts {
    /// The columns of the rows, of which the types tell these shapes.
    ///
    /// # Errors
    ///
    /// `InvalidState` where two have one name.
    pub(crate) fn result_columns(&self, select: &Select, shapes: &[Shape]) -> Result<Vec<ResultColumn>> {
        let items = items_of(select);
        let column = |(number, item): (usize, &SelectItem)| {
            let name = name_of(items, number, item);
            let precision = self.precision(&item.expr);
            match shapes.get(number) {
                Some(shape) if shapes.len() == items.len() => ResultColumn::of_shape(name, shape, precision),
                _ => ResultColumn { precision, ..ResultColumn::named(name, None) },
            }
        };
        let columns: Vec<ResultColumn> = items.iter().enumerate().map(column).collect();
        match (1..columns.len()).find(|&index| columns[..index].iter().any(|other| other.name == columns[index].name)) {
            None => Ok(columns),
            Some(index) => {
                let message = format!("two values are called `{}`; give one of them a label", columns[index].name);
                Err(Error::new(ErrorKind::InvalidState, message))
            }
        }
    }

    /// The digits of a decimal column of a model.
    fn precision(&self, expr: &Expr) -> Option<(u32, u32)> {
        self.column_of(expr)?.1.precision
    }

    /// The column of a model that an expression is, with its table.
    pub(crate) fn column_of(&self, expr: &Expr) -> Option<(&'static TableDef, &'static ColumnDef)> {
        let Expr::Column(column) = expr else { return None };
        let source = column.qualifier.as_ref()?;
        let (_, table) = self.tables.iter().find(|(name, _)| name == source)?;
        Some((table, table.columns.iter().find(|known| known.name == column.name)?))
    }
}

/// What is selected, by the first of combined queries.
fn items_of(select: &Select) -> &[SelectItem] {
    match &select.from.origin {
        Origin::Query(body) if select.items.is_empty() => first_items(body),
        _ => &select.items,
    }
}

fn first_items(body: &Body) -> &[SelectItem] {
    first(body).map_or(&[], items_of)
}

/// The label of a value, the name of a column, which has its source before it where another has the same, or a number.
fn name_of(items: &[SelectItem], number: usize, item: &SelectItem) -> Cow<'static, str> {
    match (&item.label, &item.expr) {
        (Some(label), _) => label.clone(),
        (None, Expr::Column(column)) => {
            let same = |other: &SelectItem| {
                other.label.is_none() && matches!(&other.expr, Expr::Column(other) if other.name == column.name)
            };
            match &column.qualifier {
                Some(source) if items[..number].iter().any(same) => format!("{source}.{}", column.name).into(),
                _ => column.name.clone(),
            }
        }
        (None, _) => format!("column{}", number + 1).into(),
    }
}
