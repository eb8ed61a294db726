//! Enums as numbers, and unknown values.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Channel, Level, Priority, Request};
use crate::{TestContext, expect_error};

cases! { enums {
    variants_are_kept_as_their_numbers [];
    numbers_are_compared_and_set [];
    a_number_of_no_variant_is_an_error [];
    unknown_values_are_kept [];
    numbers_have_the_range_of_their_type [];
} }

pub fn variants_are_kept_as_their_numbers(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Request])?;
    let mut session = cx.session();
    let all = [Priority::Low, Priority::Normal, Priority::High, Priority::Urgent];
    session.add_all(all.map(|priority| Request { priority, second: Some(priority), ..Request::default() }));
    session.commit()?;
    cx.expect_rows("SELECT priority, second FROM request ORDER BY id", &["-1|-1", "0|0", "10|10", "11|11"]);
    let read = Request::query().order_by(Request::id).select(Request::priority).all(&mut cx.session())?;
    assert_eq!(read, all);
    Ok(())
}

pub fn numbers_are_compared_and_set(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Request])?;
    let mut session = cx.session();
    let request = session.add(Request::default());
    session.commit()?;
    session[request].priority = Priority::Urgent;
    session.commit()?;
    let urgent = Request::query().filter(Request::priority.eq(Priority::Urgent) & Request::second.is_null());
    assert_eq!(urgent.clone().all(&mut session)?, [request]);
    urgent.update(Request::second.set(Some(Priority::Low))).execute(&mut session)?;
    session.commit()?;
    cx.expect_rows("SELECT priority, second FROM request", &["11|-1"]);
    let few = Request::query().filter(Request::priority.in_([Priority::Low, Priority::High]));
    assert_eq!(few.count(&mut session)?, 0);
    Ok(())
}

pub fn a_number_of_no_variant_is_an_error(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Request])?;
    cx.execute("INSERT INTO request (id, priority, channel, level) VALUES (1, 5, 'mail', 0)");
    let words = ["Request", "priority", "the number of a variant of `Priority`", "5"];
    expect_error(cx.session().get::<Request>(1), ErrorKind::Decode, &words);
    Ok(())
}

pub fn unknown_values_are_kept(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Request])?;
    cx.execute(
        "INSERT INTO request (id, priority, channel, level) VALUES (1, 0, 'pigeon', 7), (2, 0, 'phone_call', 1)",
    );
    let mut session = cx.session();
    let strange = session.get::<Request>(1)?.unwrap();
    let usual = session.get::<Request>(2)?.unwrap();
    assert_eq!(
        (&session[strange].channel, session[strange].level),
        (&Channel::Other("pigeon".into()), Level::Other(7))
    );
    assert_eq!((&session[usual].channel, session[usual].level), (&Channel::PhoneCall, Level::Some));
    assert_eq!(
        Request::query().filter(Request::channel.eq(Channel::Other("pigeon".into()))).one(&mut session)?,
        strange
    );
    session[strange].priority = Priority::High;
    session[usual].channel = session[strange].channel.clone();
    session[usual].level = Level::Other(200);
    session.commit()?;
    cx.expect_rows("SELECT channel, level FROM request ORDER BY id", &["pigeon|7", "pigeon|200"]);
    Ok(())
}

pub fn numbers_have_the_range_of_their_type(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Request])?;
    let mut session = cx.session();
    let insert = "INSERT INTO request (id, priority, channel, level) VALUES (1, 0, 'mail', 256)";
    expect_error(sql(insert).execute(&mut session), ErrorKind::CheckViolation, &[]);
    Ok(())
}
