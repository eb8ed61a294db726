use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct Student {
    #[orm(primary_key)]
    id: i64,
    #[has_many(back_populates = student)]
    enrollments: HasMany<Enrollment>,
}

#[derive(Model, Debug, Clone, Default)]
struct Enrollment {
    #[orm(primary_key)]
    id: i64,
    grade: i32,
    #[belongs_to(back_populates = enrollments)]
    student: BelongsTo<Student>,
}

fn main() {
    let mut session = Engine::connect("sqlite://").unwrap().session();
    let ada = session.add(Student::default());
    session[session.related(ada, Student::enrollments).unwrap()[0]].grade = 99;
}
