//! Bulk updates, deletes and inserts: U-128 to U-131.

use orm::functions::coalesce;
use orm::prelude::*;
use orm::query::Synchronize;
use orm::{ErrorKind, Result, Session};
use rust_decimal::Decimal;

use crate::models::{Address, Company, Employee, Note, Receipt, Stamp, User, Wallet};
use crate::{TestContext, expect_error};

cases! { bulk {
    u_128_an_update_counts_rows_and_objects_follow [];
    u_128_conditions_are_evaluated_over_objects [];
    u_128_what_memory_cannot_tell_is_fetched [];
    u_128_expressions_are_fetched [];
    u_128_none_leaves_memory_as_it_is [];
    u_128_evaluate_refuses_what_it_cannot_tell [];
    u_128_bulk_statements_autoflush [];
    u_128_without_autoflush_unwritten_changes_stay [];
    u_128_a_foreign_key_moves_members [];
    u_128_a_rollback_brings_values_back [];
    u_128_computations_are_the_databases [non_finite_floats];
    u_129_deleted_objects_leave_and_return_on_rollback [];
    u_129_deleted_objects_are_gone_after_the_commit [];
    u_129_a_delete_by_pattern_fetches_keys [];
    u_130_nothing_runs_per_object [];
    u_130_a_bulk_delete_cascades_nothing [];
    u_131_values_are_inserted_in_order_with_their_defaults [];
    u_131_an_insert_leaves_server_defaults_to_the_server [];
    u_131_an_insert_fills_in_what_is_left_to_the_insert [];
    u_131_an_insert_may_name_objects_of_the_session [];
    u_131_carried_children_are_refused [];
    u_131_a_failed_insert_is_no_half_insert [];
    bulk_statements_take_no_more_than_conditions [];
    bulk_statements_cannot_rekey_objects [];
} }

fn wallets(session: &mut Session) -> Result<[Handle<Wallet>; 3]> {
    let handles =
        [("ann", 10), ("bob", 20), ("cid", 30)].map(|(owner, balance)| session.add(Wallet::with(owner, balance)));
    session.commit()?;
    Ok(handles)
}

const BALANCES: &str = "SELECT owner, balance FROM wallet ORDER BY id";

pub fn u_128_an_update_counts_rows_and_objects_follow(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let [ann, bob, cid] = wallets(&mut session)?;
    cx.clear_log();
    let updated = Wallet::query()
        .filter(Wallet::balance.ge(20))
        .update((Wallet::active.set(false), Wallet::bonus.set(Some(5))))
        .execute(&mut session)?;
    assert_eq!(updated, 2);
    assert_eq!([ann, bob, cid].map(|wallet| session[wallet].active), [true, false, false]);
    assert_eq!([ann, bob, cid].map(|wallet| session[wallet].bonus), [None, Some(5), Some(5)]);
    assert!(session.dirty().is_empty());
    session.commit()?;
    cx.expect_log(&["without update_returning: select wallet", "update wallet (active, bonus)"]);
    cx.expect_rows("SELECT owner, active, bonus FROM wallet ORDER BY id", &["ann|1|NULL", "bob|0|5", "cid|0|5"]);
    Ok(())
}

