//! The text of a struct.

use std::fmt::Write as _;

use orm_core::catalog::{Action, CatalogColumn, Deferral, Enum, ForeignKey};

use crate::attribute::{Attr, attribute, relation};
use crate::names::{self, Names};
use crate::options::{self, TableOptions};
use crate::relations::Key;
use crate::tables::Table;
use crate::types::FieldType;

/// The functions that are called by a model's name: a constant of the same name would hide them.
const FUNCTIONS: &[&str] = &[
    "query",
    "on",
    "object",
    "from_sql",
    "insert",
    "insert_all",
    "insert_from",
    "insert_with",
    "update_by_key",
    "default",
    "clone",
];

const INDENT: &str = "    ";

/// A model, and what it leaves out.
pub(crate) fn model(tables: &[Table<'_>], at: usize, types: &mut Names) -> (String, Vec<String>) {
    let this = &tables[at];
    let mut options = options::of(this);
    if this.names.has_any(FUNCTIONS) {
        let constants = types.take_type(&[format!("{}Fields", this.rust)]);
        options.of_struct.push(Attr::text("constants", &constants));
    }
    let mut left_out = Vec::new();
    let mut text = head(this, &options);
    text.push_str("#[derive(Model, Debug, Clone, Default)]\n");
    text.push_str(&attribute("orm", &options.of_struct, ""));
    let _ = writeln!(text, "pub struct {} {{", this.rust);
    for column in order(this) {
        match (this.keys.iter().find(|key| key.columns.contains(&column)), &this.types[column]) {
            (Some(key), _) if key.columns[0] == column => text.push_str(&key_field(tables, this, key, &options)),
            (Some(_), _) => {}
            (None, Ok(field)) => text.push_str(&column_field(this, column, field, &options)),
            (None, Err(reason)) => left_out.push(leave_out(&mut text, &this.columns[column], reason)),
        }
    }
    others(&mut text, tables, this);
    text.push_str("}\n");
    (text, left_out)
}

/// Comments before the attributes.
fn head(this: &Table<'_>, options: &TableOptions) -> String {
    let mut text = docs(this.comment, "");
    let notes = this.notes.iter().chain(&options.notes);
    notes.for_each(|note| push_lines(&mut text, "", "// Not in the model: ", note));
    text
}

fn docs(comment: Option<&str>, indent: &str) -> String {
    let lines =
        comment.unwrap_or_default().lines().map(|line| format!("{indent}/// {line}").trim_end().to_owned() + "\n");
    lines.collect()
}

/// A comment whose every line begins with `//`.
fn push_lines(text: &mut String, indent: &str, before: &str, note: &str) {
    let note = note.split_whitespace().collect::<Vec<_>>().join(" ");
    let _ = writeln!(text, "{indent}{before}{note}");
}

/// The columns in the order of the fields: the key's first, if its order is another one than the columns'.
fn order(this: &Table<'_>) -> Vec<usize> {
    let all = 0..this.columns.len();
    if this.key.is_sorted() {
        return all.collect();
    }
    this.key.iter().copied().chain(all.filter(|column| !this.key.contains(column))).collect()
}

fn leave_out(text: &mut String, column: &CatalogColumn, reason: &str) -> String {
    let note = format!("column {:?} is left out, {reason}", column.name);
    push_lines(text, INDENT, "// ", &note);
    note
}

fn column_field(this: &Table<'_>, column: usize, field: &FieldType, table: &TableOptions) -> String {
    let known = &this.columns[column];
    let is_key = this.key.contains(&column);
    let name = &this.fields[column];
    let mut options: Vec<Attr> = Vec::new();
    let word = |word: &str| Attr::Word(word.to_owned());
    if is_key {
        options.push(word("primary_key"));
    }
    if *name != known.name {
        options.push(Attr::text("column", &known.name));
    }
    options.extend(field.options.iter().map(|option| word(option)));
    if is_key && field.is_native() {
        // An enum of Rust is no key: a text is, in a column of the same type.
        options.push(Attr::text("pg_type", &known.data_type.spelling));
    }
    options.extend(table.of_columns.iter().filter(|(columns, _)| *columns == [column]).map(|(_, kind)| word(kind)));
    let mut rust = match (is_key, known.nullable) {
        (true, _) => field.in_key().to_owned(),
        (false, true) => format!("Option<{}>", field.rust),
        (false, false) => field.rust.clone(),
    };
    if let Some(generated) = &known.generated {
        options.push(Attr::text("computed", &generated.expression));
    } else if let Some(default) = default(this, column) {
        options.push(Attr::text("server_default", &default));
        if !is_key && !known.nullable {
            rust = format!("Generated<{rust}>");
        }
    }
    options.extend(known.comment.as_deref().map(|text| Attr::text("comment", text)));
    let mut text = docs(known.comment.as_deref(), INDENT);
    if known.identity.is_some() && !is_key {
        push_lines(&mut text, INDENT, "// In the database: ", &known.to_string());
    }
    text.push_str(&attribute("orm", &options, INDENT));
    let _ = writeln!(text, "{INDENT}pub {}: {rust},", names::field(name));
    text
}

/// The default that the database has for a column, but for the numbers of a key: `create_all` makes them.
fn default(this: &Table<'_>, column: usize) -> Option<String> {
    let known = &this.columns[column];
    if known.identity.is_some() {
        // Never sent, since the field tells that it is not set: only the tables of `create_all` have this default.
        return (!this.key.contains(&column)).then(|| "0".to_owned());
    }
    let numbers_the_key = this.key == [column] && is_own_sequence(this, known);
    known.default.clone().filter(|_| !numbers_the_key)
}

/// Whether the default is the next number of a sequence that PostgreSQL made for the column, as it does for `serial`.
fn is_own_sequence(this: &Table<'_>, column: &CatalogColumn) -> bool {
    let own = format!("{}_{}_seq", this.name.name, column.name);
    column.default.as_deref().is_some_and(|default| default.starts_with("nextval(") && default.contains(&own))
}

fn key_field(tables: &[Table<'_>], this: &Table<'_>, key: &Key, table: &TableOptions) -> String {
    let target = &tables[key.target];
    let first = &this.columns[key.columns[0]];
    let mut options = Vec::new();
    if this.key.contains(&key.columns[0]) {
        options.push(Attr::Word("primary_key".to_owned()));
    }
    options.extend(
        table
            .of_columns
            .iter()
            .filter(|(columns, _)| *columns == key.columns)
            .map(|(_, kind)| Attr::Word((*kind).to_owned())),
    );
    options.extend(first.comment.as_deref().map(|text| Attr::text("comment", text)));
    let mut words = vec![format!("back_populates = {}", names::field(&key.inverse))];
    let usual = match &*target.key {
        [only] => format!("{}_{}", key.field, target.columns[*only].name),
        _ => key.field.clone(),
    };
    if usual != key.column {
        words.push(format!("column = {:?}", key.column));
    }
    let foreign = this.table.and_then(|table| table.foreign_keys.get(key.number));
    let notes = foreign.map(|foreign| actions(foreign, first.nullable, &mut words)).unwrap_or_default();
    let mut text = docs(first.comment.as_deref(), INDENT);
    notes.iter().for_each(|note| push_lines(&mut text, INDENT, "// In the database: ", note));
    unused_default(this, key).iter().for_each(|note| push_lines(&mut text, INDENT, "// Not in the model: ", note));
    text.push_str(&attribute("orm", &options, INDENT));
    text.push_str(&relation("belongs_to", &words, INDENT));
    let rust = format!("BelongsTo<{}>", target.rust);
    let rust = if first.nullable && !this.key.contains(&key.columns[0]) { format!("Option<{rust}>") } else { rust };
    let _ = writeln!(text, "{INDENT}pub {}: {rust},", names::field(&key.field));
    text
}

fn unused_default(this: &Table<'_>, key: &Key) -> Option<String> {
    let default = key.columns.iter().find_map(|&column| this.columns[column].default.as_ref())?;
    Some(format!("default {default}"))
}

/// What the database does with the key, as options. Returns what there is no option for.
fn actions(foreign: &ForeignKey, nullable: bool, words: &mut Vec<String>) -> Vec<String> {
    let mut notes = Vec::new();
    let deferred = foreign.deferral == Deferral::Deferred;
    match &foreign.on_delete {
        Action::NoAction => {}
        Action::Cascade => words.push("on_delete = \"cascade\"".to_owned()),
        Action::Restrict if !deferred => words.push("on_delete = \"restrict\"".to_owned()),
        Action::SetNull(columns) if nullable && columns.is_empty() => words.push("on_delete = \"set null\"".to_owned()),
        _ => notes.push(foreign.to_string()),
    }
    match &foreign.on_update {
        Action::NoAction => {}
        Action::Cascade => words.push("on_update = \"cascade\"".to_owned()),
        _ => notes.push(foreign.to_string()),
    }
    if deferred {
        words.push("deferrable".to_owned());
    } else if foreign.deferral == Deferral::Deferrable {
        notes.push(foreign.to_string());
    }
    notes.dedup();
    notes
}

/// The relations whose keys are in other tables.
fn others(text: &mut String, tables: &[Table<'_>], this: &Table<'_>) {
    for inverse in &this.inverses {
        let (attribute, rust) = if inverse.one { ("has_one", "HasOne") } else { ("has_many", "HasMany") };
        let mut words = vec![format!("back_populates = {}", names::field(&inverse.back))];
        if inverse.cascades {
            words.extend(["cascade(all)".to_owned(), "passive_deletes".to_owned()]);
        }
        text.push_str(&relation(attribute, &words, INDENT));
        let _ =
            writeln!(text, "{INDENT}pub {}: {rust}<{}>,", names::field(&inverse.field), tables[inverse.source].rust);
    }
    for pair in &this.pairs {
        let words = [
            format!("table = {:?}", pair.table),
            format!("column = {:?}", pair.column),
            format!("back_populates = {}", names::field(&pair.back)),
        ];
        text.push_str(&relation("many_to_many", &words, INDENT));
        let _ = writeln!(text, "{INDENT}pub {}: ManyToMany<{}>,", names::field(&pair.field), tables[pair.target].rust);
    }
}

/// A struct for the rows of a table without a key, and what it leaves out. `None` if no column is left.
pub(crate) fn row(this: &Table<'_>) -> (Option<String>, Vec<String>) {
    let mut text = head(this, &TableOptions { notes: options::of(this).notes, ..TableOptions::default() });
    let mut left_out = Vec::new();
    let _ = writeln!(text, "#[derive(FromRow, Debug, Clone)]\npub struct {} {{", this.rust);
    let readable = this.types.iter().filter(|field| field.is_ok()).count();
    for (known, (field, name)) in this.columns.iter().zip(this.types.iter().zip(&this.fields)) {
        let field = match field {
            Ok(field) => field.raw.unwrap_or(&field.rust),
            Err(reason) => {
                left_out.push(leave_out(&mut text, known, reason));
                continue;
            }
        };
        let column = (*name != known.name).then(|| Attr::text("column", &known.name));
        text.push_str(&docs(known.comment.as_deref(), INDENT));
        text.push_str(&attribute("orm", column.as_slice(), INDENT));
        let rust = if known.nullable { format!("Option<{field}>") } else { field.to_owned() };
        let _ = writeln!(text, "{INDENT}pub {}: {rust},", names::field(name));
    }
    text.push_str("}\n");
    ((readable > 0).then_some(text), left_out)
}

/// The query that reads the rows.
pub(crate) fn row_query(this: &Table<'_>) -> String {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let readable = this.columns.iter().zip(&this.types).filter(|(_, field)| field.is_ok());
    let columns: Vec<String> = readable.map(|(column, _)| quoted(&column.name)).collect();
    let table: Vec<String> = this.name.schema.iter().chain([&this.name.name]).map(|name| quoted(name)).collect();
    let sql = format!("SELECT {} FROM {}", columns.join(", "), table.join("."));
    let rust = &this.rust;
    format!(
        "impl {rust} {{\n{INDENT}/// Reads all rows: `sql({rust}::SELECT).all::<{rust}>(&mut session)?`.\n{INDENT}pub const SELECT: &str = {sql:?};\n}}\n"
    )
}

/// An enum of the database.
pub(crate) fn choice(known: &Enum, rust: &str) -> String {
    let mut text = docs(known.comment.as_deref(), "");
    text.push_str("#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]\n");
    if known.name.schema.is_none() {
        text.push_str(&attribute("orm", &[Attr::text("native", &known.name.name)], ""));
    }
    let _ = writeln!(text, "pub enum {rust} {{");
    let mut variants = Names::of_variants();
    for (number, value) in known.values.iter().enumerate() {
        let variant = variants.take_type(&[names::pascal(value)]);
        if number == 0 {
            let _ = writeln!(text, "{INDENT}#[default]");
        }
        // The derive makes the value of a variant in the same way, from words of more than one letter.
        let is_usual =
            value.split('_').all(|word| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase()))
                && variant == names::pascal(value);
        if !is_usual {
            text.push_str(&attribute("orm", &[Attr::text("rename", value)], INDENT));
        }
        let _ = writeln!(text, "{INDENT}{variant},");
    }
    text.push_str("}\n");
    text
}
