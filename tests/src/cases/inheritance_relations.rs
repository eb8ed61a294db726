//! Relations to and of the types of families: I-023 to I-029.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Animal, AnyAnimal, Bear, Fish, Mammal, Meal, Toy, Zoo};
use crate::{TestContext, expect_error};

cases! { inheritance_relations {
    i_023_a_relation_to_the_base_holds_a_mixture [];
    i_024_a_relation_of_the_base_works_from_each_subtype [];
    i_024_a_relation_of_a_subtype_works_from_the_types_below [];
    i_025_a_relation_to_a_subtype_has_the_condition [];
    i_025_joined_includes_have_the_condition [];
    i_026_a_key_of_another_type_is_an_error [];
    i_027_relations_of_a_subtype_are_included_in_queries_for_the_base [];
    i_027_paths_go_through_subtypes [];
    i_028_both_ends_agree_in_memory [];
    i_029_subtypes_reference_each_other_and_their_base [];
    a_lazy_load_is_for_all_of_the_type [];
    pairs_of_subtypes_are_linked_and_loaded [];
    a_has_one_of_a_subtype_is_set_and_loaded [];
} }

/// The keys, in the order in which the rows were inserted: the mouse behind the fish that it eats.
const BALOO: i64 = 3;

fn zoo(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Zoo])?;
    let mut session = cx.session();
    let zurich = session.add(Zoo { name: "Zurich".into(), ..Zoo::default() });
    session.add(Animal { zoo: zurich.into(), ..Animal::named("it") });
    let nemo = session.add(Fish { animal: Animal { zoo: zurich.into(), ..Animal::named("nemo") }, ..Fish::default() });
    session.add(Mammal {
        meals: [Meal::of("hay"), Meal::of("nuts")].into(),
        prey: nemo.into(),
        ..Mammal::named("mouse")
    });
    let animal = Animal { zoo: zurich.into(), ..Animal::named("baloo") };
    let mammal = Mammal { meals: [Meal::of("honey")].into(), animal, ..Mammal::named("") };
    session.add(Bear { mammal, weight: 300, ..Bear::default() });
    session.commit()?;
    cx.clear_log();
    Ok(())
}

pub fn i_023_a_relation_to_the_base_holds_a_mixture(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let zurich = session.get::<Zoo>(1)?.unwrap();
    let animals = session.load(zurich, Zoo::animals)?;
    cx.expect_log(&["select zoo", "select animal x3"]);
    let kinds: Vec<AnyAnimal> = animals.iter().map(|&animal| session.variant(animal)).collect::<Result<_>>()?;
    assert!(matches!(kinds[..], [AnyAnimal::Animal(_), AnyAnimal::Fish(_), AnyAnimal::Bear(_)]));
    session.clear();
    let zoos = Zoo::query().include(Zoo::animals).all(&mut session)?;
    let animals = session.related(zoos[0], Zoo::animals)?;
    assert_eq!(session[session.downcast::<Bear>(animals[2]).unwrap()].weight, 300);
    Ok(())
}

pub fn i_024_a_relation_of_the_base_works_from_each_subtype(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let bear = session.get::<Bear>(BALOO)?.unwrap();
    let animal = session.upcast(session.upcast(bear));
    let zurich = session.load(animal, Animal::zoo)?.unwrap();
    assert_eq!(session[zurich].name, "Zurich");
    session[bear].mammal.animal.zoo = None;
    assert_eq!(session.load(animal, Animal::zoo)?, None);
    session.rollback()?;
    let bears = Bear::query().include(Animal::zoo.in_family()).all(&mut session)?;
    assert_eq!(bears, [bear]);
    let fish = Fish::query().join(Animal::zoo).filter(Zoo::name.eq("Zurich")).all(&mut session)?;
    assert_eq!(fish.len(), 1);
    Ok(())
}

pub fn i_024_a_relation_of_a_subtype_works_from_the_types_below(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let bear = session.get::<Bear>(BALOO)?.unwrap();
    let mammal = session.upcast(bear);
    let meals = session.load(mammal, Mammal::meals)?;
    assert_eq!(session[meals[0]].food, "honey");
    let meal = session.push(mammal, Mammal::meals, Meal::of("fish"))?;
    assert_eq!(session.load(meal, Meal::mammal)?, mammal);
    session.commit()?;
    cx.expect_rows("SELECT food FROM meal WHERE mammal_id = 3 ORDER BY id", &["honey", "fish"]);
    let bears = Bear::query().join(Mammal::meals).filter(Meal::food.eq("fish")).all(&mut session)?;
    assert_eq!(bears, [bear]);
    Ok(())
}

