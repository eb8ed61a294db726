-- A miniature music shop in the shape of the Chinook tables, in SQL that SQLite and PostgreSQL both read. All of it is
-- invented. The tables are temporary: they hide real ones of the same name and go with the connection.

CREATE TEMPORARY TABLE artist (artist_id INTEGER PRIMARY KEY, name VARCHAR(120));
CREATE TEMPORARY TABLE genre (genre_id INTEGER PRIMARY KEY, name VARCHAR(120));
CREATE TEMPORARY TABLE playlist (playlist_id INTEGER PRIMARY KEY, name VARCHAR(120));

CREATE TEMPORARY TABLE album (
    album_id INTEGER PRIMARY KEY,
    title VARCHAR(160) NOT NULL,
    artist_id INTEGER NOT NULL REFERENCES artist (artist_id)
);

CREATE TEMPORARY TABLE track (
    track_id INTEGER PRIMARY KEY,
    name VARCHAR(200) NOT NULL,
    album_id INTEGER REFERENCES album (album_id),
    genre_id INTEGER REFERENCES genre (genre_id),
    composer VARCHAR(220),
    milliseconds INTEGER NOT NULL,
    unit_price NUMERIC(10,2) NOT NULL
);

CREATE TEMPORARY TABLE playlist_track (
    playlist_id INTEGER NOT NULL REFERENCES playlist (playlist_id),
    track_id INTEGER NOT NULL REFERENCES track (track_id),
    PRIMARY KEY (playlist_id, track_id)
);

CREATE TEMPORARY TABLE invoice (
    invoice_id INTEGER PRIMARY KEY,
    invoice_date TIMESTAMP NOT NULL,
    total NUMERIC(10,2) NOT NULL
);

CREATE TEMPORARY TABLE invoice_line (
    invoice_line_id INTEGER PRIMARY KEY,
    invoice_id INTEGER NOT NULL REFERENCES invoice (invoice_id),
    track_id INTEGER NOT NULL REFERENCES track (track_id),
    unit_price NUMERIC(10,2) NOT NULL,
    quantity INTEGER NOT NULL
);

INSERT INTO artist VALUES (1, 'The Fixtures'), (2, 'Null and the Voids'), (3, 'Quiet Assertions');
INSERT INTO genre VALUES (1, 'Test Pop'), (2, 'Integration Jazz');
INSERT INTO playlist VALUES (1, 'Everything'), (2, 'Smoke Test');

INSERT INTO album VALUES (1, 'Setup', 1), (2, 'Teardown', 1), (3, 'Optional', 2), (4, 'Expected, Found', 3);

INSERT INTO track VALUES
    (1, 'Arrange', 1, 1, 'A. Author', 181000, 0.99),
    (2, 'Act', 1, 1, NULL, 204500, 0.99),
    (3, 'Assert', 2, 2, 'A. Author', 90250, 1),
    (4, 'Some', 3, NULL, NULL, 60000, 1.99),
    (5, 'Green', 4, 2, 'B. Backer', 245000, 0.99);

INSERT INTO playlist_track VALUES (1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (2, 2), (2, 5);
INSERT INTO invoice VALUES (1, '2024-02-29 00:00:00', 3.97), (2, '2024-03-01 12:30:00', 5.96);
INSERT INTO invoice_line VALUES
    (1, 1, 1, 0.99, 1), (2, 1, 2, 0.99, 1), (3, 1, 4, 1.99, 1),
    (4, 2, 3, 1, 2), (5, 2, 5, 0.99, 2), (6, 2, 4, 1.99, 1);
