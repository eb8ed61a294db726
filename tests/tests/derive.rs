//! What the derives make of structs and enums: tables, keys, values, defaults, the children that a value carries.

#![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]
#![deny(missing_docs)]

use orm::prelude::*;
use orm_core::ErrorKind;
use orm_core::model::{Adopter, Foreign, New, Row, RowReader};
use orm_core::schema::{Cascade, Direction, OnDelete, PassiveDeletes, RelationKind, SqlPart, TableDef};
use orm_core::value::{ColumnType, Mismatch, SqlType, ValueRef};

/// A brand.
#[derive(Model, Debug, Clone, Default, PartialEq)]
pub struct CarBrand {
    /// The key.
    #[orm(primary_key)]
    pub id: i64,
    /// The name.
    #[orm(unique, length = 80)]
    pub name: String,
    /// Its models.
    #[has_many(back_populates = brand, order_by(year desc, name), cascade(all, delete_orphan), passive_deletes)]
    pub models: HasMany<CarModel>,
}

/// A model of a brand.
#[derive(Model, Debug, Clone, PartialEq)]
#[orm(table = "models", schema = "cars")]
#[orm(
    index(year, brand),
    unique(brand, name, name = "one_name"),
    check("year > 1880"),
    check("year < 3000", name = "sane")
)]
pub struct CarModel {
    /// The key.
    #[orm(primary_key)]
    pub id: i32,
    /// The name.
    #[orm(default = "unnamed")]
    pub name: String,
    /// Where it is made.
    #[belongs_to(back_populates = models, on_delete = "cascade")]
    #[orm(index)]
    pub brand: BelongsTo<CarBrand>,
    /// The first year.
    #[orm(default = 2020, on_update = self.year + 1)]
    pub year: i16,
    /// A note.
    #[orm(column = "remark", server_default = "'none'", default = "?")]
    pub note: Option<String>,
    /// Counts changes.
    #[orm(version)]
    pub version: i32,
    /// A keyword.
    pub r#type: Status,
    /// What it replaced.
    #[belongs_to(back_populates = successor, column = "old_id", cascade(save_update))]
    #[orm(unique)]
    predecessor: Option<BelongsTo<Self>>,
    /// What replaced it.
    #[has_one(back_populates = predecessor)]
    successor: HasOne<CarModel>,
}

/// Where things stand.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Default)]
pub enum Status {
    /// On sale.
    #[default]
    OnSale,
    /// Not any more.
    #[orm(rename = "gone!")]
    Gone,
}

/// Another spelling.
#[derive(DbEnum, Debug, Clone, PartialEq)]
#[orm(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum Loud {
    /// In review.
    InReview,
}

#[derive(Model, Debug, Clone, Default)]
struct Student {
    #[orm(primary_key)]
    id: i64,
    #[many_to_many(table = "student_course", back_populates = students, column = "who")]
    courses: ManyToMany<Course>,
    #[many_to_many(through = Grade, back_populates = graded)]
    graded: ManyToMany<Course>,
    #[many_to_many(table = "friend", back_populates = friend_of)]
    friends: ManyToMany<Student>,
    #[many_to_many(table = "friend", back_populates = friends)]
    friend_of: ManyToMany<Student>,
}

#[derive(Model, Debug, Clone, Default)]
struct Course {
    #[orm(primary_key)]
    code: String,
    #[many_to_many(table = "student_course", back_populates = courses)]
    students: ManyToMany<Student>,
    #[many_to_many(through = Grade, back_populates = graded, order_by = id)]
    graded: ManyToMany<Student>,
}

#[derive(Model, Debug, Clone, Default)]
struct Grade {
    #[belongs_to]
    #[orm(primary_key)]
    student: BelongsTo<Student>,
    #[belongs_to]
    #[orm(primary_key)]
    course: BelongsTo<Course>,
    #[orm(primary_key)]
    term: i32,
    grade: Option<f64>,
    #[belongs_to]
    appeal: Option<BelongsTo<Appeal>>,
}

#[derive(Model, Debug, Clone, Default)]
struct Appeal {
    #[belongs_to(column = "of")]
    #[orm(primary_key)]
    grade: BelongsTo<Grade>,
}

fn columns(table: &TableDef) -> Vec<&str> {
    table.columns.iter().map(|column| &*column.name).collect()
}

#[test]
fn tables_are_named_after_the_struct_or_as_told() {
    assert_eq!(CarBrand::table().name.to_string(), "car_brand");
    assert_eq!(CarModel::table().name.to_string(), "cars.models");
}