pub fn i_025_a_relation_to_a_subtype_has_the_condition(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    // Another program made a meal of a fish.
    cx.execute("UPDATE meal SET mammal_id = 2 WHERE food = 'nuts'");
    let mut session = cx.session();
    let meals = Meal::query().order_by(Meal::id).include(Meal::mammal).all(&mut session)?;
    let log = cx.take_log();
    assert!(log[1].sql.contains("species"), "{}", log[1].sql);
    assert!(session.load(meals[0], Meal::mammal).is_ok());
    expect_error(session.load(meals[1], Meal::mammal), ErrorKind::NotFound, &["Meal#2", "Mammal#2"]);
    let joined = Meal::query().join(Meal::mammal).count(&mut session)?;
    assert_eq!(joined, 2);
    Ok(())
}

pub fn i_025_joined_includes_have_the_condition(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    cx.execute("UPDATE animal SET feared_id = 4 WHERE id = 2"); // no bear
    let mut session = cx.session();
    let fish = Fish::query().include(Fish::feared.joined()).all(&mut session)?;
    assert_eq!(fish.len(), 1);
    expect_error(session.load(fish[0], Fish::feared), ErrorKind::NotFound, &["Fish#2", "Bear#4"]);
    session.clear();
    // Rows of other types have no such key.
    let animals = Animal::query().order_by(Animal::id).include(Mammal::prey.joined().in_family()).all(&mut session)?;
    assert_eq!(animals.len(), 4);
    let mouse = session.downcast::<Mammal>(animals[3]).unwrap();
    cx.clear_log();
    assert!(session.load(mouse, Mammal::prey)?.is_some());
    cx.expect_log(&[]);
    let meals = Meal::query().include(Meal::mammal.joined()).all(&mut session)?;
    assert_eq!(meals.len(), 3);
    Ok(())
}

pub fn i_026_a_key_of_another_type_is_an_error(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    cx.execute("UPDATE meal SET mammal_id = 2 WHERE food = 'nuts'");
    let mut session = cx.session();
    let nemo = session.get::<Fish>(2)?.unwrap();
    let meal = session.get::<Meal>(2)?.unwrap();
    expect_error(
        session.load(meal, Meal::mammal),
        ErrorKind::InvalidState,
        &["`mammal` of Meal#2", "Fish#2", "no Mammal"],
    );
    expect_error(session.related(meal, Meal::mammal), ErrorKind::InvalidState, &["Fish#2"]);
    assert!(session.contains(nemo));
    Ok(())
}

pub fn i_027_relations_of_a_subtype_are_included_in_queries_for_the_base(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let animals = Animal::query()
        .order_by(Animal::id)
        .include(Mammal::meals.in_family())
        .include(Mammal::prey.in_family())
        .all(&mut session)?;
    cx.expect_log(&["select animal x4", "select meal x3"]); // the prey is among the animals
    let mouse = session.downcast::<Mammal>(animals[3]).unwrap();
    let baloo = session.downcast::<Mammal>(animals[2]).unwrap();
    assert_eq!(session.related(mouse, Mammal::meals)?.len(), 2);
    assert_eq!(session.related(baloo, Mammal::meals)?.len(), 1);
    assert_eq!(session.related(baloo, Mammal::prey)?, None);
    cx.expect_log(&[]);
    Ok(())
}

pub fn i_027_paths_go_through_subtypes(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let path = Zoo::animals.then(Mammal::meals.in_family().filter(Meal::food.ne("hay")));
    let zoos = Zoo::query().include(path).all(&mut session)?;
    cx.expect_log(&["select zoo", "select animal x3", "select meal x1"]);
    let animals = session.related(zoos[0], Zoo::animals)?;
    let baloo = session.downcast::<Mammal>(animals[2]).unwrap();
    assert_eq!(session.related(baloo, Mammal::meals)?.len(), 1);
    Ok(())
}

pub fn i_028_both_ends_agree_in_memory(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Zoo])?;
    let mut session = cx.session();
    let basel = session.add(Zoo { name: "Basel".into(), ..Zoo::default() });
    let bern = session.add(Zoo { name: "Bern".into(), ..Zoo::default() });
    let bear = session.add(Bear::named("baloo"));
    let animal = session.upcast(session.upcast(bear));
    session.push(basel, Zoo::animals, animal)?;
    assert_eq!(session.load(animal, Animal::zoo)?, Some(basel));
    session[bear].mammal.animal.zoo = bern.into();
    assert_eq!(session.load(basel, Zoo::animals)?, []);
    assert_eq!(session.load(bern, Zoo::animals)?, [animal]);
    session.commit()?;
    cx.expect_rows("SELECT z.name FROM animal a JOIN zoo z ON z.id = a.zoo_id", &["Bern"]);
    session.remove(bern, Zoo::animals, animal)?;
    assert_eq!(session[bear].mammal.animal.zoo, None);
    Ok(())
}

