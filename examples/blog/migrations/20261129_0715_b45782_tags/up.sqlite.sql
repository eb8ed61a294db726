CREATE TABLE "tag" (
  "id" INTEGER NOT NULL,
  "label" TEXT NOT NULL,
  CONSTRAINT "pk_tag" PRIMARY KEY ("id"),
  CONSTRAINT "uq_tag_label" UNIQUE ("label")
);

