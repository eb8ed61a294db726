use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use orm_core::driver::Backend;

use super::Recorded;
use super::backend::RecordingBackend;
use super::fault::{Effect, Fault, Planned};
use super::silent::SilentBackend;

/// Writes down the statements of an engine, and makes chosen ones fail, wait, lose their connection, or return what the test says.
///
/// A recorder goes around the backend of an engine. Clones share the log and the plans. What is planned is of one statement:
/// [`next`](Recorder::next) begins to say which, and what becomes of it.
///
/// ```
/// # #[cfg(all(feature = "sqlite", feature = "derive"))]
/// # fn main() -> orm::Result<()> {
/// use std::time::Duration;
///
/// use orm::prelude::*;
/// use orm::testing::Recorder;
/// use orm::{StatementKind, Value};
///
/// # #[derive(Model, Debug, Clone, Default)]
/// # #[orm(table = "town")]
/// # struct Town {
/// #     #[orm(primary_key)]
/// #     id: i64,
/// #     name: String,
/// # }
/// let recorder = Recorder::new();
/// let engine = Engine::builder("sqlite://").wrap_backend(recorder.wrapper()).build()?;
/// engine.create_all(models![Town])?;
/// recorder.take(); // forgets what was written down so far
///
/// // What was sent.
/// let mut session = engine.session();
/// session.add_all(["Oslo", "Rome"].map(|name| Town { name: name.into(), ..Default::default() }));
/// session.commit()?;
/// let log = recorder.take();
/// assert!(log[1].matches("insert town x2"), "{}", log[1].sql);
///
/// // The next INSERT fails, as if the disk were full, and the program can try again.
/// recorder.next().of(StatementKind::Insert).fails(ErrorKind::Database);
/// session.add(Town::default());
/// assert!(session.commit().is_err());
/// session.rollback()?;
///
/// // The third SELECT from now on takes longer.
/// recorder.next().of(StatementKind::Select).on("town").after(2).is_delayed(Duration::from_millis(1));
/// // The INSERT, the only statement of its transaction, takes place, but the connection breaks before the answer comes.
/// recorder.next().of(StatementKind::Insert).loses_its_answer();
/// session.add(Town { name: "Bonn".into(), ..Default::default() });
/// assert!(session.commit().is_err_and(|error| error.kind() == ErrorKind::CommitUnknown));
/// // The answer is the test's.
/// recorder.next().of(StatementKind::Select).returns(&["n"], vec![vec![Value::I64(7)]]);
/// assert_eq!(Town::query().count(&mut engine.session())?, 7);
/// # Ok(())
/// # }
/// # #[cfg(not(all(feature = "sqlite", feature = "derive")))]
/// # fn main() {}
/// ```
#[derive(Debug, Clone, Default)]
pub struct Recorder(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    log: Vec<Recorded>,
    faults: Vec<Fault>,
    paused: bool,
    descriptions: usize,
    resets: usize,
}

impl Recorder {
    /// A recorder with an empty log, and nothing planned.
    pub fn new() -> Self {
        Self::default()
    }

