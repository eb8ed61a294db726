//! One to one.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "person")]
pub struct Person {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_one(back_populates = person)]
    pub passport: HasOne<Passport>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "passport")]
pub struct Passport {
    #[orm(primary_key)]
    pub id: i64,
    pub number: String,
    #[belongs_to(back_populates = passport)]
    pub person: Option<BelongsTo<Person>>,
}

impl Person {
    /// A person with nothing but a name.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

impl Passport {
    /// A passport of nobody.
    pub fn numbered(number: &str) -> Self {
        Self { number: number.into(), ..Self::default() }
    }
}
