//! A table whose triggers set columns.

use orm::prelude::*;

/// Its triggers make the slug of the title, and count the edits.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "pamphlet")]
pub struct Pamphlet {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    #[orm(read_back)]
    pub slug: Option<String>,
    #[orm(read_back)]
    pub edits: i32,
    pub size: i32,
}

impl Pamphlet {
    /// A pamphlet with that title.
    pub fn titled(title: &str) -> Self {
        Self { title: title.into(), ..Self::default() }
    }
}
