// Models of the tables of a database, written by `orm inspect`. Edit them: another run keeps what was edited.

use orm::prelude::*;

// inspected: table Option d7e3cb7d7d6cb9fd
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "Option")]
pub struct OptionModel {
    #[orm(primary_key, column = "Id")]
    pub id: i64,
    #[orm(column = "UserName", length = 20)]
    pub user_name: Option<String>,
    #[orm(column = "user_name", length = 20)]
    pub user_name_2: Option<String>,
}

// inspected: table ShopItem 136b1aab062da604
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "ShopItem")]
pub struct ShopItem {
    #[orm(primary_key)]
    pub id: i64,
    pub name: Option<String>,
}

// inspected: table accounts ddefeb2f67fadb36
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "accounts", unique(email, name = "one_address"))]
pub struct Account {
    #[orm(primary_key)]
    #[belongs_to(back_populates = account, on_delete = "cascade")]
    pub person: BelongsTo<Person>,
    pub email: String,
}

// inspected: table addresses 5bd031f66237888d
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "addresses")]
pub struct Address {
    #[orm(primary_key)]
    pub id: i64,
    pub street: String,
    #[has_many(back_populates = billing_address)]
    pub orders_by_billing_address: HasMany<Order>,
    #[has_many(back_populates = shipping_address)]
    pub orders_by_shipping_address: HasMany<Order>,
}

// inspected: table albums 40bd0bc8d3ae5b59
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "albums")]
pub struct Album {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = albums, column = "artist")]
    pub artist_ref: BelongsTo<Person>,
    pub artist_id: Option<i64>,
}

// inspected: table anything c95ae024d7564c06
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "anything")]
pub struct Anything {
    #[orm(primary_key)]
    pub id: i64,
    pub ints: Option<i64>,
    pub texts: Option<String>,
    pub blobs: Option<Vec<u8>>,
    // column "mixed" is left out, declared without a type: its cells are 1 of type integer, 1 of type text
    // column "empty" is left out, declared without a type: there are no cells that tell one
    pub odd: Option<String>,
    // column "odd_empty" is left out, WHATEVER: no field is known for it, and there are no cells that tell one
    pub money: Option<f64>,
    pub ok: Option<serde_json::Value>,
    pub broken: Option<String>,
    pub data: Option<Vec<u8>>,
    #[orm(length = 3)]
    pub letters: Option<String>,
}

// inspected: table badges aa7a11d9325ec57d
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "badges")]
pub struct Badge {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique)]
    #[belongs_to(back_populates = badge, on_delete = "restrict")]
    pub person: BelongsTo<Person>,
    #[orm(length = 10)]
    pub color: Option<String>,
}

// inspected: table categories 57c7bc6d3729ccb6
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "categories")]
pub struct Category {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = children, on_delete = "set null")]
    pub parent: Option<BelongsTo<Category>>,
    pub name: String,
    #[has_many(back_populates = parent)]
    pub children: HasMany<Category>,
    #[has_many(back_populates = category)]
    pub products: HasMany<Product>,
}

// inspected: table city 00efb0adabb5eb84
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "city")]
pub struct City {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(length = 60)]
    pub name: String,
    #[belongs_to(back_populates = cities, on_update = "cascade")]
    pub region: Option<BelongsTo<Region>>,
    #[has_many(back_populates = city)]
    pub stores: HasMany<Store>,
}

// inspected: table computed 2312eb89f49ca088
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "computed")]
pub struct Computed {
    #[orm(primary_key)]
    pub id: i64,
    pub price: i64,
    #[orm(computed = "price * 2")]
    pub twice: Option<i64>,
    #[orm(computed = "price * 3")]
    pub thrice: i64,
}

// inspected: table country 9af0fe4738549af9
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "country")]
pub struct Country {
    #[orm(primary_key, length = 2)]
    pub code: String,
    #[orm(length = 60, unique)]
    pub name: String,
    #[has_many(back_populates = country, cascade(all), passive_deletes)]
    pub regions: HasMany<Region>,
}

