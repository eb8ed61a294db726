// Models of the tables of a database, written by `orm inspect`. Edit them: another run keeps what was edited.

use orm::prelude::*;

// inspected: enum Size a59a3cb723a15c00
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[orm(native = "Size")]
pub enum Size {
    #[default]
    #[orm(rename = "XS")]
    Xs,
    #[orm(rename = "S")]
    S,
    #[orm(rename = "M")]
    M,
    #[orm(rename = "L")]
    L,
}

// inspected: enum mood d8e85980a5f4961c
/// How somebody feels
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[orm(native = "mood")]
pub enum Mood {
    #[default]
    Happy,
    #[orm(rename = "very sad")]
    VerySad,
    #[orm(rename = "so-so")]
    SoSo,
    #[orm(rename = "a_b")]
    AB,
    #[orm(rename = "")]
    Unnamed,
}

// inspected: table Option a050471ed7ddc070
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "Option")]
pub struct OptionModel {
    #[orm(primary_key, column = "Id")]
    pub id: i32,
    #[orm(column = "UserName", length = 20)]
    pub user_name: Option<String>,
    #[orm(column = "user_name", length = 20)]
    pub user_name_2: Option<String>,
}

// inspected: table ShopItem b84382707397c6b1
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "ShopItem")]
pub struct ShopItem {
    #[orm(primary_key)]
    pub id: i32,
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

// inspected: table addresses 3ff7f05c29b5c734
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "addresses")]
pub struct Address {
    #[orm(primary_key)]
    pub id: i32,
    pub street: String,
    #[has_many(back_populates = billing_address)]
    pub orders_by_billing_address: HasMany<Order>,
    #[has_many(back_populates = shipping_address)]
    pub orders_by_shipping_address: HasMany<Order>,
}

// inspected: table albums 5639e99afa325505
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "albums")]
pub struct Album {
    #[orm(primary_key)]
    pub id: i32,
    #[belongs_to(back_populates = albums, column = "artist")]
    pub artist_ref: BelongsTo<Person>,
    pub artist_id: Option<i32>,
}

// inspected: table also_numbered 05c29551ac005c64
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "also_numbered")]
pub struct AlsoNumbered {
    #[orm(primary_key)]
    pub id: i32,
    // In the database: column rank integer not null identity always
    #[orm(server_default = "0")]
    pub rank: Generated<i32>,
}

// inspected: table animals b3ba4a26548305a3
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "animals")]
pub struct Animal {
    #[orm(primary_key)]
    pub id: i32,
    pub name: String,
}

// inspected: table badges 0755ed44fc2b9400
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "badges", unique(person, name = "badges_person_id_key"))]
pub struct Badge {
    #[orm(primary_key)]
    pub id: i32,
    #[belongs_to(back_populates = badge, on_delete = "restrict")]
    pub person: BelongsTo<Person>,
    #[orm(length = 10)]
    pub color: Option<String>,
}

// inspected: table birds e633c89b78350cc8
// Not in the model: inherits animals
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "birds")]
pub struct Bird {
    #[orm(primary_key)]
    pub id: i32,
    pub name: String,
    #[orm(server_default = "2")]
    pub wings: Generated<i32>,
}

// inspected: table bookings 9243ad384f979e53
// Not in the model: unique constraint later (room) deferrable
// Not in the model: exclusion bookings_during_excl EXCLUDE USING gist (during WITH &&)
#[derive(Model, Debug, Clone, Default)]
#[orm(
    table = "bookings",
    unique(a, nulls_not_distinct, name = "bookings_a_key"),
    unique(a, b, name = "bookings_a_b"),
    index(room, using = "hash", name = "bookings_hash"),
    index(expr = "(a + b)", b desc nulls_last, name = "bookings_sum"),
    check("room > 0", name = "bookings_room_check"),
    check("(a IS NULL) = (b IS NULL)", name = "together")
)]
pub struct Booking {
    #[orm(primary_key)]
    pub id: i32,
    pub room: i32,
    // column "during" is left out, int4range: no field can hold its values
    pub a: Option<i32>,
    pub b: Option<i32>,
}

