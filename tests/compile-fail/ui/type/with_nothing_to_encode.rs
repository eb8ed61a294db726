use orm::prelude::*;

mod text {
    pub const SQL_TYPE: orm::SqlType = orm::SqlType::Text;

    pub fn decode(_: orm::ValueRef<'_>) -> Result<super::Url, orm::Mismatch> {
        Ok(super::Url)
    }
}

#[derive(Clone)]
struct Url;

#[derive(Model)]
struct Site {
    #[orm(primary_key)]
    id: i64,
    #[orm(with = text)]
    home: Url,
}

fn main() {}
