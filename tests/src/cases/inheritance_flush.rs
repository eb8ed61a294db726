//! The flush of families: I-030 to I-043.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Animal, Bear, Claim, Fish, Form, Mammal, Meal, Zoo};
use crate::{TestContext, expect_error};

cases! { inheritance_flush {
    i_031_all_types_are_inserted_by_one_statement [];
    i_032_the_flush_writes_the_discriminator [];
    i_032_no_assignment_changes_the_discriminator [];
    i_033_an_update_writes_what_differs [];
    i_035_one_version_counts_for_all_types [];
    i_036_an_update_compares [];
    i_037_unique_values_move_between_types [];
    i_038_the_order_respects_keys_between_types [];
    i_039_cascades_reach_all_types [];
    i_039_orphans_of_all_types_are_deleted [];
    i_040_merge_finds_the_object_by_the_key_of_the_family [];
    i_040_a_value_of_another_type_is_refused [];
    i_041_a_rollback_gives_all_types_back [];
    i_041_a_savepoint_gives_all_types_back [];
    i_042_hooks_and_rules_of_the_base_come_first [];
    i_043_defaults_of_base_and_subtype_are_applied [];
    a_foreign_key_of_a_subtype_that_was_never_set_is_refused [];
} }

fn zoo(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Zoo])?;
    cx.execute("INSERT INTO zoo (name) VALUES ('Zurich')");
    cx.execute(
        "INSERT INTO animal (name, revision, origin, moves, zoo_id, species, water, depth, tag) \
         VALUES ('nemo', 1, 'sea', 0, 1, 'fish', 'salt', 3, 'N1')",
    );
    cx.execute(
        "INSERT INTO animal (name, revision, origin, moves, zoo_id, species, fur, weight) \
         VALUES ('baloo', 1, 'wood', 0, 1, 'bear', 'grey', 300)",
    );
    cx.execute("INSERT INTO animal (name, revision, origin, moves, species) VALUES ('it', 1, 'wild', 0, 'animal')");
    cx.execute("INSERT INTO meal (food, mammal_id) VALUES ('honey', 2)");
    Ok(())
}

pub fn i_031_all_types_are_inserted_by_one_statement(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Zoo])?;
    let mut session = cx.session();
    session.add(Animal { origin: Generated::new("a".into()), ..Animal::named("it") });
    session.add(Fish {
        animal: Animal { origin: Generated::new("b".into()), ..Animal::named("nemo") },
        ..Fish::default()
    });
    let animal = Animal { origin: Generated::new("c".into()), ..Animal::named("baloo") };
    session.add(Bear { mammal: Mammal { animal, ..Mammal::named("") }, weight: 300, ..Bear::default() });
    session.commit()?;
    cx.expect_log(&["insert animal x3"]);
    cx.expect_rows(
        "SELECT id, name, species, water, fur, weight, den FROM animal ORDER BY id",
        &["1|it|animal|NULL|NULL|NULL|NULL", "2|nemo|fish|salt|NULL|NULL|NULL", "3|baloo|bear|NULL|brown|300|cave"],
    );
    Ok(())
}

pub fn i_032_the_flush_writes_the_discriminator(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Zoo])?;
    let mut session = cx.session();
    let fish = session.add(Fish::named("nemo"));
    let mammal = session.add(Mammal::named("mouse"));
    session.commit()?;
    cx.expect_rows("SELECT name, species FROM animal ORDER BY id", &["nemo|fish", "mouse|mammal"]);
    assert_eq!((session[fish].animal.id, session[mammal].animal.id), (1, 2));
    Ok(())
}

pub fn i_032_no_assignment_changes_the_discriminator(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let nemo = session.get::<Fish>(1)?.unwrap();
    let other = Fish { depth: 9, ..session[nemo].clone() };
    session[nemo] = other; // all fields, and not the type
    let animal = session.upcast(nemo);
    session[animal] = Animal { name: "dory".into(), ..session[animal].clone() };
    session.commit()?;
    cx.expect_rows("SELECT name, species, depth, water FROM animal WHERE id = 1", &["dory|fish|9|salt"]);
    Ok(())
}

pub fn i_033_an_update_writes_what_differs(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.only_writer();
    let bear = session.get::<Bear>(2)?.unwrap();
    cx.clear_log();
    session[bear].weight = 310;
    session.commit()?;
    cx.expect_log(&["update animal (revision, moves, weight)"]);
    session[bear].weight += 0;
    session.commit()?;
    cx.expect_log(&[]);
    Ok(())
}

