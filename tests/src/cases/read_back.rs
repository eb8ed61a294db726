//! Columns that triggers set.

use orm::prelude::*;
use orm::{Result, Session};

use crate::TestContext;
use crate::models::Pamphlet;

cases! { read_back {
    what_triggers_set_comes_back_from_an_insert [];
    what_triggers_set_comes_back_for_many_rows [];
    what_triggers_set_comes_back_from_an_update [];
    what_triggers_set_comes_back_beside_an_expression [];
    an_update_of_many_rows_reads_them_again [];
    a_rollback_takes_back_what_triggers_set [];
} }

const SQLITE: [&str; 2] = [
    "CREATE TRIGGER pamphlet_new AFTER INSERT ON pamphlet BEGIN
        UPDATE pamphlet SET slug = lower(NEW.title), edits = NEW.edits + 1 WHERE id = NEW.id; END",
    "CREATE TRIGGER pamphlet_changed AFTER UPDATE OF title, size ON pamphlet BEGIN
        UPDATE pamphlet SET slug = lower(NEW.title), edits = NEW.edits + 1 WHERE id = NEW.id; END",
];
const POSTGRES: [&str; 2] = [
    "CREATE FUNCTION pamphlet_written() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.slug := lower(NEW.title); NEW.edits := NEW.edits + 1; RETURN NEW; END $$",
    "CREATE TRIGGER pamphlet_written BEFORE INSERT OR UPDATE ON pamphlet FOR EACH ROW EXECUTE FUNCTION pamphlet_written()",
];
const MARIADB: [&str; 2] = [
    "CREATE TRIGGER pamphlet_new BEFORE INSERT ON pamphlet FOR EACH ROW
        SET NEW.slug = lower(NEW.title), NEW.edits = NEW.edits + 1",
    "CREATE TRIGGER pamphlet_changed BEFORE UPDATE ON pamphlet FOR EACH ROW
        SET NEW.slug = lower(NEW.title), NEW.edits = NEW.edits + 1",
];

fn triggers(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Pamphlet])?;
    for trigger in cx.spelled_by([SQLITE, POSTGRES, MARIADB]) {
        cx.engine.connection()?.execute_script(trigger)?;
    }
    cx.clear_log();
    Ok(cx.session())
}

fn read(session: &Session, pamphlet: Handle<Pamphlet>) -> (Option<&str>, i32) {
    (session[pamphlet].slug.as_deref(), session[pamphlet].edits)
}

/// Whether rows are read by their keys behind a statement.
fn selects(cx: &TestContext, returns: bool) -> bool {
    !returns || !cx.capabilities().returns_trigger_values
}

pub fn what_triggers_set_comes_back_from_an_insert(cx: &mut TestContext) -> Result<()> {
    let mut session = triggers(cx)?;
    let pamphlet = session.add(Pamphlet::titled("Ships"));
    session.commit()?;
    assert_eq!(read(&session, pamphlet), (Some("ships"), 1));
    assert!(!session.is_modified(pamphlet));
    let log = cx.take_log();
    let reads = usize::from(selects(cx, cx.capabilities().insert_returning));
    assert_eq!(log.len(), 1 + reads, "{log:?}");
    cx.expect_rows("SELECT slug, edits FROM pamphlet", &["ships|1"]);
    Ok(())
}

pub fn what_triggers_set_comes_back_for_many_rows(cx: &mut TestContext) -> Result<()> {
    let mut session = triggers(cx)?;
    let pamphlets = session.add_all((0..40).map(|number| Pamphlet::titled(&format!("Title {number}"))));
    session.flush()?;
    for (number, &pamphlet) in pamphlets.iter().enumerate() {
        assert_eq!(read(&session, pamphlet), (Some(&*format!("title {number}")), 1));
    }
    for &pamphlet in &pamphlets {
        session[pamphlet].title.push('!');
    }
    session.commit()?;
    for (number, &pamphlet) in pamphlets.iter().enumerate() {
        assert_eq!(read(&session, pamphlet), (Some(&*format!("title {number}!")), 2));
    }
    cx.expect_rows("SELECT count(*) FROM pamphlet WHERE edits = 2", &["40"]);
    Ok(())
}

pub fn what_triggers_set_comes_back_from_an_update(cx: &mut TestContext) -> Result<()> {
    let mut session = triggers(cx)?;
    let pamphlet = session.add(Pamphlet::titled("Ships"));
    session.commit()?;
    cx.clear_log();
    session[pamphlet].title = "Boats".into();
    session.commit()?;
    assert_eq!(read(&session, pamphlet), (Some("boats"), 2));
    let log = cx.take_log();
    let reads = usize::from(selects(cx, cx.capabilities().update_returning));
    assert_eq!(log.len(), 1 + reads, "{log:?}");
    // What came back is what the row holds: nothing is written again.
    session.commit()?;
    cx.expect_log(&[]);
    Ok(())
}

pub fn what_triggers_set_comes_back_beside_an_expression(cx: &mut TestContext) -> Result<()> {
    let mut session = triggers(cx)?;
    let pamphlet = session.add(Pamphlet { size: 3, ..Pamphlet::titled("Ships") });
    session.commit()?;
    session.set_expr(pamphlet, Pamphlet::size, Pamphlet::size * 2)?;
    session.commit()?;
    assert_eq!((session[pamphlet].size, read(&session, pamphlet)), (6, (Some("ships"), 2)));
    Ok(())
}

pub fn an_update_of_many_rows_reads_them_again(cx: &mut TestContext) -> Result<()> {
    let mut session = triggers(cx)?;
    let pamphlet = session.add(Pamphlet::titled("Ships"));
    session.commit()?;
    Pamphlet::query().update(Pamphlet::title.set("Boats")).execute(&mut session)?;
    let id = session[pamphlet].id;
    assert_eq!(session.get::<Pamphlet>(id)?, Some(pamphlet));
    assert_eq!(read(&session, pamphlet), (Some("boats"), 2));
    session.commit()
}

pub fn a_rollback_takes_back_what_triggers_set(cx: &mut TestContext) -> Result<()> {
    let mut session = triggers(cx)?;
    let pamphlet = session.add(Pamphlet::titled("Ships"));
    session.commit()?;
    session[pamphlet].title = "Boats".into();
    session.flush()?;
    assert_eq!(read(&session, pamphlet), (Some("boats"), 2));
    session.rollback()?;
    assert_eq!(read(&session, pamphlet), (Some("ships"), 1));
    Ok(())
}
