//! Schemas that others made, for reading.

/// A schema with everything that SQLite has.
pub(crate) const SQLITE: &str = r#"
    CREATE TABLE org (
        id INTEGER CONSTRAINT pk_org PRIMARY KEY AUTOINCREMENT,
        code CHAR(3) COLLATE NOCASE NOT NULL CONSTRAINT uq_org_code UNIQUE,
        price NUMERIC(10, 2) DEFAULT 1.5,
        twice NUMERIC GENERATED ALWAYS AS (price * 2) VIRTUAL,
        made DATETIME NOT NULL DEFAULT (datetime('now')), -- a comment, with CHECK (0)
        thing,
        CONSTRAINT ck_price CHECK (price > 0 AND code <> ')'),
        CHECK (length(code) = 3)
    );
    CREATE TABLE member (
        org INTEGER NOT NULL REFERENCES org ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
        no INT NOT NULL,
        boss_org INTEGER, boss_no INT,
        name TEXT DEFAULT 'it''s',
        PRIMARY KEY (org, no),
        CONSTRAINT fk_boss FOREIGN KEY (boss_org, boss_no) REFERENCES member (org, no) ON DELETE SET NULL ON UPDATE CASCADE,
        UNIQUE (name, no)
    ) WITHOUT ROWID, STRICT;
    CREATE UNIQUE INDEX ix_name ON member (lower(name), no DESC, name COLLATE NOCASE) WHERE name IS NOT NULL;
    CREATE VIEW names (n) AS SELECT name FROM member;
    CREATE VIEW all_names AS SELECT n FROM names;
    CREATE TRIGGER no_names BEFORE DELETE ON member BEGIN SELECT 1; SELECT 2; END;
    CREATE VIRTUAL TABLE texts USING fts5(title, body);
"#;

/// How that prints.
pub(crate) const SQLITE_TEXT: &str = r#"
table member without rowid strict
  column org INTEGER not null
  column no INT not null
  column boss_org INTEGER null
  column boss_no INT null
  column name TEXT null default 'it''s'
  primary key (org, no)
  unique constraint (name, no)
  foreign key (org) to org (id) on delete cascade deferrable initially deferred
  foreign key fk_boss (boss_org, boss_no) to member (org, no) on delete set null on update cascade
  index ix_name unique (lower(name), no desc, name collate NOCASE) where name IS NOT NULL
  trigger no_names CREATE TRIGGER no_names BEFORE DELETE ON member BEGIN SELECT 1; SELECT 2; END
table org autoincrement
  column id INTEGER not null
  column code CHAR(3) not null collation NOCASE
  column price NUMERIC(10, 2) null default 1.5
  column twice NUMERIC null generated as price * 2
  column made DATETIME not null default datetime('now')
  column thing null
  primary key pk_org (id)
  unique constraint uq_org_code (code)
  check length(code) = 3
  check ck_price price > 0 AND code <> ')'
table texts using fts5(title, body)
  column title null
  column body null
"#;

