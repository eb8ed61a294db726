//! Diagrams in the languages of Mermaid and Graphviz, which lay them out themselves.

use std::fmt::Write as _;

use super::{Attribute, Diagram, Entity, Link};

impl Diagram {
    /// The picture for Mermaid, which many places show that show Markdown. See the example of [`Diagram`].
    pub fn mermaid(&self) -> String {
        let mut text = String::from("erDiagram\n");
        self.entities.iter().for_each(|entity| mermaid_entity(&mut text, entity));
        for link in &self.links {
            let (child, parent) = (&self.entities[link.child], &self.entities[link.parent]);
            let ends = match (link.optional, link.one) {
                (false, false) => "||--o{",
                (false, true) => "||--o|",
                (true, false) => "|o--o{",
                (true, true) => "|o--o|",
            };
            let label = names(child, link).join(", ").replace('"', "'");
            let _ =
                writeln!(text, "    {} {ends} {} : \"{label}\"", mermaid_name(&parent.name), mermaid_name(&child.name));
        }
        text
    }

    /// The picture for Graphviz.
    ///
    /// ```
    /// # let engine = orm::Engine::connect("sqlite://")?;
    /// engine.connection()?.execute_script("CREATE TABLE artist (id INTEGER PRIMARY KEY, name TEXT)")?;
    /// assert!(orm_inspect::Diagram::of(&engine.reflect()?).dot().starts_with("digraph {"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn dot(&self) -> String {
        let mut text = String::from(
            "digraph {\n  rankdir=LR\n  node [shape=plain, fontname=\"monospace\", fontsize=11]\n  edge [dir=both]\n",
        );
        self.entities.iter().for_each(|entity| dot_entity(&mut text, entity));
        for link in &self.links {
            let (child, parent) = (&self.entities[link.child], &self.entities[link.parent]);
            let tail = if link.one { "noneteeodot" } else { "crowodot" };
            let head = if link.optional { "noneteeodot" } else { "teetee" };
            let column = link.columns.first().copied().unwrap_or_default();
            let _ = writeln!(
                text,
                "  {}:c{}:e -> {}:c{column}:w [arrowtail={head}, arrowhead={tail}]",
                quoted(&parent.name),
                link.target,
                quoted(&child.name)
            );
        }
        text + "}\n"
    }
}

/// The names of the columns of a key.
fn names<'d>(child: &'d Entity, link: &Link) -> Vec<&'d str> {
    link.columns.iter().filter_map(|&column| child.attributes.get(column)).map(|attribute| &*attribute.name).collect()
}

fn mermaid_entity(text: &mut String, entity: &Entity) {
    let _ = writeln!(text, "    {} {{", mermaid_name(&entity.name));
    for attribute in &entity.attributes {
        let kind = if attribute.kind.is_empty() { "any".to_owned() } else { mermaid_word(&attribute.kind) };
        let _ = write!(text, "        {kind} {}", mermaid_word(&attribute.name));
        let keys = attribute.keys();
        if !keys.is_empty() {
            let _ = write!(text, " {}", keys.join(", "));
        }
        text.push_str(if attribute.nullable { " \"null\"\n" } else { "\n" });
    }
    text.push_str("    }\n");
}

fn is_word(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A name as it is, or between quotes.
fn mermaid_name(name: &str) -> String {
    if is_word(name) { name.to_owned() } else { format!("\"{}\"", name.replace('"', "'")) }
}

/// A type or the name of a column, which Mermaid takes without blanks and signs only.
fn mermaid_word(word: &str) -> String {
    let mapped: String =
        word.chars().map(|c| if c.is_alphanumeric() || "_-()[]".contains(c) { c } else { '_' }).collect();
    if mapped.starts_with(|first: char| first.is_alphabetic() || first == '_') { mapped } else { format!("_{mapped}") }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

fn dot_entity(text: &mut String, entity: &Entity) {
    let _ = write!(
        text,
        "  {} [label=<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\" cellpadding=\"3\">",
        quoted(&entity.name)
    );
    let _ = write!(text, "<tr><td bgcolor=\"#dbe4f0\"><b>{}</b></td></tr>", escaped(&entity.name));
    for (number, attribute) in entity.attributes.iter().enumerate() {
        let _ = write!(text, "<tr><td port=\"c{number}\" align=\"left\">{}</td></tr>", escaped(&line(attribute)));
    }
    text.push_str("</table>>]\n");
}

/// `artist_id integer FK`.
fn line(attribute: &Attribute) -> String {
    let keys = attribute.keys().join(", ");
    let words = [&*attribute.name, &attribute.kind, &keys, if attribute.nullable { "null" } else { "" }];
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Text within XML and HTML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
