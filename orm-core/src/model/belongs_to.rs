use std::any::Any;
use std::fmt;

use super::{Foreign, ForeignField, Handle, IntoKey, Key, Model, RowReader, keyed, model_ref};
use crate::error::Result;
use crate::schema::ModelRef;
use crate::value::ValueRef;

/// A foreign key: the field *is* the column (or columns) that reference a row of `T`.
///
/// Assign a handle (`car.model = corolla.into()`) or a key (`BelongsTo::key(3)`); `session[&car.model]` is the object.
/// `Option<BelongsTo<T>>` is a key that may be NULL.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "author")]
/// struct Author {
///     #[orm(primary_key)]
///     id: i64,
///     name: String,
///     #[has_many(back_populates = author, order_by = title)]
///     books: HasMany<Book>,
/// }
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "book")]
/// struct Book {
///     #[orm(primary_key)]
///     id: i64,
///     title: String,
///     #[belongs_to(back_populates = books)]
///     author: BelongsTo<Author>, // is the column author_id
/// }
///
/// # let engine = Engine::connect("sqlite://")?;
/// # engine.create_all(models![Author, Book])?;
/// # let mut session = engine.session();
/// let iain = session.add(Author { name: "Iain".into(), ..Default::default() });
/// // The handle of an object, new or not; a `BelongsTo` that is not set is refused by the flush.
/// let book = session.add(Book { title: "Excession".into(), author: iain.into(), ..Default::default() });
/// session.commit()?;
/// assert_eq!(session[book].author.as_key(), Some(&1));
/// assert_eq!(session.load(book, Book::author)?, iain);
/// assert_eq!(session[&session[book].author].name, "Iain");
///
/// // The key of a row, without its object.
/// session.add(Book { title: "Matter".into(), author: BelongsTo::key(1), ..Default::default() });
/// session.commit()?;
/// assert_eq!(Book::query().filter(Book::author_id.eq(1)).count(&mut session)?, 2);
/// # Ok::<(), orm::Error>(())
/// ```
pub struct BelongsTo<T: Model>(Reference<T>);

enum Reference<T: Model> {
    /// Not set yet.
    Unset,
    /// The key of a row.
    Key(T::Key),
    /// An object of the session that has no key yet; a flush replaces it by the key.
    New(Handle<T>),
}

impl<T: Model> BelongsTo<T> {
    /// References the row with that key.
    ///
    /// See the example of [`BelongsTo`].
    pub fn key(key: impl IntoKey<T::Key, Checked: Sized>) -> Self {
        Self(Reference::Key(key.into_key()))
    }

    /// The key, when it is known.
    ///
    /// See the example of [`BelongsTo`].
    pub fn as_key(&self) -> Option<&T::Key> {
        match &self.0 {
            Reference::Key(key) => Some(key),
            _ => None,
        }
    }

    /// The object that was assigned, until a flush replaces it by its key.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = empty_library()?;
    /// let iain = session.add(Author::default());
    /// let book = Book { author: iain.into(), ..Default::default() };
    /// assert_eq!(book.author.as_handle(), Some(iain));
    /// assert!(Book::default().author.is_unset());
    /// # Ok(())
    /// # }
    /// ```
    pub fn as_handle(&self) -> Option<Handle<T>> {
        match self.0 {
            Reference::New(handle) => Some(handle),
            _ => None,
        }
    }

    /// Whether nothing was assigned yet.
    ///
    /// See the example of [`as_handle`](BelongsTo::as_handle).
    pub fn is_unset(&self) -> bool {
        matches!(self.0, Reference::Unset)
    }
}

impl<T: Model> Default for BelongsTo<T> {
    fn default() -> Self {
        Self(Reference::Unset)
    }
}

impl<T: Model> ForeignField for BelongsTo<T> {
    type Column = T::Key;
    const NULLABLE: bool = false;
    const TARGET: ModelRef = keyed(T::KEYED, model_ref::<T>());

    fn state(&self) -> Foreign<'_> {
        match &self.0 {
            Reference::Unset => Foreign::Unset,
            Reference::Key(key) => Foreign::Key(key),
            Reference::New(handle) => Foreign::New { slot: handle.slot(), stamp: handle.stamp() },
        }
    }

    fn set_state(&mut self, to: Foreign<'_>) {
        self.0 = match to {
            Foreign::Unset | Foreign::Null => Reference::Unset,
            Foreign::New { slot, stamp } => Reference::New(Handle::new(slot, stamp)),
            Foreign::Key(key) => match (key as &dyn Any).downcast_ref::<T::Key>() {
                Some(key) => Reference::Key(key.clone()),
                None => Reference::Unset,
            },
        };
    }

    fn part(&self, index: usize) -> ValueRef<'_> {
        self.as_key().map_or(ValueRef::Null, |key| key.part(index))
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        T::Key::read(row).map(Self::key)
    }
}

impl<T: Model> ForeignField for Option<BelongsTo<T>> {
    type Column = Option<T::Key>;
    const NULLABLE: bool = true;
    const TARGET: ModelRef = keyed(T::KEYED, model_ref::<T>());

    fn state(&self) -> Foreign<'_> {
        self.as_ref().map_or(Foreign::Null, ForeignField::state)
    }

    fn set_state(&mut self, to: Foreign<'_>) {
        *self = match to {
            Foreign::Null => None,
            other => {
                let mut key = BelongsTo::default();
                key.set_state(other);
                Some(key)
            }
        };
    }

    fn part(&self, index: usize) -> ValueRef<'_> {
        self.as_ref().map_or(ValueRef::Null, |key| key.part(index))
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(T::Key::read_nullable(row)?.map(BelongsTo::key))
    }
}

impl<T: Model> From<Handle<T>> for BelongsTo<T> {
    fn from(handle: Handle<T>) -> Self {
        Self(Reference::New(handle))
    }
}

impl<T: Model> From<Handle<T>> for Option<BelongsTo<T>> {
    fn from(handle: Handle<T>) -> Self {
        Some(handle.into())
    }
}

impl<T: Model> Clone for BelongsTo<T> {
    fn clone(&self) -> Self {
        Self(match &self.0 {
            Reference::Unset => Reference::Unset,
            Reference::Key(key) => Reference::Key(key.clone()),
            Reference::New(handle) => Reference::New(*handle),
        })
    }
}

impl<T: Model> PartialEq for BelongsTo<T> {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Reference::Unset, Reference::Unset) => true,
            (Reference::Key(a), Reference::Key(b)) => a == b,
            (Reference::New(a), Reference::New(b)) => a == b,
            _ => false,
        }
    }
}

impl<T: Model> Eq for BelongsTo<T> {}

impl<T: Model> fmt::Debug for BelongsTo<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reference::Unset => f.write_str("Unset"),
            Reference::Key(key) => write!(f, "Key({key:?})"),
            Reference::New(handle) => write!(f, "New({handle:?})"),
        }
    }
}
