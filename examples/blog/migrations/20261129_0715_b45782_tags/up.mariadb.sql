CREATE TABLE "tag" (
  "id" bigint AUTO_INCREMENT NOT NULL,
  "label" varchar(255) COLLATE "utf8mb4_nopad_bin" NOT NULL,
  CONSTRAINT "pk_tag" PRIMARY KEY ("id"),
  CONSTRAINT "uq_tag_label" UNIQUE ("label")
);

