package conduit

import (
	"context"
	"net/http"

	"github.com/handlergen/handlergen/examples/realworld/store"
	"github.com/handlergen/handlergen/runtime"
)

// ArticleBody is the envelope of articles.
type ArticleBody[T any] struct {
	Article T `json:"article" validate:"required"`
}

// A Summary is an article without its body.
type Summary struct {
	Slug           string   `json:"slug" example:"how-to-train-your-dragon-3wgoaef5pm"`
	Title          string   `json:"title" example:"How to train your dragon"`
	Description    string   `json:"description" example:"Ever wonder how?"`
	TagList        []string `json:"tagList" validate:"required"` // in ascending order
	CreatedAt      Time     `json:"createdAt"`
	UpdatedAt      Time     `json:"updatedAt"`
	Favorited      bool     `json:"favorited"` // by whoever asks
	FavoritesCount int      `json:"favoritesCount"`
	Author         Profile  `json:"author"`
}

func summaryOf(a store.Article) Summary {
	return Summary{
		Slug:           a.Slug,
		Title:          a.Title,
		Description:    a.Description,
		TagList:        a.Tags,
		CreatedAt:      Time(a.Created),
		UpdatedAt:      Time(a.Updated),
		Favorited:      a.Favorited,
		FavoritesCount: a.Favorites,
		Author:         profileOf(a.Author),
	}
}

// An Article is what somebody has written.
type Article struct {
	Summary
	Body string `json:"body" example:"It takes a Jacobian"`
}

func articleBody(a store.Article) ArticleBody[Article] {
	return ArticleBody[Article]{Article{Summary: summaryOf(a), Body: a.Body}}
}

// FindArticle finds the article that the path names, as the viewer sees it.
//
//handlergen:extractor
//handlergen:response 404 "there is no such article"
func (a *App) FindArticle(ctx context.Context, viewer Viewer, slug string) (store.Article, error) {
	found, err := a.store.Article(ctx, viewer.ID, slug)
	return found, worded(err, "article")
}

// An OwnArticle is one by the user who makes the request.
type OwnArticle struct{ store.Article }

// FindOwnArticle finds the article that the path names, and refuses those of
// others.
//
//handlergen:extractor
//handlergen:response 403 "the article is somebody else's"
func FindOwnArticle(member Member, article store.Article) (OwnArticle, error) {
	if article.Author.ID != member.ID {
		return OwnArticle{}, fail(http.StatusForbidden, "forbidden", "article")
	}
	return OwnArticle{article}, nil
}

// A Page says which part of a list is wanted.
type Page struct {
	Limit  int `query:"limit" default:"20" validate:"min=1"` // how many at most
	Offset int `query:"offset" default:"0" validate:"min=0"` // how many are left out before
}

// An ArticleQuery says which articles are listed: those that fulfil all of it.
type ArticleQuery struct {
	Tag       *string `query:"tag" example:"dragons"`    // those with that tag
	Author    *string `query:"author" example:"jake"`    // those by the user of that name
	Favorited *string `query:"favorited" example:"jake"` // the favorites of the user of that name
	Page
}

// A List is a page of articles, and how many there are on all pages.
type List struct {
	Articles      []Summary `json:"articles" validate:"required"`
	ArticlesCount int       `json:"articlesCount"`
}

// GetArticles lists articles, the newest first.
//
//handlergen:route GET /articles tags=Articles
func (a *App) GetArticles(ctx context.Context, viewer Viewer, query runtime.Query[ArticleQuery]) (List, error) {
	q := query.Value
	return a.list(ctx, viewer.ID, store.Listing{
		Tag: q.Tag, Author: q.Author, Favorited: q.Favorited, Limit: q.Limit, Offset: q.Offset,
	})
}

// GetArticlesFeed lists articles by those whom the user follows, the newest first.
//
//handlergen:route GET /articles/feed tags=Articles
func (a *App) GetArticlesFeed(ctx context.Context, member Member, page runtime.Query[Page]) (List, error) {
	return a.list(ctx, member.ID, store.Listing{Followed: true, Limit: page.Value.Limit, Offset: page.Value.Offset})
}

