use orm::prelude::*;

#[derive(Model, Debug, Clone)]
struct Car {
    #[orm(primary_key)]
    id: i64,
    doors: usize,
}

fn main() -> orm::Result<()> {
    let engine = Engine::connect("sqlite://")?;
    engine.create_all(models![Car])?;
    let mut session = engine.session();
    let car = session.add(Car { id: 0, doors: 4 });
    session[car].doors = 5;
    session.commit()?;
    Ok(())
}
