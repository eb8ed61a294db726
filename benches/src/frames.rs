//! Record batches beside the raw drivers, which fill the same builders and read the same arrays: `cargo bench -p orm-bench --bench frames --features frames`.
//!
//! SQLite always; PostgreSQL when `ORM_BENCH_POSTGRES_URL` names a database in which a table `bench_person` may be made. `ORM_BENCH_ROWS` is the number of
//! rows, a million without it. `ORM_BENCH_PYTHON` names an interpreter with the packages that `frames.py` says, which then takes turns with the others.
#![expect(clippy::print_stdout, reason = "a benchmark prints its numbers")]

mod clock;
mod models;

use std::cell::RefCell;
use std::env;
use std::error::Error;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use arrow_array::builder::{BooleanBuilder, Float64Builder, Int32Builder, Int64Builder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use orm::arrow::{InsertBatches as _, ReadBatches as _};
use orm::prelude::*;
use postgres::binary_copy::BinaryCopyInWriter;
use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::Type;
use postgres::{Client, NoTls};
use rusqlite::{Connection, params};

use clock::{Comparison, Side, compare, time};
use models::Person;

type Outcome<T> = Result<T, Box<dyn Error>>;

const BATCH: usize = 8_192;
const ROUNDS: usize = 5;
const SELECT: &str = "SELECT id, name, email, city, age, score, active, note FROM bench_person ORDER BY id";
const INSERT: &str = "INSERT INTO bench_person (id, name, email, city, age, score, active, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const COPY: &str = "COPY bench_person (id, name, email, city, age, score, active, note) FROM STDIN BINARY";
const TYPES: [Type; 8] =
    [Type::INT8, Type::TEXT, Type::TEXT, Type::TEXT, Type::INT4, Type::FLOAT8, Type::BOOL, Type::TEXT];

fn main() -> Outcome<()> {
    let rows = env::var("ORM_BENCH_ROWS").map_or(Ok(1_000_000), |rows| rows.parse())?;
    let batches = batches(rows)?;
    let mut comparisons = sqlite(&batches)?;
    match env::var("ORM_BENCH_POSTGRES_URL") {
        Ok(url) => comparisons.extend(pg(&url, &batches)?),
        Err(_) => println!("PostgreSQL is left out: ORM_BENCH_POSTGRES_URL is not set"),
    }
    println!("{rows} rows of 8 columns\n{}", clock::table(&comparisons));
    Ok(())
}

/// The builders of the columns, as `record_batches` has them.
#[derive(Default)]
struct Builders {
    id: Int64Builder,
    name: StringBuilder,
    email: StringBuilder,
    city: StringBuilder,
    age: Int32Builder,
    score: Float64Builder,
    active: BooleanBuilder,
    note: StringBuilder,
    rows: usize,
}

impl Builders {
    fn finish(&mut self, schema: &SchemaRef) -> Outcome<RecordBatch> {
        self.rows = 0;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.id.finish()),
            Arc::new(self.name.finish()),
            Arc::new(self.email.finish()),
            Arc::new(self.city.finish()),
            Arc::new(self.age.finish()),
            Arc::new(self.score.finish()),
            Arc::new(self.active.finish()),
            Arc::new(self.note.finish()),
        ];
        Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
    }
}

fn schema() -> SchemaRef {
    let field = |name: &str, data_type| Field::new(name, data_type, name == "note");
    Arc::new(Schema::new(vec![
        field("id", DataType::Int64),
        field("name", DataType::Utf8),
        field("email", DataType::Utf8),
        field("city", DataType::Utf8),
        field("age", DataType::Int32),
        field("score", DataType::Float64),
        field("active", DataType::Boolean),
        field("note", DataType::Utf8),
    ]))
}

fn batches(rows: usize) -> Outcome<Vec<RecordBatch>> {
    let (schema, mut made, mut out) = (schema(), Builders::default(), Vec::new());
    for n in 1..=rows {
        let number = u32::try_from(n)?;
        made.id.append_value(i64::from(number));
        made.name.append_value(format!("Person {n}"));
        made.email.append_value(format!("person{n}@example.com"));
        made.city.append_value(["Oslo", "Rome", "Lima", "Bern"][n % 4]);
        made.age.append_value(i32::try_from(n % 90)?);
        made.score.append_value(f64::from(number) * 0.5);
        made.active.append_value(n % 3 == 0);
        made.note.append_option((n % 5 == 0).then_some("seen twice"));
        if n % BATCH == 0 || n == rows {
            out.push(made.finish(&schema)?);
        }
    }
    Ok(out)
}

fn ours(engine: &Engine) -> Outcome<Duration> {
    let mut session = engine.session();
    time(|| {
        let mut rows = 0;
        for batch in Person::query().order_by(Person::id).record_batches(&mut session, BATCH)? {
            rows += batch?.num_rows();
        }
        Ok::<_, Box<dyn Error>>(rows)
    })
}

