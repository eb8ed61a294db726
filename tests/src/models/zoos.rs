//! Families: animals of several types in one table, three levels deep, and forms with hooks and rules.

use orm::prelude::*;
use orm::{Invalid, Result};

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "zoo")]
pub struct Zoo {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_many(back_populates = zoo, order_by = id, cascade(all, delete_orphan))]
    pub animals: HasMany<Animal>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(
    table = "animal",
    polymorphic(on = species, identity = "animal", subtypes(Fish, Mammal(Bear)), variants = "AnyAnimal")
)]
pub struct Animal {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique)]
    pub name: String,
    #[orm(version)]
    pub revision: i64,
    #[orm(server_default = "'wild'")]
    pub origin: Generated<String>,
    #[orm(unique, length = 20)]
    pub chip: Option<String>,
    #[orm(on_update = self.moves + 1)]
    pub moves: i32,
    #[belongs_to(back_populates = animals)]
    pub zoo: Option<BelongsTo<Zoo>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[orm(inherits, identity = "fish", index(water, depth), check("{depth} >= 0", name = "below_the_surface"))]
pub struct Fish {
    #[orm(base)]
    pub animal: Animal,
    #[orm(default = "salt", length = 20)]
    pub water: String,
    #[orm(default = 1)]
    pub depth: i32,
    #[orm(unique, length = 20)]
    pub tag: Option<String>,
    #[belongs_to]
    pub feared: Option<BelongsTo<Bear>>,
    #[orm(unique)]
    #[belongs_to(back_populates = eater)]
    pub owned: Option<BelongsTo<Toy>>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(inherits, identity = "mammal")]
pub struct Mammal {
    #[orm(base)]
    pub animal: Animal,
    pub fur: String,
    #[belongs_to]
    pub prey: Option<BelongsTo<Fish>>,
    #[belongs_to]
    pub rival: Option<BelongsTo<Animal>>,
    #[has_many(back_populates = mammal, order_by = id, cascade(all, delete_orphan))]
    pub meals: HasMany<Meal>,
    #[many_to_many(table = "fan", back_populates = fans, order_by = id)]
    pub toys: ManyToMany<Toy>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(inherits, identity = "bear")]
pub struct Bear {
    #[orm(base)]
    pub mammal: Mammal,
    pub weight: i32,
    #[orm(default_on_insert = Some("cave".into()), length = 20)]
    pub den: Option<String>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "meal")]
pub struct Meal {
    #[orm(primary_key)]
    pub id: i64,
    pub food: String,
    #[belongs_to(back_populates = meals)]
    pub mammal: BelongsTo<Mammal>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "toy")]
pub struct Toy {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[many_to_many(table = "fan", back_populates = toys)]
    pub fans: ManyToMany<Mammal>,
    #[has_one(back_populates = owned)]
    pub eater: HasOne<Fish>,
}

impl Animal {
    /// An animal with nothing but a name.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

impl Fish {
    /// A fish with nothing but a name.
    pub fn named(name: &str) -> Self {
        Self { animal: Animal::named(name), ..Self::default() }
    }
}

impl Mammal {
    /// A brown mammal.
    pub fn named(name: &str) -> Self {
        Self { animal: Animal::named(name), fur: "brown".into(), ..Self::default() }
    }
}

impl Bear {
    /// A brown bear.
    pub fn named(name: &str) -> Self {
        Self { mammal: Mammal::named(name), weight: 200, ..Self::default() }
    }
}

impl Meal {
    /// A meal of nobody yet.
    pub fn of(food: &str) -> Self {
        Self { food: food.into(), ..Self::default() }
    }
}

/// Counts no versions, so that its UPDATEs compare.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(
    table = "form",
    hooks,
    optimistic(columns(title)),
    polymorphic(on = kind, identity = "form", subtypes(Claim))
)]
pub struct Form {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(validate = not_empty)]
    pub title: String,
    pub marks: String,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(inherits, identity = "claim", hooks)]
pub struct Claim {
    #[orm(base)]
    pub form: Form,
    #[orm(validate = not_empty)]
    pub reason: String,
    pub amount: i32,
}

fn not_empty<T>(text: &str, _: &T) -> Result<(), &'static str> {
    if text.is_empty() { Err("must not be empty") } else { Ok(()) }
}

impl Hooks for Form {
    fn before_insert(&mut self) -> Result<()> {
        self.marks.push_str("F+");
        Ok(())
    }

    fn before_update(&mut self, old: &Self) -> Result<()> {
        self.marks = format!("{}F*", old.marks);
        Ok(())
    }

    fn validate(&self) -> Result<(), Invalid> {
        if self.title == "void" { Err(Invalid::object("a form is never void")) } else { Ok(()) }
    }
}

impl Hooks for Claim {
    fn before_insert(&mut self) -> Result<()> {
        self.form.marks.push_str("C+");
        Ok(())
    }

    fn before_update(&mut self, old: &Self) -> Result<()> {
        self.form.marks.push_str(if old.amount == self.amount { "C=" } else { "C*" });
        Ok(())
    }
}
