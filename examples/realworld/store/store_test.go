package store_test

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/handlergen/handlergen/examples/realworld/store"
	_ "modernc.org/libc"
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

// each runs a test on a database of each kind.
func each(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Run("memory", func(t *testing.T) { test(t, open(t, store.Memory)) })
	t.Run("file", func(t *testing.T) { test(t, open(t, filepath.Join(t.TempDir(), "a ?%41#.db"))) })
}

func addUser(t *testing.T, s *store.Store, name string) store.User {
	t.Helper()
	u, err := s.AddUser(t.Context(), store.User{Username: name, Email: name + "@example.com", Password: "x"})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestConcurrent(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		added := 0
		for range 20 {
			wg.Go(func() {
				_, err := s.AddUser(t.Context(), store.User{Username: "ada", Email: "ada@example.com"})
				var taken *store.TakenError
				switch {
				case err == nil:
					mu.Lock()
					added++
					mu.Unlock()
				case !errors.As(err, &taken) || !taken.Username || !taken.Email:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if added != 1 {
			t.Error(added)
		}
	})
}

func TestArticles(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ada, bob := addUser(t, s, "ada"), addUser(t, s, "bob")
		a, err := s.AddArticle(t.Context(), store.Article{Slug: "a", Title: "A", Tags: []string{"y", "x", "y"}, Author: store.Profile{ID: ada.ID}})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%+v", a)
		if err := s.Follow(t.Context(), bob.ID, ada.ID); err != nil {
			t.Fatal(err)
		}
		a, err = s.Favorite(t.Context(), bob.ID, a.ID)
		t.Logf("%+v %v", a, err)
		x, name := "x", "bob"
		for _, l := range []store.Listing{{}, {Tag: &x}, {Favorited: &name}, {Author: &name}, {Followed: true}, {Tag: &x, Favorited: &name, Followed: true}} {
			l.Limit = 10
			page, n, err := s.Articles(t.Context(), bob.ID, l)
			t.Logf("%d %d %v", len(page), n, err)
		}
		a, err = s.ChangeArticle(t.Context(), ada.ID, a.ID, func(a *store.Article) { a.Tags = nil })
		t.Logf("%+v %v", a, err)
	})
}

func TestLibc(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "modernc.org/libc").CombinedOutput()
	t.Logf("%s %v", strings.TrimSpace(string(out)), err)
}
