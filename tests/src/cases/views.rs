//! Views, materialized ones too, and tables that are read only.

use orm::catalog::Catalog;
use orm::prelude::*;
use orm::{ErrorKind, Result, Session};

use crate::models::*;
use crate::{TestContext, expect_error};

cases! { views {
    a_view_is_made_after_its_tables_and_dropped_before [];
    rows_of_a_view_are_objects_by_their_key [];
    rows_of_a_view_without_a_key_are_values [];
    a_query_of_a_view_writes_all_changes_before [];
    a_view_of_others_is_not_made [];
    relations_lead_to_views_and_from_them [];
    a_new_object_has_its_row_of_a_view [];
    a_view_is_not_written [];
    a_deleted_row_leaves_its_view_alone [];
    a_changed_key_leaves_views_alone [];
    a_table_is_read_only [];
    the_catalog_of_views_is_that_of_the_database [];
    a_view_is_added_changed_and_dropped [];
    two_models_of_one_view_say_the_same [];
    a_typed_view_takes_no_values [];
    a_view_is_made_in_the_schema_of_a_tenant [];
    a_materialized_view_is_refreshed [materialized_views];
    only_a_materialized_view_is_refreshed [];
} }

fn filled(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Client, Purchase, Turnover, BestClient])?;
    let mut session = cx.session();
    let purchases = |amounts: &[i64]| -> HasMany<Purchase> {
        amounts.iter().map(|&amount| Purchase { amount, ..Default::default() }).collect::<Vec<_>>().into()
    };
    session.add(Client { id: 1, name: "ann".into(), purchases: purchases(&[10, 20, -1]), ..Default::default() });
    session.add(Client { id: 2, name: "bob".into(), purchases: purchases(&[5]), ..Default::default() });
    session.commit()?;
    cx.clear_log();
    Ok(session)
}

fn names(catalog: &Catalog) -> Vec<&str> {
    catalog.views.iter().map(|view| &*view.name.name).collect()
}

pub fn a_view_is_made_after_its_tables_and_dropped_before(cx: &mut TestContext) -> Result<()> {
    cx.create(models![BestClient, Turnover, Client])?;
    assert_eq!(names(&cx.engine.reflect()?), ["best_client", "turnover"]);
    cx.create(models![BestClient, Turnover, Client])?;
    cx.engine.drop_table::<Turnover>()?;
    assert_eq!(names(&cx.engine.reflect()?), ["best_client"]);
    cx.engine.create_table::<Turnover>()?;
    cx.engine.drop_all(models![BestClient, Client])?;
    let left = cx.engine.reflect()?;
    assert_eq!((left.tables.len(), left.views.len()), (0, 0), "{left}");
    Ok(())
}

pub fn rows_of_a_view_are_objects_by_their_key(cx: &mut TestContext) -> Result<()> {
    let mut session = filled(cx)?;
    let all = Turnover::query().order_by(Turnover::client_id).all(&mut session)?;
    assert_eq!(all.iter().map(|&row| session[row].purchases).collect::<Vec<_>>(), [2, 1]);
    cx.expect_log(&["select turnover"]);
    assert_eq!(session.get::<Turnover>(2)?, Some(all[1]));
    cx.expect_log(&[]);
    cx.execute("INSERT INTO purchase (id, amount, client_id) VALUES (99, 7, 2)");
    session.refresh(all[1])?;
    assert_eq!(session[all[1]].purchases, 2);
    Ok(())
}

pub fn rows_of_a_view_without_a_key_are_values(cx: &mut TestContext) -> Result<()> {
    let mut session = filled(cx)?;
    let best = BestClient::query().filter(BestClient::total.gt(5)).values(&mut session)?;
    assert_eq!(best, [BestClient { name: "ann".into(), purchases: 3, total: Some(29) }]);
    let query = BestClient::query().order_by(BestClient::total.desc());
    assert_eq!(query.clone().select(BestClient::name).all(&mut session)?, ["ann", "bob"]);
    assert_eq!(query.count(&mut session)?, 2);
    cx.expect_log(&["select best_client", "select best_client", "select best_client"]);
    Ok(())
}

pub fn a_query_of_a_view_writes_all_changes_before(cx: &mut TestContext) -> Result<()> {
    let mut session = filled(cx)?;
    session.add(Purchase { amount: 100, client: BelongsTo::key(2), ..Default::default() });
    let bob = BestClient::query().filter(BestClient::name.eq("bob")).values(&mut session)?;
    assert_eq!((bob[0].purchases, bob[0].total), (2, Some(105)));
    cx.expect_log(&["insert purchase", "select best_client"]);
    Ok(())
}

