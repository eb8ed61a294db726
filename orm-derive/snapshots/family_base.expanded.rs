const _: () = {
    const __DISCRIMINATOR: usize = 2usize;
    #[automatically_derived]
    #[allow(non_upper_case_globals, dead_code, deprecated)]
    impl Person {
        #[doc = "The column `id`."]
        pub const id: ::orm::__private::Column<Person, i64> = ::orm::__private::Column::new(0usize);
        #[doc = "The relation `boss`."]
        pub const boss: ::orm::__private::Relation<Person, Person, ::orm::__private::kind::OptionalOne> =
            ::orm::__private::Relation::new(1usize, "boss", ::core::option::Option::None, ::core::option::Option::None);
    }
    #[automatically_derived]
    #[allow(non_upper_case_globals, dead_code, deprecated)]
    impl Person
    where
        for<'__orm> Person: ::orm::__private::check::IsModel,
    {
        #[doc = "The column of the foreign key `boss`."]
        pub const boss_id: ::orm::__private::Column<
            Person,
            <Option<BelongsTo<Person>> as ::orm::__private::ForeignField>::Column,
        > = ::orm::__private::Column::new(1usize);
    }
    #[automatically_derived]
    impl ::orm::__private::check::IsModel for Person {
        type Constants = Person;
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    #[allow(unused_variables, deprecated)]
    impl ::orm::__private::Model for Person
    where
        for<'__orm> Person: ::orm::__private::check::IsModel,
    {
        type Key = i64;
        type Stored = PersonFamily;
        fn spec() -> &'static ::orm::__private::ModelSpec {
            static SPEC: ::orm::__private::ModelSpec = ::orm::__private::ModelSpec {
                name: "Person",
                table: "person",
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
                        name: "boss",
                        primary_key: false,
                        kind: ::orm::__private::FieldKind::BelongsTo(::orm::__private::BelongsToSpec {
                            target: <Option<BelongsTo<Person>> as ::orm::__private::ForeignField>::TARGET,
                            column: ::core::option::Option::None,
                            renamed_from: ::core::option::Option::None,
                            nullable: <Option<BelongsTo<Person>> as ::orm::__private::ForeignField>::NULLABLE,
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
                indexes: &[],
                checks: &[],
                exclusions: &[],
                comment: ::core::option::Option::None,
                optimistic: &[],
                compares: true,
                filters: &[],
                soft_delete: ::core::option::Option::None,
                shard_key: ::core::option::Option::None,
                family: ::core::option::Option::Some(::orm::__private::FamilySpec::Base(::orm::__private::BaseSpec {
                    discriminator: &::orm::__private::FieldSpec {
                        name: "kind",
                        primary_key: false,
                        kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec::new(
                            "kind",
                            ::orm::__private::SqlType::Text,
                            false,
                            <::std::string::String as ::orm::__private::ColumnType>::VALUES,
                        )),
                    },
                    identity: ::core::option::Option::Some("person"),
                    subtypes: &[::orm::__private::ModelRef {
                        spec: <Customer as ::orm::__private::Model>::spec,
                        table: <Customer as ::orm::__private::Model>::table,
                        arena: <Customer as ::orm::__private::Model>::arena,
                    }],
                })),
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
            ::orm::__private::read_member(row)
        }
        fn snapshot(&self) -> Self {
            Self {
                id: <i64 as ::orm::__private::Clone>::clone(&self.id),
                boss: <Option<BelongsTo<Person>> as ::orm::__private::Clone>::clone(&self.boss),
            }
        }
        fn value(&self, field: usize, part: usize) -> ::orm::__private::ValueRef<'_> {
            match field {
                0usize => <i64 as ::orm::__private::ColumnType>::to_ref(&self.id),
                1usize => ::orm::__private::ForeignField::part(&self.boss, part),
                __DISCRIMINATOR => ::orm::__private::ValueRef::Text("person"),
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
                __DISCRIMINATOR => ::orm::__private::keep_identity("person", value)?,
                _ => {}
            }
            ::core::result::Result::Ok(())
        }
        fn foreign(&self, field: usize) -> ::orm::__private::Foreign<'_> {
            match field {
                1usize => ::orm::__private::ForeignField::state(&self.boss),
                _ => ::orm::__private::Foreign::Null,
            }
        }
        fn set_foreign(&mut self, field: usize, to: ::orm::__private::Foreign<'_>) {
            match field {
                1usize => ::orm::__private::ForeignField::set_state(&mut self.boss, to),
                _ => {}
            }
        }
        fn hand_over<__A: ::orm::__private::Adopter>(&mut self, adopter: &mut __A) {}
        fn defaults(each: &mut dyn ::core::ops::FnMut(usize, ::orm::__private::ValueRef<'_>)) {
            each(__DISCRIMINATOR, ::orm::__private::ValueRef::Text("person"));
        }
    }
    #[automatically_derived]
    #[allow(deprecated, unused_variables)]
    impl ::orm::__private::FamilyMember for Person {
        type Family = PersonFamily;
        const TABLE: &'static str = "person";
        const SCHEMA: ::core::option::Option<&'static str> = ::core::option::Option::None;
        const DISCRIMINATOR: usize = __DISCRIMINATOR;
        const IDENTITY: &'static str = "person";
        const JOINED: bool = false;
        const WIDTH: usize = 2usize;
        const NAMES: &'static [&'static str] = &["id", "boss"];
        fn read_part(row: &mut ::orm::__private::RowReader<'_>, start: usize) -> ::orm::__private::Result<Self> {
            row.seek(start);
            ::core::result::Result::Ok(Self {
                id: row.cell(|cell| <i64 as ::orm::__private::ColumnType>::from_ref(cell))?,
                boss: ::orm::__private::ForeignField::read(row)?,
            })
        }
        fn part<__X: 'static>(&self) -> ::core::option::Option<&__X> {
            match ::orm::__private::same(self) {
                ::core::option::Option::Some(part) => ::core::option::Option::Some(part),
                ::core::option::Option::None => ::core::option::Option::None,
            }
        }
        fn part_mut<__X: 'static>(&mut self) -> ::core::option::Option<&mut __X> {
            if ::orm::__private::same::<Self, __X>(self).is_some() {
                return ::orm::__private::same_mut(self);
            }
            ::core::option::Option::None
        }
        fn into_part<__X: 'static>(self) -> ::core::option::Option<__X> {
            let mut own = ::core::option::Option::Some(self);
            if let ::core::option::Option::Some(part) = ::orm::__private::take_same(&mut own) {
                return ::core::option::Option::Some(part);
            }
            let own = own?;
            ::core::option::Option::None
        }
    }
    #[doc(hidden)]
    #[allow(private_interfaces, clippy::large_enum_variant)]
    pub enum PersonFamily {
        T0(Person),
        T1(Customer),
        Part(Person, usize),
    }
    #[automatically_derived]
    impl ::orm::__private::FamilyBase for Person {}
    #[automatically_derived]
    #[allow(unused_variables)]
    impl ::orm::__private::Model for PersonFamily {
        type Key = <Person as ::orm::__private::Model>::Key;
        type Stored = Self;
        const FAMILY: bool = true;
        const FILLS: bool = <Person as ::orm::__private::Model>::FILLS || <Customer as ::orm::__private::Model>::FILLS;
        const HOOKS: bool = <Person as ::orm::__private::Model>::HOOKS || <Customer as ::orm::__private::Model>::HOOKS;
        const RULES: bool = <Person as ::orm::__private::Model>::RULES || <Customer as ::orm::__private::Model>::RULES;
        fn spec() -> &'static ::orm::__private::ModelSpec {
            <Person as ::orm::__private::Model>::spec()
        }
        fn table() -> &'static ::orm::__private::TableDef {
            <Person as ::orm::__private::Model>::table()
        }
        fn arena() -> ::std::boxed::Box<dyn ::core::any::Any + ::core::marker::Send> {
            ::orm::__private::new_arena::<Self>()
        }
        fn type_name(&self) -> &'static str {
            match self {
                Self::T0(object) => ::orm::__private::Model::type_name(object),
                Self::T1(object) => ::orm::__private::Model::type_name(object),
                Self::Part(_, of) => ::orm::__private::name_of_type::<Self>(*of),
            }
        }
        fn key(&self) -> ::core::option::Option<Self::Key> {
            match self {
                Self::T0(object) => ::orm::__private::Model::key(object),
                Self::T1(object) => ::orm::__private::Model::key(object),
                Self::Part(object, _) => ::orm::__private::Model::key(object),
            }
        }
        fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
            let start = row.position();
            let read = match row.type_of(start, Self::table())? {
                of if row.is_part(of, Self::table()) => {
                    Self::Part(<Person as ::orm::__private::FamilyMember>::read_part(row, start)?, of)
                }
                1usize => Self::T1(<Customer as ::orm::__private::FamilyMember>::read_part(row, start)?),
                _ => Self::T0(<Person as ::orm::__private::FamilyMember>::read_part(row, start)?),
            };
            row.seek(start + Self::table().columns.len());
            ::core::result::Result::Ok(read)
        }
        fn value(&self, field: usize, part: usize) -> ::orm::__private::ValueRef<'_> {
            match self {
                Self::T0(object) => ::orm::__private::Model::value(object, field, part),
                Self::T1(object) => ::orm::__private::Model::value(object, field, part),
                Self::Part(_, of) if field == <Person as ::orm::__private::FamilyMember>::DISCRIMINATOR => {
                    ::orm::__private::ValueRef::Text(::orm::__private::identity_of::<Self>(*of))
                }
                Self::Part(object, _) => ::orm::__private::Model::value(object, field, part),
            }
        }
        fn set_value(
            &mut self,
            field: usize,
            value: ::orm::__private::ValueRef<'_>,
        ) -> ::core::result::Result<(), ::orm::__private::Mismatch> {
            match self {
                Self::T0(object) => ::orm::__private::Model::set_value(object, field, value),
                Self::T1(object) => ::orm::__private::Model::set_value(object, field, value),
                Self::Part(_, of) if field == <Person as ::orm::__private::FamilyMember>::DISCRIMINATOR => {
                    ::orm::__private::keep_identity(::orm::__private::identity_of::<Self>(*of), value)
                }
                Self::Part(object, _) => ::orm::__private::Model::set_value(object, field, value),
            }
        }
        fn set_embedded(&mut self, field: usize, from: &Self) {
            match (self, from) {
                (Self::T0(object), Self::T0(from)) => {
                    ::orm::__private::Model::set_embedded(object, field, from);
                }
                (Self::T1(object), Self::T1(from)) => {
                    ::orm::__private::Model::set_embedded(object, field, from);
                }
                (object, from) => {
                    if let (::core::option::Option::Some(object), ::core::option::Option::Some(from)) =
                        (object.part_mut::<Person>(), from.part::<Person>())
                    {
                        ::orm::__private::Model::set_embedded(object, field, from);
                    }
                }
            }
        }
        fn deferred(&self, field: usize) -> ::core::option::Option<&dyn ::core::any::Any> {
            match self {
                Self::T0(object) => ::orm::__private::Model::deferred(object, field),
                Self::T1(object) => ::orm::__private::Model::deferred(object, field),
                Self::Part(object, _) => ::orm::__private::Model::deferred(object, field),
            }
        }
        fn foreign(&self, field: usize) -> ::orm::__private::Foreign<'_> {
            match self {
                Self::T0(object) => ::orm::__private::Model::foreign(object, field),
                Self::T1(object) => ::orm::__private::Model::foreign(object, field),
                Self::Part(object, _) => ::orm::__private::Model::foreign(object, field),
            }
        }
        fn set_foreign(&mut self, field: usize, to: ::orm::__private::Foreign<'_>) {
            match self {
                Self::T0(object) => ::orm::__private::Model::set_foreign(object, field, to),
                Self::T1(object) => ::orm::__private::Model::set_foreign(object, field, to),
                Self::Part(object, _) => ::orm::__private::Model::set_foreign(object, field, to),
            }
        }
        fn snapshot(&self) -> Self {
            match self {
                Self::T0(object) => Self::T0(::orm::__private::Model::snapshot(object)),
                Self::T1(object) => Self::T1(::orm::__private::Model::snapshot(object)),
                Self::Part(object, of) => Self::Part(::orm::__private::Model::snapshot(object), *of),
            }
        }
        fn is_part(&self) -> bool {
            ::core::matches!(self, Self::Part(..))
        }
        fn complete(&mut self, mut whole: Self) {
            let Self::Part(own, _) = self else { return };
            if let ::core::option::Option::Some(read) = whole.part_mut::<Person>() {
                ::core::mem::swap(own, read);
                *self = whole;
            }
        }
        fn hand_over<__A: ::orm::__private::Adopter>(&mut self, adopter: &mut __A) {
            match self {
                Self::T0(object) => ::orm::__private::Model::hand_over(object, adopter),
                Self::T1(object) => ::orm::__private::Model::hand_over(object, adopter),
                Self::Part(object, _) => ::orm::__private::Model::hand_over(object, adopter),
            }
        }
        fn pending_relation(&self) -> ::core::option::Option<usize> {
            match self {
                Self::T0(object) => ::orm::__private::Model::pending_relation(object),
                Self::T1(object) => ::orm::__private::Model::pending_relation(object),
                Self::Part(object, _) => ::orm::__private::Model::pending_relation(object),
            }
        }
        fn touch_on_update(&mut self) {
            match self {
                Self::T0(object) => ::orm::__private::Model::touch_on_update(object),
                Self::T1(object) => ::orm::__private::Model::touch_on_update(object),
                Self::Part(object, _) => ::orm::__private::Model::touch_on_update(object),
            }
        }
        fn fill_on_insert(&mut self) {
            match self {
                Self::T0(object) => ::orm::__private::Model::fill_on_insert(object),
                Self::T1(object) => ::orm::__private::Model::fill_on_insert(object),
                Self::Part(object, _) => ::orm::__private::Model::fill_on_insert(object),
            }
        }
        fn check_rules(&self, violations: &mut ::orm::__private::Violations) {
            match self {
                Self::T0(object) => ::orm::__private::Model::check_rules(object, violations),
                Self::T1(object) => ::orm::__private::Model::check_rules(object, violations),
                Self::Part(object, _) => ::orm::__private::Model::check_rules(object, violations),
            }
        }
        fn hook(&mut self, mut hook: ::orm::__private::Hook<'_, Self>) -> ::orm::__private::Result<()> {
            match self {
                Self::T0(object) => match hook.of_part(|old| old.part::<Person>()) {
                    ::core::option::Option::Some(hook) => ::orm::__private::Model::hook(object, hook),
                    ::core::option::Option::None => ::core::result::Result::Ok(()),
                },
                Self::T1(object) => match hook.of_part(|old| old.part::<Customer>()) {
                    ::core::option::Option::Some(hook) => ::orm::__private::Model::hook(object, hook),
                    ::core::option::Option::None => ::core::result::Result::Ok(()),
                },
                Self::Part(object, _) => match hook.of_part(|old| old.part::<Person>()) {
                    ::core::option::Option::Some(hook) => ::orm::__private::Model::hook(object, hook),
                    ::core::option::Option::None => ::core::result::Result::Ok(()),
                },
            }
        }
        fn defaults(each: &mut dyn ::core::ops::FnMut(usize, ::orm::__private::ValueRef<'_>)) {
            <Person as ::orm::__private::Model>::defaults(each);
            ::orm::__private::defaults_within::<Customer>(
                <Person as ::orm::__private::FamilyMember>::DISCRIMINATOR + 1
                    ..<Person as ::orm::__private::FamilyMember>::DISCRIMINATOR
                        + 1
                        + <Customer as ::orm::__private::FamilyMember>::WIDTH,
                each,
            );
        }
    }
    impl PersonFamily {
        fn part<__X: 'static>(&self) -> ::core::option::Option<&__X> {
            match self {
                Self::T0(object) => <Person as ::orm::__private::FamilyMember>::part(object),
                Self::T1(object) => <Customer as ::orm::__private::FamilyMember>::part(object),
                Self::Part(object, _) => <Person as ::orm::__private::FamilyMember>::part(object),
            }
        }
        fn part_mut<__X: 'static>(&mut self) -> ::core::option::Option<&mut __X> {
            match self {
                Self::T0(object) => <Person as ::orm::__private::FamilyMember>::part_mut(object),
                Self::T1(object) => <Customer as ::orm::__private::FamilyMember>::part_mut(object),
                Self::Part(object, _) => <Person as ::orm::__private::FamilyMember>::part_mut(object),
            }
        }
        fn into_part<__X: 'static>(self) -> ::core::option::Option<__X> {
            match self {
                Self::T0(object) => <Person as ::orm::__private::FamilyMember>::into_part(object),
                Self::T1(object) => <Customer as ::orm::__private::FamilyMember>::into_part(object),
                Self::Part(object, _) => <Person as ::orm::__private::FamilyMember>::into_part(object),
            }
        }
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    impl ::orm::__private::Stores<Person> for PersonFamily {
        const FIRST: usize = 0;
        fn store(value: Person) -> Self {
            Self::T0(value)
        }
        fn view(&self) -> ::core::option::Option<&Person> {
            self.part()
        }
        fn view_mut(&mut self) -> ::core::option::Option<&mut Person> {
            self.part_mut()
        }
        fn unstore(self) -> ::core::option::Option<Person> {
            self.into_part()
        }
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    impl ::orm::__private::Stores<Customer> for PersonFamily {
        const FIRST: usize = <Person as ::orm::__private::FamilyMember>::DISCRIMINATOR + 1;
        fn store(value: Customer) -> Self {
            Self::T1(value)
        }
        fn view(&self) -> ::core::option::Option<&Customer> {
            self.part()
        }
        fn view_mut(&mut self) -> ::core::option::Option<&mut Customer> {
            self.part_mut()
        }
        fn unstore(self) -> ::core::option::Option<Customer> {
            self.into_part()
        }
    }
    const _: () = <Customer as ::orm::__private::check::InheritsFrom<Person>>::AGREES;
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    impl<__Rest> ::orm::__private::Has<Person, ::orm::__private::Inherited> for (::orm::__private::Of<Customer>, __Rest) {
        type Null = ::orm::__private::No;
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    impl<__Rest> ::orm::__private::Has<Person, ::orm::__private::Inherited>
        for (::orm::__private::Maybe<Customer>, __Rest)
    {
        type Null = ::orm::__private::Yes;
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    impl<__Rest> ::orm::__private::Has<Person, ::orm::__private::Inherited>
        for (::orm::__private::Outer<Customer>, __Rest)
    {
        type Null = ::orm::__private::Yes;
    }
    const _: () = ::orm::__private::check::require(
        ::orm::__private::check::are_distinct(<Person as ::orm::__private::FamilyMember>::NAMES, &["kind"]),
        "`Person` has a field `kind`, which is the discriminator: the flush writes it, and no field holds it",
    );
    const _: () = ::orm::__private::check::require(
        !::orm::__private::check::is(
            ::core::option::Option::Some(<Person as ::orm::__private::FamilyMember>::IDENTITY),
            <Customer as ::orm::__private::FamilyMember>::IDENTITY,
        ),
        "`Person` and `Customer` have the same `identity`: the discriminator could not tell them apart",
    );
    const _: () = ::orm::__private::check::require(
        ::orm::__private::check::are_distinct(
            <Person as ::orm::__private::FamilyMember>::NAMES,
            <Customer as ::orm::__private::FamilyMember>::NAMES,
        ),
        "`Person` and `Customer` have a field of the same name, and a family has each name once; rename one of them",
    );
    const _: () = ::orm::__private::check::require(
        ::orm::__private::check::are_distinct(<Customer as ::orm::__private::FamilyMember>::NAMES, &["kind"]),
        "`Customer` has a field `kind`, which is the discriminator: the flush writes it, and no field holds it",
    );
    #[automatically_derived]
    impl ::orm::__private::check::References<Person> for Person {
        const COUNT: usize = 1usize;
    }
};
#[doc = "The types of the family of [`Person`], each with a handle of it."]
#[allow(dead_code, private_interfaces)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnyPerson {
    #[allow(missing_docs)]
    Person(::orm::__private::Handle<Person>),
    #[allow(missing_docs)]
    Customer(::orm::__private::Handle<Customer>),
}
#[automatically_derived]
impl ::orm::__private::Variants for Person {
    type Any = AnyPerson;
    fn variant(of: usize, object: ::orm::__private::Handle<Self>) -> Self::Any {
        match of {
            1usize => AnyPerson::Customer(::orm::__private::handle_of(object)),
            _ => AnyPerson::Person(::orm::__private::handle_of(object)),
        }
    }
}
