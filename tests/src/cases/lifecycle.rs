//! A row's life: inserted, read, changed, deleted.

use orm::Result;
use orm::prelude::*;

use crate::TestContext;
use crate::models::{Address, User};

cases! { lifecycle {
    an_object_is_inserted_read_changed_and_deleted [];
    a_parent_and_its_children_are_two_statements [];
} }

pub fn an_object_is_inserted_read_changed_and_deleted(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User { age: 30, ..User::named("alice") });
    session.commit()?;
    cx.expect_full_log(&["insert user"]);
    cx.expect_rows(r#"SELECT name, age FROM "user""#, &["alice|30"]);

    let found = User::query().filter(User::name.eq("alice")).one(&mut session)?;
    assert_eq!(found, alice);
    cx.expect_log(&["select user"]);

    session[alice].age = 31;
    session.commit()?;
    cx.expect_log(&["update user (age)"]);

    session.delete(alice)?;
    session.commit()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

pub fn a_parent_and_its_children_are_two_statements(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let addresses = ["Tehran", "Paris", "Rome"].map(Address::in_city);
    session.add(User { addresses: addresses.into(), ..User::named("alice") });
    session.commit()?;
    cx.expect_log(&["insert user", "insert address x3"]);
    cx.expect_rows("SELECT city FROM address ORDER BY id", &["Tehran", "Paris", "Rome"]);
    Ok(())
}
