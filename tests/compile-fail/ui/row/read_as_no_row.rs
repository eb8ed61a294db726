use orm::prelude::*;

struct Id(i64);

fn main() -> Result<(), orm::Error> {
    let mut session = Engine::connect("sqlite://")?.session();
    let ids = sql("SELECT 1").all::<Id>(&mut session)?;
    Ok(())
}
