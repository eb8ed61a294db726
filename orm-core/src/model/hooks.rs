use super::Model;
use crate::error::{Invalid, Result};

/// What a model does when its objects are written and read. Every method does nothing unless it is written.
///
/// The struct says `#[orm(hooks)]`, and there is an `impl Hooks` for it; a model without is not slowed down. Hooks see
/// their own object only; what concerns several objects is for the listeners of a session. An error stops the flush.
///
/// A flush calls `before_*` and [`validate`](Hooks::validate) for all its rows before it sends anything, tables that are
/// referenced first and deleted rows last, and `after_*` in the same order when everything is sent. Rows that no object of a
/// session stands for call nothing: those that a statement for many rows writes, the pairs of a `many_to_many`, and what the
/// database deletes by itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` says `#[orm(hooks)]` and has no hooks",
    label = "add `impl Hooks for {Self} {{ .. }}`"
)]
pub trait Hooks: Hooked {
    /// Before the INSERT: may change columns, but no relations. When the flush fails, the changes are taken back.
    ///
    /// # Errors
    ///
    /// Those of the hook: then nothing is written.
    fn before_insert(&mut self) -> Result<()> {
        Ok(())
    }

    /// After the INSERT; the key is known. An error rolls the transaction back.
    ///
    /// # Errors
    ///
    /// Those of the hook.
    fn after_insert(&self) -> Result<()> {
        Ok(())
    }

    /// Before the UPDATE of an object that differs from its row: may change columns, but no relations. When the flush fails,
    /// the changes are taken back.
    ///
    /// # Errors
    ///
    /// Those of the hook: then nothing is written.
    fn before_update(&mut self) -> Result<()> {
        Ok(())
    }

    /// After the UPDATE. An error rolls the transaction back.
    ///
    /// # Errors
    ///
    /// Those of the hook.
    fn after_update(&self) -> Result<()> {
        Ok(())
    }

    /// Before the DELETE, also of an object that a cascade reached.
    ///
    /// # Errors
    ///
    /// Those of the hook: then nothing is written.
    fn before_delete(&self) -> Result<()> {
        Ok(())
    }

    /// After the DELETE. An error rolls the transaction back.
    ///
    /// # Errors
    ///
    /// Those of the hook.
    fn after_delete(&self) -> Result<()> {
        Ok(())
    }

    /// After a row was read into the object, whether a session keeps it or not. What it changes counts as read, so no
    /// UPDATE follows; the key must stay.
    ///
    /// # Errors
    ///
    /// Those of the hook, which end the query.
    fn after_load(&mut self) -> Result<()> {
        Ok(())
    }

    /// Whether the object is fit to be inserted or updated: asked after `before_insert` or `before_update`.
    ///
    /// # Errors
    ///
    /// What is wrong with it: then nothing is written.
    fn validate(&self) -> Result<(), Invalid> {
        Ok(())
    }
}

/// A model whose struct says `#[orm(hooks)]`. Only the derive implements it.
#[diagnostic::on_unimplemented(
    message = "the hooks of `{Self}` would never be called",
    label = "add `#[orm(hooks)]` to the struct"
)]
pub trait Hooked: Model {}

/// The hooks as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// [`Hooks::before_insert`].
    BeforeInsert,
    /// [`Hooks::after_insert`].
    AfterInsert,
    /// [`Hooks::before_update`].
    BeforeUpdate,
    /// [`Hooks::after_update`].
    AfterUpdate,
    /// [`Hooks::before_delete`].
    BeforeDelete,
    /// [`Hooks::after_delete`].
    AfterDelete,
    /// [`Hooks::after_load`].
    AfterLoad,
    /// [`Hooks::validate`].
    Validate,
}

impl Hook {
    /// The name of the method.
    pub fn name(self) -> &'static str {
        match self {
            Self::BeforeInsert => "before_insert",
            Self::AfterInsert => "after_insert",
            Self::BeforeUpdate => "before_update",
            Self::AfterUpdate => "after_update",
            Self::BeforeDelete => "before_delete",
            Self::AfterDelete => "after_delete",
            Self::AfterLoad => "after_load",
            Self::Validate => "validate",
        }
    }
}

/// Calls the method of [`Hooks`] that `hook` stands for: what `Model::hook` of a model with hooks does.
///
/// # Errors
///
/// The hook's.
pub fn run_hook<T: Hooks>(object: &mut T, hook: Hook) -> Result<()> {
    match hook {
        Hook::BeforeInsert => object.before_insert(),
        Hook::AfterInsert => object.after_insert(),
        Hook::BeforeUpdate => object.before_update(),
        Hook::AfterUpdate => object.after_update(),
        Hook::BeforeDelete => object.before_delete(),
        Hook::AfterDelete => object.after_delete(),
        Hook::AfterLoad => object.after_load(),
        Hook::Validate => Ok(object.validate()?),
    }
}
