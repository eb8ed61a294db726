//! Rows that are marked as deleted, rows that a model hides, and rows of several tenants.

use chrono::{DateTime, Utc};
use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "cabinet")]
pub struct Cabinet {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_many(back_populates = cabinet, cascade(all), order_by = id)]
    pub dossiers: HasMany<Dossier>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "dossier", soft_delete = deleted_at)]
pub struct Dossier {
    #[orm(primary_key)]
    pub id: i64,
    pub tenant_id: i64,
    pub title: String,
    pub deleted_at: Option<DateTime<Utc>>,
    #[orm(version)]
    pub version: i32,
    #[belongs_to(back_populates = dossiers)]
    pub cabinet: Option<BelongsTo<Cabinet>>,
    #[has_many(back_populates = dossier, cascade(all, delete_orphan), order_by = id)]
    pub findings: HasMany<Finding>,
    #[has_many(back_populates = dossier, cascade(all), order_by = id)]
    pub scans: HasMany<Scan>,
    #[many_to_many(table = "dossier_keyword", back_populates = dossiers, order_by = id)]
    pub keywords: ManyToMany<Keyword>,
}

/// Goes with its dossier, and comes back with it.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "finding", soft_delete = deleted_at)]
pub struct Finding {
    #[orm(primary_key)]
    pub id: i64,
    pub text: String,
    pub deleted_at: Option<DateTime<Utc>>,
    #[belongs_to(back_populates = findings)]
    pub dossier: BelongsTo<Dossier>,
}

/// Has no mark.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "scan")]
pub struct Scan {
    #[orm(primary_key)]
    pub id: i64,
    pub pages: i32,
    #[belongs_to(back_populates = scans)]
    pub dossier: BelongsTo<Dossier>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "keyword", filter = Keyword::hidden.eq(false))]
pub struct Keyword {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique, length = 40)]
    pub word: String,
    pub hidden: bool,
    #[many_to_many(table = "dossier_keyword", back_populates = keywords, order_by = id)]
    pub dossiers: ManyToMany<Dossier>,
}

/// Its filter reads other rows, its own among them.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(
    table = "thread",
    filter = not_exists(Muted::query().correlate::<Thread>().filter(Muted::thread.eq(Thread::id)))
)]
pub struct Thread {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "muted", soft_delete = lifted)]
pub struct Muted {
    #[orm(primary_key)]
    pub id: i64,
    pub thread: i64,
    pub lifted: bool,
}

impl Dossier {
    /// A dossier of a tenant.
    pub fn of(tenant_id: i64, title: &str) -> Self {
        Self { tenant_id, title: title.into(), ..Self::default() }
    }
}

impl Keyword {
    /// A keyword, perhaps one that nobody is to see.
    pub fn new(word: &str, hidden: bool) -> Self {
        Self { word: word.into(), hidden, ..Self::default() }
    }
}

impl Finding {
    /// A finding of no dossier yet.
    pub fn new(text: &str) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}
