//! Who owns whom: one owner only (`Parcel`, `Playlist`), two owners (`Seat`), an owner in the key (`Sheet`), one to one (`Robot`), a
//! parent that leaves its children alone (`Depot`), views (`Reader`), and owners of owners (`Singer`).

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "parcel")]
pub struct Parcel {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[belongs_to(single_parent, cascade(all, delete_orphan))]
    pub label: Option<BelongsTo<Sticker>>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "label")]
pub struct Sticker {
    #[orm(primary_key)]
    pub id: i64,
    pub text: String,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "playlist")]
pub struct Playlist {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[many_to_many(table = "playlist_clip", single_parent, cascade(all, delete_orphan), order_by = id)]
    pub clips: ManyToMany<Clip>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "clip")]
pub struct Clip {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "hall")]
pub struct Hall {
    #[orm(primary_key)]
    pub id: i64,
    #[has_many(back_populates = hall, cascade(all, delete_orphan), order_by = id)]
    pub seats: HasMany<Seat>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "show")]
pub struct Show {
    #[orm(primary_key)]
    pub id: i64,
    #[has_many(back_populates = show, cascade(all, delete_orphan), order_by = id)]
    pub seats: HasMany<Seat>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "seat")]
pub struct Seat {
    #[orm(primary_key)]
    pub id: i64,
    pub number: i32,
    #[belongs_to(back_populates = seats)]
    pub hall: Option<BelongsTo<Hall>>,
    #[belongs_to(back_populates = seats)]
    pub show: Option<BelongsTo<Show>>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "sheet")]
pub struct Sheet {
    #[orm(primary_key)]
    pub id: i64,
    #[has_many(back_populates = sheet, order_by = number)]
    pub cells: HasMany<Cell>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "cell")]
pub struct Cell {
    #[orm(primary_key)]
    #[belongs_to(back_populates = cells)]
    pub sheet: BelongsTo<Sheet>,
    #[orm(primary_key)]
    pub number: i32,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "robot")]
pub struct Robot {
    #[orm(primary_key)]
    pub id: i64,
    #[has_one(back_populates = robot, cascade(all, delete_orphan))]
    pub head: HasOne<Head>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "head")]
pub struct Head {
    #[orm(primary_key)]
    pub id: i64,
    pub shape: String,
    #[belongs_to(back_populates = head)]
    pub robot: BelongsTo<Robot>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "depot")]
pub struct Depot {
    #[orm(primary_key)]
    pub id: i64,
    #[has_many(back_populates = depot, cascade(save_update), passive_deletes = "all", order_by = id)]
    pub crates: HasMany<Crate>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "crate")]
pub struct Crate {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = crates, on_delete = "restrict")]
    pub depot: BelongsTo<Depot>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "reader")]
pub struct Reader {
    #[orm(primary_key)]
    pub id: i64,
    #[many_to_many(table = "reading_list", order_by = id)]
    pub reads: ManyToMany<Essay>,
    #[many_to_many(table = "reading_list", view_only, order_by = id)]
    pub seen: ManyToMany<Essay>,
    #[has_many(back_populates = editor, view_only, order_by = id)]
    pub edited: HasMany<Essay>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "essay")]
pub struct Essay {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    #[belongs_to(back_populates = edited)]
    pub editor: Option<BelongsTo<Reader>>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "singer")]
pub struct Singer {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_many(back_populates = singer, cascade(all, delete_orphan), order_by = id)]
    pub records: HasMany<Record>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "record")]
pub struct Record {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = records)]
    pub singer: BelongsTo<Singer>,
    #[has_many(back_populates = record, cascade(all, delete_orphan), order_by = id)]
    pub tracks: HasMany<Track>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "track")]
pub struct Track {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = tracks)]
    pub record: BelongsTo<Record>,
    #[many_to_many(table = "mixtape_track", back_populates = tracks, order_by = id)]
    pub mixtapes: ManyToMany<Mixtape>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "mixtape")]
pub struct Mixtape {
    #[orm(primary_key)]
    pub id: i64,
    #[many_to_many(table = "mixtape_track", back_populates = mixtapes, order_by = id)]
    pub tracks: ManyToMany<Track>,
}
