package runtime

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// tell returns a handler that says its name and what it sees.
func tell(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s sees %s of %s at %q", name, r.URL, ReadOriginalURL(r).Value, ReadMatchedPath(r))
		for _, wildcard := range []string{"tenant", "org", "id", "rest"} {
			if value := r.PathValue(wildcard); value != "" {
				fmt.Fprintf(w, " %s=%s", wildcard, value)
			}
		}
	}
}

// ask returns "status body" of the answer to a request.
func ask(h http.Handler, method, target string) string {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return strings.TrimSpace(fmt.Sprint(w.Code, " ", w.Body))
}

// wantPanic calls f and looks for texts in its panic.
func wantPanic(t *testing.T, f func(), want ...string) {
	t.Helper()
	defer func() {
		t.Helper()
		reason := recover()
		if reason == nil {
			t.Errorf("no panic, want %q", want)
			return
		}
		for _, text := range append(want, "runtime: ") {
			if !strings.Contains(fmt.Sprint(reason), text) {
				t.Errorf("the panic says %q, want %q in it", reason, text)
			}
		}
	}()
	f()
}

// TestNestJoins is the table of prefixes and routes: what they become, which
// paths they fit, and which path the handler sees.
func TestNestJoins(t *testing.T) {
	tests := []struct {
		prefix, route, pattern string
		fits                   map[string]string // path asked for, path seen
		misses                 []string
	}{
		{"/a", "/{$}", "/a/{$}", map[string]string{"/a/": "/"}, []string{"/a/b", "/ab", "/"}},
		{"/a", "/", "/a/", map[string]string{"/a/": "/", "/a/b": "/b", "/a/b/": "/b/"}, []string{"/ab"}},
		{"/a", "/a", "/a/a", map[string]string{"/a/a": "/a"}, []string{"/a", "/a/", "/a/a/"}},
		{"/a", "/a/", "/a/a/", map[string]string{"/a/a/": "/a/", "/a/a/b": "/a/b"}, []string{"/a/"}},
		{"/a", "/a/{$}", "/a/a/{$}", map[string]string{"/a/a/": "/a/"}, []string{"/a/a/b"}},
		{"/a/", "/{$}", "/a/{$}", map[string]string{"/a/": "/"}, nil},
		{"/a/", "/a", "/a/a", map[string]string{"/a/a": "/a"}, []string{"/a/a/"}},
		{"/a/", "/a/", "/a/a/", map[string]string{"/a/a/": "/a/"}, nil},
		{"/a/b", "/c", "/a/b/c", map[string]string{"/a/b/c": "/c"}, []string{"/c", "/b/c", "/a/c"}},
		{"/a", "GET /c", "/a/c", map[string]string{"/a/c?q=1": "/c?q=1"}, nil},
		{"/a", "/{rest...}", "/a/{rest...}", map[string]string{"/a/": "/", "/a/b/c": "/b/c"}, nil},
		{"/{org}", "/{$}", "/{org}/{$}", map[string]string{"/a/": "/", "/%2Fb/": "/"}, []string{"/"}},
		{"/{org}", "/b", "/{org}/b", map[string]string{"/a/b": "/b", "/a%2Fa/b": "/b"}, []string{"/a/a/b"}},
		{"/a/{org}/c", "/{id}", "/a/{org}/c/{id}", map[string]string{"/a/b/c/d%2Fe": "/d%2Fe"}, []string{"/a/b/d/e"}},
		{"/a%20b", "/c", "/a%20b/c", map[string]string{"/a%20b/c": "/c"}, nil},
		{"/a", "example.com/b", "/a/b", map[string]string{"/a/b": "/b"}, []string{"/b"}},
		{"/a", "GET  example.com/b", "/a/b", map[string]string{"/a/b": "/b"}, nil},
	}
	for _, test := range tests {
		inner := NewRouter().Handle(test.route, tell("it"))
		outer := NewRouter().Nest(test.prefix, inner)
		for asked, seen := range test.fits {
			r := httptest.NewRequest("GET", strings.ReplaceAll(asked, " ", "%20"), nil)
			original := r.URL.String()
			w := httptest.NewRecorder()
			outer.ServeHTTP(w, r)
			want := fmt.Sprintf("it sees %s of %s at %q", seen, original, test.pattern)
			if got := w.Body.String(); w.Code != 200 || !strings.HasPrefix(got, want) {
				t.Errorf("%s + %s: %s: got %d %s, want %s", test.prefix, test.route, asked, w.Code, got, want)
			}
			if r.URL.String() != original {
				t.Errorf("%s + %s: outside, %s has become %s", test.prefix, test.route, original, r.URL)
			}
		}
		for _, path := range test.misses {
			if got := ask(outer, "GET", path); strings.HasPrefix(got, "200 ") {
				t.Errorf("%s + %s: %s: got %s, want none", test.prefix, test.route, path, got)
			}
		}
	}
}

