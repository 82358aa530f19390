package conduit

import (
	"context"
	"net/http"

	"github.com/handlergen/handlergen/examples/realworld/store"
	"github.com/handlergen/handlergen/runtime"
)

// CommentBody is the envelope of comments.
type CommentBody[T any] struct {
	Comment T `json:"comment" validate:"required"`
}

// A Comment is what somebody has to say about an article.
type Comment struct {
	ID        int64   `json:"id"`
	CreatedAt Time    `json:"createdAt"`
	UpdatedAt Time    `json:"updatedAt"`
	Body      string  `json:"body"`
	Author    Profile `json:"author"`
}

func commentOf(c store.Comment) Comment {
	return Comment{
		ID: c.ID, CreatedAt: Time(c.Created), UpdatedAt: Time(c.Updated), Body: c.Body, Author: profileOf(c.Author),
	}
}

// Comments are those on an article.
type Comments struct {
	Comments []Comment `json:"comments" validate:"required"`
}

// GetArticleComments lists the comments on an article, the oldest first.
//
//handlergen:route GET /articles/{slug}/comments tags=Comments
func (a *App) GetArticleComments(ctx context.Context, viewer Viewer, article store.Article) (Comments, error) {
	comments, err := a.store.Comments(ctx, viewer.ID, article.ID)
	list := Comments{make([]Comment, len(comments))}
	for i, c := range comments {
		list.Comments[i] = commentOf(c)
	}
	return list, err
}

// A NewComment is a comment to be.
type NewComment struct {
	Body string `json:"body" validate:"notblank"`
}

// CreateArticleComment comments on an article.
//
//handlergen:route POST /articles/{slug}/comments status=201 tags=Comments
func (a *App) CreateArticleComment(ctx context.Context, member Member, article store.Article, body runtime.JSON[CommentBody[NewComment]]) (CommentBody[Comment], error) {
	added, err := a.store.AddComment(ctx, member.ID, article.ID, body.Value.Comment.Body)
	return CommentBody[Comment]{commentOf(added)}, worded(err, "article")
}

// An OwnComment is one by the user who makes the request.
type OwnComment struct{ store.Comment }

// FindOwnComment finds the comment that the path names, and refuses those of
// others.
//
//handlergen:extractor
//handlergen:response 403 "the comment is somebody else's"
//handlergen:response 404 "there is no such article, or no such comment on it"
func (a *App) FindOwnComment(ctx context.Context, member Member, article store.Article, id int64) (OwnComment, error) {
	found, err := a.store.Comment(ctx, member.ID, article.ID, id)
	if err != nil {
		return OwnComment{}, worded(err, "comment")
	}
	if found.Author.ID != member.ID {
		return OwnComment{}, fail(http.StatusForbidden, "forbidden", "comment")
	}
	return OwnComment{found}, nil
}

// DeleteArticleComment removes a comment.
//
//handlergen:route DELETE /articles/{slug}/comments/{id} status=204 tags=Comments
func (a *App) DeleteArticleComment(ctx context.Context, own OwnComment) error {
	return worded(a.store.DeleteComment(ctx, own.ID), "comment")
}
