use std::ops::ControlFlow;

use orm::testing::{Planned, Recorded, Recorder};
use orm::{Engine, EngineBuilder, ErrorKind, Result, Session, StatementKind};
use orm_core::dialect::{ArrayParameters, Capabilities, InsertKeys};
use orm_core::schema::TableDef;
use orm_core::value::ValueRef;

use crate::harness::Database;
use crate::spelling::spelled;

/// The environment of a case: an engine over its own database, and a log of the statements that were sent.
#[derive(Debug)]
pub struct TestContext {
    /// An engine over the case's database, which holds nothing yet.
    pub engine: Engine,
    recorder: Recorder,
    database: Database,
}

impl TestContext {
    /// The context over `database`.
    ///
    /// # Errors
    ///
    /// When its URL is wrong.
    pub fn new(database: Database) -> Result<Self> {
        let recorder = Recorder::new();
        let engine = recorded_builder(database.url(), &recorder).build()?;
        Ok(Self { engine, recorder, database })
    }

    /// The database's name, for the few expectations that differ by nature.
    pub fn backend_name(&self) -> &'static str {
        self.engine.dialect().name()
    }

    /// The SQL of the two that is for this database, where servers have one spelling: for tables that no model made.
    pub fn spelled(&self, sqlite: &'static str, servers: &'static str) -> &'static str {
        self.spelled_by([sqlite, servers, servers])
    }

    /// The one for this database, of SQLite, PostgreSQL and MariaDB.
    pub fn spelled_by<T>(&self, [sqlite, postgres, mariadb]: [T; 3]) -> T {
        match self.backend_name() {
            "SQLite" => sqlite,
            "PostgreSQL" => postgres,
            _ => mariadb,
        }
    }

    /// Whether rows go one by one, by one prepared statement, and not as arrays; new rows may go as lists.
    pub fn row_by_row(&self) -> bool {
        self.capabilities().insert_keys != InsertKeys::Arrays
    }

    /// Whether new rows go as lists.
    pub fn lists_rows(&self) -> bool {
        self.capabilities().insert_keys == InsertKeys::Lists
    }

    /// What the log calls a bulk insert.
    pub fn bulk_verb(&self) -> &'static str {
        if self.capabilities().copy { "copy" } else { "insert" }
    }

    /// The log of a write of so many rows, as `insert user`: one statement for all that go together.
    pub fn batches(&self, head: &str, rows: usize) -> Vec<String> {
        let most = match head.split(' ').next() {
            Some("copy") => usize::MAX,
            Some("update") if self.lists_rows() => 128,
            _ if self.lists_rows() => 1_024,
            _ if self.row_by_row() => usize::MAX,
            _ => 16_384,
        };
        let full = (0..rows / most).map(|_| most);
        full.chain(Some(rows % most).filter(|&rest| rest > 0)).map(|rows| format!("{head} x{rows}")).collect()
    }

    /// The statements since the last look are those of writes of so many rows.
    ///
    /// # Panics
    ///
    /// When they are not.
    #[track_caller]
    pub fn expect_batches(&mut self, writes: &[(&str, usize)]) {
        let expected: Vec<String> = writes.iter().flat_map(|(head, rows)| self.batches(head, *rows)).collect();
        self.expect_log(&expected.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// Whether a list of values is so many parameters.
    pub fn lists_values(&self) -> bool {
        self.capabilities().array_parameters == ArrayParameters::Listed
    }

    /// What the database can do.
    pub fn capabilities(&self) -> &'static Capabilities {
        self.engine.dialect().capabilities()
    }

    /// The URL of the case's database.
    pub fn url(&self) -> &str {
        self.database.url()
    }

    /// What stands between the URL and one more option.
    pub fn separator(&self) -> char {
        if self.url().contains('?') { '&' } else { '?' }
    }

    /// Options for another engine over the same database, recorded in the same log. (A database in memory is another one for
    /// each engine.)
    pub fn builder(&self) -> EngineBuilder {
        recorded_builder(self.url(), &self.recorder)
    }

    /// Creates the tables of models, beside the log: `cx.create(models![User])`.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn create(&mut self, tables: impl IntoIterator<Item = &'static TableDef>) -> Result<()> {
        self.recorder.quietly(|| self.engine.create_all(tables))
    }

    /// A new session.
    pub fn session(&self) -> Session {
        self.engine.session()
    }

    /// A new session that trusts memory from one unit to the next: for cases that set up rows in it and look at what is sent, given
    /// that these are known.
    pub fn only_writer(&self) -> Session {
        let mut session = self.engine.session();
        session.set_expire_on_commit(false);
        session
    }

    /// The statements since the last look at the log, without those about transactions.
    pub fn take_log(&mut self) -> Vec<Recorded> {
        let mut log = self.recorder.take();
        log.retain(|recorded| !recorded.kind.is_transaction());
        log
    }

    /// Forgets the log so far.
    pub fn clear_log(&self) {
        self.recorder.take();
    }

    /// The statements since the last look, without those about transactions, are these and no others. The notation is that of
    /// [`Recorded::matches`]: `insert user x3`, `update post (title)`, `delete post`, `select post`. A statement that only some databases need
    /// says so: `without update_returning: select post`.
    ///
    /// # Panics
    ///
    /// When they are not.
    #[track_caller]
    pub fn expect_log(&mut self, expected: &[&str]) {
        let log = self.take_log();
        self.assert_log(&log, expected);
    }

    /// Like [`expect_log`](Self::expect_log), with `begin`, `commit`, `rollback`, `savepoint`, `release` and `rollback to`.
    ///
    /// # Panics
    ///
    /// When the statements are others.
    #[track_caller]
    pub fn expect_full_log(&mut self, expected: &[&str]) {
        let log = self.recorder.take();
        self.assert_log(&log, expected);
    }

    #[track_caller]
    fn assert_log(&self, log: &[Recorded], expected: &[&str]) {
        let expected: Vec<&str> = expected.iter().filter_map(|&line| sent_here(self.capabilities(), line)).collect();
        assert_log(log, &expected);
    }

    /// How often a table was asked about since the last look.
    pub fn take_descriptions(&self) -> usize {
        self.recorder.take_descriptions()
    }

    /// How often a connection was reset since the last look.
    pub fn take_resets(&self) -> usize {
        self.recorder.take_resets()
    }

    /// Makes the next statement of `kind` fail before it reaches the database. `ConnectionLost` breaks the connection too.
    pub fn fail_next(&self, kind: StatementKind, error: ErrorKind) {
        self.recorder.next().of(kind).fails(error);
    }

    /// The next statement of `kind`, for saying what becomes of it.
    pub fn next_of(&self, kind: StatementKind) -> Planned<'_> {
        self.recorder.next().of(kind)
    }

    /// Makes a statement of `kind` fail after `passes` others of that kind.
    pub fn fail_after(&self, passes: usize, kind: StatementKind, error: ErrorKind) {
        self.recorder.next().of(kind).after(passes).fails(error);
    }

    /// The rows of a query, each cell as text: what is really in the database. Beside the log, on a connection of its own: a
    /// session has to commit first.
    ///
    /// # Panics
    ///
    /// When the query fails.
    #[track_caller]
    pub fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        let sql = &*spelled(self.backend_name(), sql);
        let outcome = self.recorder.quietly(|| {
            self.engine.connection()?.query(sql, &[], &mut |row| {
                rows.push((0..row.len()).map(|index| cell(row.get(index).unwrap_or(ValueRef::Null))).collect());
                Ok(ControlFlow::Continue(()))
            })
        });
        outcome.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        rows
    }

    /// A query for the number by which a server knows the connection.
    pub fn own_process(&self) -> &'static str {
        self.spelled_by(["", "SELECT pg_backend_pid()::bigint", "SELECT CONNECTION_ID()"])
    }

    /// How many of the connections of these numbers a server has.
    pub fn living(&self, processes: &[i64]) -> usize {
        let from = self.spelled_by(["", "pg_stat_activity WHERE pid", "information_schema.PROCESSLIST WHERE ID"]);
        let processes = processes.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        self.rows(&format!("SELECT 1 FROM {from} IN ({processes})")).len()
    }

    /// Ends connections of a server by their numbers, and waits until the server has done it.
    pub fn end_connections(&self, processes: &[i64]) {
        let end = |process: &i64| {
            self.spelled_by([
                String::new(),
                format!("SELECT pg_terminate_backend({process})"),
                format!("KILL CONNECTION {process}"),
            ])
        };
        self.execute(&processes.iter().map(end).collect::<Vec<_>>().join("; "));
        while self.living(processes) > 0 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    /// The rows of a query are these, each written as its cells with `|` between them: `&["1|alice", "2|bob"]`.
    ///
    /// # Panics
    ///
    /// When they are not, or the query fails.
    #[track_caller]
    pub fn expect_rows(&self, sql: &str, expected: &[&str]) {
        let found: Vec<String> = self.rows(sql).iter().map(|row| row.join("|")).collect();
        assert_eq!(found, expected, "{sql}");
    }

    /// Drops all tables and views of the case's database.
    pub fn empty(&self) {
        match self.backend_name() {
            "PostgreSQL" => {
                let schema = self.rows("SELECT current_schema()").concat().concat();
                self.execute(&format!("DROP SCHEMA {schema} CASCADE; CREATE SCHEMA {schema}"));
            }
            _ => {
                let kind = "CASE table_type WHEN 'VIEW' THEN 'VIEW' WHEN 'SEQUENCE' THEN 'SEQUENCE' ELSE 'TABLE' END";
                let name = "concat('`', replace(table_name, '`', '``'), '`')";
                let drops = self.rows(&format!(
                    "SELECT concat('DROP ', {kind}, ' ', {name}) FROM information_schema.tables WHERE table_schema = DATABASE()"
                ));
                let drops: Vec<String> = drops.into_iter().flatten().collect();
                self.execute(&format!("SET foreign_key_checks = 0; {}", drops.join("; ")));
            }
        }
    }

    /// Runs statements beside the log and the sessions, as another program would.
    ///
    /// # Panics
    ///
    /// When one fails.
    #[track_caller]
    pub fn execute(&self, sql: &str) {
        let sql = &*spelled(self.backend_name(), sql);
        let outcome = self.recorder.quietly(|| self.engine.connection()?.execute_script(sql));
        outcome.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }
}

