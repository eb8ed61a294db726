//! What a flush would send, as a picture.

use std::fmt::Write as _;

/// The lines of [`explain_flush`](orm_core::session::Session::explain_flush) as a flowchart for Mermaid: a box for each statement, in their order, and
/// the reason beside the arrow to a statement that has one.
///
/// ```
/// # use orm::prelude::*;
/// # #[derive(Model, Debug, Clone, Default)]
/// # struct Artist {
/// #     #[orm(primary_key)]
/// #     id: i64,
/// #     name: String,
/// # }
/// let engine = Engine::connect("sqlite://")?;
/// let mut session = engine.session();
/// session.add(Artist { name: "Iain".into(), ..Default::default() });
/// let picture = orm_inspect::flush_plan(&session.explain_flush()?);
/// assert!(picture.starts_with("flowchart TD\n    s1[\"1. INSERT artist (name)<br>Artist#35;new\"]\n"));
/// # Ok::<(), orm::Error>(())
/// ```
pub fn flush_plan(explained: &str) -> String {
    let mut text = String::from("flowchart TD\n");
    for (number, line) in (1..).zip(explained.lines()) {
        let (what, reason) = line.split_once(", because ").unwrap_or((line, ""));
        let shown = escaped(what).replacen(": ", "<br>", 1);
        let _ = writeln!(text, "    s{number}[\"{shown}\"]");
        let words = what.split_whitespace();
        let kind = words.into_iter().find(|word| ["INSERT", "UPDATE", "DELETE", "SELECT"].contains(word));
        if let Some(kind) = kind {
            let _ = writeln!(text, "    class s{number} {}", kind.to_ascii_lowercase());
        }
        match (number, reason) {
            (1, _) => {}
            (_, "") => {
                let _ = writeln!(text, "    s{} --> s{number}", number - 1);
            }
            _ => {
                let _ = writeln!(text, "    s{} -->|\"{}\"| s{number}", number - 1, escaped(reason));
            }
        }
    }
    text + STYLE
}

/// The colors of the statements.
const STYLE: &str = "\
    classDef insert fill:#dff0e0,stroke:#2f8f5b
    classDef update fill:#fdf1d0,stroke:#a8842a
    classDef delete fill:#f9dddd,stroke:#b03a3a
    classDef select fill:#dbe4f0,stroke:#2f6db3
";

/// Text between quotes, in which `#` begins a sign by its number.
fn escaped(text: &str) -> String {
    text.replace('#', "#35;").replace('"', "#quot;").replace('<', "&lt;").replace('>', "&gt;")
}
