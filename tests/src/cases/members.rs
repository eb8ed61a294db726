//! Members by other ways than `push`: assigned too late, through a model, in great numbers, in results read again and again.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Address, Enrollment, Pupil, Subject, User};
use crate::{TestContext, expect_error};

cases! { members {
    members_assigned_after_add_are_refused [];
    objects_of_a_through_model_show_as_pairs [];
    pairs_show_as_objects_of_their_through_model [];
    many_new_members_of_one_parent [];
    lazy_batches_follow_the_latest_result [];
} }

pub fn members_assigned_after_add_are_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.only_writer();
    let alice = session.add(User::named("alice"));
    session.commit()?;
    cx.clear_log();
    session[alice].addresses = [Address::in_city("Leeds")].into();
    let words = ["User#1", "`addresses`", "session.set(handle, User::addresses"];
    expect_error(session.commit(), ErrorKind::InvalidState, &words);
    cx.expect_log(&[]);
    let members = session[alice].addresses.take().unwrap_or_default();
    session.set(alice, User::addresses, members)?;
    session.commit()?;
    cx.expect_rows("SELECT city, user_id FROM address", &["Leeds|1"]);
    Ok(())
}

pub fn objects_of_a_through_model_show_as_pairs(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Pupil])?;
    let mut session = cx.session();
    let maths = session.add(Subject { title: "maths".into(), ..Default::default() });
    let join = Enrollment { subject: maths.into(), grade: Some(1), ..Default::default() };
    let ada = session.add(Pupil { name: "ada".into(), enrollments: [join].into(), ..Default::default() });
    session.commit()?;
    assert_eq!(session.load(maths, Subject::pupils)?, [ada]);
    let bob = session.add(Pupil { name: "bob".into(), ..Default::default() });
    session.add(Enrollment { pupil: bob.into(), subject: maths.into(), ..Default::default() });
    session.commit()?;
    assert_eq!(session.load(maths, Subject::pupils)?, [ada, bob]);
    assert_eq!(session.load(bob, Pupil::subjects)?, [maths]);
    Ok(())
}

pub fn pairs_show_as_objects_of_their_through_model(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Pupil])?;
    let mut session = cx.session();
    let maths = session.add(Subject { title: "maths".into(), ..Default::default() });
    let ada = session.add(Pupil { name: "ada".into(), subjects: [maths].into(), ..Default::default() });
    session.commit()?;
    assert_eq!(session.load(ada, Pupil::enrollments)?.len(), 1);
    session.remove(ada, Pupil::subjects, maths)?;
    session.commit()?;
    assert_eq!(session.load(ada, Pupil::enrollments)?.len(), 0);
    assert_eq!(session.load(maths, Subject::enrollments)?.len(), 0);
    Ok(())
}

pub fn many_new_members_of_one_parent(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    for _ in 0..3_000 {
        session.add(Address { user: alice.into(), ..Address::in_city("Leeds") });
    }
    session.commit()?;
    assert_eq!(session.related(alice, User::addresses)?.len(), 3_000);
    cx.expect_rows("SELECT count(*), min(user_id), max(user_id) FROM address", &["3000|1|1"]);
    Ok(())
}

pub fn lazy_batches_follow_the_latest_result(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    for name in ["a", "b", "c", "d"] {
        session.add(User { addresses: [Address::in_city(name)].into(), ..User::named(name) });
    }
    session.commit()?;
    session.clear();
    let all = User::query().order_by(User::name).all(&mut session)?;
    let some = User::query().filter(User::name.le("b")).order_by(User::name).all(&mut session)?;
    assert_eq!(some, all[..2]);
    cx.clear_log();
    assert_eq!(session.load(all[0], User::addresses)?.len(), 1);
    assert!(session.related(all[1], User::addresses).is_ok() && session.related(all[2], User::addresses).is_err());
    assert_eq!(session.load(all[3], User::addresses)?.len(), 1);
    assert!(session.related(all[2], User::addresses).is_ok());
    cx.expect_log(&["select address", "select address"]);
    Ok(())
}
