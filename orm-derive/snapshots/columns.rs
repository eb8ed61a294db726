#[orm(index(name, joined), check("age >= 0"))]
pub struct User {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique, length = 80, default = "nobody")]
    pub name: String,
    pub(crate) age: Option<i32>,
    #[orm(on_update = Date::today())]
    joined: Date,
}