fn insert_ours(engine: &Engine, batches: &[RecordBatch]) -> Outcome<Duration> {
    let mut session = engine.session();
    Person::query().delete().execute(&mut session)?;
    session.commit()?;
    time(|| {
        Person::insert_batches(batches.iter().cloned()).execute(&mut session)?;
        Ok::<_, Box<dyn Error>>(session.commit()?)
    })
}

/// The ways of Python into a frame, as far as there is an interpreter with them.
fn read_by_python(url: &str) -> Vec<Side<'_>> {
    let ways = [("Python: connector-x, Arrow", "connectorx-read"), ("Python: pandas, SQLAlchemy", "pandas-read")];
    by_python(ways, move |way| vec![way.to_owned(), url.to_owned()])
}

/// The way of Python out of a frame. `clear` empties the table.
fn insert_by_python<'a>(url: &'a str, rows: usize, clear: impl Fn() -> Outcome<()> + 'a) -> Vec<Side<'a>> {
    let mut sides = by_python([("Python: pandas, to_sql", "pandas-insert")], move |way| {
        vec![way.to_owned(), url.to_owned(), rows.to_string()]
    });
    if let Some((name, mut run)) = sides.pop() {
        let cleared = Box::new(move || {
            clear()?;
            run()
        });
        sides.push((name, cleared));
    }
    sides
}

fn by_python<'a, const N: usize>(
    ways: [(&'static str, &'static str); N],
    arguments: impl Fn(&str) -> Vec<String> + Copy + 'a,
) -> Vec<Side<'a>> {
    let Ok(python) = env::var("ORM_BENCH_PYTHON") else { return Vec::new() };
    let side = |(name, way): (&'static str, &'static str)| -> Side<'a> {
        let python = python.clone();
        (name, Box::new(move || python_seconds(&python, &arguments(way))))
    };
    ways.map(side).into()
}

