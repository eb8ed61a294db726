//! Hooks of models: U-140 and U-141; and values that a flush fills in: U-109.

use orm::prelude::*;
use orm::{Result, Session};

use crate::models::{Clerk, Receipt, ReceiptPost, Shop, Ware, take_notes};
use crate::{TestContext, expect_error};
use orm::StatementKind;

cases! { hooks {
    u_109_unset_values_are_filled_in_by_the_flush [];
    u_109_values_filled_in_by_a_failed_flush_are_taken_back [];
    u_140_hooks_are_called_before_and_after_the_statements [];
    u_140_deleted_rows_call_their_hooks_last [];
    u_140_surviving_members_of_deleted_objects_are_updated [];
    u_140_an_unchanged_object_calls_no_hook [];
    u_140_an_update_that_a_hook_takes_away_is_not_told_of [];
    u_141_hooks_change_columns [];
    u_141_hooks_change_no_relations [];
    u_141_what_hooks_changed_is_taken_back_when_the_flush_fails [];
    u_141_a_rollback_takes_back_what_hooks_changed [];
    an_invalid_object_stops_the_flush_before_any_sql [];
    a_hook_that_fails_before_stops_the_flush_before_any_sql [];
    a_hook_that_fails_after_rolls_back [];
    hooks_after_loading_see_every_row [];
    hooks_after_loading_keep_the_key [];
} }

fn shop_with_wares(cx: &mut TestContext, session: &mut Session) -> Result<Handle<Shop>> {
    cx.create(models![Shop])?;
    let wares = [Ware::priced("tea", 3), Ware::priced("salt", 1)];
    let clerks = [Clerk::named("ann")];
    let shop = session.add(Shop { wares: wares.into(), clerks: clerks.into(), ..Shop::named("Corner") });
    session.commit()?;
    take_notes();
    cx.clear_log();
    Ok(shop)
}

pub fn u_109_unset_values_are_filled_in_by_the_flush(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Receipt])?;
    let mut session = cx.only_writer();
    let posts = [ReceiptPost { text: "tea".into(), ..ReceiptPost::default() }];
    let first = session.add(Receipt { posts: posts.into(), ..Receipt::default() });
    let second = session.add(Receipt { number: "own".into(), state: Some("paid".into()), ..Receipt::default() });
    assert!(session[first].number.is_empty() && session[first].state.is_none(), "not before the flush");
    session.commit()?;
    cx.expect_log(&["insert receipt x2", "insert receipt_post"]);
    let number = session[first].number.clone();
    assert!(number.starts_with('R'), "{number}");
    assert_eq!((session[first].state.as_deref(), session[first].copies), (Some("open"), Some(3)));
    assert_eq!((&*session[second].number, session[second].state.as_deref()), ("own", Some("paid")));
    assert_eq!(session.get::<Receipt>(number.clone())?, Some(first));
    cx.expect_log(&[]);
    cx.expect_rows("SELECT receipt_number, text FROM receipt_post", &[&format!("{number}|tea")]);

    Receipt::insert_all([Receipt::default()]).execute(&mut session)?;
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM receipt WHERE number LIKE 'R%' AND state = 'open'", &["2"]);
    Ok(())
}

pub fn u_109_values_filled_in_by_a_failed_flush_are_taken_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Receipt])?;
    let mut session = cx.session();
    let receipt = session.add(Receipt::default());
    cx.fail_next(StatementKind::Insert, ErrorKind::Database);
    session.flush().unwrap_err();
    assert_eq!(session[receipt], Receipt::default());
    Ok(())
}

pub fn u_140_hooks_are_called_before_and_after_the_statements(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shop])?;
    let mut session = cx.session();
    let tea = session.add(Ware::priced("tea", 3));
    let shop = session.add(Shop { wares: [Ware::priced("salt", 1)].into(), ..Shop::named("Corner") });
    session[tea].shop = shop.into();
    session.commit()?;
    cx.expect_log(&["insert shop", "insert ware x2"]);
    let expected = [
        "before_insert Shop Corner",
        "validate Shop Corner",
        "before_insert Ware tea",
        "before_insert Ware salt",
        "after_insert Shop Corner",
        "after_insert Ware tea",
        "after_insert Ware salt",
    ];
    assert_eq!(take_notes(), expected);

    session[tea].price = 4;
    session[shop].name = "Market".into();
    session.add(Ware { shop: shop.into(), ..Ware::priced("oil", 9) });
    session.commit()?;
    let expected = [
        "before_update Shop Market",
        "validate Shop Market",
        "before_update Ware tea",
        "before_insert Ware oil",
        "after_update Shop Market",
        "after_update Ware tea",
        "after_insert Ware oil",
    ];
    assert_eq!(take_notes(), expected);
    Ok(())
}

