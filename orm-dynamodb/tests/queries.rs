//! Queries, scans, batches and transactions on real servers.

#![allow(clippy::unwrap_used, reason = "this is test code")]

mod support;

use orm_dynamodb::{Dynamo, Error, ErrorKind, Item, above, begins_with, cancellation_reasons, equal};
use support::{both, dynalite, moto, new_table};

#[derive(Item, Debug, Clone, PartialEq)]
#[item(
    table = "queries_message",
    index(name = "by-author", hash = author, range = likes),
    index(name = "by_kind", hash = kind, include(text)),
    local_index(name = "by_likes", range = likes, keys)
)]
struct Message {
    #[item(hash_key)]
    thread: String,
    #[item(range_key)]
    at: String,
    author: String,
    likes: u32,
    kind: Option<String>,
    text: String,
}

fn message(thread: &str, number: u32) -> Message {
    Message {
        thread: thread.into(),
        at: format!("2026-{:02}-{:02}", 1 + number / 28, 1 + number % 28),
        author: if number.is_multiple_of(2) { "ann" } else { "bob" }.into(),
        likes: number,
        kind: number.is_multiple_of(10).then(|| "question".into()),
        text: format!("number {number}"),
    }
}

/// Two threads, 60 messages each.
fn filled(db: &Dynamo) -> Vec<Message> {
    new_table::<Message>(db);
    let mut messages: Vec<Message> =
        ["rust", "cake"].iter().flat_map(|thread| (0..60).map(|number| message(thread, number))).collect();
    db.batch_write().put_all(&mut messages).send().unwrap();
    messages
}

/// They share a table, so they run one after the other.
#[test]
fn many_items_are_read_and_written() {
    for db in both() {
        partitions_indexes_and_tables_are_read(&db);
        pages_go_on_where_they_ended(&db);
        tables_are_scanned_in_parts_at_once(&db);
        batches_are_read_and_written(&db);
    }
    assert_eq!("no place".parse::<orm_dynamodb::PageKey>().unwrap_err().kind(), ErrorKind::Invalid);
}

fn numbers(messages: orm_dynamodb::Result<Vec<Message>>) -> Vec<u32> {
    messages.unwrap().into_iter().map(|message| message.likes).collect()
}

fn partitions_indexes_and_tables_are_read(db: &Dynamo) {
    filled(db);
    let rust = || Message::query(db, "rust");
    assert_eq!(numbers(rust().all()), (0..60).collect::<Vec<_>>());
    assert_eq!(numbers(rust().range(begins_with("2026-02")).all()), (28..56).collect::<Vec<_>>());
    assert_eq!(numbers(rust().range("2026-01-02"..="2026-01-04").all()), [1, 2, 3]);
    assert_eq!(numbers(rust().range("2026-03-02"..).all()), [57, 58, 59]);
    assert_eq!(numbers(rust().range(.."2026-01-03").all()), [0, 1]);
    assert_eq!(numbers(rust().range(..="2026-01-03").all()), [0, 1, 2]);
    assert_eq!(numbers(rust().range(above("2026-03-02")).all()), [58, 59]);
    assert_eq!(numbers(rust().range(equal("2026-01-01")).all()), [0]);
    assert_eq!(numbers(rust().descending().limit(3).all()), [59, 58, 57]);
    assert_eq!(numbers(rust().filter(Message::author.eq("ann")).filter(Message::likes.lt(5)).all()), [0, 2, 4]);
    assert_eq!(
        numbers(rust().filter(Message::likes.ge(50)).page_size(7).limit(4).consistent().all()),
        [50, 51, 52, 53]
    );
    assert_eq!(rust().first().unwrap().map(|it| it.likes), Some(0));
    assert_eq!(rust().filter(Message::likes.eq(33)).first().unwrap().map(|it| it.likes), Some(33));
    assert_eq!(Message::query(db, "none").first().unwrap(), None);
    assert_eq!(rust().filter(Message::author.eq("ann")).page_size(10).count().unwrap(), 30);
    assert_eq!(rust().limit(5).page_size(3).count().unwrap(), 5);

    let of_ann = Message::by_author.query(db, "ann").range(50..).all().unwrap();
    assert_eq!(of_ann.len(), 10);
    assert!(of_ann.iter().all(|it| it.author == "ann" && it.likes >= 50));
    let texts = Message::by_kind.query(db, "question").select(Message::text).all().unwrap();
    assert_eq!(texts.len(), 12);
    let keys = Message::by_likes.query(db, "rust").range(58..).select((Message::at, Message::likes)).all().unwrap();
    assert_eq!(keys, [("2026-03-03".to_owned(), 58), ("2026-03-04".to_owned(), 59)]);
    assert_eq!(Message::by_kind.scan(db).select(Message::kind).count().unwrap(), 12);
    let error = rust().filter(Message::likes.is_in(Vec::<u32>::new())).all().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
}