// inspected: table categories a99f24a6a972eb6d
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "categories")]
pub struct Category {
    #[orm(primary_key)]
    pub id: i32,
    #[belongs_to(back_populates = children, on_delete = "set null")]
    pub parent: Option<BelongsTo<Category>>,
    pub name: String,
    #[has_many(back_populates = parent)]
    pub children: HasMany<Category>,
    #[has_many(back_populates = category)]
    pub products: HasMany<Product>,
}

// inspected: table city 9de2526116669a59
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "city")]
pub struct City {
    #[orm(primary_key)]
    pub id: i32,
    #[orm(length = 60)]
    pub name: String,
    #[belongs_to(back_populates = cities, on_update = "cascade")]
    pub region: Option<BelongsTo<Region>>,
    #[has_many(back_populates = city)]
    pub stores: HasMany<Store>,
}

// inspected: table computed a2b98b24059ba2e6
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "computed")]
pub struct Computed {
    #[orm(primary_key)]
    pub id: i32,
    pub price: i32,
    #[orm(computed = "price * 2")]
    pub twice: Option<i32>,
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

// inspected: table documents 71bf00b71ef8dabb
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "documents")]
pub struct Document {
    #[orm(primary_key)]
    pub id: i32,
    #[belongs_to(back_populates = documents_by_owner)]
    pub owner: BelongsTo<Person>,
    #[belongs_to(back_populates = documents_by_editor, on_delete = "set null")]
    pub editor: Option<BelongsTo<Person>>,
    #[belongs_to(back_populates = documents_by_reviewed_by, column = "reviewed_by", deferrable)]
    pub reviewed_by: Option<BelongsTo<Person>>,
}

// inspected: rows of five_keys 19022735b34312a3
#[derive(FromRow, Debug, Clone)]
pub struct FiveKey {
    pub a: i32,
    pub b: i32,
    pub c: i32,
    pub d: i32,
    pub e: i32,
}

// inspected: query of five_keys c7b62380e00a290b
impl FiveKey {
    /// Reads all rows: `sql(FiveKey::SELECT).all::<FiveKey>(&mut session)?`.
    pub const SELECT: &str = "SELECT \"a\", \"b\", \"c\", \"d\", \"e\" FROM \"five_keys\"";
}

// inspected: table kinds a0d2b4530b18561a
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "kinds")]
pub struct Kind {
    #[orm(primary_key)]
    pub id: i16,
    pub flag: bool,
    pub r: Option<f32>,
    pub d: Option<f64>,
    pub n: Option<rust_decimal::Decimal>,
    #[orm(precision(12, 4))]
    pub n2: Option<rust_decimal::Decimal>,
    #[orm(pg_type = "character(3)")]
    pub c: Option<String>,
    #[orm(pg_type = "character varying")]
    pub v: Option<String>,
    pub b: Option<Vec<u8>>,
    pub day: Option<chrono::NaiveDate>,
    pub at: Option<chrono::NaiveTime>,
    #[orm(pg_type = "time(3) without time zone")]
    pub at3: Option<chrono::NaiveTime>,
    pub stamp: Option<chrono::NaiveDateTime>,
    #[orm(pg_type = "timestamp(3) without time zone")]
    pub stamp3: Option<chrono::NaiveDateTime>,
    #[orm(server_default = "now()")]
    pub point: Generated<chrono::DateTime<chrono::Utc>>,
    #[orm(pg_type = "timestamp(0) with time zone")]
    pub point0: Option<chrono::DateTime<chrono::Utc>>,
    #[orm(server_default = "'9f0c6b5e-0d0c-4c35-9d55-000000000001'::uuid")]
    pub u: Generated<uuid::Uuid>,
    #[orm(pg_type = "json")]
    pub j: Option<serde_json::Value>,
    pub jb: Option<serde_json::Value>,
    #[orm(pg_type = "xml")]
    pub x: Option<String>,
    #[orm(pg_type = "oid")]
    pub o: Option<i64>,
    // column "ever" is left out, timestamp with time zone: 1 of its values are infinite, or arrays of arrays
    // column "span" is left out, interval: no field can hold its values
    // column "net" is left out, inet: no field can hold its values
    // column "bits" is left out, bit(3): no field can hold its values
    // column "search" is left out, tsvector: no field can hold its values
    // column "during" is left out, int4range: no field can hold its values
    // column "tz" is left out, time with time zone: no field can hold its values
    // column "cash" is left out, money: no field can hold its values
    // column "place" is left out, point: no field can hold its values
}

