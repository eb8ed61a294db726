//! A family whose base is abstract: dots in its table, squares in one of their own, below which there are cubes.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "canvas")]
pub struct Canvas {
    #[orm(primary_key)]
    pub id: i64,
    #[has_many(back_populates = canvas, order_by = id, cascade(all, delete_orphan))]
    pub shapes: HasMany<Shape>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "shape", polymorphic(abstract, on = kind, subtypes(Dot, Square(Cube)), variants = "AnyShape"))]
pub struct Shape {
    #[orm(primary_key)]
    pub id: i64,
    pub color: String,
    #[belongs_to(back_populates = shapes)]
    pub canvas: Option<BelongsTo<Canvas>>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(inherits, identity = "dot")]
pub struct Dot {
    #[orm(base)]
    pub shape: Shape,
    pub radius: i32,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(inherits, identity = "square", table = "square")]
pub struct Square {
    #[orm(base)]
    pub shape: Shape,
    pub side: i32,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(inherits, identity = "cube", table = "cube")]
pub struct Cube {
    #[orm(base)]
    pub square: Square,
    pub weight: i64,
}

impl Shape {
    /// A shape of which nothing but its color is known.
    pub fn of(color: &str) -> Self {
        Self { color: color.into(), ..Self::default() }
    }
}
