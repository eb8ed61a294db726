//! The derive macros of `orm`: `#[derive(Model)]`, `#[derive(Embedded)]`, `#[derive(DbEnum)]`, `#[derive(DbType)]`, `#[derive(FromRow)]`,
//! `#[derive(OneOf)]`, and `#[derive(Point)]` of `orm-influx` and `#[derive(Item)]` of `orm-dynamodb`.
//!
//! Each derive parses its input into a syntax tree of its own (`ast`), checks what needs more than one attribute
//! (`check`) and expands (`expand`). Errors are collected in a `Ctxt` and reported all at once;
//! then only a minimal implementation is written, so that the rest of the program adds no errors of its own.

mod ast;
mod attr;
mod case;
mod check;
mod ctxt;
mod embed;
mod expand;
mod item;
mod one_of;
mod point;
mod spanned;
mod symbol;

use proc_macro::TokenStream;

/// Makes a struct a table: implements `Model` and writes one constant per field.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model, Debug, Clone)]
/// #[orm(table = "author", unique(name, born), check("born > 0"))]
/// struct Author {
///     #[orm(primary_key)]
///     id: i64,
///     #[orm(length = 80, index)]
///     name: String,
///     #[orm(default = 1900)]
///     born: i32,
///     #[has_many(back_populates = author, cascade(all, delete_orphan), order_by(title, id desc))]
///     books: HasMany<Book>,
/// }
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "book")]
/// struct Book {
///     #[orm(primary_key)]
///     id: i64,
///     title: String,
///     #[belongs_to(back_populates = books, on_delete = "cascade")]
///     author: BelongsTo<Author>, // is the column author_id
/// }
///
/// let engine = Engine::connect("sqlite://")?;
/// engine.create_all(models![Author, Book])?;
/// let mut session = engine.session();
/// let book = Book { title: "Excession".into(), ..Default::default() };
/// session.add(Author { name: "Iain".into(), books: [book].into(), ..Default::default() });
/// session.commit()?;
/// let query = Book::query().join(Book::author).filter(Author::name.eq("Iain")).order_by(Book::title);
/// assert_eq!(query.count(&mut session)?, 1);
/// # Ok::<(), orm::Error>(())
/// ```
///
/// Every field is a column, except those of type `HasMany`, `HasOne` and `ManyToMany`. `Option<T>` allows NULL, anything else is NOT NULL.
/// The constants are the columns (`Book::title`, `Book::author_id`) and the relations (`Book::author`, `Author::books`). Each option may be
/// given once, but for `index(..)`, `unique(..)`, `check(..)`, `exclude(..)` and `validate`.
///
/// | On the struct, in `#[orm(..)]` | Meaning |
/// |---|---|
/// | `table = "name"` | the table |
/// | `schema = "name"` | its schema, if it is not the connection's own |
/// | `renamed_from = "name"` | the name that the table had before, for migrations |
/// | `index(a, b, name = "..")` | an index over fields; the name may be left out |
/// | `unique(a, b, name = "..")` | a UNIQUE constraint over fields; the name may be left out |
/// | `index(a desc, expr = "lower({b})", where = "sql", include(c), using = "gin")` | the same with an order, expressions, a condition, further columns, a method; behind a key there may be `desc`, `nulls_first`, `nulls_last` and `class = ".."` |
/// | `unique(.., nulls_not_distinct)` | the same, where one NULL equals another; with a condition, an expression or an order it is a unique index |
/// | `check("sql", name = "..")` | a CHECK constraint; the name may be left out |
/// | `exclude("USING gist (a WITH &&)", name = "..")` | an EXCLUDE constraint; the name may be left out |
/// | `comment = "text"` | what is said of the table in the database |
/// | `constants = "Name"` | puts the constants of the fields into a type of that name |
/// | `hooks` | the session calls the `impl Hooks` of the struct |
/// | `garde` | checks the rules of `garde::Validate`, with the feature `garde` |
/// | `polymorphic(on = column, identity = "name", subtypes(A, B(C)))` | the struct is the base of a family: the column says which type a row is, the identity is what it holds in rows of the base, and the models inherit from the base, or from the model before their parentheses |
/// | `polymorphic(abstract, on = column, subtypes(..))` | the same without rows of the base itself |
/// | `polymorphic(.., variants = "Name")` | the same, and an enum of that name with a handle for each type |
/// | `inherits, identity = "name"` | the struct inherits from the model in its field with `base`, and the discriminator holds the identity in its rows |
/// | `inherits, identity = "name", table = "name"` | the same, and what it adds is in a table of its own, which is joined to that of its base |
/// | `optimistic(off)` | an UPDATE of an object compares nothing: the last writer wins |
/// | `optimistic(columns(a, b))` | an UPDATE always compares these columns with what was read |
/// | `view = query`, `view = "SELECT .."` | the struct is a view with that query: typed, or as text; it is read-only, and needs no key |
/// | `materialized_view = ..` | the same with rows that are stored |
/// | `view`, `materialized_view` | a view that others make |
/// | `read_only` | the table is read and never written |
/// | `filter = condition` | a condition on the model's columns that every statement has for its rows, until `.unfiltered()` |
/// | `soft_delete = field` | a delete marks the row in that field, a `bool` or an `Option` of a date and time, and marked rows are not read until `.with_deleted()` |
///
/// | On a column, in `#[orm(..)]` | Meaning |
/// |---|---|
/// | `primary_key` | part of the primary key |
/// | `column = "name"` | the column's name, if it is not the field's |
/// | `renamed_from = "name"` | the name that the column had before, for migrations |
/// | `length = n` | `VARCHAR(n)` |
/// | `precision(p, s)` | of a decimal: the digits in all, and those after the point |
/// | `format = ".."` | how SQLite spells the value: `mixed`, `text`, `seconds`, `micros`, `iso_millis`, `epoch`, `epoch_millis`, `upper`, `simple`, `blob` or `number`, as the field's type allows |
/// | `unique`, `unique(where = "sql", ..)` | a UNIQUE constraint, or a unique index with options |
/// | `index`, `index(desc, where = "sql", ..)` | an index, with options; there may be several |
/// | `comment = "text"` | what is said of the column in the database |
/// | `default = expr` | the field's value in `Default::default()`, which the derive then implements |
/// | `default_on_insert = expr` | the value that a flush fills in if none was set; on a `Generated`, an `Option` or the key |
/// | `on_update = expr` | the value that every UPDATE of an object writes |
/// | `server_default = "sql"` | the value that the database fills in if none was set; on a `Generated`, an `Option` or the key, or beside `default` |
/// | `computed = "sql"` | the database computes the value from other columns; it is never written |
/// | `embed` | the field is a value with `#[derive(Embedded)]`, or an `Option` of one: its fields are columns of this table |
/// | `prefix = "text"` | what the names of the columns of an embedded field begin with |
/// | `base` | the field is the model that this one inherits from |
/// | `read_back` | triggers set the column: its value comes back from the INSERT and the UPDATE of an object |
/// | `version` | counts the row's versions, so that an UPDATE does not overwrite a change that was made meanwhile |
/// | `deferred = "group"` | of a `Deferred`: the columns of this group are read together when one of them is asked for |
/// | `secret` | keeps the column's values out of logs and errors |
/// | `shard_key` | tells on which shard a row lives, see `orm::Shards`: one column, or one `belongs_to` |
/// | `with = module` | encodes the value by `module::encode` and `module::decode`, in a column of the type `module::SQL_TYPE`: for types of other crates |
/// | `pg_type = "name"` | the name of the column's type on PostgreSQL, where it does not follow from the field: an enum, a domain, `citext`, `inet` |
/// | `validate = function` | a rule for the value, checked before it is written: the function gets the value and the object |
/// | `json` | encodes the value as a JSON document, by serde |
///
/// A string literal as `default`, `default_on_insert` or `on_update` is converted into the field's type. Any other expression must have that
/// type, and the type `T` for a `Generated<T>`. The field of a foreign key takes `primary_key`, `unique`, `index`, `comment` and `shard_key`.
///
/// A relation is a field with one of four attributes: `#[belongs_to(..)]` on a `BelongsTo<T>` or `Option<BelongsTo<T>>`, `#[has_many(..)]` on
/// a `HasMany<T>`, `#[has_one(..)]` on a `HasOne<T>`, `#[many_to_many(..)]` on a `ManyToMany<T>`.
///
/// | Option of a relation | Where | Meaning |
/// |---|---|---|
/// | `back_populates = field` | all | the field on the other side, which names this one in return; the compiler checks both |
/// | `cascade(..)` | all | the operations that spread to the members: `save_update`, `merge`, `delete`, `delete_orphan`, `expunge`, `refresh_expire`; `all` is all but `delete_orphan`. The default is `save_update, merge` |
/// | `single_parent` | `belongs_to`, `many_to_many` | a target has at most one parent; `delete_orphan` needs it there |
/// | `view_only` | `has_many`, `has_one`, `many_to_many` | the relation is read and never written |
/// | `passive_deletes` | `has_many`, `has_one`, `many_to_many` | leaves members that are not loaded to the database when the parent is deleted |
/// | `passive_deletes = "all"` | `has_many`, `has_one`, `many_to_many` | leaves all members to the database |
/// | `order_by = field`, `order_by(a, b desc)` | `has_many`, `many_to_many` | the order in which members are loaded |
/// | `ordering = field` | `has_many` | the members are in an order of their own, and the field of the target holds the place of each |
/// | `load = ".."` | all | when it is loaded: `"lazy"`, when it is asked for; with its owners `"selectin"`, by a statement of its own, or `"joined"`; `"raise"`, by an `include` only; `"write_only"`, never (`has_many` with `passive_deletes`) |
/// | `column = "name"` | `belongs_to`, `many_to_many` | the column of the foreign key, in the association table for `many_to_many` |
/// | `type_column = "name"` | `belongs_to` of a `OneOf` | the column that names the model: all keys have the same columns, and no constraint |
/// | `key_column = "name"` | beside `type_column` | the column of the key, if it is not called after the field and the key |
/// | `renamed_from = "name"` | `belongs_to` | the name that the column had before, for migrations |
/// | `on_delete = ".."` | `belongs_to` | what the database does when the target is deleted: `"cascade"`, `"set null"` or `"restrict"` |
/// | `on_update = "cascade"` | `belongs_to` | the database changes the key when the target's primary key changes |
/// | `deferrable` | `belongs_to` | the database checks the key at the end of the transaction |
/// | `post_update` | `Option<BelongsTo<T>>` | a separate UPDATE writes the key, so that rows may reference each other |
/// | `table = "name"` | `many_to_many` | the association table, which has two keys and nothing else |
/// | `through = Model` | `many_to_many` | the model of the association table, instead of `table` |
#[proc_macro_derive(Model, attributes(orm, belongs_to, has_many, has_one, many_to_many))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    expand::derive_model(&input).into()
}

