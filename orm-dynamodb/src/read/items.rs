use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use orm_core::Result;

use super::{Iter, PageKey, Pages};
use crate::expression::{Condition, KeyRange, Node, Projection};
use crate::item::KeySpec;
use crate::request::{Effect, Request, all_of};
use crate::value::{AttributeValue, Attributes, KeyAttribute};
use crate::{Dynamo, Item};

/// The items of a hash key: [`Item::query`], and [`Index::query`](crate::Index::query) of an index.
///
/// ```no_run
/// use orm_dynamodb::{Dynamo, Item, begins_with};
///
/// #[derive(Item, Debug)]
/// #[item(table = "message", index(name = "by_author", hash = author, range = at))]
/// struct Message {
///     #[item(hash_key)]
///     thread: String,
///     #[item(range_key)]
///     at: String,
///     author: String,
///     likes: u32,
/// }
///
/// # let db = Dynamo::from_env()?;
/// let november = Message::query(&db, "rust").range(begins_with("2026-11")).all()?;
/// let newest = Message::query(&db, "rust").descending().limit(10).all()?;
/// let liked = Message::by_author.query(&db, "ann").range("2026-01"..="2026-07").filter(Message::likes.gt(10)).all()?;
/// # Ok::<(), orm_dynamodb::Error>(())
/// ```
pub type Query<'a, M, R, O = M> = Items<'a, M, ByKey<R>, O>;

/// All items of a table or index: [`Item::scan`].
///
/// ```no_run
/// use orm_dynamodb::{Dynamo, Item};
///
/// #[derive(Item, Debug)]
/// #[item(table = "user")]
/// struct User {
///     #[item(hash_key)]
///     email: String,
///     age: u32,
/// }
///
/// # let db = Dynamo::from_env()?;
/// for user in User::scan(&db).filter(User::age.ge(18)) {
///     println!("{}", user?.email);
/// }
/// let emails = User::scan(&db).select((User::email, User::age)).all_parallel(4)?;
/// # Ok::<(), orm_dynamodb::Error>(())
/// ```
pub type Scan<'a, M, O = M> = Items<'a, M, Whole, O>;

/// That items are found by a key; `R` is the type of the range key.
#[derive(Debug)]
pub struct ByKey<R>(PhantomData<fn() -> R>);

/// That all items are read.
#[derive(Debug)]
pub struct Whole;

/// Reads what was found.
pub(super) type Read<O> = Arc<dyn Fn(&mut Attributes) -> Result<O> + Send + Sync>;

/// A [`Query`] or a [`Scan`], which reads when it is iterated or by one of its methods.
#[must_use = "nothing is read before it is asked"]
pub struct Items<'a, M, K, O> {
    db: &'a Dynamo,
    operation: &'static str,
    request: Request,
    key: Result<Option<Node>>,
    range: Option<&'static str>,
    filter: Option<Condition<M>>,
    selected: Option<Vec<Node>>,
    read: Read<O>,
    most: Option<u64>,
    kind: PhantomData<fn() -> K>,
}

impl<'a, M: Item, K> Items<'a, M, K, M> {
    fn new(db: &'a Dynamo, operation: &'static str, index: Option<&'static str>) -> Self {
        Self {
            db,
            operation,
            request: Request { index_name: index, ..Request::of(M::SPEC) },
            key: Ok(None),
            range: None,
            filter: None,
            selected: None,
            read: Arc::new(M::read),
            most: None,
            kind: PhantomData,
        }
    }
}

impl<'a, M: Item, R> Query<'a, M, R> {
    pub(crate) fn of_key(
        db: &'a Dynamo,
        name: &'static str,
        range: Option<&KeySpec>,
        index: Option<&'static str>,
        value: Result<AttributeValue>,
    ) -> Self {
        let key = value.map(|value| Some(Node::compare(Node::name(name), "=", Node::Value(Ok(value)))));
        Self { key, range: range.map(|key| key.name), ..Self::new(db, "Query", index) }
    }
}

impl<'a, M: Item> Scan<'a, M> {
    pub(crate) fn whole(db: &'a Dynamo) -> Self {
        Self::new(db, "Scan", None)
    }

    pub(crate) fn of_index(db: &'a Dynamo, index: &'static str) -> Self {
        Self::new(db, "Scan", Some(index))
    }
}

impl<M: Item, R: KeyAttribute, O> Query<'_, M, R, O> {
    /// Only the items of a range of keys.
    pub fn range(mut self, range: impl KeyRange<R>) -> Self {
        if let (Ok(Some(key)), Some(name)) = (&mut self.key, self.range) {
            let hash = std::mem::replace(key, Node::Path(Vec::new()));
            *key = hash.join("AND", range.condition(name));
        }
        self
    }

    /// From the greatest range key down.
    pub fn descending(mut self) -> Self {
        self.request.scan_index_forward = Some(false);
        self
    }
}

