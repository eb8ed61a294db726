use orm::prelude::*;

#[derive(Model, Debug, Clone)]
struct Brand {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone)]
struct Car {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to]
    brand: BelongsTo<Brand>,
}

fn main() -> orm::Result<()> {
    let mut session = Engine::connect("sqlite://")?.session();
    let brand = session.add(Brand { id: 0 });
    session.add(Car { id: 0, brand });
    Ok(())
}