#[test]
fn columns_have_names_types_and_options() {
    let table = CarModel::table();
    assert_eq!(columns(table), ["id", "name", "brand_id", "year", "remark", "version", "type", "old_id"]);
    let types: Vec<SqlType> = table.columns.iter().map(|column| column.sql_type).collect();
    use SqlType::{I16, I32, I64, Text};
    assert_eq!(types, [I32, Text, I64, I16, Text, I32, Text, I32]);
    let nullable: Vec<&str> =
        table.columns.iter().filter(|column| column.nullable).map(|column| &*column.name).collect();
    assert_eq!(nullable, ["remark", "old_id"]);
    assert_eq!(table.columns[4].server_default, Some("'none'"));
    assert_eq!(table.version, Some(5));
    assert!(table.generated_key);
    assert_eq!(CarBrand::table().columns[1].length, Some(80));
}

#[test]
fn constraints_are_named_by_convention_or_as_told() {
    let table = CarModel::table();
    let indexes: Vec<(&str, bool)> = table.indexes.iter().map(|index| (&*index.name, index.unique)).collect();
    assert_eq!(
        indexes,
        [
            ("ix_models_brand_id", false),
            ("uq_models_old_id", true),
            ("ix_models__year__brand_id", false),
            ("one_name", true)
        ]
    );
    let checks: Vec<(&str, &[SqlPart])> = table.checks.iter().map(|check| (&*check.name, &*check.sql)).collect();
    let [born, sane] = ["year > 1880", "year < 3000"].map(|sql| [SqlPart::Text(sql)]);
    assert_eq!(checks, [("ck_models_1", &born[..]), ("sane", &sane[..])]);
}

#[test]
fn relations_know_both_ends() {
    let models = CarBrand::table().relation_of(CarBrand::models.field()).unwrap();
    assert_eq!((models.kind, models.back_populates), (RelationKind::HasMany, Some("brand")));
    assert!(
        models.cascade.has(Cascade::ALL.and(Cascade::DELETE_ORPHAN))
            && models.passive_deletes == PassiveDeletes::Unloaded
    );
    assert_eq!(models.order_by, [(CarModel::year.field(), Direction::Desc), (CarModel::name.field(), Direction::Asc)]);
    let (table, key) = models.member_key().unwrap();
    assert_eq!(
        (table.model, table.foreign_keys[key].on_delete, table.foreign_keys[key].nullable),
        ("CarModel", Some(OnDelete::Cascade), false)
    );
    assert_eq!(models.inverse().unwrap().inverse().unwrap().name, "models");

    let predecessor = CarModel::table().relation_of(CarModel::predecessor.field()).unwrap();
    assert_eq!(predecessor.cascade, Cascade::SAVE_UPDATE);
    assert_eq!(predecessor.inverse().unwrap().kind, RelationKind::HasOne);
}

#[test]
fn association_tables_are_made_or_given() {
    let relation = |field| Student::table().relation_of(field).unwrap().association().unwrap();
    let (courses, left) = relation(Student::courses.field());
    assert_eq!(columns(courses.table().unwrap()), ["course_code", "who"], "the side that sorts first is the left one");
    assert!(!left);
    let (graded, _) = relation(Student::graded.field());
    assert_eq!(graded.table().unwrap().model, "Grade");
    assert_eq!((graded.left.clone(), graded.right.clone()), (1..2, 0..1));
    let (friends, _) = relation(Student::friends.field());
    assert_eq!(columns(friends.table().unwrap()), ["friend_of_id", "friends_id"]);
}

#[test]
fn keys_may_have_several_fields() {
    let table = Grade::table();
    assert_eq!(
        columns(table),
        [
            "student_id",
            "course_code",
            "term",
            "grade",
            "appeal_of_student_id",
            "appeal_of_course_code",
            "appeal_of_term"
        ]
    );
    assert_eq!(table.primary_key, [0, 1, 2]);
    assert!(!table.generated_key);
    let mut grade = Grade { student: BelongsTo::key(7), term: 0, ..Grade::default() };
    assert_eq!(grade.key(), None, "the course is not known");
    grade.course = BelongsTo::key("math");
    assert_eq!(grade.key(), Some((7, "math".to_owned(), 0)));
    let appeal = Appeal { grade: BelongsTo::key((7, "math".to_owned(), 1)) };
    assert_eq!(appeal.key(), Some((7, "math".to_owned(), 1)));
}

#[test]
fn a_single_key_may_be_one_that_is_not_set() {
    assert_eq!(CarBrand::default().key(), Some(0));
    assert_eq!(CarBrand { id: 3, ..CarBrand::default() }.key(), Some(3));
    assert_eq!(Course::default().key(), Some(String::new()));
}

#[test]
fn defaults_hold_at_construction_and_on_update() {
    let mut model = CarModel::default();
    assert_eq!((&*model.name, model.year, model.note.as_deref(), model.version), ("unnamed", 2020, Some("?"), 0));
    model.touch_on_update();
    assert_eq!(model.year, 2021);
}

