//! Statements beside the flush, and the schema of families: I-044 to I-050.

use orm::prelude::*;
use orm::{ErrorKind, Result, Synchronize};

use crate::models::{Animal, Bear, Fish, Mammal, Meal, Zoo};
use crate::{TestContext, expect_error};

cases! { inheritance_statements {
    i_044_a_bulk_update_changes_rows_of_the_type_only [];
    i_044_a_bulk_delete_removes_rows_of_the_type_only [];
    i_044_an_update_by_key_changes_rows_of_the_type_only [];
    i_044_columns_of_other_types_are_refused [];
    i_046_plain_inserts_write_the_discriminator [];
    i_046_inserts_of_expressions_and_queries_write_it [];
    i_047_objects_follow_a_statement_through_either_type [];
    i_047_returned_objects_are_of_their_types [insert_returning, update_returning];
    i_048_the_tables_of_a_family_are_created_once [];
    i_049_what_a_subtype_requires_is_checked_by_the_discriminator [];
    i_050_constraints_of_a_subtype_are_those_of_the_table [];
} }

const ROWS: &str = "SELECT name, fur, depth, weight FROM animal ORDER BY id";

fn zoo(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Zoo])?;
    let mut session = cx.session();
    session.add(Animal::named("it"));
    session.add(Fish::named("nemo"));
    session.add(Mammal::named("mouse"));
    session.add(Bear::named("baloo"));
    session.commit()?;
    cx.clear_log();
    Ok(())
}

pub fn i_044_a_bulk_update_changes_rows_of_the_type_only(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let changed = Mammal::query().update((Mammal::fur.set("red"), Animal::moves.set(Animal::moves + 5)));
    assert_eq!(changed.execute(&mut session)?, 2);
    let changed = Bear::query().filter(Animal::name.like("b%")).update(Bear::weight.set(Bear::weight + 1));
    assert_eq!(changed.execute(&mut session)?, 1);
    assert_eq!(Animal::query().update(Animal::moves.set(Animal::moves + 1)).execute(&mut session)?, 4);
    session.commit()?;
    cx.expect_rows(ROWS, &["it|NULL|NULL|NULL", "nemo|NULL|1|NULL", "mouse|red|NULL|NULL", "baloo|red|NULL|201"]);
    cx.expect_rows("SELECT moves FROM animal ORDER BY id", &["1", "1", "6", "6"]);
    Ok(())
}

pub fn i_044_a_bulk_delete_removes_rows_of_the_type_only(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    assert_eq!(Fish::query().delete().execute(&mut session)?, 1);
    assert_eq!(Mammal::query().filter(Animal::name.ne("mouse")).delete().execute(&mut session)?, 1);
    session.commit()?;
    cx.expect_rows("SELECT name FROM animal ORDER BY id", &["it", "mouse"]);
    Ok(())
}

pub fn i_044_an_update_by_key_changes_rows_of_the_type_only(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let bear = session.get::<Bear>(4)?.unwrap();
    let rows = [(1, "x"), (2, "x"), (3, "red"), (4, "white")];
    assert_eq!(Mammal::update_by_key(Mammal::fur, rows).execute(&mut session)?, 2);
    assert_eq!(session[bear].mammal.fur, "white");
    assert_eq!(
        Bear::update_by_key((Animal::name, Bear::weight), [(4, ("king", 7)), (3, ("x", 7))]).execute(&mut session)?,
        1
    );
    assert_eq!(Animal::update_by_key(Animal::name, [(1, "that"), (2, "dory")]).execute(&mut session)?, 2);
    assert_eq!(Fish::bulk_update(Fish::depth, [(1, 9), (2, 1), (3, 9)]).execute(&mut session)?, 1);
    session.commit()?;
    cx.expect_rows(ROWS, &["that|NULL|NULL|NULL", "dory|NULL|1|NULL", "mouse|red|NULL|NULL", "king|white|NULL|7"]);
    Ok(())
}

pub fn i_044_columns_of_other_types_are_refused(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let update = Animal::query().update(Mammal::fur.set("red")).execute(&mut session);
    expect_error(update, ErrorKind::InvalidState, &["`fur`", "Mammal", "Animal"]);
    let update = Fish::update_by_key(Mammal::fur, [(2, "red")]).execute(&mut session);
    expect_error(update, ErrorKind::InvalidState, &["`fur`", "Mammal", "Fish"]);
    let update = Fish::bulk_update(Mammal::fur, [(2, "red")]).execute(&mut session);
    expect_error(update, ErrorKind::InvalidState, &["`fur`", "Mammal", "Fish"]);
    cx.expect_log(&[]);
    Ok(())
}

pub fn i_046_plain_inserts_write_the_discriminator(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Zoo])?;
    let mut session = cx.session();
    Fish::insert_all([Fish::named("nemo"), Fish::named("dory")]).execute(&mut session)?;
    Bear::insert(Bear::named("baloo")).execute(&mut session)?;
    Animal::insert(Animal::named("it")).execute(&mut session)?;
    let rows = (0..3).map(|number| Mammal::named(&format!("m{number}")));
    assert_eq!(Mammal::bulk_insert(rows).execute(&mut session)?, 3);
    session.commit()?;
    cx.expect_rows(
        "SELECT name, species, depth, den FROM animal ORDER BY id",
        &[
            "nemo|fish|1|NULL",
            "dory|fish|1|NULL",
            "baloo|bear|NULL|cave",
            "it|animal|NULL|NULL",
            "m0|mammal|NULL|NULL",
            "m1|mammal|NULL|NULL",
            "m2|mammal|NULL|NULL",
        ],
    );
    Ok(())
}

