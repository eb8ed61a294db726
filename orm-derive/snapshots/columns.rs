#[orm(index(name, joined), check("age >= 0"), hooks)]
pub struct User {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique, length = 80, default = "nobody")]
    pub name: String,
    #[orm(default_on_insert = Some(18))]
    pub(crate) age: Option<i32>,
    #[orm(on_update = Date::today())]
    joined: Date,
}
