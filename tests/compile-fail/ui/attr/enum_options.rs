use orm::prelude::*;

#[derive(DbEnum, Clone)]
#[orm(rename_all = "snake-case", rename_all = "kebab-case")]
enum Status {
    Open(i32),
    #[orm(rnname = "x")]
    Closed,
}

#[derive(DbEnum, Clone)]
enum Twice {
    Open,
    #[orm(rename = "open")]
    Opened,
}

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
