use orm::prelude::*;

orm::sql_function! {
    fn soundex(text: String) -> String;
}

#[derive(Model, Clone, Default)]
struct User {
    #[orm(primary_key)]
    id: i64,
    age: i32,
}

fn main() {
    let _ = User::query().select(soundex(1));
}
