#![doc = include_str!("../README.md")]

mod engine;

pub use engine::{Engine, EngineBuilder};
pub use orm_core::engine::{Conn, StatementEvent, StatementHook};
pub use orm_core::model::{
    BelongsTo, Handle, HasMany, HasOne, Hooks, Key, ManyToMany, Member, Model, New, RawHandle, Relation,
};
pub use orm_core::query;
pub use orm_core::query::Synchronize;
pub use orm_core::session::{Collection, Nested, Session, State, StateChange};
pub use orm_core::value::{ColumnType, Mismatch, SqlType, Value, ValueRef};
pub use orm_core::{Constraint, Error, ErrorKind, Invalid, Result};
#[cfg(feature = "derive")]
pub use orm_derive::{DbEnum, Model};

/// For backends and for tests that wrap one: the contract between the core and a database.
pub mod driver {
    pub use orm_core::dialect::{ArrayParameters, Capabilities, Dialect, InsertKeys, MutualKeys};
    pub use orm_core::driver::*;
    pub use orm_core::model::Row;
    pub use orm_core::render::SqlWriter;
    pub use orm_core::schema::ColumnDef;
}

/// What most programs import: `use orm::prelude::*`.
pub mod prelude {
    pub use orm_core::model::New;
    pub use orm_core::query::{Condition as _, ModelQuery as _, Operators as _};
    pub use orm_core::query::{avg, coalesce, count, count_all, count_distinct, lower, max, min, sum, upper};

    #[cfg(feature = "derive")]
    pub use crate::DbEnum;
    pub use crate::{
        BelongsTo, Engine, ErrorKind, Handle, HasMany, HasOne, Hooks, Invalid, ManyToMany, Model, Session, State,
        models,
    };
}

#[doc(hidden)]
pub mod __private {
    pub use orm_core::codegen::*;
}

/// The tables of models, as an array: `engine.create_all(models![User, Address])`.
#[macro_export]
macro_rules! models {
    ($($model:ty),+ $(,)?) => {
        [$(<$model as $crate::Model>::table()),+]
    };
}
