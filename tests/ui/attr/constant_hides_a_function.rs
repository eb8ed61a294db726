use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct SearchLog {
    #[orm(primary_key)]
    id: i64,
    query: String,
    #[orm(column = "is_default")]
    default: bool,
    #[belongs_to(back_populates = insert)]
    on: BelongsTo<Page>,
}

#[derive(Model, Debug, Clone, Default)]
struct Page {
    #[orm(primary_key)]
    id: i64,
    #[has_many(back_populates = on)]
    insert: HasMany<SearchLog>,
}

fn main() {
    let _ = SearchLog::query().filter(SearchLog::id.eq(1));
}
