ALTER TABLE "author" RENAME COLUMN "full_name" TO "name";

ALTER TABLE "post" DROP CONSTRAINT "fk_post_author_id";

ALTER TABLE "author" DROP CONSTRAINT "uq_author_full_name";

DROP INDEX "ix_post_slug";

-- orm: danger: the values of post.slug are lost
ALTER TABLE "post" DROP COLUMN "slug";

ALTER TABLE "post" ADD CONSTRAINT "fk_post_author_id" FOREIGN KEY ("author_id") REFERENCES "author" ("id");

