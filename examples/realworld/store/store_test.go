package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/handlergen/handlergen/examples/realworld/store"
)

func open(t *testing.T, file string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// each runs a test on a database of each kind. The name of the file has what a
// URL would be taken apart at.
func each(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Run("memory", func(t *testing.T) { test(t, open(t, store.Memory)) })
	t.Run("file", func(t *testing.T) { test(t, open(t, filepath.Join(t.TempDir(), "a ?%41#&.db"))) })
}

// must returns a value that there has to be.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func addUser(t *testing.T, s *store.Store, name string) store.User {
	t.Helper()
	return must[store.User](t)(s.AddUser(t.Context(), store.User{Username: name, Email: name + "@example.com", Password: "x"}))
}

func addArticle(t *testing.T, s *store.Store, author store.User, slug string, tags ...string) store.Article {
	t.Helper()
	return must[store.Article](t)(s.AddArticle(t.Context(), store.Article{
		Slug: slug, Title: "T " + slug, Description: "D", Body: "B", Tags: tags, Author: store.Profile{ID: author.ID},
	}))
}

func wantTaken(t *testing.T, err error, fields ...string) {
	t.Helper()
	taken, ok := errors.AsType[*store.TakenError](err)
	if !ok || !slices.Equal(taken.Fields(), fields) {
		t.Errorf("error %v, want that %v are taken", err, fields)
	}
}

func TestUsers(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ada, bob := addUser(t, s, "ada"), addUser(t, s, "bob")
		if got, err := s.User(t.Context(), ada.ID); err != nil || got != ada {
			t.Errorf("by id: %+v, %v", got, err)
		}
		if got, err := s.UserByEmail(t.Context(), "bob@example.com"); err != nil || got != bob {
			t.Errorf("by e-mail: %+v, %v", got, err)
		}
		if _, err := s.User(t.Context(), 99); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("nobody: %v", err)
		}

		for _, test := range []struct {
			name, email string
			taken       []string
		}{
			{"ada", "x@example.com", []string{"username"}},
			{"x", "ada@example.com", []string{"email"}},
			{"ada", "bob@example.com", []string{"username", "email"}},
		} {
			_, err := s.AddUser(t.Context(), store.User{Username: test.name, Email: test.email})
			wantTaken(t, err, test.taken...)
			eve := addUser(t, s, "eve"+test.name+test.email)
			_, err = s.ChangeUser(t.Context(), eve.ID, func(u *store.User) { u.Username, u.Email = test.name, test.email })
			wantTaken(t, err, test.taken...)
			if got := must[store.User](t)(s.User(t.Context(), eve.ID)); got != eve {
				t.Errorf("a change that was refused: %+v", got)
			}
		}

		bio := "writes"
		changed, err := s.ChangeUser(t.Context(), ada.ID, func(u *store.User) { u.Username, u.Bio = "Ada", &bio })
		if err != nil || changed.Username != "Ada" || changed.Email != ada.Email || changed.Bio == nil {
			t.Errorf("changed: %+v, %v", changed, err)
		}
		if got := must[store.User](t)(s.User(t.Context(), ada.ID)); got.Username != "Ada" || got.Bio == nil || *got.Bio != bio {
			t.Errorf("afterwards: %+v", got)
		}
	})
}

func TestProfiles(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ada, bob := addUser(t, s, "ada"), addUser(t, s, "bob")
		following := func(viewer int64) bool {
			t.Helper()
			return must[store.Profile](t)(s.Profile(t.Context(), viewer, "ada")).Following
		}
		for range 2 { // the second time changes nothing
			if err := errors.Join(s.Follow(t.Context(), bob.ID, ada.ID), s.Follow(t.Context(), ada.ID, ada.ID)); err != nil {
				t.Fatal(err)
			}
			if !following(bob.ID) || following(ada.ID) || following(0) {
				t.Error("bob, and nobody else, follows ada")
			}
		}
		for range 2 {
			if err := s.Unfollow(t.Context(), bob.ID, ada.ID); err != nil || following(bob.ID) {
				t.Errorf("bob follows ada no longer: %v", err)
			}
		}
		if _, err := s.Profile(t.Context(), 0, "eve' OR 1=1 --"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("nobody: %v", err)
		}
	})
}