// inspected: table documents 43c102d39e042bd2
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "documents")]
pub struct Document {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = documents_by_owner)]
    pub owner: BelongsTo<Person>,
    #[belongs_to(back_populates = documents_by_editor, on_delete = "set null")]
    pub editor: Option<BelongsTo<Person>>,
    #[belongs_to(back_populates = documents_by_reviewed_by, column = "reviewed_by", deferrable)]
    pub reviewed_by: Option<BelongsTo<Person>>,
}

// inspected: rows of five_keys f44fb1fd611e3404
#[derive(FromRow, Debug, Clone)]
pub struct FiveKey {
    pub a: i64,
    pub b: i64,
    pub c: i64,
    pub d: i64,
    pub e: i64,
}

// inspected: query of five_keys c7b62380e00a290b
impl FiveKey {
    /// Reads all rows: `sql(FiveKey::SELECT).all::<FiveKey>(&mut session)?`.
    pub const SELECT: &str = "SELECT \"a\", \"b\", \"c\", \"d\", \"e\" FROM \"five_keys\"";
}

// inspected: table id_users 5ddb6218836fe86e
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "id_users")]
pub struct IdUser {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = id_users, column = "ref")]
    pub r#ref: Option<BelongsTo<Id>>,
}

// inspected: table ids 2ea9ab04357424a4
// Not in the model: trigger no_lost_ids
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "ids")]
pub struct Id {
    #[orm(primary_key, format = "text")]
    pub id: uuid::Uuid,
    #[orm(format = "upper")]
    pub capital: Option<uuid::Uuid>,
    pub both: Option<uuid::Uuid>,
    #[orm(format = "simple")]
    pub digits: Option<uuid::Uuid>,
    #[orm(format = "blob")]
    pub bytes: Option<uuid::Uuid>,
    #[orm(format = "blob")]
    pub found: Option<uuid::Uuid>,
    #[has_many(back_populates = r#ref)]
    pub id_users: HasMany<IdUser>,
}

// inspected: rows of log_lines 0957164402419b6e
#[derive(FromRow, Debug, Clone)]
pub struct LogLine {
    pub line: Option<String>,
    pub level: Option<i64>,
}

// inspected: query of log_lines 7f41f5ef8a969346
impl LogLine {
    /// Reads all rows: `sql(LogLine::SELECT).all::<LogLine>(&mut session)?`.
    pub const SELECT: &str = "SELECT \"line\", \"level\" FROM \"log_lines\"";
}

// inspected: table loners 06d27abf70a3c80b
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "loners")]
pub struct Loner {
    #[orm(primary_key)]
    pub id: i64,
}

// inspected: table moments 646e783a11194a0e
// Not in the model: AUTOINCREMENT
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "moments")]
pub struct Moment {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(format = "seconds")]
    pub seconds: Option<chrono::NaiveDateTime>,
    #[orm(format = "micros")]
    pub micros: Option<chrono::NaiveDateTime>,
    #[orm(format = "iso_millis")]
    pub iso: Option<chrono::DateTime<chrono::Utc>>,
    #[orm(format = "text")]
    pub utc: Option<chrono::DateTime<chrono::Utc>>,
    #[orm(format = "epoch")]
    pub unix: chrono::DateTime<chrono::Utc>,
    #[orm(format = "epoch_millis")]
    pub millis: Option<chrono::DateTime<chrono::Utc>>,
    pub mixed: Option<chrono::NaiveDateTime>,
    #[orm(format = "text")]
    pub day: Option<chrono::NaiveDate>,
    #[orm(format = "text")]
    pub day_in_text: Option<chrono::NaiveDate>,
    pub midnight: Option<chrono::NaiveDate>,
    #[orm(format = "text")]
    pub hour: Option<chrono::NaiveTime>,
    pub short: Option<chrono::NaiveTime>,
    pub no_date: Option<String>,
    #[orm(format = "seconds", server_default = "CURRENT_TIMESTAMP")]
    pub made: Generated<chrono::NaiveDateTime>,
}

