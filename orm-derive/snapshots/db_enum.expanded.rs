const _: fn(&Status) -> Status = <Status as ::core::clone::Clone>::clone;
#[automatically_derived]
#[diagnostic::do_not_recommend]
#[allow(deprecated)]
impl ::orm::__private::ColumnType for Status
where
    for<'__orm> Status: ::core::clone::Clone,
{
    type Base = Self;
    const SQL_TYPE: ::orm::__private::SqlType = ::orm::__private::SqlType::Text;
    const VALUES: ::orm::__private::Values = ::orm::__private::Values::Texts(&["open", "in_review", "done!"]);
    fn to_ref(&self) -> ::orm::__private::ValueRef<'_> {
        ::orm::__private::ValueRef::Text(match self {
            Self::Open => "open",
            Self::InReview => "in_review",
            Self::Done => "done!",
        })
    }
    fn from_ref(value: ::orm::__private::ValueRef<'_>) -> ::core::result::Result<Self, ::orm::__private::Mismatch> {
        match value {
            ::orm::__private::ValueRef::Text("open") => ::core::result::Result::Ok(Self::Open),
            ::orm::__private::ValueRef::Text("in_review") => ::core::result::Result::Ok(Self::InReview),
            ::orm::__private::ValueRef::Text("done!") => ::core::result::Result::Ok(Self::Done),
            _ => ::core::result::Result::Err(::orm::__private::Mismatch::new(
                "one of \"open\", \"in_review\", \"done!\"",
                value,
            )),
        }
    }
}
#[automatically_derived]
#[diagnostic::do_not_recommend]
impl ::orm::__private::ArrayItem for Status where for<'__orm> Status: ::core::clone::Clone {}
