//! Objects of families, as a session has them: I-001 to I-009.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Animal, AnyAnimal, Bear, Fish, Mammal, Zoo};
use crate::{TestContext, expect_error};

cases! { inheritance_identity {
    i_001_handles_of_base_and_subtype_name_one_object [];
    i_001_a_key_is_one_object_whichever_type_asks [];
    i_002_a_change_is_seen_through_the_other_handle [];
    i_003_the_identity_map_is_shared [];
    i_004_get_of_another_type_is_none [];
    i_005_a_handle_becomes_one_of_the_base [];
    i_006_a_handle_becomes_one_of_the_type_that_the_object_is [];
    i_007_the_types_are_matched_exhaustively [];
    i_008_an_object_is_one_of_each_type_above [];
    i_008_two_views_are_lent_at_once [];
    i_009_an_object_keeps_its_type [];
    a_handle_of_the_wrong_type_is_an_error [];
    an_expunged_value_is_the_part_that_was_asked_for [];
    handles_without_types_name_the_base [];
} }

fn zoo(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Zoo])?;
    cx.execute(
        "INSERT INTO animal (name, revision, origin, moves, species, water, depth) VALUES ('nemo', 1, 'sea', 0, 'fish', 'salt', 3)",
    );
    cx.execute(
        "INSERT INTO animal (name, revision, origin, moves, species, fur, weight) VALUES ('baloo', 1, 'wood', 0, 'bear', 'grey', 300)",
    );
    cx.execute("INSERT INTO animal (name, revision, origin, moves, species) VALUES ('it', 1, 'wild', 0, 'animal')");
    Ok(())
}

pub fn i_001_handles_of_base_and_subtype_name_one_object(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Zoo])?;
    let mut session = cx.only_writer();
    let nemo = session.add(Fish::named("nemo"));
    session.commit()?;
    cx.clear_log();
    let found = Animal::query().all(&mut session)?;
    assert_eq!(found, [session.upcast(nemo)]);
    assert_eq!(Fish::query().all(&mut session)?, [nemo]);
    assert_eq!(session[found[0]].id, session[nemo].animal.id);
    Ok(())
}

pub fn i_001_a_key_is_one_object_whichever_type_asks(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let animal = session.get::<Animal>(2)?.unwrap();
    let bear = session.get::<Bear>(2)?.unwrap();
    let mammal = session.get::<Mammal>(2)?.unwrap();
    assert_eq!((session.upcast(bear), session.upcast(mammal)), (mammal, animal));
    assert_eq!(session[bear].weight, 300);
    cx.expect_log(&["select animal"]);
    Ok(())
}

pub fn i_002_a_change_is_seen_through_the_other_handle(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let bear = session.get::<Bear>(2)?.unwrap();
    let animal = session.upcast(session.upcast(bear));
    cx.clear_log();
    session[animal].name = "Baloo".into();
    assert_eq!(session[bear].mammal.animal.name, "Baloo");
    session[bear].mammal.animal.origin = Generated::new("film".into());
    assert_eq!(session[animal].origin.as_set().map(String::as_str), Some("film"));
    assert!(session.is_modified(animal) && session.is_modified(bear));
    cx.expect_log(&[]);
    session.commit()?;
    cx.expect_log(&["update animal (name, revision, origin, moves)"]);
    cx.expect_rows("SELECT name, origin, species FROM animal WHERE id = 2", &["Baloo|film|bear"]);
    Ok(())
}

pub fn i_003_the_identity_map_is_shared(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let fish = session.get::<Fish>(1)?.unwrap();
    cx.clear_log();
    assert_eq!(session.get::<Animal>(1)?, Some(session.upcast(fish)));
    assert_eq!(session.get::<Fish>(1)?, Some(fish));
    cx.expect_log(&[]);
    Ok(())
}

pub fn i_004_get_of_another_type_is_none(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    assert_eq!(session.get::<Fish>(2)?, None); // not in memory
    assert_eq!(session.get::<Bear>(1)?, None);
    let animal = session.get::<Animal>(2)?.unwrap();
    cx.clear_log();
    assert_eq!(session.get::<Fish>(2)?, None); // in memory
    assert!(session.contains(animal));
    cx.expect_log(&[]);
    assert_eq!(session.get::<Mammal>(3)?, None);
    assert_eq!(session.get::<Fish>(9)?, None);
    Ok(())
}

pub fn i_005_a_handle_becomes_one_of_the_base(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Zoo])?;
    let mut session = cx.session();
    let bear = session.add(Bear::named("baloo")); // pending, without a row
    let animal: Handle<Animal> = session.upcast(session.upcast(bear));
    assert_eq!(session[animal].name, "baloo");
    assert_eq!(session.state(animal), State::Pending);
    cx.expect_log(&[]);
    Ok(())
}

