use super::{Key, Model, RowReader};
use crate::error::{Error, ErrorKind, Result};
use crate::value::ValueRef;

/// The key of a view without one: there is no value of this type. Its rows are values, and no objects of a session.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model, Debug, Clone)]
/// #[orm(table = "answers", view = "SELECT 42 AS answer")]
/// struct Answers {
///     answer: i64,
/// }
///
/// let engine = Engine::connect("sqlite://")?;
/// engine.create_all(models![Answers])?;
/// assert_eq!(Answers::query().values(&mut engine.session())?[0].answer, 42);
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum NoKey {}

#[diagnostic::do_not_recommend]
impl Key for NoKey {
    const WIDTH: usize = 0;

    fn part(&self, _: usize) -> ValueRef<'_> {
        match *self {}
    }

    fn read(_: &mut RowReader<'_>) -> Result<Self> {
        Err(Error::new(ErrorKind::Decode, "the rows of a view without a key are no objects: read them as values"))
    }

    fn read_nullable(_: &mut RowReader<'_>) -> Result<Option<Self>> {
        Ok(None)
    }

    fn is_set(&self) -> bool {
        match *self {}
    }
}

/// Refuses a model without a key where its rows would become objects.
///
/// # Panics
///
/// For a model without a key, which is a compile error.
pub(crate) const fn require_key<M: Model>() {
    keyed(M::KEYED, ());
}

/// What needs a model that `has_key`: the other end of a relation.
///
/// # Panics
///
/// For a model without a key, which is a compile error.
#[expect(clippy::panic, reason = "evaluated by the compiler")]
pub const fn keyed<T: Copy>(has_key: bool, needs: T) -> T {
    if !has_key {
        panic!(
            "the model has no key, so that its rows are no objects: read them by `values(..)` or `select(..)`, or mark a field with \
             `#[orm(primary_key)]`"
        )
    }
    needs
}
