//! Operators and functions of JSON documents.

use orm::Result;
use orm::functions::*;
use orm::prelude::*;
use serde_json::{Value as Json, json};

use crate::TestContext;
use crate::models::{AllTypes, OptionalTypes};

cases! { expr_json {
    members_and_elements [];
    keys_of_any_letters [];
    values_as_types [];
    other_types_are_null [];
    numbers_of_json [];
    lengths_of_arrays [];
    keys_that_are_there [];
    documents_contain_documents [];
    null_makes_null_of_documents [];
    documents_filter_sort_and_group [];
} }

fn documents(cx: &mut TestContext, documents: &[Json]) -> Result<Session> {
    cx.create(models![AllTypes, OptionalTypes])?;
    let mut session = cx.session();
    session.add_all(documents.iter().map(|json| AllTypes { json: json.clone(), ..AllTypes::default() }));
    session.commit()?;
    Ok(session)
}

macro_rules! all {
    ($session:expr, $selection:expr) => {
        AllTypes::query().order_by(AllTypes::id).select($selection).all($session)?
    };
}

const JSON: orm::query::Column<AllTypes, Json> = AllTypes::json;

pub fn members_and_elements(cx: &mut TestContext) -> Result<()> {
    let session =
        &mut documents(cx, &[json!({"a": {"b": [10, {"c": null}]}, "0": 1}), json!([[1, 2], "x"]), json!("text")])?;
    assert_eq!(all!(session, JSON.json_get("a").json_get("b")), [Some(json!([10, {"c": null}])), None, None]);
    assert_eq!(all!(session, JSON.json_get("a").json_get("b").json_at(0)), [Some(json!(10)), None, None]);
    assert_eq!(all!(session, JSON.json_at(0)), [None, Some(json!([1, 2])), None]);
    assert_eq!(all!(session, JSON.json_at(0).json_at(1)), [None, Some(json!(2)), None]);
    assert_eq!(all!(session, (JSON.json_at(1), JSON.json_at(2)))[1], (Some(json!("x")), None));
    assert_eq!(all!(session, JSON.json_get("0")), [Some(json!(1)), None, None], "a key is no place");
    let null = JSON.json_get("a").json_get("b").json_at(1).json_get("c");
    assert_eq!(
        all!(session, (null.clone(), null.json_get("d")))[0],
        (Some(Json::Null), None),
        "JSON's null is not SQL's"
    );
    Ok(())
}

pub fn keys_of_any_letters(cx: &mut TestContext) -> Result<()> {
    let keys = ["", "a b", "a.b", "$", "$.a", "[0]", "\"", "a\"b", "\\", "'", "ü", "#-1", "a[0]", "\n"];
    let object: serde_json::Map<String, Json> =
        keys.iter().zip(1..).map(|(key, index)| ((*key).to_owned(), json!(index))).collect();
    let session = &mut documents(cx, &[Json::Object(object)])?;
    for (key, index) in keys.iter().zip(1_i64..) {
        assert_eq!(all!(session, JSON.json_get(*key).json_as::<i64>()), [Some(index)], "{key:?}");
    }
    Ok(())
}

pub fn values_as_types(cx: &mut TestContext) -> Result<()> {
    let session = &mut documents(cx, &[json!({"t": "tä\"xt", "i": 7, "f": 2.5, "b": true, "n": -3})])?;
    assert_eq!(all!(session, JSON.json_get("t").json_as::<String>()), [Some("tä\"xt".to_owned())]);
    let row = all!(
        session,
        (
            JSON.json_get("i").json_as::<i64>(),
            JSON.json_get("f").json_as::<f64>(),
            JSON.json_get("i").json_as::<f64>(),
            JSON.json_get("b").json_as::<bool>(),
            JSON.json_get("n").json_as::<i64>(),
        )
    );
    assert_eq!(row, [(Some(7), Some(2.5), Some(7.0), Some(true), Some(-3))]);
    Ok(())
}

pub fn other_types_are_null(cx: &mut TestContext) -> Result<()> {
    let others = [json!(null), json!([1]), json!({"a": 1}), json!(true), json!(1), json!("1")];
    let session = &mut documents(cx, &others)?;
    let texts: Vec<Option<String>> = all!(session, JSON.json_as());
    assert_eq!(texts, [None, None, None, None, None, Some("1".into())]);
    assert_eq!(all!(session, JSON.json_as::<i64>()), [None, None, None, None, Some(1), None]);
    assert_eq!(all!(session, JSON.json_as::<f64>()), [None, None, None, None, Some(1.0), None]);
    assert_eq!(all!(session, JSON.json_as::<bool>()), [None, None, None, Some(true), None, None]);
    Ok(())
}

