ALTER TABLE "comment" DROP CONSTRAINT "fk_comment_author_id";

ALTER TABLE "comment" DROP CONSTRAINT "fk_comment_post_id";

ALTER TABLE "post" DROP CONSTRAINT "fk_post_author_id";

ALTER TABLE "post_tag" DROP CONSTRAINT "fk_post_tag__post_id";

ALTER TABLE "post_tag" DROP CONSTRAINT "fk_post_tag__tag_id";

ALTER TABLE "sign_in" DROP CONSTRAINT "fk_sign_in__user_id";

-- orm: danger: the rows of users are lost
DROP TABLE "users";

-- orm: danger: the rows of tag are lost
DROP TABLE "tag";

-- orm: danger: the rows of sign_in are lost
DROP TABLE "sign_in";

-- orm: danger: the rows of post_tag are lost
DROP TABLE "post_tag";

-- orm: danger: the rows of post are lost
DROP TABLE "post";

-- orm: danger: the rows of comment are lost
DROP TABLE "comment";

-- orm: danger: the rows of audit are lost
DROP TABLE "audit";

