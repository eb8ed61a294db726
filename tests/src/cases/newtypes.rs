//! Structs around one value: as columns, keys and foreign keys, and in queries.

use chrono::NaiveDate;
use orm::functions::{array_agg, count_all, length, lower, max, min, sum, year};
use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Article, Basket, Cents, Day, Email, Founded, KeyDay, Maker, MakerId, Percent, Sku, Stock};
use crate::{TestContext, expect_error};

cases! { newtypes {
    a_generated_key_comes_back_in_its_type [];
    keys_of_text_find_their_objects [];
    foreign_keys_have_the_type_of_the_key [];
    composite_keys_of_newtypes [];
    changed_newtypes_are_written [];
    newtypes_in_conditions [];
    newtypes_compare_with_the_type_inside [];
    texts_of_newtypes [];
    newtypes_are_grouped_and_aggregated [];
    newtypes_are_computed_with [];
    a_value_that_makes_no_sense_is_refused [];
    a_key_is_cleared_after_a_rollback [];
    arrays_of_newtypes [arrays];
} }

fn day(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 2, 3).unwrap()
}

fn maker(email: &str, year: i32) -> Maker {
    Maker { email: email.into(), founded: Founded(Day(day(year))), ..Maker::default() }
}

fn article(sku: &str, price: i32) -> Article {
    Article { sku: Sku(sku.into()), price: Cents(price), ..Article::default() }
}

/// Two makers and three articles.
fn shop(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Maker, Article, Stock])?;
    let mut session = cx.session();
    let ada = session.add(maker("Ada@example.org", 2001));
    let bob = session.add(Maker { second: Some("bob@example.com".into()), ..maker("bob@example.org", 2010) });
    session.add_all([
        Article { maker: ada.into(), ..article("a-1", 250) },
        Article { maker: ada.into(), discount: Percent::try_from(10).ok(), ..article("a-2", 1_000) },
        Article { maker: bob.into(), ..article("b-1", 50) },
    ]);
    session.commit()?;
    session.clear();
    cx.clear_log();
    Ok(session)
}

pub fn a_generated_key_comes_back_in_its_type(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Maker, Article])?;
    let mut session = cx.session();
    let makers = session.add_all([maker("a@x", 1), maker("b@x", 2)]);
    session.flush()?;
    cx.expect_log(&["insert maker x2"]);
    assert_eq!(makers.iter().map(|maker| session[*maker].id).collect::<Vec<_>>(), [MakerId(1), MakerId(2)]);
    assert_eq!(session.get::<Maker>(MakerId(2))?, Some(makers[1]));
    assert_eq!(session.get::<Maker>(MakerId(3))?, None);
    cx.expect_log(&["select maker"]);
    session.commit()?;
    let merged = session.merge(Maker { id: MakerId(1), ..maker("c@x", 3) })?;
    assert_eq!(merged, makers[0]);
    session.commit()?;
    cx.expect_rows("SELECT id, email, second FROM maker ORDER BY id", &["1|c@x|NULL", "2|b@x|NULL"]);
    Ok(())
}

pub fn keys_of_text_find_their_objects(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let a1 = session.get::<Article>(Sku("a-1".into()))?.unwrap();
    cx.clear_log();
    assert_eq!(session.get::<Article>(Sku("a-1".into()))?, Some(a1));
    assert_eq!(session[a1].price, Cents(250));
    cx.expect_log(&[]);
    assert_eq!(Article::query().filter(Article::sku.inner().eq("a-1")).one(&mut session)?, a1);
    session[a1].price = Cents(300);
    session.commit()?;
    cx.expect_rows("SELECT price FROM article WHERE sku = 'a-1'", &["300"]);
    session.delete(a1)?;
    session.commit()?;
    cx.expect_rows("SELECT sku FROM article ORDER BY sku", &["a-2", "b-1"]);
    Ok(())
}

pub fn foreign_keys_have_the_type_of_the_key(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let query = Article::query().filter(Article::maker_id.eq(MakerId(1))).order_by(Article::sku);
    let articles = query.include(Article::maker).all(&mut session)?;
    let [a1, a2] = articles[..] else { panic!("{articles:?}") };
    let key = session[a1].maker.as_ref().and_then(BelongsTo::as_key).copied();
    assert_eq!(key, Some(MakerId(1)));
    let ada = session.load(a1, Article::maker)?.unwrap();
    assert_eq!(session.load(ada, Maker::articles)?, [a1, a2]);
    session[a2].maker = Some(BelongsTo::key(MakerId(2)));
    session.commit()?;
    cx.expect_rows("SELECT sku, maker_id FROM article ORDER BY sku", &["a-1|1", "a-2|2", "b-1|2"]);
    Ok(())
}

