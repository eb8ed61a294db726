//! Any item that can be built comes back equal.

#![allow(clippy::unwrap_used, reason = "this is test code")]

mod support;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use orm_dynamodb::chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use orm_dynamodb::{Attribute, AttributeValue, Item, Serde};
use proptest::collection::{btree_map, btree_set, hash_map, hash_set, vec};
use proptest::option::of;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use support::{both, new_table};
use uuid::Uuid;

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
enum Shape {
    Point,
    Disc(f64),
    Line(i32, i32),
    Named { name: String, sides: Option<u8> },
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
struct Nested {
    shape: Shape,
    by_number: BTreeMap<i16, Vec<Shape>>,
    nothing: (),
    pair: (bool, char),
    inner: Option<Box<Self>>,
}

#[derive(Item, Debug, Clone, PartialEq)]
#[item(table = "values_any")]
struct Any {
    #[item(hash_key)]
    id: u32,
    #[item(range_key)]
    part: Vec<u8>,
    yes: bool,
    small: i8,
    large: u64,
    negative: i64,
    half: f32,
    number: f64,
    text: String,
    bytes: Vec<u8>,
    maybe: Option<String>,
    #[item(null)]
    null: Option<i16>,
    list: Vec<Option<Vec<String>>>,
    map: BTreeMap<String, Vec<u8>>,
    hashed: HashMap<String, i32>,
    texts: BTreeSet<String>,
    numbers: HashSet<i64>,
    binaries: BTreeSet<Vec<u8>>,
    at: DateTime<Utc>,
    day: NaiveDate,
    time: Option<NaiveTime>,
    uuid: Uuid,
    price: Decimal,
    #[item(serde)]
    nested: Nested,
    #[item(serde)]
    shapes: Vec<Shape>,
}

fn float() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>(), -1e9..1e9].prop_filter("in range", |x| *x == 0.0 || (1e-130..1e126).contains(&x.abs()))
}

fn shape() -> impl Strategy<Value = Shape> {
    prop_oneof![
        Just(Shape::Point),
        float().prop_map(Shape::Disc),
        any::<(i32, i32)>().prop_map(|(a, b)| Shape::Line(a, b)),
        (any::<String>(), any::<Option<u8>>()).prop_map(|(name, sides)| Shape::Named { name, sides }),
    ]
}

fn nested() -> impl Strategy<Value = Nested> {
    let leaf = (shape(), btree_map(any::<i16>(), vec(shape(), 0..3), 0..3), any::<(bool, char)>())
        .prop_map(|(shape, by_number, pair)| Nested { shape, by_number, nothing: (), pair, inner: None });
    leaf.prop_recursive(3, 3, 1, |inner| {
        (inner.clone(), inner).prop_map(|(outer, inner)| Nested { inner: Some(Box::new(inner)), ..outer })
    })
}

fn time() -> impl Strategy<Value = DateTime<Utc>> {
    (-62_167_219_200_i64..=253_402_300_799, 0..1_000_000_000_u32)
        .prop_filter_map("a time", |(seconds, nanos)| DateTime::from_timestamp(seconds, nanos))
}

prop_compose! {
    fn simple()(
        id: u32, part in vec(any::<u8>(), 1..9), yes: bool, small: i8, large: u64, negative: i64, half in any::<f32>().prop_filter("finite", |x| x.is_finite()),
        number in float(), text: String, bytes: Vec<u8>, maybe: Option<String>, null: Option<i16>,
    ) -> Any {
        Any {
            id, part, yes, small, large, negative, half, number, text, bytes, maybe, null,
            list: Vec::new(), map: BTreeMap::new(), hashed: HashMap::new(), texts: BTreeSet::new(), numbers: HashSet::new(),
            binaries: BTreeSet::new(), at: DateTime::UNIX_EPOCH, day: NaiveDate::MIN, time: None, uuid: Uuid::nil(), price: Decimal::ZERO,
            nested: Nested { shape: Shape::Point, by_number: BTreeMap::new(), nothing: (), pair: (true, 'x'), inner: None }, shapes: Vec::new(),
        }
    }
}

