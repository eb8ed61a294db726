//! Types whose encoding is made, not lent: an address as text, a document of a struct, an encrypted text.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;

use super::{ColumnType, Mismatch, SqlType, Value, ValueRef, Values};

/// What a value is in the database: borrowed from it, or made of it.
#[derive(Debug, Clone)]
pub enum Encoded<'a> {
    /// A part of the value.
    Borrowed(ValueRef<'a>),
    /// Made of the value.
    Made(Value),
    /// The value cannot be stored, with the reason. It is an error before anything is sent.
    Refused(String),
}

impl Encoded<'_> {
    fn into_value(self) -> Value {
        match self {
            Self::Borrowed(value) => value.to_value(),
            Self::Made(value) => value,
            Self::Refused(reason) => Value::Refused(reason),
        }
    }

    fn with<R>(&self, f: impl FnOnce(ValueRef<'_>) -> R) -> R {
        match self {
            Self::Borrowed(value) => f(*value),
            Self::Made(value) => f(value.to_ref()),
            Self::Refused(reason) => f(ValueRef::Refused(reason)),
        }
    }
}

impl<'a> From<ValueRef<'a>> for Encoded<'a> {
    fn from(value: ValueRef<'a>) -> Self {
        Self::Borrowed(value)
    }
}

impl<'a> From<&'a str> for Encoded<'a> {
    fn from(text: &'a str) -> Self {
        Self::Borrowed(ValueRef::Text(text))
    }
}

impl<'a> From<&'a [u8]> for Encoded<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Borrowed(ValueRef::Bytes(bytes))
    }
}

/// Every owned value of a column type.
impl<V: ColumnType<Base = V>> From<V> for Encoded<'_> {
    fn from(value: V) -> Self {
        Self::Made(value.to_ref().to_value())
    }
}

/// A column type of your own whose encoding is made of the value: an IP address as text, a struct as JSON, an encrypted text.
///
/// It is a [`ColumnType`] then, an element of arrays, and a key by `impl CustomKey`. A struct that only wraps another column type needs no
/// encoding: `#[derive(DbType)]` is for it. A field of a type of another crate names the same two functions by `#[orm(with = module)]`.
///
/// ```
/// use std::net::IpAddr;
///
/// use orm::prelude::*;
/// use orm::{ColumnType, CustomType, Encoded, Mismatch, SqlType, ValueRef};
///
/// #[derive(Debug, Clone, PartialEq)]
/// struct Network(IpAddr, u8);
///
/// impl CustomType for Network {
///     const SQL_TYPE: SqlType = SqlType::Text;
///
///     fn encode(&self) -> Encoded<'_> {
///         format!("{}/{}", self.0, self.1).into()
///     }
///
///     fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
///         let text = String::from_ref(value)?;
///         let parts = text.split_once('/').and_then(|(ip, bits)| Some(Self(ip.parse().ok()?, bits.parse().ok()?)));
///         parts.ok_or_else(|| Mismatch::new("a network such as 10.0.0.0/8", value))
///     }
/// }
///
/// #[derive(Model, Debug, Clone)]
/// #[orm(table = "site")]
/// struct Site {
///     #[orm(primary_key)]
///     id: i64,
///     network: Network,
/// }
///
/// let engine = Engine::connect("sqlite://")?;
/// engine.create_all(models![Site])?;
/// let mut session = engine.session();
/// let network = Network([10, 0, 0, 0].into(), 8);
/// let site = session.add(Site { id: 0, network: network.clone() });
/// session.commit()?;
/// assert_eq!(Site::query().filter(Site::network.eq(network)).one(&mut session)?, site);
/// # Ok::<(), orm::Error>(())
/// ```
pub trait CustomType: Sized + Clone + Sync + 'static {
    /// The type of the column.
    const SQL_TYPE: SqlType;

    /// Whether equal values have equal encodings. An encrypted text may have another one each time: it says `false` and gives
    /// [`same`](Self::same). An UPDATE then does not compare the column with what was read, and no condition finds its values.
    const DETERMINISTIC: bool = true;

    /// What the value is in the database. It is never NULL: a field that may be NULL is an `Option` of this type.
    fn encode(&self) -> Encoded<'_>;

    /// Reads a value that came from the database.
    ///
    /// # Errors
    ///
    /// When no value of this type is encoded so.
    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch>;

    /// Whether two values are one, so that the flush has nothing to write. By default those with equal encodings are.
    fn same(&self, other: &Self) -> bool {
        equal(&self.encode(), &other.encode())
    }
}

/// The column type of a field that says `#[orm(with = ..)]` or `#[orm(json)]`: it wraps what the field holds.
pub trait FieldCodec: CustomType {
    /// The type of the field.
    type Field: Clone + Sync + 'static;

    /// As [`CustomType::encode`].
    fn encode_field(field: &Self::Field) -> Encoded<'_>;

    /// As [`CustomType::decode`].
    ///
    /// # Errors
    ///
    /// As there.
    fn decode_field(value: ValueRef<'_>) -> Result<Self::Field, Mismatch>;
}

/// The column type of such a field, with or without its `Option`.
pub trait FieldType: ColumnType {
    /// The type of the field.
    type Field: Clone;

    /// The value of a field as it is sent to the database.
    fn lend(field: &Self::Field) -> ValueRef<'_>;

