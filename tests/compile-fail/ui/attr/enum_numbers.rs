use orm::prelude::*;

#[derive(DbEnum, Clone)]
#[orm(repr = "i17")]
enum Level {
    Low,
}

#[derive(DbEnum, Clone)]
#[orm(repr = "i16")]
enum Priority {
    #[orm(rename = "low")]
    Low,
}

#[derive(DbEnum, Clone)]
enum Channel {
    #[orm(unknown)]
    Other,
    Mail,
}

fn main() {}