#[test]
fn values_go_in_and_out_by_number() {
    let mut model = CarModel { brand: BelongsTo::key(5), ..CarModel::default() };
    assert_eq!(model.value(CarModel::name.field(), 0), ValueRef::Text("unnamed"));
    assert_eq!(model.value(CarModel::brand.field(), 0), ValueRef::I64(5));
    assert_eq!(model.value(CarModel::predecessor.field(), 0), ValueRef::Null);
    model.set_value(CarModel::year.field(), ValueRef::I64(1999)).unwrap();
    assert_eq!(model.year, 1999);
    let error = model.set_value(CarModel::year.field(), ValueRef::I64(1 << 20)).unwrap_err();
    assert_eq!(error.expected, "a 16-bit integer");
    assert!(matches!(model.foreign(CarModel::brand.field()), Foreign::Key(_)));
    model.set_foreign(CarModel::predecessor.field(), Foreign::Key(&3_i32));
    assert_eq!(model.predecessor, Some(BelongsTo::key(3)));
}

struct Cells<'a>(&'a [ValueRef<'a>]);

impl Row for Cells<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn name(&self, _: usize) -> &str {
        "cell"
    }

    fn get(&self, index: usize) -> Result<ValueRef<'_>, Mismatch> {
        self.0.get(index).copied().ok_or_else(|| Mismatch::new("a column", "none"))
    }
}

#[test]
fn rows_are_read_by_position() {
    use ValueRef::{I64, Null, Text};
    let mut cells = [I64(1), Text("Corolla"), I64(2), I64(2020), Null, I64(4), Text("gone!"), Null];
    let read = |cells: &[ValueRef<'_>]| CarModel::read(&mut RowReader::new(&Cells(cells), 0, "CarModel"));
    let model = read(&cells).unwrap();
    assert_eq!((model.id, &*model.name, model.year, model.r#type), (1, "Corolla", 2020, Status::Gone));
    assert_eq!((model.brand.as_key(), model.note, model.predecessor), (Some(&2), None, None));
    cells[6] = Text("lost");
    let error = read(&cells).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.to_string(), "CarModel, column `cell`: expected one of \"on_sale\", \"gone!\", found \"lost\"");
}

#[test]
fn enums_are_text() {
    assert_eq!((Status::OnSale.to_ref(), Status::Gone.to_ref()), (ValueRef::Text("on_sale"), ValueRef::Text("gone!")));
    assert_eq!(Loud::from_ref(ValueRef::Text("IN-REVIEW")), Ok(Loud::InReview));
    assert_eq!(Loud::from_ref(ValueRef::Null).unwrap_err().to_string(), "expected \"IN-REVIEW\", found NULL");
}

#[derive(Default)]
struct Nursery(Vec<(usize, &'static str)>);

impl Adopter for Nursery {
    fn adopt<T: Model>(&mut self, field: usize, _: New<T>) {
        self.0.push((field, T::spec().name));
    }
}

#[test]
fn children_are_handed_over_once_and_not_copied() {
    let mut brand =
        CarBrand { id: 1, models: [CarModel::default(), CarModel::default()].into(), ..CarBrand::default() };
    assert_eq!(brand.snapshot().models.pending(), 0);
    let mut nursery = Nursery::default();
    brand.hand_over(&mut nursery);
    brand.hand_over(&mut nursery);
    assert_eq!(nursery.0, [(2, "CarModel"), (2, "CarModel")]);
    let mut model = CarModel { successor: CarModel::default().into(), ..CarModel::default() };
    model.hand_over(&mut nursery);
    assert_eq!(nursery.0.last(), Some(&(8, "CarModel")));
}

/// Models that list each other in one long cycle: nothing in the types may follow it round.
mod cycle {
    use orm::prelude::*;

    macro_rules! cycle {
        ($($previous:ident $model:ident $next:ident),+) => {$(
            #[derive(Model, Debug, Clone, Default, PartialEq)]
            pub(crate) struct $model {
                #[orm(primary_key)]
                pub(crate) id: i64,
                #[has_many(back_populates = previous)]
                pub(crate) next: HasMany<$next>,
                #[belongs_to(back_populates = next)]
                pub(crate) previous: Option<BelongsTo<$previous>>,
                #[belongs_to]
                pub(crate) other: Option<BelongsTo<$next>>,
            }
        )+};
    }

    cycle! {
        T A B, A B C, B C D, C D E, D E F, E F G, F G H, G H I, H I J, I J K,
        J K L, K L M, L M N, M N O, N O P, O P Q, P Q R, Q R S, R S T, S T A
    }
}

#[test]
fn models_may_form_long_cycles() {
    fn crosses_threads<T: Send + Sync>(_: &T) {}
    let first = cycle::A { next: [cycle::B::default()].into(), ..Default::default() };
    crosses_threads(&first);
    assert_eq!(first.clone().next.pending(), 1);
    assert_eq!(cycle::T::table().relations[0].inverse().unwrap().name, "previous");
}
