//! The plan as text, for people.

use std::fmt::Write as _;

use super::changes::work::Lessons;
use super::order::build;
use super::plan::RowId;
use super::plan::Unique;
use super::plan::{Association, Because, FlushPlan, Insert, Stage, Step, Update};
use crate::error::Result;
use crate::schema::{RelationDef, TableDef};
use crate::session::Session;
use crate::session::objects::marks::Marks;
use crate::session::store::Store;

/// Objects of one step that are named; of the others it is said how many there are.
const NAMED: usize = 3;

impl Session {
    /// What the next [`flush`](Session::flush) would send, one line for each statement: what it does, to which table and columns, for which
    /// objects, and why it stands where it does, where that is not plain from the foreign keys. Nothing is sent, and nothing is
    /// changed. Listeners of `before_flush` and the hooks of models are not called, so what they add is not in it.
    ///
    /// Where the flush has to load something first, to know what a deleted object leaves behind, or what follows a changed key, the line
    /// says so; what it will find is not in the plan.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = empty_library()?;
    /// let book = Book { title: "Matter".into(), ..Default::default() };
    /// session.add(Author { name: "Iain".into(), books: [book].into(), ..Default::default() });
    /// assert_eq!(session.explain_flush()?, "\
    /// 1. INSERT author (name): Author#new
    /// 2. INSERT book (title, pages, author_id): Book#new
    /// ");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of a flush before any SQL.
    pub fn explain_flush(&mut self) -> Result<String> {
        self.refuse_within_flush("explain_flush")?;
        let mut marks = Marks::new(self.store.next_mark());
        self.put_off = Some(Vec::new());
        self.flushing = true;
        let text = self.explain_once(&mut marks);
        self.flushing = false;
        self.put_off = None;
        self.store.unmark(&marks);
        self.store.restore_hooked();
        self.forget_states();
        text
    }

    fn explain_once(&mut self, marks: &mut Marks) -> Result<String> {
        if !self.has_work()? {
            return Ok("nothing to write\n".to_owned());
        }
        self.prepare_deletes(marks)?;
        self.prepare_keys()?;
        self.store.fill_pending();
        self.describe_keys()?;
        let plan = build::plan(&self.store, &mut Lessons::of(&self.links))?;
        let mut text = String::new();
        for (relation, owners) in self.put_off.iter().flatten() {
            load(&mut text, &self.store, relation, owners);
        }
        Printer { store: &self.store, plan: &plan }.print(&mut text);
        if text.is_empty() {
            text.push_str("nothing to write\n");
        }
        Ok(text)
    }
}

impl Store {
    /// Sets what a flush sets in new objects before it calls their hooks. To be taken back.
    fn fill_pending(&mut self) {
        for arena in self.arenas_mut() {
            let pending: Vec<u32> = arena.slots().pending().collect();
            if let Some(hooks) = arena.hooks() {
                pending.into_iter().for_each(|slot| hooks.fill(slot));
            }
        }
    }
}

fn load(text: &mut String, store: &Store, relation: &RelationDef, owners: &[u32]) {
    let (owner, target) = ((relation.owner.table)(), (relation.target.table)());
    let owners = named(owners.iter().map(|&slot| store.label(owner.id, slot)));
    let (model, name) = (owner.model, relation.name);
    let _ = writeln!(text, "first: SELECT {}, because {model}::{name} of {owners} is not loaded", target.name);
}

/// Prints a plan.
struct Printer<'p> {
    store: &'p Store,
    plan: &'p FlushPlan,
}

