use super::{Mismatch, ValueRef};

/// An enum that the database knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NativeEnum {
    /// The name of its type, where types have names.
    pub name: &'static str,
    /// Its values, in its order.
    pub texts: &'static [&'static str],
}

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
    /// The values of an enum that the database knows, or arrays of them.
    Native(&'static NativeEnum),
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
            Self::All | Self::Bits | Self::Texts(_) | Self::Native(_) => None,
        }
    }

    /// The texts that they are, if they are the variants of an enum.
    pub const fn texts(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Texts(texts) => Some(texts),
            Self::Native(known) => Some(known.texts),
            _ => None,
        }
    }

    /// The enum of the database that they are of.
    pub const fn native(self) -> Option<&'static NativeEnum> {
        match self {
            Self::Native(known) => Some(known),
            _ => None,
        }
    }

    /// Those of arrays whose elements have these values.
    pub(crate) const fn of_arrays(self) -> Self {
        match self {
            Self::Native(_) => self,
            _ => Self::All,
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
            (Self::Checked { check, .. }, value) => check(value),
            (values, ValueRef::Text(text)) => match values.texts() {
                Some(texts) if !texts.contains(&text) => {
                    Err(Mismatch::new(format!("one of \"{}\"", texts.join("\", \"")), value))
                }
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }
}
