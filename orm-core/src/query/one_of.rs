//! Relations to one of several models in queries.

use super::{Column, Expr, Of};
use crate::model::{Among, Model, OneOfRelation, Targets};
use crate::sql::{self, Nested};

impl<M: Model, E: Targets, K> OneOfRelation<M, E, K> {
    /// Whether the object references one of this model: `Bot::query().filter(Bot::owner.is::<Team>())`.
    ///
    /// See the example of [`OneOf`](crate::model::OneOf).
    pub fn is<T: Among<E>>(self) -> Expr<bool, Of<M>> {
        let keys = M::table().field_columns(self.field() + T::NUMBER);
        let column = keys.first().map_or(sql::Expr::Null, |column| sql::Expr::column(M::table(), column));
        Expr::new(sql::Expr::Not(Nested::new(sql::Expr::IsNull(Nested::new(column)))))
    }

    /// The column of the key to one of the models, which is NULL where another one is referenced:
    /// `Bot::owner.key::<Team>().eq(3)`.
    pub const fn key<T: Among<E>>(self) -> Column<M, Option<T::Key>> {
        Column::new(self.field() + T::NUMBER)
    }
}