fn recorded_builder(url: &str, recorder: &Recorder) -> EngineBuilder {
    Engine::builder(url).wrap_backend(recorder.wrapper())
}

/// What a line of an expected log says for a database: nothing, if it is about those that lack something that this one has.
fn sent_here<'l>(facts: &Capabilities, line: &'l str) -> Option<&'l str> {
    let Some((fact, statement)) = line.strip_prefix("without ").and_then(|rest| rest.split_once(": ")) else {
        return Some(line);
    };
    let has = match fact {
        "update_returning" => facts.update_returning,
        "self_references" => facts.self_references,
        other => panic!("`{other}` is no fact that decides on statements"),
    };
    (!has).then_some(statement)
}

#[track_caller]
fn assert_log(log: &[Recorded], expected: &[&str]) {
    let equal = log.len() == expected.len() && log.iter().zip(expected).all(|(found, pattern)| found.matches(pattern));
    if equal {
        return;
    }
    let found: Vec<String> = log.iter().map(Recorded::to_string).collect();
    let sql: Vec<&str> = log.iter().map(|recorded| recorded.sql.as_str()).collect();
    let keys: Vec<String> = log.iter().map(|recorded| recorded.keys.join(", ")).collect();
    panic!(
        "statements:\n  {}\nexpected:\n  {}\nby columns:\n  {}\nas SQL:\n  {}",
        found.join("\n  "),
        expected.join("\n  "),
        keys.join("\n  "),
        sql.join("\n  ")
    );
}

/// A cell as `expect_rows` shows it: text without quotes, truth values as 0 and 1 on every database.
fn cell(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Text(text) => text.to_owned(),
        ValueRef::Bool(flag) => u8::from(flag).to_string(),
        other => other.to_string(),
    }
}