    /// Reads the value of a field.
    ///
    /// # Errors
    ///
    /// When the field cannot hold it.
    fn receive(value: ValueRef<'_>) -> Result<Self::Field, Mismatch>;
}

#[diagnostic::do_not_recommend]
impl<C: FieldCodec> FieldType for C {
    type Field = C::Field;

    fn lend(field: &Self::Field) -> ValueRef<'_> {
        ValueRef::Made(Made::new::<Parts<C>>(field))
    }

    fn receive(value: ValueRef<'_>) -> Result<Self::Field, Mismatch> {
        read(value, C::decode_field)
    }
}

#[diagnostic::do_not_recommend]
impl<C: FieldCodec> FieldType for Option<C> {
    type Field = Option<C::Field>;

    fn lend(field: &Self::Field) -> ValueRef<'_> {
        field.as_ref().map_or(ValueRef::Null, C::lend)
    }

    fn receive(value: ValueRef<'_>) -> Result<Self::Field, Mismatch> {
        if value.is_null() { Ok(None) } else { C::receive(value).map(Some) }
    }
}

#[diagnostic::do_not_recommend]
impl<T: CustomType> ColumnType for T {
    type Base = Self;
    const SQL_TYPE: SqlType = <T as CustomType>::SQL_TYPE;
    const VALUES: Values = Values::Checked { range: None, check: |value| T::decode(value).map(drop) };

    fn to_ref(&self) -> ValueRef<'_> {
        ValueRef::Made(Made::new::<Whole<T>>(self))
    }

    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        read(value, T::decode)
    }
}

fn read<T: Clone + 'static>(
    value: ValueRef<'_>,
    decode: impl FnOnce(ValueRef<'_>) -> Result<T, Mismatch>,
) -> Result<T, Mismatch> {
    match value {
        ValueRef::Made(made) => match made.get::<T>() {
            Some(value) => Ok(value.clone()),
            None => made.with(decode),
        },
        ValueRef::Null => Err(Mismatch::new("a value", value)),
        value => decode(value),
    }
}

/// A value whose encoding is made when it is asked for.
#[derive(Clone, Copy)]
pub struct Made<'a> {
    value: &'a (dyn Any + Sync),
    encoding: &'static Encoding,
}

/// How the values of a type are encoded.
struct Encoding {
    sql_type: SqlType,
    deterministic: bool,
    encode: for<'v> fn(&'v dyn Any) -> Encoded<'v>,
    same: fn(&dyn Any, &dyn Any) -> bool,
}

trait Encodes {
    type Value: Sync + 'static;
    const ENCODING: &'static Encoding;
}

/// The values of a type.
struct Whole<T>(PhantomData<T>);

/// What a type wraps.
struct Parts<T>(PhantomData<T>);

impl<T: CustomType> Encodes for Whole<T> {
    type Value = T;
    const ENCODING: &'static Encoding = &Encoding {
        sql_type: T::SQL_TYPE,
        deterministic: T::DETERMINISTIC,
        encode: |value| value.downcast_ref().map_or_else(foreign, T::encode),
        same: |one, two| one.downcast_ref::<T>().zip(two.downcast_ref()).is_some_and(|(one, two)| one.same(two)),
    };
}

impl<C: FieldCodec> Encodes for Parts<C> {
    type Value = C::Field;
    const ENCODING: &'static Encoding = &Encoding {
        sql_type: C::SQL_TYPE,
        deterministic: C::DETERMINISTIC,
        encode: |value| value.downcast_ref().map_or_else(foreign, C::encode_field),
        same: |one, two| {
            let fields = one.downcast_ref::<C::Field>().zip(two.downcast_ref());
            fields.is_some_and(|(one, two)| equal(&C::encode_field(one), &C::encode_field(two)))
        },
    };
}

fn foreign<'a>() -> Encoded<'a> {
    Encoded::Refused("it is a value of another type".to_owned())
}

fn equal(one: &Encoded<'_>, two: &Encoded<'_>) -> bool {
    one.with(|one| two.with(|two| one == two))
}

impl<'a> Made<'a> {
    fn new<E: Encodes>(value: &'a E::Value) -> Self {
        Self { value, encoding: E::ENCODING }
    }

    /// Calls `f` with the encoding.
    pub fn with<R>(self, f: impl FnOnce(ValueRef<'_>) -> R) -> R {
        (self.encoding.encode)(self.value).with(f)
    }

    /// The encoding.
    pub fn to_value(self) -> Value {
        (self.encoding.encode)(self.value).into_value()
    }

    /// The type of the column.
    pub fn sql_type(self) -> SqlType {
        self.encoding.sql_type
    }

    /// Whether equal values have equal encodings.
    pub(crate) fn is_deterministic(self) -> bool {
        self.encoding.deterministic
    }

    /// The value itself, if it is a `T`.
    fn get<T: 'static>(self) -> Option<&'a T> {
        (self.value as &'a dyn Any).downcast_ref()
    }

    /// Whether it is the same value as another one.
    pub(super) fn is(self, other: Made<'_>) -> bool {
        if self.value.type_id() == other.value.type_id() {
            (self.encoding.same)(self.value, other.value)
        } else {
            self.with(|one| other.with(|two| one == two))
        }
    }
}

impl fmt::Debug for Made<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with(|value| fmt::Debug::fmt(&value, f))
    }
}