prop_compose! {
    fn item()(
        simple in simple(), list in vec(of(vec(any::<String>(), 0..3)), 0..3), map in btree_map(".{1,6}", any::<Vec<u8>>(), 0..3),
        hashed in hash_map(".{1,6}", any::<i32>(), 0..3), texts in btree_set(".{1,8}", 0..4), numbers in hash_set(any::<i64>(), 0..4),
        binaries in btree_set(vec(any::<u8>(), 1..4), 0..3), at in time(), time in of(time()), uuid: u128,
        price in (any::<i64>(), 0_u32..28), nested in nested(), shapes in vec(shape(), 0..3),
    ) -> Any {
        Any {
            list, map, hashed, texts, numbers, binaries, at, day: at.date_naive(), time: time.map(|it| it.time()),
            uuid: Uuid::from_u128(uuid), price: Decimal::new(price.0, price.1), nested, shapes, ..simple
        }
    }
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

#[test]
fn any_item_comes_back_equal() {
    for db in both() {
        new_table::<Any>(&db);
        proptest!(config(64), |(item in item())| {
            let mut written = item.clone();
            written.save(&db).unwrap();
            let key = (item.id, &item.part);
            let found = Any::get_consistent(&db, key).unwrap();
            prop_assert_eq!(found.as_ref(), Some(&item));
            // Each value is equal to itself for the server, too.
            let same = Any::number.eq(item.number) & Any::at.eq(item.at) & Any::price.eq(item.price);
            prop_assert!(Any::delete_key(&db, key).when(same).send().unwrap().is_some());
        });
    }
}

fn value() -> impl Strategy<Value = AttributeValue> {
    let leaf = prop_oneof![
        Just(AttributeValue::Null),
        any::<bool>().prop_map(AttributeValue::Bool),
        any::<String>().prop_map(AttributeValue::S),
        any::<i64>().prop_map(|it| AttributeValue::N(it.to_string())),
        any::<Vec<u8>>().prop_map(AttributeValue::B),
        btree_set(any::<String>(), 1..3).prop_map(AttributeValue::Ss),
        btree_set(vec(any::<u8>(), 0..3), 1..3).prop_map(AttributeValue::Bs),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(AttributeValue::L),
            btree_map(any::<String>(), inner, 0..4).prop_map(AttributeValue::M),
        ]
    })
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn values_are_read_from_their_json(value in value()) {
        let json = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(serde_json::from_str::<AttributeValue>(&json).unwrap(), value);
    }

    #[test]
    fn nested_values_are_read_from_their_attributes(nested in nested()) {
        let value = Serde(nested.clone()).to_attribute().unwrap();
        prop_assert_eq!(Serde::<Nested>::from_attribute(value).unwrap().0, nested);
    }

    #[test]
    fn times_are_in_the_order_of_their_texts(a in time(), b in time()) {
        prop_assert_eq!(a.cmp(&b), a.to_attribute().unwrap().cmp(&b.to_attribute().unwrap()));
    }
}

#[test]
fn column_types_are_attributes() {
    use orm_core::value::ColumnType;

    /// As `#[derive(DbEnum)]` writes it.
    #[derive(Debug, Clone, PartialEq)]
    enum State {
        Open,
        Done,
    }

    impl ColumnType for State {
        type Base = Self;
        const SQL_TYPE: orm_core::value::SqlType = orm_core::value::SqlType::Text;

        fn to_ref(&self) -> orm_core::value::ValueRef<'_> {
            orm_core::value::ValueRef::Text(if *self == Self::Open { "open" } else { "done" })
        }

        fn from_ref(value: orm_core::value::ValueRef<'_>) -> Result<Self, orm_core::value::Mismatch> {
            Ok(if String::from_ref(value)? == "open" { Self::Open } else { Self::Done })
        }
    }

    #[derive(Item, Debug, Clone, PartialEq)]
    #[item(table = "values_column", index(name = "by_state", hash = state))]
    struct Task {
        #[item(hash_key)]
        id: i64,
        #[item(column)]
        state: Option<State>,
    }
    for db in both() {
        new_table::<Task>(&db);
        let mut tasks =
            [(1, Some(State::Open)), (2, Some(State::Done)), (3, None)].map(|(id, state)| Task { id, state });
        db.batch_write().put_all(&mut tasks).send().unwrap();
        assert_eq!(Task::by_state.query(&db, State::Done).all().unwrap(), tasks[1..2]);
        assert_eq!(Task::scan(&db).filter(Task::state.ne(State::Open)).count().unwrap(), 2);
        assert_eq!(Task::get_consistent(&db, 3_i64).unwrap().as_ref(), Some(&tasks[2]));
    }
}
