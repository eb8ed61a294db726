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

fn main() {}