/// Makes an enum of unit variants a column type that is kept as text.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(DbEnum, Debug, Clone, PartialEq, Default)]
/// #[orm(rename_all = "kebab-case")]
/// enum Status {
///     #[default]
///     InStock, // in-stock
///     #[orm(rename = "gone")]
///     SoldOut,
/// }
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "product")]
/// struct Product {
///     #[orm(primary_key)]
///     id: i64,
///     status: Status,
/// }
///
/// let engine = Engine::connect("sqlite://")?;
/// engine.create_all(models![Product])?;
/// let mut session = engine.session();
/// session.add_all([Product::default(), Product { status: Status::SoldOut, ..Default::default() }]);
/// assert_eq!(Product::query().filter(Product::status.eq(Status::SoldOut)).count(&mut session)?, 1);
/// # Ok::<(), orm::Error>(())
/// ```
///
/// The enum has to be `Clone`.
///
/// `#[orm(repr = "i16")]` on the enum stores the numbers of the variants, as Rust counts them, in a column of that integer. `#[orm(unknown)]` on
/// the last variant, as in `Other(String)` or `Other(i16)`, keeps values that are no variant's. Without it they are an error when they are read.
///
/// | Option, in `#[orm(..)]` | Where | Meaning |
/// |---|---|---|
/// | `rename_all = ".."` | the enum | how the texts are spelled: `snake_case` (the default), `SCREAMING_SNAKE_CASE`, `kebab-case`, `SCREAMING-KEBAB-CASE`, `camelCase`, `PascalCase`, `lowercase` or `UPPERCASE` |
/// | `native = "name"` | the enum | the database knows the enum: a type of that name on PostgreSQL, a list in the column on MariaDB, a check on SQLite |
/// | `rename = ".."` | a variant | its text |
#[proc_macro_derive(DbEnum, attributes(orm))]
pub fn derive_db_enum(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    expand::derive_db_enum(&input).into()
}

