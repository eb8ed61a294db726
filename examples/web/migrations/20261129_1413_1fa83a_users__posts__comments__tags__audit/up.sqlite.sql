CREATE TABLE "audit" (
  "id" INTEGER NOT NULL,
  "at" DATETIME COLLATE "orm_time" NOT NULL,
  "actor" TEXT NOT NULL,
  "action" TEXT NOT NULL,
  "model" TEXT NOT NULL,
  "row" TEXT NOT NULL,
  "changes" TEXT NOT NULL,
  CONSTRAINT "pk_audit" PRIMARY KEY ("id")
);

CREATE TABLE "comment" (
  "id" INTEGER NOT NULL,
  "text" TEXT NOT NULL,
  "written_at" DATETIME COLLATE "orm_time" NOT NULL,
  "author_id" INTEGER NOT NULL,
  "post_id" INTEGER NOT NULL,
  CONSTRAINT "pk_comment" PRIMARY KEY ("id"),
  CONSTRAINT "fk_comment_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id"),
  CONSTRAINT "fk_comment_post_id" FOREIGN KEY ("post_id") REFERENCES "post" ("id")
);

CREATE TABLE "post" (
  "id" INTEGER NOT NULL,
  "slug" VARCHAR(200) NOT NULL,
  "title" VARCHAR(200) NOT NULL,
  "body" TEXT NOT NULL,
  "version" INTEGER NOT NULL,
  "written_at" DATETIME COLLATE "orm_time" NOT NULL,
  "changed_at" DATETIME COLLATE "orm_time" NOT NULL,
  "deleted_at" DATETIME COLLATE "orm_time",
  "author_id" INTEGER NOT NULL,
  CONSTRAINT "pk_post" PRIMARY KEY ("id"),
  CONSTRAINT "uq_post_slug" UNIQUE ("slug"),
  CONSTRAINT "fk_post_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id")
);

CREATE TABLE "post_tag" (
  "post_id" INTEGER NOT NULL,
  "tag_id" INTEGER NOT NULL,
  CONSTRAINT "pk_post_tag" PRIMARY KEY ("post_id", "tag_id"),
  CONSTRAINT "fk_post_tag__post_id" FOREIGN KEY ("post_id") REFERENCES "post" ("id"),
  CONSTRAINT "fk_post_tag__tag_id" FOREIGN KEY ("tag_id") REFERENCES "tag" ("id")
);

CREATE TABLE "sign_in" (
  "token" TEXT NOT NULL,
  "ends_at" DATETIME COLLATE "orm_time" NOT NULL,
  "user_id" INTEGER NOT NULL,
  CONSTRAINT "pk_sign_in" PRIMARY KEY ("token"),
  CONSTRAINT "fk_sign_in__user_id" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);

CREATE TABLE "tag" (
  "id" INTEGER NOT NULL,
  "name" VARCHAR(40) NOT NULL,
  CONSTRAINT "pk_tag" PRIMARY KEY ("id"),
  CONSTRAINT "uq_tag_name" UNIQUE ("name")
);

CREATE TABLE "users" (
  "id" INTEGER NOT NULL,
  "name" VARCHAR(40) NOT NULL,
  "password" TEXT NOT NULL,
  "joined_at" DATETIME COLLATE "orm_time" NOT NULL,
  CONSTRAINT "pk_users" PRIMARY KEY ("id"),
  CONSTRAINT "uq_users_name" UNIQUE ("name")
);

CREATE INDEX "ix_audit__model__row" ON "audit" ("model", "row");

CREATE INDEX "ix_comment_post_id" ON "comment" ("post_id");

CREATE INDEX "ix_post_author_id" ON "post" ("author_id");

CREATE INDEX "ix_post_written_at" ON "post" ("written_at");

CREATE INDEX "ix_sign_in__user_id" ON "sign_in" ("user_id");

