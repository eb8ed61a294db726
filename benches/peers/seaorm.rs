// The workloads W1 to W9 with SeaORM, for the programs that include it. They have `run!`, which runs a block, and `wait!`, which waits for a
// call where calls have to be waited for.

mod user {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "users")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub name: String,
        pub email: String,
        #[sea_orm(has_many)]
        pub posts: HasMany<super::post::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod post {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "posts")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub user_id: i64,
        pub title: String,
        pub body: String,
        #[sea_orm(belongs_to, from = "user_id", to = "id")]
        pub author: HasOne<super::user::Entity>,
        #[sea_orm(has_many)]
        pub comments: HasMany<super::comment::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod comment {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "comments")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub post_id: i64,
        pub body: String,
        #[sea_orm(belongs_to, from = "post_id", to = "id")]
        pub post: HasOne<super::post::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod item {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "items")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub a: String,
        pub b: String,
        pub c: String,
        #[sea_orm(column_type = "Double")]
        pub score: f64,
        pub active: bool,
        pub created_at: DateTime,
        pub note: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod brand {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "brands")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub name: String,
        #[sea_orm(has_many)]
        pub models: HasMany<super::model::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod model {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "models")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub brand_id: i64,
        pub name: String,
        #[sea_orm(belongs_to, from = "brand_id", to = "id")]
        pub brand: HasOne<super::brand::Entity>,
        #[sea_orm(has_many)]
        pub cars: HasMany<super::car::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod car {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "cars")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub model_id: i64,
        pub year: i64,
        #[sea_orm(column_type = "Double")]
        pub price: f64,
        #[sea_orm(belongs_to, from = "model_id", to = "id")]
        pub model: HasOne<super::model::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use chrono::DateTime;
use orm_workloads::{Database, Kind, NewItem, NewUser, Outcome, Sample, Seen, Task, Way, is_dirty, lookup_keys, rows};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, IntoActiveModel,
    JoinType, LoaderTrait, QueryFilter, QueryOrder, QuerySelect, RelationTrait, Statement, TransactionTrait,
};

type Nested = Vec<(user::Model, Vec<post::Model>)>;
type Group = (String, String, i64, f64);

/// Rows of one INSERT statement.
const BATCH: usize = 1_000;

impl Database for Peer {
    fn kind(&self) -> Kind {
        match self.connection.get_database_backend() {
            DbBackend::Postgres => Kind::Postgres,
            _ => Kind::Sqlite,
        }
    }

    fn execute(&mut self, sql: &str) -> Outcome {
        run!(self, |connection| {
            wait!(connection.execute_unprepared(sql))?;
            Ok(())
        })
    }

    fn number(&mut self, sql: &str) -> Outcome<i64> {
        run!(self, |connection| {
            let query = Statement::from_string(connection.get_database_backend(), format!("SELECT ({sql}) AS number"));
            let row = wait!(connection.query_one_raw(query))?.ok_or("a query without a row")?;
            Ok(row.try_get("", "number")?)
        })
    }
}

pub fn ways() -> Vec<Way<Peer>> {
    vec![
        Way::new("W1", "", insert_graph),
        Way::new("W2", "", insert),
        Way::new("W3", "", load_all),
        Way::new("W4", "", look_up),
        Way::new("W5", "", nest_queries),
        Way::new("W5", "joined", nest_join),
        Way::new("W6", "", update),
        Way::new("W7", "", filter),
        Way::new("W7i", "", filter),
        Way::new("W8", "", delete),
        Way::new("W9", "", aggregate),
    ]
}

fn seen_items(items: &Vec<item::Model>) -> Outcome<Seen> {
    Ok(Seen::of(items.iter().map(|item| {
        let created_at = item.created_at.and_utc().timestamp_micros();
        rows::item(item.id, &item.a, &item.b, &item.c, item.score, item.active, created_at, item.note.as_deref())
    })))
}

fn seen_nested(nested: &Nested) -> Outcome<Seen> {
    Ok(Seen::of(nested.iter().flat_map(|(user, posts)| {
        let posts = posts.iter().map(|post| rows::post(user.id, post.id, &post.title, &post.body));
        std::iter::once(rows::user(user.id, &user.name, &user.email)).chain(posts)
    })))
}

/// A user whose `save` stores its posts and comments too.
fn nested(user: NewUser) -> user::ActiveModelEx {
    let mut nested = user::ActiveModel::builder().set_name(user.name).set_email(user.email);
    for post in user.posts {
        let mut own = post::ActiveModel::builder().set_title(post.title).set_body(post.body);
        for body in post.comments {
            own = own.add_comment(comment::ActiveModel::builder().set_body(body));
        }
        nested = nested.add_post(own);
    }
    nested
}

fn insert_graph(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
    let graph = orm_workloads::graph(task.n);
    task.measure(
        || {
            run!(peer, |connection| {
                let transaction = wait!(connection.begin())?;
                let mut count = 0;
                for user in graph {
                    wait!(nested(user).save(&transaction))?;
                    count += 10;
                }
                wait!(transaction.commit())?;
                Ok(count)
            })
        },
        |count| Ok(Seen::count(*count)),
    )
}

