//! Names that need quotes, and tables of other schemas.

use orm::Result;
use orm::functions::count;
use orm::prelude::*;

use crate::TestContext;
use crate::models::{Badge, Guest, Item, Kind, Order, User, Visit};

cases! { names {
    names_that_need_quotes_are_quoted_everywhere [];
    names_that_need_quotes_work_in_batches [];
    tables_of_another_schema [schemas];
} }

pub fn names_that_need_quotes_are_quoted_everywhere(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Order])?;
    let mut session = cx.session();
    let item = Item { text: Some("it's".into()), ..Item::default() };
    let order = session.add(Order { group: "a \"b\" 'c'".into(), items: [item].into(), ..Order::default() });
    let kind = session.push(order, Order::r#type, Kind::default())?;
    session.commit()?;
    assert_eq!(session[order].note.as_deref(), Some("none"));

    let mut other = cx.session();
    let found = Order::query().filter(Order::group.contains("\"b\"")).order_by(Order::note).one(&mut other)?;
    let items = other.load(found, Order::items)?;
    assert_eq!(other[items[0]].text.as_deref(), Some("it's"));
    assert_eq!(other.load(found, Order::r#type)?.len(), 1);
    let counts = Item::query().join(Item::r#where).group_by(Order::note).select((Order::note, count(Item::id)));
    assert_eq!(counts.all(&mut other)?, [(Some("none".to_owned()), 1)]);
    other.close()?;

    session[order].note = Some("x".into());
    session.remove(order, Order::r#type, kind)?;
    session.commit()?;
    session.delete(order)?;
    session.commit()?;
    cx.expect_rows(r#"SELECT (SELECT count(*) FROM "Select From") + (SELECT count(*) FROM "user's")"#, &["0"]);
    Ok(())
}

pub fn names_that_need_quotes_work_in_batches(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Order])?;
    let mut session = cx.session();
    let kinds = [(); 2].map(|()| session.add(Kind::default()));
    let orders = session.add_all((0..3).map(|n| {
        let items = [0, 1].map(|i| Item { text: Some(i.to_string()), ..Item::default() });
        Order { group: n.to_string(), items: items.into(), r#type: kinds.into(), ..Order::default() }
    }));
    session.commit()?;
    assert!(orders.iter().all(|&order| session[order].note.as_deref() == Some("none")));
    for &order in &orders {
        session[order].note = Some(order.get(&session).group.clone());
        for item in session.related(order, Order::items)? {
            session[item].text = None;
        }
    }
    session.commit()?;
    cx.expect_rows(r#"SELECT "group", "it's ""quoted""" FROM "Select From" ORDER BY "Order""#, &["0|0", "1|1", "2|2"]);
    for order in orders {
        session.delete(order)?;
    }
    session.commit()?;
    cx.expect_rows(r#"SELECT (SELECT count(*) FROM "table"), (SELECT count(*) FROM "CASE")"#, &["0|2"]);
    cx.engine.drop_all(models![Order])
}

/// One schema for all runs on a server, so they take turns.
pub fn tables_of_another_schema(cx: &mut TestContext) -> Result<()> {
    if cx.capabilities().schemas {
        let made = r#"CREATE SCHEMA "orm test annex""#;
        let gone = cx.spelled_by([
            "",
            r#"SELECT pg_advisory_lock(20260101); DROP SCHEMA IF EXISTS "orm test annex" CASCADE"#,
            r#"DROP SCHEMA IF EXISTS "orm test annex""#,
        ]);
        cx.execute(&format!("{gone}; {made}"));
    }
    // A table `user` in each of two schemas.
    cx.create(models![Guest, User])?;
    let mut session = cx.session();
    let badges = [(); 2].map(|()| session.add(Badge::default()));
    let guests = session.add_all(["ann", "bob"].map(|name| Guest {
        name: name.into(),
        visits: [Visit::default(), Visit::default()].into(),
        badges: badges.into(),
        ..Guest::default()
    }));
    let user = session.add(User::named("carol"));
    session.commit()?;
    cx.expect_rows(
        r#"SELECT id, time, guest_id FROM "orm test annex".visit WHERE guest_id = 2"#,
        &["3|morning|2", "4|morning|2"],
    );
    cx.expect_rows(r#"SELECT name FROM "user""#, &["carol"]);

    let mut other = cx.session();
    let found = Guest::query().include(Guest::visits).include(Guest::badges).order_by(Guest::id).all(&mut other)?;
    assert_eq!(other.related(found[1], Guest::badges)?.len(), 2);
    assert_eq!(other.related(found[1], Guest::visits)?.len(), 2);
    other.close()?;

    let (bob, carol) = (other.get::<Guest>(2)?.unwrap(), other.get::<User>(session[user].id)?.unwrap());
    other.delete(bob)?;
    other.delete(carol)?;
    other.commit()?;
    session[guests[0]].name = "anna".into();
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "orm test annex"."user""#, &["anna"]);
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    cx.engine.drop_all(models![Guest, User])
}
