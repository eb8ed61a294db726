use orm::prelude::*;

#[derive(Model)]
#[orm(table = "visit")]
struct Visit {
    #[orm(primary_key, format = "blob")]
    id: i64,
    #[orm(format = "epoch")]
    at: uuid::Uuid,
}

#[derive(Model)]
#[orm(table = "call")]
struct Call {
    #[orm(primary_key, format = "epoc")]
    at: chrono::NaiveDateTime,
    #[orm(format)]
    ended: chrono::NaiveDateTime,
}

fn main() {}
