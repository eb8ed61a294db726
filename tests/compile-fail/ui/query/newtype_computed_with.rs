use orm::functions::abs;
use orm::prelude::*;

#[derive(DbType, Debug, Clone)]
struct Cents(i64);

#[derive(Model, Debug, Clone)]
struct Account {
    #[orm(primary_key)]
    id: i64,
    balance: Cents,
}

fn main() {
    let _ = Account::query().select(abs(Account::balance));
}
