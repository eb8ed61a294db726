const _: () = {
    #[doc = "The columns of a [`Payment`]."]
    #[allow(dead_code, deprecated)]
    pub struct PaymentFields<__M, __N: ::orm::__private::Nullability> {
        #[doc = "The column `paid_by`."]
        pub paid_by: ::orm::__private::Column<__M, <__N as ::orm::__private::Nullability>::Of<::std::string::String>>,
        #[doc = "The column `card_number`."]
        pub card_number:
            ::orm::__private::Column<__M, <::orm::__private::Yes as ::orm::__private::Nullability>::Of<String>>,
        #[doc = "The column `card_holder`."]
        pub card_holder:
            ::orm::__private::Column<__M, <::orm::__private::Yes as ::orm::__private::Nullability>::Of<Option<String>>>,
        #[doc = "The column `iban`."]
        pub iban: ::orm::__private::Column<__M, <::orm::__private::Yes as ::orm::__private::Nullability>::Of<String>>,
        __types: ::core::marker::PhantomData<fn() -> (__M, __N)>,
    }
    #[automatically_derived]
    impl<__M, __N: ::orm::__private::Nullability> PaymentFields<__M, __N> {
        #[doc(hidden)]
        pub const fn __new(first: usize) -> Self {
            let _ = first;
            Self {
                paid_by: ::orm::__private::Column::new(first),
                card_number: ::orm::__private::Column::new(first + 1usize),
                card_holder: ::orm::__private::Column::new(first + 2usize),
                iban: ::orm::__private::Column::new(first + 3usize),
                __types: ::core::marker::PhantomData,
            }
        }
    }
    #[automatically_derived]
    impl<__M, __N: ::orm::__private::Nullability> ::core::clone::Clone for PaymentFields<__M, __N> {
        fn clone(&self) -> Self {
            *self
        }
    }
    #[automatically_derived]
    impl<__M, __N: ::orm::__private::Nullability> ::core::marker::Copy for PaymentFields<__M, __N> {}
    const _: () = ::orm::__private::check::is_clone::<Payment>();
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    #[allow(unused_variables, deprecated)]
    impl ::orm::__private::Embedded for Payment
    where
        for<'__orm> Payment: ::core::clone::Clone,
    {
        type Fields<__M, __N: ::orm::__private::Nullability> = PaymentFields<__M, __N>;
        const SPEC: ::orm::__private::EmbeddedSpec = ::orm::__private::EmbeddedSpec {
            prefix: "",
            nullable: false,
            whole: true,
            fields: &[
                ::orm::__private::FieldSpec {
                    name: "paid_by",
                    primary_key: false,
                    kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec::new(
                        "paid_by",
                        ::orm::__private::SqlType::Text,
                        false,
                        <::std::string::String as ::orm::__private::ColumnType>::VALUES,
                    )),
                },
                ::orm::__private::FieldSpec {
                    name: "card_number",
                    primary_key: false,
                    kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec {
                        length: ::core::option::Option::Some(19u32),
                        ..::orm::__private::ColumnSpec::new(
                            "card_number",
                            <String as ::orm::__private::ColumnType>::SQL_TYPE,
                            true,
                            <String as ::orm::__private::ColumnType>::VALUES,
                        )
                    }),
                },
                ::orm::__private::FieldSpec {
                    name: "card_holder",
                    primary_key: false,
                    kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec::new(
                        "card_holder",
                        <Option<String> as ::orm::__private::ColumnType>::SQL_TYPE,
                        true,
                        <Option<String> as ::orm::__private::ColumnType>::VALUES,
                    )),
                },
                ::orm::__private::FieldSpec {
                    name: "iban",
                    primary_key: false,
                    kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec::new(
                        "iban",
                        <String as ::orm::__private::ColumnType>::SQL_TYPE,
                        true,
                        <String as ::orm::__private::ColumnType>::VALUES,
                    )),
                },
            ],
            indexes: &[],
            checks: &[::orm::__private::CheckSpec {
                name: ::core::option::Option::None,
                sql: &[
                    ::orm::__private::SqlPart::Column(0usize),
                    ::orm::__private::SqlPart::Text(" IS NOT NULL AND ("),
                    ::orm::__private::SqlPart::Text("("),
                    ::orm::__private::SqlPart::Column(0usize),
                    ::orm::__private::SqlPart::Text(" = 'cash'"),
                    ::orm::__private::SqlPart::Text(" AND "),
                    ::orm::__private::SqlPart::Column(1usize),
                    ::orm::__private::SqlPart::Text(" IS NULL"),
                    ::orm::__private::SqlPart::Text(" AND "),
                    ::orm::__private::SqlPart::Column(2usize),
                    ::orm::__private::SqlPart::Text(" IS NULL"),
                    ::orm::__private::SqlPart::Text(" AND "),
                    ::orm::__private::SqlPart::Column(3usize),
                    ::orm::__private::SqlPart::Text(" IS NULL"),
                    ::orm::__private::SqlPart::Text(")"),
                    ::orm::__private::SqlPart::Text(" OR ("),
                    ::orm::__private::SqlPart::Column(0usize),
                    ::orm::__private::SqlPart::Text(" = 'card'"),
                    ::orm::__private::SqlPart::Text(" AND "),
                    ::orm::__private::SqlPart::Column(1usize),
                    ::orm::__private::SqlPart::Text(" IS NOT NULL"),
                    ::orm::__private::SqlPart::Text(" AND "),
                    ::orm::__private::SqlPart::Column(3usize),
                    ::orm::__private::SqlPart::Text(" IS NULL"),
                    ::orm::__private::SqlPart::Text(")"),
                    ::orm::__private::SqlPart::Text(" OR ("),
                    ::orm::__private::SqlPart::Column(0usize),
                    ::orm::__private::SqlPart::Text(" = 'transfer'"),
                    ::orm::__private::SqlPart::Text(" AND "),
                    ::orm::__private::SqlPart::Column(1usize),
                    ::orm::__private::SqlPart::Text(" IS NULL"),
                    ::orm::__private::SqlPart::Text(" AND "),
                    ::orm::__private::SqlPart::Column(2usize),
                    ::orm::__private::SqlPart::Text(" IS NULL"),
                    ::orm::__private::SqlPart::Text(" AND "),
                    ::orm::__private::SqlPart::Column(3usize),
                    ::orm::__private::SqlPart::Text(" IS NOT NULL"),
                    ::orm::__private::SqlPart::Text(")"),
                    ::orm::__private::SqlPart::Text(")"),
                ],
            }],
        };
        fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
            let variant: usize = row.cell(|cell| match cell {
                ::orm::__private::ValueRef::Text("cash") => ::core::result::Result::Ok(0usize),
                ::orm::__private::ValueRef::Text("card") => ::core::result::Result::Ok(1usize),
                ::orm::__private::ValueRef::Text("transfer") => ::core::result::Result::Ok(2usize),
                _ => ::core::result::Result::Err(::orm::__private::Mismatch::new(
                    "one of \"cash\", \"card\", \"transfer\"",
                    cell,
                )),
            })?;
            ::core::result::Result::Ok(match variant {
                0usize => {
                    let read = Self::Cash {};
                    row.skip(3usize);
                    read
                }
                1usize => {
                    let read = Self::Card {
                        number: row.cell(|cell| <String as ::orm::__private::ColumnType>::from_ref(cell))?,
                        holder: row.cell(|cell| <Option<String> as ::orm::__private::ColumnType>::from_ref(cell))?,
                    };
                    row.skip(1usize);
                    read
                }
                _ => {
                    row.skip(2usize);
                    let read =
                        Self::Iban { 0: row.cell(|cell| <String as ::orm::__private::ColumnType>::from_ref(cell))? };
                    read
                }
            })
        }
        fn value(&self, field: usize) -> ::orm::__private::ValueRef<'_> {
            match (self, field) {
                (Self::Cash { .. }, 0usize) => ::orm::__private::ValueRef::Text("cash"),
                (Self::Card { .. }, 0usize) => ::orm::__private::ValueRef::Text("card"),
                (Self::Iban { .. }, 0usize) => ::orm::__private::ValueRef::Text("transfer"),
                (Self::Card { number: value, .. }, 1usize) => <String as ::orm::__private::ColumnType>::to_ref(value),
                (Self::Card { holder: value, .. }, 2usize) => {
                    <Option<String> as ::orm::__private::ColumnType>::to_ref(value)
                }
                (Self::Iban { 0: value, .. }, 3usize) => <String as ::orm::__private::ColumnType>::to_ref(value),
                _ => ::orm::__private::ValueRef::Null,
            }
        }
        fn set_value(
            &mut self,
            field: usize,
            value: ::orm::__private::ValueRef<'_>,
        ) -> ::core::result::Result<(), ::orm::__private::Mismatch> {
            match (&mut *self, field) {
                (Self::Card { number: own, .. }, 1usize) => {
                    *own = <String as ::orm::__private::ColumnType>::from_ref(value)?;
                    return ::core::result::Result::Ok(());
                }
                (Self::Card { holder: own, .. }, 2usize) => {
                    *own = <Option<String> as ::orm::__private::ColumnType>::from_ref(value)?;
                    return ::core::result::Result::Ok(());
                }
                (Self::Iban { 0: own, .. }, 3usize) => {
                    *own = <String as ::orm::__private::ColumnType>::from_ref(value)?;
                    return ::core::result::Result::Ok(());
                }
                _ => {}
            }
            if <Self as ::orm::__private::Embedded>::value(self, field) == value {
                return ::core::result::Result::Ok(());
            }
            ::core::result::Result::Err(::orm::__private::Mismatch::new("what fits the variant of the object", value))
        }
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    impl ::orm::__private::RowType for Payment
    where
        for<'__orm> Payment: ::core::clone::Clone,
    {
        fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
            <Self as ::orm::__private::Embedded>::read(row)
        }
        fn shapes(shapes: &mut ::std::vec::Vec<::orm::__private::Shape>) {
            ::orm::__private::embedded_shapes(&<Self as ::orm::__private::Embedded>::SPEC, shapes);
        }
    }
};