pub fn i_029_subtypes_reference_each_other_and_their_base(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Zoo])?;
    let mut session = cx.session();
    let it = session.add(Animal::named("it"));
    let bear = session.add(Bear { mammal: Mammal { rival: it.into(), ..Mammal::named("baloo") }, ..Bear::named("") });
    let nemo = session.add(Fish { feared: bear.into(), ..Fish::named("nemo") });
    session.flush()?;
    session[bear].mammal.prey = nemo.into();
    session.commit()?;
    cx.expect_rows(
        "SELECT a.name, f.name, p.name, r.name FROM animal a LEFT JOIN animal f ON f.id = a.feared_id \
         LEFT JOIN animal p ON p.id = a.prey_id LEFT JOIN animal r ON r.id = a.rival_id ORDER BY a.name",
        &["baloo|NULL|nemo|it", "it|NULL|NULL|NULL", "nemo|baloo|NULL|NULL"],
    );
    session.clear();
    let nemo = Fish::query().one(&mut session)?;
    let bear = session.load(nemo, Fish::feared)?.unwrap();
    assert_eq!(session[bear].weight, 200);
    let mammal = session.upcast(bear);
    assert_eq!(session.load(mammal, Mammal::prey)?, Some(nemo));
    let rival = session.load(mammal, Mammal::rival)?.unwrap();
    assert_eq!(session[rival].name, "it");
    Ok(())
}

pub fn a_lazy_load_is_for_all_of_the_type(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let animals = Animal::query().order_by(Animal::id).all(&mut session)?;
    let mouse = session.downcast::<Mammal>(animals[3]).unwrap();
    let baloo = session.downcast::<Mammal>(animals[2]).unwrap();
    cx.clear_log();
    session.load(mouse, Mammal::meals)?;
    assert!(session.is_loaded(baloo, Mammal::meals)?);
    cx.expect_log(&["select meal x3"]);
    Ok(())
}

pub fn pairs_of_subtypes_are_linked_and_loaded(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let ball = session.add(Toy { name: "ball".into(), ..Toy::default() });
    let bear = session.get::<Bear>(BALOO)?.unwrap();
    let (mammal, new) = (session.upcast(bear), session.add(Mammal::named("cat")));
    session.push(mammal, Mammal::toys, ball)?;
    session.push(ball, Toy::fans, new)?;
    session.commit()?;
    cx.expect_rows("SELECT a.name FROM fan f JOIN animal a ON a.id = f.animal_id ORDER BY a.name", &["baloo", "cat"]);
    // Another program made a fan of a fish.
    cx.execute("INSERT INTO fan (animal_id, toy_id) VALUES (2, 1)");
    session.clear();
    let toys = Toy::query().include(Toy::fans).all(&mut session)?;
    let fans = session.related(toys[0], Toy::fans)?;
    assert_eq!(fans.len(), 2);
    assert!(fans.iter().any(|&fan| session.downcast::<Bear>(fan).is_some()));
    let animals = Animal::query().order_by(Animal::id).include(Mammal::toys.in_family()).all(&mut session)?;
    let baloo = session.downcast::<Mammal>(animals[2]).unwrap();
    assert_eq!(session.related(baloo, Mammal::toys)?, toys);
    assert_eq!(Mammal::query().filter(Mammal::toys.any(Toy::name.eq("ball"))).count(&mut session)?, 2);
    assert_eq!(Toy::query().join(Toy::fans).filter(Mammal::fur.eq("brown")).count(&mut session)?, 2);
    session.remove(toys[0], Toy::fans, baloo)?;
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM fan", &["2"]);
    Ok(())
}

pub fn a_has_one_of_a_subtype_is_set_and_loaded(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let nemo = session.get::<Fish>(2)?.unwrap();
    let ball = session.add(Toy { name: "ball".into(), ..Toy::default() });
    session.set(ball, Toy::eater, [nemo])?;
    session.commit()?;
    session.clear();
    let ball = Toy::query().one(&mut session)?;
    let nemo = session.load(ball, Toy::eater)?.unwrap();
    assert_eq!(session[nemo].animal.name, "nemo");
    assert_eq!(session.load(nemo, Fish::owned)?, Some(ball));
    Ok(())
}
