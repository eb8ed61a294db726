// What an enum of the database, and a column that triggers set, cannot be.
use orm::prelude::*;

#[derive(DbEnum, Clone)]
#[orm(native = "level", repr = "i16")]
enum Level {
    Low,
}

#[derive(DbEnum, Clone)]
#[orm(native = "mood")]
enum Mood {
    Glad,
    #[orm(unknown)]
    Other(String),
}

#[derive(Model, Debug, Clone, Default)]
struct Counted {
    #[orm(primary_key, read_back)]
    id: i64,
}

fn main() {}
