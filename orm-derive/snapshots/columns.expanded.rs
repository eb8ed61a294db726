const _: () = {
    #[automatically_derived]
    #[allow(non_upper_case_globals, dead_code, deprecated)]
    impl User {
        #[doc = "The column `id`."]
        pub const id: ::orm::__private::Column<User, i64> = ::orm::__private::Column::new(0usize);
        #[doc = "The column `name`."]
        pub const name: ::orm::__private::Column<User, String> = ::orm::__private::Column::new(1usize);
        #[doc = "The column `age`."]
        pub(crate) const age: ::orm::__private::Column<User, Option<i32>> = ::orm::__private::Column::new(2usize);
        #[doc = "The column `joined`."]
        const joined: ::orm::__private::Column<User, Date> = ::orm::__private::Column::new(3usize);
    }
    #[automatically_derived]
    impl ::orm::__private::check::IsModel for User {
        type Constants = User;
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    #[allow(unused_variables, deprecated)]
    impl ::orm::__private::Model for User {
        type Key = i64;
        type Stored = Self;
        fn spec() -> &'static ::orm::__private::ModelSpec {
            static SPEC: ::orm::__private::ModelSpec = ::orm::__private::ModelSpec {
                name: "User",
                table: "user",
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
                        name: "name",
                        primary_key: false,
                        kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec {
                            length: ::core::option::Option::Some(80u32),
                            unique: true,
                            ..::orm::__private::ColumnSpec::new(
                                "name",
                                <String as ::orm::__private::ColumnType>::SQL_TYPE,
                                <String as ::orm::__private::ColumnType>::NULLABLE,
                                <String as ::orm::__private::ColumnType>::VALUES,
                            )
                        }),
                    },
                    ::orm::__private::FieldSpec {
                        name: "age",
                        primary_key: false,
                        kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec::new(
                            "age",
                            <Option<i32> as ::orm::__private::ColumnType>::SQL_TYPE,
                            <Option<i32> as ::orm::__private::ColumnType>::NULLABLE,
                            <Option<i32> as ::orm::__private::ColumnType>::VALUES,
                        )),
                    },
                    ::orm::__private::FieldSpec {
                        name: "joined",
                        primary_key: false,
                        kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec::new(
                            "joined",
                            <Date as ::orm::__private::ColumnType>::SQL_TYPE,
                            <Date as ::orm::__private::ColumnType>::NULLABLE,
                            <Date as ::orm::__private::ColumnType>::VALUES,
                        )),
                    },
                ],
                indexes: &[::orm::__private::IndexSpec {
                    name: ::core::option::Option::None,
                    keys: &[
                        ::orm::__private::IndexKeySpec::field(1usize),
                        ::orm::__private::IndexKeySpec::field(3usize),
                    ],
                    ..::orm::__private::IndexSpec::NONE
                }],
                checks: &[::orm::__private::CheckSpec {
                    name: ::core::option::Option::None,
                    sql: &[::orm::__private::SqlPart::Text("age >= 0")],
                }],
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
                name: row.cell(|cell| <String as ::orm::__private::ColumnType>::from_ref(cell))?,
                age: row.cell(|cell| <Option<i32> as ::orm::__private::ColumnType>::from_ref(cell))?,
                joined: row.cell(|cell| <Date as ::orm::__private::ColumnType>::from_ref(cell))?,
            })
        }
        fn snapshot(&self) -> Self {
            Self {
                id: <i64 as ::orm::__private::Clone>::clone(&self.id),
                name: <String as ::orm::__private::Clone>::clone(&self.name),
                age: <Option<i32> as ::orm::__private::Clone>::clone(&self.age),
                joined: <Date as ::orm::__private::Clone>::clone(&self.joined),
            }
        }
        fn value(&self, field: usize, part: usize) -> ::orm::__private::ValueRef<'_> {
            match field {
                0usize => <i64 as ::orm::__private::ColumnType>::to_ref(&self.id),
                1usize => <String as ::orm::__private::ColumnType>::to_ref(&self.name),
                2usize => <Option<i32> as ::orm::__private::ColumnType>::to_ref(&self.age),
                3usize => <Date as ::orm::__private::ColumnType>::to_ref(&self.joined),
                _ => ::orm::__private::ValueRef::Null,
            }
        }
        fn set_value(
            &mut self,
            field: usize,
            value: ::orm::__private::ValueRef<'_>,
        ) -> ::core::result::Result<(), ::orm::__private::Mismatch> {
            match field {
                0usize => self.id = <i64 as ::orm::__private::ColumnType>::from_ref(value)?,
                1usize => self.name = <String as ::orm::__private::ColumnType>::from_ref(value)?,
                2usize => self.age = <Option<i32> as ::orm::__private::ColumnType>::from_ref(value)?,
                3usize => self.joined = <Date as ::orm::__private::ColumnType>::from_ref(value)?,
                _ => {}
            }
            ::core::result::Result::Ok(())
        }
        fn foreign(&self, field: usize) -> ::orm::__private::Foreign<'_> {
            match field {
                _ => ::orm::__private::Foreign::Unset,
            }
        }
        fn set_foreign(&mut self, field: usize, to: ::orm::__private::Foreign<'_>) {
            match field {
                _ => {}
            }
        }
        fn hand_over<__A: ::orm::__private::Adopter>(&mut self, adopter: &mut __A) {}
        fn touch_on_update(&mut self) {
            self.joined = Date::today();
        }
        const FILLS: bool = true;
        fn fill_on_insert(&mut self) {
            if ::orm::__private::is_unset(&self.age) {
                self.age = Some(18);
            }
        }
        const HOOKS: bool = true;
        fn hook(&mut self, hook: ::orm::__private::Hook<'_, Self>) -> ::orm::__private::Result<()> {
            ::orm::__private::run_hook::<User>(self, hook)
        }
        fn defaults(each: &mut dyn ::core::ops::FnMut(usize, ::orm::__private::ValueRef<'_>)) {
            let whole = <Self as ::core::default::Default>::default();
            each(1usize, <String as ::orm::__private::ColumnType>::to_ref(&whole.name));
            {
                let value: Option<i32> = Some(18);
                each(2usize, <Option<i32> as ::orm::__private::ColumnType>::to_ref(&value));
            }
        }
    }
    #[automatically_derived]
    impl ::orm::__private::Hooked for User {}
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::core::default::Default for User {
        fn default() -> Self {
            Self {
                id: ::core::default::Default::default(),
                name: ::core::convert::Into::into("nobody"),
                age: ::core::default::Default::default(),
                joined: ::core::default::Default::default(),
            }
        }
    }
    const _: () = ::orm::__private::check::require(
        ::orm::__private::check::is_text::<String>(),
        "`length` is for columns of text",
    );
};
