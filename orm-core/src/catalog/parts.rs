//! The facts of each part of a catalog.

use super::fact::{Compared, Fact, Part, columns, comment, flag, list, said, sql, text};
use super::{
    Action, CatalogColumn, CatalogTable, Check, Deferral, Domain, Enum, Exclusion, ForeignKey, Identity, Index,
    IndexKey, IndexPart, Matching, Nulls, PrimaryKey, Sequence, SequenceOptions, Trigger, TypeKind, Unique, View,
};

fn deferral(deferral: Deferral) -> Fact {
    text(
        "",
        match deferral {
            Deferral::NotDeferrable => None,
            Deferral::Deferrable => Some("deferrable"),
            Deferral::Deferred => Some("deferrable initially deferred"),
        },
    )
}

impl Part for CatalogColumn {
    const KIND: &'static str = "column";

    fn name(&self) -> Option<String> {
        Some(self.name.clone())
    }

    fn facts(&self) -> Vec<Fact> {
        let identity = self.identity.as_ref().map(identity);
        let generated = self.generated.as_ref();
        vec![
            data_type(&self.data_type.kind, &self.data_type.spelling),
            text("", Some(if self.nullable { "null" } else { "not null" })),
            Fact { compared: Compared::Default, ..text("default", self.default.as_deref()) },
            text("identity", identity.as_deref()),
            sql("generated as", generated.map(|generated| &*generated.expression)),
            flag("stored", generated.is_some_and(|generated| generated.stored)),
            Fact { compared: Compared::Names, ..text("collation", self.collation.as_deref()) },
            comment(self.comment.as_deref()),
        ]
    }
}

fn data_type(kind: &TypeKind, spelling: &str) -> Fact {
    let compared = match kind {
        TypeKind::Numeric(Some((digits, 0))) => format!("{:?}", TypeKind::Numeric(Some((*digits, 0)))),
        kind => format!("{kind:?}"),
    };
    Fact { what: "", value: spelling.to_owned(), compared: Compared::By(compared) }
}

