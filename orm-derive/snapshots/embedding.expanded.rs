const _: () = {
    const __WIDTH_1: usize = <Address as ::orm::__private::Embedded>::SPEC.width();
    #[automatically_derived]
    #[allow(non_upper_case_globals, dead_code, deprecated)]
    impl Customer {
        #[doc = "The column `id`."]
        const id: ::orm::__private::Column<Customer, i64> = ::orm::__private::Column::new(0usize);
        #[doc = "The columns of `billing`."]
        pub const billing: ::orm::__private::EmbeddedColumns<Customer, Address> =
            ::orm::__private::EmbeddedColumns::new(
                0 + 1usize,
                <<Address as ::orm::__private::Embedded>::Fields<Customer, ::orm::__private::No>>::__new(0 + 1usize),
            );
        #[doc = "The column `name`."]
        const name: ::orm::__private::Column<Customer, String> = ::orm::__private::Column::new(1usize + __WIDTH_1);
        #[doc = "The relation `boss`."]
        const boss: ::orm::__private::Relation<Customer, Customer, ::orm::__private::kind::OptionalOne> =
            ::orm::__private::Relation::new(
                2usize + __WIDTH_1,
                "boss",
                ::core::option::Option::None,
                ::core::option::Option::None,
            );
    }
    #[automatically_derived]
    #[allow(non_upper_case_globals, dead_code, deprecated)]
    impl Customer
    where
        for<'__orm> Customer: ::orm::__private::check::IsModel,
    {
        #[doc = "The column of the foreign key `boss`."]
        const boss_id: ::orm::__private::Column<
            Customer,
            <Option<BelongsTo<Customer>> as ::orm::__private::ForeignField>::Column,
        > = ::orm::__private::Column::new(2usize + __WIDTH_1);
    }
    #[automatically_derived]
    impl ::orm::__private::check::IsModel for Customer {
        type Constants = Customer;
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    #[allow(unused_variables, deprecated)]
    impl ::orm::__private::Model for Customer
    where
        for<'__orm> Customer: ::orm::__private::check::IsModel,
    {
        type Key = i64;
        type Stored = Self;
        fn spec() -> &'static ::orm::__private::ModelSpec {
            static SPEC: ::orm::__private::ModelSpec = ::orm::__private::ModelSpec {
                name: "Customer",
                table: "customer",
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
                        name: "billing",
                        primary_key: false,
                        kind: ::orm::__private::FieldKind::Embedded(::orm::__private::EmbeddedSpec {
                            prefix: "billing_",
                            ..<Address as ::orm::__private::Embedded>::SPEC
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
                        name: "boss",
                        primary_key: false,
                        kind: ::orm::__private::FieldKind::BelongsTo(::orm::__private::BelongsToSpec {
                            target: <Option<BelongsTo<Customer>> as ::orm::__private::ForeignField>::TARGET,
                            column: ::core::option::Option::None,
                            renamed_from: ::core::option::Option::None,
                            nullable: <Option<BelongsTo<Customer>> as ::orm::__private::ForeignField>::NULLABLE,
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
                        }),
                    },
                ],
                indexes: &[::orm::__private::IndexSpec {
                    name: ::core::option::Option::None,
                    keys: &[
                        ::orm::__private::IndexKeySpec::field(1usize + __WIDTH_1),
                        ::orm::__private::IndexKeySpec::field(Customer::billing.columns.city.field()),
                    ],
                    unique: true,
                    ..::orm::__private::IndexSpec::NONE
                }],
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
                billing: <Address as ::orm::__private::Embedded>::read(row)?,
                name: row.cell(|cell| <String as ::orm::__private::ColumnType>::from_ref(cell))?,
                boss: ::orm::__private::ForeignField::read(row)?,
            })
        }
        fn snapshot(&self) -> Self {
            Self {
                id: <i64 as ::orm::__private::Clone>::clone(&self.id),
                billing: <Address as ::orm::__private::Clone>::clone(&self.billing),
                name: <String as ::orm::__private::Clone>::clone(&self.name),
                boss: <Option<BelongsTo<Customer>> as ::orm::__private::Clone>::clone(&self.boss),
            }
        }
        fn value(&self, field: usize, part: usize) -> ::orm::__private::ValueRef<'_> {
            const __LAST_1: usize = 1usize + __WIDTH_1 - 1;
            const __FIRST_2: usize = 1usize + __WIDTH_1;
            const __FIRST_3: usize = 2usize + __WIDTH_1;
            match field {
                0usize => <i64 as ::orm::__private::ColumnType>::to_ref(&self.id),
                1usize..=__LAST_1 => <Address as ::orm::__private::Embedded>::value(&self.billing, field - (1usize)),
                __FIRST_2 => <String as ::orm::__private::ColumnType>::to_ref(&self.name),
                __FIRST_3 => ::orm::__private::ForeignField::part(&self.boss, part),
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
            const __FIRST_3: usize = 2usize + __WIDTH_1;
            match field {
                0usize => self.id = <i64 as ::orm::__private::ColumnType>::from_ref(value)?,
                1usize..=__LAST_1 => {
                    <Address as ::orm::__private::Embedded>::set_value(&mut self.billing, field - (1usize), value)?
                }
                __FIRST_2 => self.name = <String as ::orm::__private::ColumnType>::from_ref(value)?,
                _ => {}
            }
            ::core::result::Result::Ok(())
        }
        fn foreign(&self, field: usize) -> ::orm::__private::Foreign<'_> {
            const __LAST_1: usize = 1usize + __WIDTH_1 - 1;
            const __FIRST_2: usize = 1usize + __WIDTH_1;
            const __FIRST_3: usize = 2usize + __WIDTH_1;
            match field {
                __FIRST_3 => ::orm::__private::ForeignField::state(&self.boss),
                _ => ::orm::__private::Foreign::Unset,
            }
        }
        fn set_foreign(&mut self, field: usize, to: ::orm::__private::Foreign<'_>) {
            const __LAST_1: usize = 1usize + __WIDTH_1 - 1;
            const __FIRST_2: usize = 1usize + __WIDTH_1;
            const __FIRST_3: usize = 2usize + __WIDTH_1;
            match field {
                __FIRST_3 => ::orm::__private::ForeignField::set_state(&mut self.boss, to),
                _ => {}
            }
        }
        fn set_embedded(&mut self, field: usize, from: &Self) {
            const __LAST_1: usize = 1usize + __WIDTH_1 - 1;
            const __FIRST_2: usize = 1usize + __WIDTH_1;
            const __FIRST_3: usize = 2usize + __WIDTH_1;
            match field {
                1usize..=__LAST_1 => self.billing = ::core::clone::Clone::clone(&from.billing),
                _ => {}
            }
        }
        fn hand_over<__A: ::orm::__private::Adopter>(&mut self, adopter: &mut __A) {}
        fn touch_on_update(&mut self) {
            <Address as ::orm::__private::Embedded>::touch_on_update(&mut self.billing);
        }
        const FILLS: bool = <Address as ::orm::__private::Embedded>::FILLS;
        fn fill_on_insert(&mut self) {
            <Address as ::orm::__private::Embedded>::fill_on_insert(&mut self.billing);
        }
        const RULES: bool = <Address as ::orm::__private::Embedded>::RULES;
        fn check_rules(&self, violations: &mut ::orm::__private::Violations) {
            violations.within("billing", |violations| {
                <Address as ::orm::__private::Embedded>::check_rules(&self.billing, violations)
            });
        }
        fn defaults(each: &mut dyn ::core::ops::FnMut(usize, ::orm::__private::ValueRef<'_>)) {
            <Address as ::orm::__private::Embedded>::defaults(&mut |field, value| each(1usize + field, value));
        }
    }
    #[automatically_derived]
    impl ::orm::__private::check::References<Customer> for Customer {
        const COUNT: usize = 1usize;
    }
};
const _: () = ::orm::__private::check::require(
    0usize + <Address as ::orm::__private::Embedded>::SPEC.versions() <= 1,
    "`Customer` counts its versions in several fields; a model has one `version`",
);
