//! A table with a secret column.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "login", check("attempts < 10"))]
pub struct Login {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique)]
    pub name: String,
    #[orm(secret)]
    pub password: String,
    #[orm(secret, unique)]
    pub token: Option<String>,
    pub attempts: i32,
}

impl Login {
    pub fn of(name: &str, password: &str) -> Self {
        Self { name: name.into(), password: password.into(), ..Self::default() }
    }
}
