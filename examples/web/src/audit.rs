//! Who changed what, in the transaction of the change.

use chrono::Utc;
use orm::prelude::*;
use orm::{RowChange, Value};

use crate::models::{Audit, Change, SignIn};

/// What is not worth a line: it changes whenever something else does.
const LEFT_OUT: &[&str] = &["id", "version", "changed_at", "written_at", "joined_at"];

/// Notes what the session writes from now on, as done by `actor`.
pub fn listen(session: &mut Session, actor: String) {
    session.on_after_flush(move |session| {
        let flushed = session.flushed();
        let entries: Vec<Audit> = flushed
            .iter()
            .filter(|row| row.model != SignIn::table().model)
            .map(|row| entry(row, &actor))
            .filter(|entry| !entry.changes.is_empty())
            .collect();
        if entries.is_empty() { Ok(()) } else { Audit::insert_all(entries).execute(session).map(drop) }
    });
}

fn entry(row: &RowChange, actor: &str) -> Audit {
    let changed = row.columns.iter().filter(|column| !LEFT_OUT.contains(&column.field));
    let changes = changed.map(|column| Change {
        field: column.field.to_owned(),
        before: column.before.as_ref().and_then(text),
        after: column.after.as_ref().and_then(text),
    });
    Audit {
        at: Utc::now(),
        actor: actor.to_owned(),
        action: format!("{:?}", row.kind),
        model: row.model.to_owned(),
        row: row.key.iter().filter_map(text).collect::<Vec<_>>().join(" "),
        changes: changes.filter(|change| change.before != change.after).collect(),
        ..Default::default()
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Text(text) => Some(text.clone()),
        value => Some(value.to_ref().to_string()),
    }
}
