//! Statements that change rows without objects, and the rows that they return.

mod assign;
mod bulk;
mod bulk_update;
mod conflict;
mod insert;
mod keyed;
mod returning;
mod rows;
mod update;

pub use assign::{Assign, Assignable, Assignment, Assignments, FieldValues, FitsIn, UpsertAssignments};
pub use bulk::{BulkInsert, BulkItem, FromIter};
pub use bulk_update::{BulkUpdateRows, KeyedRow};
pub use conflict::{Excluded, OnConflict, Proposes, Updating, excluded};
pub use insert::{FromRows, Insert, InsertAll, InsertFrom};
pub use keyed::UpdateByKey;
pub use returning::{Returning, Statement, Writes};
pub use rows::{ColumnList, ListedColumns, RowFor, ValuesFor};
pub use update::{BulkDelete, BulkUpdate, BulkWrite, Synchronize};
