const _: fn(&Email) -> Email = <Email as ::core::clone::Clone>::clone;
#[automatically_derived]
#[diagnostic::do_not_recommend]
impl ::orm::__private::ColumnType for Email
where
    for<'__orm> Email: ::core::clone::Clone,
{
    type Base = Self;
    const SQL_TYPE: ::orm::__private::SqlType = <String as ::orm::__private::ColumnType>::SQL_TYPE;
    const VALUES: ::orm::__private::Values = ::orm::__private::Values::Checked {
        range: <String as ::orm::__private::ColumnType>::VALUES.range(),
        check: |value| {
            ::core::result::Result::map(<Self as ::orm::__private::ColumnType>::from_ref(value), ::core::mem::drop)
        },
    };
    fn to_ref(&self) -> ::orm::__private::ValueRef<'_> {
        <String as ::orm::__private::ColumnType>::to_ref(&self.address)
    }
    fn from_ref(value: ::orm::__private::ValueRef<'_>) -> ::core::result::Result<Self, ::orm::__private::Mismatch> {
        let inner = <String as ::orm::__private::ColumnType>::from_ref(value)?;
        checks::has_at(&inner).map_err(|error| ::orm::__private::refused("a valid `Email`", value, error))?;
        ::core::result::Result::Ok(Self { address: inner })
    }
}
#[automatically_derived]
impl ::orm::__private::Newtype for Email
where
    for<'__orm> Email: ::core::clone::Clone,
    for<'__orm> String: ::orm::__private::ColumnType<Base = String>,
{
    type Inner = String;
}
#[automatically_derived]
#[diagnostic::do_not_recommend]
impl ::orm::__private::ArrayItem for Email
where
    for<'__orm> Email: ::core::clone::Clone,
    for<'__orm> String: ::orm::__private::ArrayItem,
{
}
#[automatically_derived]
#[diagnostic::do_not_recommend]
impl ::orm::__private::Text for Email
where
    for<'__orm> String: ::orm::__private::Text,
{
    type Checked = ();
}
#[automatically_derived]
#[diagnostic::do_not_recommend]
impl ::orm::__private::Key for Email
where
    for<'__orm> Email: ::core::clone::Clone + ::core::cmp::Eq + ::core::hash::Hash + ::core::fmt::Debug,
    for<'__orm> String: ::orm::__private::Key + ::orm::__private::ColumnType<Base = String>,
{
    const WIDTH: usize = 1;
    fn part(&self, index: usize) -> ::orm::__private::ValueRef<'_> {
        <String as ::orm::__private::Key>::part(&self.address, index)
    }
    fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
        row.column()
    }
    fn read_nullable(
        row: &mut ::orm::__private::RowReader<'_>,
    ) -> ::orm::__private::Result<::core::option::Option<Self>> {
        row.column()
    }
    fn folded(self, forms: &[::orm::__private::TextForm]) -> Self {
        Self { address: <String as ::orm::__private::Key>::folded(self.address, forms) }
    }
    fn is_set(&self) -> bool {
        <String as ::orm::__private::Key>::is_set(&self.address)
    }
}
#[automatically_derived]
#[diagnostic::do_not_recommend]
impl ::orm::__private::Number for Email {
    type Sum = <String as ::orm::__private::Number>::Sum;
    type Average = <String as ::orm::__private::Number>::Average;
}
