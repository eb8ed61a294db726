//! Queries over families: I-010 to I-022.

use orm::functions::{count, max};
use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Animal, AnyAnimal, Bear, Fish, Mammal, Meal, Zoo};
use crate::{TestContext, expect_error};

cases! { inheritance_queries {
    i_010_a_query_for_the_base_brings_each_as_what_it_is [];
    i_011_a_query_for_a_subtype_compares_the_discriminator [];
    i_011_pages_streams_and_raw_statements_bring_objects_of_the_type [];
    i_016_a_query_turns_to_a_subtype [];
    i_016_the_type_is_a_condition [];
    i_017_columns_of_the_base_are_in_scope [];
    i_018_a_joined_subtype_has_its_condition_in_on [];
    i_018_outer_joins_choose_the_rows_before [full_join];
    i_018_a_cross_join_reads_the_rows_of_the_type [];
    i_019_counts_and_subqueries_have_the_condition [];
    i_019_relations_as_conditions_have_it [];
    i_020_an_alias_has_it_under_its_own_name [];
    i_021_values_are_the_part_that_was_asked_for [];
    i_022_an_unknown_identity_is_an_error [];
    set_operations_keep_to_the_type [];
    filters_of_a_session_are_of_one_type_each [];
} }

fn zoo(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Zoo])?;
    let mut session = cx.session();
    let zurich = session.add(Zoo { name: "Zurich".into(), ..Zoo::default() });
    session.add(Animal { zoo: zurich.into(), ..Animal::named("it") });
    session.add(Fish { depth: 3, ..Fish::named("nemo") });
    let meals = [Meal::of("hay"), Meal::of("nuts")];
    session.add(Mammal {
        meals: meals.into(),
        animal: Animal { zoo: zurich.into(), ..Animal::named("mouse") },
        ..Mammal::named("")
    });
    let mammal = Mammal { meals: [Meal::of("honey")].into(), ..Mammal::named("baloo") };
    session.add(Bear { mammal, weight: 300, ..Bear::default() });
    session.commit()?;
    cx.clear_log();
    Ok(())
}

fn names<T: Model>(session: &Session, handles: &[Handle<T>], name: impl Fn(&T) -> &str) -> Vec<String> {
    handles.iter().map(|&handle| name(&session[handle]).to_owned()).collect()
}

pub fn i_010_a_query_for_the_base_brings_each_as_what_it_is(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let animals = Animal::query().order_by(Animal::id).all(&mut session)?;
    cx.expect_log(&["select animal x4"]);
    let kinds: Vec<AnyAnimal> = animals.iter().map(|&animal| session.variant(animal)).collect::<Result<_>>()?;
    let [AnyAnimal::Animal(_), AnyAnimal::Fish(nemo), AnyAnimal::Mammal(mouse), AnyAnimal::Bear(baloo)] = kinds[..]
    else {
        panic!("{kinds:?}")
    };
    assert_eq!((session[nemo].depth, session[mouse].fur.as_str(), session[baloo].weight), (3, "brown", 300));
    assert_eq!(session[baloo].den.as_deref(), Some("cave"));
    Ok(())
}

pub fn i_011_a_query_for_a_subtype_compares_the_discriminator(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let fish = Fish::query().all(&mut session)?;
    assert_eq!(names(&session, &fish, |fish| &fish.animal.name), ["nemo"]);
    let mammals = Mammal::query().order_by(Animal::id).all(&mut session)?;
    assert_eq!(names(&session, &mammals, |mammal| &mammal.animal.name), ["mouse", "baloo"]);
    let bears = Bear::query().all(&mut session)?;
    assert_eq!(names(&session, &bears, |bear| &bear.mammal.animal.name), ["baloo"]);
    let log = cx.take_log();
    assert!(log.iter().all(|statement| statement.sql.contains("WHERE") && statement.sql.contains("species")));
    Ok(())
}