impl<M: Item, O> Scan<'_, M, O> {
    /// One of several parts, from 0, which several programs may read at once.
    pub fn segment(mut self, segment: u32, of: u32) -> Self {
        (self.request.segment, self.request.total_segments) = (Some(segment), Some(of));
        self
    }
}

impl<'a, M: Item, K, O> Items<'a, M, K, O> {
    /// Only items for which the condition is true. DynamoDB reads the others too, and counts them as read.
    pub fn filter(mut self, condition: Condition<M>) -> Self {
        self.filter = all_of([self.filter, Some(condition)]);
        self
    }

    /// Reads fields instead of whole items: one, or a tuple.
    pub fn select<P>(self, fields: P) -> Items<'a, M, K, P::Output>
    where
        P: Projection<M> + Send + Sync + 'static,
    {
        let Items { db, operation, request, key, range, filter, most, kind, .. } = self;
        let selected = Some(fields.nodes());
        let read: Read<P::Output> = Arc::new(move |attributes| fields.read(attributes));
        Items { db, operation, request, key, range, filter, selected, read, most, kind }
    }

    /// At most so many items.
    pub fn limit(mut self, most: u64) -> Self {
        self.most = Some(most);
        self
    }

    /// How many items DynamoDB looks at for each page, before the filter.
    pub fn page_size(mut self, items: u32) -> Self {
        self.request.limit = Some(items);
        self
    }

    /// As the last writes left the items. It costs twice as much, and global indexes do not have it.
    pub fn consistent(mut self) -> Self {
        self.request.consistent_read = true;
        self
    }

    /// From behind the place where a [`Page`](super::Page) ended.
    pub fn start_after(mut self, place: PageKey) -> Self {
        self.request.exclusive_start_key = Some(place.0);
        self
    }

    fn into_request(mut self) -> Result<(Self, Request)> {
        let mut request = self.request.clone();
        let key = std::mem::replace(&mut self.key, Ok(None))?;
        request.key_condition_expression = key.map(|key| key.text(&mut request.placeholders)).transpose()?;
        let filter = self.filter.take();
        request.filter_expression = filter.map(|it| it.text(&mut request.placeholders)).transpose()?;
        if let Some(nodes) = self.selected.take() {
            request.set_projection(nodes)?;
        }
        Ok((self, request))
    }

    /// The pages, each read when it is asked for.
    pub fn pages(self) -> Pages<'a, O> {
        let (db, operation) = (self.db, self.operation);
        match self.into_request() {
            Ok((this, request)) => Pages::new(db, operation, request, this.read, this.most),
            Err(error) => Pages::failed(db, error),
        }
    }

    /// All items.
    ///
    /// # Errors
    ///
    /// As the kind says.
    pub fn all(self) -> Result<Vec<O>> {
        self.into_iter().collect()
    }

    /// The first item.
    ///
    /// # Errors
    ///
    /// As the kind says.
    pub fn first(self) -> Result<Option<O>> {
        let one = if self.filter.is_none() { self.page_size(1) } else { self };
        one.limit(1).into_iter().next().transpose()
    }

    /// How many items there are. DynamoDB reads them all for that.
    ///
    /// # Errors
    ///
    /// As the kind says.
    pub fn count(mut self) -> Result<u64> {
        self.selected = None;
        let (this, mut request) = self.into_request()?;
        request.select = Some("COUNT");
        let mut count = 0;
        loop {
            let answer = request.send(this.db, this.operation, Effect::Repeatable)?;
            count += answer.count;
            if this.most.is_some_and(|most| most <= count) {
                return Ok(this.most.unwrap_or(count));
            }
            request.exclusive_start_key = answer.last_evaluated_key;
            if request.exclusive_start_key.is_none() {
                return Ok(count);
            }
        }
    }

    pub(super) fn parts(self) -> Result<(&'a Dynamo, Request, Read<O>, Option<u64>)> {
        let db = self.db;
        let (this, request) = self.into_request()?;
        Ok((db, request, this.read, this.most))
    }
}

impl<'a, M: Item, K, O> IntoIterator for Items<'a, M, K, O> {
    type Item = Result<O>;
    type IntoIter = Iter<'a, O>;

    fn into_iter(self) -> Iter<'a, O> {
        Iter::new(self.pages())
    }
}

impl<M: Item, K, O> fmt::Debug for Items<'_, M, K, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(self.operation).field("of", &M::SPEC.name).finish_non_exhaustive()
    }
}
