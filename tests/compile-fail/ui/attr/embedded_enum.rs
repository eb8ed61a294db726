use orm::prelude::*;

#[derive(Embedded, Clone)]
enum Payment {
    Cash,
    #[orm(rename = "cash")]
    Coins { kind: String, #[orm(column = "kind")] amount: i32 },
    Card(String, String),
    Debt(BelongsTo<User>),
    #[orm(rename = "gift")]
    Gift { #[orm(default = 3)] value: i32 },
}

#[derive(Model, Clone)]
struct User {
    #[orm(primary_key)]
    id: i64,
}

fn main() {}
