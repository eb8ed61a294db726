//! Pictures of a small schema.

#![allow(clippy::unwrap_used, reason = "this is test code")]

use orm::prelude::*;
use orm_inspect::{Diagram, flush_plan};

fn shop() -> Diagram {
    let engine = Engine::connect("sqlite://").unwrap();
    let script = "CREATE TABLE artist (id INTEGER PRIMARY KEY, name VARCHAR(40) UNIQUE);
        CREATE TABLE album (id INTEGER PRIMARY KEY, artist_id INTEGER NOT NULL REFERENCES artist, title TEXT);
        CREATE TABLE cover (album_id INTEGER PRIMARY KEY REFERENCES album, picture BLOB);
        CREATE TABLE \"a <b>\" (\"c d\" INTEGER PRIMARY KEY, parent REFERENCES \"a <b>\");";
    engine.connection().unwrap().execute_script(script).unwrap();
    Diagram::of(&engine.reflect().unwrap())
}

#[test]
fn mermaid_has_tables_and_cardinalities() {
    assert_eq!(
        shop().mermaid(),
        "erDiagram
    \"a <b>\" {
        INTEGER c_d PK
        any parent FK \"null\"
    }
    album {
        INTEGER id PK
        INTEGER artist_id FK
        TEXT title \"null\"
    }
    artist {
        INTEGER id PK
        VARCHAR(40) name UK \"null\"
    }
    cover {
        INTEGER album_id PK, FK
        BLOB picture \"null\"
    }
    \"a <b>\" |o--o{ \"a <b>\" : \"parent\"
    artist ||--o{ album : \"artist_id\"
    album ||--o| cover : \"album_id\"
"
    );
}

#[test]
fn graphviz_has_ports_for_columns() {
    let text = shop().dot();
    assert!(text.contains(r#""artist":c0:e -> "album":c1:w [arrowtail=teetee, arrowhead=crowodot]"#), "{text}");
    assert!(text.contains(r#""album":c0:e -> "cover":c0:w [arrowtail=teetee, arrowhead=noneteeodot]"#), "{text}");
    assert!(text.contains("<b>a &lt;b&gt;</b>"), "{text}");
}

#[test]
fn svg_has_each_table_and_each_key_once() {
    let text = shop().svg();
    assert_eq!((text.matches("<g class=\"entity\"").count(), text.matches("<g class=\"link\"").count()), (4, 3));
    assert_eq!(text.matches("<g").count(), text.matches("</g>").count());
    assert!(text.contains("data-child=\"album\" data-parent=\"artist\"") && text.contains("a &lt;b&gt;"), "{text}");
    assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    assert_eq!(text, shop().svg());
    let keys = shop().keys_only().svg();
    assert!(keys.contains(">artist_id<") && !keys.contains(">title<"), "{keys}");
    assert!(shop().html().contains(&text));
}

#[derive(Model, Debug, Clone, Default)]
struct Artist {
    #[orm(primary_key)]
    id: i64,
    name: String,
    #[has_many(back_populates = artist)]
    albums: HasMany<Album>,
}

#[derive(Model, Debug, Clone, Default)]
struct Album {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to(back_populates = albums)]
    artist: BelongsTo<Artist>,
}

#[test]
fn a_flush_is_a_flowchart() -> orm::Result<()> {
    let engine = Engine::connect("sqlite://")?;
    let mut session = engine.session();
    session.add(Artist { name: "Iain".into(), albums: [Album::default()].into(), ..Default::default() });
    let text = flush_plan(&session.explain_flush()?);
    let expected = "flowchart TD
    s1[\"1. INSERT artist (name)<br>Artist#35;new\"]
    class s1 insert
    s2[\"2. INSERT album (artist_id)<br>Album#35;new\"]
    class s2 insert
    s1 --> s2
";
    assert!(text.starts_with(expected), "{text}");
    let catalog = orm::catalog::Catalog::of(models![Artist], engine.dialect())?;
    assert!(Diagram::of(&catalog).mermaid().contains("artist ||--o{ album"));
    Ok(())
}
