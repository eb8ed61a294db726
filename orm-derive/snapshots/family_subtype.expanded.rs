const _: () = {
    const __DISCRIMINATOR: usize = <Person as ::orm::__private::FamilyMember>::DISCRIMINATOR;
    const __PLACE: usize =
        <<Person as ::orm::__private::FamilyMember>::Family as ::orm::__private::Stores<Customer>>::FIRST;
    #[automatically_derived]
    #[allow(non_upper_case_globals, dead_code, deprecated)]
    impl Customer {
        #[doc = "The column `rating`."]
        pub const rating: ::orm::__private::Column<Customer, i64> = ::orm::__private::Column::new(__PLACE + 0usize);
        #[doc = "The relation `sales`."]
        pub const sales: ::orm::__private::Relation<Customer, Sale, ::orm::__private::kind::HasMany> =
            ::orm::__private::Relation::new(
                __PLACE + 1usize,
                "sales",
                ::core::option::Option::Some("customer"),
                ::core::option::Option::None,
            );
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
        for<'__orm> Sale: ::orm::__private::check::IsModel,
    {
        type Key = <Person as ::orm::__private::Model>::Key;
        type Stored = <Person as ::orm::__private::FamilyMember>::Family;
        fn spec() -> &'static ::orm::__private::ModelSpec {
            static SPEC: ::orm::__private::ModelSpec = ::orm::__private::ModelSpec {
                name: "Customer",
                table: <Person as ::orm::__private::FamilyMember>::TABLE,
                schema: <Person as ::orm::__private::FamilyMember>::SCHEMA,
                kind: ::orm::__private::ModelKind::Table,
                renamed_from: ::core::option::Option::None,
                fields: &[
                    ::orm::__private::FieldSpec {
                        name: "rating",
                        primary_key: false,
                        kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec::new(
                            "rating",
                            <i64 as ::orm::__private::ColumnType>::SQL_TYPE,
                            <i64 as ::orm::__private::ColumnType>::NULLABLE,
                            <i64 as ::orm::__private::ColumnType>::VALUES,
                        )),
                    },
                    ::orm::__private::FieldSpec {
                        name: "sales",
                        primary_key: false,
                        kind: ::orm::__private::FieldKind::Relation(::orm::__private::RelationSpec {
                            kind: ::orm::__private::RelationKind::HasMany,
                            target: ::orm::__private::keyed(
                                <Sale as ::orm::__private::Model>::KEYED,
                                ::orm::__private::ModelRef {
                                    spec: <Sale as ::orm::__private::Model>::spec,
                                    table: <Sale as ::orm::__private::Model>::table,
                                    arena: <Sale as ::orm::__private::Model>::arena,
                                },
                            ),
                            back_populates: ::core::option::Option::Some("customer"),
                            cascade: ::orm::__private::Cascade::DEFAULT,
                            passive_deletes: ::orm::__private::PassiveDeletes::No,
                            single_parent: false,
                            view_only: false,
                            order_by: &[],
                            table: ::core::option::Option::None,
                            through: ::core::option::Option::None,
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
                family: ::core::option::Option::Some(::orm::__private::FamilySpec::Subtype(
                    ::orm::__private::SubtypeSpec {
                        identity: "customer",
                        table: ::core::option::Option::None,
                        base: <Person as ::orm::__private::Model>::spec,
                    },
                )),
            };
            &SPEC
        }
        fn table() -> &'static ::orm::__private::TableDef {
            <Person as ::orm::__private::Model>::table()
        }
        fn arena() -> ::std::boxed::Box<dyn ::core::any::Any + ::core::marker::Send> {
            ::orm::__private::new_arena::<Self>()
        }
        fn key(&self) -> ::core::option::Option<Self::Key> {
            ::orm::__private::Model::key(&self.person)
        }
        fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
            ::orm::__private::read_member(row)
        }
        fn snapshot(&self) -> Self {
            Self {
                person: ::orm::__private::Model::snapshot(&self.person),
                rating: <i64 as ::orm::__private::Clone>::clone(&self.rating),
                sales: ::core::default::Default::default(),
            }
        }
        fn value(&self, field: usize, part: usize) -> ::orm::__private::ValueRef<'_> {
            const __FIRST_1: usize = __PLACE + 0usize;
            const __FIRST_2: usize = __PLACE + 1usize;
            match field {
                __FIRST_1 => <i64 as ::orm::__private::ColumnType>::to_ref(&self.rating),
                __DISCRIMINATOR => ::orm::__private::ValueRef::Text("customer"),
                _ => ::orm::__private::Model::value(&self.person, field, part),
            }
        }
        fn set_value(
            &mut self,
            field: usize,
            value: ::orm::__private::ValueRef<'_>,
        ) -> ::core::result::Result<(), ::orm::__private::Mismatch> {
            const __FIRST_1: usize = __PLACE + 0usize;
            const __FIRST_2: usize = __PLACE + 1usize;
            match field {
                __FIRST_1 => self.rating = <i64 as ::orm::__private::ColumnType>::from_ref(value)?,
                __DISCRIMINATOR => ::orm::__private::keep_identity("customer", value)?,
                _ => ::orm::__private::Model::set_value(&mut self.person, field, value)?,
            }
            ::core::result::Result::Ok(())
        }
        fn foreign(&self, field: usize) -> ::orm::__private::Foreign<'_> {
            match field {
                _ => ::orm::__private::Model::foreign(&self.person, field),
            }
        }
        fn set_foreign(&mut self, field: usize, to: ::orm::__private::Foreign<'_>) {
            match field {
                _ => ::orm::__private::Model::set_foreign(&mut self.person, field, to),
            }
        }
        fn set_embedded(&mut self, field: usize, from: &Self) {
            const __FIRST_1: usize = __PLACE + 0usize;
            const __FIRST_2: usize = __PLACE + 1usize;
            match field {
                _ => ::orm::__private::Model::set_embedded(&mut self.person, field, &from.person),
            }
        }
        fn deferred(&self, field: usize) -> ::core::option::Option<&dyn ::core::any::Any> {
            match field {
                _ => ::orm::__private::Model::deferred(&self.person, field),
            }
        }
        fn hand_over<__A: ::orm::__private::Adopter>(&mut self, adopter: &mut __A) {
            ::orm::__private::Model::hand_over(&mut self.person, adopter);
            if let ::core::option::Option::Some(children) = ::orm::__private::HasMany::take(&mut self.sales) {
                ::orm::__private::Adopter::assigned(adopter, __PLACE + 1usize, &children);
                for child in children {
                    ::orm::__private::Adopter::adopt(adopter, __PLACE + 1usize, child);
                }
            }
        }
        fn pending_relation(&self) -> ::core::option::Option<usize> {
            if let ::core::option::Option::Some(field) = ::orm::__private::Model::pending_relation(&self.person) {
                return ::core::option::Option::Some(field);
            }
            if ::orm::__private::HasMany::pending(&self.sales) > 0 {
                return ::core::option::Option::Some(__PLACE + 1usize);
            }
            ::core::option::Option::None
        }
        fn touch_on_update(&mut self) {
            ::orm::__private::Model::touch_on_update(&mut self.person);
        }
        const FILLS: bool = <Person as ::orm::__private::Model>::FILLS;
        fn fill_on_insert(&mut self) {
            ::orm::__private::Model::fill_on_insert(&mut self.person);
        }
        const HOOKS: bool = <Person as ::orm::__private::Model>::HOOKS;
        fn hook(&mut self, mut hook: ::orm::__private::Hook<'_, Self>) -> ::orm::__private::Result<()> {
            if let ::core::option::Option::Some(hook) = hook.of_part(|old| ::core::option::Option::Some(&old.person)) {
                ::orm::__private::Model::hook(&mut self.person, hook)?;
            }
            ::core::result::Result::Ok(())
        }
        const RULES: bool = <Person as ::orm::__private::Model>::RULES;
        fn check_rules(&self, violations: &mut ::orm::__private::Violations) {
            ::orm::__private::Model::check_rules(&self.person, violations);
        }
        fn defaults(each: &mut dyn ::core::ops::FnMut(usize, ::orm::__private::ValueRef<'_>)) {
            let whole = <Self as ::core::default::Default>::default();
            <Person as ::orm::__private::Model>::defaults(&mut |field, value| {
                if field != __DISCRIMINATOR {
                    each(field, value)
                }
            });
            each(__PLACE + 0usize, <i64 as ::orm::__private::ColumnType>::to_ref(&whole.rating));
            each(__DISCRIMINATOR, ::orm::__private::ValueRef::Text("customer"));
        }
    }
    #[automatically_derived]
    #[allow(deprecated, unused_variables)]
    impl ::orm::__private::FamilyMember for Customer {
        type Family = <Person as ::orm::__private::FamilyMember>::Family;
        const TABLE: &'static str = <Person as ::orm::__private::FamilyMember>::TABLE;
        const SCHEMA: ::core::option::Option<&'static str> = <Person as ::orm::__private::FamilyMember>::SCHEMA;
        const DISCRIMINATOR: usize = __DISCRIMINATOR;
        const IDENTITY: &'static str = "customer";
        const JOINED: bool = false;
        const WIDTH: usize = 2usize;
        const NAMES: &'static [&'static str] = &["rating", "sales"];
        fn read_part(row: &mut ::orm::__private::RowReader<'_>, start: usize) -> ::orm::__private::Result<Self> {
            let base = <Person as ::orm::__private::FamilyMember>::read_part(row, start)?;
            row.seek(start + ::orm::__private::first_column::<Self>(__PLACE));
            ::core::result::Result::Ok(Self {
                person: base,
                rating: row.cell(|cell| <i64 as ::orm::__private::ColumnType>::from_ref(cell))?,
                sales: ::core::default::Default::default(),
            })
        }
        fn part<__X: 'static>(&self) -> ::core::option::Option<&__X> {
            match ::orm::__private::same(self) {
                ::core::option::Option::Some(part) => ::core::option::Option::Some(part),
                ::core::option::Option::None => <Person as ::orm::__private::FamilyMember>::part(&self.person),
            }
        }
        fn part_mut<__X: 'static>(&mut self) -> ::core::option::Option<&mut __X> {
            if ::orm::__private::same::<Self, __X>(self).is_some() {
                return ::orm::__private::same_mut(self);
            }
            <Person as ::orm::__private::FamilyMember>::part_mut(&mut self.person)
        }
        fn into_part<__X: 'static>(self) -> ::core::option::Option<__X> {
            let mut own = ::core::option::Option::Some(self);
            if let ::core::option::Option::Some(part) = ::orm::__private::take_same(&mut own) {
                return ::core::option::Option::Some(part);
            }
            let own = own?;
            <Person as ::orm::__private::FamilyMember>::into_part(own.person)
        }
    }
    #[automatically_derived]
    impl ::orm::__private::Inherits for Customer {
        type Base = Person;
    }
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::core::default::Default for Customer {
        fn default() -> Self {
            Self { person: ::core::default::Default::default(), rating: 5, sales: ::core::default::Default::default() }
        }
    }
};
const _: () = {
    let end = <<Sale as ::orm::__private::check::IsModel>::Constants>::customer;
    ::orm::__private::check::holds_key::<Customer, Sale, _>(&end);
    ::orm::__private::check::require(
        ::orm::__private::check::answers(end.back_populates(), &[]),
        "`Sale::customer` leads to `Customer` and does not say `back_populates = sales`: both ends of a relation name each other",
    );
};
