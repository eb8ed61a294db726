//! Single items on real servers: saved, read, changed, deleted, with conditions and versions.

#![allow(clippy::unwrap_used, reason = "this is test code")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use orm_dynamodb::chrono::{DateTime, TimeDelta, Utc};
use orm_dynamodb::{AttributeValue, Dynamo, Error, ErrorKind, Item, failed_item};
use support::{both, client, dynalite, moto, new_table};

#[derive(Item, Debug, Clone, PartialEq)]
#[item(table = "items_user")]
struct User {
    #[item(hash_key)]
    email: String,
    name: String,
    age: u32,
    #[item(name = "home town")]
    city: Option<String>,
    #[item(default)]
    tags: Vec<String>,
    groups: BTreeSet<String>,
    #[item(default)]
    settings: BTreeMap<String, i64>,
}

fn ann() -> User {
    User {
        email: "ann@example.com".into(),
        name: "Ann".into(),
        age: 30,
        city: None,
        tags: vec!["a".into()],
        groups: BTreeSet::new(),
        settings: BTreeMap::from([("size".into(), 3)]),
    }
}

fn kind<T: std::fmt::Debug>(outcome: Result<T, Error>) -> ErrorKind {
    outcome.unwrap_err().kind()
}

#[test]
fn an_item_is_saved_found_changed_and_deleted() {
    for db in both() {
        new_table::<User>(&db);
        let mut user = ann();
        user.save(&db).unwrap();
        assert_eq!(User::get_consistent(&db, "ann@example.com").unwrap(), Some(ann()));
        assert_eq!(User::get(&db, "eve@example.com").unwrap(), None);

        let changes = [
            User::age.add(1),
            User::city.set("Leeds"),
            User::tags.append(["b"]),
            User::groups.insert(["staff".into()]),
        ];
        user.update(&db, changes).unwrap();
        assert_eq!(
            (user.age, user.city.as_deref(), user.tags.as_slice()),
            (31, Some("Leeds"), &["a".into(), "b".into()][..])
        );
        assert_eq!(User::get_consistent(&db, &user.email).unwrap().as_ref(), Some(&user));

        let changes = [
            User::age.subtract(1),
            User::city.remove(),
            User::tags.prepend(["0"]),
            User::groups.delete(["staff".into()]),
        ];
        user.update(&db, changes).unwrap();
        assert_eq!((user.age, user.city.as_deref(), user.tags.join(" ")), (30, None, "0 a b".into()));
        assert!(user.groups.is_empty());

        let mut stale = ann();
        user.update(&db, [User::settings.key("size").set(4), User::tags.index(1).remove()]).unwrap();
        stale.refresh(&db).unwrap();
        assert_eq!((stale.settings["size"], stale.tags.join(" ")), (4, "0 b".into()));
        let fields =
            User::get_fields(&db, "ann@example.com", (User::name, User::settings.key("size"), User::city)).unwrap();
        assert_eq!(fields, Some(("Ann".into(), 4, None)));

        user.delete(&db).unwrap();
        user.delete(&db).unwrap();
        assert_eq!(User::get_consistent(&db, "ann@example.com").unwrap(), None);
        assert_eq!(kind(user.refresh(&db)), ErrorKind::NotFound);
        assert_eq!(kind(user.update(&db, User::age.add(1))), ErrorKind::NotFound);
        assert_eq!(User::get_consistent(&db, "ann@example.com").unwrap(), None, "no update makes an item");
    }
}

