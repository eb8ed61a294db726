use super::{Key, Model, RowReader, model_ref};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::ModelRef;
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
#[expect(clippy::panic, reason = "evaluated by the compiler")]
pub(crate) const fn require_key<M: Model>() {
    if !M::KEYED {
        panic!(
            "the model has no key, so that its rows are no objects: read them by `values(..)` or `select(..)`, or mark a field with \
             `#[orm(primary_key)]`"
        )
    }
}

/// Names the model at the other end of a relation, which has a key.
pub const fn keyed<M: Model>() -> ModelRef {
    require_key::<M>();
    model_ref::<M>()
}
