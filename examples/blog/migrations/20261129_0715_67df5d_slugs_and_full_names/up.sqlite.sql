-- orm: rebuilds tables

ALTER TABLE "author" RENAME COLUMN "name" TO "full_name";

CREATE TABLE "__new_author" (
  "id" INTEGER NOT NULL,
  "full_name" TEXT NOT NULL,
  CONSTRAINT "pk_author" PRIMARY KEY ("id"),
  CONSTRAINT "uq_author_full_name" UNIQUE ("full_name")
);

INSERT INTO "__new_author" ("id", "full_name")
SELECT "id", "full_name"
FROM "author";

DROP TABLE "author";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__new_author" RENAME TO "author";

PRAGMA legacy_alter_table = OFF;

ALTER TABLE "post" ADD COLUMN "slug" TEXT;

-- orm: call slugs

CREATE INDEX "ix_post_slug" ON "post" ("slug");

