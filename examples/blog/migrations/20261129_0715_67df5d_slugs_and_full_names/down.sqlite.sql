-- orm: rebuilds tables

ALTER TABLE "author" RENAME COLUMN "full_name" TO "name";

DROP INDEX "ix_post_slug";

CREATE TABLE "__new_author" (
  "id" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  CONSTRAINT "pk_author" PRIMARY KEY ("id")
);

INSERT INTO "__new_author" ("id", "name")
SELECT "id", "name"
FROM "author";

DROP TABLE "author";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__new_author" RENAME TO "author";

PRAGMA legacy_alter_table = OFF;

CREATE TABLE "__new_post" (
  "id" INTEGER NOT NULL,
  "title" TEXT NOT NULL,
  "author_id" INTEGER,
  CONSTRAINT "pk_post" PRIMARY KEY ("id"),
  CONSTRAINT "fk_post_author_id" FOREIGN KEY ("author_id") REFERENCES "author" ("id")
);

-- orm: danger: the values of post.slug are lost
INSERT INTO "__new_post" ("id", "title", "author_id")
SELECT "id", "title", "author_id"
FROM "post";

DROP TABLE "post";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__new_post" RENAME TO "post";

PRAGMA legacy_alter_table = OFF;

