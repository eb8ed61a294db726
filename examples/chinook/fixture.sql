-- A miniature music shop in the shape of the Chinook tables, in SQL that SQLite and PostgreSQL both read. All of it is
-- invented.

CREATE TABLE artist (artist_id INTEGER PRIMARY KEY, name VARCHAR(120));
CREATE TABLE genre (genre_id INTEGER PRIMARY KEY, name VARCHAR(120));
CREATE TABLE playlist (playlist_id INTEGER PRIMARY KEY, name VARCHAR(120));

CREATE TABLE album (
    album_id INTEGER PRIMARY KEY,
    title VARCHAR(160) NOT NULL,
    artist_id INTEGER NOT NULL REFERENCES artist (artist_id)
);

CREATE TABLE track (
    track_id INTEGER PRIMARY KEY,
    name VARCHAR(200) NOT NULL,
    album_id INTEGER REFERENCES album (album_id),
    genre_id INTEGER REFERENCES genre (genre_id),
    composer VARCHAR(220),
    milliseconds INTEGER NOT NULL,
    unit_price NUMERIC(10,2) NOT NULL
);

CREATE TABLE playlist_track (
    playlist_id INTEGER NOT NULL REFERENCES playlist (playlist_id),
    track_id INTEGER NOT NULL REFERENCES track (track_id),
    PRIMARY KEY (playlist_id, track_id)
);

CREATE TABLE employee (
    employee_id INTEGER PRIMARY KEY,
    first_name VARCHAR(20) NOT NULL,
    last_name VARCHAR(20) NOT NULL,
    title VARCHAR(30),
    reports_to INTEGER REFERENCES employee (employee_id)
);

CREATE TABLE customer (
    customer_id INTEGER PRIMARY KEY,
    first_name VARCHAR(40) NOT NULL,
    last_name VARCHAR(20) NOT NULL,
    country VARCHAR(40),
    support_rep_id INTEGER REFERENCES employee (employee_id)
);

CREATE TABLE invoice (
    invoice_id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customer (customer_id),
    invoice_date TIMESTAMP NOT NULL,
    billing_country VARCHAR(40),
    total NUMERIC(10,2) NOT NULL
);

CREATE TABLE invoice_line (
    invoice_line_id INTEGER PRIMARY KEY,
    invoice_id INTEGER NOT NULL REFERENCES invoice (invoice_id),
    track_id INTEGER NOT NULL REFERENCES track (track_id),
    unit_price NUMERIC(10,2) NOT NULL,
    quantity INTEGER NOT NULL
);

INSERT INTO artist VALUES (1, 'The Fixtures'), (2, 'Null and the Voids'), (3, 'Quiet Assertions'), (4, 'Dead Code');
INSERT INTO genre VALUES (1, 'Test Pop'), (2, 'Integration Jazz');
INSERT INTO playlist VALUES (1, 'Everything'), (2, 'Smoke Test');

INSERT INTO album VALUES (1, 'Setup', 1), (2, 'Teardown', 1), (3, 'Optional', 2), (4, 'Expected, Found', 3), (5, 'Unreachable', 4);

INSERT INTO track VALUES
    (1, 'Arrange', 1, 1, 'A. Author', 181000, 0.99),
    (2, 'Act', 1, 1, NULL, 204500, 0.99),
    (3, 'Assert', 2, 2, 'A. Author', 90250, 1),
    (4, 'Some', 3, NULL, NULL, 60000, 1.99),
    (5, 'Green', 4, 2, 'B. Backer', 245000, 0.99),
    (6, 'Red', 4, 2, 'B. Backer', 199000, 0.99),
    (7, 'Ignored', 5, 1, NULL, 30000, 0.99);

INSERT INTO playlist_track VALUES (1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (2, 2), (2, 5);

INSERT INTO employee VALUES
    (1, 'Root', 'Directory', 'General Manager', NULL),
    (2, 'Home', 'Directory', 'Sales Manager', 1),
    (3, 'Temp', 'File', 'Sales Support Agent', 2),
    (4, 'Log', 'File', 'Sales Support Agent', 2),
    (5, 'Cron', 'Job', 'IT Manager', 1);

INSERT INTO customer VALUES
    (1, 'Ada', 'Example', 'Norway', 3),
    (2, 'Bob', 'Sample', 'Brazil', 4),
    (3, 'Eve', 'Template', 'Norway', 3);

INSERT INTO invoice VALUES
    (1, 1, '2023-12-31 00:00:00', 'Norway', 3.97),
    (2, 2, '2024-03-01 12:30:00', 'Brazil', 5.97),
    (3, 3, '2024-03-02 08:00:00', 'Norway', 0.99),
    (4, 1, '2024-03-09 23:59:59', 'Norway', 1.00);

INSERT INTO invoice_line VALUES
    (1, 1, 1, 0.99, 1), (2, 1, 2, 0.99, 1), (3, 1, 4, 1.99, 1),
    (4, 2, 3, 1, 2), (5, 2, 5, 0.99, 2), (6, 2, 4, 1.99, 1),
    (7, 3, 5, 0.99, 1),
    (8, 4, 3, 1, 1);
