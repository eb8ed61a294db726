#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod engine;
#[cfg(feature = "metrics")]
mod metrics_export;
#[cfg(feature = "migrate")]
pub mod migrate;
#[cfg(test)]
mod names;
#[cfg(feature = "testing")]
pub mod testing;

pub use engine::{Engine, EngineBuilder};
#[cfg(feature = "metrics")]
pub use metrics_export::MetricsExport;
pub use orm_core::driver::{CancelToken, Isolation, Notification, TransactionOptions};
pub use orm_core::engine::{
    Conn, ConnectionEvent, EngineHooks, Histogram, LazyLoads, Metrics, Notifications, Opening, PoolKind, PoolStatus,
    StatementEvent, StatementKind, StatementTags,
};
pub use orm_core::model::{
    Among, BelongsTo, CustomKey, FamilyBase, FamilyMember, Handle, HasMany, HasOne, Hooks, Inherits, IntoKey, Key,
    ManyToMany, Member, Model, New, OneOf, OneOfRelation, Proxy, RawHandle, Relation, SameFamily, Targets, Variants,
};
pub use orm_core::query;
pub use orm_core::query::{Cursor, Embedded, Filter, FromRow, Query, Sql, Synchronize, sql, sql_expr};
#[cfg(all(feature = "json", feature = "serde"))]
pub use orm_core::session::Graph;
pub use orm_core::session::{
    Balance, ChangeKind, Collection, ColumnChange, CommitMode, Fetch, KeyedSessions, LazyLoad, Loadable, Nested, Page,
    Position, Pushes, Removes, Resolved, RowChange, RowIter, Run, ScopedSessions, Session, Sessions, Slice, State,
    StateChange, Tenants, TransactionOutcome, TransactionToken, Unit,
};
pub use orm_core::shards::{ShardedSession, Shards};
pub use orm_core::value::{
    ArrayItem, ColumnType, CustomType, Deferred, Elements, Encoded, FieldCodec, FieldType, Format, Generated, List,
    Made, Mismatch, Moment, Newtype, SqlType, TextForm, Value, ValueForm, ValueRef, Values,
};
#[cfg(feature = "json")]
pub use orm_core::value::{Json, JsonValue};
pub use orm_core::{Constraint, Error, ErrorKind, Invalid, Result, Violation, alias, derived};
#[cfg(feature = "derive")]
pub use orm_derive::{DbEnum, DbType, Embedded, FromRow, Model, OneOf};
#[cfg(feature = "tokio")]
pub use orm_tokio::{AsyncEngine, AsyncRows, AsyncSession, AsyncUnit, Execute};

/// The schema of a database as a value: what [`Engine::reflect`](orm_core::engine::Engine::reflect) reads.
pub mod catalog {
    pub use orm_core::catalog::*;
}

/// Arrow's record batches: results into frames, and frames into tables.
///
/// ```
/// use orm::arrow::{InsertBatches as _, ReadBatches as _};
/// use orm::prelude::*;
///
/// #[derive(Model, Debug, Clone)]
/// #[orm(table = "city")]
/// struct City {
///     #[orm(primary_key)]
///     id: i64,
///     name: String,
/// }
///
/// let engine = Engine::connect("sqlite://")?;
/// engine.create_all(models![City])?;
/// let mut session = engine.session();
/// session.add_all(["Oslo", "Rome"].map(|name| City { id: 0, name: name.into() }));
/// let batches = City::query().record_batches(&mut session, 8_192)?.collect::<orm::Result<Vec<_>>>()?;
/// assert_eq!(batches[0].num_rows(), 2);
/// assert_eq!(City::insert_batches(batches).ignore_conflicts().execute(&mut session)?, 0);
/// # Ok::<(), orm::Error>(())
/// ```
#[cfg(feature = "arrow")]
pub mod arrow {
    pub use orm_arrow::*;
}

/// CSV and JSON lines: files into tables, and results into files.
///
/// ```
/// use orm::files::{ReadFiles as _, WriteFiles as _};
/// use orm::prelude::*;
///
/// #[derive(Model, Debug, Clone)]
/// #[orm(table = "city")]
/// struct City {
///     #[orm(primary_key)]
///     id: i64,
///     name: String,
/// }
///
/// let engine = Engine::connect("sqlite://")?;
/// engine.create_all(models![City])?;
/// let mut session = engine.session();
/// City::insert_csv("id,name\n7,Oslo\n".as_bytes()).execute(&mut session)?;
/// let mut file = Vec::new();
/// City::query().to_json_lines(&mut session, &mut file)?;
/// assert_eq!(file, b"{\"id\":7,\"name\":\"Oslo\"}\n");
/// # Ok::<(), orm::Error>(())
/// ```
#[cfg(feature = "files")]
pub mod files {
    pub use orm_files::*;
}

