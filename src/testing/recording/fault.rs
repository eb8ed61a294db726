use std::sync::Arc;
use std::time::Duration;

use orm_core::engine::StatementKind;
use orm_core::model::Row;
use orm_core::value::{Mismatch, Value, ValueRef};
use orm_core::{Error, ErrorKind};

use super::{Recorded, Recorder};

/// Which statement something is planned for, from [`Recorder::next`]. What becomes of it ends the sentence.
///
/// See the example of [`Recorder`].
#[derive(Debug)]
#[must_use = "nothing is planned until it is said what becomes of the statement"]
pub struct Planned<'r> {
    recorder: &'r Recorder,
    kind: Option<StatementKind>,
    table: Option<String>,
    passes: usize,
    repeats: bool,
}

impl<'r> Planned<'r> {
    pub(super) fn new(recorder: &'r Recorder) -> Self {
        Self { recorder, kind: None, table: None, passes: 0, repeats: false }
    }

    /// Only statements of this kind count.
    ///
    /// See the example of [`Recorder`].
    pub fn of(mut self, kind: StatementKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Only statements about this table count: writes to it, and reads that name it first.
    ///
    /// See the example of [`Recorder`].
    pub fn on(mut self, table: impl Into<String>) -> Self {
        self.table = Some(table.into());
        self
    }

    /// So many of the statements that count pass before.
    ///
    /// See the example of [`Recorder`].
    pub fn after(mut self, passes: usize) -> Self {
        self.passes = passes;
        self
    }

    /// It is so for each one from then on, and not for one only.
    ///
    /// ```
    /// # use std::time::Duration;
    /// let recorder = orm::testing::Recorder::new();
    /// recorder.next().each_time().is_delayed(Duration::from_millis(20)); // a distant server
    /// ```
    pub fn each_time(mut self) -> Self {
        self.repeats = true;
        self
    }

    /// It fails with an error of this kind, and does not reach the database. `ConnectionLost` also breaks the connection, for all that comes
    /// after it.
    ///
    /// See the example of [`Recorder`].
    pub fn fails(self, kind: ErrorKind) {
        self.plan(Effect::Fail(kind));
    }

    /// It is sent after so long.
    ///
    /// See the example of [`Recorder`].
    pub fn is_delayed(self, by: Duration) {
        self.plan(Effect::Delay(by));
    }

    /// The database runs it, and the connection breaks before the answer comes: `ConnectionLost`, of a commit
    /// [`CommitUnknown`](ErrorKind::CommitUnknown).
    ///
    /// See the example of [`Recorder`].
    pub fn loses_its_answer(self) {
        self.plan(Effect::LoseAnswer);
    }

    /// It returns these rows, and does not reach the database. Each row has a value for each column.
    ///
    /// See the example of [`Recorder`].
    pub fn returns(self, columns: &[&str], rows: Vec<Vec<Value>>) {
        let columns = columns.iter().map(|&column| column.to_owned()).collect();
        self.plan(Effect::Answer(Arc::new(Answer { columns, rows })));
    }

    /// It says that it changed so many rows, and does not reach the database.
    ///
    /// ```
    /// # use orm::StatementKind;
    /// let recorder = orm::testing::Recorder::new();
    /// recorder.next().of(StatementKind::Update).affects(0); // somebody else was faster
    /// ```
    pub fn affects(self, rows: u64) {
        self.plan(Effect::Affect(rows));
    }

    fn plan(self, effect: Effect) {
        let Self { recorder, kind, table, passes, repeats } = self;
        recorder.plan(Fault { kind, table, passes, repeats, effect });
    }
}

/// What is planned.
#[derive(Debug)]
pub(super) struct Fault {
    kind: Option<StatementKind>,
    table: Option<String>,
    passes: usize,
    pub(super) repeats: bool,
    pub(super) effect: Effect,
}

impl Fault {
    /// Whether it is for this statement; if not yet, one less has to pass.
    pub(super) fn is_turn_of(&mut self, recorded: &Recorded) -> bool {
        let counts = self.kind.is_none_or(|kind| kind == recorded.kind)
            && self.table.as_ref().is_none_or(|table| recorded.table.as_ref() == Some(table));
        if !counts {
            return false;
        }
        let is_turn = self.passes == 0;
        self.passes = self.passes.saturating_sub(1);
        is_turn
    }
}

/// What becomes of a statement.
#[derive(Debug, Clone)]
pub(super) enum Effect {
    Fail(ErrorKind),
    Delay(Duration),
    LoseAnswer,
    Answer(Arc<Answer>),
    Affect(u64),
}

impl Effect {
    /// What it is when it is for a statement of another sort, as rows for one that returns none.
    pub(super) fn refuse(&self) -> Result<(), Error> {
        let planned = match self {
            Self::Fail(_) | Self::Delay(_) | Self::LoseAnswer => return Ok(()),
            Self::Answer(_) => {
                "the test planned rows for a statement that returns none: say its kind, as `of(StatementKind::Select)`"
            }
            Self::Affect(_) => {
                "the test planned a number of changed rows for a statement that changes none, or returns those that it changes: plan those \
                 with `returns`"
            }
        };
        Err(Error::new(ErrorKind::InvalidState, planned))
    }
}

/// Rows that the test says.
#[derive(Debug)]
pub(super) struct Answer {
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

impl Answer {
    /// The row of that number.
    pub(super) fn row(&self, number: usize) -> Option<AnswerRow<'_>> {
        self.rows.get(number).map(|cells| AnswerRow { columns: &self.columns, cells })
    }
}

pub(super) struct AnswerRow<'a> {
    columns: &'a [String],
    cells: &'a [Value],
}

impl Row for AnswerRow<'_> {
    fn len(&self) -> usize {
        self.cells.len()
    }

    fn name(&self, index: usize) -> &str {
        self.columns.get(index).map_or("", String::as_str)
    }

    fn get(&self, index: usize) -> Result<ValueRef<'_>, Mismatch> {
        let cell = self.cells.get(index).map(Value::to_ref);
        cell.ok_or_else(|| Mismatch::new("another column", format!("an answer of the test with {}", self.cells.len())))
    }
}

/// The error that the test asked for.
pub(super) fn asked_for(kind: ErrorKind) -> Error {
    Error::new(kind, "a fault that the test asked for")
}

pub(super) fn lost() -> Error {
    Error::new(ErrorKind::ConnectionLost, "the connection is lost, as the test asked for")
}
