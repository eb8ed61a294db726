//! Objects and results of queries: what is forgotten, when, and what is not.

#![allow(clippy::unwrap_used, reason = "this is test code")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use orm::functions::sum;
use orm::prelude::*;
use orm_cache::{Cache, CacheQuery as _, CacheRows as _, CacheSession as _, Region};
use support::{Car, Kind, Place, caches, fill, garage, garage_in, garages, region};

fn price(engine: &Engine, region: &Region, id: i64) -> Option<i64> {
    let mut session = engine.session();
    session.get_cached::<Car>(id, region).unwrap().map(|car| session[car].price)
}

fn set_price(engine: &Engine, id: i64, price: i64) {
    let mut session = engine.session();
    let car = session.get::<Car>(id).unwrap().unwrap();
    session[car].price = price;
    session.commit().unwrap();
}

#[test]
fn a_flush_forgets_its_rows_and_no_others() {
    for (cache, _place, engine) in garages() {
        let region = region(&cache);
        for _ in 0..3 {
            assert_eq!([1, 2, 9].map(|id| price(&engine, &region, id)), [Some(100), Some(200), None]);
        }
        assert_eq!(region.statistics().loads, 3);
        assert_eq!(region.statistics().negative_hits, 2);

        set_price(&engine, 1, 150);
        assert_eq!([1, 2].map(|id| price(&engine, &region, id)), [Some(150), Some(200)]);
        assert_eq!(region.statistics().loads, 4, "the other car is still known");

        // A new row may be the one that was not there.
        let mut session = engine.session();
        session.add(Car { id: 9, name: "new".into(), price: 900 });
        session.commit().unwrap();
        assert_eq!([1, 9].map(|id| price(&engine, &region, id)), [Some(150), Some(900)]);
        assert_eq!(region.statistics().loads, 5);

        let car = session.get::<Car>(2).unwrap().unwrap();
        session.delete(car).unwrap();
        session.commit().unwrap();
        assert_eq!([1, 2].map(|id| price(&engine, &region, id)), [Some(150), None]);
    }
}

#[test]
fn what_is_rolled_back_is_not_forgotten() {
    for (cache, _place, engine) in garages() {
        let region = region(&cache);
        assert_eq!(price(&engine, &region, 1), Some(100));
        let mut session = engine.session();
        let car = session.get::<Car>(1).unwrap().unwrap();
        session[car].price = 7;
        session.flush().unwrap();
        assert_eq!(price(&engine, &region, 1), Some(100), "not before the commit");
        session.rollback().unwrap();
        assert_eq!(price(&engine, &region, 1), Some(100));
        drop(session);
        engine
            .transaction(|session| {
                sql("UPDATE car SET price = 8")
                    .execute(session)
                    .and(Err::<(), _>(orm::Error::new(ErrorKind::Invalid, "no")))
            })
            .unwrap_err();
        assert_eq!(price(&engine, &region, 1), Some(100));
        assert_eq!(region.statistics().loads, 1);
    }
}

#[test]
fn bulk_statements_sql_and_migrations_forget_tables() {
    for (cache, _place, engine) in garages() {
        let region = region(&cache);
        assert_eq!(price(&engine, &region, 1), Some(100));
        let mut session = engine.session();
        Car::query().filter(Car::id.eq(1)).update(Car::price.set(1)).execute(&mut session).unwrap();
        session.commit().unwrap();
        assert_eq!(price(&engine, &region, 1), Some(1));
        sql("UPDATE car SET price = 2 WHERE id = 1").execute(&mut session).unwrap();
        assert_eq!(price(&engine, &region, 1), Some(1));
        session.commit().unwrap();
        assert_eq!(price(&engine, &region, 1), Some(2));
        engine
            .connection()
            .unwrap()
            .execute_script("UPDATE car SET price = 3; UPDATE car SET price = price + 1")
            .unwrap();
        assert_eq!(price(&engine, &region, 1), Some(4));
        engine.drop_all(models![Car]).unwrap();
        engine.create_all(models![Car]).unwrap();
        assert_eq!(price(&engine, &region, 1), None);
    }
}

