//! Every part of a schema: an owner has a house and a house has an owner, an owner has a boss and labels; and tables with names
//! that are hard on SQL.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "owner")]
pub struct Owner {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique, length = 40)]
    pub name: String,
    #[belongs_to]
    pub house: Option<BelongsTo<House>>,
    #[belongs_to(on_delete = "set null")]
    pub boss: Option<BelongsTo<Owner>>,
    #[many_to_many(table = "owner_label", back_populates = owners)]
    pub labels: ManyToMany<Label>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[orm(table = "house", unique(street, number, name = "one_house"), index(street, place), check("number > 0"))]
#[orm(check("street <> ''", name = "has_street"))]
pub struct House {
    #[orm(primary_key)]
    pub id: i64,
    pub street: String,
    #[orm(default = 1)]
    pub number: i32,
    #[orm(server_default = "'nowhere'", index)]
    pub place: Option<String>,
    #[belongs_to]
    #[orm(index)]
    pub owner: BelongsTo<Owner>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "label", check("length(text) > 1"))]
pub struct Label {
    #[orm(primary_key)]
    pub id: i32,
    #[orm(column = "text", length = 5)]
    pub words: String,
    #[many_to_many(table = "owner_label", back_populates = labels)]
    pub owners: ManyToMany<Owner>,
}

/// Names that must be quoted.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "Select \"from\" größe")]
pub struct Odd {
    #[orm(primary_key, column = "order")]
    pub key: i16,
    #[orm(column = "a 'b' \"c\"", unique)]
    pub quoted: String,
    #[orm(column = "UPPER")]
    pub upper: Option<String>,
    #[belongs_to(column = "group")]
    pub other: Option<BelongsTo<Odd>>,
}

/// Its constraints would have names of more than 63 bytes, with a common beginning.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "a_table_with_a_name_that_is_about_as_long_as_names_may_be")]
pub struct Long {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique)]
    pub a_column_with_quite_a_long_name_of_its_own: String,
    #[orm(unique)]
    pub a_column_with_quite_a_long_name_of_its_own_as_well: String,
    #[orm(index)]
    pub a_column_with_a_long_name_that_is_looked_up: i32,
    #[belongs_to]
    pub a_reference_with_a_long_name_to_the_table_itself: Option<BelongsTo<Long>>,
}

/// In a schema of its own.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "audited", schema = "orm_test_audit")]
pub struct Audited {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique)]
    pub name: String,
}
