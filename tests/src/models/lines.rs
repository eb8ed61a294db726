//! Keys that come with other keys: a foreign key that is the primary key (`Seal`), and a composite key with a generated part
//! (`Line`), each referenced in turn.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "invoice")]
pub struct Invoice {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    #[has_one(back_populates = invoice, cascade(all))]
    pub seal: HasOne<Seal>,
    #[has_many(back_populates = invoice, cascade(all, delete_orphan), order_by = number)]
    pub lines: HasMany<Line>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "seal")]
pub struct Seal {
    #[orm(primary_key)]
    #[belongs_to(back_populates = seal)]
    pub invoice: BelongsTo<Invoice>,
    pub colour: String,
    #[has_many(back_populates = seal, order_by = id)]
    pub witnesses: HasMany<Witness>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "witness")]
pub struct Witness {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = witnesses)]
    pub seal: BelongsTo<Seal>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "line")]
pub struct Line {
    #[orm(primary_key)]
    #[belongs_to(back_populates = lines)]
    pub invoice: BelongsTo<Invoice>,
    #[orm(primary_key)]
    pub number: i32,
    #[has_many(back_populates = line, order_by = id)]
    pub remarks: HasMany<Remark>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "remark")]
pub struct Remark {
    #[orm(primary_key)]
    pub id: i64,
    pub text: String,
    #[belongs_to(back_populates = remarks)]
    pub line: Option<BelongsTo<Line>>,
}

impl Invoice {
    /// An invoice with nothing but a title.
    pub fn titled(title: &str) -> Self {
        Self { title: title.into(), ..Self::default() }
    }
}

impl Remark {
    /// A remark about no line.
    pub fn saying(text: &str) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}
