use orm::prelude::*;

#[derive(Model)]
struct Line {
    #[orm(primary_key, computed = "a + 1")]
    id: i64,
    a: i64,
    #[orm(computed = "a + 2", default = 3)]
    b: i64,
    #[orm(computed = "a + 3", server_default = "3")]
    c: Option<i64>,
    #[orm(computed = "a + 4", version)]
    d: i64,
}

fn main() {}
