use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct Student {
    #[orm(primary_key)]
    id: i64,
    name: String,
}

fn main() {
    let mut session = Engine::connect("sqlite://").unwrap().session();
    let ada = session.add(Student::default());
    let blaise = session.add(Student::default());
    std::mem::swap(&mut session[ada].name, &mut session[blaise].name);
}
