use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
pub struct Author {
    #[orm(primary_key)]
    id: i64,
    name: String,
}

impl Author {
    pub fn name(&self) -> &str {
        &self.name
    }
}

fn main() {}
