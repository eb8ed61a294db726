use uuid::Uuid;

use super::{ColumnType, Mismatch, SqlType, ValueRef};

#[diagnostic::do_not_recommend]
impl ColumnType for Uuid {
    type Base = Self;
    const SQL_TYPE: SqlType = SqlType::Uuid;

    fn to_ref(&self) -> ValueRef<'_> {
        ValueRef::Uuid(*self)
    }

    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let found = match value {
            ValueRef::Uuid(v) => Some(v),
            ValueRef::Text(v) if is_usual(v) => Self::try_parse(v).ok(),
            _ => None,
        };
        found.ok_or_else(|| {
            let expected = "a UUID as text with hyphens, all small or all capital letters (others are read where the field has \
                            `#[orm(format = \"blob\")]` or `\"simple\"`)";
            Mismatch::new(expected, value)
        })
    }
}

/// Whether a UUID has one of the two spellings for which queries look.
fn is_usual(text: &str) -> bool {
    let has = |test: fn(&u8) -> bool| text.bytes().any(|byte| test(&byte));
    text.len() == 36 && !(has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase))
}
