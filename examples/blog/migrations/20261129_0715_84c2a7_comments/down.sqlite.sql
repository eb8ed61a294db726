-- orm: rebuilds tables

-- orm: danger: the rows of comment are lost
DROP TABLE "comment";

