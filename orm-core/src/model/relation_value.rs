//! The types of relation fields whose key is elsewhere. They declare the relation and carry the new members of a
//! literal until the session adopts them; who belongs to whom afterwards is asked of the session.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;

use super::{Handle, Model};

/// A member on its way into a session: a new value, or an object that is there already.
#[derive(Clone)]
pub enum New<T> {
    /// A value that the session is to add.
    Value(T),
    /// An object of the session.
    Handle(Handle<T>),
}

impl<T> From<T> for New<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T: Model> From<Handle<T>> for New<T> {
    fn from(handle: Handle<T>) -> Self {
        Self::Handle(handle)
    }
}

/// What may become a member of a relation to `T`: a new value, or the handle of an object.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a member of a relation to `{T}`",
    label = "expected a new `{T}`, or a `Handle<{T}>`"
)]
pub trait Member<T> {
    /// Stands in bounds, so that the compiler reports the call alone.
    type Checked;

    /// The member on its way into the session.
    fn into_new(self) -> New<T>;
}

#[diagnostic::do_not_recommend]
impl<T, N: Into<New<T>>> Member<T> for N {
    type Checked = ();

    fn into_new(self) -> New<T> {
        self.into()
    }
}

impl<T> fmt::Debug for New<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Value(_) => "new",
            Self::Handle(_) => "handle",
        })
    }
}

/// Members without their type in the type of the field. Models reference each other in long chains and in cycles, and
/// the compiler would follow them all to see whether one model may cross threads.
#[derive(Debug)]
struct PendingMembers(Box<dyn Any + Send + Sync>);

impl PendingMembers {
    fn load<T: Model>(members: Vec<New<T>>) -> Option<Box<Self>> {
        Some(Box::new(Self(Box::new(members))))
    }

    fn members<T: 'static>(&self) -> &[New<T>] {
        self.0.downcast_ref::<Vec<New<T>>>().map_or(&[], Vec::as_slice)
    }

    fn unload<T: 'static>(self) -> Option<Vec<New<T>>> {
        self.0.downcast().ok().map(|members| *members)
    }
}

macro_rules! relation_value {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name<T>(Option<Box<PendingMembers>>, PhantomData<fn() -> T>);

        impl<T> Default for $name<T> {
            fn default() -> Self {
                Self(None, PhantomData)
            }
        }

        impl<T: Model + Clone> Clone for $name<T> {
            fn clone(&self) -> Self {
                Self(self.0.as_ref().and_then(|pending| PendingMembers::load(pending.members::<T>().to_vec())), PhantomData)
            }
        }

        impl<T: 'static> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({} pending)"), self.pending())
            }
        }

        /// Two values are compared by their columns: what a relation field carries does not count.
        impl<T> PartialEq for $name<T> {
            fn eq(&self, _: &Self) -> bool {
                true
            }
        }

        impl<T> Eq for $name<T> {}

        impl<T: 'static> $name<T> {
            /// How many members the field carries into the session. After `add` it is 0: ask the session then. See the example of
            /// [`HasMany`].
            pub fn pending(&self) -> usize {
                self.members().len()
            }

            pub(super) fn members(&self) -> &[New<T>] {
                self.0.as_ref().map_or(&[], |pending| pending.members())
            }
        }
    };
}

