const _: () = {
    #[automatically_derived]
    #[allow(non_upper_case_globals, dead_code, deprecated)]
    impl Enrollment {
        #[doc = "The relation `student`."]
        pub const student: ::orm::__private::Relation<Enrollment, Student, ::orm::__private::kind::One> =
            ::orm::__private::Relation::new(
                0usize,
                "student",
                ::core::option::Option::Some("enrollments"),
                ::core::option::Option::None,
            );
        #[doc = "The column `term`."]
        pub const term: ::orm::__private::Column<Enrollment, i32> = ::orm::__private::Column::new(1usize);
        #[doc = "The relation `previous`."]
        pub const previous: ::orm::__private::Relation<Enrollment, Enrollment, ::orm::__private::kind::OptionalOne> =
            ::orm::__private::Relation::new(
                2usize,
                "previous",
                ::core::option::Option::None,
                ::core::option::Option::None,
            );
        #[doc = "The relation `exams`."]
        pub const exams: ::orm::__private::Relation<Enrollment, Exam, ::orm::__private::kind::HasMany> =
            ::orm::__private::Relation::new(
                3usize,
                "exams",
                ::core::option::Option::Some("enrollment"),
                ::core::option::Option::None,
            );
        #[doc = "The relation `mentors`."]
        pub const mentors: ::orm::__private::Relation<Enrollment, Teacher, ::orm::__private::kind::ManyToMany> =
            ::orm::__private::Relation::new(
                4usize,
                "mentors",
                ::core::option::Option::Some("mentored"),
                ::core::option::Option::None,
            );
        #[doc = "The relation `rooms`, through `exams`."]
        pub const rooms: ::orm::__private::Proxy<Enrollment, Exam, Room> = ::orm::__private::Proxy::new(
            "rooms",
            ::orm::__private::Relation::new(
                3usize,
                "exams",
                ::core::option::Option::Some("enrollment"),
                ::core::option::Option::None,
            ),
            ::orm::__private::check::stands_for::<Exam, Room, _>(
                &<<Exam as ::orm::__private::check::IsModel>::Constants>::room,
                <<Exam as ::orm::__private::check::IsModel>::Constants>::room.field(),
                <<Exam as ::orm::__private::check::IsModel>::Constants>::room.name(),
            ),
        );
    }
    #[automatically_derived]
    #[allow(non_upper_case_globals, dead_code, deprecated)]
    impl Enrollment
    where
        for<'__orm> Enrollment: ::orm::__private::check::IsModel,
        for<'__orm> Student: ::orm::__private::check::IsModel,
    {
        #[doc = "The column of the foreign key `student`."]
        pub const student_id: ::orm::__private::Column<
            Enrollment,
            <BelongsTo<Student> as ::orm::__private::ForeignField>::Column,
        > = ::orm::__private::Column::new(0usize);
        #[doc = "The column of the foreign key `previous`."]
        pub const previous_id: ::orm::__private::Column<
            Enrollment,
            <Option<BelongsTo<Enrollment>> as ::orm::__private::ForeignField>::Column,
        > = ::orm::__private::Column::new(2usize);
    }
    #[automatically_derived]
    impl ::orm::__private::check::IsModel for Enrollment {
        type Constants = Enrollment;
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    #[allow(unused_variables, deprecated)]
    impl ::orm::__private::Model for Enrollment
    where
        for<'__orm> Enrollment: ::orm::__private::check::IsModel,
        for<'__orm> Exam: ::orm::__private::check::IsModel,
        for<'__orm> Student: ::orm::__private::check::IsModel,
        for<'__orm> Teacher: ::orm::__private::check::IsModel,
    {
        type Key = (<Student as ::orm::__private::Model>::Key, i32);
        type Stored = Self;
        fn spec() -> &'static ::orm::__private::ModelSpec {
            static SPEC: ::orm::__private::ModelSpec = ::orm::__private::ModelSpec {
                name: "Enrollment",
                table: "enrollment",
                schema: ::core::option::Option::None,
                kind: ::orm::__private::ModelKind::Table,
                renamed_from: ::core::option::Option::None,
                fields: &[
                    ::orm::__private::FieldSpec {
                        name: "student",
                        primary_key: true,
                        kind: ::orm::__private::FieldKind::BelongsTo(::orm::__private::BelongsToSpec {
                            target: <BelongsTo<Student> as ::orm::__private::ForeignField>::TARGET,
                            column: ::core::option::Option::None,
                            renamed_from: ::core::option::Option::None,
                            nullable: <BelongsTo<Student> as ::orm::__private::ForeignField>::NULLABLE,
                            unique: false,
                            index: false,
                            comment: ::core::option::Option::None,
                            on_delete: ::core::option::Option::Some(::orm::__private::OnDelete::Cascade),
                            on_update_cascade: false,
                            deferrable: false,
                            post_update: false,
                            back_populates: ::core::option::Option::Some("enrollments"),
                            cascade: ::orm::__private::Cascade::DEFAULT,
                            single_parent: false,
                            load: ::orm::__private::Load::Lazy,
                        }),
                    },
                    ::orm::__private::FieldSpec {
                        name: "term",
                        primary_key: true,
                        kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec::new(
                            "term",
                            <i32 as ::orm::__private::ColumnType>::SQL_TYPE,
                            <i32 as ::orm::__private::ColumnType>::NULLABLE,
                            <i32 as ::orm::__private::ColumnType>::VALUES,
                        )),
                    },
                    ::orm::__private::FieldSpec {
                        name: "previous",
                        primary_key: false,
                        kind: ::orm::__private::FieldKind::BelongsTo(::orm::__private::BelongsToSpec {
                            target: <Option<BelongsTo<Enrollment>> as ::orm::__private::ForeignField>::TARGET,
                            column: ::core::option::Option::Some("previous"),
                            renamed_from: ::core::option::Option::None,
                            nullable: <Option<BelongsTo<Enrollment>> as ::orm::__private::ForeignField>::NULLABLE,
                            unique: false,
                            index: false,
                            comment: ::core::option::Option::None,
                            on_delete: ::core::option::Option::None,
                            on_update_cascade: false,
                            deferrable: true,
                            post_update: false,
                            back_populates: ::core::option::Option::None,
                            cascade: ::orm::__private::Cascade::DEFAULT,
                            single_parent: false,
                            load: ::orm::__private::Load::Lazy,
                        }),
                    },
                    ::orm::__private::FieldSpec {
                        name: "exams",
                        primary_key: false,
                        kind: ::orm::__private::FieldKind::Relation(::orm::__private::RelationSpec {
                            kind: ::orm::__private::RelationKind::HasMany,
                            target: ::orm::__private::keyed(
                                <Exam as ::orm::__private::Model>::KEYED,
                                ::orm::__private::ModelRef {
                                    spec: <Exam as ::orm::__private::Model>::spec,
                                    table: <Exam as ::orm::__private::Model>::table,
                                    arena: <Exam as ::orm::__private::Model>::arena,
                                },
                            ),
                            back_populates: ::core::option::Option::Some("enrollment"),
                            cascade: ::orm::__private::Cascade::NONE
                                .and(::orm::__private::Cascade::ALL)
                                .and(::orm::__private::Cascade::DELETE_ORPHAN),
                            passive_deletes: ::orm::__private::PassiveDeletes::No,
                            single_parent: false,
                            view_only: false,
                            order_by: &[::orm::__private::OrderSpec {
                                field: <<Exam as ::orm::__private::check::IsModel>::Constants>::date.field(),
                                direction: ::orm::__private::Direction::Desc,
                            }],
                            table: ::core::option::Option::None,
                            through: ::core::option::Option::None,
                            column: ::core::option::Option::None,
                            load: ::orm::__private::Load::Lazy,
                            ordering: ::core::option::Option::None,
                        }),
                    },
                    ::orm::__private::FieldSpec {
                        name: "mentors",
                        primary_key: false,
                        kind: ::orm::__private::FieldKind::Relation(::orm::__private::RelationSpec {
                            kind: ::orm::__private::RelationKind::ManyToMany,
                            target: ::orm::__private::keyed(
                                <Teacher as ::orm::__private::Model>::KEYED,
                                ::orm::__private::ModelRef {
                                    spec: <Teacher as ::orm::__private::Model>::spec,
                                    table: <Teacher as ::orm::__private::Model>::table,
                                    arena: <Teacher as ::orm::__private::Model>::arena,
                                },
                            ),
                            back_populates: ::core::option::Option::Some("mentored"),
                            cascade: ::orm::__private::Cascade::DEFAULT,
                            passive_deletes: ::orm::__private::PassiveDeletes::No,
                            single_parent: false,
                            view_only: false,
                            order_by: &[],
                            table: ::core::option::Option::None,
                            through: ::core::option::Option::Some(::orm::__private::ModelRef {
                                spec: <Mentoring as ::orm::__private::Model>::spec,
                                table: <Mentoring as ::orm::__private::Model>::table,
                                arena: <Mentoring as ::orm::__private::Model>::arena,
                            }),
                            column: ::core::option::Option::None,
                            load: ::orm::__private::Load::Lazy,
                            ordering: ::core::option::Option::None,
                        }),
                    },
                ],
                indexes: &[],
                checks: &[],
                exclusions: &[],
                comment: ::core::option::Option::None,
                optimistic: &[],
                compares: true,
                filters: &[],
                soft_delete: ::core::option::Option::None,
                shard_key: ::core::option::Option::None,
                family: ::core::option::Option::None,
            };
            &SPEC
        }
        fn table() -> &'static ::orm::__private::TableDef {
            static TABLE: ::orm::__private::TableSlot = ::orm::__private::TableSlot::new();
            TABLE.get(::orm::__private::model_ref::<Self>())
        }
        fn arena() -> ::std::boxed::Box<dyn ::core::any::Any + ::core::marker::Send> {
            ::orm::__private::new_arena::<Self>()
        }
        fn key(&self) -> ::core::option::Option<Self::Key> {
            ::core::option::Option::Some((
                ::orm::__private::BelongsTo::as_key(&self.student).cloned()?,
                ::core::clone::Clone::clone(&self.term),
            ))
        }
        fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
            ::core::result::Result::Ok(Self {
                student: ::orm::__private::ForeignField::read(row)?,
                term: row.cell(|cell| <i32 as ::orm::__private::ColumnType>::from_ref(cell))?,
                previous: ::orm::__private::ForeignField::read(row)?,
                exams: ::core::default::Default::default(),
                mentors: ::core::default::Default::default(),
            })
        }
        fn snapshot(&self) -> Self {
            Self {
                student: <BelongsTo<Student> as ::orm::__private::Clone>::clone(&self.student),
                term: <i32 as ::orm::__private::Clone>::clone(&self.term),
                previous: <Option<BelongsTo<Enrollment>> as ::orm::__private::Clone>::clone(&self.previous),
                exams: ::core::default::Default::default(),
                mentors: ::core::default::Default::default(),
            }
        }
        fn value(&self, field: usize, part: usize) -> ::orm::__private::ValueRef<'_> {
            match field {
                0usize => ::orm::__private::ForeignField::part(&self.student, part),
                1usize => <i32 as ::orm::__private::ColumnType>::to_ref(&self.term),
                2usize => ::orm::__private::ForeignField::part(&self.previous, part),
                _ => ::orm::__private::ValueRef::Null,
            }
        }
        fn set_value(
            &mut self,
            field: usize,
            value: ::orm::__private::ValueRef<'_>,
        ) -> ::core::result::Result<(), ::orm::__private::Mismatch> {
            match field {
                1usize => self.term = <i32 as ::orm::__private::ColumnType>::from_ref(value)?,
                _ => {}
            }
            ::core::result::Result::Ok(())
        }
        fn foreign(&self, field: usize) -> ::orm::__private::Foreign<'_> {
            match field {
                0usize => ::orm::__private::ForeignField::state(&self.student),
                2usize => ::orm::__private::ForeignField::state(&self.previous),
                _ => ::orm::__private::Foreign::Unset,
            }
        }
        fn set_foreign(&mut self, field: usize, to: ::orm::__private::Foreign<'_>) {
            match field {
                0usize => ::orm::__private::ForeignField::set_state(&mut self.student, to),
                2usize => ::orm::__private::ForeignField::set_state(&mut self.previous, to),
                _ => {}
            }
        }
        fn hand_over<__A: ::orm::__private::Adopter>(&mut self, adopter: &mut __A) {
            if let ::core::option::Option::Some(children) = ::orm::__private::HasMany::take(&mut self.exams) {
                ::orm::__private::Adopter::assigned(adopter, 3usize, &children);
                for child in children {
                    ::orm::__private::Adopter::adopt(adopter, 3usize, child);
                }
            }
            if let ::core::option::Option::Some(children) = ::orm::__private::ManyToMany::take(&mut self.mentors) {
                ::orm::__private::Adopter::assigned(adopter, 4usize, &children);
                for child in children {
                    ::orm::__private::Adopter::adopt(adopter, 4usize, child);
                }
            }
        }
        fn pending_relation(&self) -> ::core::option::Option<usize> {
            if ::orm::__private::HasMany::pending(&self.exams) > 0 {
                return ::core::option::Option::Some(3usize);
            }
            if ::orm::__private::ManyToMany::pending(&self.mentors) > 0 {
                return ::core::option::Option::Some(4usize);
            }
            ::core::option::Option::None
        }
    }
    #[automatically_derived]
    impl ::orm::__private::check::References<Enrollment> for Enrollment {
        const COUNT: usize = 1usize;
    }
    #[automatically_derived]
    impl ::orm::__private::check::References<Student> for Enrollment {
        const COUNT: usize = 1usize;
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    impl ::orm::__private::check::PairsThrough<Teacher, Mentoring> for Enrollment {}
};
const _: () = {
    let end = <<Student as ::orm::__private::check::IsModel>::Constants>::enrollments;
    ::orm::__private::check::lists::<Enrollment, Student, _>(&end);
    ::orm::__private::check::require(
        ::orm::__private::check::answers(end.back_populates(), &[]),
        "`Student::enrollments` leads to `Enrollment` and does not say `back_populates = student`: both ends of a relation name each other",
    );
};
const _: () = {
    let end = <<Exam as ::orm::__private::check::IsModel>::Constants>::enrollment;
    ::orm::__private::check::holds_key::<Enrollment, Exam, _>(&end);
    ::orm::__private::check::require(
        ::orm::__private::check::answers(end.back_populates(), &[]),
        "`Exam::enrollment` leads to `Enrollment` and does not say `back_populates = exams`: both ends of a relation name each other",
    );
};
const _: () = ::orm::__private::check::sorts::<Exam, _>(&<<Exam as ::orm::__private::check::IsModel>::Constants>::date);
const _: () = {
    let end = <<Teacher as ::orm::__private::check::IsModel>::Constants>::mentored;
    ::orm::__private::check::pairs::<Enrollment, Teacher, _>(&end);
    ::orm::__private::check::require(
        ::orm::__private::check::answers(end.back_populates(), &[]),
        "`Teacher::mentored` leads to `Enrollment` and does not say `back_populates = mentors`: both ends of a relation name each other",
    );
};
const _: () = {
    ::orm::__private::check::require(
        <Mentoring as ::orm::__private::check::References<Enrollment>>::COUNT == 1
            && <Mentoring as ::orm::__private::check::References<Teacher>>::COUNT == 1,
        "`Mentoring` needs one `BelongsTo` field for each end, and no second one",
    );
    <Teacher as ::orm::__private::check::PairsThrough<Enrollment, Mentoring>>::AGREES
};