/// Makes an enum the models that a field may reference one of: `#[belongs_to] owner: OneOf<Owner>`. Each variant holds the handle of a model, and
/// each model stands in one variant. `session.load(bot, Bot::owner)` gives the enum.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "photo")]
/// struct Photo {
///     #[orm(primary_key)]
///     id: i64,
/// }
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "album")]
/// struct Album {
///     #[orm(primary_key)]
///     id: i64,
/// }
///
/// #[derive(OneOf, Debug, Clone, Copy, PartialEq)]
/// enum Subject {
///     Photo(Handle<Photo>), // the variant names the column: about_photo_id
///     Album(Handle<Album>),
/// }
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "remark")]
/// struct Remark {
///     #[orm(primary_key)]
///     id: i64,
///     text: String,
///     #[belongs_to]
///     about: OneOf<Subject>,
/// }
///
/// let engine = Engine::connect("sqlite://")?;
/// engine.create_all(models![Remark])?;
/// let mut session = engine.session();
/// let album = session.add(Album::default());
/// let remark = session.add(Remark { text: "Nice".into(), about: album.into(), ..Default::default() });
/// session.commit()?;
/// assert_eq!(session.load(remark, Remark::about)?, Subject::Album(album));
/// # Ok::<(), orm::Error>(())
/// ```
///
/// | Option, in `#[orm(..)]` | Where | Meaning |
/// |---|---|---|
/// | `rename = ".."` | a variant | what stands for the model in a `type_column`, if it is not the variant's name |
#[proc_macro_derive(OneOf, attributes(orm))]
pub fn derive_one_of(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    one_of::derive(&input).into()
}

