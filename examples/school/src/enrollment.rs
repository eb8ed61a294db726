//! Many to many through a model of one's own: an enrollment is a pair of keys that carries a grade.

use orm::functions::avg;
use orm::prelude::*;

use crate::table;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "enrolled_student")]
struct Student {
    #[orm(primary_key)]
    id: i64,
    name: String,
    #[has_many(back_populates = student, cascade(all, delete_orphan))]
    enrollments: HasMany<Enrollment>,
    #[many_to_many(through = Enrollment, back_populates = students, order_by = title)]
    courses: ManyToMany<Course>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "graded_course")]
struct Course {
    #[orm(primary_key)]
    id: i64,
    title: String,
    #[has_many(back_populates = course, cascade(all, delete_orphan))]
    enrollments: HasMany<Enrollment>,
    #[many_to_many(through = Enrollment, back_populates = courses, order_by = name)]
    students: ManyToMany<Student>,
}

/// Its primary key is the pair of its foreign keys.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "enrollment")]
struct Enrollment {
    #[orm(primary_key)]
    #[belongs_to(back_populates = enrollments)]
    student: BelongsTo<Student>,
    #[orm(primary_key)]
    #[belongs_to(back_populates = enrollments)]
    course: BelongsTo<Course>,
    grade: Option<i32>,
}

pub(crate) fn run(engine: &Engine) -> orm::Result<()> {
    engine.drop_all(models![Student, Course, Enrollment])?;
    engine.create_all(models![Student, Course, Enrollment])?;
    let mut session = engine.session();

    let math = session.add(Course { title: "Mathematics".into(), ..Default::default() });
    let physics = session.add(Course { title: "Physics".into(), ..Default::default() });
    let ada = session.add(Student {
        name: "Ada".into(),
        enrollments: [graded(math, Some(97)), graded(physics, Some(88))].into(),
        ..Default::default()
    });
    session.add(Student { name: "Blaise".into(), enrollments: [graded(math, None)].into(), ..Default::default() });
    // What the commit is about to send, in the order in which it does.
    println!("The plan:\n{}", session.explain_flush()?);
    session.commit()?;
    show("Grades, by the model Enrollment", &mut session)?;

    // The key of an enrollment is the pair of keys of its ends.
    let key = (session[ada].id, session[physics].id);
    if let Some(enrollment) = session.get::<Enrollment>(key)? {
        session[enrollment].grade = Some(91);
    }
    session.commit()?;
    show("Ada sat the physics exam again", &mut session)?;

    // What a relation through a model shows is what was loaded: a new session loads it.
    drop(session);
    averages(&mut engine.session())
}

fn graded(course: Handle<Course>, grade: Option<i32>) -> Enrollment {
    Enrollment { course: course.into(), grade, ..Default::default() }
}

fn show(title: &str, session: &mut Session) -> orm::Result<()> {
    let mut table = table(["student", "course", "grade"]);
    let enrollments = Enrollment::query()
        .join(Enrollment::student)
        .join(Enrollment::course)
        .order_by((Student::name, Course::title))
        .all(session)?;
    for handle in enrollments {
        let (student, course) = (session.load(handle, Enrollment::student)?, session.load(handle, Enrollment::course)?);
        let grade = session[handle].grade.map_or_else(|| "-".into(), |grade| grade.to_string());
        table.add_row([session[student].name.as_str(), &session[course].title, &grade]);
    }
    println!("{title}:\n{table}\n");
    Ok(())
}

/// The relation through the model, and an average over it.
fn averages(session: &mut Session) -> orm::Result<()> {
    let averages = Course::query()
        .left_join(Course::enrollments)
        .group_by((Course::id, Course::title))
        .order_by(Course::title)
        .select((Course::id, Course::title, avg(Enrollment::grade)))
        .all(session)?;
    let mut table = table(["course", "students", "average grade"]);
    for (id, title, average) in averages {
        let Some(course) = session.get::<Course>(id)? else { continue };
        let students = session.load(course, Course::students)?;
        let names: Vec<&str> = students.iter().map(|&student| session[student].name.as_str()).collect();
        let average = average.map_or_else(|| "-".into(), |average| format!("{average:.1}"));
        table.add_row([title, names.join(", "), average]);
    }
    println!("Courses:\n{table}");
    Ok(())
}
