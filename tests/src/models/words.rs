//! Fields that are called like functions.

use orm::prelude::*;

/// Fields called like the functions that a model has without being called by its name, and like words of queries and of Rust.
#[derive(Model, Debug, Clone, Default, PartialEq)]
pub struct Words {
    #[orm(primary_key)]
    pub id: i64,
    pub spec: i64,
    pub table: i64,
    pub arena: i64,
    pub key: i64,
    pub read: i64,
    pub value: i64,
    pub set_value: i64,
    pub foreign: i64,
    pub set_foreign: i64,
    pub deferred: i64,
    pub set_embedded: i64,
    pub snapshot: i64,
    pub hand_over: i64,
    pub pending_relation: i64,
    #[orm(on_update = self.touch_on_update + 1)]
    pub touch_on_update: i64,
    pub type_name: i64,
    pub is_part: bool,
    pub complete: bool,
    #[orm(default_on_insert = Some(7))]
    pub fill_on_insert: Option<i64>,
    pub hook: i64,
    pub defaults: i64,
    pub before_insert: i64,
    pub after_insert: i64,
    pub before_update: i64,
    pub check_rules: i64,
    pub after_update: i64,
    pub before_delete: i64,
    pub after_delete: i64,
    pub validate: i64,
    pub after_load: i64,
    pub name: i64,
    pub update: i64,
    pub alias: i64,
    pub get: i64,
    pub delete: i64,
    pub select: i64,
    pub filter: i64,
    pub from: i64,
    pub new: i64,
    pub eq: i64,
    pub hash: i64,
    pub min: i64,
    pub r#type: i64,
    pub r#in: i64,
}

/// Fields called like the functions of every model, and functions called like fields: the constants are elsewhere.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(constants = "SearchFields", index(query, insert))]
pub struct Search {
    #[orm(primary_key)]
    pub id: i64,
    pub query: String,
    pub object: i64,
    pub insert: i64,
    pub insert_all: i64,
    pub insert_from: i64,
    pub insert_with: i64,
    pub update_by_key: i64,
    pub from_sql: i64,
    pub default: bool,
    pub clone: bool,
    #[has_many(back_populates = on, order_by(rank desc), cascade(all, delete_orphan))]
    pub hits: HasMany<Hit>,
}

impl Search {
    /// A function called like a field.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(constants = "HitFields")]
pub struct Hit {
    #[orm(primary_key)]
    pub id: i64,
    pub rank: i32,
    #[belongs_to(back_populates = hits)]
    pub on: BelongsTo<Search>,
}

impl Hit {
    /// A function called like a field.
    #[must_use]
    pub fn rank(&self) -> i32 {
        self.rank
    }
}

/// Two tables whose indexes would have one name if all words were joined alike.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "tag", unique(group_seq, r#type))]
pub struct Tagged {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(index)]
    pub group_seq: i32,
    #[orm(unique)]
    pub r#type: i32,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "tag_group", unique(seq_type, seq))]
pub struct TagGroup {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(index)]
    pub seq: i32,
    #[orm(unique)]
    pub seq_type: i32,
}

/// A name of more than 63 bytes.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "a_table_whose_name_goes_on_and_on_until_it_is_longer_than_sixty_three_bytes")]
pub struct LongTable {
    #[orm(primary_key)]
    pub id: i64,
}

/// A column of more than 63 bytes.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "long_column")]
pub struct LongColumn {
    #[orm(primary_key)]
    pub id: i64,
    pub a_field_whose_name_goes_on_and_on_until_it_is_longer_than_sixty_three_bytes: i32,
}

/// An index with a name of more than 63 bytes.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(
    table = "long_index",
    index(id, name = "an_index_whose_name_goes_on_and_on_until_it_is_longer_than_sixty_three_bytes")
)]
pub struct LongIndex {
    #[orm(primary_key)]
    pub id: i64,
}

/// A table whose name equals that of another one if case is ignored.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "Word_List")]
pub struct WordList {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique)]
    pub word: String,
}

/// Two indexes of one name.
#[expect(clippy::duplicated_attributes, reason = "the mistake that is tried")]
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "index_twin", index(a, name = "twin"), index(b, name = "twin"))]
pub struct IndexTwin {
    #[orm(primary_key)]
    pub id: i64,
    pub a: i32,
    pub b: i32,
}
