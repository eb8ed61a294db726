//! The options of indexes, EXCLUDE constraints and comments of models.

use orm::catalog::{Catalog, IndexPart};
use orm::prelude::*;
use orm::schema::TableDef;
use orm::{ErrorKind, Result};

use crate::models::{Draft, Inventor, Patent, Slot, single};
use crate::{TestContext, expect_error};

cases! { indexes {
    options_of_all_databases_are_reflected [];
    indexes_of_some_rows_and_of_expressions_are_reflected [partial_indexes];
    options_of_some_databases_are_reflected [index_options];
    what_a_database_has_not_is_refused_by_name [];
    models_that_differ_in_an_option_are_told_apart [];
    comments_are_reflected [comments];
    comments_change_in_place [comments];
    comments_are_left_out_where_there_are_none [];
    names_tell_what_is_indexed [];
    a_unique_index_of_some_rows_lets_others_be [partial_indexes];
    a_unique_value_of_some_rows_is_handed_over [partial_indexes];
    a_unique_expression_holds [partial_indexes];
    nulls_that_are_not_distinct_are_violations [index_options];
    rows_that_exclude_each_other_are_refused [index_options];
} }

#[track_caller]
fn expect_as_made(cx: &TestContext, tables: &[&'static TableDef]) -> Result<Catalog> {
    cx.engine.create_all(tables.to_vec())?;
    let (found, wanted) = (cx.engine.reflect()?, Catalog::of(tables.to_vec(), cx.engine.dialect())?);
    for differences in [found.differences(&wanted), wanted.differences(&found)] {
        let messages: Vec<String> = differences.iter().map(ToString::to_string).collect();
        assert!(messages.is_empty(), "{messages:#?}\n{found}\n{wanted}");
    }
    Ok(found)
}

pub fn options_of_all_databases_are_reflected(cx: &mut TestContext) -> Result<()> {
    let found = expect_as_made(cx, &models![Patent, Inventor])?;
    let patent = found.find("patent").unwrap();
    let index = patent.indexes.iter().find(|index| index.name == "ix_patent__year__number").unwrap();
    assert_eq!(index.keys.iter().map(|key| key.descending).collect::<Vec<_>>(), [true, false]);
    let names: Vec<&str> = patent.indexes.iter().map(|index| &*index.name).collect();
    assert!(names.contains(&"patents_by_year"), "{names:?}");
    assert_eq!(patent.uniques[0].name.as_deref(), Some("one_number"));
    Ok(())
}

pub fn indexes_of_some_rows_and_of_expressions_are_reflected(cx: &mut TestContext) -> Result<()> {
    let found = expect_as_made(cx, &models![Draft])?;
    let indexes = &found.find("essay_draft").unwrap().indexes;
    let live = indexes.iter().find(|index| index.name == "live_slug").unwrap();
    assert!(live.unique && live.predicate.is_some(), "{live:?}");
    let lower = indexes.iter().find(|index| index.name == "ix_essay_draft__lower_title").unwrap();
    assert!(matches!(&lower.keys[0].part, IndexPart::Sql(_)) && lower.keys[0].descending, "{lower:?}");
    assert!(indexes.iter().any(|index| index.name == "print_known"));
    Ok(())
}

pub fn options_of_some_databases_are_reflected(cx: &mut TestContext) -> Result<()> {
    let found = expect_as_made(cx, &models![Slot])?;
    let slot = found.find("booking_slot").unwrap();
    let gin = slot.indexes.iter().find(|index| index.name == "ix_booking_slot__tags").unwrap();
    assert_eq!(gin.method.as_deref(), Some("gin"));
    let covering = slot.indexes.iter().find(|index| !index.include.is_empty()).unwrap();
    assert_eq!(covering.include, ["code", "first"]);
    assert!(slot.uniques.iter().any(|unique| unique.nulls_not_distinct));
    assert_eq!(slot.exclusions[0].name, "no_overlap");
    Ok(())
}

pub fn what_a_database_has_not_is_refused_by_name(cx: &mut TestContext) -> Result<()> {
    use single::*;

    let facts = *cx.capabilities();
    let name = cx.engine.dialect().name();
    let all = [
        (Method::table(), facts.index_options, "an index with a method, as `ix_method_a` of `Method` is"),
        (Covering::table(), facts.index_options, "an index with INCLUDE, as `ix_covering_a` of `Covering` is"),
        (
            CoveringKey::table(),
            facts.index_options,
            "a UNIQUE constraint with INCLUDE, as `uq_covering_key__a` of `CoveringKey` is",
        ),
        (Nulls::table(), facts.index_options, "an index with a place for NULLs, as `ix_nulls__a__b` of `Nulls` is"),
        (
            NoNulls::table(),
            facts.index_options,
            "a UNIQUE constraint with NULLS NOT DISTINCT, as `uq_no_nulls__a` of `NoNulls` is",
        ),
        (Class::table(), facts.index_options, "an index with an operator class, as `ix_class_a` of `Class` is"),
        (Excluding::table(), facts.index_options, "an EXCLUDE constraint, as `ex_excluding_1` of `Excluding` is"),
        (Partial::table(), facts.partial_indexes, "an index of some rows, as `ix_partial_a` of `Partial` is"),
        (Computed::table(), facts.partial_indexes, "an index of an expression, as `ix_computed_a_b` of `Computed` is"),
    ];
    for (table, is_known, what) in all {
        if is_known {
            cx.engine.create_all([table])?;
        } else {
            let text = format!("{name} does not support {what}");
            expect_error(cx.engine.create_all([table]), ErrorKind::Unsupported, &[&text]);
        }
    }
    Ok(())
}

pub fn models_that_differ_in_an_option_are_told_apart(cx: &mut TestContext) -> Result<()> {
    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "patent", index(year, number))]
    struct OtherPatent {
        #[orm(primary_key)]
        id: i64,
        #[orm(length = 80)]
        title: String,
        #[orm(index(desc, name = "patents_by_year"))]
        year: i32,
        #[orm(unique(name = "one_number"))]
        number: i32,
        #[orm(column = "owner_id", index)]
        owner: Option<i64>,
    }

    let outcome = cx.engine.create_all(models![Patent, OtherPatent]);
    expect_error(outcome, ErrorKind::Schema, &["describe the table patent differently"]);
    Ok(())
}