#[test]
fn results_of_queries_are_forgotten_with_their_tables() {
    for (cache, _place, engine) in garages() {
        let region = region(&cache);
        let names = |most: i64| {
            let mut session = engine.session();
            let cars =
                Car::query().filter(Car::price.le(most)).order_by(Car::id).cached(&region).all(&mut session).unwrap();
            cars.into_iter().map(|car| session[car].name.clone()).collect::<Vec<_>>()
        };
        let total = || Car::query().select(sum(Car::price)).cached_rows(&region).all(&mut engine.session()).unwrap();
        for _ in 0..2 {
            assert_eq!(names(200), ["car 1", "car 2"]);
            assert_eq!(names(100), ["car 1"]);
            assert_eq!(total(), [Some(600)]);
        }
        assert_eq!(region.statistics().loads, 3);
        set_price(&engine, 3, 50);
        assert_eq!((names(100), total()), (vec!["car 1".to_owned(), "car 3".to_owned()], vec![Some(350)]));
        cache.forget_all();
        assert_eq!(names(100).len(), 2);
        assert_eq!(region.statistics().loads, 6);
    }
}

#[test]
fn an_object_from_the_cache_is_tracked_and_compared() {
    for (cache, place, engine) in garages() {
        let region = region(&cache);
        price(&engine, &region, 1);
        let mut session = engine.session();
        let car = session.get_cached::<Car>(1, &region).unwrap().unwrap();
        session[car].price += 1;
        session.commit().unwrap();
        assert_eq!(price(&engine, &region, 1), Some(101));

        // Somebody whom the cache does not see.
        let mut session = engine.session();
        let car = session.get_cached::<Car>(1, &region).unwrap().unwrap();
        let mut other = place.apart().session();
        sql("UPDATE car SET price = 500").execute(&mut other).unwrap();
        other.commit().unwrap();
        assert_eq!(session[car].price, 101);
        session[car].price += 1;
        assert_eq!(session.commit().unwrap_err().kind(), ErrorKind::StaleData);
        session.rollback().unwrap();
    }
}

#[test]
fn a_transaction_asks_the_database_itself() {
    for (cache, _place, engine) in garages() {
        let region = region(&cache);
        price(&engine, &region, 1);
        let mut session = engine.session();
        sql("UPDATE car SET price = 5 WHERE id = 1").execute(&mut session).unwrap();
        let car = session.get_cached::<Car>(1, &region).unwrap().unwrap();
        assert_eq!(session[car].price, 5);
        let prices = || Car::query().select(Car::price).filter(Car::id.eq(1)).cached_rows(&region);
        assert_eq!(prices().all(&mut session).unwrap(), [5]);
        session.rollback().unwrap();
        assert_eq!(price(&engine, &region, 1), Some(100));
        assert_eq!(prices().all(&mut session).unwrap(), [100]);
        assert_eq!(region.statistics().bypasses, 2);
    }
}

#[test]
fn a_reader_from_before_a_commit_does_not_put_the_old_row_back() {
    for (cache, place, writer) in garages() {
        let region = region(&cache);
        let armed = Arc::new(AtomicBool::new(false));
        let (trigger, other) = (Arc::clone(&armed), writer.clone());
        // Right after the reader has read the row, and before it keeps it, another session commits.
        let reader = Engine::builder(place.url())
            .hooks(cache.hooks())
            .on_statement(move |statement| {
                if statement.sql.starts_with("SELECT") && trigger.swap(false, Ordering::SeqCst) {
                    set_price(&other, 1, 999);
                }
            })
            .build()
            .unwrap();
        armed.store(true, Ordering::SeqCst);
        assert_eq!(price(&reader, &region, 1), Some(100), "it was read before");
        assert!(!armed.load(Ordering::SeqCst));
        assert_eq!(price(&reader, &region, 1), Some(999));

        let query = || Car::query().filter(Car::id.eq(1)).select(Car::price).cached_rows(&region);
        armed.store(true, Ordering::SeqCst);
        set_price(&writer, 1, 100);
        assert_eq!(query().all(&mut reader.session()).unwrap(), [100]);
        assert_eq!(query().all(&mut reader.session()).unwrap(), [999]);
    }
}