pub fn i_011_pages_streams_and_raw_statements_bring_objects_of_the_type(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let page = Mammal::query().order_by(Animal::id).page(&mut session, 1, 1)?;
    assert_eq!((page.items.len(), page.total), (1, 2));
    let slice = Mammal::query().order_by(Animal::id).slice(&mut session, 1)?;
    let next = Mammal::query().order_by(Animal::id).after(slice.next).all(&mut session)?;
    assert_eq!(names(&session, &next, |mammal| &mammal.animal.name), ["baloo"]);
    let mut read = Vec::new();
    Mammal::query().order_by(Animal::id).each(&mut session, |mammal| {
        read.push(mammal.animal.name);
        Ok(())
    })?;
    assert_eq!(read, ["mouse", "baloo"]);
    let bears = Bear::from_sql(sql("SELECT * FROM animal WHERE weight > 1")).all(&mut session)?;
    assert_eq!(session[bears[0]].weight, 300);
    let others = Bear::from_sql(sql("SELECT * FROM animal")).all(&mut session);
    expect_error(others, ErrorKind::InvalidState, &["Bear"]);
    let others = Bear::from_sql(sql("SELECT * FROM animal")).values(&mut session);
    expect_error(others, ErrorKind::Decode, &["no Bear"]);
    Ok(())
}

pub fn i_016_a_query_turns_to_a_subtype(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let query = Animal::query().filter(Animal::name.ne("mouse")).of_type::<Mammal>().filter(Mammal::fur.eq("brown"));
    let found: Vec<Handle<Mammal>> = query.all(&mut session)?;
    assert_eq!(names(&session, &found, |mammal| &mammal.animal.name), ["baloo"]);
    let found = Mammal::query().of_type::<Bear>().filter(Bear::weight.gt(1).and(Mammal::fur.eq("brown")));
    assert_eq!(found.count(&mut session)?, 1);
    assert_eq!(Animal::query().of_type::<Animal>().count(&mut session)?, 4);
    Ok(())
}

pub fn i_016_the_type_is_a_condition(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let query = Animal::query().filter(Animal::is::<Fish>().or(Animal::name.eq("it"))).order_by(Animal::id);
    let found = query.all(&mut session)?;
    assert_eq!(names(&session, &found, |animal| &animal.name), ["it", "nemo"]);
    assert_eq!(Animal::query().filter(Animal::is::<Mammal>().not()).count(&mut session)?, 2);
    assert_eq!(Animal::query().filter(Animal::is::<Animal>()).count(&mut session)?, 4);
    assert_eq!(Mammal::query().filter(Mammal::is::<Bear>()).count(&mut session)?, 1);
    let rows = Animal::query().order_by(Animal::id).select((Animal::name, Animal::is::<Mammal>())).all(&mut session)?;
    assert_eq!(rows[2], ("mouse".to_owned(), true));
    Ok(())
}

pub fn i_017_columns_of_the_base_are_in_scope(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let query = Bear::query().filter(Animal::name.eq("baloo").and(Mammal::fur.eq("brown")).and(Bear::weight.gt(1)));
    let rows = query.order_by((Animal::id, Bear::weight.desc())).select((Animal::name, Mammal::fur, Bear::weight));
    assert_eq!(rows.all(&mut session)?, [("baloo".to_owned(), "brown".to_owned(), 300)]);
    let groups = Mammal::query().group_by(Mammal::fur).select((Mammal::fur, count(Animal::id))).all(&mut session)?;
    assert_eq!(groups, [("brown".to_owned(), 2)]);
    Ok(())
}

pub fn i_018_a_joined_subtype_has_its_condition_in_on(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    // Each meal is of a mammal, and one of a bear.
    let rows = Meal::query().left_join(Meal::mammal).order_by(Meal::id).select((Meal::food, Animal::name));
    let rows = rows.all(&mut session)?;
    assert_eq!(rows[2], ("honey".to_owned(), Some("baloo".to_owned())));
    let rows = Meal::query().left_join(Bear::on(Meal::mammal_id.eq(Animal::id))).order_by(Meal::id);
    let rows = rows.select((Meal::food, Bear::weight)).all(&mut session)?;
    assert_eq!(rows, [("hay".to_owned(), None), ("nuts".to_owned(), None), ("honey".to_owned(), Some(300))]);
    let zoos = Zoo::query().left_join(Fish::on(Animal::zoo_id.eq(Zoo::id))).select((Zoo::name, Fish::water));
    assert_eq!(zoos.all(&mut session)?, [("Zurich".to_owned(), None)]);
    let foods = Mammal::query().join(Mammal::meals).filter(Animal::name.eq("mouse")).order_by(Meal::id);
    assert_eq!(foods.select(Meal::food).all(&mut session)?, ["hay", "nuts"]);
    Ok(())
}

