use orm::prelude::*;

#[derive(Model)]
struct Student {
    #[orm(primary_key)]
    id: i64,
    #[many_to_many(through = Enrollment, back_populates = students)]
    courses: ManyToMany<Course>,
}

#[derive(Model)]
struct Course {
    #[orm(primary_key)]
    id: i64,
    #[many_to_many(table = "enrollment", back_populates = courses)]
    students: ManyToMany<Student>,
}

#[derive(Model)]
struct Enrollment {
    #[belongs_to]
    #[orm(primary_key)]
    student: BelongsTo<Student>,
    #[belongs_to]
    #[orm(primary_key)]
    course: BelongsTo<Course>,
}

fn main() {}
