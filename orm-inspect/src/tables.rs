//! Which tables become models, which become rows, and which are the pairs of a many-to-many relation.

use orm_core::catalog::{Catalog, CatalogColumn, CatalogTable, Index, IndexPart, View};
use orm_core::schema::TableName;

use crate::names::{Names, pascal, singular, snake};
use crate::relations::{Inverse, Key, Pair};
use crate::types::{FieldType, Types};
use crate::{Cells, Options};

/// The most fields that a primary key may have.
const MOST_KEYS: usize = 4;

/// A table or view on its way to a struct.
pub(crate) struct Table<'a> {
    pub(crate) name: &'a TableName,
    pub(crate) columns: &'a [CatalogColumn],
    /// Not of a view.
    pub(crate) table: Option<&'a CatalogTable>,
    /// Not of a table.
    pub(crate) view: Option<&'a View>,
    pub(crate) comment: Option<&'a str>,
    /// The name of the struct.
    pub(crate) rust: String,
    /// The types of the columns, or why they have none.
    pub(crate) types: Vec<Result<FieldType, String>>,
    /// The columns of the primary key. Empty for a table without one, whose rows are no objects.
    pub(crate) key: Vec<usize>,
    /// The names of the fields of columns, and of relations.
    pub(crate) names: Names,
    /// The fields of columns that are no foreign keys.
    pub(crate) fields: Vec<String>,
    /// Foreign keys that are relations.
    pub(crate) keys: Vec<Key>,
    /// Relations whose keys are in other tables.
    pub(crate) inverses: Vec<Inverse>,
    /// Relations over tables of pairs.
    pub(crate) pairs: Vec<Pair>,
    /// What the model does not say.
    pub(crate) notes: Vec<String>,
}

impl Table<'_> {
    pub(crate) fn is_model(&self) -> bool {
        !self.key.is_empty() || self.view.is_some() && self.types.iter().any(Result::is_ok)
    }

    pub(crate) fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name == column)
    }

    pub(crate) fn positions(&self, columns: &[String]) -> Option<Vec<usize>> {
        columns.iter().map(|column| self.position(column)).collect()
    }

    /// The name of the table as those of Rust are written.
    pub(crate) fn base(&self) -> String {
        snake(&self.name.name)
    }

    /// Whether no two rows have the same values in these columns.
    pub(crate) fn is_unique(&self, columns: &[usize]) -> bool {
        let Some(table) = self.table else { return false };
        let same = |names: &[String]| self.positions(names).is_some_and(|found| same_set(&found, columns));
        table.primary_key.as_ref().is_some_and(|key| same(&key.columns))
            || table.uniques.iter().any(|unique| same(&unique.columns))
            || table.indexes.iter().filter(|index| index.unique).filter_map(plain_columns).any(|names| same(&names))
    }
}

pub(crate) fn same_set(a: &[usize], b: &[usize]) -> bool {
    a.len() == b.len() && a.iter().all(|item| b.contains(item))
}

/// The columns of an index over whole columns and all rows.
pub(crate) fn plain_columns(index: &Index) -> Option<Vec<String>> {
    let usual =
        index.method.is_none() && index.predicate.is_none() && index.include.is_empty() && !index.nulls_not_distinct;
    let column = |key: &orm_core::catalog::IndexKey| match &key.part {
        IndexPart::ColumnName(name)
            if !key.descending && key.nulls.is_none() && key.collation.is_none() && key.operator_class.is_none() =>
        {
            Some(name.clone())
        }
        _ => None,
    };
    if usual { index.keys.iter().map(column).collect() } else { None }
}

/// All tables and views that are written, with their types and keys.
pub(crate) fn tables<'a>(
    catalog: &'a Catalog,
    types: &Types<'_>,
    names: &mut Names,
    options: &Options,
) -> Vec<Table<'a>> {
    let wanted = |table: &&CatalogTable| options.partitions || table.partition_of.is_none();
    let of_table =
        |table: &'a CatalogTable| ((&table.name, &*table.columns), (Some(table), None), table.comment.as_deref());
    let of_view = |view: &'a View| ((&view.name, &*view.columns), (None, Some(view)), view.comment.as_deref());
    let all = catalog.tables.iter().filter(wanted).map(of_table).chain(catalog.views.iter().map(of_view));
    all.map(|((name, columns), (table, view), comment)| {
        let field_types: Vec<_> = columns.iter().map(|column| types.field(name, column)).collect();
        let key = table.and_then(|table| key(table, &field_types, types)).unwrap_or_default();
        let wanted = snake(&name.name);
        let wanted = pascal(&if options.singular { singular(&wanted) } else { wanted });
        Table {
            name,
            columns,
            table,
            view,
            comment,
            rust: names.take_type(&type_names(name, &wanted, if key.is_empty() { "Row" } else { "Model" })),
            types: field_types,
            key,
            names: Names::of_fields(),
            fields: Vec::new(),
            keys: Vec::new(),
            inverses: Vec::new(),
            pairs: Vec::new(),
            notes: Vec::new(),
        }
    })
    .collect()
}

/// The names that a type may have: one that is taken gets its schema before it, or a word behind it.
pub(crate) fn type_names(name: &TableName, wanted: &str, suffix: &str) -> Vec<String> {
    let with_schema = name.schema.as_deref().map(|schema| format!("{}{wanted}", pascal(schema)));
    [wanted.to_owned()].into_iter().chain(with_schema).chain([format!("{wanted}{suffix}")]).collect()
}

/// The columns of the primary key. Without one, those of a unique constraint that are never NULL.
fn key(table: &CatalogTable, types: &[Result<FieldType, String>], known: &Types<'_>) -> Option<Vec<usize>> {
    let position = |name: &String| table.columns.iter().position(|column| column.name == *name);
    let primary = table.primary_key.iter().map(|key| key.columns.clone());
    let uniques = table.uniques.iter().map(|unique| unique.columns.clone());
    let indexes = table.indexes.iter().filter(|index| index.unique).filter_map(plain_columns);
    let mut candidates = primary.clone().chain(
        uniques
            .chain(indexes)
            .filter(|columns| columns.iter().all(|name| table.column(name).is_some_and(|column| !column.nullable))),
    );
    let may_be_key = |at: usize| {
        let nulls = known.samples.of(&table.name, &table.columns[at].name).map_or(0, |cells: &Cells| cells.nulls);
        nulls == 0 && types[at].as_ref().is_ok_and(FieldType::may_be_key)
    };
    candidates.find_map(|columns| {
        let found: Vec<usize> = columns.iter().map(position).collect::<Option<_>>()?;
        ((1..=MOST_KEYS).contains(&found.len()) && found.iter().all(|&at| may_be_key(at))).then_some(found)
    })
}