pub fn i_018_outer_joins_choose_the_rows_before(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let rows = Bear::query().right_join(Mammal::meals).order_by(Meal::id).select((Meal::food, Bear::weight));
    assert_eq!(
        rows.all(&mut session)?,
        [("hay".to_owned(), None), ("nuts".to_owned(), None), ("honey".to_owned(), Some(300))]
    );
    let rows = Zoo::query().right_join(Fish::on(Animal::zoo_id.eq(Zoo::id))).select((Zoo::name, Animal::name));
    assert_eq!(rows.all(&mut session)?, [(None, "nemo".to_owned())]);
    let rows = Zoo::query().full_join(Bear::on(Animal::zoo_id.eq(Zoo::id))).select((Zoo::name, Animal::name));
    assert_eq!(rows.all(&mut session)?.len(), 2);
    Ok(())
}

pub fn i_018_a_cross_join_reads_the_rows_of_the_type(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let rows = Meal::query().cross_join::<Bear>().order_by(Meal::id).select((Meal::food, Animal::name));
    assert_eq!(rows.all(&mut session)?.len(), 3);
    Ok(())
}

pub fn i_019_counts_and_subqueries_have_the_condition(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    assert_eq!((Animal::query().count(&mut session)?, Mammal::query().count(&mut session)?), (4, 2));
    assert!(!Bear::query().filter(Animal::name.eq("mouse")).exists(&mut session)?);
    assert_eq!(Mammal::query().select(max(Animal::id)).one(&mut session)?, Some(4));
    let furred = Mammal::query().select(Animal::id);
    assert_eq!(Meal::query().filter(Meal::mammal_id.in_query(furred)).count(&mut session)?, 3);
    let bears = Bear::query().select(Animal::id);
    assert_eq!(Meal::query().filter(Meal::mammal_id.in_query(bears)).count(&mut session)?, 1);
    Ok(())
}

pub fn i_019_relations_as_conditions_have_it(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    // Another program made a meal of a fish.
    cx.execute("INSERT INTO meal (food, mammal_id) VALUES ('plankton', 2)");
    assert_eq!(Meal::query().filter(Meal::mammal.is_not_empty()).count(&mut session)?, 3);
    assert_eq!(Meal::query().filter(Meal::mammal.has(Animal::name.eq("nemo"))).count(&mut session)?, 0);
    assert_eq!(
        Meal::query()
            .filter(Meal::mammal.has(Animal::name.eq("mouse").and(Mammal::fur.eq("brown"))))
            .count(&mut session)?,
        2
    );
    assert_eq!(Mammal::query().filter(Mammal::meals.any(Meal::food.eq("hay"))).count(&mut session)?, 1);
    assert_eq!(Zoo::query().filter(Zoo::animals.any(Animal::is::<Mammal>())).count(&mut session)?, 1);
    assert_eq!(Zoo::query().filter(Zoo::animals.any(Animal::is::<Fish>())).count(&mut session)?, 0);
    assert_eq!(Bear::query().filter(Animal::zoo.is_empty()).count(&mut session)?, 1);
    Ok(())
}

