//! The types of families in queries.

use super::scope::Of;
use super::{Expr, Query};
use crate::model::{FamilyMember, Model, SameFamily, model_ref};
use crate::sql::{self, type_condition};

/// The types of families in queries.
///
/// See the example of [`is`](FamilyQuery::is).
pub trait FamilyQuery: FamilyMember {
    /// Whether the object is of the type `S`, or of one below it.
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "pet", polymorphic(on = kind, identity = "pet", subtypes(Cat)))]
    /// struct Pet {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     name: String,
    /// }
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(inherits, identity = "cat")]
    /// struct Cat {
    ///     #[orm(base)]
    ///     pet: Pet,
    ///     lives: Option<i32>,
    /// }
    ///
    /// # let engine = Engine::connect("sqlite://")?;
    /// # engine.create_all(models![Pet])?;
    /// # let mut session = engine.session();
    /// session.add(Pet { name: "Rex".into(), ..Default::default() });
    /// session.add(Cat { pet: Pet { name: "Tom".into(), ..Default::default() }, lives: Some(9) });
    /// assert_eq!(Pet::query().count(&mut session)?, 2);
    /// assert_eq!(Pet::query().filter(Pet::is::<Cat>()).count(&mut session)?, 1);
    ///
    /// let tom = Pet::query().of_type::<Cat>().filter(Cat::lives.gt(8)).one(&mut session)?; // a Handle<Cat>
    /// assert_eq!(session[tom].pet.name, "Tom");
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn is<S: SameFamily<Self>>() -> Expr<bool, Of<Self>> {
        let always = || sql::Expr::And(sql::Exprs::new());
        Expr::new(type_condition(model_ref::<S>()).unwrap_or_else(always))
    }
}

impl<M: FamilyMember> FamilyQuery for M {}

impl<M: Model, Rest> Query<M, (Of<M>, Rest)> {
    /// Only objects of the type `S` and of those below it, as objects of that type, whose columns and relations the rest of the query may
    /// use.
    ///
    /// See the example of [`is`](FamilyQuery::is).
    pub fn of_type<S: SameFamily<M>>(mut self) -> Query<S, (Of<S>, Rest)> {
        let (model, from) = (model_ref::<S>(), &mut self.parts.select.from);
        if from.model.is_some() {
            from.model = Some(model);
        } else {
            let (own, name) = (&M::table().name.name, from.name());
            let condition = type_condition(model).map(|mut condition| {
                condition.rename_source(own, name);
                condition
            });
            self.parts.select.filter.extend(condition);
        }
        Query::new(self.parts)
    }
}
