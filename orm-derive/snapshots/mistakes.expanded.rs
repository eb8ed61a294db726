::core::compile_error! { "`#[orm(..)]` on a field has no option `primary_kye`; did you mean `primary_key`?" }
::core::compile_error! { "a `HasMany` field is a relation: mark it with `#[has_many]`" }
const _: () = {
    #[automatically_derived]
    #[allow(non_upper_case_globals, dead_code, deprecated)]
    impl User {
        #[doc = "The column `id`."]
        const id: ::orm::__private::Column<User, i64> = ::orm::__private::Column::new(0usize);
        #[doc = "The relation `posts`."]
        const posts: ::orm::__private::Relation<User, Post, ::orm::__private::kind::HasMany> =
            ::orm::__private::Relation::new(
                1usize,
                "posts",
                ::core::option::Option::Some("user"),
                ::core::option::Option::None,
            );
    }
    #[automatically_derived]
    impl ::orm::__private::check::IsModel for User {
        type Constants = User;
    }
    #[automatically_derived]
    #[allow(unused_variables)]
    impl ::orm::__private::Model for User {
        type Key = i64;
        type Stored = Self;
        fn spec() -> &'static ::orm::__private::ModelSpec {
            loop {}
        }
        fn table() -> &'static ::orm::__private::TableDef {
            loop {}
        }
        fn arena() -> ::std::boxed::Box<dyn ::core::any::Any + ::core::marker::Send> {
            loop {}
        }
        fn key(&self) -> ::core::option::Option<Self::Key> {
            loop {}
        }
        fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
            loop {}
        }
        fn value(&self, field: usize, part: usize) -> ::orm::__private::ValueRef<'_> {
            loop {}
        }
        fn set_value(
            &mut self,
            field: usize,
            value: ::orm::__private::ValueRef<'_>,
        ) -> ::core::result::Result<(), ::orm::__private::Mismatch> {
            loop {}
        }
        fn foreign(&self, field: usize) -> ::orm::__private::Foreign<'_> {
            loop {}
        }
        fn set_foreign(&mut self, field: usize, to: ::orm::__private::Foreign<'_>) {
            loop {}
        }
        fn snapshot(&self) -> Self {
            loop {}
        }
        fn hand_over<__A: ::orm::__private::Adopter>(&mut self, adopter: &mut __A) {
            loop {}
        }
    }
};
