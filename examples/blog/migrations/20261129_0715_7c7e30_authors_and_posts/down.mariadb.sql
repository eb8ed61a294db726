ALTER TABLE "post" DROP CONSTRAINT "fk_post_author_id";

-- orm: danger: the rows of post are lost
DROP TABLE "post";

-- orm: danger: the rows of author are lost
DROP TABLE "author";

