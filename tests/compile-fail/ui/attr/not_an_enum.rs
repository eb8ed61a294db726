use orm::prelude::*;

#[derive(DbEnum, Clone)]
enum Nothing {}

#[derive(DbEnum, Clone)]
struct NoEnum;

fn main() {}
