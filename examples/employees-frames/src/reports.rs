//! Summaries of the employees: as a frame, as grouped lists, and as a pivot.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use comfy_table::{Table, presets};
use orm::arrow::ReadBatches as _;
use orm::functions::{case, count_all, max, string_agg, sum};
use orm::prelude::*;

use crate::Outcome;
use crate::models::{Employee, Site};

pub(crate) fn show(session: &mut Session) -> Outcome {
    summary(session)?;
    lists(session)?;
    pivot(session)
}

/// What each department has done, as a frame: one batch, whose columns are computed on.
fn summary(session: &mut Session) -> Outcome {
    let rows = Employee::query()
        .filter(Employee::active)
        .group_by(Employee::department)
        .order_by(Employee::department)
        .select((
            Employee::department,
            count_all().label("people"),
            coalesce(sum(Employee::hours), 0.0).label("hours"),
        ));
    let mut table = table(["department", "people", "hours", "hours of each"]);
    for batch in rows.record_batches(session, 8_192)? {
        let batch = batch?;
        let departments = batch.column(0).as_string::<i32>();
        let (people, hours) =
            (batch.column(1).as_primitive::<Int64Type>(), batch.column(2).as_primitive::<Float64Type>());
        for ((department, people), hours) in departments.iter().zip(people.values()).zip(hours.values()) {
            let each = hours / f64::from(u32::try_from(*people)?);
            table.add_row([
                department.unwrap_or_default().to_owned(),
                people.to_string(),
                format!("{hours:.1}"),
                format!("{each:.2}"),
            ]);
        }
    }
    println!("Activity of those who are still there:\n{table}\n");
    Ok(())
}

/// The newest employees of each site, as a list in one row.
fn lists(session: &mut Session) -> Outcome {
    let newest = Employee::query().order_by(Employee::number.desc()).limit(9).select(Employee::number);
    let rows = Employee::query()
        .filter(Employee::number.in_query(newest))
        .group_by(Employee::site)
        .order_by(Employee::site)
        .select((Employee::site, string_agg(Employee::name, ", ").order_by(Employee::number), max(Employee::hired)))
        .all(session)?;
    let mut table = table(["site", "newest", "last hired"]);
    for (site, names, hired) in rows {
        let hired = hired.map_or_else(String::new, |day| day.to_string());
        table.add_row([format!("{site:?}"), names.unwrap_or_default(), hired]);
    }
    println!("The newest, by site:\n{table}\n");
    Ok(())
}

/// How many people each department has at each site: one row a department, one column a site.
fn pivot(session: &mut Session) -> Outcome {
    let at = |site: Site| sum(case().when(Employee::site.eq(site), 1).otherwise(0));
    let rows = Employee::query()
        .group_by(Employee::department)
        .order_by(Employee::department)
        .select((Employee::department, at(Site::Oslo), at(Site::Rome), at(Site::Lima)))
        .all(session)?;
    let mut table = table(["department", "Oslo", "Rome", "Lima"]);
    for (department, oslo, rome, lima) in rows {
        let number = |count: Option<i64>| count.unwrap_or_default().to_string();
        table.add_row([department, number(oslo), number(rome), number(lima)]);
    }
    println!("People by department and site:\n{table}");
    Ok(())
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED).set_header(header);
    table
}
