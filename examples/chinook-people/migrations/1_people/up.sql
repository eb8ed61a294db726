-- Employees and customers become people: what both have is in `person`, and what one of them has in a table of its own, whose key is
-- that of the person. Both counted from 1, so the customers get the keys behind those of the employees.
ALTER TABLE invoice_line RENAME TO old_invoice_line;
ALTER TABLE invoice RENAME TO old_invoice;
ALTER TABLE customer RENAME TO old_customer;
ALTER TABLE employee RENAME TO old_employee;

CREATE TABLE person (
    person_id INTEGER NOT NULL PRIMARY KEY,
    first_name VARCHAR(40) NOT NULL,
    last_name VARCHAR(20) NOT NULL,
    kind VARCHAR(20) NOT NULL
);

CREATE TABLE employee (
    person_id INTEGER NOT NULL PRIMARY KEY REFERENCES person (person_id) ON DELETE CASCADE ON UPDATE CASCADE,
    title VARCHAR(30),
    reports_to INTEGER REFERENCES employee (person_id)
);

CREATE TABLE customer (
    person_id INTEGER NOT NULL PRIMARY KEY REFERENCES person (person_id) ON DELETE CASCADE ON UPDATE CASCADE,
    country VARCHAR(40),
    support_rep_id INTEGER REFERENCES employee (person_id)
);

CREATE TABLE invoice (
    invoice_id INTEGER NOT NULL PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customer (person_id),
    invoice_date TIMESTAMP NOT NULL,
    billing_country VARCHAR(40),
    total NUMERIC(10,2) NOT NULL
);

CREATE TABLE invoice_line (
    invoice_line_id INTEGER NOT NULL PRIMARY KEY,
    invoice_id INTEGER NOT NULL REFERENCES invoice (invoice_id),
    track_id INTEGER NOT NULL REFERENCES track (track_id),
    unit_price NUMERIC(10,2) NOT NULL,
    quantity INTEGER NOT NULL
);

INSERT INTO person SELECT employee_id, first_name, last_name, 'employee' FROM old_employee;
INSERT INTO employee SELECT employee_id, title, reports_to FROM old_employee ORDER BY reports_to IS NOT NULL, employee_id;

INSERT INTO person
SELECT customer_id + (SELECT max(employee_id) FROM old_employee), first_name, last_name, 'customer' FROM old_customer;
INSERT INTO customer
SELECT customer_id + (SELECT max(employee_id) FROM old_employee), country, support_rep_id FROM old_customer;
INSERT INTO invoice
SELECT invoice_id, customer_id + (SELECT max(employee_id) FROM old_employee), invoice_date, billing_country, total
FROM old_invoice;
INSERT INTO invoice_line SELECT invoice_line_id, invoice_id, track_id, unit_price, quantity FROM old_invoice_line;

-- orm: accepted: all rows of old_invoice_line are in invoice_line
DROP TABLE old_invoice_line;
-- orm: accepted: all rows of old_invoice are in invoice
DROP TABLE old_invoice;
-- orm: accepted: all rows of old_customer are in person and customer
DROP TABLE old_customer;
-- orm: accepted: all rows of old_employee are in person and employee
DROP TABLE old_employee;
