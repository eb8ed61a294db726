CREATE TABLE "author" (
  "id" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  CONSTRAINT "pk_author" PRIMARY KEY ("id")
);

CREATE TABLE "post" (
  "id" INTEGER NOT NULL,
  "title" TEXT NOT NULL,
  "author_id" INTEGER,
  CONSTRAINT "pk_post" PRIMARY KEY ("id"),
  CONSTRAINT "fk_post_author_id" FOREIGN KEY ("author_id") REFERENCES "author" ("id")
);

