use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
#[orm(constants = "the fields")]
pub struct Author {
    #[orm(primary_key)]
    id: i64,
}

fn main() {}
