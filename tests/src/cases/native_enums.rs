//! Enums that the database knows: a type with a name, a list in the column, or a check.

use orm::catalog::Catalog;
use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Medley, Tempo, Tune};
use crate::{TestContext, expect_error};

cases! { native_enums {
    the_type_is_made_with_its_tables_and_dropped_behind_them [];
    a_type_that_other_columns_have_stays [named_types];
    values_are_written_and_read [];
    many_values_are_written_at_once [];
    the_database_refuses_other_values [];
    values_are_compared_and_sorted [];
    arrays_of_values [arrays];
    the_catalog_of_enums_is_that_of_the_database [];
    a_value_is_added_in_its_place [];
    two_enums_of_one_name_are_refused_where_enums_have_names [];
} }

fn tune(tempo: Tempo, encore: Option<Tempo>) -> Tune {
    Tune { id: 0, tempo, encore }
}

fn enums(cx: &TestContext) -> Result<Vec<String>> {
    Ok(cx.engine.reflect()?.enums.iter().map(|known| known.name.to_string()).collect())
}

pub fn the_type_is_made_with_its_tables_and_dropped_behind_them(cx: &mut TestContext) -> Result<()> {
    let names: &[&str] = if cx.capabilities().named_types { &["Tempo"] } else { &[] };
    cx.create(models![Tune])?;
    assert_eq!(enums(cx)?, names);
    cx.create(models![Tune])?;
    cx.engine.drop_all(models![Tune])?;
    assert_eq!(enums(cx)?, Vec::<String>::new());
    cx.engine.create_table::<Tune>()?;
    assert_eq!(enums(cx)?, names);
    cx.engine.drop_table::<Tune>()?;
    assert_eq!(enums(cx)?, Vec::<String>::new());
    Ok(())
}

pub fn a_type_that_other_columns_have_stays(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Tune, Medley])?;
    cx.engine.drop_all(models![Tune])?;
    assert_eq!(enums(cx)?, ["Tempo"]);
    cx.engine.drop_all(models![Medley])?;
    assert_eq!(enums(cx)?, Vec::<String>::new());
    Ok(())
}

pub fn values_are_written_and_read(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Tune])?;
    let mut session = cx.session();
    let one = session.add(tune(Tempo::Fine, None));
    session.commit()?;
    session[one].encore = Some(Tempo::Fast);
    session.commit()?;
    cx.expect_rows("SELECT tempo, encore FROM tune", &["it's fine|fast"]);
    session.refresh(one)?;
    assert_eq!((session[one].tempo, session[one].encore), (Tempo::Fine, Some(Tempo::Fast)));
    session.set_expr(one, Tune::encore, Tune::tempo)?;
    session.commit()?;
    assert_eq!(session[one].encore, Some(Tempo::Fine));
    Ok(())
}

pub fn many_values_are_written_at_once(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Tune])?;
    let mut session = cx.session();
    let all = [Tempo::Slow, Tempo::Fine, Tempo::Fast];
    let tunes = |rows: usize| (0..rows).map(move |row| tune(all[row % 3], (row % 2 == 0).then_some(all[row % 3])));
    let added = session.add_all(tunes(30));
    session.flush()?;
    added.iter().for_each(|&one| session[one].tempo = Tempo::Slow);
    session.commit()?;
    Tune::insert_all(tunes(30)).execute(&mut session)?;
    Tune::bulk_insert(tunes(30)).execute(&mut session)?;
    let keyed: Vec<(i64, Tempo)> = added.iter().map(|&one| (session[one].id, Tempo::Fast)).collect();
    Tune::update_by_key(Tune::tempo, keyed).execute(&mut session)?;
    session.commit()?;
    let count = |tempo: &str| format!("SELECT count(*) FROM tune WHERE tempo = '{tempo}'");
    for (tempo, rows) in [("slow", "20"), ("it''s fine", "20"), ("fast", "50")] {
        cx.expect_rows(&count(tempo), &[rows]);
    }
    Ok(())
}

pub fn the_database_refuses_other_values(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Tune])?;
    let insert = |value: &str| format!("INSERT INTO tune (id, tempo) VALUES (9, '{value}')");
    assert!(cx.engine.connection()?.execute(&insert("wrong"), &[]).is_err());
    cx.execute(&insert("it''s fine"));
    assert_eq!(Tune::query().values(&mut cx.session())?, [Tune { id: 9, tempo: Tempo::Fine, encore: None }]);
    Ok(())
}

