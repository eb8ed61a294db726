#[orm(table = "person", polymorphic(on = kind, identity = "person", subtypes(Customer), variants = "AnyPerson"))]
pub struct Person {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to]
    pub boss: Option<BelongsTo<Person>>,
}