pub fn i_020_an_alias_has_it_under_its_own_name(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    alias!(Furry = Mammal);
    alias!(Other = Animal);
    assert_eq!(Furry::query().filter(Furry::col(Mammal::fur).eq("brown")).count(&mut session)?, 2);
    let named = Furry::query().filter(Furry::col(Animal::name).ne("nobody"));
    assert_eq!(named.count(&mut session)?, Mammal::query().count(&mut session)?);
    cx.clear_log();
    let rows = Animal::query()
        .join(Furry::on(Furry::col(Mammal::rival_id).is_null().and(Animal::name.eq("it"))))
        .select((Animal::name, Furry::col(Mammal::fur)));
    assert_eq!(rows.all(&mut session)?.len(), 2);
    let meals = Meal::query().join(Meal::mammal.to(Furry)).filter(Furry::col(Mammal::fur).eq("brown"));
    assert_eq!(meals.count(&mut session)?, 3);
    let rows = Bear::query()
        .join(Other::on(Other::col(Animal::id).lt(Animal::id)))
        .select((Animal::name, Other::col(Animal::name)));
    assert_eq!(rows.all(&mut session)?.len(), 3);
    let log = cx.take_log();
    assert!(log[0].sql.contains("Furry") && log[0].sql.contains("species"));
    Ok(())
}

pub fn i_021_values_are_the_part_that_was_asked_for(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let animals: Vec<Animal> = Animal::query().order_by(Animal::id).values(&mut session)?;
    assert_eq!(animals.iter().map(|animal| animal.name.as_str()).collect::<Vec<_>>(), ["it", "nemo", "mouse", "baloo"]);
    let mammals: Vec<Mammal> = Mammal::query().order_by(Animal::id).values(&mut session)?;
    assert_eq!((mammals[1].fur.as_str(), mammals[1].animal.name.as_str()), ("brown", "baloo"));
    let bears: Vec<Bear> = Bear::query().values(&mut session)?;
    assert_eq!((bears[0].weight, bears[0].mammal.animal.id), (300, 4));
    let rows = Meal::query().join(Meal::mammal).order_by(Meal::id).select((Meal::food, Mammal::object()));
    let rows: Vec<(String, Handle<Mammal>)> = rows.all(&mut session)?;
    assert_eq!(session[rows[2].1].animal.name, "baloo");
    let rows =
        Animal::query().filter(Animal::name.eq("nemo")).select((Animal::object(), Animal::name)).one(&mut session)?;
    assert!(session.downcast::<Fish>(rows.0).is_some());
    Ok(())
}

pub fn i_022_an_unknown_identity_is_an_error(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    cx.execute("INSERT INTO animal (id, name, revision, origin, moves, species) VALUES (77, 'x', 1, 'x', 0, 'dragon')");
    let mut session = cx.session();
    let words = ["77", "\"dragon\"", "species", "\"fish\"", "\"bear\""];
    expect_error(Animal::query().all(&mut session), ErrorKind::Decode, &words);
    expect_error(session.get::<Animal>(77), ErrorKind::Decode, &words);
    expect_error(Animal::query().values(&mut session), ErrorKind::Decode, &words);
    assert_eq!(Fish::query().count(&mut session)?, 1);
    Ok(())
}

pub fn set_operations_keep_to_the_type(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    let both = Bear::query().select(Animal::name).union_all(Fish::query().select(Animal::name)).all(&mut session)?;
    assert_eq!(both.len(), 2);
    let mice = Mammal::query().filter(Animal::name.eq("mouse"));
    let found = mice.union(Mammal::query().filter(Animal::name.eq("baloo"))).order_by(Animal::id).all(&mut session)?;
    assert_eq!(names(&session, &found, |mammal| &mammal.animal.name), ["mouse", "baloo"]);
    Ok(())
}

pub fn filters_of_a_session_are_of_one_type_each(cx: &mut TestContext) -> Result<()> {
    zoo(cx)?;
    let mut session = cx.session();
    session.set_filter::<Animal>(Animal::name.ne("it"));
    session.set_filter::<Bear>(Bear::weight.gt(1000)); // says nothing of other types
    assert_eq!((Animal::query().count(&mut session)?, Mammal::query().count(&mut session)?), (2, 1));
    assert_eq!((Bear::query().count(&mut session)?, session.get::<Bear>(4)?), (0, None));
    session.clear_filter::<Bear>();
    assert_eq!((Animal::query().count(&mut session)?, Bear::query().count(&mut session)?), (3, 1));
    assert_eq!(session.unfiltered(|session| Mammal::query().count(session))?, 2); // the type stays
    Ok(())
}