fn pages_go_on_where_they_ended(db: &Dynamo) {
    filled(db);
    let mut seen = Vec::new();
    let mut place: Option<String> = None;
    let mut pages = 0;
    loop {
        let query = Message::query(db, "cake").page_size(25);
        let query = match place.take() {
            Some(text) => query.start_after(text.parse().unwrap()),
            None => query,
        };
        let page = query.pages().next().unwrap().unwrap();
        seen.extend(page.items.into_iter().map(|message| message.likes));
        pages += 1;
        match page.next {
            Some(next) => place = Some(next.to_string()),
            None => break,
        }
    }
    assert_eq!((seen, pages), ((0..60).collect(), 3));
    let sizes: Vec<usize> = Message::scan(db).page_size(50).pages().map(|page| page.unwrap().items.len()).collect();
    assert_eq!(sizes.iter().sum::<usize>(), 120, "{sizes:?}");
    assert!(sizes.len() >= 3, "{sizes:?}");
}

fn tables_are_scanned_in_parts_at_once(db: &Dynamo) {
    let mut all = filled(db);
    let key = |message: &Message| (message.thread.clone(), message.at.clone());
    all.sort_by_key(key);
    let mut found = Message::scan(db).page_size(10).all_parallel(4).unwrap();
    found.sort_by_key(key);
    assert_eq!(found, all);
    let parts: u64 = (0..3).map(|part| Message::scan(db).segment(part, 3).count().unwrap()).sum();
    assert_eq!(parts, 120);
    assert_eq!(Message::scan(db).filter(Message::likes.lt(10)).select(Message::at).all_parallel(2).unwrap().len(), 20);
}

fn batches_are_read_and_written(db: &Dynamo) {
    let messages = filled(db);
    let keys = messages.iter().map(|message| (&message.thread, &message.at));
    let found: Vec<Message> = db.batch_get(keys.chain([(&messages[0].thread, &messages[0].at)])).unwrap();
    assert_eq!(found.len(), 120);
    let none: Vec<Message> = db.batch_get([("none", "2026")]).unwrap();
    assert!(none.is_empty());
    let batch = messages.iter().fold(db.batch_write(), |batch, it| batch.delete::<Message>((&it.thread, &it.at)));
    batch.send().unwrap();
    assert_eq!(Message::scan(db).count().unwrap(), 0);
}

#[derive(Item, Debug, Clone, PartialEq)]
#[item(table = "queries_account")]
struct Account {
    #[item(hash_key)]
    id: u64,
    balance: i64,
    #[item(version)]
    version: u64,
}

#[derive(Item, Debug, Clone, PartialEq)]
#[item(table = "queries_entry")]
struct Entry {
    #[item(hash_key)]
    account: u64,
    #[item(range_key)]
    number: u64,
    amount: i64,
}

fn move_money(db: &Dynamo, amount: i64, number: u64) -> Result<(), Error> {
    let mut entry = Entry { account: 1, number, amount };
    db.transact_write()
        .update_when(1_u64, Account::balance.add(-amount), Account::balance.ge(amount))
        .update(2_u64, Account::balance.add(amount))
        .put_when(&mut entry, Entry::amount.not_exists())
        .send()
}