pub fn a_view_of_others_is_not_made(cx: &mut TestContext) -> Result<()> {
    cx.create(models![ForeignView])?;
    assert_eq!(names(&cx.engine.reflect()?), Vec::<&str>::new());
    cx.execute("CREATE VIEW foreign_view AS SELECT 42 AS answer");
    cx.create(models![ForeignView])?;
    assert_eq!(ForeignView::query().values(&mut cx.session())?, [ForeignView { answer: 42 }]);
    cx.engine.drop_all(models![ForeignView])?;
    assert_eq!(names(&cx.engine.reflect()?), ["foreign_view"]);
    Ok(())
}

pub fn relations_lead_to_views_and_from_them(cx: &mut TestContext) -> Result<()> {
    let mut session = filled(cx)?;
    let ann = Client::query().filter(Client::id.eq(1)).include(Client::turnover).one(&mut session)?;
    cx.expect_log(&["select client", "select turnover"]);
    let turnover = session.related(ann, Client::turnover)?.expect("ann bought something");
    assert_eq!(session[turnover].purchases, 2);
    assert_eq!(session.related(turnover, Turnover::client)?, ann);
    cx.expect_log(&[]);
    let many = Turnover::query().join(Turnover::client).filter(Client::name.eq("bob")).select(Turnover::purchases);
    assert_eq!(many.all(&mut session)?, [1]);
    expect_error(session.push(ann, Client::turnover, Turnover::default()), ErrorKind::InvalidState, &["turnover"]);
    Ok(())
}

pub fn a_new_object_has_its_row_of_a_view(cx: &mut TestContext) -> Result<()> {
    let mut session = filled(cx)?;
    let cara = Client {
        name: "cara".into(),
        purchases: [Purchase { amount: 1, ..Default::default() }].into(),
        ..Default::default()
    };
    let cara = session.add(cara);
    let turnover = session.load(cara, Client::turnover)?.expect("cara bought something");
    assert_eq!(session[turnover].purchases, 1);
    session.commit()
}

pub fn a_view_is_not_written(cx: &mut TestContext) -> Result<()> {
    let mut session = filled(cx)?;
    let ann = Turnover::query().filter(Turnover::client_id.eq(1)).one(&mut session)?;
    cx.clear_log();
    session[ann].purchases = 7;
    let words = ["Turnover", "is a view", "write to the tables"];
    expect_error(session.flush(), ErrorKind::Unsupported, &words);
    cx.expect_log(&[]);
    session[ann].purchases = 2;
    session.flush()?;
    session.refresh(ann)?;
    session.commit()
}

pub fn a_deleted_row_leaves_its_view_alone(cx: &mut TestContext) -> Result<()> {
    let mut session = filled(cx)?;
    let bob = Client::query().filter(Client::id.eq(2)).include(Client::turnover).include(Client::purchases);
    let bob = bob.one(&mut session)?;
    for purchase in session.related(bob, Client::purchases)? {
        session.delete(purchase)?;
    }
    session.delete(bob)?;
    session.commit()?;
    assert_eq!(Turnover::query().count(&mut session)?, 1);
    Ok(())
}

pub fn a_changed_key_leaves_views_alone(cx: &mut TestContext) -> Result<()> {
    let mut session = filled(cx)?;
    let cara = session.add(Client { id: 3, name: "cara".into(), ..Default::default() });
    session.commit()?;
    let cara_row = Client::query().filter(Client::id.eq(3)).include(Client::turnover).one(&mut session)?;
    assert_eq!(cara, cara_row);
    session[cara].id = 4;
    session.commit()?;
    assert_eq!(Client::query().filter(Client::id.eq(4)).count(&mut session)?, 1);
    Ok(())
}

pub fn a_table_is_read_only(cx: &mut TestContext) -> Result<()> {
    cx.create(models![ClientName, ClientNote])?;
    cx.execute("INSERT INTO client_name (id, name) VALUES (1, 'ann')");
    let mut session = cx.session();
    let ann = session.get::<ClientName>(1)?.expect("it is there");
    let note = session.add(ClientNote { text: "pays".into(), of: Some(ann.into()), ..Default::default() });
    session.commit()?;
    assert_eq!(session.load(ann, ClientName::notes)?, [note]);
    session[ann].name = "anna".into();
    expect_error(session.commit(), ErrorKind::Unsupported, &["ClientName#1", "is read-only"]);
    session.rollback()?;
    cx.expect_rows("SELECT name FROM client_name", &["ann"]);
    Ok(())
}

fn spelled(cx: &TestContext, catalog: &Catalog) -> Result<Catalog> {
    cx.engine.connection()?.spell_views(catalog)
}