func (a *App) list(ctx context.Context, viewer int64, l store.Listing) (List, error) {
	articles, count, err := a.store.Articles(ctx, viewer, l)
	list := List{Articles: make([]Summary, len(articles)), ArticlesCount: count}
	for i, article := range articles {
		list.Articles[i] = summaryOf(article)
	}
	return list, err
}

// GetArticle answers with an article.
//
//handlergen:route GET /articles/{slug} tags=Articles
func (a *App) GetArticle(article store.Article) ArticleBody[Article] { return articleBody(article) }

// A NewArticle is an article to be.
type NewArticle struct {
	Title       string                     `json:"title" validate:"notblank" example:"How to train your dragon"`
	Description string                     `json:"description" validate:"notblank" example:"Ever wonder how?"`
	Body        string                     `json:"body" validate:"notblank" example:"It takes a Jacobian"`
	TagList     runtime.Optional[[]string] `json:"tagList,omitzero" validate:"dive,notblank"`
}

// CreateArticle publishes an article.
//
//handlergen:route POST /articles status=201 tags=Articles
func (a *App) CreateArticle(ctx context.Context, member Member, body runtime.JSON[ArticleBody[NewArticle]]) (ArticleBody[Article], error) {
	draft := body.Value.Article
	added, err := a.store.AddArticle(ctx, store.Article{
		Slug:        newSlug(draft.Title),
		Title:       draft.Title,
		Description: draft.Description,
		Body:        draft.Body,
		Tags:        draft.TagList.Value,
		Author:      store.Profile{ID: member.ID},
	})
	return articleBody(added), err
}

// An ArticleUpdate changes what it has of an article.
type ArticleUpdate struct {
	Title       runtime.Optional[string]   `json:"title,omitzero" validate:"notblank"`
	Description runtime.Optional[string]   `json:"description,omitzero" validate:"notblank"`
	Body        runtime.Optional[string]   `json:"body,omitzero" validate:"notblank"`
	TagList     runtime.Optional[[]string] `json:"tagList,omitzero" validate:"dive,notblank"`
}

// UpdateArticle changes an article. With another title it gets another slug.
//
//handlergen:route PUT /articles/{slug} tags=Articles
func (a *App) UpdateArticle(ctx context.Context, own OwnArticle, body runtime.JSON[ArticleBody[ArticleUpdate]]) (ArticleBody[Article], error) {
	update := body.Value.Article
	changed, err := a.store.ChangeArticle(ctx, own.Author.ID, own.ID, func(article *store.Article) {
		if update.Title.Present && update.Title.Value != article.Title {
			article.Slug = newSlug(update.Title.Value)
		}
		set(&article.Title, update.Title)
		set(&article.Description, update.Description)
		set(&article.Body, update.Body)
		set(&article.Tags, update.TagList)
	})
	return articleBody(changed), worded(err, "article")
}

// DeleteArticle removes an article, with its comments.
//
//handlergen:route DELETE /articles/{slug} status=204 tags=Articles
func (a *App) DeleteArticle(ctx context.Context, own OwnArticle) error {
	return worded(a.store.DeleteArticle(ctx, own.ID), "article")
}

// CreateArticleFavorite makes an article one of the user's favorites.
//
//handlergen:route POST /articles/{slug}/favorite tags=Favorites
func (a *App) CreateArticleFavorite(ctx context.Context, member Member, article store.Article) (ArticleBody[Article], error) {
	favorite, err := a.store.Favorite(ctx, member.ID, article.ID)
	return articleBody(favorite), worded(err, "article")
}

// DeleteArticleFavorite makes an article none of the user's favorites.
//
//handlergen:route DELETE /articles/{slug}/favorite tags=Favorites
func (a *App) DeleteArticleFavorite(ctx context.Context, member Member, article store.Article) (ArticleBody[Article], error) {
	former, err := a.store.Unfavorite(ctx, member.ID, article.ID)
	return articleBody(former), worded(err, "article")
}

// A TagList has the tags of all articles.
type TagList struct {
	Tags []string `json:"tags" validate:"required"`
}

// GetTags lists the tags of all articles.
//
//handlergen:route GET /tags tags=Tags
func (a *App) GetTags(ctx context.Context) (TagList, error) {
	tags, err := a.store.Tags(ctx)
	return TagList{tags}, err
}
