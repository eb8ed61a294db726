ALTER TABLE "author" RENAME COLUMN "name" TO "full_name";

-- orm: accepted: a text in a key has at most 255 letters, and no author has a longer name
ALTER TABLE "author" MODIFY COLUMN "full_name" varchar(255) COLLATE "utf8mb4_nopad_bin" NOT NULL;

ALTER TABLE "post" ADD COLUMN "slug" varchar(255) COLLATE "utf8mb4_nopad_bin";

-- orm: call slugs

ALTER TABLE "author" ADD CONSTRAINT "uq_author_full_name" UNIQUE ("full_name");

CREATE INDEX "ix_post_slug" ON "post" ("slug");

