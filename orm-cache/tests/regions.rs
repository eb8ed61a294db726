//! Values of functions: one loader at a time, times to live, nothing, errors.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is test code")]

mod support;

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use orm_cache::{Cache, Error, ErrorKind};
use support::{caches, name, redis_url};

const fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

#[test]
fn many_threads_at_an_expired_key_load_once() {
    for cache in caches() {
        let region = cache.region("slow").ttl(millis(50)).build();
        let loads = AtomicU32::new(0);
        let load = || {
            thread::sleep(millis(100));
            Ok::<_, Error>(loads.fetch_add(1, Ordering::Relaxed))
        };
        region.get_or_load("key", load).unwrap();
        thread::sleep(millis(80));
        let barrier = Barrier::new(64);
        thread::scope(|scope| {
            let threads: Vec<_> = (0..64)
                .map(|_| {
                    scope.spawn(|| {
                        barrier.wait();
                        region.get_or_load("key", load).unwrap()
                    })
                })
                .collect();
            assert!(threads.into_iter().all(|thread| thread.join().unwrap() == 1));
        });
        assert_eq!(loads.load(Ordering::Relaxed), 2);
        let statistics = region.statistics();
        assert_eq!((statistics.loads, statistics.misses), (2, 2), "{statistics:?}");
        assert_eq!(statistics.hits, 63, "{statistics:?}");
    }
}

#[test]
fn processes_load_once_too() {
    // Two caches stand for two processes: they share nothing but Redis.
    let prefix = name();
    let caches = [0, 1].map(|_| Cache::redis(redis_url()).prefix(&prefix).build().unwrap());
    let loads = AtomicU32::new(0);
    let barrier = Barrier::new(16);
    thread::scope(|scope| {
        for number in 0..16 {
            let (region, loads, barrier) = (caches[number % 2].region("slow").build(), &loads, &barrier);
            scope.spawn(move || {
                barrier.wait();
                let value = region.get_or_load("key", || {
                    thread::sleep(millis(200));
                    Ok::<_, Error>(loads.fetch_add(1, Ordering::Relaxed))
                });
                assert_eq!(value.unwrap(), 0);
            });
        }
    });
    assert_eq!(loads.load(Ordering::Relaxed), 1);
}

#[test]
fn a_stale_value_is_given_while_one_loads() {
    for cache in caches() {
        let region = cache.region("stale").ttl(millis(50)).stale(Duration::from_secs(30)).build();
        region.get_or_load("key", || Ok::<_, Error>(1)).unwrap();
        thread::sleep(millis(80));
        thread::scope(|scope| {
            let loader = scope.spawn(|| {
                region.get_or_load("key", || {
                    thread::sleep(millis(300));
                    Ok::<_, Error>(2)
                })
            });
            thread::sleep(millis(100));
            assert_eq!(region.get_or_load("key", || Err::<i32, _>(no())).unwrap(), 1);
            assert_eq!(loader.join().unwrap().unwrap(), 2);
        });
        assert_eq!(region.statistics().stale_hits, 1);
        // It is given where loading fails as well, and never after it was removed.
        thread::sleep(millis(80));
        assert_eq!(region.get_or_load("key", || Err::<i32, _>(no())).unwrap(), 2);
        region.remove("key");
        assert!(region.get_or_load("key", || Err::<i32, _>(no())).is_err());
    }
}

fn no() -> Error {
    Error::new(ErrorKind::Database, "no")
}

#[test]
fn nothing_is_kept_for_its_own_time() {
    for cache in caches() {
        let region = cache.region("nothing").negative_ttl(millis(60)).build();
        let nothing = || region.get_or_try_load("key", || Ok::<Option<i32>, Error>(None)).unwrap();
        assert_eq!((nothing(), nothing()), (None, None));
        assert_eq!((region.statistics().loads, region.statistics().negative_hits), (1, 1));
        thread::sleep(millis(90));
        assert_eq!(region.get_or_try_load("key", || Ok::<_, Error>(Some(7))).unwrap(), Some(7));
        assert_eq!(nothing(), Some(7));
    }
}

#[test]
fn errors_and_panics_keep_nobody_waiting() {
    for cache in caches() {
        let region = cache.region("errors").build();
        assert_eq!(region.get_or_load("key", || Err::<i32, _>(no())).unwrap_err().kind(), ErrorKind::Database);
        thread::scope(|scope| {
            let panics = scope.spawn(|| {
                region.get_or_load::<i32, Error>("key", || {
                    thread::sleep(millis(100));
                    panic!("in a loader")
                })
            });
            thread::sleep(millis(30));
            assert_eq!(region.get_or_load("key", || Ok::<_, Error>(1)).unwrap(), 1);
            assert!(panics.join().is_err());
        });
        assert_eq!(region.statistics().failed_loads, 1);
    }
}

#[test]
fn a_loader_from_before_a_removal_does_not_put_the_old_value_back() {
    for cache in caches() {
        let region = cache.region("race").build();
        let value = region.get_or_load("key", || {
            // Somebody changes what was read already.
            region.remove("key");
            Ok::<_, Error>("old".to_owned())
        });
        assert_eq!(value.unwrap(), "old");
        assert_eq!(region.get_or_load("key", || Ok::<_, Error>("new".to_owned())).unwrap(), "new");

        // Who comes after the removal does not wait for the loader from before it.
        thread::scope(|scope| {
            region.remove("key");
            let before = scope.spawn(|| {
                region.get_or_load("key", || {
                    thread::sleep(millis(200));
                    Ok::<_, Error>("older".to_owned())
                })
            });
            thread::sleep(millis(50));
            region.remove("key");
            assert_eq!(region.get_or_load("key", || Ok::<_, Error>("newer".to_owned())).unwrap(), "newer");
            assert_eq!(before.join().unwrap().unwrap(), "older");
        });
        assert_eq!(region.get_or_load::<String, Error>("key", || Err(no())).unwrap(), "newer");
        region.clear();
        assert_eq!(region.get_or_load("key", || Ok::<_, Error>("newest".to_owned())).unwrap(), "newest");
    }
}

#[test]
fn memory_is_bounded() {
    let region = Cache::in_memory().region("bounded").size(100).build();
    for key in 0..5_000 {
        region.get_or_load(key.to_string(), || Ok::<_, Error>(key)).unwrap();
    }
    thread::sleep(millis(100));
    let before = region.statistics().loads;
    for key in 0..5_000 {
        region.get_or_load(key.to_string(), || Ok::<_, Error>(key)).unwrap();
    }
    assert!(region.statistics().loads - before > 4_000);
}