macro_rules! to_many {
    ($(#[$doc:meta])* $name:ident) => {
        relation_value! { $(#[$doc])* $name }

        impl<T: 'static> $name<T> {
            /// What the field carries, and the field is empty afterwards. `None` when nothing was ever assigned.
            pub fn take(&mut self) -> Option<Vec<New<T>>> {
                self.0.take()?.unload()
            }
        }

        impl<T: Model, N: Into<New<T>>> From<Vec<N>> for $name<T> {
            fn from(members: Vec<N>) -> Self {
                members.into_iter().collect()
            }
        }

        impl<T: Model, N: Into<New<T>>, const COUNT: usize> From<[N; COUNT]> for $name<T> {
            fn from(members: [N; COUNT]) -> Self {
                members.into_iter().collect()
            }
        }

        impl<T: Model, N: Into<New<T>>> FromIterator<N> for $name<T> {
            fn from_iter<I: IntoIterator<Item = N>>(members: I) -> Self {
                Self(PendingMembers::load(members.into_iter().map(Into::into).collect()), PhantomData)
            }
        }
    };
}

to_many! {
    /// Many other rows hold this row's key: `#[has_many(back_populates = ..)]`.
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
    /// let book = |title: &str| Book { title: title.into(), ..Default::default() };
    /// let author = Author { name: "Iain".into(), books: [book("Matter"), book("Excession")].into(), ..Default::default() };
    /// assert_eq!(author.books.pending(), 2);
    /// let iain = session.add(author); // the books go along, and the field is empty
    /// session.commit()?;
    ///
    /// let inversions = session.push(iain, Author::books, book("Inversions"))?;
    /// session.remove(iain, Author::books, inversions)?;
    /// session.expunge(inversions)?;
    /// let books = session.load(iain, Author::books)?; // as many handles, by `order_by`
    /// assert_eq!(books.len(), 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    HasMany
}

to_many! {
    /// An association table stands between: `#[many_to_many(table = "..", back_populates = ..)]`.
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "article")]
    /// struct Article {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     #[many_to_many(table = "article_tag", back_populates = articles, order_by = name)]
    ///     tags: ManyToMany<Tag>,
    /// }
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "tag")]
    /// struct Tag {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     name: String,
    ///     #[many_to_many(table = "article_tag", back_populates = tags)]
    ///     articles: ManyToMany<Article>,
    /// }
    ///
    /// # let engine = Engine::connect("sqlite://")?;
    /// # engine.create_all(models![Article, Tag])?;
    /// # let mut session = engine.session();
    /// let rust = session.add(Tag { name: "rust".into(), ..Default::default() });
    /// let article = session.add(Article { tags: [rust].into(), ..Default::default() });
    /// let sql = session.push(article, Article::tags, Tag { name: "sql".into(), ..Default::default() })?;
    /// session.commit()?; // the rows of article and tag, and two of article_tag
    /// assert_eq!(session.load(article, Article::tags)?, [rust, sql]);
    /// assert_eq!(session.load(sql, Tag::articles)?, [article]);
    ///
    /// session.remove(article, Article::tags, rust)?; // the row of article_tag goes, the tag stays
    /// session.commit()?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ManyToMany
}

relation_value! {
    /// At most one other row holds this row's key: `#[has_one(back_populates = ..)]`.
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "driver")]
    /// struct Driver {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     #[has_one(back_populates = driver, cascade(all, delete_orphan))]
    ///     license: HasOne<License>,
    /// }
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "license")]
    /// struct License {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     number: String,
    ///     #[orm(unique)]
    ///     #[belongs_to(back_populates = license)]
    ///     driver: BelongsTo<Driver>,
    /// }
    ///
    /// # let engine = Engine::connect("sqlite://")?;
    /// # engine.create_all(models![Driver, License])?;
    /// # let mut session = engine.session();
    /// let license = |number: &str| License { number: number.into(), ..Default::default() };
    /// let ada = session.add(Driver { license: license("A-1").into(), ..Default::default() });
    /// session.commit()?;
    ///
    /// session.set(ada, Driver::license, [license("A-2")])?; // the old license is an orphan, which the commit deletes
    /// session.commit()?;
    /// let number = session.load(ada, Driver::license)?.map(|license| session[license].number.as_str());
    /// assert_eq!(number, Some("A-2"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    HasOne
}

impl<T: 'static> HasOne<T> {
    /// What the field carries, and the field is empty afterwards.
    pub fn take(&mut self) -> Option<New<T>> {
        self.0.take()?.unload()?.pop()
    }
}

impl<T: Model> From<T> for HasOne<T> {
    fn from(value: T) -> Self {
        Self(PendingMembers::load(vec![New::Value(value)]), PhantomData)
    }
}

impl<T: Model> From<Handle<T>> for HasOne<T> {
    fn from(handle: Handle<T>) -> Self {
        Self(PendingMembers::load(vec![New::Handle(handle)]), PhantomData)
    }
}

/// A member if there is one: `passport: form.passport.map(Passport::numbered).into()`.
impl<T: Model, N: Into<New<T>>> From<Option<N>> for HasOne<T> {
    fn from(member: Option<N>) -> Self {
        Self(member.and_then(|member| PendingMembers::load(vec![member.into()])), PhantomData)
    }
}
