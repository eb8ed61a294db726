//! Revisions that are made.

use std::collections::BTreeSet;

use orm_core::dialect::Dialect;

use super::arguments::{Merge, Place, Revise};
use super::{Work, renames};
use crate::autogenerate::Draft;
use crate::error::{Error, Result};
use crate::files;
use crate::revision::{Migrations, key};

impl Work<'_> {
    pub(super) fn revision(&mut self, arguments: &Revise) -> Result<()> {
        let migrations = self.load(&arguments.place)?;
        let dialects = self.dialects(&arguments.dialect)?;
        let mut draft = Draft::new(&*arguments.message);
        let of = |names: &[String]| names.iter().map(|name| ids(&migrations, name)).collect::<Result<Vec<_>>>();
        draft.revision.facts.parents = of(&arguments.head)?.concat();
        refuse_branch(&migrations, &draft.revision.facts.parents, arguments.splice)?;
        if let Some(id) = &arguments.rev_id {
            draft = draft.id(id)?;
        }
        draft.revision.facts.depends_on = of(&arguments.depends_on)?.concat();
        draft.revision.facts.labels.clone_from(&arguments.branch_label);
        if arguments.head.iter().any(|head| head == "base") {
            draft = draft.at_base();
        }
        if !arguments.autogenerate {
            draft.leave_empty(&migrations, &dialects)?;
            return self.write(draft, &arguments.place);
        }
        let models = self.models()?;
        draft.renames = renames::parse(&arguments.rename)?;
        if arguments.concurrently {
            draft = draft.concurrently();
        }
        renames::ask(&mut draft, &migrations, &models, &dialects)?;
        if draft.generate(&migrations, &models, &dialects)? {
            self.write(draft, &arguments.place)
        } else {
            self.say("the models are as the last schema: there is nothing to write")
        }
    }

    pub(super) fn merge(&mut self, arguments: &Merge) -> Result<()> {
        let migrations = self.load(&arguments.place)?;
        let parents = match arguments.revisions.is_empty() {
            true => ids(&migrations, "heads")?,
            false => {
                let named: Result<Vec<_>> = arguments.revisions.iter().map(|name| ids(&migrations, name)).collect();
                named?.concat()
            }
        };
        if parents.len() < 2 {
            return Err(Error::Usage("there is one head, so that there is nothing to merge".to_owned()));
        }
        let mut draft = Draft::new(&*arguments.message);
        if let Some(id) = &arguments.rev_id {
            draft = draft.id(id)?;
        }
        draft.revision.facts.parents = parents;
        draft.revision.facts.labels.clone_from(&arguments.branch_label);
        let dialects = self.dialects(&[])?;
        match arguments.models {
            true => draft.revision.take_schema(&self.models()?, &dialects)?,
            false => draft.leave_empty(&migrations, &dialects)?,
        }
        self.write(draft, &arguments.place)
    }

    pub(super) fn edit(&mut self, id: &str, models: bool, place: &Place) -> Result<()> {
        let migrations = Migrations::load_unchecked(self.folder(place))?;
        for id in ids(&migrations, id)? {
            if let Some(mut revision) = migrations.find(&id).cloned() {
                if models {
                    revision.take_schema(&self.models()?, &self.dialects(&[])?)?;
                }
                files::write(&self.folder(place), &mut revision)?;
                self.say(format!("revision {id} has the scripts of its folder now"))?;
            }
        }
        Ok(())
    }

    fn write(&mut self, mut draft: Draft, place: &Place) -> Result<()> {
        let folder = self.folder(place);
        if let Some(pattern) = &self.settings.revision_name {
            draft = draft.folder_name(pattern)?;
        }
        draft.write(&folder)?;
        self.say(format!("wrote {}", folder.join(&draft.revision.folder).display()))
    }

    /// The kinds of database of these names, or all.
    pub(super) fn dialects(&self, names: &[String]) -> Result<Vec<&'static dyn Dialect>> {
        let known = &self.environment.dialects;
        let find = |name: &String| {
            let found = known.iter().find(|dialect| key(**dialect) == name.to_ascii_lowercase());
            let names = || known.iter().map(|dialect| key(*dialect)).collect::<Vec<_>>().join(", ");
            found.copied().ok_or_else(|| Error::Usage(format!("`{name}` is no database of this program: {}", names())))
        };
        let names = if names.is_empty() { &self.settings.dialects } else { names };
        if names.is_empty() { Ok(known.clone()) } else { names.iter().map(find).collect() }
    }

    pub(super) fn models(&self) -> Result<Vec<&'static orm_core::schema::TableDef>> {
        self.environment.models.clone().ok_or_else(|| {
            Error::Usage(
                "this program has no models: call the program that `init` has written, as in `cargo run --bin migrate`"
                    .to_owned(),
            )
        })
    }
}

/// Refuses parents that others follow, unless a branch is wanted.
fn refuse_branch(migrations: &Migrations, parents: &[String], wanted: bool) -> Result<()> {
    let heads = migrations.heads();
    let inner = parents.iter().find(|parent| heads.iter().all(|head| head.id() != **parent));
    match inner {
        Some(id) if !wanted => Err(Error::Usage(format!(
            "revision `{id}` is no head, others follow it: write `--splice` if a branch shall begin behind it, or name a head"
        ))),
        _ => Ok(()),
    }
}

/// The ids that a word means, without a database.
pub(super) fn ids(migrations: &Migrations, word: &str) -> Result<Vec<String>> {
    Ok(migrations.ids(migrations.resolve(word, &BTreeSet::new())?))
}
