const _: () = {
    const __WIDTH_2: usize = <Option<Point> as ::orm::__private::Embedded>::SPEC.width();
    #[doc = "The columns of a [`Address`]."]
    #[allow(dead_code, deprecated)]
    pub struct AddressFields<__M, __N: ::orm::__private::Nullability> {
        #[doc = "The column `city`."]
        pub city: ::orm::__private::Column<__M, <__N as ::orm::__private::Nullability>::Of<String>>,
        #[doc = "The column `floor`."]
        pub(crate) floor: ::orm::__private::Column<__M, <__N as ::orm::__private::Nullability>::Of<Option<i32>>>,
        #[doc = "The column `at`."]
        at: ::orm::__private::EmbeddedColumns<__M, Option<Point>, __N>,
        #[doc = "The column `rank`."]
        rank: ::orm::__private::Column<__M, <__N as ::orm::__private::Nullability>::Of<i32>>,
        __types: ::core::marker::PhantomData<fn() -> (__M, __N)>,
    }
    #[automatically_derived]
    impl<__M, __N: ::orm::__private::Nullability> AddressFields<__M, __N> {
        #[doc(hidden)]
        pub const fn __new(first: usize) -> Self {
            let _ = first;
            Self {
                city: ::orm::__private::Column::new(first + 0usize),
                floor: ::orm::__private::Column::new(first + 1usize),
                at: ::orm::__private::EmbeddedColumns::new(
                    first + 2usize,
                    <<Option<Point> as ::orm::__private::Embedded>::Fields<__M, __N>>::__new(first + 2usize),
                ),
                rank: ::orm::__private::Column::new(first + 2usize + __WIDTH_2),
                __types: ::core::marker::PhantomData,
            }
        }
    }
    #[automatically_derived]
    impl<__M, __N: ::orm::__private::Nullability> ::core::clone::Clone for AddressFields<__M, __N> {
        fn clone(&self) -> Self {
            *self
        }
    }
    #[automatically_derived]
    impl<__M, __N: ::orm::__private::Nullability> ::core::marker::Copy for AddressFields<__M, __N> {}
    const _: () = ::orm::__private::check::is_clone::<Address>();
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    #[allow(unused_variables, deprecated)]
    impl ::orm::__private::Embedded for Address
    where
        for<'__orm> Address: ::core::clone::Clone,
    {
        type Fields<__M, __N: ::orm::__private::Nullability> = AddressFields<__M, __N>;
        const SPEC: ::orm::__private::EmbeddedSpec = ::orm::__private::EmbeddedSpec {
            prefix: "",
            nullable: false,
            whole: false || <Option<Point> as ::orm::__private::Embedded>::SPEC.whole,
            fields: &[
                ::orm::__private::FieldSpec {
                    name: "city",
                    primary_key: false,
                    kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec {
                        length: ::core::option::Option::Some(80u32),
                        ..::orm::__private::ColumnSpec::new(
                            "city",
                            <String as ::orm::__private::ColumnType>::SQL_TYPE,
                            <String as ::orm::__private::ColumnType>::NULLABLE,
                            <String as ::orm::__private::ColumnType>::VALUES,
                        )
                    }),
                },
                ::orm::__private::FieldSpec {
                    name: "floor",
                    primary_key: false,
                    kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec::new(
                        "floor",
                        <Option<i32> as ::orm::__private::ColumnType>::SQL_TYPE,
                        <Option<i32> as ::orm::__private::ColumnType>::NULLABLE,
                        <Option<i32> as ::orm::__private::ColumnType>::VALUES,
                    )),
                },
                ::orm::__private::FieldSpec {
                    name: "at",
                    primary_key: false,
                    kind: ::orm::__private::FieldKind::Embedded(::orm::__private::EmbeddedSpec {
                        prefix: "at_",
                        ..<Option<Point> as ::orm::__private::Embedded>::SPEC
                    }),
                },
                ::orm::__private::FieldSpec {
                    name: "rank",
                    primary_key: false,
                    kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec::new(
                        "rank",
                        <Generated<i32> as ::orm::__private::ColumnType>::SQL_TYPE,
                        <Generated<i32> as ::orm::__private::ColumnType>::NULLABLE,
                        <Generated<i32> as ::orm::__private::ColumnType>::VALUES,
                    )),
                },
            ],
            indexes: &[::orm::__private::IndexSpec {
                name: ::core::option::Option::None,
                keys: &[::orm::__private::IndexKeySpec::field(
                    <AddressFields<(), ::orm::__private::No>>::__new(0).at.columns.lat.field(),
                )],
                ..::orm::__private::IndexSpec::NONE
            }],
            checks: &[::orm::__private::CheckSpec {
                name: ::core::option::Option::None,
                sql: &[::orm::__private::SqlPart::Column(0usize), ::orm::__private::SqlPart::Text(" <> ''")],
            }],
        };
        fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
            ::core::result::Result::Ok(Self {
                city: row.cell(|cell| <String as ::orm::__private::ColumnType>::from_ref(cell))?,
                floor: row.cell(|cell| <Option<i32> as ::orm::__private::ColumnType>::from_ref(cell))?,
                at: <Option<Point> as ::orm::__private::Embedded>::read(row)?,
                rank: row.cell(|cell| <Generated<i32> as ::orm::__private::ColumnType>::from_ref(cell))?,
            })
        }
        fn value(&self, field: usize) -> ::orm::__private::ValueRef<'_> {
            const __LAST_2: usize = 2usize + __WIDTH_2 - 1;
            const __FIRST_3: usize = 2usize + __WIDTH_2;
            match field {
                0usize => <String as ::orm::__private::ColumnType>::to_ref(&self.city),
                1usize => <Option<i32> as ::orm::__private::ColumnType>::to_ref(&self.floor),
                2usize..=__LAST_2 => <Option<Point> as ::orm::__private::Embedded>::value(&self.at, field - (2usize)),
                __FIRST_3 => <Generated<i32> as ::orm::__private::ColumnType>::to_ref(&self.rank),
                _ => ::orm::__private::ValueRef::Null,
            }
        }
        fn set_value(
            &mut self,
            field: usize,
            value: ::orm::__private::ValueRef<'_>,
        ) -> ::core::result::Result<(), ::orm::__private::Mismatch> {
            const __LAST_2: usize = 2usize + __WIDTH_2 - 1;
            const __FIRST_3: usize = 2usize + __WIDTH_2;
            match field {
                0usize => self.city = <String as ::orm::__private::ColumnType>::from_ref(value)?,
                1usize => self.floor = <Option<i32> as ::orm::__private::ColumnType>::from_ref(value)?,
                2usize..=__LAST_2 => {
                    <Option<Point> as ::orm::__private::Embedded>::set_value(&mut self.at, field - (2usize), value)?
                }
                __FIRST_3 => self.rank = <Generated<i32> as ::orm::__private::ColumnType>::from_ref(value)?,
                _ => {}
            }
            ::core::result::Result::Ok(())
        }
        fn touch_on_update(&mut self) {
            <Option<Point> as ::orm::__private::Embedded>::touch_on_update(&mut self.at);
        }
        const FILLS: bool = true;
        fn fill_on_insert(&mut self) {
            <Option<Point> as ::orm::__private::Embedded>::fill_on_insert(&mut self.at);
            if ::orm::__private::is_unset(&self.rank) {
                self.rank = ::orm::__private::Generated::new(3);
            }
        }
        const RULES: bool = <Option<Point> as ::orm::__private::Embedded>::RULES;
        fn check_rules(&self, violations: &mut ::orm::__private::Violations) {
            violations.within("at", |violations| {
                <Option<Point> as ::orm::__private::Embedded>::check_rules(&self.at, violations)
            });
        }
        fn defaults(each: &mut dyn ::core::ops::FnMut(usize, ::orm::__private::ValueRef<'_>)) {
            let whole = <Self as ::core::default::Default>::default();
            each(0usize, <String as ::orm::__private::ColumnType>::to_ref(&whole.city));
            <Option<Point> as ::orm::__private::Embedded>::defaults(&mut |field, value| each(2usize + field, value));
            {
                let value: Generated<i32> = ::orm::__private::Generated::new(3);
                each(2usize + __WIDTH_2, <Generated<i32> as ::orm::__private::ColumnType>::to_ref(&value));
            }
        }
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    impl ::orm::__private::RowType for Address
    where
        for<'__orm> Address: ::core::clone::Clone,
    {
        fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
            <Self as ::orm::__private::Embedded>::read(row)
        }
        fn shapes(shapes: &mut ::std::vec::Vec<::orm::__private::Shape>) {
            ::orm::__private::embedded_shapes(&<Self as ::orm::__private::Embedded>::SPEC, shapes);
        }
    }
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::core::default::Default for Address {
        fn default() -> Self {
            Self {
                city: ::core::convert::Into::into("Leeds"),
                floor: ::core::default::Default::default(),
                at: ::core::default::Default::default(),
                rank: ::core::default::Default::default(),
            }
        }
    }
    const _: () = ::orm::__private::check::require(
        ::orm::__private::check::is_text::<String>(),
        "`length` is for columns of text",
    );
    const _: () = ::orm::__private::check::require(
        !<Option<Point> as ::orm::__private::Embedded>::SPEC.is_filled()
            && <Option<Point> as ::orm::__private::Embedded>::SPEC.versions() == 0,
        "of an embedded `Option` that is `None` all columns are NULL, so none of them can have `server_default`, `computed` or `version`",
    );
};
