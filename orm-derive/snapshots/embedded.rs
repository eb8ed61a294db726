#[orm(check("{city} <> ''"), index(at.lat))]
pub struct Address {
    #[orm(length = 80, default = "Leeds")]
    pub city: String,
    pub(crate) floor: Option<i32>,
    #[orm(embed, prefix = "at_")]
    at: Option<Point>,
    #[orm(default_on_insert = 3)]
    rank: Generated<i32>,
}