/// A schema with everything that PostgreSQL has.
pub(crate) const POSTGRES: &str = r#"
    CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy');
    COMMENT ON TYPE mood IS 'how one feels';
    CREATE DOMAIN price AS numeric(10, 2) DEFAULT 1 NOT NULL CONSTRAINT price_check CHECK (VALUE > 0);
    CREATE DOMAIN fee AS price;
    CREATE SEQUENCE numbers AS integer START 5 INCREMENT 2 MAXVALUE 99 CYCLE;
    CREATE TABLE org (
        id bigint GENERATED ALWAYS AS IDENTITY (START WITH 10) CONSTRAINT pk_org PRIMARY KEY,
        code char(3) COLLATE "C" NOT NULL CONSTRAINT uq_org_code UNIQUE DEFERRABLE,
        fee fee, mood mood DEFAULT 'sad', moods mood[],
        price numeric(10, 2) DEFAULT 1.5,
        twice numeric GENERATED ALWAYS AS (price * 2) STORED,
        made timestamptz(3) NOT NULL DEFAULT now(),
        tags text[] NOT NULL DEFAULT '{}', doc jsonb, took interval,
        seat integer DEFAULT nextval('numbers'),
        during int4range,
        CONSTRAINT ck_price CHECK (price > 0 AND code <> ')') NO INHERIT,
        CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&)
    );
    ALTER SEQUENCE numbers OWNED BY org.seat;
    COMMENT ON TABLE org IS 'it''s an organisation';
    COMMENT ON COLUMN org.code IS 'three letters';
    COMMENT ON CONSTRAINT ck_price ON org IS 'no gifts';
    CREATE UNLOGGED TABLE member (
        org bigint NOT NULL CONSTRAINT fk_org REFERENCES org ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
        no smallint NOT NULL, boss_org bigint, boss_no smallint, id serial,
        name varchar(20) DEFAULT 'it''s',
        CONSTRAINT pk_member PRIMARY KEY (org, no) INCLUDE (name),
        CONSTRAINT fk_boss FOREIGN KEY (boss_org, boss_no) REFERENCES member (org, no) MATCH FULL ON DELETE SET NULL ON UPDATE CASCADE,
        CONSTRAINT uq_name UNIQUE NULLS NOT DISTINCT (name, no)
    );
    ALTER TABLE member ADD CONSTRAINT ck_late CHECK (no > 0) NOT VALID;
    CREATE UNIQUE INDEX ix_name ON member (lower(name) DESC NULLS LAST, no, name COLLATE "C" text_pattern_ops) INCLUDE (org)
        WHERE name IS NOT NULL;
    COMMENT ON INDEX ix_name IS 'for the search';
    CREATE INDEX ix_tags ON org USING gin (tags);
    CREATE VIEW names (n) AS SELECT name FROM member;
    CREATE VIEW all_names AS SELECT n FROM names;
    CREATE MATERIALIZED VIEW counted AS SELECT org, count(*) AS members FROM member GROUP BY org;
    CREATE UNIQUE INDEX ix_counted ON counted (org);
    CREATE TRIGGER no_names BEFORE UPDATE ON member FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
    CREATE TABLE event (id bigint NOT NULL, at date NOT NULL, kind text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
    CREATE INDEX ix_kind ON event (kind);
    CREATE TABLE event_2026 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
    CREATE TABLE event_rest PARTITION OF event DEFAULT;
    CREATE TABLE boss (bonus integer CHECK (bonus > 0)) INHERITS (org);
"#;

/// How that prints.
pub(crate) const POSTGRES_TEXT: &str = r#"
enum mood ('sad', 'it's ok', 'happy') comment "how one feels"
domain fee price null default 1
domain price numeric(10,2) not null default 1 check VALUE > (0)::numeric
sequence member_id_seq integer owned by member.id
sequence numbers integer start 5 increment 2 maximum 99 cycle owned by org.seat
table boss inherits (org)
  column id bigint not null
  column code character(3) not null collation C
  column fee fee null
  column mood mood null default 'sad'::mood
  column moods mood[] null
  column price numeric(10,2) null default 1.5
  column twice numeric null generated as price * (2)::numeric stored
  column made timestamp(3) with time zone not null default now()
  column tags text[] not null default '{}'::text[]
  column doc jsonb null
  column took interval null
  column seat integer null default nextval('numbers'::regclass)
  column during int4range null
  column bonus integer null
  check boss_bonus_check bonus > 0
table event partition by RANGE (at)
  column id bigint not null
  column at date not null
  column kind text null
  primary key event_pkey (id, at)
  index ix_kind (kind)
table event_2026 partition of event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')
  column id bigint not null
  column at date not null
  column kind text null
table event_rest partition of event DEFAULT
  column id bigint not null
  column at date not null
  column kind text null
table member unlogged
  column org bigint not null
  column no smallint not null
  column boss_org bigint null
  column boss_no smallint null
  column id integer not null default nextval('member_id_seq'::regclass)
  column name character varying(20) null default 'it''s'::character varying
  primary key pk_member (org, no) include (name)
  unique constraint uq_name (name, no) nulls not distinct
  foreign key fk_boss (boss_org, boss_no) to member (org, no) on delete set null on update cascade match full
  foreign key fk_org (org) to org (id) on delete cascade deferrable initially deferred
  check ck_late no > 0 not valid
  index ix_name unique (lower((name)::text) desc nulls last, no, name collate C text_pattern_ops) include (org) where name IS NOT NULL comment "for the search"
  trigger no_names CREATE TRIGGER no_names BEFORE UPDATE ON member FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()
table org comment "it's an organisation"
  column id bigint not null identity always start 10
  column code character(3) not null collation C comment "three letters"
  column fee fee null
  column mood mood null default 'sad'::mood
  column moods mood[] null
  column price numeric(10,2) null default 1.5
  column twice numeric null generated as price * (2)::numeric stored
  column made timestamp(3) with time zone not null default now()
  column tags text[] not null default '{}'::text[]
  column doc jsonb null
  column took interval null
  column seat integer null default nextval('numbers'::regclass)
  column during int4range null
  primary key pk_org (id)
  unique constraint uq_org_code (code) deferrable
  check ck_price (price > (0)::numeric) AND (code <> ')'::bpchar) no inherit comment "no gifts"
  exclusion no_overlap EXCLUDE USING gist (during WITH &&)
  index ix_tags using gin (tags)
"#;

/// A schema with what MariaDB has.
pub(crate) const MARIADB: &str = r#"
    CREATE TABLE org (
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        code CHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        price NUMERIC(10, 2) DEFAULT 1.5,
        twice NUMERIC(12, 2) GENERATED ALWAYS AS (price * 2) STORED,
        made DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
        doc JSON, mood ENUM('sad', 'it''s ok') COLLATE utf8mb4_bin, count INT UNSIGNED,
        CONSTRAINT uq_org_code UNIQUE (code),
        CONSTRAINT ck_price CHECK (price > 0 AND code <> ')'),
        CONSTRAINT ck_code CHECK (char_length(code) = 3)
    );
    CREATE TABLE member (
        org BIGINT NOT NULL, no SMALLINT NOT NULL, boss_org BIGINT, boss_no SMALLINT,
        name VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT 'it''s',
        PRIMARY KEY (org, no),
        CONSTRAINT fk_org FOREIGN KEY (org) REFERENCES org (id) ON DELETE CASCADE,
        CONSTRAINT fk_boss FOREIGN KEY (boss_org, boss_no) REFERENCES member (org, no) ON DELETE SET NULL ON UPDATE CASCADE,
        CONSTRAINT uq_name UNIQUE (name, no)
    );
    CREATE INDEX ix_name ON member (no DESC, name);
    CREATE VIEW names (n) AS SELECT name FROM member;
    CREATE VIEW all_names AS SELECT n FROM names;
    CREATE TRIGGER no_names BEFORE DELETE ON member FOR EACH ROW SET @gone = 1;
"#;

/// How that prints.
pub(crate) const MARIADB_TEXT: &str = r#"
table member
  column org bigint not null
  column no smallint not null
  column boss_org bigint null
  column boss_no smallint null
  column name varchar(20) null default 'it''s'
  primary key (org, no)
  unique constraint uq_name (name, no)
  foreign key fk_boss (boss_org, boss_no) to member (org, no) on delete set null on update cascade
  foreign key fk_org (org) to org (id) on delete cascade
  index ix_name (no desc, name)
  trigger no_names CREATE TRIGGER "no_names" BEFORE DELETE ON "member" FOR EACH ROW SET @gone = 1
table org
  column id bigint not null identity by default
  column code char(3) not null collation utf8mb4_bin
  column price decimal(10,2) null default 1.50
  column twice decimal(12,2) null generated as "price" * 2 stored
  column made datetime(3) not null default current_timestamp
  column doc json null collation utf8mb4_bin
  column mood enum('sad','it''s ok') null collation utf8mb4_bin
  column count int unsigned null
  primary key (id)
  unique constraint uq_org_code (code)
  check ck_code char_length("code") = 3
  check ck_price "price" > 0 and "code" <> ')'
"#;

/// The tables of Chinook, a shop for music.
pub(crate) const CHINOOK: &str = r#"
    CREATE TABLE "Artist" ("ArtistId" INTEGER NOT NULL, "Name" VARCHAR(120), CONSTRAINT "PK_Artist" PRIMARY KEY ("ArtistId"));
    CREATE TABLE "Album" ("AlbumId" INTEGER NOT NULL, "Title" VARCHAR(160) NOT NULL, "ArtistId" INTEGER NOT NULL,
        CONSTRAINT "PK_Album" PRIMARY KEY ("AlbumId"),
        FOREIGN KEY ("ArtistId") REFERENCES "Artist" ("ArtistId") ON DELETE NO ACTION ON UPDATE NO ACTION);
    CREATE TABLE "Employee" ("EmployeeId" INTEGER NOT NULL, "LastName" VARCHAR(20) NOT NULL, "ReportsTo" INTEGER, "BirthDate" TIMESTAMP,
        CONSTRAINT "PK_Employee" PRIMARY KEY ("EmployeeId"), FOREIGN KEY ("ReportsTo") REFERENCES "Employee" ("EmployeeId"));
    CREATE TABLE "Customer" ("CustomerId" INTEGER NOT NULL, "Email" VARCHAR(60) NOT NULL, "SupportRepId" INTEGER,
        CONSTRAINT "PK_Customer" PRIMARY KEY ("CustomerId"), FOREIGN KEY ("SupportRepId") REFERENCES "Employee" ("EmployeeId"));
    CREATE TABLE "Genre" ("GenreId" INTEGER NOT NULL, "Name" VARCHAR(120), CONSTRAINT "PK_Genre" PRIMARY KEY ("GenreId"));
    CREATE TABLE "MediaType" ("MediaTypeId" INTEGER NOT NULL, "Name" VARCHAR(120), CONSTRAINT "PK_MediaType" PRIMARY KEY ("MediaTypeId"));
    CREATE TABLE "Invoice" ("InvoiceId" INTEGER NOT NULL, "CustomerId" INTEGER NOT NULL, "InvoiceDate" TIMESTAMP NOT NULL,
        "Total" NUMERIC(10,2) NOT NULL, CONSTRAINT "PK_Invoice" PRIMARY KEY ("InvoiceId"),
        FOREIGN KEY ("CustomerId") REFERENCES "Customer" ("CustomerId"));
    CREATE TABLE "Track" ("TrackId" INTEGER NOT NULL, "Name" VARCHAR(200) NOT NULL, "AlbumId" INTEGER, "MediaTypeId" INTEGER NOT NULL,
        "GenreId" INTEGER, "Milliseconds" INTEGER NOT NULL, "UnitPrice" NUMERIC(10,2) NOT NULL,
        CONSTRAINT "PK_Track" PRIMARY KEY ("TrackId"), FOREIGN KEY ("AlbumId") REFERENCES "Album" ("AlbumId"),
        FOREIGN KEY ("GenreId") REFERENCES "Genre" ("GenreId"), FOREIGN KEY ("MediaTypeId") REFERENCES "MediaType" ("MediaTypeId"));
    CREATE TABLE "InvoiceLine" ("InvoiceLineId" INTEGER NOT NULL, "InvoiceId" INTEGER NOT NULL, "TrackId" INTEGER NOT NULL,
        CONSTRAINT "PK_InvoiceLine" PRIMARY KEY ("InvoiceLineId"), FOREIGN KEY ("InvoiceId") REFERENCES "Invoice" ("InvoiceId"),
        FOREIGN KEY ("TrackId") REFERENCES "Track" ("TrackId"));
    CREATE TABLE "Playlist" ("PlaylistId" INTEGER NOT NULL, "Name" VARCHAR(120), CONSTRAINT "PK_Playlist" PRIMARY KEY ("PlaylistId"));
    CREATE TABLE "PlaylistTrack" ("PlaylistId" INTEGER NOT NULL, "TrackId" INTEGER NOT NULL,
        CONSTRAINT "PK_PlaylistTrack" PRIMARY KEY ("PlaylistId", "TrackId"),
        FOREIGN KEY ("PlaylistId") REFERENCES "Playlist" ("PlaylistId"), FOREIGN KEY ("TrackId") REFERENCES "Track" ("TrackId"));
    CREATE INDEX "IFK_AlbumArtistId" ON "Album" ("ArtistId");
    CREATE INDEX "IFK_TrackAlbumId" ON "Track" ("AlbumId");
"#;