pub fn u_128_conditions_are_evaluated_over_objects(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.only_writer();
    let [ann, bob, cid] = wallets(&mut session)?;
    session[cid].bonus = Some(1);
    session.commit()?;
    let mut check = |query: orm::query::Query<Wallet>, expected: [i32; 3]| -> Result<()> {
        let count = query.update(Wallet::points.set(7)).synchronize(Synchronize::Evaluate).execute(&mut session)?;
        assert_eq!([ann, bob, cid].map(|wallet| session[wallet].points), expected);
        assert_eq!(count, expected.iter().filter(|points| **points == 7).count() as u64);
        session.rollback()
    };
    check(Wallet::query(), [7, 7, 7])?;
    check(Wallet::query().filter(Wallet::owner.eq("bob")), [0, 7, 0])?;
    check(Wallet::query().filter(Wallet::owner.ne("bob").and(Wallet::active)), [7, 0, 7])?;
    check(Wallet::query().filter(Wallet::balance.between(15, 30)), [0, 7, 7])?;
    check(Wallet::query().filter(Wallet::owner.in_(["ann", "cid"])), [7, 0, 7])?;
    check(Wallet::query().filter(Wallet::owner.not_in(["ann", "cid"])), [0, 7, 0])?;
    check(Wallet::query().filter(Wallet::bonus.is_null()), [7, 7, 0])?;
    // NULL is neither equal nor different.
    check(Wallet::query().filter(Wallet::bonus.ne(2)), [0, 0, 7])?;
    check(Wallet::query().filter(!Wallet::bonus.eq(2)), [0, 0, 7])?;
    check(Wallet::query().filter(Wallet::bonus.eq(1).or(Wallet::balance.lt(15))), [7, 0, 7])?;
    check(Wallet::query().filter(Wallet::bonus.in_([Some(1), None])), [7, 7, 7])?;
    check(Wallet::query().filter(Wallet::bonus.in_([None::<i64>])), [7, 7, 0])?;
    check(Wallet::query().filter(Wallet::bonus.not_in([Some(2), None])), [0, 0, 0])?;
    check(Wallet::query().filter(Wallet::rate.le(0.0)), [7, 7, 7])
}

pub fn u_128_what_memory_cannot_tell_is_fetched(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let [ann, bob, cid] = wallets(&mut session)?;
    cx.clear_log();
    let by_pattern = Wallet::query().filter(Wallet::owner.starts_with("b")).update(Wallet::points.set(1));
    assert_eq!(by_pattern.execute(&mut session)?, 1);
    let by_order = Wallet::query().filter(Wallet::owner.gt("bob")).update(Wallet::points.set(2));
    assert_eq!(by_order.execute(&mut session)?, 1);
    assert_eq!([ann, bob, cid].map(|wallet| session[wallet].points), [0, 1, 2]);
    let expired = Wallet::query().filter(Wallet::balance.eq(10)).update(Wallet::points.set(3));
    session.expire(bob)?;
    assert_eq!(expired.execute(&mut session)?, 1);
    assert_eq!(session[ann].points, 3);
    let (keys, update) = ("without update_returning: select wallet", "update wallet (points)");
    cx.expect_log(&[keys, update, keys, update, keys, update]);
    Ok(())
}

pub fn u_128_expressions_are_fetched(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.only_writer();
    let [ann, bob, cid] = wallets(&mut session)?;
    cx.clear_log();
    let doubled = Wallet::query().filter(Wallet::balance.gt(10)).update(Wallet::balance.set(Wallet::balance * 2 + 1));
    assert_eq!(doubled.clone().execute(&mut session)?, 2);
    assert_eq!([ann, bob, cid].map(|wallet| session[wallet].balance), [10, 41, 61]);
    let read = "without update_returning: select wallet";
    cx.expect_log(&[read, "update wallet (balance)", read, read]);

    doubled.synchronize(Synchronize::Evaluate).execute(&mut session)?;
    assert_eq!(session[bob].balance, 83);
    cx.expect_log(&[read, "update wallet (balance)", read, read]);
    session.rollback()?;
    assert_eq!([ann, bob, cid].map(|wallet| session[wallet].balance), [10, 20, 30]);
    Ok(())
}

pub fn u_128_none_leaves_memory_as_it_is(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let [ann, ..] = wallets(&mut session)?;
    let all = Wallet::query().update(Wallet::balance.set(0)).synchronize(Synchronize::None);
    assert_eq!(all.execute(&mut session)?, 3);
    assert_eq!(session[ann].balance, 10);
    let gone = Wallet::query().delete().synchronize(Synchronize::None);
    assert_eq!(gone.execute(&mut session)?, 3);
    assert!(session.contains(ann));
    session.commit()?;
    cx.expect_rows(BALANCES, &[]);
    Ok(())
}

pub fn u_128_evaluate_refuses_what_it_cannot_tell(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let [ann, ..] = wallets(&mut session)?;
    cx.clear_log();
    let update = Wallet::query().filter(Wallet::owner.contains("n")).update(Wallet::points.set(1));
    let refused = update.synchronize(Synchronize::Evaluate).execute(&mut session);
    expect_error(refused, ErrorKind::InvalidState, &["Wallet", "pattern", "Synchronize::Fetch"]);
    cx.expect_log(&[]);
    assert_eq!(session[ann].points, 0);
    Ok(())
}

