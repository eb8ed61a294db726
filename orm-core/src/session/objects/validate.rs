//! The rules of models, asked on demand.

use crate::error::{Error, Result};
use crate::model::{Handle, Model};
use crate::session::Session;

impl Session {
    /// Checks the rules of an object as it is: the `validate = function` of its fields, `#[orm(garde)]`, and the `validate` of its hooks. A
    /// flush checks them of every object that it writes.
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// fn positive<M>(number: &i32, _: &M) -> Result<(), String> {
    ///     if *number > 0 { Ok(()) } else { Err(format!("is {number}, and must be positive")) }
    /// }
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "ware")]
    /// struct Ware {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     #[orm(validate = positive)]
    ///     price: i32,
    /// }
    ///
    /// # let engine = Engine::connect("sqlite://")?;
    /// # engine.create_all(models![Ware])?;
    /// # let mut session = engine.session();
    /// let ware = session.add(Ware { price: -1, ..Default::default() });
    /// let error = session.validate(ware).unwrap_err();
    /// assert_eq!(error.to_string(), "Ware#new is not valid: `price` is -1, and must be positive");
    /// session[ware].price = 3;
    /// session.validate(ware)?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Invalid` with all rules that the object breaks, see [`violations`](crate::Error::violations). `Detached` when the handle is stale or
    /// of another session.
    pub fn validate<T: Model>(&mut self, handle: Handle<T>) -> Result<()> {
        self.try_get(handle)?;
        let slot = self.store.slot(handle)?;
        let broken = self.store.arena_mut::<T>().broken_rules(slot)?;
        if broken.is_empty() { Ok(()) } else { Err(Error::invalid(broken)) }
    }
}
