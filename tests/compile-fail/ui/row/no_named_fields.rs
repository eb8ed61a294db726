use orm::prelude::*;

#[derive(FromRow)]
struct Pair(String, i64);

#[derive(FromRow)]
struct Nothing {}

#[derive(FromRow)]
enum Either {
    This,
    That,
}

fn main() {}