// inspected: rows of null_key c3052bc2eaaad89c
#[derive(FromRow, Debug, Clone)]
pub struct NullKey {
    pub name: Option<String>,
    pub value: Option<String>,
}

// inspected: query of null_key ca1eaf2e44c9e055
impl NullKey {
    /// Reads all rows: `sql(NullKey::SELECT).all::<NullKey>(&mut session)?`.
    pub const SELECT: &str = "SELECT \"name\", \"value\" FROM \"null_key\"";
}

// inspected: table numbers 25bde300294f3a8a
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "numbers")]
pub struct Number {
    #[orm(primary_key)]
    pub id: i64,
    pub flag: bool,
    #[orm(format = "text")]
    pub word: Option<bool>,
    pub many: Option<i64>,
    pub whole: Option<i64>,
    pub half: Option<f64>,
    pub real_one: Option<f64>,
    #[orm(format = "number", precision(10, 2))]
    pub price: Option<rust_decimal::Decimal>,
    // column "text_price" is left out, NUMERIC: its cells are 1 of type integer, 1 of type text
    pub huge: Option<f64>,
    #[orm(server_default = "1 + 1")]
    pub small: Generated<i64>,
    pub big: Option<i64>,
}

// inspected: table order_line_notes 33badf3f10104c38
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "order_line_notes")]
pub struct OrderLineNote {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = order_line_notes)]
    pub line: BelongsTo<OrderLine>,
    pub body: String,
}

// inspected: table order_lines 01192540c611c6b4
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "order_lines")]
pub struct OrderLine {
    #[orm(primary_key)]
    #[belongs_to(back_populates = order_lines, on_delete = "cascade")]
    pub order: BelongsTo<Order>,
    #[orm(primary_key)]
    pub no: i64,
    #[belongs_to(back_populates = order_lines)]
    pub product: BelongsTo<Product>,
    pub quantity: i64,
    #[has_many(back_populates = line)]
    pub order_line_notes: HasMany<OrderLineNote>,
}

// inspected: table orders c999bf520b795c46
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "orders")]
pub struct Order {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(length = 10, server_default = "'open'")]
    pub status: Generated<String>,
    #[orm(server_default = "3")]
    pub priority: Generated<i64>,
    #[orm(server_default = "'none'")]
    pub note: Option<String>,
    #[belongs_to(back_populates = orders_by_billing_address)]
    pub billing_address: BelongsTo<Address>,
    #[belongs_to(back_populates = orders_by_shipping_address)]
    pub shipping_address: Option<BelongsTo<Address>>,
    // Not in the model: default 1
    #[belongs_to(back_populates = orders)]
    pub person: Option<BelongsTo<Person>>,
    #[has_many(back_populates = order, cascade(all), passive_deletes)]
    pub order_lines: HasMany<OrderLine>,
}

// inspected: table people d4b8367cb1144758
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "people")]
pub struct Person {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[belongs_to(back_populates = people_by_boss)]
    pub boss: Option<BelongsTo<Person>>,
    #[has_one(back_populates = person, cascade(all), passive_deletes)]
    pub account: HasOne<Account>,
    #[has_many(back_populates = artist_ref)]
    pub albums: HasMany<Album>,
    #[has_one(back_populates = person)]
    pub badge: HasOne<Badge>,
    #[has_many(back_populates = editor)]
    pub documents_by_editor: HasMany<Document>,
    #[has_many(back_populates = owner)]
    pub documents_by_owner: HasMany<Document>,
    #[has_many(back_populates = reviewed_by)]
    pub documents_by_reviewed_by: HasMany<Document>,
    #[has_many(back_populates = person)]
    pub orders: HasMany<Order>,
    #[has_many(back_populates = boss)]
    pub people_by_boss: HasMany<Person>,
    #[has_many(back_populates = person)]
    pub ratings: HasMany<Rating>,
    #[many_to_many(table = "follows", column = "follower_id", back_populates = followers)]
    pub friends: ManyToMany<Person>,
    #[many_to_many(table = "follows", column = "friend_id", back_populates = friends)]
    pub followers: ManyToMany<Person>,
}

