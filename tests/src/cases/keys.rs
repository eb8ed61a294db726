//! How keys come into foreign keys: U-055 to U-061.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{
    Account, Address, Book, City, Company, Country, Device, Employee, Invoice, Line, Message, Reading, Remark, Seal,
    Shelf, User, Witness,
};
use crate::{TestContext, expect_error};

cases! { keys {
    u_055_a_generated_key_is_copied_into_children [];
    u_055_a_generated_key_runs_through_a_key_that_is_a_foreign_key [];
    u_055_a_composite_key_with_a_generated_part_is_copied_whole [];
    u_055_text_and_uuid_keys_are_copied [];
    u_055_two_keys_to_one_model_are_each_their_own [];
    u_056_the_last_assignment_wins [];
    u_057_a_key_is_as_good_as_a_handle [];
    u_057_a_composite_key_is_as_good_as_a_handle [];
    u_058_a_stale_handle_is_refused_before_any_sql [];
    u_058_a_handle_of_another_session_is_refused_before_any_sql [];
    u_058_a_deleted_object_is_refused [];
    u_060_keys_are_readable_after_the_flush [];
    u_060_objects_are_found_by_their_new_keys [];
    u_061_an_object_whose_key_was_cleared_is_not_updated [];
    u_061_an_object_whose_key_was_cleared_is_not_deleted [];
    u_061_a_part_of_a_composite_key_that_was_cleared_is_refused [];
    a_key_that_was_never_set_is_refused_before_any_sql [];
    u_101_a_composite_foreign_key_is_nulled_whole [];
} }

pub fn u_055_a_generated_key_is_copied_into_children(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add_all((0..50).map(|n| {
        let cities =
            [0, 1].map(|street| Address { street: Some(street.to_string()), ..Address::in_city(&n.to_string()) });
        User { addresses: cities.into(), ..User::named(&n.to_string()) }
    }));
    session.commit()?;
    cx.expect_log(&["insert user x50", "insert address x100"]);
    cx.expect_rows(r#"SELECT count(*) FROM address a JOIN "user" u ON u.id = a.user_id AND u.name = a.city"#, &["100"]);
    Ok(())
}

pub fn u_055_a_generated_key_runs_through_a_key_that_is_a_foreign_key(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Invoice])?;
    let mut session = cx.only_writer();
    session.add_all(["x", "y"].map(Invoice::titled));
    let invoice = session.add(Invoice::titled("z"));
    let seal = session.add(Seal { invoice: invoice.into(), colour: "red".into(), ..Seal::default() });
    let witness = session.add(Witness { seal: seal.into(), ..Witness::default() });
    session.commit()?;
    cx.expect_log(&["insert invoice x3", "insert seal", "insert witness"]);
    cx.expect_rows("SELECT invoice_id FROM seal", &["3"]);
    cx.expect_rows("SELECT seal_invoice_id FROM witness", &["3"]);
    assert_eq!(session.get::<Seal>(3)?, Some(seal));
    assert_eq!(session[witness].seal, BelongsTo::key(3));
    assert_eq!(session.related(seal, Seal::witnesses)?, [witness]);
    session[seal].colour = "blue".into();
    session.commit()?;
    cx.expect_log(&["update seal (colour)"]);
    Ok(())
}

pub fn u_055_a_composite_key_with_a_generated_part_is_copied_whole(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Invoice])?;
    let mut session = cx.only_writer();
    let lines = [1, 2].map(|number| Line {
        number,
        remarks: ["early", "late"].map(|text| Remark::saying(&format!("{text} {number}"))).into(),
        ..Line::default()
    });
    let invoice = session.add(Invoice { lines: lines.into(), ..Invoice::titled("a") });
    session.commit()?;
    cx.expect_log(&["insert invoice", "insert line x2", "insert remark x4"]);
    let rows = "SELECT text, line_invoice_id, line_number FROM remark ORDER BY id";
    cx.expect_rows(rows, &["early 1|1|1", "late 1|1|1", "early 2|1|2", "late 2|1|2"]);
    let second = session.get::<Line>((1, 2))?.unwrap();
    assert_eq!(session.related(invoice, Invoice::lines)?[1], second);

    let mut other = cx.only_writer();
    let remark = other.get::<Remark>(3)?.unwrap();
    let line = other.load(remark, Remark::line)?.unwrap();
    assert_eq!(other[line].number, 2);
    assert_eq!(other.load(line, Line::remarks)?.len(), 2);
    Ok(())
}

pub fn u_055_text_and_uuid_keys_are_copied(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Country, Device])?;
    let mut session = cx.session();
    let cities = ["Rome", "Bari"].map(|name| City { name: name.into(), ..City::default() });
    session.add(Country { code: "IT".into(), name: "Italy".into(), cities: cities.into() });
    let id = uuid::Uuid::from_u128(7);
    let readings = [1.5, 2.5].map(|value| Reading { value, ..Reading::default() });
    session.add(Device { id, name: "probe".into(), readings: readings.into() });
    session.commit()?;
    cx.expect_log(&["insert country", "insert city x2", "insert device", "insert reading x2"]);
    cx.expect_rows("SELECT country_code FROM city", &["IT", "IT"]);
    cx.expect_rows("SELECT device_id FROM reading", &[&id.to_string(), &id.to_string()]);
    Ok(())
}