pub fn numbers_of_json(cx: &mut TestContext) -> Result<()> {
    let session =
        &mut documents(cx, &[json!(1.5), json!(2.0), json!(i64::MAX), json!(u64::MAX), json!(1e300), json!(i64::MIN)])?;
    let numbers = all!(session, JSON.json_as::<i64>());
    assert_eq!(numbers, [None, Some(2), Some(i64::MAX), None, None, Some(i64::MIN)]);
    assert_eq!(all!(session, JSON.json_as::<f64>())[4], Some(1e300));
    Ok(())
}

pub fn lengths_of_arrays(cx: &mut TestContext) -> Result<()> {
    let session =
        &mut documents(cx, &[json!([]), json!([1, [2, 3], null]), json!({"a": [1]}), json!("abc"), json!(null)])?;
    assert_eq!(all!(session, JSON.json_length()), [Some(0), Some(3), None, None, None]);
    assert_eq!(all!(session, JSON.json_get("a").json_length())[2], Some(1));
    assert_eq!(AllTypes::query().filter(JSON.json_length().gt(1)).count(session)?, 1);
    Ok(())
}

pub fn keys_that_are_there(cx: &mut TestContext) -> Result<()> {
    let session = &mut documents(cx, &[json!({"a": null}), json!({"b": 1}), json!(["a"]), json!("a")])?;
    assert_eq!(all!(session, JSON.json_has("a")), [true, false, false, false]);
    assert_eq!(AllTypes::query().filter(!JSON.json_has("a")).count(session)?, 3);
    Ok(())
}

pub fn documents_contain_documents(cx: &mut TestContext) -> Result<()> {
    let session = &mut documents(cx, &[json!({"a": 1, "b": {"c": [1, 2, {"d": 3}]}})])?;
    let parts = [
        (json!({}), true),
        (json!({"a": 1}), true),
        (json!({"a": 1.0}), true),
        (json!({"a": 2}), false),
        (json!({"a": null}), false),
        (json!({"b": {}}), true),
        (json!({"b": {"c": [2, 1, 1]}}), true),
        (json!({"b": {"c": [{"d": 3}]}}), true),
        (json!({"b": {"c": []}}), true),
        (json!({"b": {"c": 1}}), false),
        (json!({"b": {"c": [[1]]}}), false),
        (json!([]), false),
        (json!(1), false),
    ];
    // A list contains a value alone at any depth where the database says so.
    let loose = cx.backend_name() == "MariaDB";
    for (part, expected) in parts {
        let expected = expected || (loose && [json!({"b": {"c": 1}}), json!({"b": {"c": [[1]]}})].contains(&part));
        assert_eq!(all!(session, JSON.json_contains(part.clone())), [expected], "{part}");
    }
    for (whole, part, expected) in [
        (json!([1, "x"]), json!("x"), true),
        (json!([["x"]]), json!("x"), false),
        (json!([["x"]]), json!(["x"]), false),
        (json!(["x"]), json!([]), true),
        (json!(null), json!(null), true),
        (json!(0), json!(false), false),
    ] {
        let expected = expected || (loose && whole == json!([["x"]]));
        assert_eq!(all!(session, value(whole.clone()).json_contains(part.clone())), [expected], "{whole} {part}");
    }
    assert_eq!(AllTypes::query().filter(JSON.json_contains(json!({"a": 1}))).count(session)?, 1);
    Ok(())
}

pub fn null_makes_null_of_documents(cx: &mut TestContext) -> Result<()> {
    let session = &mut documents(cx, &[])?;
    session.add(OptionalTypes::default());
    let json = OptionalTypes::json;
    let row = OptionalTypes::query()
        .select((json.json_get("a"), json.json_at(0), json.json_as::<i64>(), json.json_length(), json.json_has("a")))
        .one(session)?;
    assert_eq!(row, (None, None, None, None, false));
    assert_eq!(OptionalTypes::query().filter(json.json_contains(json!({}))).count(session)?, 0);
    assert_eq!(OptionalTypes::query().filter(!json.json_contains(json!({}))).count(session)?, 0);
    Ok(())
}

pub fn documents_filter_sort_and_group(cx: &mut TestContext) -> Result<()> {
    let person = |name: &str, age| json!({"name": name, "age": age});
    let session = &mut documents(cx, &[person("ann", 30), person("bob", 9), person("cid", 30)])?;
    let age = || JSON.json_get("age").json_as::<i64>();
    let name = || JSON.json_get("name").json_as::<String>();
    assert_eq!(AllTypes::query().filter(age().lt(10)).select(name()).all(session)?, [Some("bob".to_owned())]);
    let rows = AllTypes::query().group_by(age()).order_by(age().desc()).select((age(), count_all())).all(session)?;
    assert_eq!(rows, [(Some(30), 2), (Some(9), 1)]);
    assert_eq!(AllTypes::query().select((sum(age()), max(name()))).one(session)?, (Some(69), Some("cid".to_owned())));
    Ok(())
}