#[test]
fn what_the_database_deletes_by_itself_is_forgotten() {
    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "owner")]
    struct Owner {
        #[orm(primary_key)]
        id: i64,
        #[has_many(back_populates = owner, passive_deletes = "all")]
        bikes: HasMany<Bike>,
    }

    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "bike")]
    struct Bike {
        #[orm(primary_key)]
        id: i64,
        #[belongs_to(back_populates = bikes, on_delete = "cascade")]
        owner: BelongsTo<Owner>,
    }

    for (cache, _place, engine) in garages() {
        let region = region(&cache);
        engine.create_all(models![Owner, Bike]).unwrap();
        let mut session = engine.session();
        session.add(Owner { id: 1, bikes: [Bike { id: 1, ..Default::default() }].into() });
        session.commit().unwrap();
        let found = || engine.session().get_cached::<Bike>(1, &region).unwrap().is_some();
        let ids = || Bike::query().select(Bike::id).cached_rows(&region).all(&mut engine.session()).unwrap();
        for _ in 0..2 {
            assert_eq!((found(), ids()), (true, vec![1]));
        }
        assert_eq!(region.statistics().loads, 2);
        let mut session = engine.session();
        let owner = session.get::<Owner>(1).unwrap().unwrap();
        session.delete(owner).unwrap();
        session.commit().unwrap();
        assert_eq!((found(), ids()), (false, vec![]));
    }
}

#[test]
fn tenants_do_not_share_what_is_kept() {
    for cache in caches() {
        let places = [Place::new(Kind::Sqlite), Place::new(Kind::Sqlite)];
        let [acme, bolt] = places.each_ref().map(|place| place.url().trim_start_matches("sqlite:///"));
        let attach = format!("ATTACH '{acme}' AS acme; ATTACH '{bolt}' AS bolt");
        let builder = Engine::builder("sqlite://").pool_size(1).max_overflow(0).hooks(cache.hooks());
        let engine = builder.on_connect(move |conn| conn.execute_script(&attach)).build().unwrap();
        let region = region(&cache);
        for (tenant, price) in [("acme", 10), ("bolt", 20)] {
            engine.create_all_in(tenant, models![Car]).unwrap();
            let mut session = engine.sessions().schema(tenant).session();
            session.add(Car { id: 1, name: tenant.into(), price });
            session.commit().unwrap();
        }
        let read = |tenant: &str| {
            let mut session = engine.sessions().schema(tenant).session();
            let car = session.get_cached::<Car>(1, &region).unwrap().unwrap();
            let object = session[car].price;
            session.close().unwrap();
            let dear = Car::query().filter(Car::price.gt(1)).cached(&region).all(&mut session).unwrap();
            (object, session[dear[0]].price)
        };
        for _ in 0..2 {
            assert_eq!(read("acme"), (10, 10));
            assert_eq!(read("bolt"), (20, 20));
        }
        assert_eq!(region.statistics().loads, 4, "each was kept");
    }
}

#[test]
fn a_session_with_a_filter_asks_the_database() {
    for (cache, _place, engine) in garages() {
        let region = region(&cache);
        let dear = || Car::query().filter(Car::price.gt(1));
        for _ in 0..2 {
            assert_eq!(dear().cached(&region).all(&mut engine.session()).unwrap().len(), 3);
            assert!(engine.session().get_cached::<Car>(1, &region).unwrap().is_some());
            let mut session = engine.session();
            session.set_filter::<Car>(Car::price.gt(150));
            assert_eq!(dear().cached(&region).all(&mut session).unwrap().len(), 2);
            assert_eq!(session.get_cached::<Car>(1, &region).unwrap(), None);
        }
    }
}

