//! Structs as items.

mod key;
mod spec;

use orm_core::{Error, ErrorKind, Result};

use crate::Dynamo;
use crate::expression::{Condition, Projection, Update};
use crate::read::{Query, Scan};
use crate::request::{Effect, Request};
use crate::table::{self, CreateTable, DeleteTable, TableDescription};
use crate::value::{Attributes, KeyAttribute, Operand};
use crate::write::{self, DeleteItem, Put, UpdateItem};

pub use key::{IntoKey, Key, NoRange, RangeType};
pub use spec::{Index, IndexSpec, ItemSpec, KeySpec, Projected, Version};

/// A struct whose values are items of a table. `#[derive(Item)]` implements it, and needs the trait in scope: both have one name.
///
/// ```no_run
/// use orm_dynamodb::{Dynamo, ErrorKind, Item};
///
/// #[derive(Item, Debug)]
/// #[item(table = "user")]
/// struct User {
///     #[item(hash_key)]
///     email: String,
///     name: String,
///     age: u32,
/// }
///
/// let db = Dynamo::from_env()?;
/// if !User::exists(&db)? {
///     User::create_table(&db).on_demand().wait()?;
/// }
/// let mut ann = User { email: "ann@example.com".into(), name: "Ann".into(), age: 30 };
/// ann.save(&db)?;
/// ann.update(&db, User::age.add(1))?;
/// assert_eq!(ann.age, 31);
///
/// match User::get(&db, "ann@example.com")? {
///     Some(user) => println!("{}", user.name),
///     None => println!("User not found"),
/// }
/// let twin = ann.put_if_absent(&db);
/// assert_eq!(twin.unwrap_err().kind(), ErrorKind::ConditionFailed);
/// ann.delete(&db)?;
/// # Ok::<(), orm_dynamodb::Error>(())
/// ```
///
/// **Versions.** With `#[item(version)]`, each save and update of an object checks that the item is as the object knows it, and counts it up. If somebody
/// else changed it, the error is `StaleData`: [`refresh`](Item::refresh) and do it again.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no item",
    label = "expected a type with `#[derive(orm_dynamodb::Item)]`"
)]
pub trait Item: Sized + 'static {
    /// The type of the hash key.
    type Hash: KeyAttribute;

    /// The type of the range key, or [`NoRange`].
    type Range: RangeType;

    /// Its table, keys and indexes.
    const SPEC: &'static ItemSpec;

    /// Its attributes.
    ///
    /// # Errors
    ///
    /// When DynamoDB cannot keep a value.
    #[doc(hidden)]
    fn write(&self) -> Result<Attributes>;

    /// Reads attributes.
    ///
    /// # Errors
    ///
    /// When one is missing or does not fit its field.
    #[doc(hidden)]
    fn read(attributes: &mut Attributes) -> Result<Self>;

    /// The attributes of its key.
    ///
    /// # Errors
    ///
    /// When DynamoDB cannot keep a value.
    #[doc(hidden)]
    fn key_attributes(&self) -> Result<Attributes>;

    /// Makes the keys that are composed of other fields.
    #[doc(hidden)]
    fn compose(&mut self) {}

    /// The version, if it has one.
    #[doc(hidden)]
    fn version(&self) -> Option<u64> {
        None
    }

    /// Sets the version.
    #[doc(hidden)]
    fn set_version(&mut self, _: u64) {}

    /// Whether the table is there and ready.
    ///
    /// # Errors
    ///
    /// As the kind says.
    fn exists(db: &Dynamo) -> Result<bool> {
        match Self::describe(db) {
            Ok(table) => Ok(table.status == "ACTIVE"),
            Err(error) if error.kind() == ErrorKind::TableNotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Creates the table with its indexes.
    fn create_table(db: &Dynamo) -> CreateTable<'_, Self> {
        CreateTable::new(db)
    }

    /// What DynamoDB says of the table.
    ///
    /// # Errors
    ///
    /// `TableNotFound`, or as the kind says.
    fn describe(db: &Dynamo) -> Result<TableDescription> {
        table::describe(db, Self::SPEC)
    }

    /// Deletes the table with all items.
    fn delete_table(db: &Dynamo) -> DeleteTable<'_> {
        DeleteTable::new(db, Self::SPEC)
    }

    /// Writes the whole item, over one of the same key.
    ///
    /// # Errors
    ///
    /// `Invalid` when DynamoDB cannot keep a value, in which case nothing is sent; `StaleData` by the version. Otherwise as the kind says.
    fn save(&mut self, db: &Dynamo) -> Result<()> {
        self.put(db).send()
    }

    /// Writes the whole item if there is none of the same key.
    ///
    /// # Errors
    ///
    /// `ConditionFailed` when there is one. Otherwise as [`save`](Self::save).
    fn put_if_absent(&mut self, db: &Dynamo) -> Result<()> {
        self.put(db).when(Condition::absent(Self::SPEC.hash.name)).send()
    }

    /// Writes the whole item, with a condition.
    ///
    /// See the example of [`Put`].
    fn put<'a>(&'a mut self, db: &'a Dynamo) -> Put<'a, Self> {
        Put::new(db, self)
    }

    /// The item of a key: that of the hash key, or a pair where there is a range key. What was just written may be missing.
    ///
    /// # Errors
    ///
    /// `TableNotFound`, or as the kind says.
    fn get(db: &Dynamo, key: impl IntoKey<Self::Hash, Self::Range>) -> Result<Option<Self>> {
        write::get(db, Key::of(key), false)
    }

    /// The item of a key, as the last write left it. It costs twice as much.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn get_consistent(db: &Dynamo, key: impl IntoKey<Self::Hash, Self::Range>) -> Result<Option<Self>> {
        write::get(db, Key::of(key), true)
    }

    /// Fields of the item of a key.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn get_fields<P: Projection<Self>>(
        db: &Dynamo,
        key: impl IntoKey<Self::Hash, Self::Range>,
        fields: P,
    ) -> Result<Option<P::Output>> {
        write::get_fields(db, Key::<Self>::of(key), &fields)
    }

    /// The key, for a transaction or a batch.
    fn at_key(key: impl IntoKey<Self::Hash, Self::Range>) -> Key<Self> {
        Key::of(key)
    }

    /// Changes the item in the table, and this object to what it is then.
    ///
    /// # Errors
    ///
    /// `NotFound` when the item is gone, `StaleData` by the version. Otherwise as the kind says.
    fn update(&mut self, db: &Dynamo, update: impl Into<Update<Self>>) -> Result<()> {
        let key = self.key_attributes().map(Key::known);
        *self = UpdateItem::new(db, key, update.into()).of_version(self.version()).send()?;
        Ok(())
    }

    /// Changes the item of a key, without having read it.
    ///
    /// See the example of [`UpdateItem`].
    fn update_key(
        db: &Dynamo,
        key: impl IntoKey<Self::Hash, Self::Range>,
        update: impl Into<Update<Self>>,
    ) -> UpdateItem<'_, Self> {
        UpdateItem::new(db, Ok(Key::of(key)), update.into())
    }

    /// Deletes the item. One that is gone already is no error, unless there are versions.
    ///
    /// # Errors
    ///
    /// `StaleData` by the version. Otherwise as the kind says.
    fn delete(&self, db: &Dynamo) -> Result<()> {
        let key = self.key_attributes().map(Key::known);
        DeleteItem::<Self>::new(db, key).of_version(self.version()).send().map(drop)
    }

    /// Deletes the item of a key, and gives what it was.
    ///
    /// See the example of [`DeleteItem`].
    fn delete_key(db: &Dynamo, key: impl IntoKey<Self::Hash, Self::Range>) -> DeleteItem<'_, Self> {
        DeleteItem::new(db, Ok(Key::of(key)))
    }

    /// Reads the item again, as the last write left it.
    ///
    /// # Errors
    ///
    /// `NotFound` when it is gone. Otherwise as the kind says.
    fn refresh(&mut self, db: &Dynamo) -> Result<()> {
        let mut request = Request::for_key::<Self>(self.key_attributes()?);
        request.consistent_read = true;
        match request.send(db, "GetItem", Effect::Repeatable)?.item {
            Some(mut attributes) => {
                *self = Self::read(&mut attributes)?;
                Ok(())
            }
            None => Err(gone(Self::SPEC)),
        }
    }

    /// The items with this hash key, in the order of their range keys.
    ///
    /// See the example of [`Query`].
    fn query(db: &Dynamo, hash: impl Operand<Self::Hash>) -> Query<'_, Self, Self::Range> {
        Query::of_key(db, Self::SPEC.hash.name, Self::SPEC.range.as_ref(), None, hash.operand())
    }

    /// All items.
    ///
    /// See the example of [`Scan`].
    fn scan(db: &Dynamo) -> Scan<'_, Self> {
        Scan::whole(db)
    }
}

/// The error for an item that should be there.
pub(crate) fn gone(spec: &ItemSpec) -> Error {
    Error::new(ErrorKind::NotFound, format!("there is no `{}` of this key in the table \"{}\"", spec.name, spec.table))
}