/// The description of a model and of its table: what `Model::spec` and `Model::table` return.
pub mod schema {
    pub use orm_core::model::{ForeignField, RelationType, RowReader};
    pub use orm_core::schema::{
        AssociationDef, CheckDef, EmbeddedSpec, FamilyDef, FieldDef, ForeignKeyDef, IndexDef, ModelId, ModelSpec,
        RelationDef, TableDef, TypeDef,
    };

    /// The kinds of relation as types, by which `session.load` knows what it returns.
    #[doc(hidden)]
    pub mod kind {
        pub use orm_core::model::kind::*;
    }
}

/// The statement tree below the typed expressions.
// Hidden, or the compiler would spell out the path of each type whose name a node of the tree has too.
#[doc(hidden)]
pub mod sql {
    pub use orm_core::sql::*;
}

/// For backends and for tests that wrap one: the contract between the core and a database.
pub mod driver {
    pub use orm_core::dialect::SqlWriter;
    pub use orm_core::dialect::{
        ArrayParameters, Capabilities, Dialect, InsertKeys, LexicalRules, MutualKeys, OwnSchema, PlanRows, Plans,
        Rebuild, Stored,
    };
    pub use orm_core::driver::*;
    pub use orm_core::engine::{DatabaseUrl, UrlOption};
    pub use orm_core::model::Row;
    pub use orm_core::schema::{ColumnDef, ColumnFacts, Filled, TableFacts, TableName};
}

/// The functions of queries: aggregates, functions of text, numbers and times, windows, `case`, subqueries and labels.
///
/// Import those that a file calls by name, `use orm::functions::{count, label};`. The [`prelude`] has only a few, whose names are hardly yours:
/// your own functions and variables are called `count`, `value` or `min` as well.
///
/// ```
/// use orm::functions::{count_all, label};
/// use orm::prelude::*;
///
/// #[derive(Model, Clone, Default)]
/// struct City {
///     #[orm(primary_key)]
///     id: i64,
///     country: String,
/// }
///
/// let engine = Engine::connect("sqlite:///:memory:")?;
/// engine.create_all(models![City])?;
/// let session = &mut engine.session();
/// session.add_all(["it", "it", "no"].map(|country| City { country: country.into(), ..Default::default() }));
/// let cities = City::query().group_by(City::country).select((City::country, count_all().label("cities")));
/// assert_eq!(cities.order_by(label("cities").desc()).all(session)?, [("it".to_owned(), 2), ("no".to_owned(), 1)]);
/// # Ok::<(), orm::Error>(())
/// ```
pub mod functions {
    #[cfg(feature = "json")]
    pub use orm_core::query::function::json_agg;
    pub use orm_core::query::function::{
        Bound, DateUnit, Exclude, abs, array_agg, avg, bool_and, bool_or, case, ceil, coalesce, count, count_all,
        count_distinct, cume_dist, dense_rank, first_value, floor, greatest, lag, last_value, lead, least, length,
        lower, max, min, nth_value, ntile, nullif, percent_rank, position, power, random, rank, replace, round,
        round_to, row_number, sqrt, string_agg, substr, substr_from, sum, trim, trim_end, trim_start, upper, value,
        window,
    };
    #[cfg(feature = "chrono")]
    pub use orm_core::query::function::{
        current_date, date_of, day, days_between, hour, minute, month, now, quarter, second, seconds_between, truncate,
        week, weekday, year, year_day,
    };
    pub use orm_core::query::{all_of, any_of, excluded, exists, grouping, label, not_exists};
}

