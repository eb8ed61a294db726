use orm::prelude::*;

#[derive(Clone)]
struct Settings;

#[derive(Model)]
struct Profile {
    #[orm(primary_key)]
    id: i64,
    #[orm(json)]
    settings: Settings,
}

fn main() {}
