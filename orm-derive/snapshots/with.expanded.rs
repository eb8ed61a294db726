const _: () = {
    #[doc = "The column type of `Site::home_page`, around its value."]
    #[derive(Clone)]
    pub struct SiteHomePage(pub Url);
    #[automatically_derived]
    impl ::core::ops::Deref for SiteHomePage {
        type Target = Url;
        fn deref(&self) -> &Url {
            &self.0
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for SiteHomePage
    where
        for<'__orm> Url: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::core::fmt::Debug::fmt(&self.0, f)
        }
    }
    #[automatically_derived]
    impl ::orm::__private::CustomType for SiteHomePage {
        const SQL_TYPE: ::orm::__private::SqlType = url_text::SQL_TYPE;
        fn encode(&self) -> ::orm::__private::Encoded<'_> {
            <Self as ::orm::__private::FieldCodec>::encode_field(&self.0)
        }
        fn decode(value: ::orm::__private::ValueRef<'_>) -> ::core::result::Result<Self, ::orm::__private::Mismatch> {
            <Self as ::orm::__private::FieldCodec>::decode_field(value).map(Self)
        }
    }
    #[automatically_derived]
    impl ::orm::__private::FieldCodec for SiteHomePage {
        type Field = Url;
        fn encode_field(field: &Url) -> ::orm::__private::Encoded<'_> {
            url_text::encode(field)
        }
        fn decode_field(
            value: ::orm::__private::ValueRef<'_>,
        ) -> ::core::result::Result<Url, ::orm::__private::Mismatch> {
            url_text::decode(value)
        }
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    impl ::orm::__private::Operand<SiteHomePage> for Url {
        type Value = SiteHomePage;
        type Scope = ();
        type With<__S> = __S;
        fn into_operand(self) -> ::orm::__private::Expr {
            ::orm::__private::field_param::<SiteHomePage>(&self)
        }
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    impl ::orm::__private::Literal<SiteHomePage> for Url {
        fn into_value(self) -> ::orm::__private::Value {
            ::orm::__private::field_value::<SiteHomePage>(&self)
        }
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    impl ::orm::__private::Operand<SiteHomePage> for &Url {
        type Value = SiteHomePage;
        type Scope = ();
        type With<__S> = __S;
        fn into_operand(self) -> ::orm::__private::Expr {
            ::orm::__private::field_param::<SiteHomePage>(self)
        }
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    impl ::orm::__private::Literal<SiteHomePage> for &Url {
        fn into_value(self) -> ::orm::__private::Value {
            ::orm::__private::field_value::<SiteHomePage>(self)
        }
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    impl ::orm::__private::Operand<SiteHomePage> for ::core::option::Option<Url> {
        type Value = ::core::option::Option<SiteHomePage>;
        type Scope = ();
        type With<__S> = __S;
        fn into_operand(self) -> ::orm::__private::Expr {
            ::orm::__private::field_param::<::core::option::Option<SiteHomePage>>(&self)
        }
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    impl ::orm::__private::Literal<SiteHomePage> for ::core::option::Option<Url> {
        fn into_value(self) -> ::orm::__private::Value {
            ::orm::__private::field_value::<::core::option::Option<SiteHomePage>>(&self)
        }
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    impl ::orm::__private::Operand<SiteHomePage> for &::core::option::Option<Url> {
        type Value = ::core::option::Option<SiteHomePage>;
        type Scope = ();
        type With<__S> = __S;
        fn into_operand(self) -> ::orm::__private::Expr {
            ::orm::__private::field_param::<::core::option::Option<SiteHomePage>>(self)
        }
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    impl ::orm::__private::Literal<SiteHomePage> for &::core::option::Option<Url> {
        fn into_value(self) -> ::orm::__private::Value {
            ::orm::__private::field_value::<::core::option::Option<SiteHomePage>>(self)
        }
    }
    #[automatically_derived]
    #[allow(non_upper_case_globals, dead_code, deprecated)]
    impl Site {
        #[doc = "The column `id`."]
        const id: ::orm::__private::Column<Site, i64> = ::orm::__private::Column::new(0usize);
        #[doc = "The column `home_page`."]
        const home_page: ::orm::__private::Column<Site, ::core::option::Option<SiteHomePage>> =
            ::orm::__private::Column::new(1usize);
        #[doc = "The column `settings`."]
        const settings: ::orm::__private::Column<Site, ::orm::__private::Json<Settings>> =
            ::orm::__private::Column::new(2usize);
    }
    #[automatically_derived]
    impl ::orm::__private::check::IsModel for Site {
        type Constants = Site;
    }
    #[automatically_derived]
    #[diagnostic::do_not_recommend]
    #[allow(unused_variables, deprecated)]
    impl ::orm::__private::Model for Site {
        type Key = i64;
        type Stored = Self;
        fn spec() -> &'static ::orm::__private::ModelSpec {
            static SPEC: ::orm::__private::ModelSpec = ::orm::__private::ModelSpec {
                name: "Site",
                table: "site",
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
                        name: "home_page",
                        primary_key: false,
                        kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec::new(
                            "home_page",
                            <::core::option::Option<SiteHomePage> as ::orm::__private::ColumnType>::SQL_TYPE,
                            <::core::option::Option<SiteHomePage> as ::orm::__private::ColumnType>::NULLABLE,
                            <::core::option::Option<SiteHomePage> as ::orm::__private::ColumnType>::VALUES,
                        )),
                    },
                    ::orm::__private::FieldSpec {
                        name: "settings",
                        primary_key: false,
                        kind: ::orm::__private::FieldKind::Column(::orm::__private::ColumnSpec::new(
                            "settings",
                            <::orm::__private::Json<Settings> as ::orm::__private::ColumnType>::SQL_TYPE,
                            <::orm::__private::Json<Settings> as ::orm::__private::ColumnType>::NULLABLE,
                            <::orm::__private::Json<Settings> as ::orm::__private::ColumnType>::VALUES,
                        )),
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
                home_page: row.cell(|cell| {
                    <::core::option::Option<SiteHomePage> as ::orm::__private::FieldType>::receive(cell)
                })?,
                settings: row
                    .cell(|cell| <::orm::__private::Json<Settings> as ::orm::__private::FieldType>::receive(cell))?,
            })
        }
        fn snapshot(&self) -> Self {
            Self {
                id: <i64 as ::orm::__private::Clone>::clone(&self.id),
                home_page: <Option<Url> as ::orm::__private::Clone>::clone(&self.home_page),
                settings: <Settings as ::orm::__private::Clone>::clone(&self.settings),
            }
        }
        fn value(&self, field: usize, part: usize) -> ::orm::__private::ValueRef<'_> {
            match field {
                0usize => <i64 as ::orm::__private::ColumnType>::to_ref(&self.id),
                1usize => <::core::option::Option<SiteHomePage> as ::orm::__private::FieldType>::lend(&self.home_page),
                2usize => <::orm::__private::Json<Settings> as ::orm::__private::FieldType>::lend(&self.settings),
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
                1usize => {
                    self.home_page =
                        <::core::option::Option<SiteHomePage> as ::orm::__private::FieldType>::receive(value)?
                }
                2usize => {
                    self.settings = <::orm::__private::Json<Settings> as ::orm::__private::FieldType>::receive(value)?
                }
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
    }
};
