//! Relations to one of several models in queries.

use super::{Column, Expr, Of};
use crate::model::{Among, Model, OneOfRelation, Targets};
use crate::sql::{self, Nested, key_condition};

impl<M: Model, E: Targets, K> OneOfRelation<M, E, K> {
    /// Whether the object references one of this model: `Bot::query().filter(Bot::owner.is::<Team>())`.
    ///
    /// See the example of [`OneOf`](crate::model::OneOf).
    pub fn is<T: Among<E>>(self) -> Expr<bool, Of<M>> {
        let (table, field) = (M::table(), self.field() + T::NUMBER);
        if let Some(key) = table.fields.get(field).and_then(|field| field.foreign_key)
            && let Some(is_set) = key_condition(table, &table.foreign_keys[key], &table.name.name)
        {
            return Expr::new(is_set);
        }
        let keys = table.field_columns(field);
        let column = keys.first().map_or(sql::Expr::Null, |column| sql::Expr::column(table, column));
        Expr::new(sql::Expr::Not(Nested::new(sql::Expr::IsNull(Nested::new(column)))))
    }

    /// The column of the key to one of the models, which is NULL where another one is referenced:
    /// `Bot::owner.key::<Team>().eq(3)`.
    pub const fn key<T: Among<E>>(self) -> Column<M, Option<T::Key>> {
        Column::new(self.field() + T::NUMBER)
    }
}
