CREATE TABLE "comment" (
  "id" INTEGER NOT NULL,
  "text" TEXT NOT NULL,
  "post_id" INTEGER NOT NULL,
  CONSTRAINT "pk_comment" PRIMARY KEY ("id"),
  CONSTRAINT "fk_comment_post_id" FOREIGN KEY ("post_id") REFERENCES "post" ("id") ON DELETE CASCADE
);

