//! The statements. Numbers of objects are `int8`; a schema is NULL if it is the connection's own.

/// The schema of a namespace, as names have it.
macro_rules! schema {
    ($namespace:literal) => {
        concat!("CASE WHEN ", $namespace, ".nspname <> current_schema() THEN ", $namespace, ".nspname::text END")
    };
}

/// Whether an object belongs to no extension.
macro_rules! is_users {
    ($class:literal, $object:literal) => {
        concat!(
            "NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.",
            $class,
            "'::regclass AND e.objid = ",
            $object,
            ".oid AND e.deptype = 'e')"
        )
    };
}

/// Parameter: the names of the schemas, empty for the connection's own.
pub(super) const SCHEMAS: &str = "SELECT n.nspname::text, n.nspname = current_schema() FROM pg_catalog.pg_namespace n \
    WHERE n.nspname = ANY($1::text[]) OR (cardinality($1::text[]) = 0 AND n.nspname = current_schema()) ORDER BY 1";

/// Parameters: the names of the schemas; the names of the tables, empty for all.
pub(super) const RELATIONS: &str = concat!(
    "SELECT c.oid::int8, ",
    schema!("n"),
    ", c.relname::text, c.relkind::text, c.relpersistence = 'u', \
        pg_catalog.obj_description(c.oid, 'pg_class'), pg_catalog.pg_get_partkeydef(c.oid), \
        CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid) END \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relpersistence <> 't' AND n.nspname = ANY($1::text[]) \
        AND (cardinality($2::text[]) = 0 OR c.relname = ANY($2::text[])) AND ",
    is_users!("pg_class", "c"),
    " ORDER BY n.nspname, c.relname"
);

/// Parameter: the relations.
pub(super) const PARENTS: &str = concat!(
    "SELECT i.inhrelid::int8, ",
    schema!("n"),
    ", p.relname::text, pg_catalog.pg_get_expr(c.relpartbound, c.oid) \
    FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid \
    JOIN pg_catalog.pg_class p ON p.oid = i.inhparent JOIN pg_catalog.pg_namespace n ON n.oid = p.relnamespace \
    WHERE i.inhrelid::int8 = ANY($1::int8[]) ORDER BY i.inhrelid, i.inhseqno"
);

/// Parameter: the relations.
pub(super) const COLUMNS: &str = "SELECT a.attrelid::int8, a.attname::text, a.atttypid::int8, \
        pg_catalog.format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, a.attidentity::text, a.attgenerated::text, \
        pg_catalog.pg_get_expr(d.adbin, d.adrelid), CASE WHEN a.attcollation <> t.typcollation THEN o.collname::text END, \
        pg_catalog.col_description(a.attrelid, a.attnum), NOT a.attislocal \
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
    LEFT JOIN pg_catalog.pg_collation o ON o.oid = a.attcollation \
    WHERE a.attrelid::int8 = ANY($1::int8[]) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum";

/// Parameter: the relations.
pub(super) const TRIGGERS: &str = "SELECT g.tgrelid::int8, g.tgname::text, pg_catalog.pg_get_triggerdef(g.oid, TRUE) \
    FROM pg_catalog.pg_trigger g WHERE g.tgrelid::int8 = ANY($1::int8[]) AND NOT g.tgisinternal \
        AND coalesce(to_jsonb(g) ->> 'tgparentid', '0') = '0' ORDER BY g.tgrelid, g.tgname";

/// Parameter: the relations. What a table has from its parent is left out. Some columns came with later versions of the server.
pub(super) const CONSTRAINTS: &str = concat!(
    "SELECT k.conrelid::int8, k.conname::text, k.contype::text, k.condeferrable, k.condeferred, NOT k.convalidated, k.connoinherit, \
        ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u (number, place) \
            JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number ORDER BY u.place), ",
    schema!("n"),
    ", f.relname::text, \
        ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS u (number, place) \
            JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number ORDER BY u.place), \
        k.confupdtype::text, k.confdeltype::text, k.confmatchtype = 'f', \
        ARRAY(SELECT a.attname::text FROM jsonb_array_elements_text(CASE jsonb_typeof(to_jsonb(k) -> 'confdelsetcols') \
                WHEN 'array' THEN to_jsonb(k) -> 'confdelsetcols' ELSE '[]' END) WITH ORDINALITY AS u (number, place) \
            JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number::int ORDER BY u.place), \
        ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS u (number, place) \
            JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number \
            WHERE u.place > i.indnkeyatts ORDER BY u.place), \
        coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, FALSE), \
        pg_catalog.pg_get_expr(k.conbin, k.conrelid), pg_catalog.pg_get_constraintdef(k.oid), \
        pg_catalog.obj_description(k.oid, 'pg_constraint') \
    FROM pg_catalog.pg_constraint k LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid AND k.contype IN ('p', 'u') \
    LEFT JOIN pg_catalog.pg_class f ON f.oid = k.confrelid LEFT JOIN pg_catalog.pg_namespace n ON n.oid = f.relnamespace \
    WHERE k.conrelid::int8 = ANY($1::int8[]) AND k.contype IN ('p', 'u', 'f', 'c', 'x') AND k.conislocal AND k.conparentid = 0 \
    ORDER BY k.conrelid, k.conname"
);

