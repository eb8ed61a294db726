//! What the derive's output calls.

use orm_core::{Error, Result};

use crate::item::ItemSpec;
use crate::value::{AttributeValue, Attributes};

/// How a field is written if it is NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfNull {
    /// Not at all.
    Absent,
    /// As NULL.
    Null,
}

/// Puts the value of a field into the attributes.
///
/// # Errors
///
/// When DynamoDB cannot keep it.
pub fn write(
    attributes: &mut Attributes,
    spec: &ItemSpec,
    name: &str,
    value: Result<AttributeValue>,
    if_null: IfNull,
) -> Result<()> {
    let value = value.map_err(|error| named(error, spec, name, "writing"))?;
    if value != AttributeValue::Null || if_null == IfNull::Null {
        attributes.insert(name.to_owned(), value);
    }
    Ok(())
}

/// Reads the value of a field. What is absent is read as NULL, or is the default.
///
/// # Errors
///
/// When it does not fit the type.
pub fn read<T>(
    attributes: &mut Attributes,
    spec: &ItemSpec,
    name: &str,
    read: impl FnOnce(AttributeValue) -> Result<T>,
    default: Option<fn() -> T>,
) -> Result<T> {
    match (attributes.remove(name), default) {
        (None, Some(default)) => Ok(default()),
        (found, _) => {
            let is_absent = found.is_none();
            read(found.unwrap_or(AttributeValue::Null)).map_err(|error| {
                let error = if is_absent { absent(error) } else { error };
                named(error, spec, name, "reading")
            })
        }
    }
}

fn absent(error: Error) -> Error {
    Error::new(error.kind(), "the item does not have it; an `Option` or `#[item(default)]` allows that")
}

fn named(error: Error, spec: &ItemSpec, name: &str, doing: &str) -> Error {
    error.context(format!("attribute `{name}`")).context(format!("while {doing} `{}`", spec.name))
}
