use super::{Mismatch, ValueRef};

/// The values that a column may have, where they are not just those of its type.
#[derive(Debug, Clone, Copy)]
pub enum Values {
    /// All that its type has.
    All,
    /// Any 16 bytes of a UUID. A database may have a type for those only that are of one of the standard's versions.
    Bits,
    /// The integers from the first to the second: `create_all` makes a CHECK of it.
    Range(i64, i64),
    /// These texts, which are the variants of an enum.
    Texts(&'static [&'static str]),
    /// Those that the Rust type can be made of.
    Checked {
        /// The integers that contain them, of which `create_all` makes a CHECK.
        range: Option<(i64, i64)>,
        /// Refuses a value that is none of them.
        check: fn(ValueRef<'_>) -> Result<(), Mismatch>,
    },
}

impl Values {
    /// The integers that contain them.
    pub const fn range(self) -> Option<(i64, i64)> {
        match self {
            Self::Range(least, most) => Some((least, most)),
            Self::Checked { range, .. } => range,
            Self::All | Self::Bits | Self::Texts(_) => None,
        }
    }

    /// Refuses a value that is none of them. It is a value of the column's type.
    ///
    /// # Errors
    ///
    /// What was expected.
    #[inline]
    pub fn check(self, value: ValueRef<'_>) -> Result<(), Mismatch> {
        match (self, value) {
            (Self::Range(least, most), ValueRef::I64(number)) if !(least..=most).contains(&number) => {
                Err(Mismatch::new(format!("a number from {least} to {most}"), value))
            }
            (Self::Texts(texts), ValueRef::Text(text)) if !texts.contains(&text) => {
                Err(Mismatch::new(format!("one of \"{}\"", texts.join("\", \"")), value))
            }
            (Self::Checked { check, .. }, value) => check(value),
            _ => Ok(()),
        }
    }
}
