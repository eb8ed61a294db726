//! Models under other names, and the kinds of join.

use orm::functions::count;
use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{
    Account, Buyer, Company, Employee, Member, Message, Sale, Song, Worker, hire_workers, open_music_shop,
};
use crate::{TestContext, expect_error};

cases! { query_sources {
    a_model_joins_itself [];
    a_chain_of_names [];
    two_keys_to_one_model [];
    pairs_of_one_model [];
    objects_under_another_name [];
    a_join_on_a_condition [];
    a_left_join_on_a_condition [];
    a_right_join_keeps_all_targets [];
    a_full_join_keeps_all_rows [full_join];
    a_cross_join_pairs_all_rows [];
    a_join_of_a_join_counts [];
    bulk_statements_take_no_other_name [];
} }

alias!(Boss = Worker);
alias!(Top = Worker);

fn text(value: &str) -> String {
    value.to_owned()
}

fn maybe(value: &str) -> Option<String> {
    Some(value.to_owned())
}

fn workers(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Worker])?;
    let mut session = cx.session();
    hire_workers(&mut session)?;
    Ok(session)
}

pub fn a_model_joins_itself(cx: &mut TestContext) -> Result<()> {
    let session = &mut workers(cx)?;
    let query = Worker::query().join(Worker::boss.to(Boss)).filter(Worker::salary.gt(Boss::col(Worker::salary)));
    let rows: Vec<(String, String)> =
        query.clone().order_by(Worker::name).select((Worker::name, Boss::col(Worker::name))).all(session)?;
    assert_eq!(rows, [(text("Cid"), text("Ann")), (text("Eve"), text("Dan"))]);
    assert_eq!(query.clone().count(session)?, 2);
    assert!(query.clone().exists(session)?);
    let known = Worker::query().filter(Worker::name.eq("Cid")).one(session)?;
    let found = query.order_by(Boss::col(Worker::name)).all(session)?;
    assert_eq!(found[0], known);
    Ok(())
}

pub fn a_chain_of_names(cx: &mut TestContext) -> Result<()> {
    let session = &mut workers(cx)?;
    let query = Worker::query().left_join(Worker::boss.to(Boss)).left_join(Boss::rel(Worker::boss).to(Top));
    let rows: Vec<(String, Option<String>, Option<String>)> = query
        .order_by(Worker::name)
        .limit(4)
        .select((Worker::name, Boss::col(Worker::name), Top::col(Worker::name)))
        .all(session)?;
    let row = |name, boss: Option<&str>, top: Option<&str>| (text(name), boss.and_then(maybe), top.and_then(maybe));
    assert_eq!(
        rows,
        [
            row("Ann", None, None),
            row("Bob", Some("Ann"), None),
            row("Cid", Some("Ann"), None),
            row("Dan", Some("Bob"), Some("Ann"))
        ]
    );
    Ok(())
}

pub fn two_keys_to_one_model(cx: &mut TestContext) -> Result<()> {
    alias!(Recipient = Account);
    cx.create(models![Account])?;
    let mut session = cx.session();
    let [ann, bea] = ["ann", "bea"].map(|name| session.add(Account::named(name)));
    session.add(Message { text: "hi".into(), sender: ann.into(), recipient: Some(bea.into()), ..Message::default() });
    session.add(Message { text: "note".into(), sender: bea.into(), ..Message::default() });
    let query =
        Message::query().join(Message::sender).left_join(Message::recipient.to(Recipient)).order_by(Message::id);
    let rows: Vec<(String, String, Option<String>)> =
        query.select((Message::text, Account::name, Recipient::col(Account::name))).all(&mut session)?;
    assert_eq!(rows, [(text("hi"), text("ann"), maybe("bea")), (text("note"), text("bea"), None)]);
    Ok(())
}

pub fn pairs_of_one_model(cx: &mut TestContext) -> Result<()> {
    alias!(Followed = Member);
    alias!(Second = Member);
    cx.create(models![Member])?;
    let mut session = cx.session();
    let [ann, bea, cid] =
        ["ann", "bea", "cid"].map(|name| session.add(Member { name: name.into(), ..Member::default() }));
    session.push(ann, Member::follows, bea)?;
    session.push(bea, Member::follows, cid)?;
    let query = Member::query()
        .join(Member::follows.to(Followed))
        .join(Followed::rel(Member::follows).to(Second))
        .select((Member::name, Followed::col(Member::name), Second::col(Member::name)));
    assert_eq!(query.all(&mut session)?, [(text("ann"), text("bea"), text("cid"))]);
    Ok(())
}

