//! Indexes with options, and comments.

use orm::prelude::*;

/// What every database can do.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "patent", comment = "what's \"new\" \\ here", index(year desc, number))]
pub struct Patent {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(length = 80, comment = "as it was filed")]
    pub title: String,
    #[orm(index(desc, name = "patents_by_year"))]
    pub year: i32,
    #[orm(unique(name = "one_number"))]
    pub number: i32,
    #[orm(comment = "whose it is", index)]
    #[belongs_to(back_populates = patents)]
    pub owner: Option<BelongsTo<Inventor>>,
}

impl Patent {
    pub fn new(number: i32) -> Self {
        Self { title: format!("patent {number}"), year: 2000 + number, number, ..Self::default() }
    }
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "inventor")]
pub struct Inventor {
    #[orm(primary_key)]
    pub id: i64,
    #[has_many(back_populates = owner)]
    pub patents: HasMany<Patent>,
}

/// Indexes of some rows and of expressions.
#[derive(Model, Debug, Clone, Default)]
#[orm(
    table = "essay_draft",
    unique(slug, where = "{gone} = false", name = "live_slug"),
    unique(expr = "lower({author})", title),
    index(expr = "lower({title})" desc)
)]
pub struct Draft {
    #[orm(primary_key)]
    pub id: i64,
    pub slug: String,
    pub author: String,
    #[orm(index(where = "{gone} = true and {slug} <> ''"))]
    pub title: String,
    pub gone: bool,
    #[orm(embed, prefix = "print_")]
    pub print: Imprint,
}

impl Draft {
    pub fn new(slug: &str, gone: bool) -> Self {
        let text = |what: &str| format!("{what} of {slug} ({gone})");
        Self { slug: slug.into(), author: text("author"), title: text("title"), gone, ..Self::default() }
    }
}

/// An embedded value with such indexes.
#[derive(Embedded, Debug, Clone, Default, PartialEq)]
#[orm(index(city, where = "{place} IS NOT NULL", name = "known"))]
pub struct Imprint {
    pub city: String,
    #[orm(index(desc))]
    pub place: Option<i32>,
}

/// What only some databases have.
#[derive(Model, Debug, Clone, Default)]
#[orm(
    table = "booking_slot",
    index(title class = "text_pattern_ops", code desc nulls_last),
    index(code nulls_last, id desc nulls_first, name = "usual_places_of_nulls"),
    index(tags, using = "gin"),
    index(title, include(code, first), where = "{first} > 5"),
    unique(code, last, nulls_not_distinct),
    unique(title, include(code), name = "covering"),
    exclude("USING gist (int4range({first}, {last}) WITH &&)", name = "no_overlap")
)]
pub struct Slot {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    pub code: Option<i32>,
    pub first: i32,
    pub last: i32,
    pub tags: Vec<String>,
}

impl Slot {
    pub fn new(first: i32, last: i32) -> Self {
        Self { title: format!("slot {first}"), code: Some(first), first, last, ..Self::default() }
    }
}

/// The options one by one, each of which some databases do not have.
pub mod single {
    use orm::prelude::*;

    macro_rules! models {
        ($($name:ident($($option:tt)*);)*) => {
            $(
                #[derive(Model, Debug, Clone, Default)]
                #[orm($($option)*)]
                pub struct $name {
                    #[orm(primary_key)]
                    pub id: i64,
                    pub a: Option<i32>,
                    pub b: Option<i32>,
                }
            )*
        };
    }

    models! {
        Method(index(a, using = "hash"));
        Covering(index(a, include(b)));
        CoveringKey(unique(a, include(b)));
        Nulls(index(a nulls_first, b nulls_last));
        NoNulls(unique(a, nulls_not_distinct));
        Class(index(a class = "int4_ops"));
        Excluding(exclude("USING gist (int4range({a}, {b}) WITH &&)"));
        Partial(index(a, where = "{b} = 1"));
        Computed(index(expr = "{a} + {b}"));
    }
}
