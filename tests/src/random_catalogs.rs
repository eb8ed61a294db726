//! Random catalogs, by a seed.

use orm::catalog::{
    Action, Catalog, CatalogColumn, CatalogTable, Check, Deferral, Domain, Enum, ForeignKey, Identity, Index, IndexKey,
    IndexPart, PrimaryKey, Sequence, SequenceOptions, TypeKind, Unique, View,
};
use orm::catalog::{DataType, Generated};
use orm::driver::{Dialect, TableName};
use orm_core::dialect::Capabilities;

/// Names that a careless program would take apart.
const NAMES: &[&str] = &[
    "id",
    "name",
    "Name 2",
    "a.b",
    "it's",
    "say \"so\"",
    "select",
    "größe",
    "x,y",
    "(z)",
    "under_score",
    "UPPER",
    "check",
    "to-do",
    "--no",
    "1st",
    "[b]",
    "`t`",
    "semi;colon",
    "$1",
    "?",
];

/// A type, and a literal of it.
type Typed = (&'static str, &'static str);

const TYPES: &[Typed] = &[
    ("INTEGER", "42"),
    ("SMALLINT", "-7"),
    ("BIGINT", "9000000000"),
    ("TEXT", "'it''s (a) text, -- no'"),
    ("VARCHAR(20)", "'x'"),
    ("CHAR(3)", "'abc'"),
    ("BOOLEAN", "true"),
    ("NUMERIC(10, 2)", "1.50"),
    ("DOUBLE PRECISION", "0.5"),
    ("DATE", "'2026-01-31'"),
    ("TIMESTAMP", "CURRENT_TIMESTAMP"),
];