func TestNestRedirectsToSlash(t *testing.T) {
	for _, route := range []string{"/", "/{$}", "/{rest...}"} {
		outer := NewRouter().Nest("/a", NewRouter().Handle(route, tell("it")))
		w := httptest.NewRecorder()
		outer.ServeHTTP(w, httptest.NewRequest("GET", "/a?q=1", nil))
		if w.Code != http.StatusTemporaryRedirect || w.Header().Get("Location") != "/a/?q=1" {
			t.Errorf("/a + %s: got %d to %s", route, w.Code, w.Header().Get("Location"))
		}
	}
}

// TestNestDeep nests nested routers: prefixes, values and paths add up.
func TestNestDeep(t *testing.T) {
	inner := NewRouter().Handle("GET /files/{rest...}", tell("inner"))
	middle := NewRouter().Handle("GET /{$}", tell("middle")).Nest("/users/{id}", inner)
	outer := NewRouter().Handle("GET /o", tell("outer")).Nest("/orgs/{org}", middle).Handle("GET /p", tell("outer"))
	tests := [][2]string{
		{"/o", `outer sees /o of /o at "/o"`},
		{"/orgs/x/", `middle sees / of /orgs/x/ at "/orgs/{org}/{$}" org=x`},
		{
			"/orgs/x%2Fy/users/7/files/a%2Fb/c?q=%2F",
			`inner sees /files/a%2Fb/c?q=%2F of /orgs/x%2Fy/users/7/files/a%2Fb/c?q=%2F at "/orgs/{org}/users/{id}/files/{rest...}" org=x/y id=7 rest=a/b/c`,
		},
		{"/orgs/x%2Fy/users/%C3%A4/files/%20", `inner sees /files/%20 of /orgs/x%2Fy/users/%C3%A4/files/%20 at "/orgs/{org}/users/{id}/files/{rest...}" org=x/y id=ä rest=`},
	}
	for _, test := range tests {
		if got, want := ask(outer, "GET", test[0]), strings.TrimSpace("200 "+test[1]); got != want {
			t.Errorf("%s: got %s, want %s", test[0], got, want)
		}
	}
	want := []Route{
		{"GET", "/o"},
		{"GET", "/orgs/{org}/{$}"},
		{"GET", "/orgs/{org}/users/{id}/files/{rest...}"},
		{"GET", "/p"},
	}
	if got := slices.Collect(outer.Routes()); !slices.Equal(got, want) {
		t.Errorf("the routes are %q, want %q", got, want)
	}
}

