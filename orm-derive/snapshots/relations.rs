pub struct Enrollment {
    #[belongs_to(back_populates = enrollments, on_delete = "cascade")]
    #[orm(primary_key)]
    pub student: BelongsTo<Student>,
    #[orm(primary_key)]
    pub term: i32,
    #[belongs_to(column = "previous", deferrable)]
    pub previous: Option<BelongsTo<Self>>,
    #[has_many(back_populates = enrollment, order_by = date desc, cascade(all, delete_orphan), proxy(rooms: Room = room))]
    pub exams: HasMany<Exam>,
    #[many_to_many(through = Mentoring, back_populates = mentored)]
    pub mentors: ManyToMany<Teacher>,
}