pub fn u_128_bulk_statements_autoflush(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let [ann, ..] = wallets(&mut session)?;
    session[ann].balance = 99;
    let dan = session.add(Wallet::with("dan", 99));
    cx.clear_log();
    assert_eq!(Wallet::query().filter(Wallet::balance.eq(99)).update(Wallet::points.set(1)).execute(&mut session)?, 2);
    assert_eq!([session[ann].points, session[dan].points], [1, 1]);
    let keys = "without update_returning: select wallet";
    cx.expect_log(&["update wallet (balance)", "insert wallet", keys, "update wallet (points)"]);
    Ok(())
}

pub fn u_128_without_autoflush_unwritten_changes_stay(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let [ann, bob, _] = wallets(&mut session)?;
    session.set_autoflush(false);
    session[ann].balance = 20;
    session[bob].points = 5;
    let rich = Wallet::query().filter(Wallet::balance.eq(20)).update((Wallet::points.set(1), Wallet::bonus.set(2)));
    assert_eq!(rich.execute(&mut session)?, 1);
    assert_eq!((session[ann].points, session[bob].points, session[bob].bonus), (0, 5, Some(2)));
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&["update wallet (balance)", "update wallet (points)"]);
    cx.expect_rows("SELECT balance, points, bonus FROM wallet ORDER BY id", &["20|0|NULL", "20|5|2", "30|0|NULL"]);
    Ok(())
}

pub fn u_128_a_foreign_key_moves_members(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    let [acme, birch] = ["acme", "birch"].map(|name| session.add(Company { name: name.into(), ..Default::default() }));
    let [eva, fay] = ["eva", "fay"]
        .map(|name| session.add(Employee { name: name.into(), company: acme.into(), ..Default::default() }));
    session.commit()?;
    assert_eq!(session.load(acme, Company::employees)?, [eva, fay]);
    assert!(session.load(birch, Company::employees)?.is_empty());
    let to = Some(session[birch].id);
    Employee::query().filter(Employee::name.eq("fay")).update(Employee::company_id.set(to)).execute(&mut session)?;
    assert_eq!(session.related(acme, Company::employees)?, [eva]);
    assert_eq!(session.related(birch, Company::employees)?, [fay]);
    Employee::query().update(Employee::company_id.set(None::<i64>)).execute(&mut session)?;
    assert!(session.related(birch, Company::employees)?.is_empty());
    assert!(session.dirty().is_empty());
    session.rollback()?;
    assert_eq!(session.related(acme, Company::employees)?, [eva, fay]);
    Ok(())
}

pub fn u_128_a_rollback_brings_values_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let [ann, bob, cid] = wallets(&mut session)?;
    session[ann].balance = 11;
    session.flush()?;
    Wallet::query().update(Wallet::balance.set(0)).execute(&mut session)?;
    session[bob].balance = 1;
    session.rollback()?;
    assert_eq!([ann, bob, cid].map(|wallet| session[wallet].balance), [10, 20, 30]);
    assert!(session.dirty().is_empty());
    cx.expect_rows(BALANCES, &["ann|10", "bob|20", "cid|30"]);
    Ok(())
}

pub fn u_128_computations_are_the_databases(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let [ann, bob, _] = wallets(&mut session)?;
    session[ann].price = Decimal::new(1010, 2);
    session[ann].rate = 0.5;
    session[bob].rate = f64::NAN;
    session.flush()?;
    Wallet::query()
        .update((
            Wallet::price.set(Wallet::price + Decimal::new(20, 2)),
            Wallet::rate.set(Wallet::rate * 3.0),
            Wallet::points.set(Wallet::points - 4),
            Wallet::bonus.set(Wallet::balance + Wallet::bonus),
            Wallet::balance.set(coalesce(Wallet::bonus, Wallet::balance + 1)),
        ))
        .execute(&mut session)?;
    let wallet = &session[ann];
    assert_eq!((wallet.price, wallet.rate, wallet.points), (Decimal::new(1030, 2), 1.5, -4));
    assert_eq!((wallet.bonus, wallet.balance), (None, 11));
    assert!(session[bob].rate.is_nan());
    let dear = Wallet::query().filter((Wallet::price * Decimal::TWO).gt(Decimal::new(2059, 2)));
    assert_eq!(dear.all(&mut session)?, [ann]);
    let sums = Wallet::query()
        .filter((Wallet::balance - 1).eq(10))
        .select((Wallet::balance + Wallet::bonus, Wallet::balance + 1));
    assert_eq!(sums.all(&mut session)?, [(None, 12)]);
    Ok(())
}

