use orm::prelude::*;

#[derive(Model)]
#[orm(table = "call")]
struct Call {
    #[orm(primary_key, format = "epoc")]
    at: chrono::NaiveDateTime,
    #[orm(format)]
    ended: chrono::NaiveDateTime,
}

fn main() {}