pub fn values_are_compared_and_sorted(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Tune])?;
    let mut session = cx.session();
    session.add_all([tune(Tempo::Fast, None), tune(Tempo::Slow, Some(Tempo::Slow)), tune(Tempo::Fine, None)]);
    session.commit()?;
    assert_eq!(Tune::query().filter(Tune::tempo.eq(Tempo::Fine)).count(&mut session)?, 1);
    assert_eq!(Tune::query().filter(Tune::tempo.in_([Tempo::Fine, Tempo::Fast])).count(&mut session)?, 2);
    assert_eq!(Tune::query().filter(Tune::tempo.ne(Tempo::Fine)).count(&mut session)?, 2);
    assert_eq!(Tune::query().filter(Tune::tempo.eq(Tune::encore)).count(&mut session)?, 1);
    let sorted = Tune::query().order_by(Tune::tempo).select(Tune::tempo).all(&mut session)?;
    let declares = cx.capabilities().named_types || cx.capabilities().inline_enums;
    let declared = [Tempo::Slow, Tempo::Fine, Tempo::Fast];
    assert_eq!(sorted, if declares { declared } else { [Tempo::Fast, Tempo::Fine, Tempo::Slow] });
    Ok(())
}

pub fn arrays_of_values(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Medley])?;
    let mut session = cx.session();
    let medley = session.add(Medley { tempos: vec![Tempo::Fast, Tempo::Fine], ..Default::default() });
    let more = session.add_all((0..10).map(|_| Medley { tempos: vec![Tempo::Slow], ..Default::default() }));
    session.commit()?;
    session.refresh(medley)?;
    assert_eq!(session[medley].tempos, [Tempo::Fast, Tempo::Fine]);
    session[more[0]].tempos.clear();
    session.commit()?;
    let fast = Medley::query().filter(Medley::tempos.eq(vec![Tempo::Fast, Tempo::Fine]));
    assert_eq!(fast.count(&mut session)?, 1);
    expect_no_difference(&Catalog::of(models![Medley], cx.engine.dialect())?, &cx.engine.reflect()?);
    Ok(())
}

#[track_caller]
fn expect_no_difference(a: &Catalog, b: &Catalog) {
    let found: Vec<String> = a.differences(b).iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{found:#?}");
}

pub fn the_catalog_of_enums_is_that_of_the_database(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Tune])?;
    expect_no_difference(&Catalog::of(models![Tune], cx.engine.dialect())?, &cx.engine.reflect()?);
    Ok(())
}

/// The same table, whose enum has one value more.
mod later {
    use orm::prelude::*;

    #[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq, Default)]
    #[orm(native = "Tempo")]
    pub(super) enum Tempo {
        #[default]
        Slow,
        Calm,
        #[orm(rename = "it's fine")]
        Fine,
        Fast,
    }

    #[derive(Model, Debug, Clone, Default, PartialEq)]
    #[orm(table = "tune")]
    pub(super) struct Tune {
        #[orm(primary_key)]
        pub(super) id: i64,
        pub(super) tempo: Tempo,
        pub(super) encore: Option<Tempo>,
    }
}

pub fn a_value_is_added_in_its_place(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Tune])?;
    let dialect = cx.engine.dialect();
    let (before, after) = (Catalog::of(models![Tune], dialect)?, Catalog::of(models![later::Tune], dialect)?);
    assert!(!before.differences(&after).is_empty());
    let mut session = cx.session();
    session.add(tune(Tempo::Fine, None));
    session.commit()?;
    session.close()?;
    before.alteration(&after, dialect)?.apply(&cx.engine)?;
    expect_no_difference(&after, &cx.engine.reflect()?);
    let engine = cx.builder().build();
    let engine = if cx.backend_name() == "SQLite" { cx.engine.clone() } else { engine? };
    let mut session = engine.session();
    session.add(later::Tune { tempo: later::Tempo::Calm, ..Default::default() });
    session.commit()?;
    let sorted = later::Tune::query().order_by(later::Tune::tempo).select(later::Tune::tempo).all(&mut session)?;
    assert_eq!(sorted, [later::Tempo::Calm, later::Tempo::Fine]);
    Ok(())
}

pub fn two_enums_of_one_name_are_refused_where_enums_have_names(cx: &mut TestContext) -> Result<()> {
    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "other")]
    struct Other {
        #[orm(primary_key)]
        id: i64,
        tempo: later::Tempo,
    }
    let made = cx.create(models![Tune, Other]);
    if !cx.capabilities().named_types {
        return made;
    }
    expect_error(made, ErrorKind::Schema, &["Tempo", "`Tune`", "`Other`"]);
    Ok(())
}
