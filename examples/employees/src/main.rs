//! Employees and their activities, read from CSV and joined into a summary table.
//!
//! `cargo run -p employees`, or with `DATABASE_URL=postgresql://..`; `-- --echo` shows the statements.
#![expect(clippy::print_stdout, reason = "an example prints what it did")]

mod models;

use std::env;
use std::error::Error;
use std::io::{self, IsTerminal};

use chrono::NaiveDate;
use comfy_table::{Table, presets};
use csv::Reader;
use orm::functions::{count, max, sum};
use orm::prelude::*;
use serde::Deserialize;

use models::{Activity, Employee, EmployeeActivitySummary};

const EMPLOYEES: &str = include_str!("../data/employees.csv");
const ACTIVITIES: &str = include_str!("../data/activities.csv");

#[derive(Deserialize)]
struct EmployeeLine {
    number: i32,
    name: String,
    department: String,
    hired: NaiveDate,
}

#[derive(Deserialize)]
struct ActivityLine {
    employee: i32,
    title: String,
    day: NaiveDate,
    hours: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let engine = connect()?;
    engine.drop_all(models![Employee, Activity, EmployeeActivitySummary])?;
    engine.create_all(models![Employee, Activity, EmployeeActivitySummary])?;
    let mut session = engine.session();

    import(&mut session)?;
    let employees = Employee::query().count(&mut session)?;
    let activities = Activity::query().count(&mut session)?;
    println!("Read {employees} employees and {activities} activities.\n");

    summarize(&mut session)?;
    show(&mut session)?;
    Ok(())
}

/// All rows of both files in one transaction.
fn import(session: &mut Session) -> Result<(), Box<dyn Error>> {
    for line in Reader::from_reader(EMPLOYEES.as_bytes()).deserialize() {
        let EmployeeLine { number, name, department, hired } = line?;
        session.add(Employee { number, name, department, hired, ..Default::default() });
    }
    for line in Reader::from_reader(ACTIVITIES.as_bytes()).deserialize() {
        let ActivityLine { employee, title, day, hours } = line?;
        session.add(Activity { employee: BelongsTo::key(employee), title, day, hours, ..Default::default() });
    }
    Ok(session.commit()?)
}

/// The database joins and counts; an employee without activities keeps a row by the left join.
fn summarize(session: &mut Session) -> orm::Result<()> {
    let rows = Employee::query()
        .left_join(Employee::activities)
        .group_by((Employee::number, Employee::name, Employee::department))
        .order_by(Employee::number)
        .select((
            Employee::number,
            Employee::name,
            Employee::department,
            count(Activity::id),
            sum(Activity::hours),
            max(Activity::day),
        ))
        .all(session)?;
    session.add_all(rows.into_iter().map(|(employee, name, department, activities, hours, latest)| {
        EmployeeActivitySummary {
            employee: BelongsTo::key(employee),
            name,
            department,
            activities,
            hours: hours.unwrap_or_default(),
            latest,
        }
    }));
    session.commit()
}

fn show(session: &mut Session) -> orm::Result<()> {
    let mut table = Table::new();
    let header = ["number", "name", "department", "activities", "hours", "latest"];
    table.load_preset(presets::UTF8_FULL_CONDENSED).set_header(header);
    let busiest_first = EmployeeActivitySummary::query()
        .order_by((EmployeeActivitySummary::hours.desc(), EmployeeActivitySummary::employee_id));
    for row in busiest_first.values(session)? {
        table.add_row([
            row.employee.as_key().map(i32::to_string).unwrap_or_default(),
            row.name,
            row.department,
            row.activities.to_string(),
            format!("{:.1}", row.hours),
            row.latest.map_or_else(|| "-".into(), |day| day.to_string()),
        ]);
    }
    println!("EmployeeActivitySummary:\n{table}");
    Ok(())
}

fn connect() -> orm::Result<Engine> {
    let url = env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:///:memory:".into());
    let echo = env::args().any(|arg| arg == "--echo");
    if echo {
        tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init();
    }
    Engine::builder(&url).echo(echo).build()
}
