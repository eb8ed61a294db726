use std::collections::HashMap;

use orm::functions::{avg, count_all};
use orm::prelude::*;
use orm_workloads::{Outcome, Sample, Seen, Task, Way, lookup_keys, rows};

use super::Ours;
use super::models::graph::{Post, User};
use super::models::{Brand, Car, CarModel, Item};

pub(super) const WAYS: [Way<Ours>; 13] = [
    Way::new("W3", "", load_all),
    Way::new("W3", "tracked", load_tracked),
    Way::new("W4", "", get),
    Way::new("W4", "many", get_many),
    Way::new("W4", "in-memory", get_from_memory),
    Way::new("W5", "", |ours, task| include(ours, task, false)),
    Way::new("W5", "joined", |ours, task| include(ours, task, true)),
    Way::new("W5", "untracked", nest_values),
    Way::new("W7", "", filter),
    Way::new("W7", "tracked", filter_tracked),
    Way::new("W7i", "", filter),
    Way::new("W7i", "tracked", filter_tracked),
    Way::new("W9", "", aggregate),
];

type Tracked = (Session, Vec<Handle<Item>>);

fn seen_items(items: &[Item]) -> Seen {
    Seen::of(items.iter().map(Item::row))
}

fn seen_tracked((session, items): &Tracked) -> Seen {
    Seen::of(items.iter().map(|&item| session[item].row()))
}

fn load_all(ours: &mut Ours, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(|| Ok(Item::query().values(&mut ours.engine.session())?), |items| Ok(seen_items(items)))
}

fn load_tracked(ours: &mut Ours, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(
        || {
            let mut session = ours.engine.session();
            let items = Item::query().all(&mut session)?;
            Ok((session, items))
        },
        |tracked| Ok(seen_tracked(tracked)),
    )
}

/// A statement for each key.
fn get(ours: &mut Ours, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(|| look_up(ours.engine.session()), |tracked| Ok(seen_tracked(tracked)))
}

/// The same keys, all of whose objects the session has already.
fn get_from_memory(ours: &mut Ours, task: &Task<'_>) -> Outcome<Sample> {
    let mut session = ours.engine.session();
    let all = Item::query().all(&mut session)?;
    let sample = task.measure(|| look_up(session), |tracked| Ok(seen_tracked(tracked)));
    drop(all);
    sample
}

fn look_up(mut session: Session) -> Outcome<Tracked> {
    let keys = lookup_keys().into_iter();
    let found = keys.map(|key| session.get::<Item>(key)?.ok_or_else(|| format!("no item {key}").into()));
    let items = found.collect::<Outcome<_>>()?;
    Ok((session, items))
}

/// One statement for all keys.
fn get_many(ours: &mut Ours, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(
        || {
            let mut session = ours.engine.session();
            let items = Item::query().filter(Item::id.in_(lookup_keys())).all(&mut session)?;
            Ok((session, items))
        },
        |tracked| Ok(seen_tracked(tracked)),
    )
}

fn include(ours: &mut Ours, task: &Task<'_>, is_joined: bool) -> Outcome<Sample> {
    let last = i64::try_from(task.n)?;
    task.measure(
        || {
            let mut session = ours.engine.session();
            let wanted = User::query().filter(User::id.le(last)).order_by(User::id);
            let users = match is_joined {
                true => wanted.include(User::posts.joined()).all(&mut session)?,
                false => wanted.include(User::posts).all(&mut session)?,
            };
            Ok((session, users))
        },
        |(session, users)| {
            let mut texts = Vec::new();
            for &user in users {
                let User { id, name, email, .. } = &session[user];
                texts.push(rows::user(*id, name, email));
                let posts = session.related(user, User::posts)?;
                texts.extend(posts.into_iter().map(|post| seen_post(*id, &session[post])));
            }
            Ok(Seen::of(texts))
        },
    )
}

fn seen_post(owner: i64, post: &Post) -> String {
    rows::post(owner, post.id, &post.title, &post.body)
}

/// Two queries of values, nested by the program.
fn nest_values(ours: &mut Ours, task: &Task<'_>) -> Outcome<Sample> {
    let last = i64::try_from(task.n)?;
    task.measure(
        || {
            let mut session = ours.engine.session();
            let users = User::query().filter(User::id.le(last)).order_by(User::id).values(&mut session)?;
            let keys = users.iter().map(|user| user.id);
            let posts = Post::query().filter(Post::user_id.in_(keys)).values(&mut session)?;
            let places: HashMap<i64, usize> = users.iter().enumerate().map(|(place, user)| (user.id, place)).collect();
            let mut nested: Vec<(User, Vec<Post>)> = users.into_iter().map(|user| (user, Vec::new())).collect();
            for post in posts {
                let owner = post.user.as_key().ok_or("a post without a user")?;
                nested[places[owner]].1.push(post);
            }
            Ok(nested)
        },
        |nested| {
            Ok(Seen::of(nested.iter().flat_map(|(user, posts)| {
                let posts = posts.iter().map(|post| seen_post(user.id, post));
                std::iter::once(rows::user(user.id, &user.name, &user.email)).chain(posts)
            })))
        },
    )
}

/// Two conditions, an order and a limit.
macro_rules! filtered {
    () => {
        Item::query()
            .filter(Item::active.eq(true))
            .filter(Item::score.gt(500.0))
            .order_by(Item::created_at.desc())
            .limit(50)
    };
}

fn filter(ours: &mut Ours, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(|| Ok(filtered!().values(&mut ours.engine.session())?), |items| Ok(seen_items(items)))
}

fn filter_tracked(ours: &mut Ours, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(
        || {
            let mut session = ours.engine.session();
            let items = filtered!().all(&mut session)?;
            Ok((session, items))
        },
        |tracked| Ok(seen_tracked(tracked)),
    )
}

type Group = (String, String, i64, Option<f64>);

fn aggregate(ours: &mut Ours, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(|| averages(&mut ours.engine.session()), |groups| seen_groups(groups))
}

fn averages(session: &mut Session) -> Outcome<Vec<Group>> {
    Ok(Car::query()
        .join(Car::model)
        .join(CarModel::brand)
        .filter(Car::year.ge(2010))
        .group_by((Brand::id, Brand::name, CarModel::id, CarModel::name))
        .order_by(avg(Car::price).desc())
        .select((Brand::name, CarModel::name, count_all(), avg(Car::price)))
        .all(session)?)
}

fn seen_groups(groups: &[Group]) -> Outcome<Seen> {
    let rows = groups.iter().map(|(brand, model, count, average)| {
        let average = average.ok_or("a group without a price")?;
        Ok(rows::group(brand, model, *count, average))
    });
    Ok(Seen::of(rows.collect::<Outcome<Vec<_>>>()?))
}