pub fn u_129_deleted_objects_leave_and_return_on_rollback(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.only_writer();
    let acme = session.add(Company { name: "acme".into(), ..Default::default() });
    let [eva, fay] = ["eva", "fay"]
        .map(|name| session.add(Employee { name: name.into(), company: acme.into(), ..Default::default() }));
    session.commit()?;
    cx.clear_log();
    assert_eq!(Employee::query().filter(Employee::name.eq("eva")).delete().execute(&mut session)?, 1);
    assert_eq!(session.state(eva), State::Deleted);
    assert_eq!(session.related(acme, Company::employees)?, [fay]);
    assert_eq!(session.get::<Employee>(session[eva].id)?, None);
    session.rollback()?;
    assert_eq!(session.state(eva), State::Persistent);
    assert_eq!(session.get::<Employee>(session[eva].id)?, Some(eva));
    assert_eq!(session.related(acme, Company::employees)?, [eva, fay]);
    cx.expect_log(&["delete employee", "select employee x0", "select employee"]);
    Ok(())
}

pub fn u_129_deleted_objects_are_gone_after_the_commit(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let [ann, bob, _] = wallets(&mut session)?;
    cx.clear_log();
    session[bob].points = 3;
    assert_eq!(Wallet::query().filter(Wallet::balance.le(20)).delete().execute(&mut session)?, 2);
    session.commit()?;
    cx.expect_log(&["update wallet (points)", "delete wallet"]);
    assert_eq!([ann, bob].map(|wallet| session.state(wallet)), [State::Detached, State::Detached]);
    cx.expect_rows(BALANCES, &["cid|30"]);
    Ok(())
}

pub fn u_129_a_delete_by_pattern_fetches_keys(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let [ann, bob, _] = wallets(&mut session)?;
    cx.clear_log();
    assert_eq!(Wallet::query().filter(Wallet::owner.like("a%")).delete().execute(&mut session)?, 1);
    assert_eq!([ann, bob].map(|wallet| session.state(wallet)), [State::Deleted, State::Persistent]);
    cx.expect_log(&["delete wallet"]);
    Ok(())
}

pub fn u_130_nothing_runs_per_object(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Note])?;
    let mut session = cx.session();
    let note = session.add(Note::default());
    session.commit()?;
    cx.clear_log();
    Note::query().update(Note::weight.set(9)).execute(&mut session)?;
    cx.expect_log(&["without update_returning: select note", "update note (weight)"]);
    assert_eq!((session[note].mark.as_str(), session[note].version), ("new", 1));
    session[note].pinned = true;
    session.commit()?;
    cx.expect_rows("SELECT weight, mark, version FROM note", &["9|edited|2"]);
    Ok(())
}

pub fn u_130_a_bulk_delete_cascades_nothing(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User { addresses: [Address::in_city("Basel")].into(), ..User::named("ann") });
    session.commit()?;
    cx.clear_log();
    let refused = User::query().delete().execute(&mut session);
    expect_error(refused, ErrorKind::ForeignKeyViolation, &[]);
    cx.expect_log(&["failed delete user"]);
    session.rollback()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["1"]);
    Ok(())
}

pub fn u_131_values_are_inserted_in_order_with_their_defaults(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Note])?;
    let mut session = cx.session();
    let notes = (0..5).map(|weight| Note { weight, ..Note::default() });
    assert_eq!(Note::insert_all(notes).execute(&mut session)?, 5);
    session.commit()?;
    cx.expect_log(&["insert note x5"]);
    assert!(session.new_objects().is_empty());
    let rows = ["1|empty|0|1", "2|empty|1|1", "3|empty|2|1", "4|empty|3|1", "5|empty|4|1"];
    cx.expect_rows("SELECT id, text, weight, version FROM note ORDER BY id", &rows);
    assert_eq!(Note::insert_all([]).execute(&mut session)?, 0);
    Ok(())
}

