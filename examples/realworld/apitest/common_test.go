package apitest

import (
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMain says how much was proved, and, when everything ran, which answers of
// the document nobody got. Whatever clients do, it is no error of the server, so
// its log has none. Applications that are closed leave nothing behind.
func TestMain(m *testing.M) {
	var errs faults
	slog.SetDefault(slog.New(slog.NewTextHandler(&errs, &slog.HandlerOptions{Level: slog.LevelError})))
	code := m.Run()
	fmt.Printf("%d rules of the API proved\n", proved.Load())
	if text := errs.String(); text != "" {
		fmt.Printf("the log has errors:\n%s", text)
		code = 1
	}
	if text := leftBehind(); text != "" {
		fmt.Printf("applications that are closed still run:\n%s\n", text)
		code = 1
	}
	if run := flag.Lookup("test.run").Value.String(); run == "" {
		if unseen := document().unseen(); len(unseen) > 0 {
			fmt.Printf("the document promises answers that no test got:\n\t%s\n", strings.Join(unseen, "\n\t"))
			code = 1
		}
	}
	os.Exit(code)
}

// leftBehind returns the stack of a goroutine of a database or a server that
// does not end, or "".
func leftBehind() (left string) {
	stacks := make([]byte, 1<<20)
	for range 500 {
		left = ""
		for stack := range strings.SplitSeq(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
			if strings.Contains(stack, "database/sql.") || strings.Contains(stack, "net/http.(*conn)") {
				left = stack
			}
		}
		if left == "" {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return left
}

// faults are lines of a log, written by many goroutines.
type faults struct {
	mu   sync.Mutex
	text strings.Builder
}

func (f *faults) Write(line []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.text.Write(line)
}

func (f *faults) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.text.String()
}

// An endpoint is one row of the table of endpoints, on a site as setTable
// leaves it: ann has the article, ben's is the comment.
type endpoint struct {
	method, path string
	auth         string // "yes", "opt" or "no"
	body         string
	success      int
	envelope     string // of the answer; "" is no body
}

// endpoints returns the whole table for an article and a comment.
func endpoints(slug, comment string) []endpoint {
	text := object("comment", object("body", "Nice"))
	return []endpoint{
		{"POST", "/users", "no", newUser("new", "new@conduit.test", password), 201, "user"},
		{"POST", "/users/login", "no", credentials("ann@conduit.test", password), 200, "user"},
		{"GET", "/user", "yes", "", 200, "user"},
		{"PUT", "/user", "yes", object("user", object("bio", "Me")), 200, "user"},
		{"GET", "/profiles/ann", "opt", "", 200, "profile"},
		{"POST", "/profiles/ann/follow", "yes", "", 200, "profile"},
		{"DELETE", "/profiles/ann/follow", "yes", "", 200, "profile"},
		{"GET", "/articles", "opt", "", 200, "articles"},
		{"GET", "/articles/feed", "yes", "", 200, "articles"},
		{"POST", "/articles", "yes", newArticle("More"), 201, "article"},
		{"GET", "/articles/" + slug, "opt", "", 200, "article"},
		{"GET", "/articles/" + slug + "/comments", "opt", "", 200, "comments"},
		{"POST", "/articles/" + slug + "/comments", "yes", text, 201, "comment"},
		{"POST", "/articles/" + slug + "/favorite", "yes", "", 200, "article"},
		{"DELETE", "/articles/" + slug + "/favorite", "yes", "", 200, "article"},
		{"GET", "/tags", "no", "", 200, "tags"},
		{"PUT", "/articles/" + slug, "yes", object("article", object("body", "Other")), 200, "article"},
		{"DELETE", comment, "yes", "", 204, ""},
		{"DELETE", "/articles/" + slug, "yes", "", 204, ""},
	}
}

// setTable makes what the table of endpoints needs, and returns ann, who may do
// all of it.
func setTable(c *client) (ann *client, table []endpoint) {
	c.Helper()
	ann = c.register("ann")
	slug := ann.publish("Title", "tag")
	return ann, endpoints(slug, ann.comment(slug, "First"))
}

func TestEndpoints(t *testing.T) {
	prove(t,
		rule{"each endpoint succeeds with its status and envelope", func(c *client) {
			ann, table := setTable(c)
			for _, e := range table {
				ann.row(e.method+" "+e.path, func(ann *client) {
					a := ann.send(e.method, e.path, e.body).is(e.success)
					if e.envelope != "" {
						a.at(e.envelope)
					}
				})
			}
		}},
		rule{"without a token, what needs none succeeds and the rest is 401", func(c *client) {
			_, table := setTable(c)
			for _, e := range table {
				c.row(e.method+" "+e.path+", auth "+e.auth, func(c *client) {
					a := c.send(e.method, e.path, e.body)
					if e.auth == "yes" {
						a.refused(401, "token", "is missing")
					} else {
						a.is(e.success)
					}
				})
			}
		}},
		rule{"with a worthless token, what needs one is 401, and the rest is the anonymous view", func(c *client) {
			_, table := setTable(c)
			for _, e := range table {
				c.row(e.method+" "+e.path+", auth "+e.auth, func(c *client) {
					a := c.with("worthless", "").send(e.method, e.path, e.body)
					if e.auth == "yes" {
						a.refused(401, "token", "is invalid")
					} else {
						a.is(e.success)
					}
				})
			}
		}},
		rule{"no endpoint has a trailing slash, nor redirects to one or from one", func(c *client) {
			ann, table := setTable(c)
			for _, e := range table {
				ann.row(e.method+" "+e.path+"/", func(ann *client) {
					ann.send(e.method, e.path+"/", e.body).is(404)
				})
			}
		}},
		rule{"methods that an endpoint has not are 405 with those that it has", func(c *client) {
			ann, table := setTable(c)
			allowed := map[string][]string{}
			for _, e := range table {
				allowed[e.path] = append(allowed[e.path], e.method)
			}
			for path, methods := range allowed {
				for _, method := range []string{"GET", "POST", "PUT", "DELETE", "PATCH", "QUERY"} {
					if slices.Contains(methods, method) || path == "/articles/feed" && (method == "PUT" || method == "DELETE") {
						continue // feed may be a slug there
					}
					ann.row(method+" "+path, func(ann *client) {
						for _, c := range []*client{ann, ann.with("", "")} {
							a := c.send(method, path, "").is(405)
							for _, want := range methods {
								if !slices.Contains(strings.Split(a.header.Get("Allow"), ", "), want) {
									a.fail("Allow is %q, which lacks %s", a.header.Get("Allow"), want)
								}
							}
						}
					})
				}
			}
		}},
		rule{"feed is no slug", func(c *client) {
			ann := c.register("ann")
			ann.get("/articles/feed").is(200, `{"articles": [], "articlesCount": 0}`)
			slug := ann.publish("feed")
			if slug == "feed" {
				c.Errorf("an article has the slug feed, and cannot be read")
			}
			ann.get("/articles/"+slug).is(200, `{"article": {"title": "feed", "...": 0}}`)
		}},
	)
}

func TestCommonGround(t *testing.T) {
	prove(t,
		rule{"paths outside of /api and unknown ones below are 404", func(c *client) {
			ann := c.register("ann")
			for _, path := range []string{
				"", "/", "/nothing", "/users/1", "/user/1", "/profiles", "/profiles/ann/followers", "/articles/a/b", "/tags/x",
				"/API/tags", "/Tags", "/articles/a/b/c/d", "/user%2F", "/%75ser/", "/tags%00",
			} {
				ann.row(path, func(c *client) { c.get(path).is(404) })
			}
			outside := *c
			outside.base = strings.TrimSuffix(c.base, "/api")
			outside.get("/tags").is(404)
			outside.get("/").is(404)
			outside.get("/apis/tags").is(404)
		}},
		rule{"paths that are not clean are 404, or sent to the clean path as net/http does", func(c *client) {
			ann := c.register("ann")
			for path, clean := range map[string]string{
				"/../users": "/users", "/./tags": "/api/tags", "//tags": "/api/tags", "/articles//comments": "/api/articles/comments",
				"/profiles/..": "/api", "/profiles/.": "/api/profiles", "/profiles/../user": "/api/user", "/profiles/ann/../ann": "/api/profiles/ann",
				"/profiles//follow": "/api/profiles/follow",
			} {
				ann.row(path, func(ann *client) {
					response, err := ann.http.Get(ann.base + path)
					if err != nil {
						ann.Fatal(err)
					}
					response.Body.Close()
					location := strings.TrimSuffix(response.Header.Get("Location"), "/")
					if response.StatusCode != 404 && (response.StatusCode/100 != 3 || location != clean) {
						ann.Errorf("GET %s: %s, to %s", path, response.Status, location)
					}
				})
			}
		}},
		rule{"HEAD is GET without a body", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title")
			for path, status := range map[string]int{
				"/user": 200, "/profiles/ann": 200, "/profiles/nobody": 404, "/articles": 200, "/articles/" + slug: 200,
				"/articles/none": 404, "/articles/feed": 200, "/articles/" + slug + "/comments": 200, "/tags": 200, "/none": 404,
				"/articles?limit=0": 422,
			} {
				ann.row(path, func(ann *client) {
					a := ann.send("HEAD", path, "").is(status)
					if got, want := a.header.Get("Content-Type"), ann.get(path).header.Get("Content-Type"); got != want {
						a.fail("Content-Type is %q, with GET it is %q", got, want)
					}
				})
			}
			c.send("HEAD", "/user", "").is(401)
		}},
		rule{"an empty database has empty lists, never null", func(c *client) {
			c.get("/articles").is(200, `{"articles": [], "articlesCount": 0}`)
			c.get("/tags").is(200, `{"tags": []}`)
			ann := c.register("ann")
			ann.get("/articles/feed").is(200, `{"articles": [], "articlesCount": 0}`)
			slug := ann.publish("Title")
			c.get("/articles/"+slug+"/comments").is(200, `{"comments": []}`)
			c.get("/articles/"+slug).is(200, `{"article": {"tagList": [], "...": 0}}`)
		}},
		rule{"unknown members of bodies are ignored", func(c *client) {
			more := func(envelope, member, rest string) string {
				return fmt.Sprintf(`{"extra": [1, {"a": null}], %q: {"admin": true, "id": {}, %s}, %q: 1}`, envelope, rest, member)
			}
			c.post("/users", more("user", "other", `"username": "ann", "email": "ann@conduit.test", "password": "password123"`)).is(201)
			a := c.post("/users/login", more("user", "other", `"email": "ann@conduit.test", "password": "password123"`)).is(200)
			ann := c.with(a.text("user.token"), "ann")
			ann.put("/user", more("user", "other", `"bio": "Me", "token": 1, "following": 1`)).is(200)
			a = ann.post("/articles", more("article", "other", `"title": "T", "description": "D", "body": "B", "slug": "mine"`)).is(201)
			slug := a.text("article.slug")
			ann.put("/articles/"+slug, more("article", "other", `"body": "C", "favoritesCount": 100`)).
				is(200, `{"article": {"body": "C", "favoritesCount": 0, "...": 0}}`)
			ann.post("/articles/"+slug+"/comments", more("comment", "other", `"body": "C", "author": 1`)).is(201)
		}},
		rule{"unknown query members are ignored", func(c *client) {
			c.register("ann").publish("Title")
			c.get("/articles?page=1&sort=&x[]=1").is(200, `{"articlesCount": 1, "...": 0}`)
		}},
	)
}

// localFront is where the front end of a developer runs.
const localFront = "http://localhost:4200"

func TestCORS(t *testing.T) {
	preflight := func(c *client, path, method, headers string) *answer {
		c.Helper()
		return c.do("OPTIONS", path, http.Header{
			"Origin": {localFront}, "Access-Control-Request-Method": {method}, "Access-Control-Request-Headers": {headers},
		}, "")
	}
	allows := func(a *answer, header, want string) {
		a.c.Helper()
		for _, got := range strings.Split(a.header.Get(header), ",") {
			if got = strings.TrimSpace(got); got == "*" && want != "authorization" || strings.EqualFold(got, want) {
				return
			}
		}
		a.fail("%s is %q, want %s in it", header, a.header.Get(header), want)
	}
	prove(t,
		rule{"a preflight of each endpoint is answered without authentication", func(c *client) {
			_, table := setTable(c)
			for _, e := range table {
				c.row(e.method+" "+e.path, func(c *client) {
					a := preflight(c, e.path, e.method, "authorization,content-type")
					if a.status != 200 && a.status != 204 {
						a.fail("status is %d", a.status)
					}
					allows(a, "Access-Control-Allow-Origin", localFront)
					allows(a, "Access-Control-Allow-Methods", e.method)
					allows(a, "Access-Control-Allow-Headers", "authorization")
					allows(a, "Access-Control-Allow-Headers", "content-type")
				})
			}
		}},
		rule{"preflights allow one header as well as none", func(c *client) {
			allows(preflight(c, "/articles", "POST", "content-type"), "Access-Control-Allow-Headers", "content-type")
			allows(preflight(c, "/articles", "GET", "authorization"), "Access-Control-Allow-Headers", "authorization")
			a := c.do("OPTIONS", "/tags", http.Header{"Origin": {localFront}, "Access-Control-Request-Method": {"GET"}}, "")
			allows(a, "Access-Control-Allow-Origin", localFront)
		}},
		rule{"OPTIONS is answered without authentication, even if it is no preflight", func(c *client) {
			for _, path := range []string{"/user", "/articles", "/articles/feed", "/articles/none", "/tags", "/nothing"} {
				c.row(path, func(c *client) {
					a := c.send("OPTIONS", path, "")
					if a.status != 200 && a.status != 204 {
						a.fail("status is %d", a.status)
					}
					allows(a, "Access-Control-Allow-Origin", localFront)
					for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
						allows(a, "Access-Control-Allow-Methods", method)
					}
					allows(a, "Access-Control-Allow-Headers", "authorization")
					allows(a, "Access-Control-Allow-Headers", "content-type")
				})
			}
		}},
		rule{"answers may be read by any origin, refusals too", func(c *client) {
			ann := c.register("ann")
			for _, ask := range []struct {
				method, path, body string
				status             int
			}{
				{"GET", "/tags", "", 200},
				{"GET", "/user", "", 200},
				{"POST", "/articles", newArticle("Title"), 201},
				{"GET", "/articles/none", "", 404},
				{"GET", "/nothing", "", 404},
				{"PATCH", "/tags", "", 405},
				{"POST", "/articles", "{", 422},
				{"POST", "/users", newUser("ann", "ann@conduit.test", password), 409},
			} {
				ann.row(fmt.Sprint(ask.status, " ", ask.method, " ", ask.path), func(ann *client) {
					header := http.Header{
						"Origin": {localFront}, "Authorization": {"Token " + ann.token}, "Content-Type": {"application/json"},
					}
					allows(ann.do(ask.method, ask.path, header, ask.body).is(ask.status), "Access-Control-Allow-Origin", localFront)
				})
			}
			a := c.do("GET", "/user", http.Header{"Origin": {localFront}}, "").is(401)
			allows(a, "Access-Control-Allow-Origin", localFront)
		}},
	)
}