/// Parameter: the relations. A row for each key and included column.
pub(super) const INDEXES: &str = "SELECT i.indrelid::int8, c.relname::text, i.indisunique, nullif(m.amname, 'btree')::text, \
        pg_catalog.pg_get_expr(i.indpred, i.indrelid), coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, FALSE), \
        pg_catalog.obj_description(c.oid, 'pg_class'), p.place <= i.indnkeyatts, a.attname::text, \
        pg_catalog.pg_get_indexdef(i.indexrelid, p.place, FALSE), p.place <= i.indnkeyatts AND i.indoption[p.place - 1] & 1 = 1, \
        p.place <= i.indnkeyatts AND i.indoption[p.place - 1] & 2 = 2, \
        CASE WHEN o.oid <> coalesce(a.attcollation, 100) THEN o.collname::text END, \
        CASE WHEN NOT q.opcdefault THEN q.opcname::text END \
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = c.relam \
    CROSS JOIN LATERAL generate_series(1, i.indnatts::int) AS p (place) \
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[p.place - 1] AND a.attnum > 0 \
    LEFT JOIN pg_catalog.pg_collation o ON p.place <= i.indnkeyatts AND o.oid = i.indcollation[p.place - 1] \
    LEFT JOIN pg_catalog.pg_opclass q ON p.place <= i.indnkeyatts AND q.oid = i.indclass[p.place - 1] \
    WHERE i.indrelid::int8 = ANY($1::int8[]) AND i.indislive \
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')) \
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhrelid = i.indexrelid) \
    ORDER BY i.indrelid, c.relname, p.place";

/// All enums and domains, since a table may use those of other schemas. Parameter: the names of the schemas, whose own types are told.
pub(super) const TYPES: &str = concat!(
    "SELECT t.oid::int8, t.typarray::int8, ",
    schema!("n"),
    ", t.typname::text, t.typtype = 'd', \
        n.nspname = ANY($1::text[]) AND ",
    is_users!("pg_type", "t"),
    ", \
        ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder), \
        t.typbasetype::int8, pg_catalog.format_type(t.typbasetype, t.typtypmod), NOT t.typnotnull, t.typdefault, \
        CASE WHEN t.typcollation <> b.typcollation THEN o.collname::text END, pg_catalog.obj_description(t.oid, 'pg_type') \
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace \
    LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype LEFT JOIN pg_catalog.pg_collation o ON o.oid = t.typcollation \
    WHERE t.typtype IN ('e', 'd') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%' ORDER BY t.oid"
);

/// The conditions of domains. Parameter: the names of the schemas.
pub(super) const DOMAIN_CHECKS: &str = concat!(
    "SELECT ",
    schema!("n"),
    ", t.typname::text, k.conname::text, pg_catalog.pg_get_expr(k.conbin, 0), NOT k.convalidated, \
        pg_catalog.obj_description(k.oid, 'pg_constraint') \
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_type t ON t.oid = k.contypid \
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE k.contype = 'c' AND n.nspname = ANY($1::text[]) ORDER BY k.conname"
);

/// The sequences, those of identity columns too. Parameter: the names of the schemas.
pub(super) const SEQUENCES: &str = concat!(
    "SELECT ",
    schema!("n"),
    ", c.relname::text, pg_catalog.format_type(s.seqtypid, -1), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, \
        s.seqcache, s.seqcycle, d.deptype = 'i', d.refobjid::int8, ",
    schema!("w"),
    ", r.relname::text, a.attname::text, \
        pg_catalog.obj_description(c.oid, 'pg_class') \
    FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') \
        AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0 \
    LEFT JOIN pg_catalog.pg_class r ON r.oid = d.refobjid LEFT JOIN pg_catalog.pg_namespace w ON w.oid = r.relnamespace \
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid \
    WHERE c.relpersistence <> 't' AND n.nspname = ANY($1::text[]) AND ",
    is_users!("pg_class", "c"),
    " ORDER BY n.nspname, c.relname"
);
