//! The cases of some topics on MariaDB: those of which all cases pass so far.

orm_tests::query_joins!(orm_tests::harness::MariaDb);
orm_tests::query_relations!(orm_tests::harness::MariaDb);
