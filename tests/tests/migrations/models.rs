//! The models of a program, and those of its next versions.

use orm::prelude::*;
use orm::schema::TableDef;

pub(crate) mod first {
    use orm::prelude::*;

    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "author")]
    pub(crate) struct Author {
        #[orm(primary_key)]
        id: i64,
        nick: String,
        age: Option<i32>,
    }

    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "post")]
    pub(crate) struct Post {
        #[orm(primary_key)]
        id: i64,
        title: String,
        #[belongs_to]
        author: Option<BelongsTo<Author>>,
    }
}

pub(crate) mod second {
    use orm::prelude::*;

    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "author")]
    pub(crate) struct Author {
        #[orm(primary_key)]
        id: i64,
        #[orm(unique)]
        name: String,
        age: Option<i64>,
    }

    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "post")]
    pub(crate) struct Post {
        #[orm(primary_key)]
        id: i64,
        #[orm(index)]
        title: String,
        #[belongs_to(on_delete = "cascade")]
        author: Option<BelongsTo<Author>>,
    }

    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "tag")]
    pub(crate) struct Tag {
        #[orm(primary_key)]
        id: i64,
        label: String,
    }
}

/// A module with one model of the table `team`.
macro_rules! team {
    ($module:ident: $($field:ident)*) => {
        pub(crate) mod $module {
            use orm::prelude::*;

            #[derive(Model, Debug, Clone, Default)]
            #[orm(table = "team")]
            pub(crate) struct Team {
                #[orm(primary_key)]
                id: i64,
                $($field: Option<String>,)*
            }
        }
    };
}

team!(bare: );
team!(named: name);
team!(placed: place);
team!(whole: name place);
team!(written: name place motto);

pub(crate) fn first() -> Vec<&'static TableDef> {
    models![first::Author, first::Post].to_vec()
}

pub(crate) fn second() -> Vec<&'static TableDef> {
    models![second::Author, second::Post, second::Tag].to_vec()
}
