use orm::prelude::*;

#[derive(Model, Default)]
struct Switch {
    #[orm(primary_key, server_default = "true")]
    is_on: bool,
}

fn main() {}