#[test]
fn conditions_are_checked_by_the_server() {
    #[derive(Item, Debug, Clone, PartialEq)]
    #[item(table = "items_conditions")]
    struct Job {
        #[item(hash_key)]
        id: u64,
        state: String,
        tries: i32,
        tags: BTreeSet<String>,
        note: Option<String>,
    }
    let job = Job { id: 1, state: "new".into(), tries: 2, tags: BTreeSet::from(["x".into()]), note: None };
    for db in both() {
        new_table::<Job>(&db);
        job.clone().put_if_absent(&db).unwrap();
        assert_eq!(kind(job.clone().put_if_absent(&db)), ErrorKind::ConditionFailed);
        let met = [
            Job::state.eq("new"),
            Job::state.ne("old"),
            Job::tries.lt(3) & Job::tries.le(2) & Job::tries.gt(1) & Job::tries.ge(2),
            Job::tries.between(1, 2),
            Job::state.is_in(["old", "new"]),
            Job::state.begins_with("n"),
            Job::state.contains("e"),
            Job::tags.contains("x"),
            Job::tags.size().eq(1),
            Job::note.not_exists(),
            !Job::note.exists(),
            (Job::tries.gt(5) | Job::state.eq("new")) & (Job::tries.gt(5) | Job::tries.eq(2)),
            !(Job::tries.gt(5) | Job::state.eq("old")),
        ];
        for condition in met {
            job.clone().put(&db).when(condition).send().unwrap();
        }
        let unmet = [
            Job::tries.gt(2),
            Job::note.eq("x"),
            Job::state.size().gt(3),
            !Job::state.eq("new"),
            Job::tags.contains("y"),
        ];
        for condition in unmet {
            assert_eq!(kind(Job::delete_key(&db, 1_u64).when(condition).send()), ErrorKind::ConditionFailed);
        }
        assert_eq!(kind(job.clone().put(&db).when(Job::state.is_in(Vec::<String>::new())).send()), ErrorKind::Invalid);
        let missed = Job::update_key(&db, 2_u64, Job::tries.add(1)).send();
        assert_eq!(kind(missed), ErrorKind::NotFound);
        let changed = Job::update_key(&db, 1_u64, Job::tries.set(9)).when(Job::state.eq("new")).send().unwrap();
        assert_eq!(changed.tries, 9);
        let deleted = Job::delete_key(&db, 1_u64).when(Job::tries.eq(9)).send().unwrap();
        assert_eq!(deleted.map(|job| job.tries), Some(9));
        assert_eq!(Job::delete_key(&db, 1_u64).send().unwrap(), None);
    }
}

#[test]
fn an_update_may_make_an_item() {
    #[derive(Item, Debug, PartialEq)]
    #[item(table = "items_counter")]
    struct Counter {
        #[item(hash_key)]
        name: String,
        value: i64,
        #[item(default)]
        log: Vec<String>,
        first: Option<i64>,
    }
    for db in both() {
        new_table::<Counter>(&db);
        for expected in 1..=3 {
            let changes = [Counter::value.add(1), Counter::log.append(["hit"]), Counter::first.set_if_absent(expected)];
            let counter = Counter::update_key(&db, "visits", changes).or_insert().send().unwrap();
            assert_eq!((counter.value, counter.log.len(), counter.first), (expected, expected as usize, Some(1)));
        }
    }
}

#[test]
fn the_item_comes_with_the_error_where_it_is_asked_for() {
    #[derive(Item, Debug, Clone, PartialEq)]
    #[item(table = "items_failed")]
    struct Thing {
        #[item(hash_key)]
        id: u64,
        age: u32,
    }
    let db = moto();
    new_table::<Thing>(&db);
    let mut thing = Thing { id: 1, age: 30 };
    thing.save(&db).unwrap();
    let error = thing.put(&db).when(Thing::age.gt(40)).return_failed().send().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConditionFailed);
    assert_eq!(error.code(), Some("ConditionalCheckFailedException"));
    assert_eq!(failed_item::<Thing>(&error).unwrap().as_ref(), Some(&thing));
    let error = thing.put_if_absent(&db).unwrap_err();
    assert_eq!(failed_item::<Thing>(&error).unwrap(), None);
}

#[test]
fn versions_keep_changes_of_others() {
    #[derive(Item, Debug, Clone, PartialEq)]
    #[item(table = "items_page")]
    struct Page {
        #[item(hash_key)]
        id: String,
        text: String,
        #[item(version)]
        version: u32,
    }
    /// The same table, before it had versions.
    #[derive(Item)]
    #[item(table = "items_page")]
    struct Old {
        #[item(hash_key)]
        id: String,
        text: String,
    }
    for db in both() {
        new_table::<Page>(&db);
        let mut mine = Page { id: "1".into(), text: "one".into(), version: 0 };
        mine.save(&db).unwrap();
        assert_eq!(mine.version, 1);
        let mut twin = Page { version: 0, ..mine.clone() };
        assert_eq!(kind(twin.save(&db)), ErrorKind::ConditionFailed);

        let mut theirs = Page::get_consistent(&db, "1").unwrap().unwrap();
        theirs.update(&db, Page::text.set("two")).unwrap();
        assert_eq!((theirs.text.as_str(), theirs.version), ("two", 2));
        "three".clone_into(&mut mine.text);
        assert_eq!(kind(mine.save(&db)), ErrorKind::StaleData);
        assert_eq!(mine.version, 1, "an object that was not written keeps its version");
        assert_eq!(kind(mine.update(&db, Page::text.set("three"))), ErrorKind::StaleData);
        assert_eq!(kind(mine.delete(&db)), ErrorKind::StaleData);
        assert_eq!(Page::get_consistent(&db, "1").unwrap(), Some(theirs.clone()));

        // Who does not know the version counts it up all the same.
        Page::update_key(&db, "1", Page::text.set("four")).send().unwrap();
        assert_eq!(kind(theirs.save(&db)), ErrorKind::StaleData);
        mine.refresh(&db).unwrap();
        assert_eq!((mine.text.as_str(), mine.version), ("four", 3));
        mine.delete(&db).unwrap();

        Old { id: "2".into(), text: "old".into() }.save(&db).unwrap();
        let mut grown = Page::get_consistent(&db, "2").unwrap().unwrap();
        assert_eq!(grown.version, 0);
        grown.save(&db).unwrap();
        assert_eq!(grown.version, 1);
    }
}

