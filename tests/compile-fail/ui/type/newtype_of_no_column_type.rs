use orm::prelude::*;

#[derive(Clone)]
struct Point;

#[derive(DbType, Clone)]
struct Place(Point);

fn main() {}
