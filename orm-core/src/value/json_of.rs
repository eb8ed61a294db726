use std::any::type_name;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Document;

use super::{CustomType, Encoded, FieldCodec, Mismatch, SqlType, Value, ValueRef};

/// A value of any serde type, kept as a JSON document. The operators of documents work on it.
///
/// `#[orm(json)]` on a field says the same without the wrapper: its column has this type.
///
/// ```
/// use orm::Json;
/// use orm::prelude::*;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Default)]
/// struct Settings {
///     theme: String,
///     sizes: Vec<u32>,
/// }
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "profile")]
/// struct Profile {
///     #[orm(primary_key)]
///     id: i64,
///     wrapped: Json<Settings>,
///     #[orm(json)]
///     plain: Option<Settings>,
/// }
///
/// let engine = Engine::connect("sqlite://")?;
/// engine.create_all(models![Profile])?;
/// let mut session = engine.session();
/// let settings = Settings { theme: "dark".into(), sizes: vec![1, 2] };
/// session.add(Profile { plain: Some(settings.clone()), ..Default::default() });
/// let query = Profile::query().filter(Profile::plain.json_get("theme").json_as::<String>().eq("dark"));
/// assert_eq!(query.values(&mut session)?[0].plain, Some(settings));
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Json<T>(pub T);

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

/// What [`Json`] keeps.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be kept as JSON",
    label = "not a type that serde writes and reads",
    note = "derive `Serialize` and `Deserialize` for it, and `Clone`"
)]
pub trait JsonValue: Clone + Sync + 'static {
    /// As a document.
    ///
    /// # Errors
    ///
    /// When serde cannot write it as one.
    fn to_document(&self) -> serde_json::Result<Document>;

    /// From a document.
    ///
    /// # Errors
    ///
    /// When the document is of another form.
    fn from_document(document: &Document) -> serde_json::Result<Self>;

    /// From the text of a document.
    ///
    /// # Errors
    ///
    /// As [`from_document`](Self::from_document).
    fn from_text(text: &str) -> serde_json::Result<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Clone + Sync + 'static> JsonValue for T {
    fn to_document(&self) -> serde_json::Result<Document> {
        serde_json::to_value(self)
    }

    fn from_document(document: &Document) -> serde_json::Result<Self> {
        Self::deserialize(document)
    }

    fn from_text(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }
}

#[diagnostic::do_not_recommend]
impl<T: JsonValue> CustomType for Json<T> {
    const SQL_TYPE: SqlType = SqlType::Json;

    fn encode(&self) -> Encoded<'_> {
        Self::encode_field(&self.0)
    }

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        Self::decode_field(value).map(Self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: JsonValue> FieldCodec for Json<T> {
    type Field = T;

    fn encode_field(field: &T) -> Encoded<'_> {
        match field.to_document() {
            Ok(document) => Encoded::Made(Value::Json(document)),
            Err(error) => Encoded::Refused(error.to_string()),
        }
    }

    fn decode_field(value: ValueRef<'_>) -> Result<T, Mismatch> {
        let read = match value {
            ValueRef::Json(document) => T::from_document(document),
            ValueRef::Text(text) => T::from_text(text),
            other => return Err(Mismatch::new("a JSON document", other)),
        };
        let expected = || format!("a JSON document of `{}`", type_name::<T>());
        read.map_err(|error| Mismatch::new(expected(), format_args!("{value}: {error}")))
    }
}
