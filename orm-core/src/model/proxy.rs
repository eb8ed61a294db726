use std::fmt;

use super::{Relation, kind};

/// A relation to what the members of another relation belong to, as a constant: `Student::courses`, the courses of a student's enrollments.
/// `#[has_many(proxy(..))]` declares it, and it holds nothing of its own: whatever is read of it is read of the members, the *association
/// objects*, and whatever changes it changes these. They are objects like any other, with their keys, versions and hooks.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "student")]
/// struct Student {
///     #[orm(primary_key)]
///     id: i64,
///     #[has_many(back_populates = student, cascade(all, delete_orphan), proxy(courses: Course = course))]
///     enrollments: HasMany<Enrollment>,
/// }
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "course")]
/// struct Course {
///     #[orm(primary_key)]
///     id: i64,
///     title: String,
/// }
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "enrollment")]
/// struct Enrollment {
///     #[orm(primary_key)]
///     #[belongs_to(back_populates = enrollments)]
///     student: BelongsTo<Student>,
///     #[orm(primary_key)]
///     #[belongs_to]
///     course: BelongsTo<Course>,
///     grade: Option<i32>,
/// }
///
/// # let engine = Engine::connect("sqlite://")?;
/// # engine.create_all(models![Student])?;
/// # let mut session = engine.session();
/// let student = session.add(Student::default());
/// let maths = session.push(student, Student::courses, Course { title: "maths".into(), ..Default::default() })?;
/// let music = Course { title: "music".into(), ..Default::default() };
/// session.push_with(student, Student::courses, music, |enrollment| enrollment.grade = Some(1))?;
/// session.commit()?;
/// assert_eq!(session.load(student, Student::courses)?.len(), 2);
///
/// session.remove(student, Student::courses, maths)?; // deletes the enrollment
/// session.commit()?;
/// let musical = Student::query().filter(Student::courses.any(Course::title.eq("music")));
/// assert_eq!(musical.include(Student::courses).all(&mut session)?, [student]);
/// # Ok::<(), orm::Error>(())
/// ```
pub struct Proxy<M, J, T> {
    name: &'static str,
    members: Relation<M, J, kind::HasMany>,
    target: Relation<J, T, kind::One>,
}

impl<M, J, T> Proxy<M, J, T> {
    /// The constant of that name, over a `has_many` and a `belongs_to` of its members.
    pub const fn new(
        name: &'static str,
        members: Relation<M, J, kind::HasMany>,
        target: Relation<J, T, kind::One>,
    ) -> Self {
        Self { name, members, target }
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The relation to the association objects.
    pub(crate) const fn members(&self) -> Relation<M, J, kind::HasMany> {
        self.members
    }

    /// The relation from an association object to what it stands for.
    pub(crate) const fn target(&self) -> Relation<J, T, kind::One> {
        self.target
    }

    /// The same relation to another name of its target.
    pub(crate) const fn cast<U>(self) -> Proxy<M, J, U> {
        Proxy::new(self.name, self.members, self.target.cast())
    }
}

impl<M, J, T> Clone for Proxy<M, J, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, J, T> Copy for Proxy<M, J, T> {}

impl<M, J, T> fmt::Debug for Proxy<M, J, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({})", self.name)
    }
}
