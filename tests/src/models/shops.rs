//! Models with hooks, which record their calls; and values that a flush fills in.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};

use orm::prelude::*;
use orm::{Error, Result};

thread_local! {
    static DIARY: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Writes into the diary of this thread.
pub fn note(line: impl Into<String>) {
    DIARY.with_borrow_mut(|diary| diary.push(line.into()));
}

/// What the diary holds; it is empty afterwards.
pub fn take_notes() -> Vec<String> {
    DIARY.take()
}

/// Its hooks count edits and keep the slug in step with the name.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "shop", hooks)]
pub struct Shop {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub slug: String,
    pub edits: i32,
    #[has_many(back_populates = shop, cascade(all, delete_orphan))]
    pub wares: HasMany<Ware>,
    #[has_many(back_populates = shop)]
    pub clerks: HasMany<Clerk>,
}

/// A child that goes with its shop. One that costs less than nothing is not valid.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "ware", hooks)]
pub struct Ware {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub price: i32,
    #[belongs_to(back_populates = wares)]
    pub shop: BelongsTo<Shop>,
}

/// A child that survives its shop.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "clerk", hooks)]
pub struct Clerk {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[belongs_to(back_populates = clerks)]
    pub shop: Option<BelongsTo<Shop>>,
}

impl Shop {
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

impl Ware {
    pub fn priced(name: &str, price: i32) -> Self {
        Self { name: name.into(), price, ..Self::default() }
    }
}

impl Clerk {
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

/// A hook refuses an object whose name is that of the hook.
fn called(hook: &str, model: &str, name: &str) -> Result<()> {
    note(format!("{hook} {model} {name}"));
    if name == hook { Err(Error::new(ErrorKind::InvalidState, format!("{hook} refuses"))) } else { Ok(()) }
}

impl Hooks for Shop {
    /// One that is called stocked brings wares, which hooks may not do.
    fn before_insert(&mut self) -> Result<()> {
        self.slug = self.name.to_lowercase();
        if self.name == "stocked" {
            self.wares = [Ware::priced("tea", 1)].into();
        }
        assert_ne!(self.name, "Panic", "on purpose");
        called("before_insert", "Shop", &self.name)
    }

    fn after_insert(&self) -> Result<()> {
        assert_ne!(self.id, 0, "the key is known");
        called("after_insert", "Shop", &self.name)
    }

    fn before_update(&mut self, _: &Self) -> Result<()> {
        self.slug = self.name.to_lowercase();
        self.edits += 1;
        called("before_update", "Shop", &self.name)
    }

    fn after_update(&self) -> Result<()> {
        called("after_update", "Shop", &self.name)
    }

    fn before_delete(&self) -> Result<()> {
        called("before_delete", "Shop", &self.name)
    }

    fn after_delete(&self) -> Result<()> {
        called("after_delete", "Shop", &self.name)
    }

    fn after_load(&mut self) -> Result<()> {
        self.slug.push('!');
        called("after_load", "Shop", &self.name)
    }

    fn validate(&self) -> Result<(), Invalid> {
        note(format!("validate Shop {}", self.name));
        if self.slug.is_empty() { Err(Invalid::object("a shop needs a name or a slug")) } else { Ok(()) }
    }
}

impl Hooks for Ware {
    fn before_insert(&mut self) -> Result<()> {
        called("before_insert", "Ware", &self.name)
    }

    fn after_insert(&self) -> Result<()> {
        called("after_insert", "Ware", &self.name)
    }

    /// Prices of 100 and more do not change.
    fn before_update(&mut self, _: &Self) -> Result<()> {
        self.price = self.price.min(100);
        called("before_update", "Ware", &self.name)
    }

    fn after_update(&self) -> Result<()> {
        called("after_update", "Ware", &self.name)
    }

    fn before_delete(&self) -> Result<()> {
        called("before_delete", "Ware", &self.name)
    }

    fn after_delete(&self) -> Result<()> {
        called("after_delete", "Ware", &self.name)
    }

    fn validate(&self) -> Result<(), Invalid> {
        if self.price < 0 { Err(Invalid::field("price", "must not be negative")) } else { Ok(()) }
    }
}

impl Hooks for Clerk {
    /// One who is called nobody leaves, which hooks may not do.
    fn before_update(&mut self, _: &Self) -> Result<()> {
        if self.name == "nobody" {
            self.shop = None;
        }
        called("before_update", "Clerk", &self.name)
    }

    fn after_update(&self) -> Result<()> {
        called("after_update", "Clerk", &self.name)
    }

    /// One who reads another row than it asked for is an error of the hook.
    fn after_load(&mut self) -> Result<()> {
        if self.name == "thief" {
            self.id += 1;
        }
        Ok(())
    }
}

/// A number that no other receipt of this process has.
fn next_number() -> String {
    static LAST: AtomicU32 = AtomicU32::new(0);
    format!("R{}", LAST.fetch_add(1, Ordering::Relaxed) + 1)
}

/// Its key and its state are filled in by the flush, where they are not set.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "receipt")]
pub struct Receipt {
    #[orm(primary_key, default_on_insert = next_number())]
    pub number: String,
    #[orm(default_on_insert = "open")]
    pub state: Option<String>,
    #[orm(default_on_insert = Some(3))]
    pub copies: Option<i32>,
    #[has_many(back_populates = receipt)]
    pub posts: HasMany<ReceiptPost>,
}

/// References a receipt by the key that the flush fills in.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "receipt_post")]
pub struct ReceiptPost {
    #[orm(primary_key)]
    pub id: i64,
    pub text: String,
    #[belongs_to(back_populates = posts)]
    pub receipt: BelongsTo<Receipt>,
}
