-- What only SQLite has: cells that say more than the types of their columns, and tables of its own kinds.

CREATE TABLE moments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    seconds DATETIME, micros DATETIME, iso TEXT, utc TIMESTAMP, unix DATETIME NOT NULL, millis TIMESTAMP, mixed DATETIME,
    day DATE, day_in_text TEXT, midnight DATE, hour TIME, short TIME, no_date DATETIME,
    made DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO moments VALUES
    (1, '2024-05-06 07:08:09', '2024-05-06 07:08:09.000001', '2024-05-06T07:08:09.123Z', '2024-05-06 07:08:09+00:00', 1714979289,
        1714979289123, '2024-05-06T07:08', '2024-05-06', '2024-05-06', '2024-05-06 00:00:00', '07:08:09', '07:08', 'yesterday', '2024-05-06 07:08:09'),
    (2, NULL, NULL, NULL, NULL, 0, NULL, '2024-05-06 07:08:09', NULL, NULL, '2024-05-06', NULL, '07:08:09', NULL, '2024-05-06 07:08:10');
CREATE TABLE ids (
    id VARCHAR(36) NOT NULL PRIMARY KEY, capital TEXT, both UUID, digits UUID, bytes UUID, found BLOB
);
INSERT INTO ids VALUES
    ('9f0c6b5e-0d0c-4c35-9d55-00000000000a', '9F0C6B5E-0D0C-4C35-9D55-00000000000A', '9f0c6b5e-0d0c-4c35-9d55-00000000000a',
        '9f0c6b5e0d0c4c359d5500000000000a', x'9f0c6b5e0d0c4c359d5500000000000a', x'9f0c6b5e0d0c4c359d5500000000000a'),
    ('9f0c6b5e-0d0c-4c35-9d55-00000000000b', '9F0C6B5E-0D0C-4C35-9D55-00000000000B', '9F0C6B5E-0D0C-4C35-9D55-00000000000B',
        '9f0c6b5e0d0c4c359d5500000000000b', x'9f0c6b5e0d0c4c359d5500000000000b', x'9f0c6b5e0d0c4c359d5500000000000b'),
    ('9f0c6b5e-0d0c-4c35-9d55-00000000000c', NULL, NULL, NULL, NULL, x'9f0c6b5e0d0c4c359d5500000000000c');
CREATE TABLE id_users (id INTEGER NOT NULL PRIMARY KEY, ref VARCHAR(36) REFERENCES ids (id));
INSERT INTO id_users VALUES (1, '9f0c6b5e-0d0c-4c35-9d55-00000000000a'), (2, NULL);
CREATE TABLE numbers (
    id INTEGER NOT NULL PRIMARY KEY,
    flag BOOLEAN NOT NULL, word BOOLEAN, many BOOLEAN, whole INT, half INT, real_one REAL, price DECIMAL(10, 2), text_price NUMERIC, huge NUMERIC,
    small TINYINT DEFAULT (1 + 1) NOT NULL, big UNSIGNED BIG INT
);
INSERT INTO numbers VALUES (1, 1, 'true', 7, 3, 1.5, 2, 9.99, 'no number', 1e300, 1, 9007199254740993),
    (2, 0, 'false', 0, NULL, 2, 0.1, 3, 5, 2, 2, NULL);
CREATE TABLE anything (
    id INTEGER NOT NULL PRIMARY KEY,
    ints, texts, blobs, mixed, empty, odd WHATEVER, odd_empty WHATEVER, money MONEY, ok JSON, broken JSON, data BLOB, letters CHAR(3)
);
INSERT INTO anything VALUES (1, 1, 'a', x'00', 1, NULL, 'odd', NULL, 3, '{"a": [1, 2]}', '{', x'00ff', 'abc'),
    (2, NULL, 'b', NULL, 'one', NULL, NULL, NULL, 2.5, 'null', '{}', NULL, 'ab');
CREATE TABLE computed (
    id INTEGER NOT NULL PRIMARY KEY, price INTEGER NOT NULL,
    twice INTEGER GENERATED ALWAYS AS (price * 2) STORED, thrice INTEGER NOT NULL GENERATED ALWAYS AS (price * 3) VIRTUAL
);
INSERT INTO computed (id, price) VALUES (1, 5), (2, 6);
CREATE TABLE strict_one (a TEXT NOT NULL, b INTEGER NOT NULL, c ANY, PRIMARY KEY (a, b)) WITHOUT ROWID, STRICT;
INSERT INTO strict_one VALUES ('x', 1, 1), ('x', 2, 2);
CREATE TABLE null_key (name TEXT PRIMARY KEY, value TEXT);
INSERT INTO null_key VALUES ('a', 'b'), (NULL, 'c'), (NULL, 'd');
CREATE TABLE text_key (name TEXT PRIMARY KEY, value TEXT COLLATE NOCASE);
INSERT INTO text_key VALUES ('a', 'b');
CREATE TABLE real_key (at REAL PRIMARY KEY, value TEXT);
INSERT INTO real_key VALUES (1.5, 'b');
CREATE VIRTUAL TABLE texts USING fts5(title, body);
INSERT INTO texts VALUES ('a title', 'a body');
CREATE VIEW counts AS SELECT status, count(*) AS n, sum(priority) AS total, max(note) FROM orders GROUP BY status;
CREATE VIEW times AS SELECT unix, iso, day FROM moments;
CREATE TRIGGER no_lost_ids BEFORE DELETE ON ids BEGIN SELECT RAISE(ABORT, 'no'); END;
CREATE UNIQUE INDEX tags_label ON tags (label COLLATE NOCASE);