#[test]
fn keys_are_composed_of_fields() {
    #[derive(Item, Debug, Clone, PartialEq)]
    #[item(table = "items_composed")]
    struct Order {
        #[item(hash_key, composed = "USER#{email}")]
        pk: String,
        #[item(range_key, composed = "ORDER#{number:06}")]
        sk: String,
        email: String,
        number: u32,
        total: i64,
    }
    for db in both() {
        new_table::<Order>(&db);
        let mut order = Order { pk: String::new(), sk: String::new(), email: "ann".into(), number: 7, total: 100 };
        order.save(&db).unwrap();
        assert_eq!((order.pk.as_str(), order.sk.as_str()), ("USER#ann", "ORDER#000007"));
        let found = Order::get_consistent(&db, (Order::pk_of("ann"), Order::sk_of(7))).unwrap();
        assert_eq!(found.as_ref(), Some(&order));
        order.update(&db, Order::total.add(1)).unwrap();
        assert_eq!(order.total, 101);
        let raw = Order::get_fields(&db, ("USER#ann", "ORDER#000007"), Order::total).unwrap();
        assert_eq!(raw, Some(101));
    }
}

#[test]
fn null_and_absent_are_kept_apart_by_wish() {
    #[derive(Item, Debug, Clone, PartialEq)]
    #[item(table = "items_null")]
    struct Nulls {
        #[item(hash_key)]
        id: u8,
        absent: Option<String>,
        #[item(null)]
        null: Option<String>,
        any: Option<AttributeValue>,
    }
    for db in both() {
        new_table::<Nulls>(&db);
        let mut nulls = Nulls { id: 1, absent: None, null: None, any: None };
        nulls.save(&db).unwrap();
        let condition = Nulls::null.exists() & Nulls::absent.not_exists();
        nulls.put(&db).when(condition).send().unwrap();
        assert_eq!(Nulls::get_consistent(&db, 1).unwrap(), Some(nulls));
        assert_eq!(Nulls::get_fields(&db, 1, Nulls::any).unwrap(), Some(None));
    }
}

#[test]
fn items_end_by_their_time_to_live() {
    #[derive(Item, Debug, Clone, PartialEq)]
    #[item(table = "items_ttl")]
    struct Login {
        #[item(hash_key)]
        token: Vec<u8>,
        #[item(ttl)]
        until: Option<DateTime<Utc>>,
    }
    let db = moto();
    new_table::<Login>(&db);
    let until = DateTime::from_timestamp(2_000_000_000, 0);
    let mut login = Login { token: vec![0, 255], until };
    login.save(&db).unwrap();
    let is_late = Login::until.gt(until.unwrap() - TimeDelta::seconds(1));
    login.put(&db).when(is_late).send().unwrap();
    assert_eq!(Login::get_consistent(&db, vec![0_u8, 255]).unwrap(), Some(login));
    // The other server has none, and says so.
    let db = dynalite();
    assert_eq!(kind(Login::create_table(&db).wait()), ErrorKind::Unsupported);
    Login::delete_table(&db).wait().unwrap();
}

