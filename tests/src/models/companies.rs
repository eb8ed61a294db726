//! A parent that does not own its children: nullable key, nothing cascades but saving.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "company")]
pub struct Company {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique)]
    pub name: String,
    #[has_many(back_populates = company, order_by = id)]
    pub employees: HasMany<Employee>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "employee")]
pub struct Employee {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub salary: Option<i32>,
    #[belongs_to(back_populates = employees)]
    pub company: Option<BelongsTo<Company>>,
}

impl Company {
    /// A company with nothing but a name.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

impl Employee {
    /// An employee with nothing but a name.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}