pub fn u_055_two_keys_to_one_model_are_each_their_own(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Account])?;
    let mut session = cx.session();
    let [ann, bob] = ["ann", "bob"].map(|name| session.add(Account::named(name)));
    let message = session.push(ann, Account::sent, Message { text: "hi".into(), ..Message::default() })?;
    session[message].recipient = bob.into();
    session.commit()?;
    cx.expect_log(&["insert account x2", "insert message"]);
    cx.expect_rows("SELECT sender_id, recipient_id FROM message", &["1|2"]);
    assert_eq!(session.related(bob, Account::received)?, [message]);
    assert_eq!(session.related(bob, Account::sent)?, []);
    Ok(())
}

pub fn u_056_the_last_assignment_wins(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.only_writer();
    let [acme, bolt] = ["acme", "bolt"].map(|name| session.add(Company::named(name)));
    session.commit()?;
    let [ann, bob] = ["ann", "bob"].map(|name| session.add(Employee::named(name)));
    session[ann].company = acme.into();
    session[ann].company = Some(BelongsTo::key(2));
    session[bob].company = Some(BelongsTo::key(1));
    session.push(bolt, Company::employees, bob)?;
    assert_eq!(session.related(bolt, Company::employees)?, [ann, bob]);
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&["insert employee x2"]);
    cx.expect_rows("SELECT name, company_id FROM employee ORDER BY id", &["ann|2", "bob|2"]);
    assert_eq!(session.related(acme, Company::employees)?, []);
    Ok(())
}

pub fn u_057_a_key_is_as_good_as_a_handle(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.only_writer();
    let [acme, bolt] = ["acme", "bolt"].map(|name| session.add(Company::named(name)));
    let ann = session.push(acme, Company::employees, Employee::named("ann"))?;
    session.commit()?;
    cx.clear_log();
    session[ann].company = Some(BelongsTo::key(2));
    assert_eq!(session.related(acme, Company::employees)?, []);
    assert_eq!(session.related(bolt, Company::employees)?, [ann]);
    assert_eq!(session.load(ann, Employee::company)?, Some(bolt));
    cx.expect_log(&[]);
    // The key of the parent that it has already, by handle: nothing to write.
    session[ann].company = acme.into();
    session.commit()?;
    cx.expect_full_log(&[]);
    session[ann].company = Some(BelongsTo::key(77));
    assert_eq!(session.related(acme, Company::employees)?, []);
    expect_error(session.flush(), ErrorKind::ForeignKeyViolation, &["Employee#1"]);
    assert_eq!(session[ann].company, Some(BelongsTo::key(77)));
    Ok(())
}

pub fn u_057_a_composite_key_is_as_good_as_a_handle(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shelf])?;
    let mut session = cx.session();
    let [upper, lower] = [1, 2].map(|number| session.add(Shelf { room: "hall".into(), number, ..Shelf::default() }));
    let book = session.push(upper, Shelf::books, Book { title: "Emma".into(), ..Book::default() })?;
    session.commit()?;
    cx.clear_log();
    session[book].shelf = Some(BelongsTo::key(("hall".to_owned(), 2)));
    assert_eq!(session.related(lower, Shelf::books)?, [book]);
    session.commit()?;
    cx.expect_log(&["update book (shelf_number)"]);
    cx.expect_rows("SELECT shelf_room, shelf_number FROM book", &["hall|2"]);
    Ok(())
}

pub fn u_058_a_stale_handle_is_refused_before_any_sql(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    session.expunge(alice)?;
    let address = session.add(Address { user: alice.into(), ..Address::in_city("Rome") });
    expect_error(session.commit(), ErrorKind::Detached, &["Address#new", "user", "User"]);
    cx.expect_full_log(&[]);
    assert_eq!(session[address].user, alice.into());
    // Put right, it goes through.
    let bob = session.add(User::named("bob"));
    session[address].user = bob.into();
    session.commit()?;
    cx.expect_rows("SELECT city, user_id FROM address", &["Rome|1"]);
    Ok(())
}

pub fn u_058_a_handle_of_another_session_is_refused_before_any_sql(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let (mut session, mut other) = (cx.session(), cx.session());
    let mine = session.add(Company::named("mine"));
    let ann = session.add(Employee::named("ann"));
    session.commit()?;
    let foreign = other.add(Company::named("theirs"));
    cx.clear_log();
    session[ann].company = foreign.into();
    assert_eq!(session.related(mine, Company::employees)?, []);
    expect_error(session.commit(), ErrorKind::Detached, &["Employee#1", "company", "Company"]);
    cx.expect_full_log(&[]);
    Ok(())
}

