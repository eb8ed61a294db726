//! Fields that are called like functions.

use orm::Result;
use orm::functions::{count, max};
use orm::prelude::*;

use crate::TestContext;
use crate::models::{Hit, HitFields, Search, SearchFields, Words};

cases! { field_names {
    fields_may_be_called_like_functions [];
    constants_may_be_elsewhere [];
} }

pub fn fields_may_be_called_like_functions(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Words])?;
    let mut session = cx.session();
    let words = session.add(Words { table: 1, value: 2, ..Words::default() });
    session.add(Words { key: 1, ..Words::default() });
    session.commit()?;
    session[words].update = 3;
    session.commit()?;
    session.clear();

    let condition = Words::table.eq(1) & Words::value.gt(Words::key) & Words::r#in.eq(0);
    let found = Words::query().filter(condition).order_by((Words::name, Words::read)).one(&mut session)?;
    let found = session[found].clone();
    assert_eq!((found.update, found.touch_on_update, found.fill_on_insert), (3, 1, Some(7)));
    assert_eq!(Words::query().select(max(Words::update)).one(&mut session)?, Some(3));
    session.close()
}

pub fn constants_may_be_elsewhere(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Search])?;
    let mut session = cx.session();
    let hits = [1, 3, 2].map(|rank| Hit { rank, ..Hit::default() });
    let search = session.add(Search { query: "rust".into(), hits: hits.into(), ..Search::default() });
    session.commit()?;
    let id = session[search].id();
    session.clear();

    let best = Hit::query().filter(HitFields::rank.ge(2)).order_by(HitFields::rank).all(&mut session)?;
    assert_eq!(best.iter().map(|&hit| session[hit].rank()).collect::<Vec<_>>(), [2, 3]);
    let of_best = Search::query().filter(SearchFields::hits.any(HitFields::rank.eq(3)));
    let found = of_best.filter(SearchFields::query.eq("rust")).include(SearchFields::hits).one(&mut session)?;
    assert_eq!(session[found].id(), id);
    let ranks: Vec<i32> = session.related(found, SearchFields::hits)?.iter().map(|&hit| session[hit].rank()).collect();
    assert_eq!(ranks, [3, 2, 1]);
    let joined = Hit::query().join(HitFields::on).group_by(SearchFields::query);
    assert_eq!(joined.select((SearchFields::query, count(HitFields::on_id))).all(&mut session)?, [("rust".into(), 3)]);
    Search::insert(Search { query: "sql".into(), ..Search::default() }).execute(&mut session)?;
    assert_eq!(Search::query().count(&mut session)?, 2);
    session.commit()
}
