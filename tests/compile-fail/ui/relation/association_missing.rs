use orm::prelude::*;

#[derive(Model)]
struct Student {
    #[orm(primary_key)]
    id: i64,
    #[many_to_many(back_populates = friends)]
    friends: ManyToMany<Student>,
    #[many_to_many(table = "enrollment", through = Enrollment)]
    courses: ManyToMany<Student>,
}

fn main() {}
