//! Many to many with shared new members, seen from one side by its cascade.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "post")]
pub struct Post {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    pub body: Option<String>,
    #[many_to_many(table = "post_tag", back_populates = posts, order_by = label)]
    pub tags: ManyToMany<Tag>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "tag")]
pub struct Tag {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique)]
    pub label: String,
    #[many_to_many(table = "post_tag", back_populates = tags, order_by = id)]
    pub posts: ManyToMany<Post>,
}

impl Post {
    /// A post with nothing but a title.
    pub fn titled(title: &str) -> Self {
        Self { title: title.into(), ..Self::default() }
    }
}

impl Tag {
    /// A tag without posts.
    pub fn labelled(label: &str) -> Self {
        Self { label: label.into(), ..Self::default() }
    }
}