#[test]
fn an_unreadable_result_is_loaded_again() {
    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize, FromRow)]
    struct Cheapest {
        price: i64,
    }

    /// The same type, as another version of the program has it.
    mod newer {
        #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize, orm::FromRow)]
        pub(super) struct Cheapest {
            pub(super) price: String,
        }
    }

    for cache in caches() {
        let region = region(&cache);
        let old = || region.get_or_load("cheapest", || Ok::<_, orm::Error>(Cheapest { price: 100 })).unwrap();
        let new = || {
            let load = || Ok::<_, orm::Error>(newer::Cheapest { price: "100".into() });
            region.get_or_load("cheapest", load).unwrap()
        };
        assert_eq!((old(), old()), (Cheapest { price: 100 }, Cheapest { price: 100 }));
        assert_eq!(region.statistics().loads, 1);
        assert_eq!((new().price, new().price), ("100".to_owned(), "100".to_owned()));
        assert_eq!(region.statistics().loads, 2, "it is kept in place of the old one");
        assert_eq!(old(), Cheapest { price: 100 });
        assert_eq!(region.statistics().loads, 3);
    }
}

#[test]
fn another_version_of_a_model_has_entries_of_its_own() {
    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "car")]
    struct Before {
        #[orm(primary_key)]
        id: i64,
        name: Option<String>,
    }

    for (cache, _place, engine) in garages() {
        let region = region(&cache);
        for _ in 0..2 {
            assert_eq!(price(&engine, &region, 1), Some(100));
            let mut session = engine.session();
            let car = session.get_cached::<Before>(1, &region).unwrap().unwrap();
            assert_eq!(session[car].name.as_deref(), Some("car 1"));
        }
        assert_eq!(region.statistics().loads, 2);
        set_price(&engine, 1, 7);
        assert_eq!(price(&engine, &region, 1), Some(7));
    }
}

#[test]
fn databases_do_not_share_what_is_kept() {
    for (cache, _place, engine) in garages() {
        let region = region(&cache);
        let (_other_place, other) = garage(&cache);
        set_price(&other, 1, 7);
        let cheap = |engine: &Engine| {
            let cars = Car::query().filter(Car::price.lt(50)).cached(&region).all(&mut engine.session()).unwrap();
            cars.len()
        };
        for _ in 0..2 {
            assert_eq!((price(&engine, &region, 1), price(&other, &region, 1)), (Some(100), Some(7)));
            assert_eq!((cheap(&engine), cheap(&other)), (0, 1));
        }
        assert_eq!(region.statistics().loads, 4, "each was kept");
    }
    let cache = Cache::in_memory();
    let memory = || Engine::builder("sqlite://").hooks(cache.hooks()).build().unwrap();
    let (one, other, region) = (memory(), memory(), region(&cache));
    fill(&one);
    other.create_all(models![Car]).unwrap();
    assert_eq!((price(&one, &region, 1), price(&other, &region, 1)), (Some(100), None));
}

#[test]
fn a_replica_that_is_behind_is_not_kept() {
    for (cache, place, primary) in garages() {
        let region = region(&cache);
        let (_behind, replica) = garage_in(place.kind(), &Cache::in_memory());
        set_price(&primary, 1, 7);
        let sessions = primary.sessions().replica(&replica).unwrap();
        let mut session = sessions.session();
        let behind = session.get::<Car>(1).unwrap().unwrap();
        assert_eq!(session[behind].price, 100, "what is not kept comes from the replica");
        for mut session in [sessions.session(), sessions.reader()] {
            let car = session.get_cached::<Car>(1, &region).unwrap().unwrap();
            assert_eq!(session[car].price, 7);
            let cheap = || Car::query().filter(Car::price.lt(50));
            assert_eq!(cheap().select(Car::price).cached_rows(&region).all(&mut session).unwrap(), [7]);
            assert_eq!(cheap().cached(&region).all(&mut session).unwrap().len(), 1);
            assert_eq!(cheap().count(&mut session).unwrap(), 0, "reads of others still come from the replica");
        }
        assert_eq!(region.statistics().loads, 3);
    }
}