pub fn u_131_an_insert_leaves_server_defaults_to_the_server(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Stamp])?;
    let mut session = cx.session();
    let labelled = Stamp { label: Some("own".into()), ..Stamp::default() };
    let count = Stamp::insert_all([Stamp::default(), labelled, Stamp::default()]).execute(&mut session)?;
    assert_eq!(count, 3);
    session.commit()?;
    cx.expect_rows("SELECT label, count FROM stamp ORDER BY id", &["draft|7", "own|7", "draft|7"]);
    Ok(())
}

pub fn u_131_an_insert_fills_in_what_is_left_to_the_insert(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Receipt])?;
    let mut session = cx.session();
    Receipt::insert_all([Receipt::default(), Receipt::default()]).execute(&mut session)?;
    session.merge(Receipt::default())?;
    session.merge(Receipt::default())?;
    session.commit()?;
    cx.expect_rows("SELECT count(DISTINCT number), count(state) FROM receipt", &["4|4"]);
    Ok(())
}

pub fn u_131_an_insert_may_name_objects_of_the_session(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let ann = session.add(User::named("ann"));
    let addresses = ["Basel", "Bern"].map(|city| Address { user: ann.into(), ..Address::in_city(city) });
    assert_eq!(Address::insert_all(addresses).execute(&mut session)?, 2);
    session.commit()?;
    cx.expect_log(&["insert user", "insert address x2"]);
    cx.expect_rows("SELECT city, user_id FROM address ORDER BY id", &["Basel|1", "Bern|1"]);
    let nobody = Address::insert_all([Address::in_city("Chur")]).execute(&mut session);
    expect_error(nobody, ErrorKind::NotNullViolation, &["Address", "`user`"]);
    Ok(())
}

pub fn u_131_carried_children_are_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let ann = User { addresses: [Address::in_city("Basel")].into(), ..User::named("ann") };
    let refused = User::insert_all([User::named("bob"), ann]).execute(&mut session);
    expect_error(refused, ErrorKind::InvalidState, &["an insert of User", "`addresses`", "add()"]);
    cx.expect_log(&[]);
    Ok(())
}

pub fn u_131_a_failed_insert_is_no_half_insert(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let twice = ["ann", "bob", "cid"].map(|name| User { email: Some("a@b".into()), ..User::named(name) });
    let failed = User::insert_all(twice).execute(&mut session);
    expect_error(failed, ErrorKind::UniqueViolation, &["User"]);
    expect_error(session.commit(), ErrorKind::PendingRollback, &["rollback()"]);
    session.rollback()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

pub fn bulk_statements_take_no_more_than_conditions(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let ordered = Address::query().order_by(Address::city);
    let refused = ordered.update(Address::city.set("Bern")).execute(&mut session);
    expect_error(refused, ErrorKind::InvalidState, &["`update`", "Address", "order_by"]);
    let limited = User::query().limit(1).delete().execute(&mut session);
    expect_error(limited, ErrorKind::InvalidState, &["limit", "subquery"]);
    let twice = User::query().update((User::age.set(1), User::age.set(2))).execute(&mut session);
    expect_error(twice, ErrorKind::InvalidState, &["`age`", "twice"]);
    cx.expect_log(&[]);
    Ok(())
}

pub fn bulk_statements_cannot_rekey_objects(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    wallets(&mut session)?;
    let rekey = Wallet::query().filter(Wallet::id.eq(3)).update(Wallet::id.set(9));
    expect_error(rekey.clone().execute(&mut session), ErrorKind::InvalidState, &["`id`", "primary key"]);
    session.clear();
    assert_eq!(rekey.synchronize(Synchronize::None).execute(&mut session)?, 1);
    session.commit()?;
    cx.expect_rows("SELECT id FROM wallet ORDER BY id", &["1", "2", "9"]);
    Ok(())
}