pub fn comments_are_reflected(cx: &mut TestContext) -> Result<()> {
    let mut commented = Catalog::of(models![Inventor], cx.engine.dialect())?;
    commented.tables[0].comment = Some("of a catalog".into());
    commented.create_sql(cx.engine.dialect())?;
    let found = expect_as_made(cx, &models![Patent, Inventor])?;
    let patent = found.find("patent").unwrap();
    assert_eq!(patent.comment.as_deref(), Some("what's \"new\" \\ here"));
    assert_eq!(patent.column("title").unwrap().comment.as_deref(), Some("as it was filed"));
    assert_eq!(patent.column("owner_id").unwrap().comment.as_deref(), Some("whose it is"));
    assert_eq!(patent.column("year").unwrap().comment, None);
    Ok(())
}

pub fn comments_change_in_place(cx: &mut TestContext) -> Result<()> {
    let first = Catalog::of(models![Patent], cx.engine.dialect())?;
    let mut second = first.clone();
    let patent = second.tables.iter_mut().find(|table| table.name.name == "patent").unwrap();
    patent.comment = None;
    patent.columns.iter_mut().for_each(|column| column.comment = (column.name == "year").then(|| "it's 20..".into()));
    let own = patent.indexes.iter_mut().filter(|index| index.keys.iter().any(|key| key.descending));
    own.for_each(|index| index.comment = Some("by \"year\"".into()));
    second.create_sql(cx.engine.dialect())?;
    cx.engine.create_all(models![Patent])?;
    let mut session = cx.session();
    session.add(Patent::new(1));
    session.commit()?;
    session.close()?;
    for (from, to) in [(&first, &second), (&second, &first)] {
        let alteration = from.alteration(to, cx.engine.dialect())?;
        for step in &alteration.steps {
            cx.engine.connection()?.execute_script(&step.sql)?;
        }
        let found = cx.engine.reflect()?;
        let left: Vec<String> = found.differences(to).iter().map(ToString::to_string).collect();
        assert!(left.is_empty(), "{left:#?}");
    }
    cx.expect_rows("SELECT title FROM patent", &["patent 1"]);
    Ok(())
}

