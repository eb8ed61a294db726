CREATE TABLE "author" (
  "id" bigint AUTO_INCREMENT NOT NULL,
  "name" longtext COLLATE "utf8mb4_nopad_bin" NOT NULL,
  CONSTRAINT "pk_author" PRIMARY KEY ("id")
);

CREATE TABLE "post" (
  "id" bigint AUTO_INCREMENT NOT NULL,
  "title" longtext COLLATE "utf8mb4_nopad_bin" NOT NULL,
  "author_id" bigint,
  CONSTRAINT "pk_post" PRIMARY KEY ("id"),
  CONSTRAINT "fk_post_author_id" FOREIGN KEY ("author_id") REFERENCES "author" ("id")
);

