// What an enum of the database cannot be.
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

fn main() {}
