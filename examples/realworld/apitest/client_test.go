// Package apitest holds the application to its requirements as a client sees
// them: over connections, by the public description alone. Each sentence of
// the description is a subtest, on a database of its own.
//
// Whatever is asked, every answer is also held against what all answers have
// in common (see [client.do]) and against the OpenAPI document (see contract).
package apitest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/handlergen/handlergen/examples/realworld/conduit"
	hashes "github.com/handlergen/handlergen/examples/realworld/password"
)

// secret signs the tokens of every application under test.
var secret = []byte("the secret of the suite, 32 bytes and more")

// A rule is one sentence of the description, and its proof.
type rule struct {
	sentence string
	holds    func(c *client)
}

// proved counts the subtests that ran.
var proved atomic.Int64

// prove runs each rule as a subtest with a fresh application.
func prove(t *testing.T, rules ...rule) {
	proveOn(t, "", func(*testing.T) string { return ":memory:" }, rules)
}

// proveOnFiles is prove with databases in files, which have several connections.
func proveOnFiles(t *testing.T, rules ...rule) {
	proveOn(t, ", in a file", func(t *testing.T) string { return filepath.Join(t.TempDir(), "conduit.db") }, rules)
}

func proveOn(t *testing.T, where string, db func(t *testing.T) string, rules []rule) {
	for _, r := range rules {
		t.Run(r.sentence+where, func(t *testing.T) {
			t.Parallel()
			proved.Add(1)
			r.holds(start(t, db(t)))
		})
	}
}

// row runs a subtest on the database of c: one row of a table.
func (c *client) row(name string, f func(c *client)) {
	c.Helper()
	c.Run(name, func(t *testing.T) {
		proved.Add(1)
		row := *c
		row.T = t
		f(&row)
	})
}

// A client is somebody who asks: signed in, or, without a token, anybody.
type client struct {
	*testing.T
	base  string // "http://127.0.0.1:1234/api"
	http  *http.Client
	token string
	name  string
}

