//! Enums that the database knows.

use orm::prelude::*;

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq, Default)]
#[orm(native = "Tempo")]
pub enum Tempo {
    Slow,
    #[default]
    #[orm(rename = "it's fine")]
    Fine,
    Fast,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "tune")]
pub struct Tune {
    #[orm(primary_key)]
    pub id: i64,
    pub tempo: Tempo,
    pub encore: Option<Tempo>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "medley")]
pub struct Medley {
    #[orm(primary_key)]
    pub id: i64,
    pub tempos: Vec<Tempo>,
}
