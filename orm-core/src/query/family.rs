//! The types of families in queries.

use super::scope::Of;
use super::{Expr, Parts, Query};
use crate::model::{FamilyBase, FamilyMember, Model, SameFamily, model_ref};
use crate::schema::ModelRef;
use crate::sql::{self, type_condition};

/// How a query brings what types below its own have in tables of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Subtypes {
    /// By one more statement for each of these types that occurs.
    #[default]
    Apart,
    /// By left joins.
    Joined,
    /// Not at all: it is read when it is asked for.
    Later,
}

/// How much of the objects of a family the rows of a statement have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All.
    Whole,
    /// What is in the tables up to this joined one; 0 is that of the base.
    UpTo {
        /// The number of the table.
        table: usize,
        /// Whether the rest is read before anybody sees the objects.
        rest_follows: bool,
    },
}

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
        self.parts.subtypes = Subtypes::default();
        Query::new(self.parts)
    }
}

impl<M: FamilyMember, Q> Query<M, Q> {
    /// Brings what subtypes have in tables of their own by left joins: one statement for all objects. Without it there is one more statement
    /// for each such type that occurs in the result.
    ///
    /// Where all types are in one table it changes nothing.
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
    /// #[orm(inherits, identity = "cat", table = "cat")]
    /// struct Cat {
    ///     #[orm(base)]
    ///     pet: Pet,
    ///     lives: i32,
    /// }
    ///
    /// # let engine = Engine::connect("sqlite://")?;
    /// # engine.create_all(models![Pet])?;
    /// # let mut session = engine.session();
    /// session.add(Cat { pet: Pet { name: "Tom".into(), ..Default::default() }, lives: 9 });
    /// session.commit()?;
    /// session.clear();
    ///
    /// let pets = Pet::query().all(&mut session)?; // SELECT .. FROM pet, and SELECT .. FROM pet JOIN cat .. WHERE pet.id IN (..)
    /// let pets = Pet::query().with_subtypes().all(&mut session)?; // SELECT .. FROM pet LEFT JOIN cat ..
    ///
    /// session.clear();
    /// let pets = Pet::query().base_only().all(&mut session)?; // SELECT .. FROM pet
    /// assert_eq!(session[pets[0]].name, "Tom");
    /// session.complete(pets[0])?; // reads the rest of all objects of the result
    /// let tom = session.downcast::<Cat>(pets[0]).unwrap();
    /// assert_eq!(session[tom].lives, 9);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn with_subtypes(mut self) -> Self {
        self.parts.subtypes = Subtypes::Joined;
        self
    }
}

impl<M: FamilyBase, Q> Query<M, Q> {
    /// Reads the table of the base only. The objects are lent as the base until [`complete`](crate::session::Session::complete), or a read of
    /// them as a subtype, brings the rest.
    ///
    /// Where all types are in one table it changes nothing.
    ///
    /// See the example of [`with_subtypes`](Self::with_subtypes).
    pub fn base_only(mut self) -> Self {
        self.parts.subtypes = Subtypes::Later;
        self
    }
}

impl Parts {
    /// How much of the objects the statement of this query brings.
    pub(crate) fn extent(&self) -> Extent {
        let model = self.select.from.model.filter(|_| self.objects().is_some());
        match (model.and_then(tables_apart), self.subtypes) {
            (None, _) | (_, Subtypes::Joined) => Extent::Whole,
            (Some(table), subtypes) => Extent::UpTo { table, rest_follows: subtypes == Subtypes::Apart },
        }
    }
}

/// The joined table of a model, or 0, if types below it have others.
fn tables_apart(model: ModelRef) -> Option<usize> {
    let (family, spec) = ((model.table)().joined_tables()?, (model.spec)());
    (!family.tables_below(spec).is_empty()).then(|| family.table_of(spec))
}