// start serves an application with an empty database, and returns a client
// without a token.
func start(t *testing.T, db string) *client {
	t.Helper()
	app, err := conduit.Open(t.Context(), conduit.Config{
		DB: db, Secret: secret, PasswordCost: hashes.Cheap,
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(app.Handler())
	t.Cleanup(func() {
		server.Close()
		if err := app.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return connect(t, server.URL, server.Client().Transport)
}

// connect returns a client of a server that is already there.
func connect(t *testing.T, url string, transport http.RoundTripper) *client {
	return &client{T: t, base: url + "/api", http: &http.Client{
		Transport: transport,
		// Redirects are answers like all others, and never right.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// password is everybody's.
const password = "password123"

// register makes a user, and returns a client that is signed in as that user.
func (c *client) register(name string) *client {
	c.Helper()
	token := c.post("/users", newUser(name, name+"@conduit.test", password)).is(201).text("user.token")
	return c.with(token, name)
}

// with returns a client with another token.
func (c *client) with(token, name string) *client {
	other := *c
	other.token, other.name = token, name
	return &other
}

// publish makes an article, and returns its slug.
func (c *client) publish(title string, tags ...string) string {
	c.Helper()
	return c.post("/articles", newArticle(title, tags...)).is(201).text("article.slug")
}

// comment comments on an article, and returns the path of the comment.
func (c *client) comment(slug, text string) string {
	c.Helper()
	a := c.post("/articles/"+slug+"/comments", object("comment", object("body", text))).is(201)
	return fmt.Sprintf("/articles/%s/comments/%v", slug, a.at("comment.id"))
}

func newUser(name, email, password string) string {
	return object("user", object("username", name, "email", email, "password", password))
}

func credentials(email, password string) string {
	return object("user", object("email", email, "password", password))
}

func newArticle(title string, tags ...string) string {
	if tags == nil {
		tags = []string{}
	}
	return object("article", object("title", title, "description", "About "+title, "body", "All of "+title, "tagList", tags))
}

// object writes a JSON object of names and values; a value may be the text of an
// object.
func object(pairs ...any) string {
	members := make([]string, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		value, ok := pairs[i+1].(string)
		if !ok || !strings.HasPrefix(value, "{") || !json.Valid([]byte(value)) {
			value = quote(pairs[i+1])
		}
		members = append(members, quote(pairs[i])+":"+value)
	}
	return "{" + strings.Join(members, ",") + "}"
}

func quote(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func (c *client) get(path string) *answer        { c.Helper(); return c.send("GET", path, "") }
func (c *client) post(path, body string) *answer { c.Helper(); return c.send("POST", path, body) }
func (c *client) put(path, body string) *answer  { c.Helper(); return c.send("PUT", path, body) }
func (c *client) delete(path string) *answer     { c.Helper(); return c.send("DELETE", path, "") }

// send asks for a path below /api; a body is JSON.
func (c *client) send(method, path, body string) *answer {
	c.Helper()
	header := http.Header{}
	if body != "" {
		header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		header.Set("Authorization", "Token "+c.token)
	}
	return c.do(method, path, header, body)
}

// as asks with another Authorization header; "" sends none.
func (c *client) as(authorization, method, path, body string) *answer {
	c.Helper()
	header := http.Header{}
	if body != "" {
		header.Set("Content-Type", "application/json")
	}
	if authorization != "" {
		header.Set("Authorization", authorization)
	}
	return c.do(method, path, header, body)
}

// do asks for anything, and complains about answers that nothing can excuse.
func (c *client) do(method, path string, header http.Header, body string) *answer {
	c.Helper()
	a := &answer{c: c, asked: strings.TrimSpace(method + " " + path + " " + short(body))}
	request, err := http.NewRequestWithContext(c.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.Fatalf("%s: %v", a.asked, err)
	}
	if body == "" {
		request.Body = http.NoBody
	}
	request.Header = header
	response, err := c.http.Do(request)
	if err != nil {
		c.Fatalf("%s: %v", a.asked, err)
	}
	return a.read(request, response)
}

// raw asks with bytes of its own on a connection of its own, and goes on
// reading when the server stops reading.
func (c *client) raw(method, path string, parts ...string) *answer {
	c.Helper()
	a := &answer{c: c, asked: strings.TrimSpace(method + " " + path)}
	request := httptest.NewRequestWithContext(c.Context(), method, c.base+path, nil)
	conn, err := net.Dial("tcp", request.Host)
	if err != nil {
		c.Fatal(err)
	}
	defer conn.Close()
	go func() {
		fmt.Fprintf(conn, "%s /api%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Token %s\r\nContent-Type: application/json\r\n",
			method, path, request.Host, c.token)
		for _, part := range parts {
			if _, err := io.WriteString(conn, part); err != nil {
				return
			}
		}
	}()
	response, err := http.ReadResponse(bufio.NewReader(conn), request)
	if err != nil {
		c.Fatalf("%s: %v", a.asked, err)
	}
	return a.read(request, response)
}

// read reads the answer to a request, and judges it.
func (a *answer) read(request *http.Request, response *http.Response) *answer {
	a.c.Helper()
	defer response.Body.Close()
	var err error
	if a.body, err = io.ReadAll(response.Body); err != nil {
		a.c.Fatalf("%s: %v", a.asked, err)
	}
	a.status, a.header, a.response = response.StatusCode, response.Header, response
	a.common(request.Method)
	for _, problem := range document().check(request.URL, a) {
		a.c.Errorf("%s: the document does not promise this answer: %s\n%v", a.asked, problem, a)
	}
	return a
}

// An answer is what came back.
type answer struct {
	c        *client
	asked    string // "GET /articles"
	response *http.Response
	status   int
	header   http.Header
	body     []byte
	value    any // of the body; numbers are json.Number
}

// common checks what holds for each answer: nothing breaks, nothing redirects,
// bodies are JSON, refusals have the one shape.
func (a *answer) common(method string) {
	a.c.Helper()
	switch {
	case a.status >= 500:
		a.fail("the server broke")
	case a.status >= 300 && a.status < 400:
		a.fail("a redirect to %s", a.header.Get("Location"))
	case a.status == http.StatusNoContent || method == "HEAD":
		if len(a.body) > 0 {
			a.fail("a body where none may be")
		}
		return
	case method == "OPTIONS" && len(a.body) == 0:
		return
	}
	if got := strings.ToLower(a.header.Get("Content-Type")); got != "application/json; charset=utf-8" {
		a.fail("Content-Type is %q", got)
	}
	decoder := json.NewDecoder(bytes.NewReader(a.body))
	decoder.UseNumber()
	if err := decoder.Decode(&a.value); err != nil {
		a.fail("no JSON: %v", err)
	}
	if decoder.More() {
		a.fail("more than one JSON value")
	}
	if a.status >= 400 {
		a.refusal()
		return
	}
	a.objects("", a.value)
}

// refusal checks {"errors": {"<key>": ["<text>", …]}}.
func (a *answer) refusal() {
	a.c.Helper()
	envelope, _ := a.value.(map[string]any)
	errs, ok := envelope["errors"].(map[string]any)
	if !ok || len(envelope) != 1 || len(errs) == 0 {
		a.fail("not the shape of errors")
	}
	for key, value := range errs {
		texts, ok := value.([]any)
		if !ok || len(texts) == 0 || key == "" {
			a.fail("%q is not a key with a list of texts", key)
		}
		for _, text := range texts {
			if s, ok := text.(string); !ok || s == "" {
				a.fail("%q has %v, not a text", key, text)
			}
		}
	}
}

var (
	profileMembers = []string{"username", "bio", "image", "following"}
	memberNames    = map[string][]string{
		"user":    {"email", "token", "username", "bio", "image"},
		"profile": profileMembers,
		"author":  profileMembers,
		"article": {"slug", "title", "description", "body", "tagList", "createdAt", "updatedAt", "favorited", "favoritesCount", "author"},
		// An article of a list has no body.
		"articles": {"slug", "title", "description", "tagList", "createdAt", "updatedAt", "favorited", "favoritesCount", "author"},
		"comment":  {"id", "createdAt", "updatedAt", "body", "author"},
		"comments": {"id", "createdAt", "updatedAt", "body", "author"},
	}
	memberTypes = map[string]string{
		"articles": "<list>", "comments": "<list>", "tags": "<list>", "tagList": "<list>",
		"articlesCount": "<count>", "favoritesCount": "<count>", "id": "<count>",
		"createdAt": "<time>", "updatedAt": "<time>",
		"favorited": "<bool>", "following": "<bool>",
		"bio": "<text or null>", "image": "<text or null>",
		"slug": "<text>", "username": "<text>", "email": "<text>", "token": "<text>",
		"title": "<text>", "description": "<text>", "body": "<text>",
	}
)

// objects checks that each object has exactly its members, wherever it stands
// in an answer, and that each member is of its type.
func (a *answer) objects(name string, value any) {
	a.c.Helper()
	if want := memberTypes[name]; want != "" {
		if problem := mismatch(name, want, value); problem != "" {
			a.fail("%s", problem)
		}
	}
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			if _, ok := element.(map[string]any); ok {
				a.objects(name+"[]", element)
			}
		}
	case map[string]any:
		if names := memberNames[strings.TrimSuffix(name, "[]")]; names != nil {
			for _, n := range names {
				if _, ok := value[n]; !ok {
					a.fail("%s has no %s", name, n)
				}
			}
			if len(value) != len(names) {
				a.fail("%s has members beyond %v", name, names)
			}
		}
		for n, v := range value {
			a.objects(n, v)
		}
	}
}

// is wants a status, and a JSON value if one is given: see mismatch.
func (a *answer) is(status int, want ...string) *answer {
	a.c.Helper()
	if a.status != status {
		a.fail("status is %d, want %d", a.status, status)
	}
	for _, text := range want {
		var value any
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(&value); err != nil {
			a.c.Fatalf("%v in the wanted value\n%s", err, text)
		}
		if problem := mismatch("", value, a.value); problem != "" {
			a.fail("%s", problem)
		}
	}
	return a
}

// refused wants exactly one error.
func (a *answer) refused(status int, key, text string) {
	a.c.Helper()
	a.is(status, object("errors", object(key, []string{text})))
}

// refusedFor wants exactly these keys, with whatever texts.
func (a *answer) refusedFor(status int, keys ...string) {
	a.c.Helper()
	errs := a.is(status).at("errors").(map[string]any)
	for _, key := range keys {
		if _, ok := errs[key]; !ok || len(errs) != len(keys) {
			a.fail("the keys are not %v", keys)
		}
	}
}

// refusedWith wants one of several statuses, where the choice is left open.
func (a *answer) refusedWith(statuses ...int) {
	a.c.Helper()
	for _, status := range statuses {
		if a.status == status {
			return
		}
	}
	a.fail("status is %d, want one of %v", a.status, statuses)
}

// at returns a part of the answer: "article.author.username", "articles.0".
func (a *answer) at(path string) any {
	a.c.Helper()
	value := a.value
	for name := range strings.SplitSeq(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			member, ok := v[name]
			if !ok {
				a.fail("there is no %s", path)
			}
			value = member
		case []any:
			var i int
			if _, err := fmt.Sscan(name, &i); err != nil || i >= len(v) {
				a.fail("there is no %s", path)
			}
			value = v[i]
		default:
			a.fail("there is no %s", path)
		}
	}
	return value
}

// text returns a part that is a string.
func (a *answer) text(path string) string {
	a.c.Helper()
	text, ok := a.at(path).(string)
	if !ok {
		a.fail("%s is no string", path)
	}
	return text
}

// each returns one member of each object of a list: each("articles", "title").
func (a *answer) each(list, member string) []string {
	a.c.Helper()
	texts := []string{}
	elements, _ := a.at(list).([]any)
	for i := range elements {
		texts = append(texts, fmt.Sprint(a.at(fmt.Sprintf("%s.%d.%s", list, i, member))))
	}
	return texts
}

// fail ends the test, or the goroutine that asks beside it, and shows what was
// asked and answered.
func (a *answer) fail(format string, args ...any) {
	a.c.Helper()
	a.c.Fatalf("%s: %s\n%v", a.asked, fmt.Sprintf(format, args...), a)
}

// String shows the answer.
func (a *answer) String() string {
	return fmt.Sprintf("\t%d %s\n\t%s", a.status, a.header.Get("Content-Type"), short(string(a.body)))
}

func short(text string) string {
	if len(text) > 500 {
		return text[:500] + "…"
	}
	return text
}

// rfc3339 has a fraction that is always there, and is in UTC.
var rfc3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}Z$`)

// mismatch compares a value with what is wanted of it, and returns what is
// wrong, or "". Objects have exactly the members that are wanted, or further
// ones where "..." is wanted too. A text in angle brackets wants a type.
func mismatch(at string, want, got any) string {
	wrong := func() string {
		return fmt.Sprintf("%s is %s, want %s", strings.TrimPrefix(at, "."), quote(got), quote(want))
	}
	switch want := want.(type) {
	case map[string]any:
		members, ok := got.(map[string]any)
		if !ok {
			return wrong()
		}
		_, open := want["..."]
		for name, value := range want {
			if name == "..." {
				continue
			}
			if _, ok := members[name]; !ok {
				return fmt.Sprintf("%s.%s is missing", at, name)
			}
			if problem := mismatch(at+"."+name, value, members[name]); problem != "" {
				return problem
			}
		}
		for name := range members {
			if _, ok := want[name]; !ok && !open {
				return fmt.Sprintf("%s.%s is too much", at, name)
			}
		}
		return ""
	case []any:
		elements, ok := got.([]any)
		if !ok || len(elements) != len(want) {
			return wrong()
		}
		for i := range want {
			if problem := mismatch(fmt.Sprintf("%s[%d]", at, i), want[i], elements[i]); problem != "" {
				return problem
			}
		}
		return ""
	case string:
		if is := types[want]; is != nil {
			if !is(got) {
				return wrong()
			}
			return ""
		}
	}
	if want != got {
		return wrong()
	}
	return ""
}

var count = regexp.MustCompile(`^(0|[1-9]\d*)$`)

// types are the texts in angle brackets that stand for any value of a type.
var types = map[string]func(value any) bool{
	"<text>":         isText,
	"<text or null>": func(value any) bool { return value == nil || isText(value) },
	"<time>":         func(value any) bool { text, _ := value.(string); return rfc3339.MatchString(text) },
	"<count>":        func(value any) bool { number, _ := value.(json.Number); return count.MatchString(number.String()) },
	"<bool>":         func(value any) bool { _, ok := value.(bool); return ok },
	"<list>":         func(value any) bool { _, ok := value.([]any); return ok },
}

func isText(value any) bool { text, _ := value.(string); return text != "" }