#[test]
fn tables_are_made_described_and_deleted() {
    #[derive(Item, Debug)]
    #[item(table = "items_table", index(name = "by_name", hash = name), local_index(name = "by_age", range = age, keys))]
    struct Indexed {
        #[item(hash_key)]
        id: u64,
        #[item(range_key)]
        at: String,
        name: String,
        age: Option<u32>,
    }
    for db in both() {
        if Indexed::exists(&db).unwrap() {
            Indexed::delete_table(&db).wait().unwrap();
        }
        assert_eq!(kind(Indexed::describe(&db)), ErrorKind::TableNotFound);
        assert_eq!(kind(Indexed::get(&db, (1_u64, "x"))), ErrorKind::TableNotFound);
        assert_eq!(kind(Indexed::delete_table(&db).wait()), ErrorKind::TableNotFound);
        Indexed::create_table(&db).capacity(3, 2).wait().unwrap();
        let table = Indexed::describe(&db).unwrap();
        assert_eq!((table.name.as_str(), table.status.as_str()), ("items_table", "ACTIVE"));
        assert_eq!(
            (table.global_secondary_indexes[0].name.as_str(), table.local_secondary_indexes[0].name.as_str()),
            ("by_name", "by_age")
        );
        let error = Indexed::create_table(&db).wait().unwrap_err();
        assert_eq!(error.code(), Some("ResourceInUseException"));
        Indexed::delete_table(&db).wait().unwrap();
        assert!(!Indexed::exists(&db).unwrap());
    }
}

#[test]
fn what_dynamodb_cannot_keep_is_refused_before_anything_is_sent() {
    #[derive(Item, Debug, Clone)]
    #[item(table = "items_refused")]
    struct Refused {
        #[item(hash_key)]
        id: u64,
        number: f64,
        set: Option<BTreeSet<u8>>,
        at: DateTime<Utc>,
        map: BTreeMap<String, u8>,
    }
    // Nobody answers there.
    let db: Dynamo = client("http://127.0.0.1:9").retries(0).build().unwrap();
    let good = Refused { id: 1, number: 0.5, set: None, at: DateTime::UNIX_EPOCH, map: BTreeMap::new() };
    assert_eq!(kind(good.clone().save(&db)), ErrorKind::ConnectionLost);
    let bad = [
        (Refused { number: f64::NAN, ..good.clone() }, "`number`"),
        (Refused { number: 1e126, ..good.clone() }, "`number`"),
        (Refused { number: 1e-131, ..good.clone() }, "`number`"),
        (Refused { set: Some(BTreeSet::new()), ..good.clone() }, "`set`"),
        (Refused { map: BTreeMap::from([(String::new(), 1)]), ..good.clone() }, "`map`"),
        (Refused { at: DateTime::<Utc>::MAX_UTC, ..good.clone() }, "`at`"),
    ];
    for (mut item, name) in bad {
        let error = item.save(&db).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
        assert!(error.to_string().contains(name) && error.to_string().contains("`Refused`"), "{error}");
    }
    assert_eq!(
        kind(Refused::get(&db, 1_u64).and(Refused::update_key(&db, 1_u64, Refused::number.set(f64::INFINITY)).send())),
        ErrorKind::ConnectionLost
    );
    assert_eq!(kind(Refused::update_key(&db, 1_u64, Refused::number.set(f64::INFINITY)).send()), ErrorKind::Invalid);
}

#[test]
fn what_does_not_fit_a_field_is_named() {
    #[derive(Item)]
    #[item(table = "items_fit")]
    struct Other {
        #[item(hash_key)]
        email: String,
        name: u64,
    }
    #[derive(Item)]
    #[item(table = "items_fit")]
    struct User {
        #[item(hash_key)]
        email: String,
        name: String,
    }
    let db = dynalite();
    new_table::<User>(&db);
    User { email: "ann@example.com".into(), name: "Ann".into() }.save(&db).unwrap();
    let message = |error: Error| {
        assert_eq!(error.kind(), ErrorKind::Decode);
        error.to_string()
    };
    let text = Other::get(&db, "ann@example.com")
        .map(|found| found.map(|it| (it.email, it.name)))
        .map_err(message)
        .unwrap_err();
    assert!(
        text.contains("while reading `Other`") && text.contains("`name`") && text.contains("found the type S"),
        "{text}"
    );
    User::update_key(&db, "ann@example.com", User::name.remove()).send().map(drop).map_err(message).unwrap_err();
    let text = User::get(&db, "ann@example.com").map(drop).map_err(message).unwrap_err();
    assert!(text.contains("`name`") && text.contains("does not have it"), "{text}");
}
