use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct User {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone, Default)]
struct Team {
    #[orm(primary_key)]
    id: i64,
}

#[derive(OneOf)]
enum Owner {
    User(Handle<User>),
    Boss(User),
    Team { team: Handle<Team> },
}

#[derive(Model, Debug, Clone, Default)]
struct Bot {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to]
    owner: OneOf<Owner>,
}

fn main() {
    let _ = Bot::query().filter(Bot::owner.is::<User>());
}
