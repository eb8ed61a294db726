-- orm: danger: the rows of tag are lost
DROP TABLE "tag";

