//! Inserts of values, of a query's rows and of one row of expressions.

use orm::functions::{coalesce, count, max, upper, value};
use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{
    Address, Buyer, CartLine, Desk, Note, Receipt, Sale, Setting, Song, Stamp, Token, User, Wallet, Worker,
    hire_workers, open_music_shop,
};
use crate::{TestContext, expect_error};

cases! { write_inserts {
    one_value_is_inserted [];
    a_model_is_filled_by_a_query_over_others [];
    a_query_that_finds_nothing_inserts_nothing [];
    an_insert_from_its_own_table [];
    combined_and_named_queries_are_inserted [];
    columns_that_are_not_named_get_their_defaults [];
    nulls_go_where_they_may [];
    a_row_of_expressions [];
    an_insert_from_a_query_flushes_what_it_reads [];
    columns_are_named_once_and_not_computed [];
    keys_alone_are_inserted [];
    an_insert_is_rolled_back [];
} }

const USERS: &str = r#"SELECT name, age, email FROM "user" ORDER BY id"#;

derived! {
    struct Spending { buyer: String, total: i64 }
}

pub fn one_value_is_inserted(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    assert_eq!(User::insert(User::named("ann")).execute(&mut session)?, 1);
    session.commit()?;
    cx.expect_log(&["insert user"]);
    cx.expect_rows(USERS, &["ann|0|NULL"]);
    Ok(())
}

pub fn a_model_is_filled_by_a_query_over_others(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Sale, Song, User])?;
    let mut session = cx.session();
    open_music_shop(&mut session)?;
    cx.clear_log();
    let spent = Buyer::query()
        .join(Buyer::sales)
        .group_by((Buyer::id, Buyer::name, Buyer::country))
        .order_by(Buyer::name)
        .select((Buyer::name, count(Sale::id).cast::<i32>(), Buyer::country));
    let count = User::insert_from((User::name, User::age, User::email), spent.filter(Buyer::name.ne("Fay")))
        .execute(&mut session)?;
    assert_eq!(count, 2);
    session.commit()?;
    cx.expect_log(&["insert user (name, age, email)"]);
    cx.expect_rows(USERS, &["Eve|3|Spain", "Gus|1|Italy"]);
    Ok(())
}

pub fn a_query_that_finds_nothing_inserts_nothing(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Worker, User])?;
    let mut session = cx.session();
    let none = Worker::query().filter(Worker::name.in_(Vec::<String>::new())).select((Worker::name, Worker::salary));
    assert_eq!(User::insert_from((User::name, User::age), none).execute(&mut session)?, 0);
    assert_eq!(User::insert_all([]).returning(User::id).all(&mut session)?, Vec::<i64>::new());
    assert_eq!(User::insert_all([]).on_conflict(User::email).do_nothing().execute(&mut session)?, 0);
    session.commit()?;
    cx.expect_rows(USERS, &[]);
    Ok(())
}

pub fn an_insert_from_its_own_table(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Worker])?;
    let mut session = cx.session();
    hire_workers(&mut session)?;
    let heirs = Worker::query().filter(Worker::salary.gt(50)).order_by(Worker::name).select((
        Worker::name.concat(" II"),
        Worker::salary - 10,
        Worker::id,
    ));
    assert_eq!(Worker::insert_from((Worker::name, Worker::salary, Worker::boss_id), heirs).execute(&mut session)?, 3);
    session.commit()?;
    cx.expect_rows(
        "SELECT name, salary, boss_id FROM worker WHERE id > 6 ORDER BY id",
        &["Ann II|80|1", "Bob II|50|3", "Cid II|85|4"],
    );
    Ok(())
}

pub fn combined_and_named_queries_are_inserted(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Sale, Song, User, Worker])?;
    let mut session = cx.session();
    open_music_shop(&mut session)?;
    hire_workers(&mut session)?;
    let buyers = Buyer::query().filter(Buyer::name.eq("Gus")).select((Buyer::name, Buyer::country, value(0)));
    let workers = Worker::query().filter(Worker::salary.lt(20)).select((Worker::name, Worker::name, value(0)));
    let both = buyers.union_all(workers);
    let columns = (User::name, User::email, User::age);
    assert_eq!(User::insert_from(columns, both.clone()).execute(&mut session)?, 2);
    let again = User::insert_from(columns, both).on_conflict(User::email).do_nothing();
    assert_eq!(again.execute(&mut session)?, 0);
    let spending = Buyer::query()
        .join(Buyer::sales)
        .group_by((Buyer::id, Buyer::name))
        .select((Buyer::name, count(Sale::id)))
        .cte(Spending);
    let frequent =
        spending.query().filter(Spending::total.gt(1)).select((Spending::buyer, Spending::total.cast::<i32>()));
    assert_eq!(User::insert_from((User::name, User::age), frequent).execute(&mut session)?, 1);
    session.commit()?;
    let rows = r#"SELECT name, age, email FROM "user" ORDER BY name, age"#;
    cx.expect_rows(rows, &["Eve|3|NULL", "Fay|0|Fay", "Gus|0|Italy"]);
    Ok(())
}

