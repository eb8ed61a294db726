//! Many to many: `Student` and `Course` through a generated table, `Pupil` and `Subject` through a model whose primary key is
//! made of its two keys.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "student")]
pub struct Student {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[many_to_many(table = "student_course", back_populates = students, order_by = id)]
    pub courses: ManyToMany<Course>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "course")]
pub struct Course {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    #[many_to_many(table = "student_course", back_populates = courses, order_by = id)]
    pub students: ManyToMany<Student>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "pupil")]
pub struct Pupil {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_many(back_populates = pupil, cascade(all, delete_orphan), proxy(lessons: Subject = subject))]
    pub enrollments: HasMany<Enrollment>,
    #[many_to_many(through = Enrollment, back_populates = pupils, order_by = id)]
    pub subjects: ManyToMany<Subject>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "subject")]
pub struct Subject {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    #[has_many(back_populates = subject, cascade(all, delete_orphan))]
    pub enrollments: HasMany<Enrollment>,
    #[many_to_many(through = Enrollment, back_populates = subjects, order_by = id)]
    pub pupils: ManyToMany<Pupil>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "enrollment")]
pub struct Enrollment {
    #[orm(primary_key)]
    #[belongs_to(back_populates = enrollments)]
    pub pupil: BelongsTo<Pupil>,
    #[orm(primary_key)]
    #[belongs_to(back_populates = enrollments)]
    pub subject: BelongsTo<Subject>,
    pub grade: Option<i32>,
}

impl Student {
    /// A student with nothing but a name.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

impl Course {
    /// A course with nothing but a title.
    pub fn titled(title: &str) -> Self {
        Self { title: title.into(), ..Self::default() }
    }
}
