ALTER TABLE "author" RENAME COLUMN "name" TO "full_name";

ALTER TABLE "post" ADD COLUMN "slug" text;

-- orm: call slugs

ALTER TABLE "author" ADD CONSTRAINT "uq_author_full_name" UNIQUE ("full_name");

CREATE INDEX "ix_post_slug" ON "post" ("slug");

