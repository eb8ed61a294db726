use orm::prelude::*;

#[derive(Model, Default)]
struct Ticket {
    #[orm(primary_key, server_default = "1")]
    id: Generated<i64>,
    state: Generated<String>,
    #[orm(server_default = "1")]
    boss: Generated<Option<i64>>,
    #[orm(version, server_default = "1", default_on_insert = 3)]
    counter: Generated<i64>,
}

fn main() {}
