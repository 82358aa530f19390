package examples_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	tokens "github.com/handlergen/handlergen/contrib/jwt"
	"github.com/handlergen/handlergen/examples/chat"
	"github.com/handlergen/handlergen/examples/dropbox"
	"github.com/handlergen/handlergen/examples/hello"
	"github.com/handlergen/handlergen/examples/jwt"
	"github.com/handlergen/handlergen/examples/proxy"
	"github.com/handlergen/handlergen/examples/users"
	"github.com/handlergen/handlergen/internal/proof"
)

// targets serve the examples, each with something to find, and say what requests
// need that a document cannot say.
func targets(t *testing.T) map[string]proof.Target {
	return map[string]proof.Target{
		"hello":   {Handler: func() http.Handler { return hello.Routes() }},
		"users":   {Handler: newUsers, Credentials: map[string]string{"bearerAuth": "Bearer secret"}},
		"jwt":     {Handler: newJWT, Credentials: map[string]string{"bearerAuth": bearer()}},
		"chat":    {Handler: newChat, Edit: visit},
		"dropbox": {Handler: func() http.Handler { return newBox(t) }},
		"proxy":   {Handler: func() http.Handler { return newGateway(t) }},
	}
}

// TestProof sends to each example what its OpenAPI document allows, and what it
// forbids, and holds the answers against what the document promises.
func TestProof(t *testing.T) {
	targets := targets(t)
	for pkg, document := range proof.Load(t, ".", "./...") {
		name := path.Base(pkg)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target, ok := targets[name]
			if !ok {
				t.Fatal("it is not served here: add a row to targets")
			}
			target.Name, target.Strict = name, true
			sent := document.Prove(t, target)
			t.Logf("%s: %d requests that the document allows, of which %d succeeded; %d that it forbids",
				name, sent.Allowed, sent.Succeeded, sent.Forbidden)
		})
	}
}

// The first texts that are tried are "a" and "Ab", the first number is 1.

func newUsers() http.Handler {
	site := users.Site(&users.App{Users: users.NewStore(), Admins: users.Admins{"secret": "root"}})
	r := httptest.NewRequest(http.MethodPost, "/users", strings.NewReader(`{"name":"Ada","email":"ada@example.com","role":"editor"}`))
	r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer secret"}}
	w := httptest.NewRecorder()
	if site.ServeHTTP(w, r); w.Code != http.StatusCreated {
		panic(w.Body.String())
	}
	return site
}

func newJWT() http.Handler {
	people := jwt.NewUsers()
	if err := people.Add("a", "admin", "a"); err != nil {
		panic(err)
	}
	return fromElsewhere(jwt.Routes(jwt.NewApp(people, secret)))
}

// fromElsewhere makes each request come from another address, for those who
// count them.
func fromElsewhere(next http.Handler) http.Handler {
	var n atomic.Uint32
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = fmt.Sprintf("192.0.2.%d:1", n.Add(1)%250)
		next.ServeHTTP(w, r)
	})
}

var secret = []byte("a secret of the length that it has to have")

// bearer are the credentials of the user a.
var bearer = sync.OnceValue(func() string {
	now := time.Now()
	token, err := tokens.Sign(tokens.Key{ID: "1", Algorithm: tokens.HS256, Value: secret}, jwt.Claims{
		RegisteredClaims: tokens.RegisteredClaims{
			Subject: "a", Issuer: "https://login.example.com", Audience: []string{"https://api.example.com"},
			IssuedAt: tokens.At(now), ExpiresAt: tokens.At(now.Add(time.Hour)),
		},
		Role: "admin",
	})
	if err != nil {
		panic(err)
	}
	return "Bearer " + token
})

func newChat() http.Handler { return chat.Routes(&chat.App{Rooms: chat.NewRooms()}) }

// visit asks for a WebSocket, and for a file that there is.
func visit(o proof.Operation, r *proof.Request) {
	switch o.Path {
	case "/rooms/{room}":
		r.Header = append(r.Header, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
	case "/{path}":
		r.Target = strings.Replace(r.Target, "/a", "/chat.css", 1)
	}
}

// newBox serves a folder that, whatever was put there, has one file.
func newBox(t *testing.T) http.Handler {
	dir := t.TempDir()
	folder, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { folder.Close() })
	box := dropbox.Routes(&dropbox.Box{Folder: folder})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Error(err)
		}
		for _, e := range entries {
			if err := folder.Remove(e.Name()); err != nil {
				t.Error(err)
			}
		}
		if err := folder.WriteFile("a", []byte("content"), 0o644); err != nil {
			t.Error(err)
		}
		box.ServeHTTP(w, r)
	})
}

func newGateway(t *testing.T) http.Handler {
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, r.Method, r.URL)
	}))
	t.Cleanup(behind.Close)
	upstream, err := url.Parse(behind.URL)
	if err != nil {
		t.Fatal(err)
	}
	return proxy.Routes(proxy.New(upstream, time.Minute))
}
