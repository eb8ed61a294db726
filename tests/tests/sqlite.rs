//! Every case on SQLite in memory.

orm_tests::for_each_case!(orm_tests::harness::SqliteMemory);
