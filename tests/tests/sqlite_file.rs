//! Every case on SQLite in a file, in WAL mode.

orm_tests::for_each_case!(orm_tests::harness::SqliteFile);