#[test]
fn rows_in_bulk_forget_their_table() {
    use orm::files::ReadFiles as _;

    for (cache, _place, engine) in garages() {
        let region = region(&cache);
        let mut session = engine.session();
        let car = |id, price| Car { id, name: format!("car {id}"), price };
        assert_eq!([1, 9, 10].map(|id| price(&engine, &region, id)), [Some(100), None, None]);
        Car::bulk_insert([car(9, 9)]).execute(&mut session).unwrap();
        assert_eq!(price(&engine, &region, 9), None, "not before the commit");
        session.commit().unwrap();
        assert_eq!(price(&engine, &region, 9), Some(9));
        Car::bulk_update(Car::price, [(1_i64, 1_i64)]).execute(&mut session).unwrap();
        session.commit().unwrap();
        assert_eq!(price(&engine, &region, 1), Some(1));
        Car::insert_csv("id,name,price\n10,ten,10\n".as_bytes()).execute(&mut session).unwrap();
        session.commit().unwrap();
        assert_eq!(price(&engine, &region, 10), Some(10));
        if engine.dialect().name() != "mariadb" {
            Car::bulk_save([car(1, 2), car(11, 11)]).execute(&mut session).unwrap();
            session.commit().unwrap();
            assert_eq!([1, 11].map(|id| price(&engine, &region, id)), [Some(2), Some(11)]);
        }
    }
}

#[test]
fn a_migration_forgets_what_it_changes() {
    for (cache, _place, engine) in garages() {
        let region = region(&cache);
        assert_eq!(price(&engine, &region, 1), Some(100));
        let files = [
            ("ab12cd_dearer/revision.toml", "id = \"ab12cd\"\nmessage = \"dearer\"\nparents = []\n"),
            ("ab12cd_dearer/up.sql", "UPDATE car SET price = price + 1;\n"),
            ("ab12cd_dearer/down.sql", "UPDATE car SET price = price - 1;\n"),
        ];
        orm::migrate::Migrations::from_files(files).unwrap().upgrade(&engine).unwrap();
        assert_eq!(price(&engine, &region, 1), Some(101));
    }
}

#[test]
fn a_change_of_the_schema_that_commits_is_seen_at_once() {
    let cache = Cache::in_memory();
    let (_place, engine) = garage_in(Kind::MariaDb, &cache);
    let region = region(&cache);
    assert_eq!(price(&engine, &region, 1), Some(100));
    let mut connection = engine.connection().unwrap();
    connection.begin(orm::driver::TransactionMode::Write).unwrap();
    connection.execute("UPDATE car SET price = 5", &[]).unwrap();
    assert_eq!(price(&engine, &region, 1), Some(100));
    connection.execute("CREATE TABLE other (id BIGINT)", &[]).unwrap();
    assert_eq!(price(&engine, &region, 1), Some(5));
    connection.rollback().unwrap();
    assert_eq!(price(&engine, &region, 1), Some(5));
}

#[test]
fn a_commit_in_two_phases_forgets() {
    let cache = Cache::in_memory();
    let (_place, engine) = garage_in(Kind::Postgres, &cache);
    let (_second_place, second) = garage_in(Kind::Postgres, &cache);
    let region = region(&cache);
    second.create_all(models![Wheel]).unwrap();
    let sessions = engine.sessions().bind("second", models![Wheel], &second).unwrap();
    let sessions = sessions.commit_mode(orm::CommitMode::TwoPhase);
    assert_eq!(price(&engine, &region, 1), Some(100));
    let mut session = sessions.session();
    let car = session.get::<Car>(1).unwrap().unwrap();
    session[car].price = 3;
    session.add(Wheel { id: 1 });
    session.flush().unwrap();
    assert_eq!(price(&engine, &region, 1), Some(100));
    session.commit().unwrap();
    assert_eq!(price(&engine, &region, 1), Some(3));
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "wheel")]
struct Wheel {
    #[orm(primary_key)]
    id: i64,
}
