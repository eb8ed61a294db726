//! More column types of the standard library: other owners of text and bytes, spans of time, addresses; and networks of `ipnet`.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use super::{ColumnType, CustomType, Encoded, Mismatch, Newtype, SqlType, ValueRef, Values};

macro_rules! texts {
    ($($ty:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl ColumnType for $ty {
            type Base = Self;
            const SQL_TYPE: SqlType = SqlType::Text;

            fn to_ref(&self) -> ValueRef<'_> {
                ValueRef::Text(self)
            }

            fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
                match value {
                    ValueRef::Text(text) => Ok(text.to_owned().into()),
                    other => Err(Mismatch::new("text", other)),
                }
            }
        }

        #[diagnostic::do_not_recommend]
        impl Newtype for $ty {
            type Inner = String;
        }
    )*};
}

texts!(Box<str>, Arc<str>, Cow<'static, str>);

#[diagnostic::do_not_recommend]
impl<const N: usize> ColumnType for [u8; N] {
    type Base = Self;
    const SQL_TYPE: SqlType = SqlType::Bytes;
    const VALUES: Values = Values::Checked { range: None, check: |value| Self::from_ref(value).map(drop) };

    fn to_ref(&self) -> ValueRef<'_> {
        ValueRef::Bytes(self)
    }

    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let found = if let ValueRef::Bytes(bytes) = value { bytes.try_into().ok() } else { None };
        found.ok_or_else(|| Mismatch::new(format!("{N} bytes"), value))
    }
}

/// Whole microseconds.
#[diagnostic::do_not_recommend]
impl ColumnType for Duration {
    type Base = Self;
    const SQL_TYPE: SqlType = SqlType::I64;
    const VALUES: Values = Values::Range(0, i64::MAX);

    fn to_ref(&self) -> ValueRef<'_> {
        let micros = i64::try_from(self.as_micros());
        micros.map_or(ValueRef::Refused("a `Duration` of more than 292,000 years has no column"), ValueRef::I64)
    }

    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let micros = u64::from_ref(value).map_err(|_| Mismatch::new("a number of microseconds", value))?;
        Ok(Self::from_micros(micros))
    }
}

macro_rules! made_texts {
    ($($ty:ty, $name:literal;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl CustomType for $ty {
            const SQL_TYPE: SqlType = SqlType::Text;

            fn encode(&self) -> Encoded<'_> {
                self.to_string().into()
            }

            fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
                let found = if let ValueRef::Text(text) = value { text.parse().ok() } else { None };
                found.ok_or_else(|| Mismatch::new($name, value))
            }
        }
    )*};
}

made_texts! {
    char, "one character";
    IpAddr, "an IP address";
    Ipv4Addr, "an IPv4 address";
    Ipv6Addr, "an IPv6 address";
}

#[cfg(feature = "ipnet")]
made_texts! {
    ipnet::IpNet, "a network such as 10.0.0.0/8";
    ipnet::Ipv4Net, "an IPv4 network such as 10.0.0.0/8";
    ipnet::Ipv6Net, "an IPv6 network such as fd00::/8";
}
