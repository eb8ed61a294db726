use orm::prelude::*;

#[derive(Model)]
struct Line {
    #[orm(primary_key)]
    id: i64,
    a: i64,
    #[orm(computed = "a + 5", on_update = 5)]
    e: i64,
    #[belongs_to]
    #[orm(computed = "a")]
    next: Option<BelongsTo<Line>>,
}

fn main() {}
