ALTER TABLE "author" RENAME COLUMN "full_name" TO "name";

ALTER TABLE "post" DROP CONSTRAINT "fk_post_author_id";

DROP INDEX IF EXISTS "fk_post_author_id" ON "post";

DROP INDEX IF EXISTS "author_id" ON "post";

ALTER TABLE "author" DROP CONSTRAINT "uq_author_full_name";

DROP INDEX "ix_post_slug" ON "post";

ALTER TABLE "author" MODIFY COLUMN "name" longtext COLLATE "utf8mb4_nopad_bin" NOT NULL;

-- orm: danger: the values of post.slug are lost
ALTER TABLE "post" DROP COLUMN "slug";

ALTER TABLE "post" ADD CONSTRAINT "fk_post_author_id" FOREIGN KEY ("author_id") REFERENCES "author" ("id");

