//! Statements that change rows of shards without objects.

use orm::prelude::*;
use orm::{CommitMode, Result};
use orm_tests::harness::Harness;

use crate::models::{Order, Shop, User, order, user};

crate::on_databases! {
    rows_are_changed_where_they_are,
    values_are_inserted_where_they_belong,
}

fn rows_are_changed_where_they_are<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let mut session = shop.shards.session();
    let ann = session.add(User { orders: [order(1), order(2)].into(), ..user(1, "ann") })?;
    for id in 2..=8 {
        session.add(User { orders: [order(id)].into(), ..user(id, "bob") })?;
    }
    session.commit()?;
    let changed = session.execute(User::query().filter(User::name.eq("bob")).update(User::age.set(User::age + 1)))?;
    assert_eq!(changed, 7);
    let changed = session.execute(User::query().filter(User::id.eq(1)).update(User::age.set(99)))?;
    assert_eq!((changed, session[ann].age), (1, 99));
    let gone = session.execute(Order::query().filter(Order::user_id.in_([1, 5])).delete())?;
    assert_eq!(gone, 3);
    session.rollback()?;
    assert_eq!(session[ann].age, 30);
    assert_eq!(session.count(Order::query())?, 9);

    let of_ann = Order::query().filter(Order::user.has(User::name.eq("ann"))).delete();
    assert_eq!(session.execute(of_ann)?, 2);
    session.commit()?;
    assert_eq!(shop.counts()?, [(2, 2), (2, 1), (2, 2), (2, 2)]);
    Ok(())
}

fn values_are_inserted_where_they_belong<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let mut session = shop.shards.session();
    assert_eq!(session.insert_all((1..=10).map(|id| user(id, "ann")))?, 10);
    let orders = (1..=10).map(|id| Order { user: BelongsTo::key(id), ..order(id) });
    assert_eq!(session.insert_all(orders)?, 10);
    session.commit()?;
    assert_eq!(shop.counts()?, [(2, 2), (3, 3), (3, 3), (2, 2)]);
    let lost = session.insert_all([user(3, "twice"), User::default()]);
    orm_tests::expect_error(lost, ErrorKind::InvalidState, &["a new User", "`id`"]);
    assert_eq!(shop.counts()?, [(2, 2), (3, 3), (3, 3), (2, 2)]);
    Ok(())
}
