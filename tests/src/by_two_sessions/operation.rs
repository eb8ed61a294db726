//! What two sessions do, at random.

use orm::{Isolation, Synchronize};
use proptest::prelude::*;

use super::ROWS;

/// One number of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell {
    pub(super) id: i64,
    pub(super) is_here: bool,
}

impl Cell {
    pub(super) fn here(id: i64) -> Self {
        Self { id, is_here: true }
    }

    pub(super) fn there(id: i64) -> Self {
        Self { id, is_here: false }
    }
}

/// One operation.
#[derive(Debug, Clone, Copy)]
pub(super) enum Operation {
    Get(i64),
    Query,
    Lock(i64),
    Refresh(i64),
    Expire(i64),
    Add(Cell),
    AddInSavepoint { cell: Cell, keep: bool },
    AddByStatement(Cell, Synchronize),
    AddByExpression(Cell),
    Flush,
    Begin(Isolation),
    Commit,
    Rollback,
}

/// One operation of one of the sessions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) second: bool,
    pub(super) operation: Operation,
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (any::<bool>(), operation()).prop_map(|(second, operation)| Step { second, operation });
    prop::collection::vec(step, 1..40)
}

fn operation() -> impl Strategy<Value = Operation> {
    let id = || 1..=ROWS;
    let cell = || (id(), any::<bool>()).prop_map(|(id, is_here)| Cell { id, is_here });
    let how =
        prop::sample::select(vec![Synchronize::Auto, Synchronize::Evaluate, Synchronize::Fetch, Synchronize::None]);
    let isolation = vec![Isolation::ReadCommitted, Isolation::RepeatableRead, Isolation::Serializable];
    prop_oneof![
        3 => id().prop_map(Operation::Get),
        2 => Just(Operation::Query),
        1 => id().prop_map(Operation::Lock),
        1 => id().prop_map(Operation::Refresh),
        1 => id().prop_map(Operation::Expire),
        8 => cell().prop_map(Operation::Add),
        2 => (cell(), any::<bool>()).prop_map(|(cell, keep)| Operation::AddInSavepoint { cell, keep }),
        2 => (cell(), how).prop_map(|(cell, how)| Operation::AddByStatement(cell, how)),
        1 => cell().prop_map(Operation::AddByExpression),
        3 => Just(Operation::Flush),
        2 => prop::sample::select(isolation).prop_map(Operation::Begin),
        6 => Just(Operation::Commit),
        1 => Just(Operation::Rollback),
    ]
}