func TestArticle(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ada, bob := addUser(t, s, "ada"), addUser(t, s, "bob")
		first := addArticle(t, s, ada, "first", "b", "a", "b")
		if !slices.Equal(first.Tags, []string{"a", "b"}) || first.Author.Username != "ada" || !first.Created.Equal(first.Updated) {
			t.Errorf("added: %+v", first)
		}
		if none := addArticle(t, s, ada, "second"); none.Tags == nil || len(none.Tags) > 0 {
			t.Errorf("without tags: %#v", none.Tags)
		}

		var last store.Article
		for i := range 3 { // at once, so that the clock may not have moved
			changed, err := s.ChangeArticle(t.Context(), ada.ID, first.ID, func(a *store.Article) { a.Body = fmt.Sprint(i) })
			if err != nil || !changed.Updated.After(first.Updated) || !changed.Updated.After(last.Updated) ||
				!changed.Created.Equal(first.Created) || !slices.Equal(changed.Tags, first.Tags) {
				t.Errorf("changed: %+v, %v", changed, err)
			}
			last = changed
		}
		if _, err := s.ChangeArticle(t.Context(), ada.ID, first.ID, func(a *store.Article) { a.Tags = nil }); err != nil {
			t.Fatal(err)
		}

		if err := s.Follow(t.Context(), bob.ID, ada.ID); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			got, err := s.Favorite(t.Context(), bob.ID, first.ID)
			if err != nil || !got.Favorited || got.Favorites != 1 || !got.Author.Following || len(got.Tags) > 0 {
				t.Errorf("to bob: %+v, %v", got, err)
			}
		}
		if got := must[store.Article](t)(s.Article(t.Context(), 0, "first")); got.Favorited || got.Favorites != 1 || got.Author.Following {
			t.Errorf("to nobody: %+v", got)
		}
		for range 2 {
			if got, err := s.Unfavorite(t.Context(), bob.ID, first.ID); err != nil || got.Favorited || got.Favorites != 0 {
				t.Errorf("no longer a favorite: %+v, %v", got, err)
			}
		}
	})
}

func TestDelete(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ada := addUser(t, s, "ada")
		article := addArticle(t, s, ada, "a", "rare")
		comment := must[store.Comment](t)(s.AddComment(t.Context(), ada.ID, article.ID, "nice"))
		must[store.Article](t)(s.Favorite(t.Context(), ada.ID, article.ID))
		if err := s.DeleteArticle(t.Context(), article.ID); err != nil {
			t.Fatal(err)
		}
		_, onArticle := s.Article(t.Context(), ada.ID, "a")
		_, onComment := s.Comment(t.Context(), ada.ID, article.ID, comment.ID)
		_, onFavorite := s.Favorite(t.Context(), ada.ID, article.ID)
		_, onAdding := s.AddComment(t.Context(), ada.ID, article.ID, "too late")
		_, onChange := s.ChangeArticle(t.Context(), ada.ID, article.ID, func(*store.Article) {})
		again := s.DeleteArticle(t.Context(), article.ID)
		for _, err := range []error{onArticle, onComment, onFavorite, onAdding, onChange, again} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("error %v, want that nothing is found", err)
			}
		}
		if tags := must[[]string](t)(s.Tags(t.Context())); tags == nil || len(tags) > 0 {
			t.Errorf("tags %#v", tags)
		}
		if again := addArticle(t, s, ada, "a"); again.ID == article.ID {
			t.Error("an id is given out twice")
		}
	})
}

