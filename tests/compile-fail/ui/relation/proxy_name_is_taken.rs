use orm::prelude::*;

#[derive(Model)]
struct Student {
    #[orm(primary_key)]
    id: i64,
    #[has_many(back_populates = student, proxy(id: Course = course, courses: Course = course, courses: Course = course, query: Course = course))]
    enrollments: HasMany<Enrollment>,
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
    #[belongs_to(back_populates = enrollments)]
    student: BelongsTo<Student>,
    #[belongs_to]
    course: BelongsTo<Course>,
    grade: i32,
}

fn main() {}
