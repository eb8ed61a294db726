//! Customers and their receipts, each customer on one of two shards.

use std::env;

use orm::functions::{count_all, sum};
use orm::prelude::*;
use orm::{CommitMode, Shards};

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "multi_customer")]
pub(crate) struct Customer {
    #[orm(primary_key, shard_key)]
    id: i64,
    name: String,
    #[has_many(back_populates = customer, order_by = id, cascade(all, delete_orphan))]
    receipts: HasMany<Receipt>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "multi_receipt")]
pub(crate) struct Receipt {
    #[orm(primary_key)]
    id: i64,
    cents: i64,
    #[belongs_to(back_populates = receipts)]
    #[orm(shard_key)]
    customer: BelongsTo<Customer>,
}

/// Sells to some customers, and asks both shards what was sold.
pub(crate) fn run() -> orm::Result<()> {
    let url = |name: &str, default: &str| env::var(name).unwrap_or_else(|_| default.into());
    let east = Engine::connect(&url("EAST_URL", "sqlite:///multi-east.db"))?;
    let west = Engine::connect(&url("WEST_URL", "sqlite:///multi-west.db"))?;
    let models = models![Customer, Receipt];
    let shards = Shards::by(models, [("east", &east), ("west", &west)])?.commit_mode(CommitMode::Ordered);
    shards.drop_all(models)?;
    shards.create_all(models)?;

    shards.transaction(|session| {
        for id in 1..=8 {
            let receipts = [100 * id, 50].map(|cents| Receipt { cents, ..Default::default() });
            session.add(Customer { id, name: format!("customer {id}"), receipts: receipts.into() })?;
        }
        Ok(())
    })?;

    let mut session = shards.session();
    if let Some(customer) = session.get::<Customer>(5)? {
        // The graph of a customer is on one shard, which alone is asked.
        let receipts = session.load(customer, Customer::receipts)?;
        let shard = session.shard_of(customer)?;
        println!("{} has {} receipts, in the {shard}", session[customer].name, receipts.len());
        session.push(customer, Customer::receipts, Receipt { cents: 5, ..Default::default() })?;
        session.commit()?;
    }
    let best = Customer::query()
        .join(Customer::receipts)
        .group_by((Customer::id, Customer::name))
        .order_by((sum(Receipt::cents).desc(), Customer::id))
        .select((Customer::name, sum(Receipt::cents)))
        .limit(3);
    let best: Vec<(String, Option<i64>)> = session.all(best)?;
    println!("best customers of both shards: {best:?}");
    let all = session.one(Receipt::query().select((count_all(), sum(Receipt::cents))))?;
    println!("receipts and cents of both shards: {all:?}");
    assert_eq!(all, (17, Some(4_005)));
    Ok(())
}