/// A sequence of numbers that only depends on the seed.
struct Dice {
    state: u64,
    names: &'static [&'static str],
}

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap()
    }

    fn is(&mut self, one_in: usize) -> bool {
        self.roll(one_in) == 0
    }

    fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.roll(items.len())]
    }

    /// Some different items, at least one.
    fn some<T: Clone>(&mut self, items: &[T], most: usize) -> Vec<T> {
        let mut left = items.to_vec();
        let count = 1 + self.roll(most.min(items.len()));
        (0..count).map(|_| left.remove(self.roll(left.len()))).collect()
    }

    fn name(&mut self, number: usize) -> String {
        format!("{}{number}", self.pick(self.names))
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A random catalog for a database.
pub(crate) fn catalog(seed: u64, dialect: &'static dyn Dialect) -> Catalog {
    made(Dice { state: seed, names: NAMES }, dialect)
}

/// A random catalog of few names, so that two of them have much in common.
pub(crate) fn of_few_names(seed: u64, dialect: &'static dyn Dialect) -> Catalog {
    made(Dice { state: seed, names: &NAMES[2..4] }, dialect)
}

fn made(mut dice: Dice, dialect: &'static dyn Dialect) -> Catalog {
    let facts = dialect.capabilities();
    let mut catalog = Catalog { ignores_case: facts.names_ignore_case, ..Catalog::default() };
    if facts.named_types {
        named_types(&mut dice, &mut catalog, dialect);
    }
    for number in 0..1 + dice.roll(4) {
        let table = table(&mut dice, number, &catalog, dialect);
        catalog.tables.push(table);
    }
    if dice.is(2) {
        let table = &catalog.tables[0];
        let column = &table.columns[0].name;
        let definition = format!("SELECT {} AS one FROM {}", quoted(column), quoted(&table.name.name));
        let one = CatalogColumn { name: "one".into(), nullable: true, ..table.columns[0].clone() };
        let one = CatalogColumn { default: None, identity: None, generated: None, comment: None, ..one };
        catalog.views.push(View {
            name: TableName::new(dice.name(90)),
            columns: vec![one],
            definition,
            ..View::default()
        });
    }
    catalog.sorted()
}

fn named_types(dice: &mut Dice, catalog: &mut Catalog, dialect: &'static dyn Dialect) {
    if dice.is(2) {
        let values = dice.some(NAMES, 4).iter().map(|&value| value.to_owned()).collect();
        catalog.enums.push(Enum { name: TableName::new(dice.name(91)), values, comment: None });
    }
    if dice.is(2) {
        let check = Check { name: Some(dice.name(92)), expression: "VALUE <> 13".into(), ..Check::default() };
        let (name, base) = (TableName::new(dice.name(93)), dialect.data_type("INTEGER"));
        catalog.domains.push(Domain { name, base, nullable: true, checks: vec![check], ..Domain::default() });
    }
    if dice.is(2) {
        let options =
            SequenceOptions { increment: dice.is(2).then_some(-3), cycle: dice.is(2), ..SequenceOptions::default() };
        let (name, data_type) = (TableName::new(dice.name(94)), dialect.data_type("BIGINT"));
        catalog.sequences.push(Sequence { name, data_type, options, ..Sequence::default() });
    }
}

fn table(dice: &mut Dice, number: usize, catalog: &Catalog, dialect: &'static dyn Dialect) -> CatalogTable {
    let facts = dialect.capabilities();
    let mut table = CatalogTable { name: TableName::new(dice.name(number)), ..CatalogTable::default() };
    let id = CatalogColumn { name: dice.name(0), data_type: dialect.data_type("INTEGER"), ..CatalogColumn::default() };
    let identity = (facts.named_types && dice.is(2)).then(|| Identity { always: dice.is(2), ..Identity::default() });
    table.columns.push(CatalogColumn { identity, ..id });
    for at in 1..2 + dice.roll(5) {
        let column = column(dice, at, catalog, dialect);
        table.columns.push(column);
    }
    let name = |dice: &mut Dice, kind: usize| Some(dice.name(number * 100 + kind));
    let id = table.columns[0].name.clone();
    table.primary_key = Some(PrimaryKey { name: name(dice, 10), columns: vec![id.clone()], ..PrimaryKey::default() });
    // Where indexes are plain, so are their columns.
    let bounded = |column: &&CatalogColumn| facts.partial_indexes || !is_long(&column.data_type.kind);
    let plain: Vec<String> = table.columns.iter().filter(bounded).map(|column| column.name.clone()).collect();
    if dice.is(2) && plain.len() > 1 {
        let columns = dice.some(&plain[1..], 2);
        table.uniques.push(Unique { name: name(dice, 11), columns, ..Unique::default() });
    }
    if dice.is(2) {
        let column = quoted(&id);
        let conditions = [
            format!("{column} > -1"),
            format!("{column} BETWEEN 1 AND 9 OR {column} IN (20, 30)"),
            format!("NOT ({column} = 5)"),
        ];
        let expression = dice.pick(&conditions).clone();
        table.checks.push(Check { name: name(dice, 12), expression, ..Check::default() });
    }
    if dice.is(3) {
        let expression = format!("{} * 2 + 1", quoted(&id));
        let generated = Some(Generated { expression, stored: true });
        let data_type = dialect.data_type("INTEGER");
        table.columns.push(CatalogColumn {
            name: dice.name(50),
            data_type,
            nullable: true,
            generated,
            ..CatalogColumn::default()
        });
    }
    for kind in 0..dice.roll(3) {
        let index = index(dice, number * 100 + 20 + kind, &plain, facts);
        table.indexes.push(index);
    }
    if !catalog.tables.is_empty() && dice.is(2) {
        let key = foreign_key(dice, number * 100, catalog, &mut table, dialect);
        table.foreign_keys.push(key);
    }
    if facts.comments && dice.is(3) {
        table.comment = Some("it's \"one\"".into());
        table.columns[0].comment = Some("-- the key".into());
    }
    table
}

fn column(dice: &mut Dice, at: usize, catalog: &Catalog, dialect: &'static dyn Dialect) -> CatalogColumn {
    let (spelling, literal) = *dice.pick(TYPES);
    let mut column = CatalogColumn {
        name: dice.name(at),
        data_type: dialect.data_type(spelling),
        nullable: dice.is(2),
        ..CatalogColumn::default()
    };
    column.default = dice.is(3).then(|| literal.to_owned());
    match (catalog.enums.first(), catalog.domains.first()) {
        (Some(known), _) if dice.is(5) => {
            column.data_type = DataType::new(TypeKind::Enum(known.name.clone()), quoted(&known.name.name));
            column.default = None;
        }
        (_, Some(known)) if dice.is(5) => {
            let kind = TypeKind::Domain { name: known.name.clone(), base: Box::new(known.base.kind.clone()) };
            column.data_type = DataType::new(kind, quoted(&known.name.name));
            column.default = None;
        }
        _ => {}
    }
    column
}

/// Whether values of the type have no bound that an index needs.
fn is_long(kind: &TypeKind) -> bool {
    matches!(kind, TypeKind::Text | TypeKind::Bytes | TypeKind::Json | TypeKind::Jsonb)
}

fn index(dice: &mut Dice, number: usize, columns: &[String], facts: &Capabilities) -> Index {
    let mut keys: Vec<IndexKey> = dice
        .some(columns, 3)
        .into_iter()
        .map(|name| IndexKey { part: IndexPart::ColumnName(name), descending: dice.is(2), ..IndexKey::default() })
        .collect();
    if dice.is(3) && facts.partial_indexes {
        let expression = format!("abs({} - 3)", quoted(&columns[0]));
        keys.push(IndexKey { part: IndexPart::Sql(expression), ..IndexKey::default() });
    }
    let predicate =
        (dice.is(3) && facts.partial_indexes).then(|| format!("{} IS NOT NULL", quoted(dice.pick::<String>(columns))));
    Index { name: dice.name(number), unique: dice.is(2) && facts.partial_indexes, keys, predicate, ..Index::default() }
}

fn foreign_key(
    dice: &mut Dice,
    number: usize,
    catalog: &Catalog,
    table: &mut CatalogTable,
    dialect: &'static dyn Dialect,
) -> ForeignKey {
    let target = dice.pick(&catalog.tables);
    let column = CatalogColumn {
        name: dice.name(60),
        data_type: dialect.data_type("INTEGER"),
        nullable: true,
        ..CatalogColumn::default()
    };
    let columns = vec![column.name.clone()];
    table.columns.push(column);
    let all = [
        Action::NoAction,
        Action::Restrict,
        Action::Cascade,
        Action::SetNull(Vec::new()),
        Action::SetDefault(Vec::new()),
    ];
    let few = [Action::NoAction, Action::Cascade, Action::SetNull(Vec::new())];
    let actions = if dialect.capabilities().restrict_at_once { &all[..] } else { &few };
    let all = [Deferral::NotDeferrable, Deferral::Deferrable, Deferral::Deferred];
    let deferrals = if dialect.capabilities().deferrable_keys { &all[..] } else { &all[..1] };
    ForeignKey {
        name: Some(dice.name(number + 40)),
        columns,
        target: target.name.clone(),
        target_columns: vec![target.columns[0].name.clone()],
        on_delete: dice.pick(actions).clone(),
        on_update: dice.pick(actions).clone(),
        deferral: *dice.pick(deferrals),
        ..ForeignKey::default()
    }
}

/// The catalog with one thing changed.
pub(crate) fn changed(seed: u64, catalog: &Catalog) -> Catalog {
    let mut dice = Dice { state: seed ^ 0xff, names: NAMES };
    let mut other = catalog.clone();
    let at = dice.roll(other.tables.len());
    let table = &mut other.tables[at];
    let last = table.columns.len() - 1;
    match dice.roll(6) {
        0 => table.columns[last].nullable = !table.columns[last].nullable,
        1 => table.columns[1].default = Some("'another'".into()),
        2 => table.checks.push(Check { name: Some("new".into()), expression: "1 = 1".into(), ..Check::default() }),
        3 => table.columns[1].data_type = DataType::other("point"),
        4 if !table.indexes.is_empty() => table.indexes[0].unique = !table.indexes[0].unique,
        5 if !table.foreign_keys.is_empty() => table.foreign_keys[0].target_columns = vec!["other".into()],
        _ => drop(table.columns.pop()),
    }
    other
}
