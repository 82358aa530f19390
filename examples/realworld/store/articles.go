package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// An Article is what somebody has written, as somebody sees it.
type Article struct {
	ID                       int64
	Slug                     string // unique
	Title, Description, Body string
	Tags                     []string // in ascending order, each once
	Created, Updated         time.Time
	Favorited                bool // by whoever asks
	Favorites                int
	Author                   Profile
}

// A Listing says which articles are listed. What is nil does not matter.
type Listing struct {
	Tag       *string
	Author    *string // by name
	Favorited *string // by the user of that name
	Followed  bool    // by the viewer: their authors
	Limit     int
	Offset    int
}

const articleColumns = `articles.id, articles.slug, articles.title, articles.description, articles.body,
	(SELECT json_group_array(tag ORDER BY tag) FROM tags WHERE article_id = articles.id),
	articles.created_at, articles.updated_at,
	EXISTS (SELECT 1 FROM favorites WHERE article_id = articles.id AND user_id = :viewer),
	(SELECT count(*) FROM favorites WHERE article_id = articles.id),
	` + profileColumns

func (a *Article) columns() []any {
	return append([]any{
		&a.ID, &a.Slug, &a.Title, &a.Description, &a.Body,
		jsonList{&a.Tags},
		clock{&a.Created},
		clock{&a.Updated},
		&a.Favorited, &a.Favorites,
	}, a.Author.columns()...)
}

// A jsonList is a column with a JSON array of texts.
type jsonList struct{ list *[]string }

// Scan implements [sql.Scanner].
func (l jsonList) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("a list is a %T", value)
	}
	return json.Unmarshal([]byte(text), l.list)
}

const (
	fromArticles = ` FROM articles JOIN users ON users.id = articles.author_id`
	newestFirst  = ` ORDER BY articles.created_at DESC, articles.id DESC`
)

var (
	articleByID   = sqlText(`SELECT ` + articleColumns + fromArticles + ` WHERE articles.id = :id`)
	articleBySlug = sqlText(`SELECT ` + articleColumns + fromArticles + ` WHERE articles.slug = :slug`)
	insertArticle = sqlText(`INSERT INTO articles (slug, title, description, body, author_id, created_at, updated_at)
		VALUES (:slug, :title, :description, :body, :author, :now, :now) RETURNING id`)
	updateArticle = sqlText(`UPDATE articles SET slug = :slug, title = :title, description = :description, body = :body,
		updated_at = max(:now, updated_at + 1) WHERE id = :id`)
	deleteArticle  = sqlText(`DELETE FROM articles WHERE id = ? RETURNING id`)
	insertTags     = sqlText(`INSERT OR IGNORE INTO tags (article_id, tag) SELECT ?, value FROM json_each(?)`)
	deleteTags     = sqlText(`DELETE FROM tags WHERE article_id = ?`)
	allTags        = sqlText(`SELECT DISTINCT tag FROM tags ORDER BY tag`)
	insertFavorite = sqlText(`INSERT OR IGNORE INTO favorites (user_id, article_id) SELECT ?, id FROM articles WHERE id = ?`)
	deleteFavorite = sqlText(`DELETE FROM favorites WHERE user_id = ? AND article_id = ?`)
)

// narrowings are what the fields of a [Listing] demand, in their order. There are
// statements for all that can be demanded at once.
var narrowings = [...]string{
	`articles.id IN (SELECT article_id FROM tags WHERE tag = :tag)`,
	`articles.author_id = (SELECT id FROM users WHERE username = :author)`,
	`articles.id IN (SELECT article_id FROM favorites WHERE user_id = (SELECT id FROM users WHERE username = :favorited))`,
	`articles.author_id IN (SELECT followed_id FROM follows WHERE follower_id = :viewer)`,
}

var pages, counts = listings()

func listings() (pages, counts [1 << len(narrowings)]statement) {
	for set := range pages {
		var where []string
		for i, narrowing := range narrowings {
			if set&(1<<i) != 0 {
				where = append(where, narrowing)
			}
		}
		only := ``
		if len(where) > 0 {
			only = ` WHERE ` + strings.Join(where, ` AND `)
		}
		pages[set] = sqlText(`SELECT ` + articleColumns + fromArticles + only + newestFirst + ` LIMIT :limit OFFSET :offset`)
		counts[set] = sqlText(`SELECT count(*) FROM articles` + only)
	}
	return pages, counts
}

