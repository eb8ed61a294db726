//! Statements that change rows under a name, for a query to read.

use orm::prelude::*;
use orm::{Error, ErrorKind, Result};

use crate::models::{User, Worker, hire_workers};
use crate::{TestContext, expect_error};

cases! { write_ctes {
    a_query_reads_what_was_deleted [data_modifying_ctes];
    rows_are_moved_to_another_table [data_modifying_ctes];
    a_query_reads_what_was_updated_and_inserted [data_modifying_ctes];
    objects_are_read_again [data_modifying_ctes];
    what_is_pending_is_flushed_first [data_modifying_ctes];
    a_mistake_under_a_name_is_told [];
    what_was_changed_under_a_name_is_read_again_after_a_rollback [data_modifying_ctes];
} }

derived! {
    struct Gone { name: String, salary: i32 }
}

derived! {
    struct Raised { worker: i64, pay: i32 }
}

fn workers(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Worker, User])?;
    let mut session = cx.session();
    hire_workers(&mut session)?;
    session.clear();
    cx.clear_log();
    Ok(session)
}

pub fn a_query_reads_what_was_deleted(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let gone = Worker::query()
        .filter(Worker::name.in_(["Eve", "Fay"]))
        .delete()
        .returning((Worker::name, Worker::salary))
        .cte(Gone);
    let rows = gone.query().order_by(Gone::salary).select((Gone::name, Gone::salary * 2)).all(&mut session)?;
    assert_eq!(rows, [("Fay".to_owned(), 20), ("Eve".to_owned(), 90)]);
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM worker", &["4"]);
    Ok(())
}

pub fn rows_are_moved_to_another_table(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let gone = Worker::query()
        .filter(Worker::name.in_(["Eve", "Fay"]))
        .delete()
        .returning((Worker::name, Worker::salary))
        .cte(Gone);
    let rows = gone.query().select((Gone::name, Gone::salary));
    assert_eq!(User::insert_from((User::name, User::age), rows).execute(&mut session)?, 2);
    session.commit()?;
    cx.expect_rows(r#"SELECT name, age FROM "user" ORDER BY name"#, &["Eve|45", "Fay|10"]);
    cx.expect_rows("SELECT count(*) FROM worker", &["4"]);
    Ok(())
}

pub fn a_query_reads_what_was_updated_and_inserted(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let raise = Worker::query().filter(Worker::salary.lt(50)).update(Worker::salary.set(Worker::salary + 100));
    let raised = raise.returning((Worker::id, Worker::salary)).cte(Raised);
    let old = Worker::query()
        .join(raised.on(Raised::worker.eq(Worker::id)))
        .order_by(Worker::name)
        .select((Worker::salary, Raised::pay))
        .all(&mut session)?;
    assert_eq!(old, [(40, 140), (45, 145), (10, 110)], "the table is read as it was");
    let new = User::insert_with((User::name.set("zoe"), User::age.set(9))).returning((User::name, User::age)).cte(Gone);
    assert_eq!(new.query().select(Gone::name).all(&mut session)?, ["zoe"]);
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &["zoe"]);
    Ok(())
}

pub fn objects_are_read_again(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let fay = Worker::query().filter(Worker::name.eq("Fay")).one(&mut session)?;
    let raised = Worker::query().update(Worker::salary.set(1)).returning((Worker::id, Worker::salary)).cte(Raised);
    assert_eq!(raised.query().select(Raised::worker).all(&mut session)?.len(), 6);
    let id = session[fay].id;
    assert_eq!(session.get::<Worker>(id)?, Some(fay));
    assert_eq!(session[fay].salary, 1);
    Ok(())
}

pub fn what_is_pending_is_flushed_first(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    session.add(Worker { name: "Gil".into(), salary: 3, ..Worker::default() });
    let gone =
        Worker::query().filter(Worker::salary.lt(11)).delete().returning((Worker::name, Worker::salary)).cte(Gone);
    let rows = gone.query().order_by(Gone::salary).select(Gone::name).all(&mut session)?;
    assert_eq!(rows, ["Gil", "Fay"]);
    Ok(())
}

pub fn a_mistake_under_a_name_is_told(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let limited = Worker::query().limit(1).delete().returning((Worker::name, Worker::salary)).cte(Gone);
    let refused = limited.query().select(Gone::name).all(&mut session);
    expect_error(refused, ErrorKind::InvalidState, &["`delete`", "Worker", "limit"]);
    cx.expect_log(&[]);
    Ok(())
}

pub fn what_was_changed_under_a_name_is_read_again_after_a_rollback(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let mut id = 0;
    let outcome = session.nested(|session| {
        let raised = Worker::query().update(Worker::salary.set(1)).returning((Worker::id, Worker::salary)).cte(Raised);
        raised.query().select(Raised::worker).all(session)?;
        let fay = Worker::query().filter(Worker::name.eq("Fay")).one(session)?;
        assert_eq!(session[fay].salary, 1);
        id = session[fay].id;
        Err::<(), _>(Error::new(ErrorKind::Invalid, "enough"))
    });
    match outcome {
        Err(error) if error.kind() == ErrorKind::Invalid => {}
        other => return other,
    }
    assert!(session.in_transaction());
    let fay = session.get::<Worker>(id)?.unwrap();
    assert_eq!(session[fay].salary, 10);
    Ok(())
}