pub fn objects_under_another_name(cx: &mut TestContext) -> Result<()> {
    let session = &mut workers(cx)?;
    let query = Boss::query().join(Boss::rel(Worker::reports)).filter(Worker::name.eq("Eve"));
    let dan = query.include(Worker::boss).one(session)?;
    assert_eq!(session[dan].name, "Dan");
    let boss = session.related(dan, Worker::boss)?;
    assert_eq!(boss.map(|boss| session[boss].name.clone()), maybe("Bob"));
    let plain = Boss::query().filter(Boss::col(Worker::salary).lt(20)).values(session)?;
    assert_eq!(plain[0].name, "Fay");
    Ok(())
}

fn shop(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Buyer])?;
    let mut session = cx.session();
    open_music_shop(&mut session)?;
    Ok(session)
}

pub fn a_join_on_a_condition(cx: &mut TestContext) -> Result<()> {
    alias!(Cheaper = Sale);
    let session = &mut shop(cx)?;
    let on = Cheaper::on(Cheaper::col(Sale::year).eq(Sale::year).and(Cheaper::col(Sale::price).lt(Sale::price)));
    let rows: Vec<(i32, i64)> = Sale::query()
        .join(on)
        .group_by((Sale::id, Sale::price))
        .order_by(Sale::price)
        .select((Sale::price, count(Cheaper::col(Sale::id))))
        .all(session)?;
    assert_eq!(rows, [(5, 1), (7, 2), (12, 3)]);
    Ok(())
}

pub fn a_left_join_on_a_condition(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let early = Sale::on(Sale::buyer_id.eq(Buyer::id).and(Sale::year.eq(2020)));
    let rows: Vec<(String, Option<i32>)> =
        Buyer::query().left_join(early).order_by(Buyer::id).limit(2).select((Buyer::name, Sale::price)).all(session)?;
    assert_eq!(rows, [(text("Eve"), Some(10)), (text("Fay"), None)]);
    Ok(())
}

fn staff(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Employee])?;
    let mut session = cx.session();
    let acme = session.add(Company::named("acme"));
    session.add(Company::named("idle"));
    session.add_all([Employee { company: Some(acme.into()), ..Employee::named("eve") }, Employee::named("free")]);
    session.commit()?;
    Ok(session)
}

pub fn a_right_join_keeps_all_targets(cx: &mut TestContext) -> Result<()> {
    let session = &mut staff(cx)?;
    let rows: Vec<(Option<String>, String)> = Employee::query()
        .right_join(Employee::company)
        .order_by(Company::name)
        .select((Employee::name, Company::name))
        .all(session)?;
    assert_eq!(rows, [(maybe("eve"), text("acme")), (None, text("idle"))]);
    Ok(())
}

pub fn a_full_join_keeps_all_rows(cx: &mut TestContext) -> Result<()> {
    let session = &mut staff(cx)?;
    let query = Employee::query().full_join(Employee::company).select((Employee::name, Company::name));
    let mut rows: Vec<(Option<String>, Option<String>)> = query.clone().all(session)?;
    rows.sort();
    assert_eq!(rows, [(None, maybe("idle")), (maybe("eve"), maybe("acme")), (maybe("free"), None)]);
    assert_eq!(query.filter(Company::id.is_null().or(Employee::id.is_null())).count(session)?, 2);
    Ok(())
}

pub fn a_cross_join_pairs_all_rows(cx: &mut TestContext) -> Result<()> {
    let session = &mut staff(cx)?;
    let query = Employee::query().cross_join::<Company>().order_by((Employee::name, Company::name));
    let rows = query.clone().select((Employee::name, Company::name)).all(session)?;
    let row = |employee, company| (text(employee), text(company));
    assert_eq!(rows, [row("eve", "acme"), row("eve", "idle"), row("free", "acme"), row("free", "idle")]);
    assert_eq!(query.count(session)?, 4);
    Ok(())
}

pub fn a_join_of_a_join_counts(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let query = Song::query().join(Song::sales).join(Sale::buyer).filter(Buyer::country.eq("Spain"));
    assert_eq!(query.clone().count(session)?, 4);
    assert_eq!(query.distinct().count(session)?, 3);
    Ok(())
}

pub fn bulk_statements_take_no_other_name(cx: &mut TestContext) -> Result<()> {
    let session = &mut workers(cx)?;
    let salaries = || Worker::query().order_by(Worker::name).select((Worker::name, Worker::salary));
    let named = Boss::query().filter(Boss::col(Worker::salary).lt(20)).delete().execute(session);
    expect_error(named, ErrorKind::InvalidState, &["delete", "Worker", "source"]);
    let raised = Worker::query().filter(Worker::boss.has(Worker::name.eq("Ann"))).update(Worker::salary.set(99));
    assert_eq!(raised.execute(session)?, 2);
    assert_eq!(salaries().filter(Worker::salary.eq(99)).all(session)?, [(text("Bob"), 99), (text("Cid"), 99)]);
    let unneeded = Worker::query().filter(Worker::reports.is_empty().and(Worker::boss_id.is_null()));
    assert_eq!(unneeded.delete().execute(session)?, 1);
    assert_eq!(salaries().count(session)?, 5);
    Ok(())
}
