//! Loading paths of relations: level by level, one statement for each.

use std::collections::HashSet;

use crate::error::{Error, Result};
use crate::model::{Handle, Model};
use crate::query::{Include, IncludePath, Manner, Strategy};
use crate::session::Session;
use crate::session::store::arena::Populate;

impl Session {
    /// Loads a relation, or a path of relations, of objects that are there already: what `include` of a query does, for these objects, in
    /// one statement for each relation.
    ///
    /// What was loaded completely in the unit at hand stays as it is.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let authors = Author::query().all(&mut session)?;
    /// session.include(authors.iter().copied(), Author::books)?; // one statement
    /// assert!(session.is_loaded(authors[0], Author::books)?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Detached` for a stale handle, the database's, and those of an autoflush.
    pub fn include<M: Model, P: IncludePath<M, Checked: Sized>>(
        &mut self,
        objects: impl IntoIterator<Item = Handle<M>>,
        path: P,
    ) -> Result<()> {
        let includes = path.steps().includes().map_err(|(kind, message)| Error::new(kind, message))?;
        let slots: Vec<u32> = objects.into_iter().map(|object| self.store.slot(object)).collect::<Result<_>>()?;
        let load = |session: &mut Self| session.load_includes(&slots, &includes, Populate::Keep);
        self.in_snapshot(Manner::default(), load)?;
        self.tell_states();
        Ok(())
    }

    /// Loads what includes say for objects of one model.
    pub(crate) fn load_includes(&mut self, slots: &[u32], includes: &[Include], populate: Populate) -> Result<()> {
        for include in includes {
            let members = self.load_levels(include, slots, populate)?;
            self.load_includes(&members, &include.then, populate)?;
        }
        Ok(())
    }

    /// Loads one relation, as many levels of it as its include says, and gives the members.
    fn load_levels(&mut self, include: &Include, slots: &[u32], populate: Populate) -> Result<Vec<u32>> {
        let mut owners = slots.to_vec();
        let mut reached: HashSet<u32, foldhash::fast::RandomState> = HashSet::default();
        let mut all = Vec::new();
        for level in 1..=include.options.levels {
            if owners.is_empty() {
                break;
            }
            self.store.sync();
            match (&include.options.strategy, populate) {
                (Strategy::Populated(_), _) => {}
                (Strategy::SelectIn, Populate::Overwrite) => self.load_anew(include, &owners)?,
                // What is joined came with the owners, unless these came from elsewhere.
                _ => self.load_missing(include, &owners, Populate::Keep)?,
            }
            let is_last = level == include.options.levels;
            if is_last && include.then.is_empty() {
                // The members are not asked for.
                break;
            }
            let members = owners.iter().flat_map(|&slot| self.store.in_memory(include.relation, slot));
            if is_last {
                all.extend(members);
                break;
            }
            let members: Vec<u32> = members.collect();
            reached.extend(&owners);
            owners = members.iter().copied().filter(|&member| reached.insert(member)).collect();
            all.extend(members);
        }
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }
}