    /// What puts the recorder around the backend of an engine, for [`wrap_backend`](crate::EngineBuilder::wrap_backend).
    ///
    /// See the example of [`Recorder`].
    pub fn wrapper(&self) -> impl FnOnce(Arc<dyn Backend>) -> Arc<dyn Backend> + Send + 'static {
        let recorder = self.clone();
        move |backend| Arc::new(RecordingBackend::new(backend, recorder))
    }

    /// The same, for tests without a database: nothing is connected to, whatever the URL says. Statements have the spelling of the URL's
    /// database, and an answer has to be planned for every one that [`returns`](Planned::returns) rows. Other statements succeed; each row of a
    /// write changes one row, unless [another number](Planned::affects) is planned.
    ///
    /// ```
    /// # #[cfg(all(feature = "sqlite", feature = "derive"))]
    /// # fn main() -> orm::Result<()> {
    /// # use orm::prelude::*;
    /// # use orm::Value;
    /// # use orm::testing::Recorder;
    /// # #[derive(Model, Debug, Clone, Default)]
    /// # #[orm(table = "town")]
    /// # struct Town {
    /// #     #[orm(primary_key)]
    /// #     id: i64,
    /// #     name: String,
    /// # }
    /// let recorder = Recorder::new();
    /// let engine = Engine::builder("sqlite:///nowhere/towns.db").wrap_backend(recorder.without_database()).build()?;
    /// recorder.next().on("town").returns(&["id", "name"], vec![vec![Value::I64(1), Value::Text("Oslo".into())]]);
    ///
    /// let mut session = engine.session();
    /// let oslo = Town::query().one(&mut session)?;
    /// session[oslo].name = "Kristiania".into();
    /// session.commit()?;
    /// assert!(recorder.take().iter().any(|sent| sent.matches("update town (name)")));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(all(feature = "sqlite", feature = "derive")))]
    /// # fn main() {}
    /// ```
    pub fn without_database(&self) -> impl FnOnce(Arc<dyn Backend>) -> Arc<dyn Backend> + Send + 'static {
        let record = self.wrapper();
        move |backend| record(Arc::new(SilentBackend::like(backend)))
    }

    /// What was recorded since the last call.
    ///
    /// See the example of [`Recorder`].
    pub fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.state().log)
    }

    /// Plans what becomes of the next statement, or of one after it.
    ///
    /// See the example of [`Recorder`].
    pub fn next(&self) -> Planned<'_> {
        Planned::new(self)
    }

    /// Forgets what is planned and has not taken place, and tells how many statements that was for. A test that ends with 0 has met all of
    /// its faults.
    ///
    /// ```
    /// # use orm::ErrorKind;
    /// let recorder = orm::testing::Recorder::new();
    /// recorder.next().fails(ErrorKind::Busy);
    /// assert_eq!(recorder.forget_plans(), 1);
    /// ```
    pub fn forget_plans(&self) -> usize {
        std::mem::take(&mut self.state().faults).len()
    }

    /// How often a table was asked about since the last call.
    pub fn take_descriptions(&self) -> usize {
        std::mem::take(&mut self.state().descriptions)
    }

    pub(super) fn count_description(&self) {
        let mut state = self.state();
        if !state.paused {
            state.descriptions += 1;
        }
    }

    /// How often a connection was reset since the last call.
    pub fn take_resets(&self) -> usize {
        std::mem::take(&mut self.state().resets)
    }

    pub(super) fn count_reset(&self) {
        let mut state = self.state();
        if !state.paused {
            state.resets += 1;
        }
    }

    /// Runs `work` without recording it and without faults: what a test sets up and looks at.
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")]
    /// # fn main() -> orm::Result<()> {
    /// # let recorder = orm::testing::Recorder::new();
    /// # let engine = orm::Engine::builder("sqlite://").wrap_backend(recorder.wrapper()).build()?;
    /// recorder.quietly(|| engine.connection()?.execute_script("CREATE TABLE town (id INTEGER)"))?;
    /// assert!(recorder.take().is_empty());
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sqlite"))]
    /// # fn main() {}
    /// ```
    pub fn quietly<R>(&self, work: impl FnOnce() -> R) -> R {
        let _pause = Pause::begin(self);
        work()
    }

    pub(super) fn plan(&self, fault: Fault) {
        self.state().faults.push(fault);
    }

    /// What becomes of this statement, when it is its turn.
    pub(super) fn due(&self, recorded: &Recorded) -> Option<Effect> {
        let mut state = self.state();
        if state.paused {
            return None;
        }
        let mut due = None;
        for (index, fault) in state.faults.iter_mut().enumerate() {
            if fault.is_turn_of(recorded) {
                due = due.or(Some(index));
            }
        }
        let index = due?;
        if state.faults[index].repeats {
            return Some(state.faults[index].effect.clone());
        }
        Some(state.faults.remove(index).effect)
    }

    pub(super) fn push(&self, recorded: Recorded) {
        let mut state = self.state();
        if !state.paused {
            state.log.push(recorded);
        }
    }

    /// A test that panicked while it held the lock has nothing left to protect.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time in which nothing is recorded; a panic ends it as well.
struct Pause<'r> {
    recorder: &'r Recorder,
    before: bool,
}

impl<'r> Pause<'r> {
    fn begin(recorder: &'r Recorder) -> Self {
        let before = std::mem::replace(&mut recorder.state().paused, true);
        Self { recorder, before }
    }
}

impl Drop for Pause<'_> {
    fn drop(&mut self) {
        self.recorder.state().paused = self.before;
    }
}