/// What nearly every file needs: `use orm::prelude::*`.
///
/// | what | why it is here |
/// |---|---|
/// | `Model`, `Embedded`, `FromRow`, `DbEnum`, `DbType`, `Hooks`, `New` | derives and traits of models |
/// | `BelongsTo`, `HasMany`, `HasOne`, `ManyToMany`, `Generated`, `Deferred`, `OneOf` | types of the fields of models |
/// | `Engine`, `Session`, `Handle`, `State`, `Isolation`, `ErrorKind`, `Invalid` | what programs that read and write name |
/// | `Filter` | the type of a condition in a signature |
/// | traits without a name, for their methods | `User::query()`, `User::name.eq(..)`, `condition.of(..)`, .. |
/// | `all_of`, `any_of` | conditions of any number, beside the methods `and` and `or` |
/// | `avg`, `coalesce`, `count_all`, `count_distinct`, `sum` | what most reports compute, under names that programs hardly have |
/// | `exists`, `not_exists`, `excluded` | subqueries as conditions, and the row that an upsert would have inserted |
/// | `sql`, `sql_expr` | SQL of your own, where the typed functions end |
/// | `models!`, `alias!`, `derived!` | lists of tables, and names that queries read |
///
/// All other functions of queries are in [`functions`]: names such as `min`, `value` or `label` are yours until you import them.
pub mod prelude {
    pub use orm_core::model::New;
    pub use orm_core::query::function::ArrayOperators as _;
    #[cfg(feature = "json")]
    pub use orm_core::query::function::JsonOperators as _;
    pub use orm_core::query::function::{avg, coalesce, count_all, count_distinct, sum};
    pub use orm_core::query::{
        Alias as _, Condition as _, FamilyQuery as _, ModelQuery as _, Operators as _, RowOperators as _, Writes as _,
    };
    pub use orm_core::query::{all_of, any_of, excluded, exists, not_exists, sql, sql_expr};

    pub use crate::{
        BelongsTo, Deferred, Embedded, Engine, ErrorKind, Filter, FromRow, Generated, Handle, HasMany, HasOne, Hooks,
        Invalid, Isolation, ManyToMany, Model, OneOf, Session, State, alias, derived, models,
    };
    #[cfg(feature = "derive")]
    pub use crate::{DbEnum, DbType};
}

#[doc(hidden)]
pub mod __private {
    pub use orm_core::codegen::*;
    pub use orm_core::query::function::named;
    #[cfg(feature = "migrate")]
    pub use orm_derive::embed_files;
}

/// The tables of models, as an array: `engine.create_all(models![User, Address])`.
#[macro_export]
macro_rules! models {
    ($($model:ty),+ $(,)?) => {
        [$(<$model as $crate::Model>::table()),+]
    };
}

/// Declares functions of the database, to be called in queries with columns, expressions and values of those types.
///
/// ```
/// orm::sql_function! {
///     /// How many letters have to change.
///     pub fn levenshtein(a: String, b: String) -> i32;
///     /// The name in the database is another one.
///     fn version() -> String = "sqlite_version";
/// }
/// ```
///
/// The result is an `Option` when an argument is one, as most functions return NULL for NULL. A function that may return NULL for
/// other arguments is declared with an `Option`. The name is quoted as it stands, and the argument types are without `Option`.
#[macro_export]
macro_rules! sql_function {
    ($($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),* $(,)?) -> $result:ty $(= $sql:literal)?;)+) => {$(
        $(#[$meta])*
        #[allow(non_camel_case_types)]
        $vis fn $name<$($arg: $crate::__private::OperandOf<$ty>),*>(
            $($arg: $arg),*
        ) -> $crate::query::Expr<
            $crate::sql_function!(@value $result, $($arg $ty,)*),
            $crate::sql_function!(@scope $($arg $ty,)*),
        > {
            let arguments: ::std::vec::Vec<$crate::__private::Expr> =
                ::std::vec![$(<$arg as $crate::__private::Operand<$ty>>::into_operand($arg)),*];
            $crate::__private::named($crate::sql_function!(@name $name $($sql)?), arguments)
        }
    )+};
    (@name $name:ident) => { ::std::stringify!($name) };
    (@name $name:ident $sql:literal) => { $sql };
    (@value $result:ty,) => { $result };
    (@value $result:ty, $arg:ident $ty:ty, $($rest:tt)*) => {
        <<$arg as $crate::__private::Operand<$ty>>::Value as $crate::__private::Strict>::Result<
            $crate::sql_function!(@value $result, $($rest)*)
        >
    };
    (@scope) => { () };
    (@scope $arg:ident $ty:ty, $($rest:tt)*) => {
        (<$arg as $crate::__private::Operand<$ty>>::Scope, $crate::sql_function!(@scope $($rest)*))
    };
}
