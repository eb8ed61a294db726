const _: () = {
    #[automatically_derived]
    #[allow(non_upper_case_globals, dead_code, deprecated)]
    impl Post {
        #[doc = "The column `id`."]
        pub const id: ::orm::__private::Column<Post, i64> = ::orm::__private::Column::new(0usize);
        #[doc = "The column `body`."]
        pub const body: ::orm::__private::Column<Post, String, ::orm::__private::OnDemand> =
            ::orm::__private::Column::new(1usize);
        #[doc = "The column `scan`."]
        const scan: ::orm::__private::Column<Post, Option<Vec<u8>>, ::orm::__private::OnDemand> =
            ::orm::__private::Column::new(2usize);
    }
    #[automatically_derived]
    impl ::orm::__private::check::IsModel for Post {
        type Constants = Post;
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    #[allow(unused_variables, deprecated)]
    impl ::orm::__private::Model for Post {
        type Key = i64;
        type Stored = Self;
        fn spec() -> &'static ::orm::__private::ModelSpec {
            static SPEC: ::orm::__private::ModelSpec = ::orm::__private::ModelSpec {
                name: "Post",
                table: "post",
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
                        name: "body",
                        primary_key: false,
                        kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec {
                            deferred: ::core::option::Option::Some(::orm::__private::DeferralSpec {
                                group: ::core::option::Option::None,
                            }),
                            ..::orm::__private::ColumnSpec::new(
                                "body",
                                <Deferred<String> as ::orm::__private::ColumnType>::SQL_TYPE,
                                <Deferred<String> as ::orm::__private::ColumnType>::NULLABLE,
                                <Deferred<String> as ::orm::__private::ColumnType>::VALUES,
                            )
                        }),
                    },
                    ::orm::__private::FieldSpec {
                        name: "scan",
                        primary_key: false,
                        kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec {
                            deferred: ::core::option::Option::Some(::orm::__private::DeferralSpec {
                                group: ::core::option::Option::Some("files"),
                            }),
                            ..::orm::__private::ColumnSpec::new(
                                "scan",
                                <Deferred<Option<Vec<u8>>> as ::orm::__private::ColumnType>::SQL_TYPE,
                                <Deferred<Option<Vec<u8>>> as ::orm::__private::ColumnType>::NULLABLE,
                                <Deferred<Option<Vec<u8>>> as ::orm::__private::ColumnType>::VALUES,
                            )
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
                body: row.deferred(|cell| <Deferred<String> as ::orm::__private::ColumnType>::from_ref(cell))?,
                scan: row
                    .deferred(|cell| <Deferred<Option<Vec<u8>>> as ::orm::__private::ColumnType>::from_ref(cell))?,
            })
        }
        fn snapshot(&self) -> Self {
            Self {
                id: <i64 as ::orm::__private::Clone>::clone(&self.id),
                body: <Deferred<String> as ::orm::__private::Clone>::clone(&self.body),
                scan: <Deferred<Option<Vec<u8>>> as ::orm::__private::Clone>::clone(&self.scan),
            }
        }
        fn value(&self, field: usize, part: usize) -> ::orm::__private::ValueRef<'_> {
            match field {
                0usize => <i64 as ::orm::__private::ColumnType>::to_ref(&self.id),
                1usize => <Deferred<String> as ::orm::__private::ColumnType>::to_ref(&self.body),
                2usize => <Deferred<Option<Vec<u8>>> as ::orm::__private::ColumnType>::to_ref(&self.scan),
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
                1usize => self.body = <Deferred<String> as ::orm::__private::ColumnType>::from_ref(value)?,
                2usize => self.scan = <Deferred<Option<Vec<u8>>> as ::orm::__private::ColumnType>::from_ref(value)?,
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
        fn deferred(&self, field: usize) -> ::core::option::Option<&dyn ::core::any::Any> {
            match field {
                1usize => ::core::option::Option::Some(&self.body),
                2usize => ::core::option::Option::Some(&self.scan),
                _ => ::core::option::Option::None,
            }
        }
        fn hand_over<__A: ::orm::__private::Adopter>(&mut self, adopter: &mut __A) {}
        fn defaults(each: &mut dyn ::core::ops::FnMut(usize, ::orm::__private::ValueRef<'_>)) {
            let whole = <Self as ::core::default::Default>::default();
            each(2usize, <Deferred<Option<Vec<u8>>> as ::orm::__private::ColumnType>::to_ref(&whole.scan));
        }
    }
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::core::default::Default for Post {
        fn default() -> Self {
            Self {
                id: ::core::default::Default::default(),
                body: ::core::default::Default::default(),
                scan: ::orm::__private::Deferred::new(None),
            }
        }
    }
};
