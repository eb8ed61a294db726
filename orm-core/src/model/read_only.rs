use super::{Model, require_rows};

/// Refuses a model that is read-only where its rows would be changed.
///
/// # Panics
///
/// For a model that is read-only, which is a compile error where it is known to be one.
#[expect(clippy::panic, reason = "evaluated by the compiler")]
pub(crate) const fn require_writable<M: Model>() {
    if let Some(why) = M::READ_ONLY {
        panic!("{}", why)
    }
}

/// Refuses a model where a value of it would become a new row: an abstract base, or one that is read-only.
pub(crate) const fn require_new_rows<M: Model>() {
    require_rows::<M>();
    require_writable::<M>();
}