/// Makes a struct around one value a column type: a plain column, a key, an element of arrays, whatever the type inside can be.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(DbType, Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
/// struct UserId(i64);
///
/// #[derive(DbType, Debug, Clone, PartialEq, Default)]
/// #[orm(validate = has_at)]
/// struct Email(String);
///
/// fn has_at(email: &str) -> Result<(), &'static str> {
///     if email.contains('@') { Ok(()) } else { Err("it has no `@`") }
/// }
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "users")]
/// struct User {
///     #[orm(primary_key)]
///     id: UserId, // chosen by the database, as an `i64` would be
///     email: Email,
///     other: Option<Email>,
/// }
///
/// let engine = Engine::connect("sqlite://")?;
/// engine.create_all(models![User])?;
/// let mut session = engine.session();
/// let ada = session.add(User { email: Email("ada@example.org".into()), ..Default::default() });
/// session.commit()?;
/// assert_eq!(session[ada].id, UserId(1));
/// assert_eq!(User::query().filter(User::email.inner().eq("ada@example.org")).count(&mut session)?, 1);
/// assert_eq!(User::query().filter(User::email.ends_with(".org")).one(&mut session)?, ada);
/// # Ok::<(), orm::Error>(())
/// ```
///
/// The struct has one field, and has to be `Clone`. As a key it has to be `Eq`, `Hash` and `Debug` too. It is compared with values of its
/// own type, and by `inner()` with those of the type inside. Where that is text, it has the operators of text, and the functions of text make
/// a `String` of it.
///
/// | Option on the struct, in `#[orm(..)]` | Meaning |
/// |---|---|
/// | `validate = path` | refuses values when they are read: `fn(&Inner) -> Result<(), impl Display>` |
/// | `try_from` | makes values by `TryFrom<Inner>` when they are read, which may refuse them |
/// | `arithmetic` | computes with columns of this type, and adds them up: sums and averages have the type that they have for the type inside |
#[proc_macro_derive(DbType, attributes(orm))]
pub fn derive_db_type(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    expand::derive_db_type(&input).into()
}