// TestNestHandler mounts a handler that is no router.
func TestNestHandler(t *testing.T) {
	files := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			SeeOther("new").IntoResponse(w, r)
			return
		}
		tell("files")(w, r)
	})
	outer := NewRouter().Nest("/files", NewRouter().Handle("/", files)).Handle("GET /files/own", tell("own"))
	for path, want := range map[string]string{
		"/files/a/b": `200 files sees /a/b of /files/a/b at "/files/"`,
		"/files/":    `200 files sees / of /files/ at "/files/"`,
		"/files/own": `200 own sees /files/own of /files/own at "/files/own"`,
		"/files/old": `303 <a href="/files/new">See Other</a>.`,
	} {
		if got := ask(outer, "GET", path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

// TestNestWithoutServer nests for a request that nobody sent.
func TestNestWithoutServer(t *testing.T) {
	inner := NewRouter().Handle("/b", tell("it")).HandleFunc("/c", func(w http.ResponseWriter, r *http.Request) {
		SeeOther("d").IntoResponse(w, r)
	})
	outer := NewRouter().Nest("/a", NewRouter().Nest("/x", inner))
	for target, want := range map[string]string{
		"/a/x/b?q=1":                       `it sees /b?q=1 of /a/x/b?q=1 at "/a/x/b"`,
		"http://example.com/a/x/b?q=1#top": `it sees http://example.com/b?q=1#top of http://example.com/a/x/b?q=1 at "/a/x/b"`,
		"/a/x/c":                           "<a href=\"/a/x/d\">See Other</a>.\n\n",
	} {
		r, err := http.NewRequestWithContext(context.Background(), "GET", target, nil)
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		outer.ServeHTTP(w, r)
		if got := w.Body.String(); got != want {
			t.Errorf("%s: got %s, want %s", target, got, want)
		}
		if r.RequestURI != "" {
			t.Errorf("%s: outside, the request line has become %s", target, r.RequestURI)
		}
	}
}

func TestNestRefuses(t *testing.T) {
	inner := NewRouter().Handle("GET /users/{id}", tell("it"))
	tests := []struct {
		prefix string
		inner  *Router
		want   []string
	}{
		{"", inner, []string{`nest ""`, "empty", "Merge"}},
		{"/", inner, []string{`nest "/"`, "root", "Merge"}},
		{"a", inner, []string{`nest "a"`, "write /a"}},
		{"{a}", inner, []string{"write /{a}"}},
		{"example.com/a", inner, []string{"write /a, and the host example.com in the patterns"}},
		{"GET /a", inner, []string{"no method"}},
		{"/a/{x...}", inner, []string{"{x...} takes the rest"}},
		{"/a/{x...}/", inner, []string{"{x...} takes the rest"}},
		{"/a/{$}", inner, []string{"{$} ends the path"}},
		{"/{$}", inner, []string{"{$} ends the path"}},
		{"/{a", inner, []string{"bad wildcard"}},
		{"/{a-b}", inner, []string{"bad wildcard name"}},
		{"/{a}/{a}", inner, []string{"duplicate wildcard name"}},
		{"//", inner, []string{"unclean"}},
		{"/a//b", inner, []string{"unclean"}},
		{"/a/../b", inner, []string{"unclean"}},
		{"/{id}", inner, []string{`route "GET /{id}/users/{id}"`, "duplicate wildcard name"}},
		{"/a", nil, []string{`nest "/a"`, "nil router"}},
	}
	for _, test := range tests {
		wantPanic(t, func() { NewRouter().Nest(test.prefix, test.inner) }, test.want...)
	}
	wantPanic(t, func() { inner.Nest("/a", inner) }, "in itself")
	fallback := NewRouter().Fallback(tell("it"))
	wantPanic(t, func() { NewRouter().Nest("/{id}", NewRouter().Nest("/{id}", fallback)) }, "duplicate wildcard name")
	wantPanic(t, func() { NewRouter().Nest("/{a}/b", fallback).Nest("/{c}/b/", fallback) },
		"/{a}/b/ and /{c}/b/", "Fallback both")
}

func TestMerge(t *testing.T) {
	users := NewRouter().Handle("GET /users/{id}", tell("get")).Handle("POST /users/{id}", tell("post"))
	admin := NewRouter().Handle("DELETE /users/{id}", tell("delete"))
	root := NewRouter().Handle("GET /{$}", tell("root")).Merge(users, admin).Handle("GET /z", tell("z"))
	for request, want := range map[string]string{
		"GET /":           `200 root sees / of / at "/{$}"`,
		"GET /users/7":    `200 get sees /users/7 of /users/7 at "/users/{id}" id=7`,
		"DELETE /users/":  `404 {"title":"Not Found","status":404,"detail":"no route has this path"}`,
		"DELETE /users/7": `200 delete sees /users/7 of /users/7 at "/users/{id}" id=7`,
	} {
		method, path, _ := strings.Cut(request, " ")
		if got := ask(root, method, path); got != want {
			t.Errorf("%s: got %s, want %s", request, got, want)
		}
	}
	w := httptest.NewRecorder()
	root.ServeHTTP(w, httptest.NewRequest("PUT", "/users/7", nil))
	if got := w.Header().Get("Allow"); w.Code != 405 || got != "DELETE, GET, HEAD, POST" {
		t.Errorf("PUT: got %d, Allow: %s", w.Code, got)
	}
	want := []Route{
		{"GET", "/{$}"},
		{"GET", "/users/{id}"},
		{"POST", "/users/{id}"},
		{"DELETE", "/users/{id}"},
		{"GET", "/z"},
	}
	if got := slices.Collect(root.Routes()); !slices.Equal(got, want) {
		t.Errorf("the routes are %q, want %q", got, want)
	}
}

func TestMergeRefuses(t *testing.T) {
	a, b := NewRouter().Fallback(tell("a")), NewRouter().Fallback(tell("b"))
	wantPanic(t, func() { NewRouter().Merge(NewRouter(), nil) }, "router 2 is nil")
	wantPanic(t, func() { a.Merge(a) }, "with itself")
	wantPanic(t, func() { a.Merge(b) }, "two routers have a Fallback")
	wantPanic(t, func() { NewRouter().Merge(a, b) }, "two routers have a Fallback")
	nested := func(h *Router) *Router { return NewRouter().Nest("/x", h) }
	wantPanic(t, func() { nested(a).Merge(nested(b)) }, "at /x/ and /x/", "Fallback both")
}

// TestSnapshot changes routers after one was put into the other.
func TestSnapshot(t *testing.T) {
	inner := NewRouter().Handle("GET /a", tell("a"))
	outer := NewRouter().Nest("/n", inner).Merge(inner)
	before := []string{ask(outer, "GET", "/n/a"), ask(outer, "GET", "/a"), ask(inner, "GET", "/a")}

	inner.Handle("GET /b", tell("b")).Layer(refuse).Fallback(tell("lost")).MethodNotAllowed(tell("no"))
	inner.RenderErrors(renderTeapot)
	for i, path := range []string{"/n/a", "/a"} {
		if got := ask(outer, "GET", path); got != before[i] {
			t.Errorf("%s: got %s, want %s", path, got, before[i])
		}
	}
	for _, request := range []string{"GET /n/b", "GET /b", "GET /n/c"} {
		method, path, _ := strings.Cut(request, " ")
		if got := ask(outer, method, path); !strings.HasPrefix(got, `404 {"title"`) {
			t.Errorf("%s: got %s", request, got)
		}
	}
	if got := ask(outer, "PUT", "/n/a"); !strings.HasPrefix(got, `405 {"title"`) {
		t.Errorf("got %s", got)
	}

	other := NewRouter().Handle("GET /a", tell("a"))
	NewRouter().Merge(other).Layer(refuse)
	NewRouter().Nest("/n", other).Layer(refuse).MethodNotAllowed(tell("no"))
	if got := ask(other, "GET", "/a"); got != before[2] {
		t.Errorf("the merged router: got %s, want %s", got, before[2])
	}
	if got := ask(other, "PUT", "/a"); !strings.HasPrefix(got, `405 {"title"`) {
		t.Errorf("the merged router: got %s", got)
	}
}

// TestAfterServing adds to a router that has served.
func TestAfterServing(t *testing.T) {
	router := NewRouter()
	steps := []struct {
		change func()
		want   string
	}{
		{func() {}, "404"},
		{func() { router.Handle("GET /a", tell("it")) }, "200"},
		{func() { router.Layer(refuse) }, "403"},
		{func() { router.RenderErrors(renderTeapot) }, "418"},
		{func() { router.RenderErrors(nil) }, "403"},
	}
	for i, step := range steps {
		step.change()
		if got := ask(router, "GET", "/a"); !strings.HasPrefix(got, step.want) {
			t.Errorf("step %d: got %s, want %s", i, got, step.want)
		}
	}
}

func TestZeroRouter(t *testing.T) {
	var router Router
	if got := ask(&router, "GET", "/a"); !strings.HasPrefix(got, "404") {
		t.Errorf("got %s", got)
	}
	if got := ask(new(Router).Merge(&router).Nest("/a", &router).Layer(refuse), "GET", "/a"); !strings.HasPrefix(got, "403") {
		t.Errorf("got %s", got)
	}
	if n := len(slices.Collect(router.Routes())); n != 0 {
		t.Errorf("%d routes", n)
	}
}

// TestFirstRequests sends many requests at once to a router that has not served
// yet.
func TestFirstRequests(t *testing.T) {
	inner := NewRouter().Handle("GET /{id}", tell("it")).Fallback(tell("fallback")).Layer(mark("a"))
	router := NewRouter().Nest("/n", inner).Layer(mark("b")).RenderErrors(renderTeapot)
	var wait sync.WaitGroup
	for _, target := range []string{"/n/1", "/n/2", "/n/x/y", "/n", "/", "/n/3"} {
		for _, method := range []string{"GET", "POST"} {
			wait.Go(func() { ask(router, method, target) })
		}
	}
	wait.Wait()
}
