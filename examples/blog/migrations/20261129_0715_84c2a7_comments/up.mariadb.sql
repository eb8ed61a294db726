CREATE TABLE "comment" (
  "id" bigint AUTO_INCREMENT NOT NULL,
  "text" longtext COLLATE "utf8mb4_nopad_bin" NOT NULL,
  "post_id" bigint NOT NULL,
  CONSTRAINT "pk_comment" PRIMARY KEY ("id")
);

ALTER TABLE "comment" ADD CONSTRAINT "fk_comment_post_id" FOREIGN KEY ("post_id") REFERENCES "post" ("id") ON DELETE CASCADE;

