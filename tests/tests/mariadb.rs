//! Every case on MariaDB.

orm_tests::for_each_case!(orm_tests::harness::MariaDb);
