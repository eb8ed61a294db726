use super::{Model, Violations};
use crate::error::{Invalid, Result};

/// Code of a model that runs when its objects are written and read. Every method has an empty default.
///
/// The struct needs `#[orm(hooks)]`. Models without hooks pay nothing for them. A hook sees its own object only; use a listener of the
/// session for work on several objects. An error stops the flush.
///
/// A flush calls `before_*` and [`validate`](Hooks::validate) for all its rows before it sends anything, tables that are referenced first
/// and deleted rows last. It calls `after_*` in the same order when everything is sent. Rows without an object call no hook: rows of a bulk
/// statement, association rows of a `many_to_many`, and rows that the database deletes by itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` says `#[orm(hooks)]` and has no hooks",
    label = "add `impl Hooks for {Self} {{ .. }}`"
)]
pub trait Hooks: Hooked {
    /// Called before the INSERT. It may change columns, but no relations. The changes are undone when the flush fails.
    ///
    /// # Errors
    ///
    /// The hook's error. Nothing is written then.
    fn before_insert(&mut self) -> Result<()> {
        Ok(())
    }

    /// Called after the INSERT, with the key of the row. An error rolls the transaction back.
    ///
    /// # Errors
    ///
    /// The hook's error.
    fn after_insert(&self) -> Result<()> {
        Ok(())
    }

    /// Called before the UPDATE of an object that differs from its row, with what the row holds. It may change columns, but no relations.
    /// The changes are undone when the flush fails.
    ///
    /// # Errors
    ///
    /// The hook's error. Nothing is written then.
    fn before_update(&mut self, old: &Self) -> Result<()> {
        let _ = old;
        Ok(())
    }

    /// Called after the UPDATE. An error rolls the transaction back.
    ///
    /// # Errors
    ///
    /// The hook's error.
    fn after_update(&self) -> Result<()> {
        Ok(())
    }

    /// Called before the DELETE, also of an object that a cascade reached.
    ///
    /// # Errors
    ///
    /// The hook's error. Nothing is written then.
    fn before_delete(&self) -> Result<()> {
        Ok(())
    }

    /// Called after the DELETE. An error rolls the transaction back.
    ///
    /// # Errors
    ///
    /// The hook's error.
    fn after_delete(&self) -> Result<()> {
        Ok(())
    }

    /// Called after a row was read into the object, in a session or as a plain value. Its changes count as read, so no UPDATE follows. The
    /// key must stay.
    ///
    /// # Errors
    ///
    /// The errors of the hook. They end the query.
    fn after_load(&mut self) -> Result<()> {
        Ok(())
    }

    /// Checks the object before it is inserted or updated, after `before_insert` or `before_update`. It belongs to the rules of the model,
    /// so it is called wherever they are checked.
    ///
    /// # Errors
    ///
    /// The reason why it is invalid. Nothing is written then.
    fn validate(&self) -> Result<(), Invalid> {
        Ok(())
    }
}

/// A model with `#[orm(hooks)]`. Only the derive implements it.
#[diagnostic::on_unimplemented(
    message = "the hooks of `{Self}` would never be called",
    label = "add `#[orm(hooks)]` to the struct"
)]
pub trait Hooked: Model {}

/// The methods of [`Hooks`] as data.
#[derive(Debug)]
pub enum Hook<'o, T> {
    /// [`Hooks::before_insert`].
    BeforeInsert,
    /// [`Hooks::after_insert`].
    AfterInsert,
    /// [`Hooks::before_update`], with the old values.
    BeforeUpdate(&'o T),
    /// [`Hooks::after_update`].
    AfterUpdate,
    /// [`Hooks::before_delete`].
    BeforeDelete,
    /// [`Hooks::after_delete`].
    AfterDelete,
    /// [`Hooks::after_load`].
    AfterLoad,
    /// [`Hooks::validate`], and who takes what it says.
    Validate(&'o mut Violations),
}

impl<T> Hook<'_, T> {
    /// The name of the method.
    pub fn name(&self) -> &'static str {
        match self {
            Self::BeforeInsert => "before_insert",
            Self::AfterInsert => "after_insert",
            Self::BeforeUpdate(_) => "before_update",
            Self::AfterUpdate => "after_update",
            Self::BeforeDelete => "before_delete",
            Self::AfterDelete => "after_delete",
            Self::AfterLoad => "after_load",
            Self::Validate(_) => "validate",
        }
    }
}

impl<T> Hook<'_, T> {
    /// The same for a part of the object, where the old values have it.
    pub fn of_part<'s, X>(&'s mut self, part: impl FnOnce(&'s T) -> Option<&'s X>) -> Option<Hook<'s, X>> {
        Some(match self {
            Self::BeforeInsert => Hook::BeforeInsert,
            Self::AfterInsert => Hook::AfterInsert,
            Self::BeforeUpdate(old) => Hook::BeforeUpdate(part(old)?),
            Self::AfterUpdate => Hook::AfterUpdate,
            Self::BeforeDelete => Hook::BeforeDelete,
            Self::AfterDelete => Hook::AfterDelete,
            Self::AfterLoad => Hook::AfterLoad,
            Self::Validate(violations) => Hook::Validate(violations),
        })
    }
}

/// Calls the method of [`Hooks`] that `hook` names. `Model::hook` of a model with hooks does this.
///
/// # Errors
///
/// The hook's error.
pub fn run_hook<T: Hooks>(object: &mut T, hook: Hook<'_, T>) -> Result<()> {
    match hook {
        Hook::BeforeInsert => object.before_insert(),
        Hook::AfterInsert => object.after_insert(),
        Hook::BeforeUpdate(old) => object.before_update(old),
        Hook::AfterUpdate => object.after_update(),
        Hook::BeforeDelete => object.before_delete(),
        Hook::AfterDelete => object.after_delete(),
        Hook::AfterLoad => object.after_load(),
        Hook::Validate(violations) => {
            violations.object(object.validate());
            Ok(())
        }
    }
}
