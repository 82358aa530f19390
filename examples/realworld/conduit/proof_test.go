package conduit_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/examples/realworld/conduit"
	"github.com/handlergen/handlergen/examples/realworld/password"
	"github.com/handlergen/handlergen/internal/proof"
)

// TestProof sends to each operation what the OpenAPI document allows, and what it
// forbids, and holds the answers against what the document promises.
func TestProof(t *testing.T) {
	s := newSeed(t)
	for pkg, document := range proof.Load(t, ".", ".") {
		sent := document.Prove(t, proof.Target{
			Name: "conduit", Strict: true, Handler: s.again, Edit: s.edit,
			Credentials: map[string]string{"": "Token " + s.token},
		})
		t.Logf("%s: %d requests that the document allows, of which %d succeeded; %d that it forbids",
			pkg, sent.Allowed, sent.Succeeded, sent.Forbidden)
	}
}

// A seed is a database with something to find: jake, who is in the examples of the
// document, has written an article and commented on it, and the users a and Ab,
// whose names are tried first where there is no example.
type seed struct {
	*testing.T
	file, token, slug string
}

func newSeed(t *testing.T) *seed {
	s := &seed{T: t, file: filepath.Join(t.TempDir(), "seed.db")}
	app := s.open(s.file)
	handler := app.Handler()
	post := func(path, body string) (answer struct {
		User    struct{ Token string }
		Article struct{ Slug string }
	},
	) {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Token " + s.token}}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusCreated {
			t.Fatalf("POST %s: %d %s", path, w.Code, w.Body)
		}
		return answer
	}
	post("/api/users", `{"user":{"username":"Ab","email":"Ab","password":"a"}}`)
	post("/api/users", `{"user":{"username":"a","email":"a","password":"a"}}`)
	s.token = post("/api/users", `{"user":{"username":"jake","email":"jake@jake.jake","password":"jakejake"}}`).User.Token
	s.slug = post("/api/articles", `{"article":{"title":"a","description":"a","body":"a"}}`).Article.Slug
	post("/api/articles/"+s.slug+"/comments", `{"comment":{"body":"a"}}`)
	if err := app.Close(); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *seed) open(file string) *conduit.App {
	app, err := conduit.Open(s.Context(), conduit.Config{
		DB: file, Secret: []byte("a secret of the length that it has to have"), PasswordCost: password.Cheap,
	})
	if err != nil {
		s.Fatal(err)
	}
	return app
}

// again serves what has been sown.
func (s *seed) again() http.Handler {
	text, err := os.ReadFile(s.file)
	if err != nil {
		s.Fatal(err)
	}
	file := filepath.Join(s.TempDir(), "conduit.db")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		s.Fatal(err)
	}
	app := s.open(file)
	s.Cleanup(func() { app.Close() })
	return app.Handler()
}

// edit names the article, whose slug ends as it likes, and a user who is not there
// yet. It adds a token where the document knows of none.
func (s *seed) edit(o proof.Operation, r *proof.Request) {
	if path, rest, ok := strings.Cut(r.Target, "/articles/a"); ok {
		r.Target = path + "/articles/" + s.slug + rest
	}
	if o.Method == http.MethodPost && o.Path == "/api/users" {
		r.Body = strings.NewReplacer("jake@jake.jake", "c", `"username":"jake"`, `"username":"c"`).Replace(r.Body)
	}
	if !o.IsSecured() {
		r.Set("Authorization", "Token "+s.token)
	}
}
