-- Times are microseconds since 1970. Ids are never given out twice, since tokens
-- name their users by them.

CREATE TABLE users (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	username TEXT NOT NULL UNIQUE,
	email    TEXT NOT NULL UNIQUE,
	password TEXT NOT NULL, -- hashed
	bio      TEXT,
	image    TEXT
) STRICT;

CREATE TABLE follows (
	follower_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
	followed_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
	PRIMARY KEY (follower_id, followed_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX follows_followed ON follows (followed_id);

CREATE TABLE articles (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	slug        TEXT NOT NULL UNIQUE,
	title       TEXT NOT NULL,
	description TEXT NOT NULL,
	body        TEXT NOT NULL,
	author_id   INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
	created_at  INTEGER NOT NULL,
	updated_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX articles_newest ON articles (created_at, id);
CREATE INDEX articles_author ON articles (author_id, created_at, id);

CREATE TABLE tags (
	article_id INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
	tag        TEXT NOT NULL,
	PRIMARY KEY (article_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_tag ON tags (tag);

CREATE TABLE favorites (
	user_id    INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
	article_id INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
	PRIMARY KEY (user_id, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX favorites_article ON favorites (article_id);

CREATE TABLE comments (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	article_id INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
	author_id  INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
	body       TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX comments_article ON comments (article_id);
CREATE INDEX comments_author ON comments (author_id);
