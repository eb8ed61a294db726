//! Many to many with nothing but the pairs: the relation makes the table `student_course`.

use orm::prelude::*;

use crate::table;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "student")]
struct Student {
    #[orm(primary_key)]
    id: i64,
    name: String,
    #[many_to_many(table = "student_course", back_populates = students, order_by = title)]
    courses: ManyToMany<Course>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "course")]
struct Course {
    #[orm(primary_key)]
    id: i64,
    title: String,
    #[many_to_many(table = "student_course", back_populates = courses, order_by = name)]
    students: ManyToMany<Student>,
}

pub(crate) fn run(engine: &Engine) -> orm::Result<()> {
    engine.drop_all(models![Student, Course])?;
    engine.create_all(models![Student, Course])?;
    let mut session = engine.session();

    let math = session.add(Course { title: "Mathematics".into(), ..Default::default() });
    let physics = session.add(Course { title: "Physics".into(), ..Default::default() });
    let ada = session.add(Student { name: "Ada".into(), courses: [math, physics].into(), ..Default::default() });
    session.add(Student { name: "Blaise".into(), courses: [math].into(), ..Default::default() });
    session.commit()?;
    show("Courses, by the pairs in student_course", &mut session)?;

    // One row of the association table comes and one goes; nobody is inserted, changed or deleted.
    session.push(ada, Student::courses, Course { title: "Chemistry".into(), ..Default::default() })?;
    session.remove(ada, Student::courses, physics)?;
    session.commit()?;
    show("Ada went from physics to chemistry", &mut session)
}

fn show(title: &str, session: &mut Session) -> orm::Result<()> {
    let mut table = table(["course", "students"]);
    for course in Course::query().order_by(Course::title).all(session)? {
        let students = session.load(course, Course::students)?;
        let names: Vec<&str> = students.iter().map(|&student| session[student].name.as_str()).collect();
        table.add_row([session[course].title.as_str(), &names.join(", ")]);
    }
    println!("{title}:\n{table}\n");
    Ok(())
}