pub fn composite_keys_of_newtypes(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let a1 = session.get::<Article>(Sku("a-1".into()))?.unwrap();
    let days = [day(2020), day(2021)].map(KeyDay);
    let stocks = session.add_all(days.map(|day| Stock { article: a1.into(), day, count: 7 }));
    session.commit()?;
    assert_eq!(session.get::<Stock>((Sku("a-1".into()), days[1]))?, Some(stocks[1]));
    session.clear();
    let found = session.get::<Stock>((Sku("a-1".into()), days[0]))?.unwrap();
    session[found].count = 8;
    session.commit()?;
    cx.expect_rows("SELECT count FROM stock ORDER BY day", &["8", "7"]);
    let query = Stock::query().filter((Stock::article_id, Stock::day).in_([(Sku("a-1".into()), days[1])]));
    assert_eq!(query.values(&mut session)?[0].count, 7);
    Ok(())
}

pub fn changed_newtypes_are_written(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let ada = session.get::<Maker>(MakerId(1))?.unwrap();
    cx.clear_log();
    let same = session[ada].clone();
    session[ada] = same;
    session.commit()?;
    cx.expect_log(&[]);
    session[ada].second = Some("ada@second.org".into());
    session.commit()?;
    cx.expect_log(&["update maker (second)"]);
    cx.expect_rows("SELECT second FROM maker WHERE id = 1", &["ada@second.org"]);
    let change = Maker::query().filter(Maker::id.eq(MakerId(2))).update(Maker::second.set(None));
    change.execute(&mut session)?;
    session.commit()?;
    cx.expect_rows("SELECT count(second) FROM maker", &["1"]);
    Ok(())
}

pub fn newtypes_in_conditions(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let ids = |condition: Filter<Maker>, session: &mut Session| {
        Maker::query().filter(condition).order_by(Maker::id).select(Maker::id).all(session)
    };
    let bob = Email::from("bob@example.org");
    assert_eq!(ids(Maker::email.eq(&bob).of(), &mut session)?, [MakerId(2)]);
    assert_eq!(ids(Maker::email.in_([bob.clone()]).of(), &mut session)?, [MakerId(2)]);
    assert_eq!(ids(Maker::id.in_([MakerId(2), MakerId(9)]).of(), &mut session)?, [MakerId(2)]);
    assert_eq!(ids(Maker::second.is_null().of(), &mut session)?, [MakerId(1)]);
    assert_eq!(ids(Maker::second.eq(None::<Email>).of(), &mut session)?, [MakerId(1)]);
    assert_eq!(ids(Maker::id.between(MakerId(2), MakerId(5)).of(), &mut session)?, [MakerId(2)]);
    let joined = Article::query().join(Article::maker).filter(Maker::email.eq(bob)).select((Article::sku, Maker::id));
    assert_eq!(joined.all(&mut session)?, [(Sku("b-1".into()), MakerId(2))]);
    let inner = Article::query().filter(Article::price.gt(Cents(900))).select(Article::maker_id);
    assert_eq!(ids(Maker::id.in_query(inner).of(), &mut session)?, [MakerId(1)]);
    Ok(())
}

pub fn newtypes_compare_with_the_type_inside(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let count = |condition: Filter<Article>, session: &mut Session| Article::query().filter(condition).count(session);
    assert_eq!(count(Article::sku.inner().eq("a-1").of(), &mut session)?, 1);
    assert_eq!(count(Article::sku.inner().in_(["a-1", "b-1", "c-1"]).of(), &mut session)?, 2);
    assert_eq!(count(Article::price.inner().le(250).of(), &mut session)?, 2);
    assert_eq!(count(Article::discount.inner().eq(Some(10)).of(), &mut session)?, 1);
    assert_eq!(count(Article::maker_id.inner().lt(2).of(), &mut session)?, 2);
    assert_eq!(count(Article::sku.inner().eq(lower(Article::sku)).of(), &mut session)?, 3);
    let keys = Article::query().order_by(Article::sku).select((Article::maker_id.inner(), Article::price.inner() + 1));
    assert_eq!(keys.all(&mut session)?, [(Some(1), 251), (Some(1), 1_001), (Some(2), 51)]);
    Ok(())
}

