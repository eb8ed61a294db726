use crate::schema::TableName;
use crate::value::SqlType;

/// The type of a column: what it is, and how the database spells it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct DataType {
    /// What it is.
    pub kind: TypeKind,
    /// The database's spelling. Empty where a column needs no type.
    pub spelling: String,
}

/// What a type is, with its bounds. Synonyms are one kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum TypeKind {
    /// A type that only the database knows, by its spelling in small letters.
    Other(String),
    /// No type: a column that takes every value.
    #[default]
    Any,
    /// True or false.
    Bool,
    /// A 16-bit integer.
    SmallInt,
    /// A 32-bit integer.
    Integer,
    /// A 64-bit integer, also by other names where the database has no others.
    BigInt,
    /// A 32-bit float.
    Real,
    /// A 64-bit float.
    Double,
    /// An exact number: digits in all and digits after the point, if they are bounded.
    Numeric(Option<(u32, i32)>),
    /// Text of any length.
    Text,
    /// Text of at most that many characters.
    VarChar(Option<u32>),
    /// Text of that many characters, filled up with spaces.
    Char(Option<u32>),
    /// Bytes.
    Bytes,
    /// A date.
    Date,
    /// A time of day, with that many digits of a second.
    Time(Option<u32>),
    /// A time of day with an offset.
    TimeTz(Option<u32>),
    /// Date and time without a zone.
    DateTime(Option<u32>),
    /// A point in time.
    Timestamp(Option<u32>),
    /// A length of time.
    Interval,
    /// A UUID.
    Uuid,
    /// A JSON document, kept as text.
    Json,
    /// A JSON document, kept in parts.
    Jsonb,
    /// Values of an enum.
    Enum(TableName),
    /// One of these texts, which the column lists itself.
    OneOf(Vec<String>),
    /// Values of a domain.
    Domain {
        /// Its name.
        name: TableName,
        /// What it restricts.
        base: Box<TypeKind>,
    },
    /// Arrays.
    Array(Box<TypeKind>),
}

impl DataType {
    /// A type of that kind and spelling.
    pub fn new(kind: TypeKind, spelling: impl Into<String>) -> Self {
        Self { kind, spelling: spelling.into() }
    }

    /// A type that only the database knows.
    pub fn other(spelling: &str) -> Self {
        Self::new(TypeKind::Other(spelling.to_ascii_lowercase()), spelling)
    }
}

impl TypeKind {
    /// The type by which a query reads such a column. `None` if no field can hold its values.
    pub fn sql_type(&self) -> Option<SqlType> {
        Some(match self {
            Self::Bool => SqlType::Bool,
            Self::SmallInt => SqlType::I16,
            Self::Integer => SqlType::I32,
            Self::BigInt => SqlType::I64,
            Self::Real => SqlType::F32,
            Self::Double => SqlType::F64,
            Self::Numeric(_) => SqlType::Decimal,
            Self::Text | Self::VarChar(_) | Self::Char(_) | Self::Enum(_) | Self::OneOf(_) => SqlType::Text,
            Self::Bytes => SqlType::Bytes,
            Self::Date => SqlType::Date,
            Self::Time(_) => SqlType::Time,
            Self::DateTime(_) => SqlType::DateTime,
            Self::Timestamp(_) => SqlType::Timestamp,
            Self::Uuid => SqlType::Uuid,
            Self::Json | Self::Jsonb => SqlType::Json,
            Self::Domain { base, .. } => return base.sql_type(),
            Self::Array(item) => return item.sql_type().and_then(array_of),
            Self::Other(_) | Self::Any | Self::TimeTz(_) | Self::Interval => return None,
        })
    }

    /// Digits in all and digits after the point, of a decimal, if they are bounded.
    pub fn digits(&self) -> Option<(u32, u32)> {
        match self {
            Self::Numeric(Some((digits, scale))) => Some((*digits, u32::try_from(*scale).ok()?)),
            Self::Domain { base, .. } => base.digits(),
            _ => None,
        }
    }

    /// Whether it is the enum or domain of that name, or an array of it.
    pub(crate) fn names(&self, name: &TableName) -> bool {
        match self {
            Self::Enum(known) => known == name,
            Self::Domain { name: known, base } => known == name || base.names(name),
            Self::Array(item) => item.names(name),
            _ => false,
        }
    }
}

/// The type of arrays of a type. Arrays of arrays have none.
fn array_of(item: SqlType) -> Option<SqlType> {
    const ITEMS: &[SqlType] = &[
        SqlType::Bool,
        SqlType::I16,
        SqlType::I32,
        SqlType::I64,
        SqlType::F32,
        SqlType::F64,
        SqlType::Text,
        SqlType::Bytes,
        SqlType::Date,
        SqlType::Time,
        SqlType::DateTime,
        SqlType::Timestamp,
        SqlType::Uuid,
        SqlType::Decimal,
        SqlType::Json,
    ];
    ITEMS.iter().find(|known| **known == item).map(SqlType::Array)
}
