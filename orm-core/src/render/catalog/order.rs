//! An order in which each object comes after those that it needs.

use crate::catalog::{CatalogTable, View};

/// Tables after those that they inherit from, are partitions of, or reference. Mutual references have an order of their own.
pub(super) fn tables(tables: &[CatalogTable]) -> Vec<&CatalogTable> {
    ordered(tables, |table, other| {
        let parent = table.partition_of.as_ref().map(|place| &place.parent);
        let targets = table.foreign_keys.iter().map(|key| &key.target);
        table.inherits.iter().chain(parent).chain(targets).any(|name| *name == other.name)
    })
}

/// Views after those that their queries name.
pub(in crate::render) fn views(views: &[View]) -> Vec<&View> {
    ordered(views, |view, other| mentions(&view.definition, &other.name.name))
}

/// Items after those that they need, else in their own order.
pub(super) fn ordered<T>(items: &[T], needs: impl Fn(&T, &T) -> bool) -> Vec<&T> {
    let mut order = Order { items, needs, seen: vec![false; items.len()], sorted: Vec::with_capacity(items.len()) };
    (0..items.len()).for_each(|index| order.visit(index));
    order.sorted
}

struct Order<'t, T, F> {
    items: &'t [T],
    needs: F,
    seen: Vec<bool>,
    sorted: Vec<&'t T>,
}

impl<T, F: Fn(&T, &T) -> bool> Order<'_, T, F> {
    fn visit(&mut self, index: usize) {
        if std::mem::replace(&mut self.seen[index], true) {
            return;
        }
        let items = self.items;
        for other in 0..items.len() {
            if other != index && (self.needs)(&items[index], &items[other]) {
                self.visit(other);
            }
        }
        self.sorted.push(&items[index]);
    }
}

/// Whether a text has the name as a whole word.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    let name = name.replace('"', "\"\"");
    let is_end = |letter: Option<char>| letter.is_none_or(|letter| !(letter.is_alphanumeric() || letter == '_'));
    text.match_indices(&*name)
        .any(|(at, found)| is_end(text[..at].chars().next_back()) && is_end(text[at + found.len()..].chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needed_items_come_first() {
        let needs = |a: &i32, b: &i32| *b == *a + 1 || (*a == 3 && *b == 1);
        assert_eq!(ordered(&[1, 2, 3, 4], needs), [&4, &3, &2, &1]);
    }

    #[test]
    fn names_are_whole_words() {
        assert!(mentions("SELECT * FROM a.\"b c\"", "b c"));
        assert!(!mentions("SELECT * FROM ab", "a"));
    }
}
