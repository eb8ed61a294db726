//! The first phase of a commit in two.

use crate::error::Result;
use crate::render::{TwoPhase, two_phase};
use crate::session::Session;
use crate::session::events::Moment;
use crate::session::flush::Then;

impl Session {
    /// Writes all changes and prepares the transaction under `id`: the database keeps it, through a crash too, until
    /// [`Engine::commit_prepared`](crate::engine::Engine::commit_prepared) or
    /// [`rollback_prepared`](crate::engine::Engine::rollback_prepared), in this process or another, ends it. So several databases commit
    /// all or none: prepare in each, then commit each.
    ///
    /// The session has no part in the transaction any more, and can begin another one. Its objects are as after a commit; with
    /// [`set_expire_on_commit`](Session::set_expire_on_commit) they are marked to be read again. Until the second phase no transaction
    /// sees what was written, and should it be rolled back the session does not hear of it: [`clear`](Session::clear) it then.
    /// Listeners hear `before_commit`, and no `after_commit`.
    ///
    /// # Errors
    ///
    /// `Unsupported` where the database cannot prepare transactions and `Config` for an id that cannot be one, both before anything
    /// is flushed; those of [`flush`](Session::flush); the database's when the id is taken or it is set up without prepared
    /// transactions: then nothing is kept, and `rollback()` is needed.
    pub fn prepare(&mut self, id: &str) -> Result<()> {
        self.refuse_within_flush("prepare")?;
        self.refuse_with_savepoint("prepared")?;
        self.links.refuse_several("prepare(): `CommitMode::TwoPhase` prepares and commits them")?;
        let sql = two_phase(self.links.main().dialect(), TwoPhase::Prepare, id)?;
        self.tell(Moment::BeforeCommit)?;
        self.flush_all(Then::GoOn)?;
        self.links.main().prepare(&sql)?;
        self.end_transaction();
        Ok(())
    }
}