// inspected: table lists 632e43ea4ebbee2b
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "lists")]
pub struct List {
    #[orm(primary_key)]
    pub id: i32,
    #[orm(server_default = "'{}'::text[]")]
    pub words: Generated<Vec<String>>,
    pub numbers: Option<Vec<i32>>,
    pub holes: Option<Vec<Option<i32>>>,
    // column "matrix" is left out, integer[]: 1 of its values are infinite, or arrays of arrays
    #[orm(pg_type = "character varying(10)[]")]
    pub names: Option<Vec<String>>,
    pub days: Option<Vec<chrono::NaiveDate>>,
    // column "blobs" is left out, bytea[]: no field can hold its values
    #[orm(pg_type = "numeric(8,2)[]")]
    pub prices: Option<Vec<rust_decimal::Decimal>>,
}

// inspected: rows of log_lines 9d051ca868e7b037
#[derive(FromRow, Debug, Clone)]
pub struct LogLine {
    pub line: Option<String>,
    pub level: Option<i32>,
}

// inspected: query of log_lines 7f41f5ef8a969346
impl LogLine {
    /// Reads all rows: `sql(LogLine::SELECT).all::<LogLine>(&mut session)?`.
    pub const SELECT: &str = "SELECT \"line\", \"level\" FROM \"log_lines\"";
}

// inspected: table loners 0cc68aa53ceb77f8
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "loners")]
pub struct Loner {
    #[orm(primary_key)]
    pub id: i32,
}

// inspected: table measures f4276b6b9ffdbfc2
// Not in the model: partitioned by RANGE (day)
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "measures")]
pub struct Measure {
    #[orm(primary_key)]
    pub place: i32,
    #[orm(primary_key)]
    pub day: chrono::NaiveDate,
    pub value: Option<f64>,
}

// inspected: table mood_names f92e5abfff110c8a
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "mood_names")]
pub struct MoodName {
    #[orm(primary_key, pg_type = "mood")]
    pub mood: String,
    pub name: String,
    #[has_many(back_populates = mood)]
    pub mood_uses: HasMany<MoodUse>,
}

// inspected: table mood_uses 2c832c145a8b5442
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "mood_uses")]
pub struct MoodUse {
    #[orm(primary_key)]
    pub id: i32,
    #[belongs_to(back_populates = mood_uses, column = "mood")]
    pub mood: BelongsTo<MoodName>,
}

// inspected: table moods af51a0eb4e3b0d74
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "moods")]
pub struct MoodModel {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(server_default = "'happy'::mood")]
    pub mood: Generated<Mood>,
    pub other: Option<Mood>,
    pub size: Size,
    #[orm(pg_type = "good_mood")]
    pub good: Option<Mood>,
    pub many: Option<Vec<Mood>>,
    #[orm(pg_type = "positive")]
    pub amount: i32,
    #[orm(pg_type = "email")]
    pub address: Option<String>,
}

// inspected: table numbered c1370207f519fd08
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "numbered")]
pub struct Numbered {
    #[orm(primary_key)]
    pub place: i32,
    #[orm(primary_key)]
    pub id: i64,
    pub name: Option<String>,
}

// inspected: table order_line_notes d8a78495b5952307
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "order_line_notes")]
pub struct OrderLineNote {
    #[orm(primary_key)]
    pub id: i32,
    #[belongs_to(back_populates = order_line_notes)]
    pub line: BelongsTo<OrderLine>,
    pub body: String,
}

