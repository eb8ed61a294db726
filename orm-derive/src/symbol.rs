//! The words of the attributes: which options each place takes, and how each is written.

/// A place where options are written.
pub(crate) struct AttributeSite {
    /// Its name in messages.
    pub(crate) what: &'static str,
    /// The options by name, each as a user types it.
    pub(crate) options: &'static [(&'static str, &'static str)],
}

impl AttributeSite {
    /// The syntax of the option `name`.
    pub(crate) fn form(&self, name: &str) -> Option<&'static str> {
        self.options.iter().find(|(option, _)| *option == name).map(|(_, form)| *form)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.form(name).is_some()
    }
}

/// The functions that are called by a model's name, as in `User::query()`: a constant of the same name would hide them.
pub(crate) const FUNCTIONS: [&str; 16] = [
    "query",
    "on",
    "object",
    "from_sql",
    "insert",
    "insert_all",
    "insert_cells",
    "insert_from",
    "insert_with",
    "bulk_insert",
    "bulk_save",
    "bulk_update",
    "bulk_upsert",
    "update_by_key",
    "default",
    "clone",
];

const INDEX: (&str, &str) =
    ("index", r#"index(field, field desc, where = "sql", include(field), using = "gin", name = "name")"#);
const UNIQUE: (&str, &str) = ("unique", r#"unique(field, field, where = "sql", nulls_not_distinct, name = "name")"#);
const COMMENT: (&str, &str) = ("comment", r#"comment = "text""#);
const RENAMED_FROM: (&str, &str) = ("renamed_from", r#"renamed_from = "old name""#);
const CHECK: (&str, &str) = ("check", r#"check("sql", name = "name")"#);

pub(crate) const TABLE: AttributeSite = AttributeSite {
    what: "`#[orm(..)]` on a struct",
    options: &[
        ("table", r#"table = "name""#),
        ("schema", r#"schema = "name""#),
        RENAMED_FROM,
        INDEX,
        UNIQUE,
        CHECK,
        ("exclude", r#"exclude("USING gist (during WITH &&)", name = "name")"#),
        COMMENT,
        ("constants", r#"constants = "Name""#),
        ("hooks", "hooks"),
        ("garde", "garde"),
        ("optimistic", "optimistic(columns(field, field))` or `optimistic(off)"),
        ("filter", "filter = condition"),
        ("soft_delete", "soft_delete = field"),
        ("polymorphic", POLYMORPHIC),
        ("inherits", "inherits"),
        ("identity", r#"inherits, identity = "name""#),
        ("view", r#"view`, `view = "SELECT .." or `view = query"#),
        ("materialized_view", r#"materialized_view`, `materialized_view = "SELECT .." or `materialized_view = query"#),
        ("read_only", "read_only"),
    ],
};

/// How the base of a family is written.
const POLYMORPHIC: &str = r#"polymorphic(on = column, identity = "name", subtypes(Model, Model(Model)))"#;

pub(crate) const EMBEDDED: AttributeSite =
    AttributeSite { what: "`#[orm(..)]` on an embedded struct", options: &[INDEX, UNIQUE, CHECK] };

pub(crate) const EMBEDDED_ENUM: AttributeSite = AttributeSite {
    what: "`#[orm(..)]` on an embedded enum",
    options: &[("tag", r#"tag = "column""#), ("rename_all", r#"rename_all = "kebab-case""#)],
};

pub(crate) const VARIANT_FIELD: AttributeSite = AttributeSite {
    what: "`#[orm(..)]` on a field of a variant",
    options: &[
        ("column", r#"column = "name""#),
        ("length", "length = 80"),
        ("precision", "precision(10, 2)"),
        ("format", r#"format = "epoch""#),
        ("unique", "unique"),
        ("index", "index"),
        ("secret", "secret"),
        COMMENT,
    ],
};

pub(crate) const COLUMN: AttributeSite = AttributeSite {
    what: "`#[orm(..)]` on a field",
    options: &[
        ("primary_key", "primary_key"),
        ("column", r#"column = "name""#),
        RENAMED_FROM,
        ("length", "length = 80"),
        ("precision", "precision(10, 2)"),
        ("format", r#"format = "epoch""#),
        ("unique", r#"unique` or `unique(where = "sql")"#),
        ("index", r#"index` or `index(desc, where = "sql", include(field), using = "gin")"#),
        COMMENT,
        ("default", "default = expression"),
        ("default_on_insert", "default_on_insert = expression"),
        ("on_update", "on_update = expression"),
        ("server_default", r#"server_default = "sql""#),
        ("computed", r#"computed = "sql""#),
        ("read_back", "read_back"),
        ("version", "version"),
        ("secret", "secret"),
        ("shard_key", "shard_key"),
        ("with", "with = module"),
        ("pg_type", r#"pg_type = "inet""#),
        ("json", "json"),
        ("validate", "validate = function"),
        ("embed", "embed"),
        ("prefix", r#"embed, prefix = "text""#),
        ("base", "base"),
        ("deferred", r#"deferred = "group""#),
    ],
};

const BACK_POPULATES: (&str, &str) = ("back_populates", "back_populates = field");
const CASCADE: (&str, &str) = ("cascade", "cascade(all, delete_orphan)");
const PASSIVE_DELETES: (&str, &str) = ("passive_deletes", r#"passive_deletes` or `passive_deletes = "all""#);
const SINGLE_PARENT: (&str, &str) = ("single_parent", "single_parent");
const VIEW_ONLY: (&str, &str) = ("view_only", "view_only");
const LOAD: (&str, &str) = ("load", r#"load = "lazy"` or `"selectin"` or `"joined"` or `"raise"` or `"write_only""#);
const ORDER_BY: (&str, &str) = ("order_by", "order_by = field` or `order_by(field, field desc)");

pub(crate) const BELONGS_TO: AttributeSite = AttributeSite {
    what: "`#[belongs_to(..)]`",
    options: &[
        BACK_POPULATES,
        CASCADE,
        SINGLE_PARENT,
        ("on_delete", r#"on_delete = "cascade"` or `"set null"` or `"restrict""#),
        ("on_update", r#"on_update = "cascade""#),
        ("deferrable", "deferrable"),
        ("post_update", "post_update"),
        ("column", r#"column = "name""#),
        ("type_column", r#"type_column = "name""#),
        ("key_column", r#"type_column = "name", key_column = "name""#),
        RENAMED_FROM,
        LOAD,
    ],
};

const PROXY: (&str, &str) = ("proxy", "proxy(names: Model = field)");

pub(crate) const HAS_MANY: AttributeSite = AttributeSite {
    what: "`#[has_many(..)]`",
    options: &[
        BACK_POPULATES,
        CASCADE,
        PASSIVE_DELETES,
        VIEW_ONLY,
        ORDER_BY,
        ("ordering", "ordering = field"),
        LOAD,
        PROXY,
    ],
};

pub(crate) const HAS_ONE: AttributeSite =
    AttributeSite { what: "`#[has_one(..)]`", options: &[BACK_POPULATES, CASCADE, PASSIVE_DELETES, VIEW_ONLY, LOAD] };

pub(crate) const MANY_TO_MANY: AttributeSite = AttributeSite {
    what: "`#[many_to_many(..)]`",
    options: &[
        BACK_POPULATES,
        CASCADE,
        SINGLE_PARENT,
        PASSIVE_DELETES,
        VIEW_ONLY,
        ORDER_BY,
        ("table", r#"table = "name""#),
        ("through", "through = Model"),
        ("column", r#"column = "name""#),
        LOAD,
    ],
};

pub(crate) const ENUM: AttributeSite = AttributeSite {
    what: "`#[orm(..)]` on an enum",
    options: &[
        ("rename_all", r#"rename_all = "kebab-case""#),
        ("repr", r#"repr = "i16""#),
        ("native", r#"native = "name""#),
    ],
};

const RENAME: (&str, &str) = ("rename", r#"rename = "text""#);

pub(crate) const VARIANT: AttributeSite =
    AttributeSite { what: "`#[orm(..)]` on a variant", options: &[RENAME, ("unknown", "unknown")] };

pub(crate) const EMBEDDED_VARIANT: AttributeSite =
    AttributeSite { what: "`#[orm(..)]` on a variant of an embedded enum", options: &[RENAME] };

pub(crate) const ONE_OF_VARIANT: AttributeSite =
    AttributeSite { what: "`#[orm(..)]` on a variant of an enum of models", options: &[RENAME] };

pub(crate) const NEWTYPE: AttributeSite = AttributeSite {
    what: "`#[orm(..)]` on a column type",
    options: &[("validate", "validate = function"), ("try_from", "try_from"), ("arithmetic", "arithmetic")],
};

pub(crate) const ROW_FIELD: AttributeSite =
    AttributeSite { what: "`#[orm(..)]` on a field of a row", options: &[("column", r#"column = "name""#)] };

pub(crate) const POINT: AttributeSite =
    AttributeSite { what: "`#[point(..)]` on a struct", options: &[("measurement", r#"measurement = "name""#)] };

pub(crate) const POINT_FIELD: AttributeSite = AttributeSite {
    what: "`#[point(..)]` on a field",
    options: &[("tag", "tag"), ("time", "time"), ("unsigned", "unsigned"), ("name", r#"name = "name""#)],
};

/// The functions of items that are called by the struct's name.
pub(crate) const ITEM_FUNCTIONS: [&str; 13] = [
    "exists",
    "create_table",
    "describe",
    "delete_table",
    "get",
    "get_consistent",
    "get_fields",
    "at_key",
    "update_key",
    "delete_key",
    "query",
    "scan",
    "default",
];

pub(crate) const ITEM: AttributeSite = AttributeSite {
    what: "`#[item(..)]` on a struct",
    options: &[
        ("table", r#"table = "name""#),
        ("region", r#"region = "us-east-1""#),
        ("index", r#"index(name = "name", hash = field, range = field)"#),
        ("local_index", r#"local_index(name = "name", range = field)"#),
    ],
};

pub(crate) const ITEM_FIELD: AttributeSite = AttributeSite {
    what: "`#[item(..)]` on a field",
    options: &[
        ("hash_key", "hash_key"),
        ("range_key", "range_key"),
        ("version", "version"),
        ("ttl", "ttl"),
        ("name", r#"name = "name""#),
        ("default", "default` or `default = expression"),
        ("serde", "serde"),
        ("column", "column"),
        ("null", "null"),
        ("composed", r##"composed = "USER#{field}""##),
    ],
};

/// The words of `index(..)` and `local_index(..)`.
pub(crate) const ITEM_INDEX: [&str; 5] = ["name", "hash", "range", "keys", "include"];

/// The places among which an option is looked up that is written at the wrong one.
pub(crate) fn related(site: &AttributeSite) -> &'static [&'static AttributeSite] {
    const KINDS: [&[&AttributeSite]; 2] = [&[&POINT, &POINT_FIELD], &[&ITEM, &ITEM_FIELD]];
    let kind = KINDS.into_iter().find(|sites| sites.iter().any(|known| known.what == site.what));
    kind.unwrap_or(MODEL_SITES)
}

/// The places of a model.
const MODEL_SITES: &[&AttributeSite] = &[&TABLE, &COLUMN, &BELONGS_TO, &HAS_MANY, &HAS_ONE, &MANY_TO_MANY];

/// The words of `repr = ".."`.
pub(crate) const REPRS: &[&str] = &["i8", "i16", "i32", "i64", "u8", "u16", "u32"];

/// The words of `cascade(..)`, with the constant that each stands for.
pub(crate) const CASCADES: &[(&str, &str)] = &[
    ("save_update", "SAVE_UPDATE"),
    ("merge", "MERGE"),
    ("delete", "DELETE"),
    ("delete_orphan", "DELETE_ORPHAN"),
    ("expunge", "EXPUNGE"),
    ("refresh_expire", "REFRESH_EXPIRE"),
    ("all", "ALL"),
];

/// Cascades that contradict `view_only`.
pub(crate) const WRITE_CASCADES: &[&str] = &["save_update", "merge", "delete", "delete_orphan", "all"];

/// The words of `on_delete = ".."`, with the variant that each stands for.
pub(crate) const ON_DELETES: &[(&str, &str)] =
    &[("cascade", "Cascade"), ("set null", "SetNull"), ("restrict", "Restrict")];

/// The words of `load = ".."`, with the variant that each stands for.
pub(crate) const LOADS: &[(&str, &str)] = &[
    ("lazy", "Lazy"),
    ("selectin", "SelectIn"),
    ("joined", "Joined"),
    ("raise", "Raise"),
    ("write_only", "WriteOnly"),
];

/// The words of `format = ".."`, with the variant that each stands for.
pub(crate) const FORMATS: &[(&str, &str)] = &[
    ("mixed", "Mixed"),
    ("text", "Text"),
    ("seconds", "Seconds"),
    ("micros", "Micros"),
    ("iso_millis", "IsoMillis"),
    ("epoch", "Epoch"),
    ("epoch_millis", "EpochMillis"),
    ("upper", "Upper"),
    ("simple", "Simple"),
    ("blob", "Blob"),
    ("number", "Number"),
];

/// The word of `known` that is most like `word`, if one is near.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const ALIKE: f64 = 0.7;
    let scored = known.into_iter().map(|candidate| (strsim::jaro_winkler(word, candidate), candidate));
    let best = scored.max_by(|(a, _), (b, _)| a.total_cmp(b));
    best.filter(|(score, _)| *score >= ALIKE).map(|(_, candidate)| candidate)
}

/// The end of a message about `word`: the nearest of `known`, or all of them.
pub(crate) fn suggestion<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(word, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let all: Vec<String> = known.into_iter().map(|word| format!("`{word}`")).collect();
            format!("possible: {}", all.join(", "))
        }
    }
}