fn identity(identity: &Identity) -> String {
    let always = if identity.always { "always" } else { "by default" };
    let numbers: Vec<String> = numbers(&identity.options).into_iter().map(said).collect();
    [always.to_owned()].into_iter().chain(numbers).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn numbers(options: &SequenceOptions) -> Vec<Fact> {
    let number = |what, value: Option<i64>| text(what, value.map(|value| value.to_string()).as_deref());
    vec![
        number("start", options.start),
        number("increment", options.increment),
        number("minimum", options.min),
        number("maximum", options.max),
        number("cache", options.cache),
        flag("cycle", options.cycle),
    ]
}

impl Part for PrimaryKey {
    const KIND: &'static str = "primary key";
    const MAY_BE_UNNAMED: bool = true;

    fn name(&self) -> Option<String> {
        self.name.clone()
    }

    fn facts(&self) -> Vec<Fact> {
        vec![
            columns("", &self.columns),
            columns("include", &self.include),
            deferral(self.deferral),
            comment(self.comment.as_deref()),
        ]
    }
}

impl Part for Unique {
    const KIND: &'static str = "unique constraint";
    const MAY_BE_UNNAMED: bool = true;

    fn name(&self) -> Option<String> {
        self.name.clone()
    }

    fn facts(&self) -> Vec<Fact> {
        vec![
            columns("", &self.columns),
            columns("include", &self.include),
            flag("nulls not distinct", self.nulls_not_distinct),
            deferral(self.deferral),
            comment(self.comment.as_deref()),
        ]
    }
}

impl Part for ForeignKey {
    const KIND: &'static str = "foreign key";
    const MAY_BE_UNNAMED: bool = true;

    fn name(&self) -> Option<String> {
        self.name.clone()
    }

    fn facts(&self) -> Vec<Fact> {
        let target = format!("{} ({})", self.target, list(&self.target_columns));
        vec![
            columns("", &self.columns),
            Fact { compared: Compared::Names, ..text("to", Some(&target)) },
            text("on delete", action(&self.on_delete).as_deref()),
            text("on update", action(&self.on_update).as_deref()),
            flag("match full", self.matching == Matching::Full),
            deferral(self.deferral),
            flag("not valid", self.not_valid),
            comment(self.comment.as_deref()),
        ]
    }
}

fn action(action: &Action) -> Option<String> {
    let of = |word: &str, names: &[String]| match names {
        [] => word.to_owned(),
        names => format!("{word} ({})", list(names)),
    };
    match action {
        Action::NoAction => None,
        Action::Restrict => Some("restrict".to_owned()),
        Action::Cascade => Some("cascade".to_owned()),
        Action::SetNull(names) => Some(of("set null", names)),
        Action::SetDefault(names) => Some(of("set default", names)),
    }
}

impl Part for Check {
    const KIND: &'static str = "check";
    const MAY_BE_UNNAMED: bool = true;

    fn name(&self) -> Option<String> {
        self.name.clone()
    }

    fn facts(&self) -> Vec<Fact> {
        vec![
            sql("", Some(&self.expression)),
            flag("no inherit", self.no_inherit),
            flag("not valid", self.not_valid),
            comment(self.comment.as_deref()),
        ]
    }
}

impl Part for Exclusion {
    const KIND: &'static str = "exclusion";

    fn name(&self) -> Option<String> {
        Some(self.name.clone())
    }

    fn facts(&self) -> Vec<Fact> {
        vec![sql("", Some(&self.definition)), comment(self.comment.as_deref())]
    }
}

impl Part for Index {
    const KIND: &'static str = "index";
    const MAY_BE_UNNAMED: bool = true;

    fn name(&self) -> Option<String> {
        Some(self.name.clone())
    }

    fn facts(&self) -> Vec<Fact> {
        vec![
            flag("unique", self.unique),
            text("using", self.method.as_deref()),
            keys(&self.keys),
            columns("include", &self.include),
            sql("where", self.predicate.as_deref()),
            flag("nulls not distinct", self.nulls_not_distinct),
            comment(self.comment.as_deref()),
        ]
    }
}

/// `(lower(name), age desc)`.
fn keys(keys: &[IndexKey]) -> Fact {
    let parts = |key: &IndexKey| {
        let part = match &key.part {
            IndexPart::ColumnName(name) => Fact { compared: Compared::Names, ..text("", Some(name)) },
            IndexPart::Sql(expression) => sql("", Some(expression)),
        };
        [part, text("", key_options(key).as_deref())]
    };
    let shown = |key: &IndexKey| {
        let words = parts(key).into_iter().map(said).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(" ")
    };
    let value = format!("({})", list(&keys.iter().map(shown).collect::<Vec<_>>()));
    Fact { what: "", value, compared: Compared::List(keys.iter().flat_map(parts).collect()) }
}

fn key_options(key: &IndexKey) -> Option<String> {
    let options = [
        key.collation.as_ref().map(|name| format!("collate {name}")),
        key.operator_class.clone(),
        key.descending.then(|| "desc".to_owned()),
        key.nulls.map(|nulls| (if nulls == Nulls::First { "nulls first" } else { "nulls last" }).to_owned()),
    ];
    let options: Vec<String> = options.into_iter().flatten().collect();
    (!options.is_empty()).then(|| options.join(" "))
}

impl Part for Trigger {
    const KIND: &'static str = "trigger";

    fn name(&self) -> Option<String> {
        Some(self.name.clone())
    }

    fn facts(&self) -> Vec<Fact> {
        vec![sql("", Some(&self.definition))]
    }
}

/// The facts of the table itself, and not of its parts.
impl Part for CatalogTable {
    const KIND: &'static str = "table";

    fn name(&self) -> Option<String> {
        Some(self.name.to_string())
    }

    fn facts(&self) -> Vec<Fact> {
        let parents: Vec<String> = self.inherits.iter().map(ToString::to_string).collect();
        let place = self.partition_of.as_ref().map(|place| format!("{} {}", place.parent, place.bounds));
        vec![
            columns("inherits", &parents),
            sql("partition of", place.as_deref()),
            sql("partition by", self.partition_by.as_deref()),
            flag("without rowid", self.options.without_rowid),
            flag("strict", self.options.strict),
            flag("autoincrement", self.options.autoincrement),
            flag("unlogged", self.options.unlogged),
            sql("using", self.options.module.as_deref()),
            comment(self.comment.as_deref()),
        ]
    }
}

impl Part for View {
    const KIND: &'static str = "view";

    fn name(&self) -> Option<String> {
        Some(self.name.to_string())
    }

    fn facts(&self) -> Vec<Fact> {
        let indexes: Vec<String> = self.indexes.iter().map(ToString::to_string).collect();
        let triggers: Vec<String> = self.triggers.iter().map(ToString::to_string).collect();
        let columns: Vec<String> = self.columns.iter().map(|column| column.name.clone()).collect();
        vec![
            flag("materialized", self.materialized),
            Fact { compared: Compared::ToldNames, ..self::columns("", &columns) },
            sql("as", Some(&self.definition)),
            sql("", Some(&indexes.join(", "))),
            sql("", Some(&triggers.join(", "))),
            comment(self.comment.as_deref()),
        ]
    }
}

/// A schema.
impl Part for String {
    const KIND: &'static str = "schema";

    fn name(&self) -> Option<String> {
        Some(self.clone())
    }

    fn facts(&self) -> Vec<Fact> {
        Vec::new()
    }
}

impl Part for Enum {
    const KIND: &'static str = "enum";

    fn name(&self) -> Option<String> {
        Some(self.name.to_string())
    }

    fn facts(&self) -> Vec<Fact> {
        let values: Vec<String> = self.values.iter().map(|value| format!("'{value}'")).collect();
        vec![text("", Some(&format!("({})", values.join(", ")))), comment(self.comment.as_deref())]
    }
}

impl Part for Domain {
    const KIND: &'static str = "domain";

    fn name(&self) -> Option<String> {
        Some(self.name.to_string())
    }

    fn facts(&self) -> Vec<Fact> {
        let checks: Vec<Fact> = self.checks.iter().map(|check| sql("check", Some(&check.expression))).collect();
        let shown = self.checks.iter().map(|check| format!("check {}", check.expression)).collect::<Vec<_>>().join(" ");
        vec![
            data_type(&self.base.kind, &self.base.spelling),
            text("", Some(if self.nullable { "null" } else { "not null" })),
            Fact { compared: Compared::Default, ..text("default", self.default.as_deref()) },
            text("collation", self.collation.as_deref()),
            Fact { what: "", value: shown, compared: Compared::List(checks) },
            comment(self.comment.as_deref()),
        ]
    }
}

impl Part for Sequence {
    const KIND: &'static str = "sequence";

    fn name(&self) -> Option<String> {
        Some(self.name.to_string())
    }

    fn facts(&self) -> Vec<Fact> {
        let owner = self.owner.as_ref().map(|(table, column)| format!("{table}.{column}"));
        let mut facts = vec![data_type(&self.data_type.kind, &self.data_type.spelling)];
        facts.extend(numbers(&self.options));
        facts.extend([text("owned by", owner.as_deref()), comment(self.comment.as_deref())]);
        facts
    }
}
