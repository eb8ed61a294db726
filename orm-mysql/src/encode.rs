//! From our values to the driver's.

use mysql::Value;
use orm_core::driver::Bind;
use orm_core::value::ValueRef;
use orm_core::{Error, ErrorKind, Result};

/// The parameters of a statement.
pub(crate) fn params(values: &[ValueRef<'_>]) -> Result<Vec<Value>> {
    values
        .iter()
        .enumerate()
        .map(|(index, value)| encode(*value).map_err(|error| error.with_parameter(index)))
        .collect()
}

/// The parameters of one row.
#[derive(Debug, Default)]
pub(crate) struct RowParams(pub(crate) Vec<Value>);

impl Bind for RowParams {
    fn bind(&mut self, value: ValueRef<'_>) -> Result<()> {
        let index = self.0.len();
        self.0.push(encode(value).map_err(|error| error.with_parameter(index))?);
        Ok(())
    }
}

fn encode(value: ValueRef<'_>) -> Result<Value> {
    Ok(match value {
        ValueRef::Null => Value::NULL,
        ValueRef::Bool(v) => Value::Int(v.into()),
        ValueRef::I64(v) => Value::Int(v),
        ValueRef::F64(v) if v.is_finite() => Value::Double(v),
        ValueRef::F64(v) => {
            return Err(Error::unsupported("MySQL", &format!("the float {v}: it has finite ones only")));
        }
        ValueRef::Text(v) => Value::Bytes(v.as_bytes().to_vec()),
        ValueRef::Bytes(v) => Value::Bytes(v.to_vec()),
        #[cfg(feature = "chrono")]
        ValueRef::Date(v) => crate::temporal::date(v),
        #[cfg(feature = "chrono")]
        ValueRef::Time(v) => crate::temporal::time(v),
        #[cfg(feature = "chrono")]
        ValueRef::DateTime(v) => crate::temporal::date_time(v),
        #[cfg(feature = "chrono")]
        ValueRef::Timestamp(v) => crate::temporal::date_time(v.naive_utc()),
        #[cfg(feature = "uuid")]
        ValueRef::Uuid(v) => Value::Bytes(v.hyphenated().to_string().into_bytes()),
        #[cfg(feature = "decimal")]
        ValueRef::Decimal(v) => Value::Bytes(v.to_string().into_bytes()),
        #[cfg(feature = "json")]
        ValueRef::Json(v) => Value::Bytes(v.to_string().into_bytes()),
        ValueRef::Made(made) => return made.with(encode),
        ValueRef::Refused(reason) => return Err(Error::not_encoded(reason)),
        ValueRef::Unloaded => return Err(Error::not_encoded(&value.to_string())),
        ValueRef::Array(_) => return Err(Error::unsupported("MySQL", "an array as a value")),
        other => return Err(Error::new(ErrorKind::Unsupported, format!("MySQL has no type for {other}"))),
    })
}
