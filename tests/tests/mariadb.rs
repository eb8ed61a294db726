//! Every case on a server of MariaDB.

orm_tests::for_each_case!(orm_tests::harness::MariaDb);