// inspected: table players 547f8d9657c18f52
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "players")]
pub struct Player {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = players)]
    pub team: Option<BelongsTo<Team>>,
}

// inspected: table prices 4a88a66ab9cdef53
// Not in the model: foreign key (product_code) to products (code): a `BelongsTo` references the primary key
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "prices")]
pub struct Price {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(length = 12)]
    pub product_code: String,
    #[orm(format = "number", precision(8, 3))]
    pub amount: rust_decimal::Decimal,
}

// inspected: table products 3ce8bb9495294dee
#[derive(Model, Debug, Clone, Default)]
#[orm(
    table = "products",
    index(category, price, name = "products_by_all"),
    index(price, where = "price > 100", name = "products_by_dear"),
    check("price >= 0", name = "price_is_positive")
)]
pub struct Product {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(length = 12, unique)]
    pub code: String,
    #[orm(index)]
    pub name: String,
    #[orm(format = "number", precision(10, 2))]
    pub price: rust_decimal::Decimal,
    #[belongs_to(back_populates = products)]
    pub category: Option<BelongsTo<Category>>,
    #[has_many(back_populates = product)]
    pub order_lines: HasMany<OrderLine>,
    #[has_many(back_populates = product)]
    pub ratings: HasMany<Rating>,
    #[many_to_many(table = "product_no_tags", column = "product_id", back_populates = products)]
    pub tags: ManyToMany<Tag>,
    #[many_to_many(table = "product_tags", column = "product_id", back_populates = products_by_product_tags)]
    pub tags_by_product_tags: ManyToMany<Tag>,
}

// inspected: table ratings b649baaef1dbc207
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "ratings")]
pub struct Rating {
    #[orm(primary_key)]
    #[belongs_to(back_populates = ratings)]
    pub person: BelongsTo<Person>,
    #[orm(primary_key)]
    #[belongs_to(back_populates = ratings)]
    pub product: BelongsTo<Product>,
    pub stars: i64,
}

// inspected: rows of real_key 3c1ad9cbb757e066
#[derive(FromRow, Debug, Clone)]
pub struct RealKey {
    pub at: Option<f64>,
    pub value: Option<String>,
}

// inspected: query of real_key 861cd0c7ca3b373f
impl RealKey {
    /// Reads all rows: `sql(RealKey::SELECT).all::<RealKey>(&mut session)?`.
    pub const SELECT: &str = "SELECT \"at\", \"value\" FROM \"real_key\"";
}

// inspected: table region f9e78448f5c0f47c
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "region")]
pub struct Region {
    #[orm(primary_key)]
    #[belongs_to(back_populates = regions, column = "country", on_delete = "cascade")]
    pub country: BelongsTo<Country>,
    #[orm(primary_key, length = 8)]
    pub code: String,
    #[orm(length = 60)]
    pub name: Option<String>,
    #[has_many(back_populates = region)]
    pub cities: HasMany<City>,
}

// inspected: table searches 2c82516584dec207
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "searches", constants = "SearchFields")]
pub struct Search {
    #[orm(primary_key)]
    pub id: i64,
    pub query: String,
    pub insert: Option<String>,
    pub default: Option<String>,
}

// inspected: table settings 3b16fb455b938486
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "settings")]
pub struct Setting {
    #[orm(primary_key, length = 40)]
    pub name: String,
    pub value: Option<String>,
}

// inspected: table shop_item 496570459d37e4b6
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "shop_item")]
pub struct ShopItemModel {
    #[orm(primary_key)]
    pub id: i64,
    pub name: Option<String>,
}

// inspected: table stores a244167b08d2a4bf
// Not in the model: foreign key (stores_country, other_code) to region (country, code): its columns are not named `prefix_column` after those that it references
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "stores")]
pub struct Store {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = stores)]
    pub city: BelongsTo<City>,
    #[orm(length = 2)]
    pub stores_country: Option<String>,
    #[orm(length = 8)]
    pub other_code: Option<String>,
}

