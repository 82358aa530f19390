package apitest

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// TestHostile asks what no front end asks.
func TestHostile(t *testing.T) {
	prove(t,
		rule{"bodies that are no JSON, or no object, or without the envelope, are 422", func(c *client) {
			ann, table := setTable(c)
			for _, e := range table {
				if e.body == "" {
					continue
				}
				envelope := strings.TrimPrefix(e.body, `{"`)
				envelope = envelope[:strings.Index(envelope, `"`)]
				for _, body := range []string{
					"", " ", "{", "}", "{}", "[]", "null", "1", `"text"`, "no JSON", `{"` + envelope, `{"` + envelope + `":`, `{"` + envelope + `":{}`,
					e.body + "}", e.body + e.body, e.body + " x", `{'` + envelope + `':{}}`, "\ufeff" + e.body, "\x00", "<user/>", "user[name]=ann",
					`{"` + envelope + `":null}`, `{"` + envelope + `":[]}`, `{"` + envelope + `":1}`, `{"` + envelope + `":"{}"}`, `[` + e.body + `]`,
					`{"other":{}}`, strings.Repeat(`{"a":`, 20_000), strings.Repeat("[", 20_000),
				} {
					ann.row(fmt.Sprintf("%s %s %.60q", e.method, e.path, body), func(ann *client) {
						header := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Token " + ann.token}}
						errs := ann.do(e.method, e.path, header, body).is(422).at("errors").(map[string]any)
						for key := range errs {
							if !slices.Contains([]string{"body", envelope, "username", "email", "password", "title", "description"}, key) {
								ann.Errorf("%s %s with %.60q: the key is %s", e.method, e.path, body, key)
							}
						}
					})
				}
			}
		}},
		rule{"a field with two faults has one key", func(c *client) {
			c.post("/users", `{"user": {"username": "", "email": 1, "password": null}}`).is(422)
			c.post("/users", `{"user": {"username": "a", "username": "b", "email": "a@conduit.test", "password": "password123"}}`)
		}},
		rule{"bodies of another media type are refused in the one shape", func(c *client) {
			ann := c.register("ann")
			for _, media := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", "nonsense", "application/", ""} {
				ann.row(media, func(ann *client) {
					header := http.Header{"Authorization": {"Token " + ann.token}}
					if media != "" {
						header.Set("Content-Type", media)
					}
					ann.do("POST", "/articles", header, newArticle("Title")).refusedWith(415, 422)
				})
			}
			for _, media := range []string{"application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON"} {
				ann.row(media, func(ann *client) {
					header := http.Header{"Authorization": {"Token " + ann.token}, "Content-Type": {media}}
					ann.do("POST", "/articles", header, newArticle("Title")).is(201)
				})
			}
		}},
		rule{"oversized bodies are refused in the one shape, whatever they hold", func(c *client) {
			ann, table := setTable(c)
			for _, e := range table {
				if e.body == "" {
					continue
				}
				for name, body := range map[string]string{
					"a member too long": strings.Replace(e.body, `":"`, `":"`+strings.Repeat("x", 12<<20), 1),
					"an extra member":   `{"extra": "` + strings.Repeat("x", 12<<20) + `", ` + e.body[1:],
					"space before it":   strings.Repeat(" ", 12<<20) + e.body,
					"space behind it":   e.body + strings.Repeat(" ", 12<<20),
				} {
					ann.row(e.method+" "+e.path+" "+name, func(ann *client) {
						ann.raw(e.method, e.path, fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body)), body).refusedFor(413, "body")
					})
					ann.row(e.method+" "+e.path+" "+name+", in chunks", func(ann *client) {
						ann.raw(e.method, e.path, "Transfer-Encoding: chunked\r\n\r\n", fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body), body)).refusedFor(413, "body")
					})
				}
			}
			c.get("/articles").is(200, `{"articlesCount": 1, "...": 0}`)
		}},
		rule{"long articles are no oversized bodies", func(c *client) {
			ann := c.register("ann")
			text := strings.Repeat("A line of a long article.\n", 20_000)
			slug := ann.post("/articles", object("article", object("title", "T", "description", "D", "body", text))).is(201).text("article.slug")
			c.get("/articles/"+slug).is(200, `{"article": {"body": `+quote(text)+`, "...": 0}}`)
		}},
		rule{"bodies where none is wanted do not matter", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title")
			for _, body := range []string{"{}", "{", `{"user":{}}`, "text"} {
				ann.post("/articles/"+slug+"/favorite", body).is(200)
				ann.send("DELETE", "/articles/"+slug+"/favorite", body).is(200)
				ann.send("GET", "/user", body).is(200)
			}
		}},
		rule{"names with spaces, slashes, percent signs and letters of all kinds are found", func(c *client) {
			asker := c.register("asker")
			for _, name := range []string{
				"two words", "a/b", "a//b", "a/", "a%2Fb", "100%", "%", "%00", "ünïcødé", "漢字", "🔑", "a?b", "a#b", "a&b=c", "a+b", "a;b", "a:b", "a@b", "a\\b", "'quoted'", `"`,
				"'; DROP TABLE users; --", "' OR '1'='1", "<b>", "{id}", "*", "_", "follow", "feed", "~ann", "a..b", "...", "null", "Ann", "ANN",
			} {
				asker.row(name, func(asker *client) {
					email := url.QueryEscape(name) + "@conduit.test"
					someone := asker.with(asker.post("/users", newUser(name, email, password)).is(201).text("user.token"), name)
					profile := func(following bool) string {
						return fmt.Sprintf(`{"profile": {"username": %s, "bio": null, "image": null, "following": %t}}`, quote(name), following)
					}
					path := "/profiles/" + url.PathEscape(name)
					asker.get(path).is(200, profile(false))
					asker.post(path+"/follow", "").is(200, profile(true))
					asker.get(path).is(200, profile(true))
					asker.delete(path+"/follow").is(200, profile(false))
					slug := someone.publish("Title")
					someone.post("/articles/"+slug+"/favorite", "").is(200)
					query := url.QueryEscape(name)
					want := `{"articlesCount": 1, "articles": [{"slug": ` + quote(slug) + `, "...": 0}]}`
					asker.get("/articles?author="+query).is(200, want)
					asker.get("/articles?favorited="+query).is(200, want)
					asker.get("/articles?author="+query+"&favorited="+query).is(200, want)
				})
			}
		}},
		rule{"escaped dots and slashes are text, and redirect to nowhere", func(c *client) {
			ann := c.register("ann")
			for _, path := range []string{
				"/profiles/%2E%2E", "/profiles/%2E", "/profiles/%2E%2E%2Fuser", "/articles/..%2Fuser", "/articles/%2e%2e/user",
				"/profiles/ann/%2e%2e/ann", "/profiles/%2F", "/articles/%2F%2F",
			} {
				ann.row(path, func(ann *client) { ann.get(path).is(404) })
			}
		}},
		rule{"escapes in slugs and names are no more than text", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title")
			for _, text := range []string{
				"' OR '1'='1", slug + "' --", slug + "\x00", "%", "_", slug + "%", strings.ToUpper(slug), " " + slug, slug + " ", slug + "/", "../" + slug, "\xff\xfe", "\x00", "\r\nX: y",
				strings.Repeat("a", 5000), "[" + slug + "]", slug + "'; DELETE FROM articles; --",
			} {
				ann.row(fmt.Sprintf("%.40q", text), func(ann *client) {
					path := "/articles/" + url.PathEscape(text)
					ann.get(path).refused(404, "article", "not found")
					ann.put(path, change("body", "B")).refused(404, "article", "not found")
					ann.delete(path).refused(404, "article", "not found")
					ann.get(path+"/comments").refused(404, "article", "not found")
					ann.post(path+"/favorite", "").refused(404, "article", "not found")
					ann.get("/profiles/"+url.PathEscape(text)).refused(404, "profile", "not found")
					ann.get("/articles?tag="+url.QueryEscape(text)).is(200, `{"articles": [], "articlesCount": 0}`)
					ann.get("/articles?author="+url.QueryEscape(text)).is(200, `{"articles": [], "articlesCount": 0}`)
				})
			}
			c.get("/articles/" + slug).is(200)
		}},
		rule{"malformed queries are refused or ignored", func(c *client) {
			c.register("ann").publish("Title")
			for _, query := range []string{"%", "%zz", "tag=%", "a;b", "limit=1;offset=1", "&&&", "=", "=1", "limit", "tag=%FF", strings.Repeat("a=b&", 1000)} {
				c.row(fmt.Sprintf("%.40s", query), func(c *client) { c.get("/articles?"+query).refusedWith(200, 422) })
			}
		}},
		rule{"texts that are no UTF-8 are refused or mended", func(c *client) {
			ann := c.register("ann")
			a := ann.post("/articles", "{\"article\": {\"title\": \"a\xff\", \"description\": \"D\", \"body\": \"B\"}}")
			if a.status != 422 {
				a.is(201, `{"article": {"title": "a�", "...": 0}}`)
			}
		}},
		rule{"SQL in every field is text", func(c *client) {
			sql := `x'); DROP TABLE users; DROP TABLE articles; --"`
			a := c.post("/users", newUser(sql, "sql@conduit.test", sql)).is(201)
			ann := c.with(a.text("user.token"), sql)
			ann.put("/user", object("user", object("bio", sql, "image", sql))).is(200, `{"user": {"bio": `+quote(sql)+`, "image": `+quote(sql)+`, "...": 0}}`)
			slug := ann.publish(sql, sql)
			ann.comment(slug, sql)
			ann.put("/articles/"+slug, change("body", sql, "description", sql)).is(200, `{"article": {"body": `+quote(sql)+`, "...": 0}}`)
			c.get("/tags").is(200, `{"tags": [`+quote(sql)+`]}`)
			c.get("/articles?tag="+url.QueryEscape(sql)).is(200, `{"articlesCount": 1, "...": 0}`)
			c.post("/users/login", credentials("sql@conduit.test", sql)).is(200)
			c.post("/users/login", credentials("' OR 1=1 --", "' OR 1=1 --")).refused(401, "credentials", "invalid")
		}},
		rule{"a client that goes in the middle of its body harms nobody", func(c *client) {
			ann := c.register("ann")
			address := strings.TrimSuffix(strings.TrimPrefix(c.base, "http://"), "/api")
			for range 3 {
				conn, err := net.Dial("tcp", address)
				if err != nil {
					c.Fatal(err)
				}
				fmt.Fprintf(conn, "POST /api/articles HTTP/1.1\r\nHost: conduit\r\nAuthorization: Token %s\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"article\":", ann.token)
				conn.Close()
			}
			c.get("/articles").is(200, `{"articles": [], "articlesCount": 0}`)
		}},
		rule{"a body without a length is read as any other", func(c *client) {
			ann := c.register("ann")
			parts := []string{"Transfer-Encoding: chunked\r\n\r\n"}
			for _, part := range strings.SplitAfter(newArticle("In parts"), ":") {
				parts = append(parts, fmt.Sprintf("%x\r\n%s\r\n", len(part), part))
			}
			ann.raw("POST", "/articles", append(parts, "0\r\n\r\n")...).is(201)
			c.get("/articles").is(200, `{"articles": [{"title": "In parts", "...": 0}], "articlesCount": 1}`)
		}},
	)
}