impl Printer<'_> {
    fn print(&self, text: &mut String) {
        for (index, step) in self.plan.steps.iter().enumerate() {
            let _ = write!(text, "{}. ", index + 1);
            self.step(text, step);
            if let Some(because) = self.plan.because.get(&index) {
                let _ = write!(text, ", because {}", self.because(step, *because));
            }
            text.push('\n');
        }
    }

    fn step(&self, text: &mut String, step: &Step) {
        // Writing to a String cannot fail.
        let _ = match step {
            Step::Insert(Insert { table, columns, rows, deferred, .. }) => {
                let later =
                    |column: &usize| deferred.iter().any(|&key| table.foreign_keys[key].columns.contains(column));
                let columns = names(table, columns.iter().copied().filter(|column| !later(column)));
                write!(text, "INSERT {} ({columns}): {}", table.name, self.objects(table, rows))
            }
            Step::Update(Update { table, set, rows, stage, .. }) => {
                let columns = names(table, set.iter().copied());
                let null = if *stage == Stage::Vacate { " = NULL" } else { "" };
                write!(text, "UPDATE {} ({columns}{null}): {}", table.name, self.objects(table, rows))
                    .and_then(|()| write!(text, "{}{}", self.succession(table, rows), self.cascaded(table, rows)))
                    .and_then(|()| write!(text, "{}", self.followed(table, set, rows)))
            }
            Step::Delete { table, rows } => write!(text, "DELETE {}: {}", table.name, self.objects(table, rows)),
            Step::Link { association, links, .. } => {
                write!(text, "INSERT {}: {}", association.table.name, self.links(association, links))
            }
            Step::Unlink { association, links } => {
                write!(text, "DELETE {}: {}", association.table.name, self.links(association, links))
            }
        };
    }

    fn objects(&self, table: &TableDef, rows: &[u32]) -> String {
        named(rows.iter().map(|&slot| self.store.label(table.id, slot)))
    }

    fn links(&self, association: &Association, links: &[(u32, u32)]) -> String {
        let Association { left, right, .. } = association;
        let label =
            |&(l, r): &(u32, u32)| format!("{} with {}", self.store.label(left.id, l), self.store.label(right.id, r));
        named(links.iter().map(label))
    }

    /// Whose rows new objects take over.
    fn succession(&self, table: &TableDef, rows: &[u32]) -> String {
        let old = rows.iter().filter_map(|&slot| self.plan.succeeded.get(&(table.id, slot)));
        let old: Vec<String> = old.map(|&slot| self.store.label(table.id, slot)).collect();
        if old.is_empty() { String::new() } else { format!(", taking over the rows of {}", named(old.into_iter())) }
    }

    /// Whose foreign keys the database changes with the keys of `rows`.
    fn cascaded(&self, table: &TableDef, rows: &[u32]) -> String {
        let is_of = |cascaded: &&crate::session::flush::plan::CascadedKey| {
            let target = (cascaded.table.foreign_keys[cascaded.key].target.table)();
            target.id == table.id && rows.contains(&cascaded.parent)
        };
        let cascaded = self.plan.cascaded.iter().filter(is_of);
        let labels: Vec<String> = cascaded.map(|one| self.store.label(one.table.id, one.slot)).collect();
        if labels.is_empty() { String::new() } else { format!(", which changes {} too", named(labels.into_iter())) }
    }

    /// Whose changed keys the foreign keys of `rows` follow.
    fn followed(&self, table: &TableDef, set: &[usize], rows: &[u32]) -> String {
        let keys = table.foreign_keys.iter().enumerate().filter(|(_, def)| set.contains(&def.columns.start));
        let mut parents: Vec<RowId> = keys
            .flat_map(|(key, def)| {
                let rows = rows.iter().filter(move |&&slot| self.plan.follows(self.store, table, slot, key));
                rows.filter_map(move |&slot| Some(((def.target.table)().id, self.store.parent(table, slot, key)?)))
            })
            .collect();
        parents.sort_unstable();
        parents.dedup();
        let labels: Vec<String> = parents.into_iter().map(|(model, slot)| self.store.label(model, slot)).collect();
        if labels.is_empty() { String::new() } else { format!(", following {}", named(labels.into_iter())) }
    }

    fn because(&self, step: &Step, because: Because) -> String {
        let table = step.table();
        let value = |unique: Unique| unique.fields(table);
        match because {
            Because::Frees { unique, taker } => {
                format!("{} takes the value of `{}`", self.store.label(taker.0, taker.1), value(unique))
            }
            Because::Takes { unique, giver } => {
                format!("{} had the value of `{}`", self.store.label(giver.0, giver.1), value(unique))
            }
            Because::Opens => "the rows wait for each other in a cycle".to_owned(),
            Because::Closes => "the rows waited for each other in a cycle".to_owned(),
            Because::Follows => "rows that it references come first".to_owned(),
            Because::PostUpdate => "of `post_update`".to_owned(),
        }
    }
}

/// `name, city`: columns.
fn names(table: &TableDef, columns: impl Iterator<Item = usize>) -> String {
    columns.map(|column| &*table.columns[column].name).collect::<Vec<_>>().join(", ")
}

/// The first few labels, those that are alike once, and how many others there are.
fn named(mut labels: impl Iterator<Item = String>) -> String {
    let mut groups: Vec<(String, usize)> = Vec::new();
    for label in labels.by_ref() {
        if let Some((_, count)) = groups.last_mut().filter(|(last, _)| *last == label) {
            *count += 1;
        } else if groups.len() == NAMED {
            let rest = 1 + labels.count();
            return format!("{} and {rest} more", list(&groups));
        } else {
            groups.push((label, 1));
        }
    }
    list(&groups)
}

fn list(groups: &[(String, usize)]) -> String {
    let texts = groups.iter().map(|(label, count)| match count {
        1 => label.clone(),
        count => format!("{label} x{count}"),
    });
    texts.collect::<Vec<_>>().join(", ")
}
