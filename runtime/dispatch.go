package runtime

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// A table finds the handler of a request. It is the only place that knows how
// that is done, which is with two ServeMuxes. The one that serves has a route
// "/" of its own for what no other route fits. The other knows the user's
// routes alone: it judges them when they are added, and says what net/http
// would have answered to a miss.
type table struct {
	serving *http.ServeMux
	connect http.HandlerFunc // serves CONNECT requests
	exact   *http.ServeMux
	miss    func(w http.ResponseWriter, r *http.Request, status int)
}

// newTable returns a table that leaves to miss what no route fits. The status
// is 404, or 405 with the header Allow set.
func newTable(miss func(w http.ResponseWriter, r *http.Request, status int)) *table {
	t := &table{serving: http.NewServeMux(), exact: http.NewServeMux(), miss: miss}
	t.serving.HandleFunc("/", t.serveRest)
	t.connect = t.serveConnect
	return t
}

// add adds a route, and panics if ServeMux refuses it.
func (t *table) add(pattern string, h http.Handler) {
	defer explainPanic(pattern)
	t.exact.Handle(pattern, h)
	if !fitsAll(pattern) {
		t.serving.Handle(pattern, h)
	}
}

// handler returns what serves r.
func (t *table) handler(r *http.Request) http.Handler {
	if r.Method == http.MethodConnect && r.RequestURI != "*" {
		return t.connect
	}
	return t.serving
}

// serveConnect serves a CONNECT request, whose path ServeMux does not clean.
// One with an empty segment would match a wildcard with nothing, of which
// PathValue panics (golang/go#81222).
func (t *table) serveConnect(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.URL.Path, "//") {
		t.miss(w, r, http.StatusNotFound)
		return
	}
	t.serveRest(w, r)
}

// serveRest serves what no route of the serving mux fits: by the user's own
// route for the rest, or as a miss.
func (t *table) serveRest(w http.ResponseWriter, r *http.Request) {
	h, pattern := t.exact.Handler(r)
	if pattern != "" {
		t.exact.ServeHTTP(w, r)
		return
	}
	r.Pattern = ""
	var answer answerHead
	h.ServeHTTP(&answer, r)
	switch answer.status {
	case http.StatusMethodNotAllowed:
		w.Header()["Allow"] = answer.header["Allow"]
		t.miss(w, r, answer.status)
	case http.StatusNotFound:
		t.miss(w, r, answer.status)
	default: // a redirect to the clean path
		h.ServeHTTP(w, r)
	}
}

// fitsAll reports whether a pattern fits every request that no other does, as
// the serving mux's own route.
func fitsAll(pattern string) bool {
	method, path := splitPattern(pattern)
	if method != "" {
		return false
	}
	name, ok := strings.CutPrefix(path, "/{")
	return path == "/" || ok && strings.HasSuffix(name, "...}") && !strings.Contains(name, "/")
}

// explainPanic names the pattern in the message of a panic of ServeMux, and
// leaves out the place of registration, which to ServeMux is always this file.
func explainPanic(pattern string) {
	if reason := recover(); reason != nil {
		text := registeredAt.ReplaceAllString(fmt.Sprint(reason), "")
		panic(fmt.Sprintf("runtime: route %q: %s", pattern, text))
	}
}

var registeredAt = regexp.MustCompile(` \(registered at [^()]*\)`)

// An answerHead is the status and header of an answer that is not sent.
type answerHead struct {
	header http.Header
	status int
}

func (a *answerHead) Header() http.Header {
	if a.header == nil {
		a.header = make(http.Header)
	}
	return a.header
}

func (a *answerHead) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answerHead) Write(p []byte) (int, error) { return len(p), nil }