/// What `frames.py` has measured.
fn python_seconds(python: &str, arguments: &[String]) -> Outcome<Duration> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/frames.py");
    let output = Command::new(python).arg(script).args(arguments).output()?;
    if !output.status.success() {
        return Err(format!("{script} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(Duration::from_secs_f64(String::from_utf8(output.stdout)?.trim().parse()?))
}

fn sqlite(batches: &[RecordBatch]) -> Outcome<Vec<Comparison>> {
    let folder = env::temp_dir().join(format!("orm-bench-frames-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("frames.db");
    let engine = Engine::connect(&format!("sqlite:///{}?synchronous=normal", path.display()))?;
    engine.create_all(models![Person])?;
    let raw = RefCell::new(Connection::open(&path)?);
    raw.borrow().pragma_update(None, "journal_mode", "WAL")?;
    raw.borrow().pragma_update(None, "synchronous", "NORMAL")?;
    raw.borrow().pragma_update(None, "foreign_keys", true)?;
    let insert: Side<'_> = (
        "rusqlite, a prepared loop",
        Box::new(|| {
            raw.borrow().execute("DELETE FROM bench_person", [])?;
            time(|| insert_rusqlite(&mut raw.borrow_mut(), batches))
        }),
    );
    let ours_insert: Side<'_> = ("insert_batches", Box::new(|| insert_ours(&engine, batches)));
    let clear = || Ok(raw.borrow().execute("DELETE FROM bench_person", []).map(drop)?);
    let (url, rows) = (format!("sqlite:///{}", path.display()), batches.iter().map(RecordBatch::num_rows).sum());
    let python = insert_by_python(&url, rows, clear);
    let sides = [insert].into_iter().chain(python).chain([ours_insert]).collect();
    let inserted = compare("SQLite: insert", ROUNDS, sides)?;
    let read: Side<'_> = ("rusqlite, the same builders", Box::new(|| time(|| read_rusqlite(&raw.borrow()))));
    let ours_read: Side<'_> = ("record_batches", Box::new(|| ours(&engine)));
    let sides = [read].into_iter().chain(read_by_python(&url)).chain([ours_read]).collect();
    let read = compare("SQLite: read", ROUNDS, sides)?;
    drop((engine, raw));
    std::fs::remove_dir_all(folder)?;
    Ok(vec![inserted, read])
}

fn insert_rusqlite(raw: &mut Connection, batches: &[RecordBatch]) -> Outcome<()> {
    let transaction = raw.transaction()?;
    let mut statement = transaction.prepare(INSERT)?;
    for batch in batches {
        let row = Columns::of(batch);
        for at in 0..batch.num_rows() {
            let note = (!row.note.is_null(at)).then(|| row.note.value(at));
            let (name, email, city) = (row.name.value(at), row.email.value(at), row.city.value(at));
            let values = params![row.id[at], name, email, city, row.age[at], row.score[at], row.active.value(at), note];
            statement.execute(values)?;
        }
    }
    drop(statement);
    Ok(transaction.commit()?)
}

/// The arrays of a batch.
struct Columns<'b> {
    id: &'b [i64],
    name: &'b arrow_array::StringArray,
    email: &'b arrow_array::StringArray,
    city: &'b arrow_array::StringArray,
    age: &'b [i32],
    score: &'b [f64],
    active: &'b arrow_array::BooleanArray,
    note: &'b arrow_array::StringArray,
}

impl<'b> Columns<'b> {
    fn of(batch: &'b RecordBatch) -> Self {
        let column = |index| batch.column(index);
        Self {
            id: column(0).as_primitive::<Int64Type>().values(),
            name: column(1).as_string(),
            email: column(2).as_string(),
            city: column(3).as_string(),
            age: column(4).as_primitive::<Int32Type>().values(),
            score: column(5).as_primitive::<Float64Type>().values(),
            active: column(6).as_boolean(),
            note: column(7).as_string(),
        }
    }
}

fn read_rusqlite(raw: &Connection) -> Outcome<usize> {
    let (schema, mut made, mut count) = (schema(), Builders::default(), 0);
    let mut statement = raw.prepare_cached(SELECT)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        made.id.append_value(row.get(0)?);
        made.name.append_value(row.get_ref(1)?.as_str()?);
        made.email.append_value(row.get_ref(2)?.as_str()?);
        made.city.append_value(row.get_ref(3)?.as_str()?);
        made.age.append_value(row.get(4)?);
        made.score.append_value(row.get(5)?);
        made.active.append_value(row.get(6)?);
        made.note.append_option(row.get_ref(7)?.as_str_or_null()?);
        made.rows += 1;
        if made.rows == BATCH {
            count += made.finish(&schema)?.num_rows();
        }
    }
    Ok(count + made.finish(&schema)?.num_rows())
}

fn pg(url: &str, batches: &[RecordBatch]) -> Outcome<Vec<Comparison>> {
    let engine = Engine::connect(url)?;
    engine.drop_all(models![Person])?;
    engine.create_all(models![Person])?;
    let raw = RefCell::new(Client::connect(url, NoTls)?);
    let insert: Side<'_> = (
        "postgres, COPY by hand",
        Box::new(|| {
            raw.borrow_mut().batch_execute("TRUNCATE bench_person")?;
            time(|| insert_postgres(&mut raw.borrow_mut(), batches))
        }),
    );
    let ours_insert: Side<'_> = (
        "insert_batches",
        Box::new(|| {
            raw.borrow_mut().batch_execute("TRUNCATE bench_person")?;
            insert_ours(&engine, batches)
        }),
    );
    let clear = || Ok(raw.borrow_mut().batch_execute("TRUNCATE bench_person")?);
    let rows = batches.iter().map(RecordBatch::num_rows).sum();
    let sides = [insert].into_iter().chain(insert_by_python(url, rows, clear)).chain([ours_insert]).collect();
    let inserted = compare("PostgreSQL: insert", ROUNDS, sides)?;
    let read: Side<'_> = ("postgres, the same builders", Box::new(|| time(|| read_postgres(&mut raw.borrow_mut()))));
    let ours_read: Side<'_> = ("record_batches", Box::new(|| ours(&engine)));
    let sides = [read].into_iter().chain(read_by_python(url)).chain([ours_read]).collect();
    let read = compare("PostgreSQL: read", ROUNDS, sides)?;
    engine.drop_all(models![Person])?;
    Ok(vec![inserted, read])
}

fn insert_postgres(raw: &mut Client, batches: &[RecordBatch]) -> Outcome<()> {
    let mut transaction = raw.transaction()?;
    let mut copy = BinaryCopyInWriter::new(transaction.copy_in(COPY)?, &TYPES);
    for batch in batches {
        let row = Columns::of(batch);
        for at in 0..batch.num_rows() {
            let note = (!row.note.is_null(at)).then(|| row.note.value(at));
            copy.write(&[
                &row.id[at],
                &row.name.value(at),
                &row.email.value(at),
                &row.city.value(at),
                &row.age[at],
                &row.score[at],
                &row.active.value(at),
                &note,
            ])?;
        }
    }
    copy.finish()?;
    Ok(transaction.commit()?)
}

fn read_postgres(raw: &mut Client) -> Outcome<usize> {
    let (schema, mut made, mut count) = (schema(), Builders::default(), 0);
    let mut rows = raw.query_raw(SELECT, None::<&str>)?;
    while let Some(row) = rows.next()? {
        made.id.append_value(row.get(0));
        made.name.append_value(row.get::<_, &str>(1));
        made.email.append_value(row.get::<_, &str>(2));
        made.city.append_value(row.get::<_, &str>(3));
        made.age.append_value(row.get(4));
        made.score.append_value(row.get(5));
        made.active.append_value(row.get(6));
        made.note.append_option(row.get::<_, Option<&str>>(7));
        made.rows += 1;
        if made.rows == BATCH {
            count += made.finish(&schema)?.num_rows();
        }
    }
    Ok(count + made.finish(&schema)?.num_rows())
}