pub fn i_035_one_version_counts_for_all_types(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let mut other = cx.session();
    let (mine, theirs) = (session.get::<Bear>(2)?.unwrap(), other.get::<Animal>(2)?.unwrap());
    other[theirs].name = "theirs".into();
    other.commit()?;
    session[mine].weight = 1; // another column
    expect_error(session.commit(), ErrorKind::StaleData, &["Bear#2"]);
    session.rollback()?;
    session.refresh(mine)?;
    session[mine].weight = 1;
    session.commit()?;
    cx.expect_rows("SELECT name, weight, revision FROM animal WHERE id = 2", &["theirs|1|3"]);
    Ok(())
}

pub fn i_036_an_update_compares(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Form])?;
    cx.execute("INSERT INTO form (title, marks, kind, reason, amount) VALUES ('a', '', 'claim', 'r', 5)");
    let mut session = cx.session();
    let claim = session.get::<Claim>(1)?.unwrap();
    cx.execute("UPDATE form SET title = 'b' WHERE id = 1");
    session[claim].amount = 6;
    expect_error(session.commit(), ErrorKind::StaleData, &["Claim#1"]);
    session.rollback()?;
    session.refresh(claim)?;
    cx.execute("UPDATE form SET amount = 50 WHERE id = 1"); // the column that is written
    session[claim].amount = 6;
    expect_error(session.commit(), ErrorKind::StaleData, &["Claim#1"]);
    session.rollback()?;
    cx.expect_rows("SELECT amount FROM form", &["50"]);
    Ok(())
}

pub fn i_037_unique_values_move_between_types(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let (nemo, baloo) = (session.get::<Animal>(1)?.unwrap(), session.get::<Animal>(2)?.unwrap());
    (session[nemo].chip, session[baloo].chip) = (Some("a".into()), Some("b".into()));
    session.flush()?;
    let (one, other) = session.pair(nemo, baloo)?;
    std::mem::swap(&mut one.chip, &mut other.chip);
    session.commit()?;
    cx.expect_rows("SELECT chip FROM animal ORDER BY id", &["b", "a", "NULL"]);
    session[baloo].name = "nemo".into(); // the name of the fish, which goes
    session.add(Mammal::named("baloo"));
    session.delete(nemo)?;
    session.commit()?;
    cx.expect_rows("SELECT name, species FROM animal ORDER BY name", &["baloo|mammal", "it|animal", "nemo|bear"]);
    Ok(())
}

pub fn i_038_the_order_respects_keys_between_types(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Zoo])?;
    let mut session = cx.session();
    // Added before what they reference.
    let nemo = session.add(Fish::named("nemo"));
    let meal = session.add(Meal::of("honey"));
    let baloo = session.add(Bear::named("baloo"));
    session[nemo].feared = baloo.into();
    session[meal].mammal = session.upcast(baloo).into();
    session.commit()?;
    cx.expect_rows(
        "SELECT f.name, b.name FROM animal f JOIN animal b ON b.id = f.feared_id JOIN meal m ON m.mammal_id = b.id",
        &["nemo|baloo"],
    );
    session.delete(baloo)?;
    session[nemo].feared = None;
    session.commit()?;
    cx.expect_rows("SELECT name, feared_id FROM animal", &["nemo|NULL"]);
    Ok(())
}

pub fn i_039_cascades_reach_all_types(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let zurich = session.get::<Zoo>(1)?.unwrap();
    session.delete(zurich)?; // the animals by the relation of the base, the meals by that of the subtype
    session.commit()?;
    cx.expect_rows("SELECT name FROM animal", &["it"]);
    cx.expect_rows("SELECT count(*) FROM meal", &["0"]);
    Ok(())
}

pub fn i_039_orphans_of_all_types_are_deleted(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let zurich = session.get::<Zoo>(1)?.unwrap();
    let animals = session.load(zurich, Zoo::animals)?;
    let bear = session.downcast::<Bear>(animals[1]).unwrap();
    session.remove(zurich, Zoo::animals, animals[1])?;
    session.commit()?;
    assert!(!session.contains(bear));
    cx.expect_rows("SELECT name FROM animal ORDER BY id", &["nemo", "it"]);
    cx.expect_rows("SELECT count(*) FROM meal", &["0"]);
    Ok(())
}

pub fn i_040_merge_finds_the_object_by_the_key_of_the_family(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let bear = session.get::<Bear>(2)?.unwrap();
    let mut value = Bear { weight: 400, ..session[bear].clone() };
    value.mammal.animal.name = "king".into();
    cx.clear_log();
    assert_eq!(session.merge(value)?, bear);
    assert_eq!((session[bear].weight, session[bear].mammal.animal.name.as_str()), (400, "king"));
    cx.expect_log(&[]);
    let new = session.merge(Fish::named("new"))?;
    session.commit()?;
    assert_eq!(session.state(new), State::Persistent);
    cx.expect_rows(
        "SELECT name, species, weight FROM animal ORDER BY id",
        &["nemo|fish|NULL", "king|bear|400", "it|animal|NULL", "new|fish|NULL"],
    );
    Ok(())
}

