use orm_core::Result;
use orm_core::model::Model;
use orm_core::query::{BulkDelete, BulkUpdate, Insert, Sql, UpdateByKey};
use orm_core::session::{Run, Session};

mod sealed {
    pub trait Sealed {}
}

/// A statement that changes rows, for [`AsyncSession::execute`](crate::AsyncSession::execute): an INSERT, UPDATE or DELETE of models, and SQL.
///
/// See the example of [`AsyncSession::execute`](crate::AsyncSession::execute).
pub trait Execute: sealed::Sealed {
    /// Runs it, and tells how many rows it has changed.
    #[doc(hidden)]
    fn execute_in(self, session: &mut Session) -> Result<u64>;
}

macro_rules! execute {
    ($([$($generics:tt)*] $statement:ty $(where $bound:ident)?;)+) => {$(
        impl<$($generics)*> sealed::Sealed for $statement {}

        impl<$($generics)*> Execute for $statement
        $(where
            Self: $bound,)?
        {
            fn execute_in(self, session: &mut Session) -> Result<u64> {
                self.execute(session)
            }
        }
    )+};
}

execute! {
    [] Sql;
    [M: Model] UpdateByKey<M>;
    [M: Model, Q] BulkUpdate<M, Q>;
    [M: Model, Q] BulkDelete<M, Q>;
    [M: Model, S, C] Insert<M, S, C> where Run;
}