pub fn u_140_deleted_rows_call_their_hooks_last(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    let shop = shop_with_wares(cx, &mut session)?;
    let key = session[shop].id;
    session.clear();
    let shop = session.get::<Shop>(key)?.unwrap();
    session.delete(shop)?;
    session.add(Shop::named("Next"));
    take_notes();
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&[
        "select ware",
        "select clerk",
        "insert shop",
        "update clerk (shop_id) by (id, shop_id)",
        "delete ware by (id) x2",
        "delete shop by (id)",
    ]);
    let expected = [
        "before_insert Shop Next",
        "validate Shop Next",
        "before_update Clerk ann",
        "before_delete Ware tea",
        "before_delete Ware salt",
        "before_delete Shop Corner",
        "after_insert Shop Next",
        "after_update Clerk ann",
        "after_delete Ware tea",
        "after_delete Ware salt",
        "after_delete Shop Corner",
    ];
    assert_eq!(take_notes(), expected);
    cx.expect_rows("SELECT count(*) FROM ware", &["0"]);
    Ok(())
}

pub fn u_140_surviving_members_of_deleted_objects_are_updated(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    let shop = shop_with_wares(cx, &mut session)?;
    let ann = session.related(shop, Shop::clerks)?[0];
    session.delete(shop)?;
    cx.fail_next(StatementKind::Delete, ErrorKind::Database);
    session.flush().unwrap_err();
    session.rollback()?;
    assert!(!session.is_modified(ann) && session[ann].shop.is_some());
    take_notes();

    session.delete(shop)?;
    session.commit()?;
    assert!(take_notes().contains(&"after_update Clerk ann".to_owned()));
    assert_eq!(session[ann].shop, None);
    Ok(())
}

pub fn u_140_an_unchanged_object_calls_no_hook(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.only_writer();
    let shop = shop_with_wares(cx, &mut session)?;
    session[shop].name = "Market".into();
    session[shop].name = "Corner".into();
    session.add(Clerk::named("ben"));
    session.commit()?;
    assert!(take_notes().is_empty());
    assert_eq!(session[shop].edits, 0);
    cx.expect_log(&["insert clerk"]);
    Ok(())
}

pub fn u_140_an_update_that_a_hook_takes_away_is_not_told_of(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    let shop = shop_with_wares(cx, &mut session)?;
    let gold = session.push(shop, Shop::wares, Ware::priced("gold", 100))?;
    session.commit()?;
    cx.clear_log();
    take_notes();
    session[gold].price = 500;
    session.commit()?;
    assert_eq!(take_notes(), ["before_update Ware gold"]);
    assert!(session[gold].price == 100 && !session.is_modified(gold));
    cx.expect_log(&[]);
    Ok(())
}

pub fn u_141_hooks_change_columns(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    let shop = shop_with_wares(cx, &mut session)?;
    assert_eq!(session[shop].slug, "corner");
    session[shop].name = "Market".into();
    session.commit()?;
    assert_eq!((&*session[shop].slug, session[shop].edits), ("market", 1));
    cx.expect_log(&["update shop (name, slug, edits)"]);
    cx.expect_rows("SELECT slug, edits FROM shop", &["market|1"]);
    Ok(())
}

pub fn u_141_hooks_change_no_relations(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    let shop = shop_with_wares(cx, &mut session)?;
    let ann = session.related(shop, Shop::clerks)?[0];
    session[ann].name = "nobody".into();
    let words = ["before_update of Clerk#1", "`shop`", "on_before_flush"];
    expect_error(session.commit(), ErrorKind::InvalidState, &words);
    assert!(session[ann].shop.is_some(), "the change was taken back");
    assert_eq!(session.related(shop, Shop::clerks)?, [ann]);
    cx.expect_log(&[]);

    session[ann].name = "anna".into();
    let stocked = session.add(Shop::named("stocked"));
    let words = ["before_insert of Shop#new", "`wares`"];
    expect_error(session.commit(), ErrorKind::InvalidState, &words);
    session.expunge(stocked)?;
    session.commit()?;
    cx.expect_log(&["update clerk (name)"]);
    Ok(())
}

pub fn u_141_what_hooks_changed_is_taken_back_when_the_flush_fails(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    let shop = shop_with_wares(cx, &mut session)?;
    session[shop].name = "Market".into();
    let other = session.add(Shop::named("Other"));
    cx.fail_next(StatementKind::Insert, ErrorKind::Database);
    session.flush().unwrap_err();
    assert_eq!(session[other], Shop::named("Other"));
    assert_eq!((&*session[shop].name, &*session[shop].slug, session[shop].edits), ("Market", "corner", 0));
    assert!(session.is_modified(shop));
    Ok(())
}