/// Makes a struct or an enum a value whose fields are columns of the models that embed it: `#[orm(embed)]`.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Embedded, Debug, Clone, Default, PartialEq)]
/// #[orm(check("{city} <> ''"))]
/// struct Address {
///     #[orm(length = 80)]
///     street: String,
///     #[orm(index)]
///     city: String,
/// }
///
/// #[derive(Embedded, Debug, Clone, Default, PartialEq)]
/// enum Payment {
///     #[default]
///     Cash,
///     Card { number: String, name: Option<String> },
/// }
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "customer", unique(name, home.city))]
/// struct Customer {
///     #[orm(primary_key)]
///     id: i64,
///     name: String,
///     #[orm(embed)]
///     home: Address, // the columns street and city
///     #[orm(embed, prefix = "work_")]
///     work: Option<Address>, // work_street and work_city, all NULL for None
///     #[orm(embed, prefix = "payment_")]
///     payment: Payment, // payment_kind, payment_card_number and payment_card_name
/// }
///
/// let engine = Engine::connect("sqlite://")?;
/// engine.create_all(models![Customer])?;
/// let mut session = engine.session();
/// let card = Payment::Card { number: "4111".into(), name: None };
/// let home = Address { street: "High Street".into(), city: "Leeds".into() };
/// session.add(Customer { name: "Ann".into(), home, payment: card, ..Default::default() });
/// session.commit()?;
/// let query = Customer::query().filter(Customer::home.city.eq("Leeds") & Customer::work.is_null());
/// assert_eq!(query.select(Customer::payment.card_number).one(&mut session)?.as_deref(), Some("4111"));
/// # Ok::<(), orm::Error>(())
/// ```
///
/// The value has to be `Clone`. The fields of a struct take the options of columns, but `primary_key`, and may embed other values. A struct
/// with a `default = expr` gets `impl Default`.
///
/// | Option, in `#[orm(..)]` | Where | Meaning |
/// |---|---|---|
/// | `index(a, b)`, `unique(a, b)` | a struct | an index or a UNIQUE constraint in each table that embeds it |
/// | `check("sql")` | a struct | a CHECK constraint, in which `{field}` is the column of a field |
/// | `tag = "name"` | an enum | the column that tells the variant, `kind` if it is not given |
/// | `rename_all = ".."`, `rename = ".."` | an enum, a variant | what stands in that column, as for `#[derive(DbEnum)]` |
/// | `column`, `length`, `precision`, `format`, `unique`, `index`, `secret` | a field of a variant | as on a column |
///
/// The columns of a variant are NULL in all other variants. A CHECK constraint sees to it that they fit together.
#[proc_macro_derive(Embedded, attributes(orm, belongs_to, has_many, has_one, many_to_many))]
pub fn derive_embedded(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    expand::derive_embedded(&input).into()
}

/// Reads the rows of a query as structs.
///
/// A selection fills the fields in their order, and the compiler checks their types. SQL that was written by hand fills each field from the
/// column of its name; `#[orm(column = "..")]` on a field names another column, and is the only option.
///
/// ```
/// use orm::functions::count_all;
/// use orm::prelude::*;
///
/// # #[derive(Model, Debug, Clone, Default)]
/// # #[orm(table = "users")]
/// # struct User {
/// #     #[orm(primary_key)]
/// #     id: i64,
/// #     city: String,
/// # }
/// #[derive(FromRow, Debug, PartialEq)]
/// struct Town {
///     #[orm(column = "city")]
///     name: String,
///     people: i64,
/// }
///
/// let engine = Engine::connect("sqlite://")?;
/// engine.create_all(models![User])?;
/// let mut session = engine.session();
/// session.add(User { city: "Leeds".into(), ..Default::default() });
/// let leeds = Town { name: "Leeds".into(), people: 1 };
///
/// let towns = User::query().group_by(User::city).select((User::city, count_all())).rows_as::<Town>();
/// assert_eq!(towns.all(&mut session)?, [leeds]);
///
/// let towns: Vec<Town> = sql("SELECT city, count(*) AS people FROM users GROUP BY city").all(&mut session)?;
/// assert_eq!(towns[0].people, 1);
/// # Ok::<(), orm::Error>(())
/// ```
#[proc_macro_derive(FromRow, attributes(orm))]
pub fn derive_from_row(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    expand::derive_from_row(&input).into()
}

