use orm::prelude::*;

#[derive(Model)]
struct Student {
    #[orm(primary_key)]
    id: i64,
    #[many_to_many(through = Enrollment)]
    courses: ManyToMany<Course>,
}

#[derive(Model)]
struct Course {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model)]
struct Enrollment {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to]
    student: BelongsTo<Student>,
}

fn main() {}