pub fn i_006_a_handle_becomes_one_of_the_type_that_the_object_is(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let animals = Animal::query().order_by(Animal::id).all(&mut session)?;
    cx.clear_log();
    let [nemo, baloo, it] = animals[..] else { panic!("{animals:?}") };
    assert!(session.downcast::<Fish>(nemo).is_some() && session.downcast::<Mammal>(nemo).is_none());
    let bear = session.downcast::<Bear>(baloo).unwrap();
    let mammal = session.downcast::<Mammal>(baloo).unwrap();
    assert_eq!(session.downcast::<Bear>(mammal), Some(bear));
    assert_eq!(session.downcast::<Fish>(mammal), None);
    assert_eq!((session.downcast::<Animal>(it), session.downcast::<Bear>(it)), (Some(it), None));
    cx.expect_log(&[]);
    session.expunge(baloo)?;
    assert_eq!(session.downcast::<Bear>(baloo), None); // stale
    Ok(())
}

pub fn i_007_the_types_are_matched_exhaustively(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    session.add(Mammal::named("mouse"));
    let mut said = Vec::new();
    for animal in Animal::query().order_by(Animal::id).all(&mut session)? {
        said.push(match session.variant(animal)? {
            AnyAnimal::Animal(animal) => session[animal].name.clone(),
            AnyAnimal::Fish(fish) => format!("{} m", session[fish].depth),
            AnyAnimal::Mammal(mammal) => session[mammal].fur.clone(),
            AnyAnimal::Bear(bear) => format!("{} kg", session[bear].weight),
        });
    }
    assert_eq!(said, ["3 m", "300 kg", "it", "brown"]);
    let gone = Animal::query().first(&mut session)?.unwrap();
    session.expunge(gone)?;
    expect_error(session.variant(gone), ErrorKind::Detached, &["Animal"]);
    Ok(())
}

pub fn i_008_an_object_is_one_of_each_type_above(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let mammals = Mammal::query().all(&mut session)?;
    let [baloo] = mammals[..] else { panic!("{mammals:?}") };
    assert_eq!(session[baloo].fur, "grey");
    session[baloo].fur = "white".into();
    session.commit()?;
    cx.expect_rows("SELECT fur, weight, species FROM animal WHERE id = 2", &["white|300|bear"]);
    Ok(())
}

pub fn i_008_two_views_are_lent_at_once(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let (fish, bear) = (session.get::<Fish>(1)?.unwrap(), session.get::<Bear>(2)?.unwrap());
    let (one, other) = session.pair(fish, bear)?;
    std::mem::swap(&mut one.depth, &mut other.weight);
    let animal = session.upcast(fish);
    expect_error(session.pair(fish, animal).map(drop), ErrorKind::InvalidState, &["one Fish"]);
    session.commit()?;
    cx.expect_rows("SELECT depth, weight FROM animal ORDER BY id", &["300|NULL", "NULL|3", "NULL|NULL"]);
    Ok(())
}

pub fn i_009_an_object_keeps_its_type(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let nemo = session.get::<Fish>(1)?.unwrap();
    session.commit()?;
    cx.execute("UPDATE animal SET species = 'mammal', fur = 'none' WHERE id = 1");
    expect_error(session.refresh(nemo), ErrorKind::StaleData, &["Fish#1", "Mammal"]);
    session.rollback()?;
    assert_eq!(session[nemo].animal.name, "nemo");
    session.expunge(nemo)?;
    let mammal = session.get::<Mammal>(1)?.unwrap();
    assert_eq!(session[mammal].fur, "none");
    Ok(())
}

pub fn a_handle_of_the_wrong_type_is_an_error(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let baloo = session.get::<Animal>(2)?.unwrap();
    let other: BelongsTo<Fish> = BelongsTo::key(2);
    expect_error(session.try_follow(&other).map(drop), ErrorKind::InvalidState, &["Bear#2", "Fish"]);
    assert!(session.contains(baloo));
    Ok(())
}

pub fn an_expunged_value_is_the_part_that_was_asked_for(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let bear = session.get::<Bear>(2)?.unwrap();
    let mut value = session.expunge(bear)?;
    assert_eq!((value.weight, value.mammal.animal.name.as_str()), (300, "baloo"));
    value.weight = 310;
    let bear = session.attach(value)?;
    assert_eq!(session.get::<Bear>(2)?, Some(bear));
    let animal = session.upcast(session.upcast(bear));
    assert_eq!(session.expunge(animal)?.name, "baloo");
    assert!(!session.contains(bear));
    Ok(())
}

pub fn handles_without_types_name_the_base(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let bear = session.get::<Bear>(2)?.unwrap();
    session[bear].weight += 1;
    let dirty: Vec<Handle<Animal>> = session.dirty().into_iter().filter_map(|raw| raw.typed()).collect();
    assert_eq!(dirty.len(), 1);
    assert_eq!(session.downcast::<Bear>(dirty[0]), Some(bear));
    assert_eq!(bear.raw().typed::<Bear>(), None); // only the session knows
    Ok(())
}