func TestListing(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ada, bob, eve := addUser(t, s, "ada"), addUser(t, s, "bob"), addUser(t, s, "eve")
		addArticle(t, s, ada, "1", "x")
		two := addArticle(t, s, bob, "2", "x", "y")
		addArticle(t, s, bob, "3", "y")
		addArticle(t, s, eve, "4")
		must[store.Article](t)(s.Favorite(t.Context(), eve.ID, two.ID))
		if err := errors.Join(s.Follow(t.Context(), eve.ID, bob.ID), s.Follow(t.Context(), eve.ID, ada.ID)); err != nil {
			t.Fatal(err)
		}

		for _, test := range []struct {
			name  string
			l     store.Listing
			count int
			want  []string
		}{
			{"all", store.Listing{Limit: 20}, 4, []string{"4", "3", "2", "1"}},
			{"a page", store.Listing{Limit: 2, Offset: 1}, 4, []string{"3", "2"}},
			{"beyond the end", store.Listing{Limit: 2, Offset: 9}, 4, nil},
			{"a tag", store.Listing{Limit: 20, Tag: new("x")}, 2, []string{"2", "1"}},
			{"an author", store.Listing{Limit: 1, Author: new("bob")}, 2, []string{"3"}},
			{"favorites", store.Listing{Limit: 20, Favorited: new("eve")}, 1, []string{"2"}},
			{"of all that", store.Listing{Limit: 20, Tag: new("y"), Author: new("bob"), Favorited: new("eve")}, 1, []string{"2"}},
			{"nothing of all", store.Listing{Limit: 20, Tag: new("x"), Author: new("eve")}, 0, nil},
			{"a feed", store.Listing{Limit: 20, Followed: true}, 3, []string{"3", "2", "1"}},
			{"nobody", store.Listing{Limit: 20, Author: new("' OR 1=1 --")}, 0, nil},
		} {
			page, count, err := s.Articles(t.Context(), eve.ID, test.l)
			var slugs []string
			for _, a := range page {
				slugs = append(slugs, a.Slug)
				if a.Author.Following != (a.Author.ID != eve.ID) || a.Favorited != (a.Slug == "2") {
					t.Errorf("%s: %+v", test.name, a)
				}
			}
			if err != nil || page == nil || count != test.count || !slices.Equal(slugs, test.want) {
				t.Errorf("%s: %v of %d, %v; want %v of %d", test.name, slugs, count, err, test.want, test.count)
			}
		}
		if tags := must[[]string](t)(s.Tags(t.Context())); !slices.Equal(tags, []string{"x", "y"}) {
			t.Errorf("tags %v", tags)
		}
	})
}

func TestComments(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ada, bob := addUser(t, s, "ada"), addUser(t, s, "bob")
		article, other := addArticle(t, s, ada, "a"), addArticle(t, s, ada, "b")
		first := must[store.Comment](t)(s.AddComment(t.Context(), bob.ID, article.ID, "first"))
		must[store.Comment](t)(s.AddComment(t.Context(), ada.ID, article.ID, "second"))
		list := must[[]store.Comment](t)(s.Comments(t.Context(), 0, article.ID))
		if len(list) != 2 || list[0] != first || list[1].Author.Username != "ada" {
			t.Errorf("comments %+v", list)
		}
		if list := must[[]store.Comment](t)(s.Comments(t.Context(), 0, other.ID)); list == nil || len(list) > 0 {
			t.Errorf("no comments are %#v", list)
		}
		if _, err := s.Comment(t.Context(), 0, other.ID, first.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a comment on another article: %v", err)
		}
		if err := s.DeleteComment(t.Context(), first.ID); err != nil {
			t.Fatal(err)
		}
		if list := must[[]store.Comment](t)(s.Comments(t.Context(), 0, article.ID)); len(list) != 1 {
			t.Errorf("afterwards: %+v", list)
		}
		if err := s.DeleteComment(t.Context(), first.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a comment that is deleted already: %v", err)
		}
	})
}

// Of many who want a name at once, one gets it, and the others are told why not.
func TestConcurrentUsers(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		const n = 20
		errs := make(chan error, n)
		for range n {
			go func() {
				_, err := s.AddUser(t.Context(), store.User{Username: "ada", Email: "ada@example.com"})
				errs <- err
			}()
		}
		added := 0
		for range n {
			if err := <-errs; err != nil {
				wantTaken(t, err, "username", "email")
				continue
			}
			added++
		}
		if added != 1 {
			t.Errorf("%d users are named ada", added)
		}
	})
}

func TestConcurrentChanges(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ada := addUser(t, s, "ada")
		article := addArticle(t, s, ada, "a")
		var wg sync.WaitGroup
		for i := range 20 {
			user := addUser(t, s, fmt.Sprint("u", i))
			wg.Go(func() {
				if _, err := s.Favorite(t.Context(), user.ID, article.ID); err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() {
				if _, err := s.ChangeArticle(t.Context(), ada.ID, article.ID, func(a *store.Article) { a.Body += "." }); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		got := must[store.Article](t)(s.Article(t.Context(), 0, "a"))
		if got.Favorites != 20 || len(got.Body) != len("B")+20 {
			t.Errorf("%d favorites, body %q", got.Favorites, got.Body)
		}
	})
}

func TestOpenAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "conduit.db")
	s, err := store.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	ada := addUser(t, s, "ada")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := open(t, file).User(t.Context(), ada.ID); err != nil || got != ada {
		t.Errorf("the next time: %+v, %v", got, err)
	}
}

func TestOpenFails(t *testing.T) {
	if _, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "no", "such", "folder.db")); err == nil {
		t.Error("a file in a folder that there is not was opened")
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := store.Open(canceled, store.Memory); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
	}
}
