use orm::prelude::*;

#[derive(Model)]
struct Student {
    #[orm(primary_key)]
    id: i64,
    #[many_to_many(table = "student_course", back_populates = students)]
    courses: ManyToMany<Course>,
}

#[derive(Model)]
struct Course {
    #[orm(primary_key)]
    id: i64,
    #[many_to_many(table = "course_student", back_populates = courses)]
    students: ManyToMany<Student>,
}

fn main() {}