pub fn comments_are_left_out_where_there_are_none(cx: &mut TestContext) -> Result<()> {
    let found = expect_as_made(cx, &models![Patent, Inventor])?;
    assert_eq!(found.find("patent").unwrap().comment.is_some(), cx.capabilities().comments);
    Ok(())
}

pub fn names_tell_what_is_indexed(_: &mut TestContext) -> Result<()> {
    let mut names: Vec<&str> = Draft::table().indexes.iter().map(|index| &*index.name).collect();
    names.sort_unstable();
    let expected = [
        "ix_essay_draft__lower_title",
        "ix_essay_draft__print_place",
        "ix_essay_draft__title",
        "live_slug",
        "print_known",
        "uq_essay_draft__lower_author__title",
    ];
    assert_eq!(names, expected);
    Ok(())
}

pub fn a_unique_index_of_some_rows_lets_others_be(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Draft])?;
    let mut session = cx.session();
    let mut gone = Draft::new("a", true);
    session.add_all([gone.clone(), Draft::new("a", false), Draft::new("b", false)]);
    gone.author = "another".into();
    session.add(gone);
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM essay_draft WHERE slug = 'a'", &["3"]);
    session.add(Draft { author: "a third".into(), ..Draft::new("a", false) });
    let error = session.commit().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error}");
    Ok(())
}

pub fn a_unique_value_of_some_rows_is_handed_over(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Draft])?;
    let mut session = cx.session();
    let [first, second] = ["a", "b"].map(|slug| session.add(Draft::new(slug, false)));
    session.commit()?;
    // The one goes, the other takes its value, and a new one takes the value of that.
    session.delete(first)?;
    session[second].slug = "a".into();
    session.add(Draft { author: "somebody else".into(), ..Draft::new("b", false) });
    session.commit()?;
    cx.expect_rows("SELECT slug FROM essay_draft ORDER BY slug", &["a", "b"]);
    Ok(())
}

pub fn a_unique_expression_holds(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Draft])?;
    let mut session = cx.session();
    session.add_all(["Ann", "ANN"].map(|author| Draft {
        author: author.into(),
        title: "one".into(),
        ..Draft::new(author, false)
    }));
    let error = session.commit().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error}");
    Ok(())
}

pub fn nulls_that_are_not_distinct_are_violations(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Slot])?;
    let mut session = cx.session();
    // Empty ranges overlap with nothing.
    let empty = |first| Slot { code: None, last: 9, ..Slot::new(first, 9) };
    session.add(empty(9));
    session.commit()?;
    session.add(Slot { title: "another".into(), ..empty(9) });
    let error = session.commit().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error}");
    Ok(())
}

pub fn rows_that_exclude_each_other_are_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Slot])?;
    let mut session = cx.session();
    session.add_all([Slot::new(1, 5), Slot::new(5, 9)]);
    session.commit()?;
    session.add(Slot::new(4, 6));
    let error = session.commit().unwrap_err();
    assert!(error.to_string().contains("no_overlap"), "{error}");
    session.rollback()?;
    cx.expect_rows("SELECT count(*) FROM booking_slot", &["2"]);
    Ok(())
}