// narrowings returns the index of the statements for a listing.
func (l Listing) narrowings() (set int) {
	for i, wanted := range []bool{l.Tag != nil, l.Author != nil, l.Favorited != nil, l.Followed} {
		if wanted {
			set |= 1 << i
		}
	}
	return set
}

func (l Listing) args(viewer int64) []any {
	return []any{
		named("viewer", viewer), named("tag", l.Tag), named("author", l.Author), named("favorited", l.Favorited),
		named("limit", l.Limit), named("offset", l.Offset),
	}
}

// Articles returns a page of the articles as the viewer sees them, the newest
// first, and how many there are on all pages.
func (s *Store) Articles(ctx context.Context, viewer int64, l Listing) (page []Article, count int, err error) {
	set, args := l.narrowings(), l.args(viewer)
	if err := s.alone().one(ctx, counts[set], []any{&count}, args...); err != nil {
		return nil, 0, err
	}
	page, err = all(ctx, s, pages[set], (*Article).columns, args...)
	return page, count, err
}

// Article returns the article of that slug as the viewer sees it.
func (s *Store) Article(ctx context.Context, viewer int64, slug string) (a Article, err error) {
	err = s.alone().one(ctx, articleBySlug, a.columns(), named("viewer", viewer), named("slug", slug))
	return a, err
}

// article returns an article as the viewer sees it.
func (s session) article(ctx context.Context, viewer, id int64) (a Article, err error) {
	err = s.one(ctx, articleByID, a.columns(), named("viewer", viewer), named("id", id))
	return a, err
}

// AddArticle adds an article by the user with the id of its author.
func (s *Store) AddArticle(ctx context.Context, a Article) (added Article, err error) {
	author := a.Author.ID
	err = s.inTx(ctx, func(tx session) error {
		err := tx.one(ctx, insertArticle, []any{&a.ID}, append(a.args(), named("author", author), named("now", now()))...)
		if err != nil {
			return err
		}
		if err := tx.setTags(ctx, a.ID, a.Tags); err != nil {
			return err
		}
		added, err = tx.article(ctx, author, a.ID)
		return err
	})
	return added, err
}

// ChangeArticle lets change change the texts and tags of an article, and returns
// it as its author sees it then.
func (s *Store) ChangeArticle(ctx context.Context, author, id int64, change func(*Article)) (changed Article, err error) {
	err = s.inTx(ctx, func(tx session) error {
		a, err := tx.article(ctx, author, id)
		if err != nil {
			return err
		}
		change(&a)
		if err := tx.exec(ctx, updateArticle, append(a.args(), named("id", id), named("now", now()))...); err != nil {
			return err
		}
		if err := tx.setTags(ctx, id, a.Tags); err != nil {
			return err
		}
		changed, err = tx.article(ctx, author, id)
		return err
	})
	return changed, err
}

func (a Article) args() []any {
	return []any{
		named("slug", a.Slug), named("title", a.Title), named("description", a.Description), named("body", a.Body),
	}
}

// setTags replaces the tags of an article.
func (s session) setTags(ctx context.Context, id int64, tags []string) error {
	if err := s.exec(ctx, deleteTags, id); err != nil || len(tags) == 0 {
		return err
	}
	list, err := json.Marshal(tags)
	if err != nil {
		return err
	}
	return s.exec(ctx, insertTags, id, string(list))
}

// DeleteArticle removes an article with its comments and favorites, or returns
// [ErrNotFound].
func (s *Store) DeleteArticle(ctx context.Context, id int64) error {
	return s.alone().one(ctx, deleteArticle, []any{&id}, id)
}

// Favorite makes an article one of a user's favorites, if it is not yet, and
// returns it as they see it.
func (s *Store) Favorite(ctx context.Context, user, article int64) (Article, error) {
	return s.setFavorite(ctx, insertFavorite, user, article)
}

// Unfavorite ends what [Store.Favorite] began.
func (s *Store) Unfavorite(ctx context.Context, user, article int64) (Article, error) {
	return s.setFavorite(ctx, deleteFavorite, user, article)
}

func (s *Store) setFavorite(ctx context.Context, how statement, user, article int64) (Article, error) {
	if err := s.alone().exec(ctx, how, user, article); err != nil {
		return Article{}, err
	}
	return s.alone().article(ctx, user, article)
}

// Tags returns the tags of all articles in ascending order.
func (s *Store) Tags(ctx context.Context) ([]string, error) {
	return all(ctx, s, allTags, func(tag *string) []any { return []any{tag} })
}

func named(name string, value any) any { return sql.Named(name, value) }