pub fn texts_of_newtypes(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let count = |condition: Filter<Maker>, session: &mut Session| Maker::query().filter(condition).count(session);
    assert_eq!(count(Maker::email.contains("example").of(), &mut session)?, 2);
    assert_eq!(count(Maker::email.starts_with("Ada").of(), &mut session)?, 1);
    assert_eq!(count(Maker::second.ends_with(".com").of(), &mut session)?, 1);
    assert_eq!(count(Maker::email.like("%@example.org").of(), &mut session)?, 2);
    assert_eq!(count(length(Maker::email).eq(15).of(), &mut session)?, 2);
    assert_eq!(count(lower(Maker::email).eq("ada@example.org").of(), &mut session)?, 1);
    let texts = Maker::query().order_by(Maker::id).select((lower(Maker::email), Maker::second.concat("!")));
    let expected =
        [("ada@example.org".to_owned(), None), ("bob@example.org".to_owned(), Some("bob@example.com!".into()))];
    assert_eq!(texts.all(&mut session)?, expected);
    assert_eq!(count(year(Maker::founded).gt(2005).of(), &mut session)?, 1);
    Ok(())
}

pub fn newtypes_are_grouped_and_aggregated(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let groups = Article::query().group_by(Article::maker_id).order_by(Article::maker_id);
    let groups = groups.select((Article::maker_id, count_all(), min(Article::sku), max(Article::price)));
    let expected = [
        (Some(MakerId(1)), 2, Some(Sku("a-1".into())), Some(Cents(1_000))),
        (Some(MakerId(2)), 1, Some(Sku("b-1".into())), Some(Cents(50))),
    ];
    assert_eq!(groups.all(&mut session)?, expected);
    let query = || Article::query().order_by((Article::price.desc(), Article::sku));
    let first = query().slice(&mut session, 2)?;
    let second = query().after(first.next).slice(&mut session, 2)?;
    assert_eq!(second.items.iter().map(|article| session[*article].price).collect::<Vec<_>>(), [Cents(50)]);
    Ok(())
}

pub fn newtypes_are_computed_with(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    assert_eq!(Article::query().select(sum(Article::price)).one(&mut session)?, Some(1_300));
    let more = Article::query().order_by(Article::sku).select(Article::price + Cents(1)).all(&mut session)?;
    assert_eq!(more, [Cents(251), Cents(1_001), Cents(51)]);
    let doubled = Article::query().filter((Article::price * Cents(2)).gt(Cents(1_000))).count(&mut session)?;
    assert_eq!(doubled, 1);
    let cheaper =
        Article::query().filter(Article::sku.inner().eq("a-2")).update(Article::price.set(Article::price - Cents(100)));
    cheaper.execute(&mut session)?;
    session.commit()?;
    cx.expect_rows("SELECT price FROM article WHERE sku = 'a-2'", &["900"]);
    Ok(())
}

pub fn a_value_that_makes_no_sense_is_refused(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let change = |cx: &TestContext, sql: &str| cx.execute(sql);
    change(cx, "UPDATE maker SET email = 'ada' WHERE id = 1");
    let words = ["Maker", "`email`", "expected a valid `Email`, found \"ada\": it has no `@`"];
    expect_error(Maker::query().all(&mut session), ErrorKind::Decode, &words);
    expect_error(Maker::query().select(Maker::email).all(&mut session), ErrorKind::Decode, &words[1..]);
    change(cx, "UPDATE article SET discount = 101 WHERE sku = 'a-2'");
    let words = ["Article", "`discount`", "a valid `Percent`", "101 is not within 0 and 100"];
    expect_error(Article::query().all(&mut session), ErrorKind::Decode, &words);
    Ok(())
}

pub fn a_key_is_cleared_after_a_rollback(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Maker, Article])?;
    let mut session = cx.session();
    let ada = session.add(maker("ada@x", 1));
    session.flush()?;
    assert_eq!(session[ada].id, MakerId(1));
    session.rollback()?;
    assert_eq!(session.try_get(ada).map(|ada| ada.id).ok(), Some(MakerId(0)));
    Ok(())
}

pub fn arrays_of_newtypes(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Basket, Article, Maker])?;
    let mut session = cx.session();
    let (skus, prices) = (vec![Sku("a-1".into()), Sku("b".into())], vec![Some(Cents(1)), None]);
    let basket = session.add(Basket { skus, prices, ..Basket::default() });
    session.add_all([article("a-1", 1), article("a-2", 2)]);
    session.commit()?;
    let found = Basket::query().filter(Basket::skus.array_has(Sku("b".into()))).values(&mut session)?;
    assert_eq!(found, [session[basket].clone()]);
    let all = Article::query().select(array_agg(Article::sku).order_by(Article::sku)).one(&mut session)?;
    assert_eq!(all, Some(vec![Sku("a-1".into()), Sku("a-2".into())]));
    Ok(())
}
