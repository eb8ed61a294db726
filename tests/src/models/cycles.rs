//! Two tables that reference each other, with keys that may not be NULL.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "hen")]
pub struct Hen {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to]
    pub hatched_from: BelongsTo<Egg>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "egg")]
pub struct Egg {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to]
    pub laid_by: BelongsTo<Hen>,
}
