"""Reads a table into a frame, or writes one, as Python programs do: a side of the bench `frames`, which names an interpreter with pandas, SQLAlchemy, psycopg2, connectorx
and pyarrow in ORM_BENCH_PYTHON. Prints the seconds of what is measured: neither the start of Python nor the making of rows is.

    python frames.py pandas-read URL | connectorx-read URL | pandas-insert URL ROWS
"""

import sys
import time

TABLE = "bench_person"
QUERY = f"SELECT id, name, email, city, age, score, active, note FROM {TABLE} ORDER BY id"


def engine(url):
    import sqlalchemy

    return sqlalchemy.create_engine(url.replace("postgresql://", "postgresql+psycopg2://"))


def rows(count):
    import pandas

    numbers = range(1, count + 1)
    return pandas.DataFrame(
        {
            "id": list(numbers),
            "name": [f"Person {n}" for n in numbers],
            "email": [f"person{n}@example.com" for n in numbers],
            "city": [["Oslo", "Rome", "Lima", "Bern"][n % 4] for n in numbers],
            "age": [n % 90 for n in numbers],
            "score": [n * 0.5 for n in numbers],
            "active": [n % 3 == 0 for n in numbers],
            "note": ["seen twice" if n % 5 == 0 else None for n in numbers],
        }
    )


def main(what, url, *more):
    if what == "pandas-read":
        import pandas

        connection = engine(url).connect()
        start = time.perf_counter()
        found = len(pandas.read_sql(QUERY, connection))
    elif what == "connectorx-read":
        import connectorx

        # SQLAlchemy has a slash before the path, connectorx has none.
        url = url.replace("sqlite:///", "sqlite://")
        start = time.perf_counter()
        found = connectorx.read_sql(url, QUERY, return_type="arrow").num_rows
    else:
        frame = rows(int(more[0]))
        with engine(url).begin() as connection:
            start = time.perf_counter()
            frame.to_sql(TABLE, connection, if_exists="append", index=False, chunksize=8_192)
        found = len(frame)
    took = time.perf_counter() - start
    if found == 0:
        sys.exit("there was no row")
    print(took)


main(*sys.argv[1:])
