use orm::prelude::*;

mod text {
    pub const SQL_TYPE: orm::SqlType = orm::SqlType::Text;

    pub fn encode(_: &super::Url) -> orm::Encoded<'_> {
        "url".into()
    }

    pub fn decode(_: orm::ValueRef<'_>) -> Result<super::Url, orm::Mismatch> {
        Ok(super::Url)
    }
}

#[derive(Clone)]
struct Url;

#[derive(Model)]
struct Site {
    #[orm(primary_key, json)]
    id: i64,
    #[orm(with = text, json)]
    home: Url,
    #[belongs_to]
    #[orm(json)]
    parent: BelongsTo<Site>,
}

fn main() {}