fn active(new: NewItem) -> Outcome<item::ActiveModel> {
    let created_at = DateTime::from_timestamp_micros(new.created_at).ok_or("a time out of range")?.naive_utc();
    Ok(item::ActiveModel {
        id: Set(new.id),
        a: Set(new.a),
        b: Set(new.b),
        c: Set(new.c),
        score: Set(new.score),
        active: Set(new.active),
        created_at: Set(created_at),
        note: Set(new.note),
    })
}

fn insert(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
    let new = orm_workloads::items(task.first, task.n);
    task.measure(
        || {
            let mut rows = new.into_iter().map(active);
            run!(peer, |connection| {
                let transaction = wait!(connection.begin())?;
                let mut count = 0;
                loop {
                    let batch: Vec<item::ActiveModel> = rows.by_ref().take(BATCH).collect::<Outcome<_>>()?;
                    if batch.is_empty() {
                        break;
                    }
                    count += wait!(item::Entity::insert_many(batch).exec_without_returning(&transaction))?;
                }
                wait!(transaction.commit())?;
                Ok(count)
            })
        },
        |count| Ok(Seen::count(usize::try_from(*count)?)),
    )
}

fn load_all(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(|| run!(peer, |connection| Ok(wait!(item::Entity::find().all(connection))?)), seen_items)
}

fn look_up(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(
        || {
            run!(peer, |connection| {
                let mut found = Vec::new();
                for key in lookup_keys() {
                    found.extend(wait!(item::Entity::find_by_id(key).one(connection))?);
                }
                Ok(found)
            })
        },
        seen_items,
    )
}

fn nest_queries(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
    let last = i64::try_from(task.n)?;
    task.measure(
        || {
            run!(peer, |connection| {
                let wanted = user::Entity::find().filter(user::Column::Id.lte(last)).order_by_asc(user::Column::Id);
                let users = wait!(wanted.all(connection))?;
                let posts = wait!(users.load_many(post::Entity, connection))?;
                Ok(users.into_iter().zip(posts).collect())
            })
        },
        seen_nested,
    )
}

fn nest_join(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
    let last = i64::try_from(task.n)?;
    task.measure(
        || {
            run!(peer, |connection| {
                let wanted = user::Entity::find().filter(user::Column::Id.lte(last));
                let joined = wanted.find_with_related(post::Entity).order_by_asc(user::Column::Id);
                Ok(wait!(joined.all(connection))?)
            })
        },
        seen_nested,
    )
}

fn update(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(
        || {
            run!(peer, |connection| {
                let transaction = wait!(connection.begin())?;
                let all = wait!(item::Entity::find().order_by_asc(item::Column::Id).all(&transaction))?;
                let mut count = 0;
                for (_, item) in all.into_iter().enumerate().filter(|(index, _)| is_dirty(*index)) {
                    let score = item.score + 1.0;
                    let mut changed = item.into_active_model();
                    changed.score = Set(score);
                    wait!(changed.update(&transaction))?;
                    count += 1;
                }
                wait!(transaction.commit())?;
                Ok(count)
            })
        },
        |count| Ok(Seen::count(*count)),
    )
}

fn filter(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(
        || {
            run!(peer, |connection| {
                let wanted = item::Entity::find().filter(item::Column::Active.eq(true));
                let wanted = wanted.filter(item::Column::Score.gt(500.0)).order_by_desc(item::Column::CreatedAt);
                Ok(wait!(wanted.limit(50).all(connection))?)
            })
        },
        seen_items,
    )
}

fn delete(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
    let keys = task.keys();
    task.measure(
        || {
            run!(peer, |connection| {
                let transaction = wait!(connection.begin())?;
                let wanted = user::Entity::delete_many().filter(user::Column::Id.is_in(keys));
                let done = wait!(wanted.exec(&transaction))?;
                wait!(transaction.commit())?;
                Ok(done.rows_affected)
            })
        },
        |count| Ok(Seen::count(usize::try_from(*count)?)),
    )
}

fn aggregate(peer: &mut Peer, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(
        || {
            run!(peer, |connection| {
                let joined = car::Entity::find()
                    .select_only()
                    .join(JoinType::InnerJoin, car::Relation::Model.def())
                    .join(JoinType::InnerJoin, model::Relation::Brand.def())
                    .column_as(brand::Column::Name, "brand")
                    .column_as(model::Column::Name, "model")
                    .column_as(car::Column::Id.count(), "cars")
                    .column_as(car::Column::Price.avg(), "average")
                    .filter(car::Column::Year.gte(2010))
                    .group_by(brand::Column::Id)
                    .group_by(brand::Column::Name)
                    .group_by(model::Column::Id)
                    .group_by(model::Column::Name)
                    .order_by_desc(car::Column::Price.avg());
                let groups: Vec<Group> = wait!(joined.into_tuple().all(connection))?;
                Ok(groups)
            })
        },
        |groups| {
            let rows = groups.iter().map(|(brand, model, count, average)| rows::group(brand, model, *count, *average));
            Ok(Seen::of(rows))
        },
    )
}