pub fn u_058_a_deleted_object_is_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    let acme = session.add(Company::named("acme"));
    let ann = session.add(Employee::named("ann"));
    session.commit()?;
    session.delete(acme)?;
    session.flush()?;
    cx.clear_log();
    session[ann].company = acme.into();
    expect_error(session.flush(), ErrorKind::Detached, &["Employee#1", "company", "deleted"]);
    cx.expect_log(&[]);
    Ok(())
}

pub fn u_060_keys_are_readable_after_the_flush(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User { addresses: [Address::in_city("Rome")].into(), ..User::named("alice") });
    let address = session.related(alice, User::addresses)?[0];
    assert_eq!((session[alice].id, session[address].id), (0, 0));
    session.flush()?;
    cx.clear_log();
    assert_eq!((session[alice].id, session[address].id), (1, 1));
    assert_eq!(session[address].user, BelongsTo::key(1));
    cx.expect_log(&[]);
    Ok(())
}

pub fn u_060_objects_are_found_by_their_new_keys(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Shelf])?;
    let mut session = cx.session();
    let users = session.add_all(["a", "b", "c"].map(User::named));
    let shelf = session.add(Shelf { room: "hall".into(), number: 0, ..Shelf::default() });
    session.flush()?;
    cx.clear_log();
    assert_eq!(session.get::<User>(2)?, Some(users[1]));
    assert_eq!(session.get::<Shelf>(("hall".to_owned(), 0))?, Some(shelf));
    cx.expect_log(&[]);
    Ok(())
}

pub fn u_061_an_object_whose_key_was_cleared_is_not_updated(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Country])?;
    let mut session = cx.only_writer();
    let alice = session.add(User::named("alice"));
    let italy = session.add(Country { code: "IT".into(), name: "Italy".into(), ..Country::default() });
    session.commit()?;
    cx.clear_log();
    session[alice].id = 0;
    expect_error(session.commit(), ErrorKind::InvalidState, &["User#1", "`id`", "refresh"]);
    cx.expect_full_log(&[]);
    session[alice].id = 1;
    session[italy].code.clear();
    expect_error(session.commit(), ErrorKind::InvalidState, &["Country#\"IT\"", "`code`"]);
    cx.expect_full_log(&[]);
    session[italy].code = "IT".into();
    session.commit()?;
    cx.expect_full_log(&[]);
    Ok(())
}

pub fn u_061_an_object_whose_key_was_cleared_is_not_deleted(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.only_writer();
    let acme = session.add(Company::named("acme"));
    session.commit()?;
    cx.clear_log();
    session[acme].id = 0;
    session.delete(acme)?;
    expect_error(session.commit(), ErrorKind::InvalidState, &["Company#1", "`id`"]);
    cx.expect_full_log(&[]);
    session.rollback()?;
    assert_eq!(session[acme].id, 1);
    cx.expect_rows("SELECT name FROM company", &["acme"]);
    Ok(())
}

pub fn u_061_a_part_of_a_composite_key_that_was_cleared_is_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Invoice])?;
    let mut session = cx.session();
    let invoice =
        session.add(Invoice { lines: [Line { number: 1, ..Line::default() }].into(), ..Invoice::titled("a") });
    let seal = session.push(invoice, Invoice::seal, Seal::default())?;
    session.commit()?;
    cx.clear_log();
    session[seal].invoice = BelongsTo::default();
    session[seal].colour = "red".into();
    expect_error(session.commit(), ErrorKind::InvalidState, &["Seal#1", "`invoice`"]);
    cx.expect_full_log(&[]);
    Ok(())
}

pub fn a_key_that_was_never_set_is_refused_before_any_sql(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Country, Device])?;
    let mut session = cx.session();
    let address = session.add(Address::in_city("Rome"));
    expect_error(session.commit(), ErrorKind::NotNullViolation, &["Address#new", "`user`", "BelongsTo::key"]);
    session.expunge(address)?;
    let country = session.add(Country::default());
    expect_error(session.commit(), ErrorKind::NotNullViolation, &["Country#new", "`code`"]);
    session.expunge(country)?;
    session.add(Device::default());
    expect_error(session.commit(), ErrorKind::NotNullViolation, &["Device#new", "`id`"]);
    cx.expect_full_log(&[]);
    Ok(())
}

pub fn u_101_a_composite_foreign_key_is_nulled_whole(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shelf])?;
    let mut session = cx.only_writer();
    let books = ["Emma", "Ulysses"].map(|title| Book { title: title.into(), ..Book::default() });
    let shelf = session.add(Shelf { room: "hall".into(), number: 1, books: books.into(), ..Shelf::default() });
    session.commit()?;
    cx.clear_log();
    session.delete(shelf)?;
    session.commit()?;
    cx.expect_log(&["update book (shelf_room, shelf_number) x2", "delete shelf"]);
    cx.expect_rows("SELECT shelf_room, shelf_number FROM book", &["NULL|NULL", "NULL|NULL"]);
    Ok(())
}
