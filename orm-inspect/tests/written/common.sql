-- Tables with every oddity of names and keys, in SQL that SQLite and PostgreSQL both read.

CREATE TABLE country (code VARCHAR(2) NOT NULL PRIMARY KEY, name VARCHAR(60) NOT NULL CONSTRAINT uq_country_name UNIQUE);
CREATE TABLE region (
    country VARCHAR(2) NOT NULL REFERENCES country (code) ON DELETE CASCADE,
    code VARCHAR(8) NOT NULL,
    name VARCHAR(60),
    PRIMARY KEY (country, code)
);
CREATE TABLE city (
    id INTEGER NOT NULL PRIMARY KEY,
    name VARCHAR(60) NOT NULL,
    region_country VARCHAR(2),
    region_code VARCHAR(8),
    FOREIGN KEY (region_country, region_code) REFERENCES region (country, code) ON UPDATE CASCADE
);
CREATE TABLE stores (
    id INTEGER NOT NULL PRIMARY KEY,
    city_id INTEGER NOT NULL REFERENCES city (id),
    stores_country VARCHAR(2),
    other_code VARCHAR(8),
    FOREIGN KEY (stores_country, other_code) REFERENCES region (country, code)
);
CREATE TABLE people (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, boss_id INTEGER REFERENCES people (id));
CREATE TABLE accounts (
    person_id INTEGER NOT NULL PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    CONSTRAINT one_address UNIQUE (email)
);
CREATE TABLE badges (
    id INTEGER NOT NULL PRIMARY KEY,
    person_id INTEGER NOT NULL UNIQUE REFERENCES people (id) ON DELETE RESTRICT,
    color VARCHAR(10)
);
CREATE TABLE categories (
    id INTEGER NOT NULL PRIMARY KEY,
    parent_id INTEGER REFERENCES categories (id) ON DELETE SET NULL,
    name TEXT NOT NULL
);
CREATE TABLE products (
    id INTEGER NOT NULL PRIMARY KEY,
    code VARCHAR(12) NOT NULL UNIQUE,
    name TEXT NOT NULL,
    price NUMERIC(10, 2) NOT NULL,
    category_id INTEGER REFERENCES categories (id),
    CONSTRAINT price_is_positive CHECK (price >= 0)
);
CREATE INDEX ix_products_name ON products (name);
CREATE INDEX products_by_all ON products (category_id, price);
CREATE INDEX products_by_dear ON products (price) WHERE price > 100;
CREATE TABLE tags (id INTEGER NOT NULL PRIMARY KEY, label TEXT NOT NULL);
CREATE TABLE product_tags (
    product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (product_id, tag_id)
);
CREATE TABLE product_no_tags (
    product_id INTEGER NOT NULL REFERENCES products (id),
    tag_id INTEGER NOT NULL REFERENCES tags (id),
    PRIMARY KEY (tag_id, product_id)
);
CREATE TABLE follows (
    follower_id INTEGER NOT NULL REFERENCES people (id),
    friend_id INTEGER NOT NULL REFERENCES people (id),
    PRIMARY KEY (follower_id, friend_id)
);
CREATE TABLE addresses (id INTEGER NOT NULL PRIMARY KEY, street TEXT NOT NULL);
CREATE TABLE orders (
    id INTEGER NOT NULL PRIMARY KEY,
    status VARCHAR(10) DEFAULT 'open' NOT NULL,
    priority INTEGER DEFAULT 3 NOT NULL,
    note TEXT DEFAULT 'none',
    billing_address_id INTEGER NOT NULL REFERENCES addresses (id),
    shipping_address_id INTEGER REFERENCES addresses (id),
    person_id INTEGER DEFAULT 1 REFERENCES people (id)
);
CREATE TABLE order_lines (
    order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    no INTEGER NOT NULL,
    product_id INTEGER NOT NULL REFERENCES products (id),
    quantity INTEGER NOT NULL,
    PRIMARY KEY (order_id, no)
);
CREATE TABLE order_line_notes (
    id INTEGER NOT NULL PRIMARY KEY,
    line_order_id INTEGER NOT NULL,
    line_no INTEGER NOT NULL,
    body TEXT NOT NULL,
    FOREIGN KEY (line_order_id, line_no) REFERENCES order_lines (order_id, no)
);
CREATE TABLE ratings (
    person_id INTEGER NOT NULL REFERENCES people (id),
    product_id INTEGER NOT NULL REFERENCES products (id),
    stars INTEGER NOT NULL,
    PRIMARY KEY (person_id, product_id)
);
CREATE TABLE documents (
    id INTEGER NOT NULL PRIMARY KEY,
    owner_id INTEGER NOT NULL REFERENCES people (id),
    editor_id INTEGER REFERENCES people (id) ON DELETE SET NULL,
    reviewed_by INTEGER REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE albums (id INTEGER NOT NULL PRIMARY KEY, artist INTEGER NOT NULL REFERENCES people (id), artist_id INTEGER);
CREATE TABLE prices (
    id INTEGER NOT NULL PRIMARY KEY,
    product_code VARCHAR(12) NOT NULL REFERENCES products (code),
    amount NUMERIC(8, 3) NOT NULL
);
CREATE TABLE "type" ("self" INTEGER NOT NULL PRIMARY KEY, "fn" TEXT, "match" TEXT, "crate" INTEGER REFERENCES "type" ("self"));
CREATE TABLE "Option" ("Id" INTEGER NOT NULL PRIMARY KEY, "UserName" VARCHAR(20), "user_name" VARCHAR(20));
CREATE TABLE searches (id INTEGER NOT NULL PRIMARY KEY, query TEXT NOT NULL, "insert" TEXT, "default" TEXT);
CREATE TABLE "weird ""table""" ("a b" INTEGER NOT NULL PRIMARY KEY, "2nd" TEXT, "x-y" TEXT, "größe" TEXT, "q""uote" TEXT);
CREATE TABLE shop_item (id INTEGER NOT NULL PRIMARY KEY, name TEXT);
CREATE TABLE "ShopItem" (id INTEGER NOT NULL PRIMARY KEY, name TEXT);
CREATE TABLE log_lines (line TEXT, level INTEGER);
CREATE TABLE settings (name VARCHAR(40) NOT NULL UNIQUE, value TEXT);
CREATE TABLE five_keys (a INTEGER NOT NULL, b INTEGER NOT NULL, c INTEGER NOT NULL, d INTEGER NOT NULL, e INTEGER NOT NULL,
    PRIMARY KEY (a, b, c, d, e));
CREATE TABLE turned_key (x INTEGER NOT NULL, y INTEGER NOT NULL, z TEXT, PRIMARY KEY (y, x));
CREATE TABLE loners (id INTEGER NOT NULL PRIMARY KEY);
CREATE TABLE teams (id INTEGER NOT NULL PRIMARY KEY, lead_id INTEGER);
CREATE TABLE players (id INTEGER NOT NULL PRIMARY KEY, team_id INTEGER REFERENCES teams (id));
CREATE VIEW dear_products AS SELECT id, name, price FROM products WHERE price > 10;

INSERT INTO country VALUES ('pe', 'Peru'), ('no', 'Norway');
INSERT INTO region VALUES ('pe', 'cus', 'Cusco'), ('no', '50', 'Trøndelag');
INSERT INTO city VALUES (1, 'Cusco', 'pe', 'cus'), (2, 'Nowhere', NULL, NULL);
INSERT INTO stores VALUES (1, 1, 'no', '50');
INSERT INTO people VALUES (1, 'Ada', NULL), (2, 'Ben', 1), (3, 'Cid', 1);
INSERT INTO accounts VALUES (1, 'ada@example.org'), (2, 'ben@example.org');
INSERT INTO badges VALUES (1, 3, 'red');
INSERT INTO categories VALUES (1, NULL, 'all'), (2, 1, 'books');
INSERT INTO products VALUES (1, 'p-1', 'Middlemarch', 12.5, 2), (2, 'p-2', 'Pen', 1, NULL);
INSERT INTO tags VALUES (1, 'old'), (2, 'new');
INSERT INTO product_tags VALUES (1, 1), (2, 2);
INSERT INTO product_no_tags VALUES (1, 2);
INSERT INTO follows VALUES (1, 2), (2, 1), (3, 1);
INSERT INTO addresses VALUES (1, 'High Street'), (2, 'Low Street');
INSERT INTO orders VALUES (1, 'open', 3, 'none', 1, 2, 1), (2, 'sent', 1, NULL, 2, NULL, NULL);
INSERT INTO order_lines VALUES (1, 1, 1, 2), (1, 2, 2, 10);
INSERT INTO order_line_notes VALUES (1, 1, 2, 'as a gift');
INSERT INTO ratings VALUES (1, 1, 5), (2, 1, 4);
INSERT INTO documents VALUES (1, 1, 2, 3), (2, 1, NULL, NULL);
INSERT INTO albums VALUES (1, 2, 77);
INSERT INTO prices VALUES (1, 'p-1', 10.125);
INSERT INTO "type" VALUES (1, 'f', 'm', NULL), (2, 'f', 'm', 1);
INSERT INTO "Option" VALUES (1, 'Ada', 'ada');
INSERT INTO searches VALUES (1, 'orm', 'i', 'd');
INSERT INTO "weird ""table""" VALUES (1, '2', 'x', 'g', 'q');
INSERT INTO shop_item VALUES (1, 'a');
INSERT INTO "ShopItem" VALUES (1, 'b');
INSERT INTO log_lines VALUES ('started', 1), ('started', 1), (NULL, NULL);
INSERT INTO settings VALUES ('theme', 'dark');
INSERT INTO five_keys VALUES (1, 2, 3, 4, 5);
INSERT INTO turned_key VALUES (1, 2, 'z');
INSERT INTO loners VALUES (1);
INSERT INTO teams VALUES (1, 1);
INSERT INTO players VALUES (1, 1);