// inspected: table strict_one b22e738073488b67
// Not in the model: WITHOUT ROWID
// Not in the model: STRICT
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "strict_one")]
pub struct StrictOne {
    #[orm(primary_key)]
    pub a: String,
    #[orm(primary_key)]
    pub b: i64,
    pub c: Option<i64>,
}

// inspected: table tags 0400ba02b25fa644
// Not in the model: index tags_label unique (label collate NOCASE)
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "tags")]
pub struct Tag {
    #[orm(primary_key)]
    pub id: i64,
    pub label: String,
    #[many_to_many(table = "product_no_tags", column = "tag_id", back_populates = tags)]
    pub products: ManyToMany<Product>,
    #[many_to_many(table = "product_tags", column = "tag_id", back_populates = tags_by_product_tags)]
    pub products_by_product_tags: ManyToMany<Product>,
}

// inspected: table teams 7d3e2a16f280ec14
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "teams")]
pub struct Team {
    #[orm(primary_key)]
    pub id: i64,
    pub lead_id: Option<i64>,
    #[has_many(back_populates = team)]
    pub players: HasMany<Player>,
}

// inspected: table text_key 9f564c4633b8008d
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "text_key")]
pub struct TextKey {
    #[orm(primary_key)]
    pub name: String,
    pub value: Option<String>,
}

// inspected: rows of texts a28f1458d4a15ae7
// Not in the model: a virtual table of fts5(title, body)
#[derive(FromRow, Debug, Clone)]
pub struct Text {
    pub title: Option<String>,
    pub body: Option<String>,
}

// inspected: query of texts 370553453d9172db
impl Text {
    /// Reads all rows: `sql(Text::SELECT).all::<Text>(&mut session)?`.
    pub const SELECT: &str = "SELECT \"title\", \"body\" FROM \"texts\"";
}

// inspected: table turned_key 12e055ec10a951c6
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "turned_key")]
pub struct TurnedKey {
    #[orm(primary_key)]
    pub y: i64,
    #[orm(primary_key)]
    pub x: i64,
    pub z: Option<String>,
}

// inspected: table type 507bb18a6c3893c7
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "type")]
pub struct Type {
    #[orm(primary_key, column = "self")]
    pub self_2: i64,
    pub r#fn: Option<String>,
    pub r#match: Option<String>,
    #[belongs_to(back_populates = types_by_crate_ref, column = "crate")]
    pub crate_ref: Option<BelongsTo<Type>>,
    #[has_many(back_populates = crate_ref)]
    pub types_by_crate_ref: HasMany<Type>,
}

// inspected: table weird "table" c4f514dc292dd57c
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "weird \"table\"")]
pub struct WeirdTable {
    #[orm(primary_key, column = "a b")]
    pub a_b: i64,
    #[orm(column = "2nd")]
    pub n2nd: Option<String>,
    #[orm(column = "x-y")]
    pub x_y: Option<String>,
    pub größe: Option<String>,
    #[orm(column = "q\"uote")]
    pub q_uote: Option<String>,
}

// inspected: table counts 74154c784a1bc870
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "counts", view)]
pub struct Count {
    #[orm(length = 10)]
    pub status: Option<String>,
    pub n: Option<i64>,
    pub total: Option<i64>,
    #[orm(column = "max(note)")]
    pub max_note: Option<String>,
}

// inspected: table dear_products e46e33331385e713
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "dear_products", view)]
pub struct DearProduct {
    pub id: Option<i64>,
    pub name: Option<String>,
    #[orm(format = "number", precision(10, 2))]
    pub price: Option<rust_decimal::Decimal>,
}

// inspected: table times 454a28bf33ec5444
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "times", view)]
pub struct Time {
    #[orm(format = "epoch")]
    pub unix: Option<chrono::DateTime<chrono::Utc>>,
    #[orm(format = "iso_millis")]
    pub iso: Option<chrono::DateTime<chrono::Utc>>,
    #[orm(format = "text")]
    pub day: Option<chrono::NaiveDate>,
}
