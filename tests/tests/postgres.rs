//! Every case on PostgreSQL.

orm_tests::for_each_case!(orm_tests::harness::Postgres);
