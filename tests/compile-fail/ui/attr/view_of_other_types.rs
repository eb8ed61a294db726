// The values of a typed query are those of the fields.
use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "user")]
struct User {
    #[orm(primary_key)]
    id: i64,
    name: String,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "name", view = User::query().select((User::name, User::id)))]
struct Name {
    id: i64,
    name: String,
}

fn main() {}