pub fn i_040_a_value_of_another_type_is_refused(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let fish = Fish { animal: Animal { id: 2, ..Animal::named("x") }, ..Fish::default() };
    expect_error(session.merge(fish), ErrorKind::InvalidState, &["Bear#2", "Fish"]);
    // A base's value would take away what the subtype adds.
    let animal = Animal { id: 2, ..Animal::named("x") };
    expect_error(session.merge(animal), ErrorKind::InvalidState, &["Bear#2", "Animal"]);
    session.commit()?;
    cx.expect_rows("SELECT name, species FROM animal WHERE id = 2", &["baloo|bear"]);
    Ok(())
}

pub fn i_041_a_rollback_gives_all_types_back(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let (fish, bear) = (session.get::<Fish>(1)?.unwrap(), session.get::<Bear>(2)?.unwrap());
    session[fish].depth = 9;
    session[bear].mammal.fur = "white".into();
    let new = session.add(Mammal::named("mouse"));
    session.flush()?;
    session.delete(fish)?;
    session.flush()?;
    session.rollback()?;
    assert_eq!((session[fish].depth, session[bear].mammal.fur.as_str()), (3, "grey"));
    assert_eq!((session.state(new), session.state(fish)), (State::Transient, State::Persistent));
    session.add_again(new)?;
    session.commit()?;
    cx.expect_rows(
        "SELECT name, species FROM animal ORDER BY name",
        &["baloo|bear", "it|animal", "mouse|mammal", "nemo|fish"],
    );
    Ok(())
}

pub fn i_041_a_savepoint_gives_all_types_back(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let bear = session.get::<Bear>(2)?.unwrap();
    session[bear].weight = 310;
    let outcome: Result<()> = session.nested(|session| {
        session[bear].weight = 320;
        session[bear].mammal.animal.name = "x".into();
        session.flush()?;
        Err(orm::Error::new(ErrorKind::InvalidState, "no"))
    });
    assert!(outcome.is_err());
    assert_eq!((session[bear].weight, session[bear].mammal.animal.name.as_str()), (310, "baloo"));
    session.commit()?;
    cx.expect_rows("SELECT name, weight FROM animal WHERE id = 2", &["baloo|310"]);
    Ok(())
}

pub fn i_042_hooks_and_rules_of_the_base_come_first(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Form])?;
    let mut session = cx.session();
    let form = session.add(Form { title: "a".into(), ..Form::default() });
    let claim = Claim { form: Form { title: "b".into(), ..Form::default() }, reason: "r".into(), amount: 1 };
    let claim = session.add(claim);
    session.commit()?;
    cx.expect_rows("SELECT title, marks FROM form ORDER BY id", &["a|F+", "b|F+C+"]);
    session[claim].amount = 2;
    session[form].title = "aa".into();
    session.commit()?;
    cx.expect_rows("SELECT title, marks FROM form ORDER BY id", &["aa|F+F*", "b|F+C+F*C*"]);
    session[claim].form.title.clear();
    session[claim].reason.clear();
    let error = expect_error(session.commit(), ErrorKind::Invalid, &["Claim#2", "title", "reason"]);
    assert_eq!(error.violations().len(), 2);
    session.rollback()?;
    session[claim].form.title = "void".into();
    expect_error(session.commit(), ErrorKind::Invalid, &["Claim#2", "never void"]);
    Ok(())
}

pub fn i_043_defaults_of_base_and_subtype_are_applied(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Zoo])?;
    let mut session = cx.session();
    let fish = session.add(Fish::named("nemo"));
    let bear = session.add(Bear::named("baloo"));
    session.commit()?;
    // By `default`, `default_on_insert` and `server_default`.
    cx.expect_rows(
        "SELECT name, origin, water, depth, den FROM animal ORDER BY id",
        &["nemo|wild|salt|1|NULL", "baloo|wild|NULL|NULL|cave"],
    );
    assert_eq!(session[fish].animal.origin.as_set().map(String::as_str), Some("wild"));
    assert_eq!(session[bear].den.as_deref(), Some("cave"));
    session[fish].depth = 2;
    session.commit()?;
    assert_eq!(session[fish].animal.moves, 1); // by `on_update`
    Ok(())
}

pub fn a_foreign_key_of_a_subtype_that_was_never_set_is_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Zoo])?;
    let mut session = cx.session();
    session.add(Meal::of("honey"));
    expect_error(session.commit(), ErrorKind::NotNullViolation, &["Meal#new", "mammal"]);
    Ok(())
}