#[test]
fn transactions_write_all_or_nothing() {
    let db = moto();
    new_table::<Account>(&db);
    new_table::<Entry>(&db);
    let (mut one, mut two) = (Account { id: 1, balance: 100, version: 0 }, Account { id: 2, balance: 0, version: 0 });
    db.transact_write().put(&mut one).put(&mut two).send().unwrap();
    assert_eq!((one.version, two.version), (1, 1));
    move_money(&db, 60, 1).unwrap();
    let both =
        || db.transact_get((Account::at_key(1_u64), Account::at_key(2_u64), Entry::at_key((1_u64, 9_u64)))).unwrap();
    let balances = || {
        let (one, two, none) = both();
        assert_eq!(none, None);
        (one.unwrap().balance, two.unwrap().balance)
    };
    assert_eq!(balances(), (40, 60));
    let error = move_money(&db, 60, 2).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConditionFailed, "{error}");
    let codes: Vec<&str> = cancellation_reasons(&error).iter().map(|reason| reason.code.as_str()).collect();
    assert_eq!(codes, ["ConditionalCheckFailed", "None", "None"]);
    assert_eq!(balances(), (40, 60));
    assert_eq!(Entry::scan(&db).count().unwrap(), 1);
    assert_eq!(cancellation_reasons(&error)[0].failed_item::<Account>().unwrap(), None, "nobody asked for it");
    let error = db
        .transact_write()
        .update_when(1_u64, Account::balance.add(-60), Account::balance.ge(60))
        .update(2_u64, Account::balance.add(60))
        .return_failed()
        .send()
        .unwrap_err();
    let found = cancellation_reasons(&error).iter().map(|reason| reason.failed_item::<Account>().unwrap());
    let balances_found: Vec<_> = found.map(|account| account.map(|account| account.balance)).collect();
    assert_eq!(balances_found, [Some(40), None]);

    // The objects know the versions of their first write only.
    let error = db.transact_write().put(&mut one).send().unwrap_err();
    assert_eq!((error.kind(), one.version), (ErrorKind::ConditionFailed, 1));
    one.refresh(&db).unwrap();
    let check =
        db.transact_write().put(&mut one).delete::<Entry>((1_u64, 1_u64)).check(2_u64, Account::balance.gt(100)).send();
    assert_eq!(check.unwrap_err().kind(), ErrorKind::ConditionFailed);
    let known = one.version;
    db.transact_write()
        .put(&mut one)
        .delete_when((1_u64, 1_u64), Entry::amount.eq(60))
        .check(2_u64, Account::balance.eq(60))
        .send()
        .unwrap();
    assert_eq!(one.version, known + 1);
    assert_eq!(Entry::scan(&db).count().unwrap(), 0);
    db.transact_write().send().unwrap();
}

#[test]
fn a_transaction_is_in_one_region() {
    #[derive(Item)]
    #[item(table = "queries_far", region = "eu-west-2")]
    struct Far {
        #[item(hash_key)]
        id: u64,
    }
    // Nobody answers there.
    let db = support::client("http://127.0.0.1:9").retries(0).build().unwrap();
    let kinds = [
        db.transact_write().delete::<Far>(1_u64).delete::<Account>(1_u64).send().unwrap_err().kind(),
        db.transact_write().delete::<Account>(1_u64).delete::<Far>(1_u64).send().unwrap_err().kind(),
        db.transact_get((Account::at_key(1_u64), Far::at_key(1_u64))).map(drop).unwrap_err().kind(),
        db.transact_write().delete::<Far>(1_u64).delete::<Far>(2_u64).send().unwrap_err().kind(),
    ];
    let unsupported = ErrorKind::Unsupported;
    assert_eq!(kinds, [unsupported, unsupported, unsupported, ErrorKind::ConnectionLost]);
}

#[test]
fn batches_refuse_versions_and_dynalite_has_no_transactions() {
    let db = dynalite();
    new_table::<Account>(&db);
    let mut account = Account { id: 1, balance: 1, version: 0 };
    assert_eq!(db.batch_write().put(&mut account).send().unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(Account::scan(&db).count().unwrap(), 0);
    assert_eq!(db.transact_write().put(&mut account).send().unwrap_err().kind(), ErrorKind::Unsupported);
}

#[cfg(feature = "tokio")]
#[tokio::test]
async fn async_programs_await_the_same_calls() {
    let db = orm_dynamodb::AsyncDynamo::new(moto(), 2);
    #[derive(Item, Debug, Clone, PartialEq)]
    #[item(table = "queries_async")]
    struct Note {
        #[item(hash_key)]
        id: u32,
        text: String,
    }
    db.run(|db| {
        new_table::<Note>(db);
        Ok(())
    })
    .await
    .unwrap();
    let writes = (0..8).map(|id| {
        let db = db.clone();
        tokio::spawn(async move { db.run(move |db| Note { id, text: "x".into() }.save(db)).await })
    });
    for write in writes.collect::<Vec<_>>() {
        write.await.unwrap().unwrap();
    }
    assert_eq!(db.run(|db| Note::scan(db).count()).await.unwrap(), 8);
    assert_eq!(db.run(|db| Note::get(db, 9_u32)).await.unwrap(), None);
    assert!(db.client().numbers().requests > 10);
}