#[track_caller]
fn expect_no_difference(a: &Catalog, b: &Catalog) {
    let found: Vec<String> = a.differences(b).iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{found:#?}");
}

pub fn the_catalog_of_views_is_that_of_the_database(cx: &mut TestContext) -> Result<()> {
    let models = models![Client, Purchase, Turnover, BestClient];
    cx.create(models)?;
    let wanted = Catalog::of(models, cx.engine.dialect())?;
    assert_eq!(names(&wanted), ["best_client", "turnover"]);
    let found = cx.engine.reflect()?;
    expect_no_difference(&spelled(cx, &wanted)?, &found);
    // No other view was left behind.
    expect_no_difference(&found, &cx.engine.reflect()?);
    let mut other = wanted.clone();
    other.views[1].definition = "SELECT client_id, count(*) AS purchases FROM purchase GROUP BY client_id".into();
    let other = spelled(cx, &other)?;
    let differences: Vec<String> = other.differences(&found).iter().map(ToString::to_string).collect();
    assert_eq!(differences.len(), 1, "{differences:#?}");
    assert!(differences[0].starts_with("view turnover"), "{differences:#?}");
    Ok(())
}

pub fn a_view_is_added_changed_and_dropped(cx: &mut TestContext) -> Result<()> {
    let dialect = cx.engine.dialect();
    let tables = Catalog::of(models![Client, Purchase], dialect)?;
    let without = Catalog { views: Vec::new(), ..tables.clone() };
    let with = Catalog::of(models![Client, Purchase, Turnover, BestClient], dialect)?;
    let mut changed = with.clone();
    changed.views[1].definition = "SELECT client_id, count(*) + 1 AS purchases FROM purchase GROUP BY client_id".into();
    without.create(&cx.engine)?;
    for (from, to) in [(&without, &with), (&with, &changed), (&changed, &without)] {
        from.alteration(to, dialect)?.apply(&cx.engine)?;
        let found = cx.engine.reflect()?;
        expect_no_difference(&spelled(cx, to)?, &found);
        assert!(to.alteration(to, dialect)?.steps.is_empty());
    }
    Ok(())
}

pub fn two_models_of_one_view_say_the_same(cx: &mut TestContext) -> Result<()> {
    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "turnover", view = "SELECT client_id FROM purchase")]
    struct Other {
        client_id: i64,
    }
    let tables = models![Other, Turnover];
    expect_error(cx.create(tables), ErrorKind::Schema, &["Other", "Turnover", "differently"]);
    Ok(())
}

pub fn a_typed_view_takes_no_values(cx: &mut TestContext) -> Result<()> {
    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "big", view = Purchase::query().filter(Purchase::amount.gt(100)).select(Purchase::amount))]
    struct Big {
        amount: i64,
    }
    let words = ["`Big`", "has values", "as text"];
    expect_error(cx.create(models![Client, Big]), ErrorKind::Unsupported, &words);
    Ok(())
}

pub fn a_view_is_made_in_the_schema_of_a_tenant(cx: &mut TestContext) -> Result<()> {
    let schema = format!("tenant_{}", std::process::id());
    let tables = models![Client, Purchase, Turnover];
    expect_error(cx.engine.create_all_in(&schema, tables), ErrorKind::Unsupported, &["Turnover", "typed query"]);
    Ok(())
}

pub fn a_materialized_view_is_refreshed(cx: &mut TestContext) -> Result<()> {
    let mut session = filled(cx)?;
    cx.create(models![StoredTurnover])?;
    cx.clear_log();
    let ann = StoredTurnover::query().filter(StoredTurnover::client_id.eq(1)).one(&mut session)?;
    session.add(Purchase { amount: 1, client: BelongsTo::key(1), ..Default::default() });
    session.commit()?;
    session.refresh(ann)?;
    assert_eq!(session[ann].purchases, 3);
    session.refresh_view::<StoredTurnover>()?;
    let again = StoredTurnover::query().filter(StoredTurnover::client_id.eq(1)).one(&mut session)?;
    assert_eq!((again, session[ann].purchases), (ann, 4));
    session.commit()?;
    session.add(Purchase { amount: 1, client: BelongsTo::key(1), ..Default::default() });
    cx.clear_log();
    session.refresh_view_concurrently::<StoredTurnover>()?;
    session.commit()?;
    assert_eq!(session.get::<StoredTurnover>(1)?.map(|row| session[row].purchases), Some(5));
    let wanted = Catalog::of(models![Client, Purchase, Turnover, BestClient, StoredTurnover], cx.engine.dialect())?;
    expect_no_difference(&spelled(cx, &wanted)?, &cx.engine.reflect()?);
    cx.engine.drop_all(models![StoredTurnover])?;
    assert_eq!(names(&cx.engine.reflect()?), ["best_client", "turnover"]);
    Ok(())
}

pub fn only_a_materialized_view_is_refreshed(cx: &mut TestContext) -> Result<()> {
    let mut session = filled(cx)?;
    expect_error(session.refresh_view::<Turnover>(), ErrorKind::Unsupported, &["Turnover", "no materialized view"]);
    if !cx.capabilities().materialized_views {
        let words = ["materialized view", "StoredTurnover"];
        expect_error(cx.create(models![StoredTurnover]), ErrorKind::Unsupported, &words);
        expect_error(session.refresh_view::<StoredTurnover>(), ErrorKind::Unsupported, &words);
    }
    Ok(())
}
