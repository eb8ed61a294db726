// The filter of a session for a model reads that model.
use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "author")]
struct Author {
    #[orm(primary_key)]
    id: i64,
    name: String,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "book")]
struct Book {
    #[orm(primary_key)]
    id: i64,
}

fn main() -> orm::Result<()> {
    let mut session = Engine::connect("sqlite://")?.session();
    session.set_filter::<Book>(Author::name.eq("Iain"));
    Ok(())
}