pub fn i_046_inserts_of_expressions_and_queries_write_it(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    Mammal::insert_with((Animal::name.set("cat"), Mammal::fur.set("soft"), Animal::moves.set(0)))
        .execute(&mut session)?;
    Animal::insert_with((Animal::name.set("thing"), Animal::moves.set(0))).execute(&mut session)?;
    let names = Mammal::query().filter(Animal::name.eq("mouse")).select((
        sql_expr::<String>("'rat'"),
        Mammal::fur,
        Animal::moves,
    ));
    Mammal::insert_from((Animal::name, Mammal::fur, Animal::moves), names).execute(&mut session)?;
    session.commit()?;
    cx.expect_rows(
        "SELECT name, species, fur, revision FROM animal WHERE id > 4 ORDER BY id",
        &["cat|mammal|soft|1", "thing|animal|NULL|1", "rat|mammal|brown|1"],
    );
    Ok(())
}

pub fn i_047_objects_follow_a_statement_through_either_type(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    for how in [Synchronize::Auto, Synchronize::Evaluate, Synchronize::Fetch] {
        let mut session = cx.session();
        let bear = session.get::<Bear>(4)?.unwrap();
        let mouse = session.get::<Mammal>(3)?.unwrap();
        Animal::query()
            .filter(Animal::name.eq("baloo"))
            .update(Animal::moves.set(77))
            .synchronize(how)
            .execute(&mut session)?;
        assert_eq!(session[bear].mammal.animal.moves, 77);
        Mammal::query().update(Mammal::fur.set("red")).synchronize(how).execute(&mut session)?;
        assert_eq!((session[bear].mammal.fur.as_str(), session[mouse].fur.as_str()), ("red", "red"));
        Bear::query().delete().synchronize(how).execute(&mut session)?;
        assert!(!session.contains(bear) && session.contains(mouse));
        session.rollback()?;
        assert_eq!(session[bear].mammal.fur, "brown");
    }
    Ok(())
}

pub fn i_047_returned_objects_are_of_their_types(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let changed = Mammal::query().update(Mammal::fur.set("red")).returning_objects().all(&mut session)?;
    let bears: Vec<_> = changed.iter().filter_map(|&mammal| session.downcast::<Bear>(mammal)).collect();
    assert_eq!((changed.len(), bears.len(), session[bears[0]].weight), (2, 1, 200));
    let new = Fish::insert_all([Fish::named("dory")]).returning_objects().one(&mut session)?;
    assert_eq!((session[new].animal.name.as_str(), session.state(new)), ("dory", State::Persistent));
    let values = Animal::query()
        .filter(Animal::is::<Fish>())
        .update(Animal::moves.set(3))
        .returning_objects()
        .values(&mut session)?;
    assert_eq!(values.iter().map(|animal| animal.moves).collect::<Vec<_>>(), [3, 3]);
    Ok(())
}

pub fn i_048_the_tables_of_a_family_are_created_once(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Bear, Animal, Fish, Meal])?;
    cx.create(models![Mammal])?; // all are there
    let mut session = cx.session();
    session.add(Bear::named("baloo"));
    session.commit()?;
    cx.expect_rows("SELECT name, species FROM animal", &["baloo|bear"]);
    assert!(std::ptr::eq(Bear::table(), Animal::table()));
    Ok(())
}

pub fn i_049_what_a_subtype_requires_is_checked_by_the_discriminator(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Zoo])?;
    let insert = |species: &str, columns: &str, values: &str| {
        format!(
            "INSERT INTO animal (name, revision, origin, moves, species{columns}) VALUES ('x', 1, 'x', 0, '{species}'{values})"
        )
    };
    let refused = [
        insert("fish", "", ""),                           // no water
        insert("fish", ", water, depth", ", 'salt', -1"), // above the surface
        insert("mammal", "", ""),                         // no fur
        insert("bear", ", fur", ", 'grey'"),              // no weight
        insert("bear", ", weight", ", 3"),                // a bear is a mammal
    ];
    let mut session = cx.session();
    for text in refused {
        expect_error(sql(text).execute(&mut session), ErrorKind::CheckViolation, &[]);
        session.rollback()?;
    }
    cx.execute(&insert("animal", "", ""));
    let column = |name: &str| Animal::table().columns.iter().find(|column| column.name == name).unwrap();
    assert!(column("water").nullable && column("weight").nullable && !column("species").nullable);
    Ok(())
}

pub fn i_050_constraints_of_a_subtype_are_those_of_the_table(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Zoo])?;
    let names: Vec<&str> = Animal::table().indexes.iter().map(|index| &*index.name).collect();
    assert_eq!(
        names,
        ["uq_animal_name", "uq_animal_chip", "uq_animal_tag", "uq_animal_owned_id", "ix_animal__water__depth"]
    );
    let mut session = cx.session();
    session.add(Fish { tag: Some("T".into()), ..Fish::named("nemo") });
    session.add(Fish { tag: Some("T".into()), ..Fish::named("dory") });
    expect_error(session.commit(), ErrorKind::UniqueViolation, &["animal"]);
    session.rollback()?;
    session.add(Fish { depth: -1, ..Fish::named("bird") });
    expect_error(session.commit(), ErrorKind::CheckViolation, &["below_the_surface"]);
    Ok(())
}