pub fn u_141_a_rollback_takes_back_what_hooks_changed(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    let shop = shop_with_wares(cx, &mut session)?;
    session[shop].name = "Market".into();
    session.flush()?;
    session[shop].name = "Mall".into();
    session.flush()?;
    assert_eq!((&*session[shop].slug, session[shop].edits), ("mall", 2));
    session.rollback()?;
    assert_eq!((&*session[shop].slug, session[shop].edits), ("corner", 0));
    Ok(())
}

pub fn an_invalid_object_stops_the_flush_before_any_sql(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    let shop = shop_with_wares(cx, &mut session)?;
    let tea = session.related(shop, Shop::wares)?[0];
    session[tea].price = -1;
    let words = ["Ware#1 is not valid", "`price` must not be negative"];
    let error = expect_error(session.commit(), ErrorKind::Invalid, &words);
    assert_eq!(error.violations()[0].field(), Some("price"));
    cx.expect_full_log(&[]);

    session[tea].price = 2;
    let nameless = session.add(Shop::default());
    expect_error(session.commit(), ErrorKind::Invalid, &["Shop#new is not valid", "needs a name"]);
    session[nameless].name = "Kiosk".into();
    session.commit()?;
    cx.expect_rows("SELECT price FROM ware WHERE name = 'tea'", &["2"]);
    Ok(())
}

pub fn a_hook_that_fails_before_stops_the_flush_before_any_sql(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    let shop = shop_with_wares(cx, &mut session)?;
    session[shop].name = "Market".into();
    let bad = session.push(shop, Shop::wares, Ware::priced("before_insert", 1))?;
    let words = ["before_insert of Ware#new", "before_insert refuses"];
    expect_error(session.commit(), ErrorKind::InvalidState, &words);
    assert_eq!((&*session[shop].slug, session[shop].edits), ("corner", 0));
    assert_eq!(session.state(bad), State::Pending);
    cx.expect_full_log(&[]);

    session[bad].name = "rice".into();
    let doomed = session.push(shop, Shop::wares, Ware::priced("before_delete", 1))?;
    session.commit()?;
    session.delete(doomed)?;
    expect_error(session.commit(), ErrorKind::InvalidState, &["before_delete of Ware#4"]);
    assert_eq!(session.deleted(), [doomed.raw()]);
    session.undelete(doomed)?;
    session.commit()
}

pub fn a_hook_that_fails_after_rolls_back(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    let shop = shop_with_wares(cx, &mut session)?;
    let bad = session.push(shop, Shop::wares, Ware::priced("after_insert", 1))?;
    expect_error(session.commit(), ErrorKind::InvalidState, &["after_insert of Ware#3"]);
    expect_error(session.commit(), ErrorKind::PendingRollback, &["after_insert refuses", "rollback()"]);
    session.rollback()?;
    assert_eq!(session.state(bad), State::Transient);
    assert_eq!(session[bad].id, 0);
    cx.expect_rows("SELECT count(*) FROM ware", &["2"]);
    Ok(())
}

pub fn hooks_after_loading_see_every_row(cx: &mut TestContext) -> Result<()> {
    let mut writer = cx.only_writer();
    let shop = shop_with_wares(cx, &mut writer)?;
    let key = writer[shop].id;
    let mut session = cx.only_writer();
    let shop = session.get::<Shop>(key)?.unwrap();
    assert_eq!(Shop::query().all(&mut session)?, [shop]);
    assert_eq!(take_notes(), ["after_load Shop Corner"; 2]);
    assert_eq!(session[shop].slug, "corner!");
    assert!(!session.is_modified(shop), "what the hook changes counts as read");

    session.refresh(shop)?;
    let ware = session.load(shop, Shop::wares)?[0];
    assert_eq!(session.load(ware, Ware::shop)?, shop);
    assert_eq!(Shop::query().values(&mut session)?[0].slug, "corner!");
    assert_eq!(take_notes(), ["after_load Shop Corner", "after_load Shop Corner"]);

    session.close()?;
    cx.execute("UPDATE shop SET name = 'after_load'");
    let words = ["after_load of Shop#1", "after_load refuses"];
    expect_error(cx.only_writer().get::<Shop>(key), ErrorKind::InvalidState, &words);
    Ok(())
}

pub fn hooks_after_loading_keep_the_key(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    shop_with_wares(cx, &mut session)?;
    cx.execute("UPDATE clerk SET name = 'thief'");
    session.clear();
    let words = ["after_load of Clerk#1", "primary key"];
    expect_error(Clerk::query().all(&mut session), ErrorKind::InvalidState, &words);
    Ok(())
}
