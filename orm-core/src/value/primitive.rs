//! The column types of the standard library.

use super::{ColumnType, Mismatch, SqlType, ValueRef};

macro_rules! integers {
    ($($ty:ty, $sql:ident, $name:literal;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl ColumnType for $ty {
            type Base = Self;
            const SQL_TYPE: SqlType = SqlType::$sql;

            fn to_ref(&self) -> ValueRef<'_> {
                ValueRef::I64(i64::from(*self))
            }

            fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
                let found = match value {
                    ValueRef::I64(v) => Self::try_from(v).ok(),
                    // Some databases store the whole number in a column of decimals.
                    #[cfg(feature = "decimal")]
                    ValueRef::Decimal(v) if v.fract().is_zero() => Self::try_from(v).ok(),
                    _ => None,
                };
                found.ok_or_else(|| Mismatch::new($name, value))
            }
        }
    )*};
}

integers! {
    i16, I16, "a 16-bit integer";
    i32, I32, "a 32-bit integer";
    i64, I64, "a 64-bit integer";
}

#[diagnostic::do_not_recommend]
impl ColumnType for bool {
    type Base = Self;
    const SQL_TYPE: SqlType = SqlType::Bool;

    fn to_ref(&self) -> ValueRef<'_> {
        ValueRef::Bool(*self)
    }

    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Bool(v) => Ok(v),
            // A database without a boolean type stores 0 and 1.
            ValueRef::I64(0) => Ok(false),
            ValueRef::I64(1) => Ok(true),
            other => Err(Mismatch::new(
                "a boolean (`true` and `false` as text are read where the field has `#[orm(format = \"text\")]`)",
                other,
            )),
        }
    }
}

#[diagnostic::do_not_recommend]
impl ColumnType for f64 {
    type Base = Self;
    const SQL_TYPE: SqlType = SqlType::F64;

    fn to_ref(&self) -> ValueRef<'_> {
        ValueRef::F64(*self)
    }

    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::F64(v) => Ok(v),
            ValueRef::I64(v) => exact_float(v).ok_or_else(|| Mismatch::new("a 64-bit float", value)),
            #[cfg(feature = "decimal")]
            ValueRef::Decimal(v) => decimal_float(v).ok_or_else(|| Mismatch::new("a 64-bit float", value)),
            // A database that would store NULL for the float stores it as text.
            ValueRef::Text("NaN") => Ok(Self::NAN),
            other => Err(Mismatch::new("a 64-bit float", other)),
        }
    }
}

#[diagnostic::do_not_recommend]
impl ColumnType for f32 {
    type Base = Self;
    const SQL_TYPE: SqlType = SqlType::F32;

    fn to_ref(&self) -> ValueRef<'_> {
        ValueRef::F64(f64::from(*self))
    }

    #[expect(clippy::cast_possible_truncation, reason = "checked to lose nothing but precision")]
    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let wide = f64::from_ref(value).map_err(|_| Mismatch::new("a 32-bit float", value))?;
        let narrow = wide as Self;
        if narrow.is_infinite() && wide.is_finite() { Err(Mismatch::new("a 32-bit float", value)) } else { Ok(narrow) }
    }
}

/// The float equal to `v`, for databases that keep a whole number in a column of floats as an integer.
#[expect(clippy::cast_precision_loss, reason = "bounded to the integers that floats hold exactly")]
fn exact_float(v: i64) -> Option<f64> {
    (v.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS).then_some(v as f64)
}

/// The float that is written with the digits of `v`, for a database that keeps it in a column of decimals.
#[cfg(feature = "decimal")]
fn decimal_float(v: rust_decimal::Decimal) -> Option<f64> {
    let found: f64 = v.to_string().parse().ok()?;
    (found.to_string().parse() == Ok(v)).then_some(found)
}

#[diagnostic::do_not_recommend]
impl ColumnType for String {
    type Base = Self;
    const SQL_TYPE: SqlType = SqlType::Text;

    fn to_ref(&self) -> ValueRef<'_> {
        ValueRef::Text(self)
    }

    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Text(v) => Ok(v.to_owned()),
            other => Err(Mismatch::new("text", other)),
        }
    }
}

#[diagnostic::do_not_recommend]
impl ColumnType for Vec<u8> {
    type Base = Self;
    const SQL_TYPE: SqlType = SqlType::Bytes;

    fn to_ref(&self) -> ValueRef<'_> {
        ValueRef::Bytes(self)
    }

    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Bytes(v) => Ok(v.to_owned()),
            other => Err(Mismatch::new("bytes", other)),
        }
    }
}
