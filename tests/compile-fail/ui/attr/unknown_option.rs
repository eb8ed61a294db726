use orm::prelude::*;

#[derive(Model)]
#[orm(tabel = "users", zzz)]
struct User {
    #[orm(primary_kye)]
    id: i64,
    #[orm(lenght = 80, table = "users")]
    name: String,
}

fn main() {}
