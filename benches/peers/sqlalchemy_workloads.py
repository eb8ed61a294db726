"""The workloads W1 to W9 with SQLAlchemy 2: a line of standard input for each turn, a line of standard output for each answer.

Needs the packages `sqlalchemy` and `psycopg[binary]`. `DATABASE_URL` names the database, `ORM_BENCH_CLOCK` what is measured.
"""

import datetime
import os
import sys
import time
import zlib

from sqlalchemy import BigInteger, Boolean, DateTime, Double, ForeignKey, Integer, Text, create_engine, delete, event, func, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship, selectinload

URL = os.environ["DATABASE_URL"]
ON_POSTGRES = not URL.startswith("sqlite:")
SETTINGS = ["journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "cache_size = -65536", "temp_store = MEMORY"]
EPOCH = datetime.datetime(1970, 1, 1)
MICROSECOND = datetime.timedelta(microseconds=1)
Number = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(Number, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    posts: Mapped[list["Post"]] = relationship(back_populates="user", cascade="all, delete-orphan", passive_deletes=True)


class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(Number, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    user: Mapped[User] = relationship(back_populates="posts")
    comments: Mapped[list["Comment"]] = relationship(back_populates="post", cascade="all, delete-orphan", passive_deletes=True)


class Comment(Base):
    __tablename__ = "comments"
    id: Mapped[int] = mapped_column(Number, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    body: Mapped[str] = mapped_column(Text)
    post: Mapped[Post] = relationship(back_populates="comments")


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    a: Mapped[str] = mapped_column(Text)
    b: Mapped[str] = mapped_column(Text)
    c: Mapped[str] = mapped_column(Text)
    score: Mapped[float] = mapped_column(Double)
    active: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime.datetime] = mapped_column(DateTime)
    note: Mapped[str | None] = mapped_column(Text)


class Brand(Base):
    __tablename__ = "brands"
    id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text)


class Model(Base):
    __tablename__ = "models"
    id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brands.id"))
    name: Mapped[str] = mapped_column(Text)


class Car(Base):
    __tablename__ = "cars"
    id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"))
    year: Mapped[int] = mapped_column(Number)
    price: Mapped[float] = mapped_column(Double)


class LoadedBase(DeclarativeBase):
    """The same tables, whose rows the session loads before it deletes them."""


class LoadedUser(LoadedBase):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(Number, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    posts: Mapped[list["LoadedPost"]] = relationship(cascade="all, delete-orphan")


class LoadedPost(LoadedBase):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(Number, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    comments: Mapped[list["LoadedComment"]] = relationship(cascade="all, delete-orphan")


class LoadedComment(LoadedBase):
    __tablename__ = "comments"
    id: Mapped[int] = mapped_column(Number, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    body: Mapped[str] = mapped_column(Text)


def new_graph(users):
    post = lambda user, post: dict(
        title=f"Post {post} of {user}",
        body=f"The body of post number {post} is a bit longer than the title",
        comments=[f"Comment number {comment}" for comment in range(2)],
    )
    return [
        dict(name=f"User {user}", email=f"user{user}@example.com", posts=[post(user, number) for number in range(3)])
        for user in range(1, users + 1)
    ]


def new_items(first, count):
    return [
        dict(
            id=key,
            a=f"name-{key}",
            b=f"category-{key % 20}",
            c=f"a somewhat longer description text of row number {key}",
            score=(key * 6007 % 10007) / 10.0,
            active=key % 3 != 0,
            created_at=EPOCH + datetime.timedelta(seconds=1767225600 + key * 7919 % 10007, microseconds=123456),
            note=f"note {key}" if key % 2 else None,
        )
        for key in range(first, first + count)
    ]


def lookup_keys():
    return [1 + number * 7919 % 10_000 for number in range(1000)]


def tenths(number):
    return int(number * 10 + 0.5)


def item_row(item):
    created_at = (item.created_at - EPOCH) // MICROSECOND
    return f"{item.id}|{item.a}|{item.b}|{item.c}|{tenths(item.score)}|{int(item.active)}|{created_at}|{item.note or '-'}"


def user_rows(user):
    yield f"user|{user.id}|{user.name}|{user.email}"
    for post in user.posts:
        yield f"post|{user.id}|{post.id}|{post.title}|{post.body}"


def group_row(group):
    brand, model, count, average = group
    return f"{brand}|{model}|{count}|{tenths(average)}"


def seen(rows):
    rows = list(rows)
    return len(rows), sum(zlib.crc32(row.encode()) for row in rows)


def insert_graph(session, first, n):
    graph = new_graph(n)

    def work():
        users = [
            User(
                name=user["name"],
                email=user["email"],
                posts=[
                    Post(title=post["title"], body=post["body"], comments=[Comment(body=body) for body in post["comments"]])
                    for post in user["posts"]
                ],
            )
            for user in graph
        ]
        session.add_all(users)
        session.commit()
        return len(users) * 10

    return work, lambda count: (count, 0)


def insert_all(session, first, n):
    rows = new_items(first, n)

    def work():
        session.execute(insert(Item), rows)
        session.commit()
        return len(rows)

    return work, lambda count: (count, 0)


def add_all(session, first, n):
    rows = new_items(first, n)

    def work():
        items = [Item(**row) for row in rows]
        session.add_all(items)
        session.commit()
        return items

    return work, lambda items: (len(items), 0)


def load_all(session, first, n):
    return lambda: session.scalars(select(Item)).all(), lambda items: seen(map(item_row, items))


def load_rows(session, first, n):
    return lambda: session.execute(select(Item.__table__)).all(), lambda items: seen(map(item_row, items))


def look_up(session, first, n):
    return lambda: [session.get(Item, key) for key in lookup_keys()], lambda items: seen(map(item_row, items))


def look_up_in_memory(session, first, n):
    held = session.scalars(select(Item)).all()
    work, describe = look_up(session, first, n)
    return lambda held=held: work(), describe


def eager(option):
    def way(session, first, n):
        query = select(User).where(User.id <= n).order_by(User.id).options(option(User.posts))
        return lambda: session.scalars(query).unique().all(), lambda users: seen(row for user in users for row in user_rows(user))

    return way


def update(session, first, n):
    def work():
        changed = 0
        for index, item in enumerate(session.scalars(select(Item).order_by(Item.id)).all()):
            if index % 10 == 0:
                item.score += 1.0
                changed += 1
        session.commit()
        return changed

    return work, lambda changed: (changed, 0)


def wanted(what):
    return select(what).where(Item.active == True, Item.score > 500.0).order_by(Item.created_at.desc()).limit(50)


def filtered(session, first, n):
    return lambda: session.scalars(wanted(Item)).all(), lambda items: seen(map(item_row, items))


def filtered_rows(session, first, n):
    return lambda: session.execute(wanted(Item.__table__)).all(), lambda items: seen(map(item_row, items))


def delete_rows(session, first, n):
    keys = list(range(first, first + n))

    def work():
        count = session.execute(delete(User).where(User.id.in_(keys))).rowcount
        session.commit()
        return count

    return work, lambda count: (count, 0)


def delete_objects(kind):
    def way(session, first, n):
        keys = list(range(first, first + n))

        def work():
            users = session.scalars(select(kind).where(kind.id.in_(keys))).all()
            for user in users:
                session.delete(user)
            session.commit()
            return len(users)

        return work, lambda count: (count, 0)

    return way


def aggregate(session, first, n):
    query = (
        select(Brand.name, Model.name, func.count(), func.avg(Car.price))
        .select_from(Car)
        .join(Model, Model.id == Car.model_id)
        .join(Brand, Brand.id == Model.brand_id)
        .where(Car.year >= 2010)
        .group_by(Brand.id, Brand.name, Model.id, Model.name)
        .order_by(func.avg(Car.price).desc())
    )
    return lambda: session.execute(query).all(), lambda groups: seen(map(group_row, groups))


WAYS = {
    "W1:": insert_graph,
    "W2:": insert_all,
    "W2:tracked": add_all,
    "W3:": load_rows,
    "W3:tracked": load_all,
    "W4:": look_up,
    "W4:in-memory": look_up_in_memory,
    "W5:": eager(selectinload),
    "W5:joined": eager(joinedload),
    "W6:": update,
    "W7:": filtered_rows,
    "W7:tracked": filtered,
    "W7i:": filtered_rows,
    "W7i:tracked": filtered,
    "W8:": delete_rows,
    "W8:passive": delete_objects(User),
    "W8:cascade-unloaded": delete_objects(LoadedUser),
    "W9:": aggregate,
}


def connect():
    if ON_POSTGRES:
        return create_engine("postgresql+psycopg:" + URL.split(":", 1)[1], pool_size=1, max_overflow=0)
    engine = create_engine(URL)

    @event.listens_for(engine, "connect")
    def settings(connection, _):
        for setting in SETTINGS:
            connection.execute("PRAGMA " + setting)

    return engine


class Peer:
    def __init__(self):
        self.engine = connect()
        self.prepared = None
        self.server = None
        if os.environ.get("ORM_BENCH_CLOCK") == "processor" and ON_POSTGRES:
            process = self.number("SELECT CAST(pg_backend_pid() AS BIGINT)")
            self.server = os.open(f"/proc/{process}/schedstat", os.O_RDONLY)

    def execute(self, statements):
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for statement in statements:
                connection.exec_driver_sql(statement.replace("%", "%%") if ON_POSTGRES else statement)

    def number(self, query):
        with self.engine.connect() as connection:
            return connection.exec_driver_sql(query).scalar()

    def now(self):
        if os.environ.get("ORM_BENCH_CLOCK") != "processor":
            return time.perf_counter_ns()
        server = int(os.pread(self.server, 64, 0).split()[0]) if self.server else 0
        return time.process_time_ns() + server

    def first_key(self, workload, n, room, statements):
        """Prepares what is not prepared, or has no room for so many more."""
        key = (workload, n)
        if self.prepared is None or self.prepared[0] != key or (room and self.prepared[1] + n - 1 > room):
            self.execute(statements)
            self.prepared = (key, 1)
        first = self.prepared[1]
        self.prepared = (key, first + n)
        return first

    def sample(self, way, first, n):
        """The work is over when its result and its session are gone."""
        session = Session(self.engine)
        work, _ = way(session, first, n)
        start = self.now()
        result = work()
        del result
        session.close()
        return self.now() - start

    def verified(self, way, first, n):
        with Session(self.engine) as session:
            work, describe = way(session, first, n)
            return describe(work())

    def turn(self, line):
        words, room, rows, statements, stored = line.split("\t")
        workload, variant, n, budget, is_first = words.split(" ")
        way, n, room = WAYS[f"{workload}:{'' if variant == '-' else variant}"], int(n), int(room)
        statements = statements.split(";")
        found, number = (0, 0), 0
        if is_first == "true":
            if room:
                self.prepared = None
            found = self.verified(way, self.first_key(workload, n, room, statements), n)
            if found[0] != int(rows):
                raise ValueError(f"{found[0]} rows, not {rows}")
            number = self.number(stored) if stored else 0
        times = []
        started = time.perf_counter()
        while not times or time.perf_counter() - started < int(budget) / 1000:
            times.append(self.sample(way, self.first_key(workload, n, room, statements), n))
        return f"took {found[0]} {found[1]} {number} " + " ".join(map(str, times))


def main():
    peer = Peer()
    peer.execute(sys.stdin.readline().strip().split(";"))
    print("SQLAlchemy", *WAYS, flush=True)
    for line in sys.stdin:
        try:
            answer = peer.turn(line.rstrip("\n"))
        except Exception as error:
            answer = "failed " + f"{type(error).__name__}: {error}".replace("\n", " ")
        print(answer, flush=True)


main()
