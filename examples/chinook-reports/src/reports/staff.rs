use chinook::models::Employee;
use orm::functions::value;
use orm::prelude::*;

use crate::report::{Report, cell};

derived! {
    struct Chain { id: i32, name: String, title: Option<String>, depth: i32 }
}

/// Everybody with the number of bosses above: a recursive query.
pub(crate) fn hierarchy(session: &mut Session) -> orm::Result<Report> {
    let name = || Employee::first_name.concat(" ").concat(Employee::last_name);
    let chain = Employee::query()
        .filter(Employee::boss_id.is_null())
        .select((Employee::id, name(), Employee::title, value(0)))
        .recursive(Chain, |above| {
            Employee::query().join(above.on(Employee::boss_id.eq(Chain::id))).select((
                Employee::id,
                name(),
                Employee::title,
                Chain::depth + 1,
            ))
        });
    let rows = chain
        .query()
        .order_by((Chain::depth, Chain::id))
        .select((Chain::name, Chain::title, Chain::depth))
        .all(session)?;
    Ok(Report::new("Employees, from the top", ["employee", "title", "depth"], rows, |(name, title, depth)| {
        [name, cell(title), depth.to_string()]
    }))
}
