//! The cases, one file a topic.
//!
//! To add a case, write it in the file of its topic and list it at the top of that file:
//!
//! ```text
//! cases! { renaming {
//!     a_renamed_user_keeps_its_addresses [];
//!     a_search_ignores_case [ilike];          // needs a `bool` field of `Capabilities`
//! } }
//!
//! pub fn a_renamed_user_keeps_its_addresses(cx: &mut TestContext) -> Result<()> {
//!     cx.create(models![User])?;
//!     let mut session = cx.session();
//!     let alice = session.add(User::named("alice"));
//!     session.commit()?;
//!     cx.clear_log();
//!     session[alice].name = "alicia".into();
//!     session.commit()?;
//!     cx.expect_log(&["update user (name)"]);
//!     cx.expect_rows(r#"SELECT name FROM "user""#, &["alicia"]);
//!     Ok(())
//! }
//! ```
//!
//! To add a topic, make its file and name it in the list below. Every backend runs every case; what a database cannot do is
//! named as a need, and the case must then end in `Unsupported` there.
//!
//! Cases of the unit of work are called `u_012_..`, after the number of the behaviour in `docs/design/unit-of-work.md`.

#![expect(missing_docs, reason = "the name of a case says what it proves")]

/// Lists the cases of a file. It makes a macro of the topic's name, which turns each case into a `#[test]` on a harness.
macro_rules! cases {
    ($topic:ident { $($case:ident [$($need:ident),*];)* }) => {
        cases! { @test ($) $topic { $($case [$($need),*];)* } }
    };
    (@test ($d:tt) $topic:ident { $($case:ident [$($need:ident),*];)* }) => {
        #[doc(hidden)]
        #[macro_export]
        macro_rules! $topic {
            ($d harness:ty) => {
                mod $topic {
                    use super::*;
                    $(#[test]
                    fn $case() {
                        let needs = [$($crate::harness::Need {
                            name: stringify!($need),
                            met: |capabilities| capabilities.$need,
                        }),*];
                        let name = concat!(stringify!($topic), "::", stringify!($case));
                        $crate::harness::run::<$d harness>(name, &needs, $crate::cases::$topic::$case);
                    })*
                }
            };
        }
    };
}

/// Names the topics. It makes `for_each_case!(Harness)`, which runs all of them.
macro_rules! topics {
    ($($topic:ident;)*) => {
        topics! { @all ($) $($topic;)* }
    };
    (@all ($d:tt) $($topic:ident;)*) => {
        $(pub mod $topic;)*

        /// Makes one `#[test]` of every case, on the given [`Harness`](crate::harness::Harness).
        #[macro_export]
        macro_rules! for_each_case {
            ($d harness:ty) => {
                $($crate::$topic!($d harness);)*
            };
        }
    };
}

topics! {
    arrays;
    alterations;
    both_sides;
    by_model;
    by_two_sessions;
    cascades;
    autoflush;
    bad_input;
    batching;
    bulk;
    bulk_inserts;
    computed;
    cycles;
    custom_types;
    compared_updates;
    connections;
    column_types;
    described_tables;
    events;
    field_names;
    flushed_rows;
    generated;
    hooks;
    rules;
    explaining;
    expiry;
    failures;
    formats;
    stored_forms;
    std_types;
    defaults;
    deleting;
    decoding;
    embedded;
    enums;
    engines;
    error_details;
    identity;
    injection;
    injection_names;
    key_chains;
    key_changes;
    key_following;
    lazy_loads;
    keys;
    leftovers;
    lifecycle;
    limits;
    locking;
    merging;
    members;
    metrics_export;
    names;
    newtypes;
    includes;
    joined_includes;
    loading;
    moves;
    notifications;
    order;
    other_keys;
    orphans;
    recorder;
    pairs;
    pools;
    watching;
    expr_aggregates;
    expr_choices;
    expr_custom;
    expr_generated;
    expr_json;
    expr_numbers;
    expr_rows;
    expr_texts;
    expr_times;
    expr_windows;
    panics;
    query_filters;
    query_groups;
    query_joins;
    query_limits;
    query_locks;
    query_orders;
    query_pages;
    query_plans;
    query_relations;
    related_queries;
    query_streams;
    query_reports;
    query_results;
    query_rows;
    query_sets;
    query_sources;
    query_subqueries;
    query_texts;
    raw_sql;
    reference;
    refused;
    reflection;
    catalogs;
    schema;
    secrets;
    serializing;
    server_values;
    session_factories;
    retries;
    rollback;
    sandboxes;
    savepoints;
    second_attempts;
    slots;
    states;
    table_writes;
    tables;
    test_databases;
    tracking;
    transaction_ends;
    transaction_options;
    transactions;
    transient;
    two_phase;
    types;
    unique_values;
    units;
    violations;
    versions;
    write_conflicts;
    write_ctes;
    write_inserts;
    write_objects;
    write_returning;
    write_updates;
}
