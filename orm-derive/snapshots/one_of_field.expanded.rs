const _: () = {
    const __WIDTH_1: usize = <OneOf<Owner> as ::orm::__private::OneOfField>::MODELS.len();
    const __WIDTH_2: usize = <Option<OneOf<Owner>> as ::orm::__private::OneOfField>::MODELS.len();
    const __WIDTH_4: usize = <OneOf<Owner> as ::orm::__private::OneOfField>::MODELS.len();
    #[automatically_derived]
    #[allow(non_upper_case_globals, dead_code, deprecated)]
    impl Bot {
        #[doc = "The column `id`."]
        pub const id: ::orm::__private::Column<Bot, i64> = ::orm::__private::Column::new(0usize);
        #[doc = "The relation `owner`, to one of several models."]
        pub const owner: ::orm::__private::OneOfRelation<Bot, Owner, ::orm::__private::kind::One> =
            ::orm::__private::OneOfRelation::new(1usize, "owner", ::core::option::Option::Some("bots"));
        #[doc = "The relation `maker`, to one of several models."]
        pub const maker: ::orm::__private::OneOfRelation<Bot, Owner, ::orm::__private::kind::OptionalOne> =
            ::orm::__private::OneOfRelation::new(1usize + __WIDTH_1, "maker", ::core::option::Option::None);
        #[doc = "The column `name`."]
        pub const name: ::orm::__private::Column<Bot, String> =
            ::orm::__private::Column::new(1usize + __WIDTH_1 + __WIDTH_2);
        #[doc = "The relation `keeper`, to one of several models."]
        pub const keeper: ::orm::__private::OneOfRelation<Bot, Owner, ::orm::__private::kind::One> =
            ::orm::__private::OneOfRelation::new(
                2usize + __WIDTH_1 + __WIDTH_2,
                "keeper",
                ::core::option::Option::None,
            );
    }
    #[automatically_derived]
    impl ::orm::__private::check::IsModel for Bot {
        type Constants = Bot;
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    #[allow(unused_variables, deprecated)]
    impl ::orm::__private::Model for Bot
    where
        for<'__orm> Owner: ::orm::__private::Targets,
    {
        type Key = i64;
        type Stored = Self;
        fn spec() -> &'static ::orm::__private::ModelSpec {
            static SPEC: ::orm::__private::ModelSpec = ::orm::__private::ModelSpec {
                name: "Bot",
                table: "bot",
                schema: ::core::option::Option::None,
                kind: ::orm::__private::ModelKind::Table,
                renamed_from: ::core::option::Option::None,
                fields: &[
                    ::orm::__private::FieldSpec {
                        name: "id",
                        primary_key: true,
                        kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec::new(
                            "id",
                            <i64 as ::orm::__private::ColumnType>::SQL_TYPE,
                            <i64 as ::orm::__private::ColumnType>::NULLABLE,
                            <i64 as ::orm::__private::ColumnType>::VALUES,
                        )),
                    },
                    ::orm::__private::FieldSpec {
                        name: "owner",
                        primary_key: false,
                        kind: ::orm::__private::FieldKind::OneOf(::orm::__private::OneOfSpec {
                            models: <OneOf<Owner> as ::orm::__private::OneOfField>::MODELS,
                            nullable: false,
                            key: ::orm::__private::BelongsToSpec {
                                target: <OneOf<Owner> as ::orm::__private::OneOfField>::MODELS[0].model,
                                column: ::core::option::Option::None,
                                renamed_from: ::core::option::Option::None,
                                nullable: true,
                                unique: false,
                                index: false,
                                comment: ::core::option::Option::None,
                                on_delete: ::core::option::Option::Some(::orm::__private::OnDelete::Cascade),
                                on_update_cascade: false,
                                deferrable: false,
                                post_update: false,
                                back_populates: ::core::option::Option::Some("bots"),
                                cascade: ::orm::__private::Cascade::DEFAULT,
                                single_parent: false,
                                load: ::orm::__private::Load::Lazy,
                            },
                            type_column: ::core::option::Option::None,
                        }),
                    },
                    ::orm::__private::FieldSpec {
                        name: "maker",
                        primary_key: false,
                        kind: ::orm::__private::FieldKind::OneOf(::orm::__private::OneOfSpec {
                            models: <Option<OneOf<Owner>> as ::orm::__private::OneOfField>::MODELS,
                            nullable: true,
                            key: ::orm::__private::BelongsToSpec {
                                target: <Option<OneOf<Owner>> as ::orm::__private::OneOfField>::MODELS[0].model,
                                column: ::core::option::Option::Some("by"),
                                renamed_from: ::core::option::Option::None,
                                nullable: true,
                                unique: false,
                                index: false,
                                comment: ::core::option::Option::None,
                                on_delete: ::core::option::Option::None,
                                on_update_cascade: false,
                                deferrable: false,
                                post_update: false,
                                back_populates: ::core::option::Option::None,
                                cascade: ::orm::__private::Cascade::DEFAULT,
                                single_parent: false,
                                load: ::orm::__private::Load::Lazy,
                            },
                            type_column: ::core::option::Option::None,
                        }),
                    },
                    ::orm::__private::FieldSpec {
                        name: "name",
                        primary_key: false,
                        kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec::new(
                            "name",
                            <String as ::orm::__private::ColumnType>::SQL_TYPE,
                            <String as ::orm::__private::ColumnType>::NULLABLE,
                            <String as ::orm::__private::ColumnType>::VALUES,
                        )),
                    },
                    ::orm::__private::FieldSpec {
                        name: "keeper",
                        primary_key: false,
                        kind: ::orm::__private::FieldKind::OneOf(::orm::__private::OneOfSpec {
                            models: <OneOf<Owner> as ::orm::__private::OneOfField>::MODELS,
                            nullable: false,
                            key: ::orm::__private::BelongsToSpec {
                                target: <OneOf<Owner> as ::orm::__private::OneOfField>::MODELS[0].model,
                                column: ::core::option::Option::Some("keeper"),
                                renamed_from: ::core::option::Option::None,
                                nullable: true,
                                unique: false,
                                index: false,
                                comment: ::core::option::Option::None,
                                on_delete: ::core::option::Option::None,
                                on_update_cascade: false,
                                deferrable: false,
                                post_update: false,
                                back_populates: ::core::option::Option::None,
                                cascade: ::orm::__private::Cascade::DEFAULT,
                                single_parent: false,
                                load: ::orm::__private::Load::Lazy,
                            },
                            type_column: ::core::option::Option::Some("kept_by"),
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
            ::core::option::Option::Some(::core::clone::Clone::clone(&self.id))
        }
        fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
            ::core::result::Result::Ok(Self {
                id: row.cell(|cell| <i64 as ::orm::__private::ColumnType>::from_ref(cell))?,
                owner: ::orm::__private::OneOfField::read(row)?,
                maker: ::orm::__private::OneOfField::read(row)?,
                name: row.cell(|cell| <String as ::orm::__private::ColumnType>::from_ref(cell))?,
                keeper: ::orm::__private::OneOfField::read_shared(row)?,
            })
        }
        fn snapshot(&self) -> Self {
            Self {
                id: <i64 as ::orm::__private::Clone>::clone(&self.id),
                owner: <OneOf<Owner> as ::orm::__private::Clone>::clone(&self.owner),
                maker: <Option<OneOf<Owner>> as ::orm::__private::Clone>::clone(&self.maker),
                name: <String as ::orm::__private::Clone>::clone(&self.name),
                keeper: <OneOf<Owner> as ::orm::__private::Clone>::clone(&self.keeper),
            }
        }
        fn value(&self, field: usize, part: usize) -> ::orm::__private::ValueRef<'_> {
            const __LAST_1: usize = 1usize + __WIDTH_1 - 1;
            const __FIRST_2: usize = 1usize + __WIDTH_1;
            const __LAST_2: usize = 1usize + __WIDTH_1 + __WIDTH_2 - 1;
            const __FIRST_3: usize = 1usize + __WIDTH_1 + __WIDTH_2;
            const __FIRST_4: usize = 2usize + __WIDTH_1 + __WIDTH_2;
            const __LAST_4: usize = 2usize + __WIDTH_1 + __WIDTH_2 + __WIDTH_4 - 1;
            match field {
                0usize => <i64 as ::orm::__private::ColumnType>::to_ref(&self.id),
                1usize..=__LAST_1 => ::orm::__private::OneOfField::part(&self.owner, field - (1usize), part),
                __FIRST_2..=__LAST_2 => {
                    ::orm::__private::OneOfField::part(&self.maker, field - (1usize + __WIDTH_1), part)
                }
                __FIRST_3 => <String as ::orm::__private::ColumnType>::to_ref(&self.name),
                __FIRST_4..=__LAST_4 => ::orm::__private::OneOfField::shared_part(&self.keeper, part),
                _ => ::orm::__private::ValueRef::Null,
            }
        }
        fn set_value(
            &mut self,
            field: usize,
            value: ::orm::__private::ValueRef<'_>,
        ) -> ::core::result::Result<(), ::orm::__private::Mismatch> {
            const __LAST_1: usize = 1usize + __WIDTH_1 - 1;
            const __FIRST_2: usize = 1usize + __WIDTH_1;
            const __LAST_2: usize = 1usize + __WIDTH_1 + __WIDTH_2 - 1;
            const __FIRST_3: usize = 1usize + __WIDTH_1 + __WIDTH_2;
            const __FIRST_4: usize = 2usize + __WIDTH_1 + __WIDTH_2;
            const __LAST_4: usize = 2usize + __WIDTH_1 + __WIDTH_2 + __WIDTH_4 - 1;
            match field {
                0usize => self.id = <i64 as ::orm::__private::ColumnType>::from_ref(value)?,
                __FIRST_3 => self.name = <String as ::orm::__private::ColumnType>::from_ref(value)?,
                _ => {}
            }
            ::core::result::Result::Ok(())
        }
        fn foreign(&self, field: usize) -> ::orm::__private::Foreign<'_> {
            const __LAST_1: usize = 1usize + __WIDTH_1 - 1;
            const __FIRST_2: usize = 1usize + __WIDTH_1;
            const __LAST_2: usize = 1usize + __WIDTH_1 + __WIDTH_2 - 1;
            const __FIRST_3: usize = 1usize + __WIDTH_1 + __WIDTH_2;
            const __FIRST_4: usize = 2usize + __WIDTH_1 + __WIDTH_2;
            const __LAST_4: usize = 2usize + __WIDTH_1 + __WIDTH_2 + __WIDTH_4 - 1;
            match field {
                1usize..=__LAST_1 => ::orm::__private::OneOfField::state(&self.owner, field - (1usize)),
                __FIRST_2..=__LAST_2 => ::orm::__private::OneOfField::state(&self.maker, field - (1usize + __WIDTH_1)),
                __FIRST_4..=__LAST_4 => {
                    ::orm::__private::OneOfField::state(&self.keeper, field - (2usize + __WIDTH_1 + __WIDTH_2))
                }
                _ => ::orm::__private::Foreign::Unset,
            }
        }
        fn set_foreign(&mut self, field: usize, to: ::orm::__private::Foreign<'_>) {
            const __LAST_1: usize = 1usize + __WIDTH_1 - 1;
            const __FIRST_2: usize = 1usize + __WIDTH_1;
            const __LAST_2: usize = 1usize + __WIDTH_1 + __WIDTH_2 - 1;
            const __FIRST_3: usize = 1usize + __WIDTH_1 + __WIDTH_2;
            const __FIRST_4: usize = 2usize + __WIDTH_1 + __WIDTH_2;
            const __LAST_4: usize = 2usize + __WIDTH_1 + __WIDTH_2 + __WIDTH_4 - 1;
            match field {
                1usize..=__LAST_1 => ::orm::__private::OneOfField::set_state(&mut self.owner, field - (1usize), to),
                __FIRST_2..=__LAST_2 => {
                    ::orm::__private::OneOfField::set_state(&mut self.maker, field - (1usize + __WIDTH_1), to)
                }
                __FIRST_4..=__LAST_4 => ::orm::__private::OneOfField::set_state(
                    &mut self.keeper,
                    field - (2usize + __WIDTH_1 + __WIDTH_2),
                    to,
                ),
                _ => {}
            }
        }
        fn hand_over<__A: ::orm::__private::Adopter>(&mut self, adopter: &mut __A) {}
    }
};
const _: () = <Owner as ::orm::__private::check::OneKey>::AGREES;