pub fn columns_that_are_not_named_get_their_defaults(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Worker, Note, Stamp, Receipt])?;
    let mut session = cx.session();
    hire_workers(&mut session)?;
    let rich = Worker::query().filter(Worker::salary.gt(50)).order_by(Worker::name);
    let pinned = rich.clone().select((Worker::salary, Worker::salary.gt(92)));
    assert_eq!(Note::insert_from((Note::weight, Note::pinned), pinned).execute(&mut session)?, 3);
    let names = Worker::query().filter(Worker::salary.lt(20)).select(Worker::name);
    let both = names.clone().union(names.clone());
    assert_eq!(Receipt::insert_from(Receipt::number, both).execute(&mut session)?, 1);
    assert_eq!(Stamp::insert_from(Stamp::label, names).execute(&mut session)?, 1);
    session.commit()?;
    let notes = ["empty|0|90|new|1", "empty|0|60|new|1", "empty|1|95|new|1"];
    cx.expect_rows("SELECT text, pinned, weight, mark, version FROM note ORDER BY id", &notes);
    cx.expect_rows("SELECT number, state, copies FROM receipt", &["Fay|open|3"]);
    cx.expect_rows("SELECT label, count FROM stamp", &["Fay|7"]);
    Ok(())
}

pub fn nulls_go_where_they_may(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Address, User])?;
    let mut session = cx.session();
    session.add(User { addresses: [Address::in_city("Bern")].into(), email: Some("a@b".into()), ..User::named("ann") });
    session.add(User { email: None, ..User::named("bob") });
    session.commit()?;
    let emails = User::query().order_by(User::id).select((User::id, User::name, User::email));
    let count =
        Address::insert_from((Address::user_id, Address::city, Address::street), emails).execute(&mut session)?;
    assert_eq!(count, 2);
    session.commit()?;
    cx.expect_rows(
        "SELECT city, street, user_id FROM address ORDER BY id",
        &["Bern|NULL|1", "ann|a@b|1", "bob|NULL|2"],
    );
    let missing = Address::insert_from(Address::city, User::query().select(User::name)).execute(&mut session);
    expect_error(missing, ErrorKind::NotNullViolation, &[]);
    session.rollback()
}

pub fn a_row_of_expressions(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Worker, Wallet, Note])?;
    let mut session = cx.session();
    hire_workers(&mut session)?;
    cx.clear_log();
    let most = Worker::query().select(max(Worker::salary)).scalar();
    let row =
        (Worker::name.set(upper(value("gil"))), Worker::salary.set(coalesce(most, 0) + 5), Worker::boss_id.set(1));
    assert_eq!(Worker::insert_with(row).execute(&mut session)?, 1);
    assert_eq!(Note::insert_with(Note::pinned.set(true)).execute(&mut session)?, 1);
    session.commit()?;
    cx.expect_log(&["insert worker (name, salary, boss_id)", "insert note"]);
    cx.create(models![User])?;
    let same = (User::name.set("x"), User::email.set("x"), User::age.set(1));
    assert_eq!(User::insert_with(same).execute(&mut session)?, 1);
    assert_eq!(User::query().update((User::name.set("y"), User::email.set("y"))).execute(&mut session)?, 1);
    session.commit()?;
    cx.expect_rows("SELECT name, salary, boss_id FROM worker WHERE id = 7", &["GIL|100|1"]);
    cx.expect_rows("SELECT text, pinned, weight, version FROM note", &["empty|1|3|1"]);
    Ok(())
}

pub fn an_insert_from_a_query_flushes_what_it_reads(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Worker, User])?;
    let mut session = cx.session();
    hire_workers(&mut session)?;
    let ann = Worker::query().filter(Worker::name.eq("Ann")).one(&mut session)?;
    session[ann].name = "Anna".into();
    cx.clear_log();
    let names = Worker::query().filter(Worker::salary.eq(90)).select((Worker::name, Worker::salary - 90));
    User::insert_from((User::name, User::age), names).execute(&mut session)?;
    cx.expect_log(&["update worker (name)", "insert user (name, age)"]);
    session.commit()?;
    cx.expect_rows(USERS, &["Anna|0|NULL"]);
    Ok(())
}

pub fn columns_are_named_once_and_not_computed(cx: &mut TestContext) -> Result<()> {
    cx.create(models![CartLine, User])?;
    let mut session = cx.session();
    let names = || User::query().select((User::name, User::name));
    let twice = User::insert_from((User::name, User::name), names()).execute(&mut session);
    expect_error(twice, ErrorKind::InvalidState, &["`insert_from`", "`name`", "twice"]);
    let computed = CartLine::insert_with(CartLine::total.set(5)).execute(&mut session);
    expect_error(computed, ErrorKind::InvalidState, &["`insert_with`", "`total`", "computes"]);
    cx.expect_log(&[]);
    Ok(())
}

pub fn keys_alone_are_inserted(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Token, Setting])?;
    let mut session = cx.session();
    assert_eq!(Token::insert_all([Token::default(), Token::default()]).returning(Token::id).all(&mut session)?, [1, 2]);
    assert_eq!(Token::insert_all([Token::default(), Token::default()]).execute(&mut session)?, 2);
    let on = |name: &str| Setting { name: name.into(), value: None };
    let set = Setting::insert_all([on("a"), on("b")]).returning((Setting::name, Setting::value)).all(&mut session)?;
    assert_eq!(set, [("a".to_owned(), Some("on".to_owned())), ("b".to_owned(), Some("on".to_owned()))]);
    session.commit()?;
    cx.expect_rows("SELECT id FROM token ORDER BY id", &["1", "2", "3", "4"]);
    Ok(())
}

pub fn an_insert_is_rolled_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Desk])?;
    let mut session = cx.session();
    let desks = (1..=3).map(Desk::numbered);
    assert_eq!(Desk::insert_all(desks).execute(&mut session)?, 3);
    let twins = Desk::query().select(Desk::number);
    let failed = Desk::insert_from(Desk::number, twins).execute(&mut session);
    expect_error(failed, ErrorKind::UniqueViolation, &[]);
    session.rollback()?;
    cx.expect_rows("SELECT count(*) FROM desk", &["0"]);
    Ok(())
}