// inspected: table order_lines b4fe5f45745542ea
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "order_lines")]
pub struct OrderLine {
    #[orm(primary_key)]
    #[belongs_to(back_populates = order_lines, on_delete = "cascade")]
    pub order: BelongsTo<Order>,
    #[orm(primary_key)]
    pub no: i32,
    #[belongs_to(back_populates = order_lines)]
    pub product: BelongsTo<Product>,
    pub quantity: i32,
    #[has_many(back_populates = line)]
    pub order_line_notes: HasMany<OrderLineNote>,
}

// inspected: table orders f3c5d5c06d6d570e
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "orders")]
pub struct Order {
    #[orm(primary_key)]
    pub id: i32,
    #[orm(length = 10, server_default = "'open'::character varying")]
    pub status: Generated<String>,
    #[orm(server_default = "3")]
    pub priority: Generated<i32>,
    #[orm(server_default = "'none'::text")]
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

// inspected: table people cd2a610a92e003e7
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "people")]
pub struct Person {
    #[orm(primary_key)]
    pub id: i32,
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

// inspected: table players b241c4dd2272d94e
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "players")]
pub struct Player {
    #[orm(primary_key)]
    pub id: i32,
    #[belongs_to(back_populates = players)]
    pub team: Option<BelongsTo<Team>>,
    #[has_many(back_populates = lead)]
    pub teams: HasMany<Team>,
}

// inspected: table prices dc47d26af5824b9b
// Not in the model: foreign key prices_product_code_fkey (product_code) to products (code): a `BelongsTo` references the primary key
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "prices")]
pub struct Price {
    #[orm(primary_key)]
    pub id: i32,
    #[orm(length = 12)]
    pub product_code: String,
    #[orm(precision(8, 3))]
    pub amount: rust_decimal::Decimal,
}

// inspected: table products e39f773aea45ede4
#[derive(Model, Debug, Clone, Default)]
#[orm(
    table = "products",
    unique(code, name = "products_code_key"),
    index(category, price, name = "products_by_all"),
    index(price, where = "price > (100)::numeric", name = "products_by_dear"),
    check("price >= (0)::numeric", name = "price_is_positive")
)]
pub struct Product {
    #[orm(primary_key)]
    pub id: i32,
    #[orm(length = 12)]
    pub code: String,
    #[orm(index)]
    pub name: String,
    #[orm(precision(10, 2))]
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

// inspected: table ratings b79b92d920a5da44
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "ratings")]
pub struct Rating {
    #[orm(primary_key)]
    #[belongs_to(back_populates = ratings)]
    pub person: BelongsTo<Person>,
    #[orm(primary_key)]
    #[belongs_to(back_populates = ratings)]
    pub product: BelongsTo<Product>,
    pub stars: i32,
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

// inspected: table searches d05ace5286077ab6
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "searches", constants = "SearchFields")]
pub struct Search {
    #[orm(primary_key)]
    pub id: i32,
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

// inspected: table shop_item 80653d2beba10faf
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "shop_item")]
pub struct ShopItemModel {
    #[orm(primary_key)]
    pub id: i32,
    pub name: Option<String>,
}

// inspected: table stores 6182e543852bfbb7
// Not in the model: foreign key stores_stores_country_other_code_fkey (stores_country, other_code) to region (country, code): its columns are not named `prefix_column` after those that it references
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "stores")]
pub struct Store {
    #[orm(primary_key)]
    pub id: i32,
    #[belongs_to(back_populates = stores)]
    pub city: BelongsTo<City>,
    #[orm(length = 2)]
    pub stores_country: Option<String>,
    #[orm(length = 8)]
    pub other_code: Option<String>,
}

// inspected: rows of strays 4bd73fe15f8fae7c
// Not in the model: inherits animals
#[derive(FromRow, Debug, Clone)]
pub struct Stray {
    pub id: i32,
    pub name: String,
    pub found: Option<String>,
}

