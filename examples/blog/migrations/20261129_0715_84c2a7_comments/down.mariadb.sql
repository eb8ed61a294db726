ALTER TABLE "comment" DROP CONSTRAINT "fk_comment_post_id";

-- orm: danger: the rows of comment are lost
DROP TABLE "comment";

