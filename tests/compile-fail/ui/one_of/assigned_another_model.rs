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


#[derive(OneOf, Debug, Clone, Copy)]
enum Owner {
    User(Handle<User>),
}

#[derive(Model, Debug, Clone, Default)]
struct Bot {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to]
    owner: OneOf<Owner>,
}

fn assign(session: &mut Session, bot: Handle<Bot>, team: Handle<Team>) {
    session[bot].owner = team.into();
}

fn main() {}