// inspected: query of strays 8c3a4112c6c6d929
impl Stray {
    /// Reads all rows: `sql(Stray::SELECT).all::<Stray>(&mut session)?`.
    pub const SELECT: &str = "SELECT \"id\", \"name\", \"found\" FROM \"strays\"";
}

// inspected: table tags bfa5451e23a34084
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "tags")]
pub struct Tag {
    #[orm(primary_key)]
    pub id: i32,
    pub label: String,
    #[many_to_many(table = "product_no_tags", column = "tag_id", back_populates = tags)]
    pub products: ManyToMany<Product>,
    #[many_to_many(table = "product_tags", column = "tag_id", back_populates = tags_by_product_tags)]
    pub products_by_product_tags: ManyToMany<Product>,
}

// inspected: table teams 7002db4a9c60f2e6
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "teams")]
pub struct Team {
    #[orm(primary_key)]
    pub id: i32,
    // In the database: foreign key teams_lead_id_fkey (lead_id) to players (id) on delete set default
    #[belongs_to(back_populates = teams)]
    pub lead: Option<BelongsTo<Player>>,
    #[has_many(back_populates = team)]
    pub players: HasMany<Player>,
}

// inspected: table tickets 09b6232f947ebdc7
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "tickets")]
pub struct Ticket {
    #[orm(primary_key, server_default = "nextval('ticket_no'::regclass)")]
    pub no: i32,
    #[orm(server_default = "nextval('ticket_no'::regclass)")]
    pub extra: Generated<i32>,
    #[orm(server_default = "nextval('tickets_part_seq'::regclass)")]
    pub part: Generated<i32>,
    pub title: String,
}

// inspected: table tokens 2bdf53a311197c42
/// What opens a door.
/// It does so once.
// Not in the model: trigger unchanged
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "tokens", comment = "What opens a door.\nIt does so once.")]
pub struct Token {
    #[orm(primary_key, server_default = "gen_random_uuid()")]
    pub id: uuid::Uuid,
    /// Who has it
    #[orm(comment = "Who has it")]
    pub holder: Option<String>,
}

// inspected: table turned_key bf83b610ad652b26
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "turned_key")]
pub struct TurnedKey {
    #[orm(primary_key)]
    pub y: i32,
    #[orm(primary_key)]
    pub x: i32,
    pub z: Option<String>,
}

// inspected: table type 83298fe07b90d6c4
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "type")]
pub struct Type {
    #[orm(primary_key, column = "self")]
    pub self_2: i32,
    pub r#fn: Option<String>,
    pub r#match: Option<String>,
    #[belongs_to(back_populates = types_by_crate_ref, column = "crate")]
    pub crate_ref: Option<BelongsTo<Type>>,
    #[has_many(back_populates = crate_ref)]
    pub types_by_crate_ref: HasMany<Type>,
}

// inspected: table weird "table" 2e8e901b1b034f4f
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "weird \"table\"")]
pub struct WeirdTable {
    #[orm(primary_key, column = "a b")]
    pub a_b: i32,
    #[orm(column = "2nd")]
    pub n2nd: Option<String>,
    #[orm(column = "x-y")]
    pub x_y: Option<String>,
    pub größe: Option<String>,
    #[orm(column = "q\"uote")]
    pub q_uote: Option<String>,
}

// inspected: table best 903369760080c6a3
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "best", materialized_view)]
pub struct Best {
    pub id: Option<i32>,
    pub name: Option<String>,
    pub mood: Option<Mood>,
    pub at: Option<chrono::DateTime<chrono::Utc>>,
}

// inspected: table counts cd3a0e508ee8383c
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "counts", view)]
pub struct Count {
    #[orm(length = 10)]
    pub status: Option<String>,
    pub n: Option<i64>,
    pub total: Option<i64>,
}

// inspected: table dear_products 8649797833bcd49d
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "dear_products", view)]
pub struct DearProduct {
    pub id: Option<i32>,
    pub name: Option<String>,
    #[orm(precision(10, 2))]
    pub price: Option<rust_decimal::Decimal>,
}
