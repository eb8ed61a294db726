use orm::prelude::*;

#[derive(DbEnum)]
enum Status {
    Open,
}

fn main() {}
