package store

import (
	"context"
	"time"
)

// A Comment is what somebody has to say about an article.
type Comment struct {
	ID               int64
	Body             string
	Created, Updated time.Time
	Author           Profile
}

const commentColumns = `comments.id, comments.body, comments.created_at, comments.updated_at, ` + profileColumns

func (c *Comment) columns() []any {
	return append([]any{&c.ID, &c.Body, clock{&c.Created}, clock{&c.Updated}}, c.Author.columns()...)
}

const selectComments = `SELECT ` + commentColumns + ` FROM comments JOIN users ON users.id = comments.author_id`

var (
	commentByID   = sqlText(selectComments + ` WHERE comments.id = :id AND comments.article_id = :article`)
	commentsOf    = sqlText(selectComments + ` WHERE comments.article_id = :article ORDER BY comments.id`)
	insertComment = sqlText(`INSERT INTO comments (article_id, author_id, body, created_at, updated_at)
		VALUES (:article, :author, :body, :now, :now) RETURNING id`)
	deleteComment = sqlText(`DELETE FROM comments WHERE id = ? RETURNING id`)
)

// Comments returns the comments on an article as the viewer sees them, the oldest
// first.
func (s *Store) Comments(ctx context.Context, viewer, article int64) ([]Comment, error) {
	return all(ctx, s, commentsOf, (*Comment).columns, named("viewer", viewer), named("article", article))
}

// Comment returns a comment on an article.
func (s *Store) Comment(ctx context.Context, viewer, article, id int64) (Comment, error) {
	return s.alone().comment(ctx, viewer, article, id)
}

func (s session) comment(ctx context.Context, viewer, article, id int64) (c Comment, err error) {
	err = s.one(ctx, commentByID, c.columns(), named("viewer", viewer), named("article", article), named("id", id))
	return c, err
}

// AddComment adds a comment of a user on an article. The error is [ErrNotFound]
// if that is gone.
func (s *Store) AddComment(ctx context.Context, user, article int64, body string) (c Comment, err error) {
	err = s.inTx(ctx, func(tx session) error {
		if _, err := tx.article(ctx, user, article); err != nil {
			return err
		}
		var id int64
		err := tx.one(ctx, insertComment, []any{&id},
			named("article", article), named("author", user), named("body", body), named("now", now()))
		if err != nil {
			return err
		}
		c, err = tx.comment(ctx, user, article, id)
		return err
	})
	return c, err
}

// DeleteComment removes a comment, or returns [ErrNotFound].
func (s *Store) DeleteComment(ctx context.Context, id int64) error {
	return s.alone().one(ctx, deleteComment, []any{&id}, id)
}