/// The SQL and TOML files below a folder of the crate, as an array of paths and texts: what `orm::migrate::embed!` is made of.
#[doc(hidden)]
#[proc_macro]
pub fn embed_files(input: TokenStream) -> TokenStream {
    let folder = syn::parse_macro_input!(input as syn::LitStr);
    embed::expand(&folder).unwrap_or_else(|error| error.into_compile_error()).into()
}

/// Makes a struct a point of InfluxDB, for the crate `orm-influx`: implements `Point` and writes one constant per tag and field.
///
/// ```text
/// #[derive(Point, Debug)]
/// #[point(measurement = "cpu")]
/// struct Cpu {
///     #[point(tag)]
///     host: String,
///     usage: f64,
///     idle: Option<i64>,
///     #[point(time)]
///     at: DateTime<Utc>,
/// }
/// ```
///
/// A tag is of any column type that is text: `String`, `Arc<str>`, an enum with `#[derive(DbEnum)]`, an `Option` of one. A field is of any other
/// column type with numbers, truth values or text. `None` is left out.
///
/// | Option, in `#[point(..)]` | Where | Meaning |
/// |---|---|---|
/// | `measurement = "name"` | the struct | the measurement, if it is not the struct's name in small letters |
/// | `tag` | a field | an indexed text: points of the same tags and the same time are one point |
/// | `time` | a field | the time, a `DateTime<Utc>`, or an `Option` of one that leaves it to the server |
/// | `unsigned` | a field | an integer that InfluxDB keeps without a sign, in its whole range |
/// | `name = "name"` | a field | the name of the tag or field, if it is another |
#[proc_macro_derive(Point, attributes(point))]
pub fn derive_point(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    point::derive(&input).into()
}

/// Makes a struct an item of DynamoDB, for the crate `orm-dynamodb`: implements `Item` and writes one constant per field and index.
///
/// ```text
/// #[derive(Item, Debug)]
/// #[item(table = "message", index(name = "by_author", hash = author, range = at))]
/// struct Message {
///     #[item(hash_key)]
///     thread: String,
///     #[item(range_key)]
///     at: DateTime<Utc>,
///     author: String,
///     text: Option<String>,
///     #[item(default)]
///     tags: Vec<String>,
///     #[item(version)]
///     version: u64,
/// }
/// ```
///
/// A field has a type with `Attribute`. `None` and an empty set are attributes that are absent.
///
/// | On the struct, in `#[item(..)]` | Meaning |
/// |---|---|
/// | `table = "name"` | the table, if it is not the struct's name in small letters |
/// | `region = "name"` | its region, if it is not the client's |
/// | `index(name = "..", hash = field, range = field)` | a global index; `range` may be left out. It has whole items, or with `keys` the keys, or with `include(a, b)` these fields too |
/// | `local_index(name = "..", range = field)` | an index within the partitions of the table, with the same words |
///
/// | On a field, in `#[item(..)]` | Meaning |
/// |---|---|
/// | `hash_key`, `range_key` | the key: text, a number or bytes |
/// | `name = "name"` | the attribute's name, if it is another |
/// | `default`, `default = expr` | the value where the attribute is absent; with an expression also in `Default::default()`, which the derive then implements |
/// | `serde` | a type with `Serialize` and `Deserialize`: nested structs, enums |
/// | `column` | a column type of `orm`: an enum with `#[derive(DbEnum)]`, a newtype |
/// | `null` | `None` is kept as NULL, and is not absent |
/// | `version` | counts the versions of the item, so that nobody overwrites a change that was made meanwhile |
/// | `ttl` | when DynamoDB deletes the item: a `DateTime<Utc>`, kept in seconds, or an `Option` of one |
/// | `composed = "USER#{field}"` | a text that is made of other fields whenever the item is written: for keys. `Struct::field_of(..)` makes it of values |
#[proc_macro_derive(Item, attributes(item))]
pub fn derive_item(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    item::derive(&input).into()
}
