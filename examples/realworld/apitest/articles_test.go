package apitest

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// nobody's bio and image, followed by nobody.
func author(name string) string {
	return fmt.Sprintf(`{"username": %q, "bio": null, "image": null, "following": false}`, name)
}

// article is the answer about a new article of newArticle; in lists it has no
// body.
func article(name, title string, tags ...string) string {
	return listed(name, title, tags...)[:1] + fmt.Sprintf(`"body": "All of %s", `, title) + listed(name, title, tags...)[1:]
}

func listed(name, title string, tags ...string) string {
	if tags == nil {
		tags = []string{}
	}
	return fmt.Sprintf(`{"slug": "<text>", "title": %q, "description": "About %s", "tagList": %s, "createdAt": "<time>", "updatedAt": "<time>", "favorited": false, "favoritesCount": 0, "author": %s}`,
		title, title, quote(tags), author(name))
}

// change is the body of an update of an article.
func change(pairs ...any) string { return object("article", object(pairs...)) }

func TestCreateArticle(t *testing.T) {
	prove(t,
		rule{"the answer is the article, not favorited, count 0", func(c *client) {
			ann := c.register("ann")
			created := ann.post("/articles", newArticle("Title", "tag")).
				is(201, `{"article": `+article("ann", "Title", "tag")+`}`)
			c.get("/articles/"+created.text("article.slug")).is(200, string(created.body))
		}},
		rule{"tagList is optional", func(c *client) {
			ann := c.register("ann")
			body := `{"article": {"title": "T", "description": "About T", "body": "All of T"}}`
			ann.post("/articles", body).is(201, `{"article": `+article("ann", "T")+`}`)
		}},
		rule{"tagList may be empty, and null is the same or refused", func(c *client) {
			ann := c.register("ann")
			ann.post("/articles", change("title", "T", "description", "D", "body", "B", "tagList", []string{})).
				is(201, `{"article": {"tagList": [], "...": 0}}`)
			a := ann.post("/articles", change("title", "T", "description", "D", "body", "B", "tagList", nil))
			if a.status == 422 {
				a.refusedFor(422, "tagList")
			} else {
				a.is(201, `{"article": {"tagList": [], "...": 0}}`)
			}
		}},
		rule{"tags come in ascending order, whatever order they came in", func(c *client) {
			ann := c.register("ann")
			want := `{"article": {"tagList": ["a", "b", "c", "d"], "...": 0}}`
			slug := ann.post("/articles", newArticle("T", "d", "b", "a", "c")).is(201, want).text("article.slug")
			c.get("/articles/"+slug).is(200, want)
			c.get("/articles").is(200, `{"articles": [{"tagList": ["a", "b", "c", "d"], "...": 0}], "articlesCount": 1}`)
		}},
		rule{"a tag given twice is one tag", func(c *client) {
			slug := c.register("ann").publish("T", "b", "a", "b")
			c.get("/articles/"+slug).is(200, `{"article": {"tagList": ["a", "b"], "...": 0}}`)
		}},
		rule{"each field that is blank or missing is a key", func(c *client) {
			ann := c.register("ann")
			all := []string{"title", "description", "body"}
			for _, missing := range [][]string{{"title"}, {"description"}, {"body"}, {"title", "body"}, all} {
				for _, value := range []any{nil, "", "   ", "\n"} {
					ann.row(fmt.Sprintf("%s %q", missing, value), func(ann *client) {
						fields, errs := []any{}, []any{}
						for _, name := range all {
							switch {
							case !slices.Contains(missing, name):
								fields = append(fields, name, "good")
								continue
							case value != nil:
								fields = append(fields, name, value)
							}
							errs = append(errs, name, []string{blank})
						}
						ann.post("/articles", change(fields...)).is(422, object("errors", object(errs...)))
					})
				}
			}
			c.get("/articles").is(200, `{"articles": [], "articlesCount": 0}`)
		}},
		rule{"null and wrong types are 422 for the field", func(c *client) {
			ann := c.register("ann")
			for _, field := range []string{"title", "description", "body"} {
				for _, value := range []string{"null", "1", "[]", "{}"} {
					ann.row(field+" "+value, func(ann *client) {
						body := `{"article": {"title": "T", "description": "D", "body": "B"}}`
						old := fmt.Sprintf(`%q: "%s"`, field, strings.ToUpper(field[:1]))
						ann.post("/articles", strings.Replace(body, old, fmt.Sprintf("%q: %s", field, value), 1)).refusedFor(422, field)
					})
				}
			}
			for _, value := range []string{`"tag"`, "1", "{}", "[1]", `["a", {}]`, `[["a"]]`} {
				ann.row("tagList "+value, func(ann *client) {
					body := `{"article": {"title": "T", "description": "D", "body": "B", "tagList": ` + value + `}}`
					a := ann.post("/articles", body).is(422)
					for key := range a.at("errors").(map[string]any) {
						if !strings.HasPrefix(key, "tagList") {
							a.fail("the key is %s", key)
						}
					}
				})
			}
		}},
		rule{"titles may repeat, and each article has a slug of its own", func(c *client) {
			ann, ben := c.register("ann"), c.register("ben")
			slugs := []string{}
			for range 10 {
				slugs = append(slugs, ann.publish("The same"), ben.publish("The same"))
			}
			slices.Sort(slugs)
			if all := len(slugs); len(slices.Compact(slugs)) != all {
				c.Errorf("some slugs are the same: %s", slugs)
			}
			c.get("/articles").is(200, `{"articlesCount": 20, "...": 0}`)
		}},
		rule{"a slug needs no escaping and finds its article, whatever the title", func(c *client) {
			ann := c.register("ann")
			for _, title := range []string{
				"Title", "feed", "Two  words", "Ünïcödé", "漢字", "🔑", "!!!", "..", ".", "/", "a/b", "a%2Fb", "%", "?a=b", "#top", "a+b", "'; DROP TABLE articles; --",
				"<script>alert(1)</script>", "-", strings.Repeat("long ", 1000), "\u0000", "a\nb",
			} {
				ann.row(short(title), func(ann *client) {
					a := ann.post("/articles", newArticle(title)).is(201)
					slug := a.text("article.slug")
					if escaped := url.PathEscape(slug); escaped != slug || strings.Contains(slug, "..") {
						a.fail("the slug %q has to be written %q", slug, escaped)
					}
					want := `{"article": {"title": ` + quote(title) + `, "...": 0}}`
					ann.get("/articles/"+slug).is(200, want)
					ann.put("/articles/"+slug, change("body", "Other")).is(200, want)
					ann.post("/articles/"+slug+"/favorite", "").is(200, want)
					ann.delete("/articles/" + slug).is(204)
				})
			}
		}},
	)
}

func TestReadArticle(t *testing.T) {
	prove(t,
		rule{"anybody sees it, not favorited and the author not followed", func(c *client) {
			ann, ben := c.register("ann"), c.register("ben")
			slug := ann.publish("Title", "tag")
			c.get("/articles/"+slug).is(200, `{"article": `+article("ann", "Title", "tag")+`}`)
			ben.get("/articles/"+slug).is(200, `{"article": `+article("ann", "Title", "tag")+`}`)
			ann.get("/articles/"+slug).is(200, `{"article": `+article("ann", "Title", "tag")+`}`)
		}},
		rule{"an unknown slug is 404", func(c *client) {
			ann := c.register("ann")
			for _, c := range []*client{c, ann} {
				c.get("/articles/none").refused(404, "article", "not found")
			}
			ann.put("/articles/none", change("body", "B")).refused(404, "article", "not found")
			ann.delete("/articles/none").refused(404, "article", "not found")
		}},
		rule{"its times are now, in UTC, with a fraction", func(c *client) {
			before := time.Now().Add(-time.Second)
			slug := c.register("ann").publish("Title")
			a := c.get("/articles/"+slug).is(200, `{"article": {"createdAt": "<time>", "updatedAt": "<time>", "...": 0}}`)
			at, err := time.Parse(time.RFC3339Nano, a.text("article.createdAt"))
			if err != nil || at.Before(before) || at.After(time.Now().Add(time.Second)) {
				a.fail("createdAt is %v, and now it is %v", at, time.Now().UTC())
			}
			if a.text("article.updatedAt") != a.text("article.createdAt") {
				a.fail("a new article has been updated")
			}
		}},
	)
}

func TestUpdateArticle(t *testing.T) {
	prove(t,
		rule{"members that are absent leave their fields alone", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title", "b", "a")
			for i, update := range [][]any{{}, {"body", "New body"}, {"description", "New description"}, {"tagList", []string{"z", "y"}}, {"title", "New title"}} {
				a := ann.put("/articles/"+slug, change(update...))
				want := []string{"About Title", "All of Title", "Title", `["a", "b"]`}
				if i >= 1 {
					want[1] = "New body"
				}
				if i >= 2 {
					want[0] = "New description"
				}
				if i >= 3 {
					want[3] = `["y", "z"]`
				}
				if i >= 4 {
					want[2] = "New title"
				}
				now := fmt.Sprintf(`{"article": {"description": %q, "body": %q, "title": %q, "tagList": %s, "...": 0}}`, want[0], want[1], want[2], want[3])
				a.is(200, now)
				slug = a.text("article.slug")
				c.get("/articles/"+slug).is(200, now)
			}
		}},
		rule{"updatedAt moves at once, and createdAt does not", func(c *client) {
			ann := c.register("ann")
			for range 5 {
				created := ann.post("/articles", newArticle("Title")).is(201)
				slug := created.text("article.slug")
				updated := ann.put("/articles/"+slug, change("body", "New")).is(200)
				if updated.text("article.updatedAt") <= created.text("article.updatedAt") {
					updated.fail("updatedAt was %s", created.text("article.updatedAt"))
				}
				if updated.text("article.createdAt") != created.text("article.createdAt") {
					updated.fail("createdAt was %s", created.text("article.createdAt"))
				}
				ann.get("/articles/"+slug).is(200, string(updated.body))
			}
		}},
		rule{"tagList [] removes all tags, and that lasts", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title", "a", "b")
			none := `{"article": {"tagList": [], "...": 0}}`
			ann.put("/articles/"+slug, change("tagList", []string{})).is(200, none)
			ann.put("/articles/"+slug, change("body", "New")).is(200, none)
			c.get("/articles/"+slug).is(200, none)
			c.get("/articles?tag=a").is(200, `{"articles": [], "articlesCount": 0}`)
			c.get("/tags").is(200, `{"tags": []}`)
		}},
		rule{"tagList null is 422, and changes nothing", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title", "a")
			ann.put("/articles/"+slug, change("tagList", nil, "body", "changed")).refusedFor(422, "tagList")
			c.get("/articles/"+slug).is(200, `{"article": `+article("ann", "Title", "a")+`}`)
		}},
		rule{"tags are replaced, in ascending order", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title", "a", "b")
			want := `{"article": {"tagList": ["b", "c"], "...": 0}}`
			ann.put("/articles/"+slug, change("tagList", []string{"c", "b"})).is(200, want)
			c.get("/articles/"+slug).is(200, want)
		}},
		rule{"blank or null title, description or body is 422, and changes nothing", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title")
			for _, field := range []string{"title", "description", "body"} {
				for _, value := range []any{"", "  ", nil, 1, []int{}} {
					ann.row(fmt.Sprintf("%s %q", field, value), func(ann *client) {
						a := ann.put("/articles/"+slug, change(field, value))
						if _, ok := value.(string); ok {
							a.refused(422, field, blank)
						} else {
							a.refusedFor(422, field)
						}
						ann.get("/articles/"+slug).is(200, `{"article": `+article("ann", "Title")+`}`)
					})
				}
			}
		}},
		rule{"a changed title changes the slug, and an unchanged one keeps it", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title")
			same := fmt.Sprintf(`{"article": {"slug": %q, "...": 0}}`, slug)
			ann.put("/articles/"+slug, change("body", "New")).is(200, same)
			ann.put("/articles/"+slug, change("title", "Title")).is(200, same)
			a := ann.put("/articles/"+slug, change("title", "Other")).is(200, `{"article": {"title": "Other", "...": 0}}`)
			if a.text("article.slug") == slug {
				a.fail("the slug is the old one")
			}
			c.get("/articles/"+slug).refused(404, "article", "not found")
			c.get("/articles/"+a.text("article.slug")).is(200, string(a.body))
		}},
		rule{"comments and favorites stay through a change of slug", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title")
			ann.comment(slug, "First")
			ann.post("/articles/"+slug+"/favorite", "").is(200)
			slug = ann.put("/articles/"+slug, change("title", "Other")).
				is(200, `{"article": {"favorited": true, "favoritesCount": 1, "...": 0}}`).text("article.slug")
			c.get("/articles/"+slug+"/comments").is(200, `{"comments": [{"body": "First", "...": 0}]}`)
		}},
		rule{"someone else's article is 403", func(c *client) {
			ann, ben := c.register("ann"), c.register("ben")
			slug := ann.publish("Title")
			ben.put("/articles/"+slug, change("body", "B")).refused(403, "article", "forbidden")
			c.get("/articles/"+slug).is(200, `{"article": `+article("ann", "Title")+`}`)
		}},
		rule{"whose it is comes before the body, and what it is before that", func(c *client) {
			ann, ben := c.register("ann"), c.register("ben")
			slug := ann.publish("Title")
			for _, body := range []string{"{", "", "[]", "{}", change("title", ""), change("tagList", nil)} {
				ben.row(body, func(ben *client) {
					ben.put("/articles/"+slug, body).refused(403, "article", "forbidden")
					ben.put("/articles/none", body).refused(404, "article", "not found")
				})
			}
		}},
	)
}

func TestDeleteArticle(t *testing.T) {
	prove(t,
		rule{"afterwards it is 404", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title")
			ann.delete("/articles/" + slug).is(204)
			c.get("/articles/"+slug).refused(404, "article", "not found")
			c.get("/articles/"+slug+"/comments").refused(404, "article", "not found")
			ann.delete("/articles/"+slug).refused(404, "article", "not found")
			ann.post("/articles/"+slug+"/favorite", "").refused(404, "article", "not found")
		}},
		rule{"comments, favorites and tags go with it", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title", "tag")
			comment := ann.comment(slug, "First")
			ann.post("/articles/"+slug+"/favorite", "").is(200)
			ann.delete("/articles/" + slug).is(204)
			none := `{"articles": [], "articlesCount": 0}`
			c.get("/articles").is(200, none)
			c.get("/articles?favorited=ann").is(200, none)
			c.get("/articles?tag=tag").is(200, none)
			c.get("/tags").is(200, `{"tags": []}`)
			ann.delete(comment).refused(404, "article", "not found")
			next := ann.publish("Title")
			c.get("/articles/"+next).is(200, `{"article": `+article("ann", "Title")+`}`)
			c.get("/articles/"+next+"/comments").is(200, `{"comments": []}`)
		}},
		rule{"someone else's article is 403, and survives", func(c *client) {
			ann, ben := c.register("ann"), c.register("ben")
			slug := ann.publish("Title")
			ben.delete("/articles/"+slug).refused(403, "article", "forbidden")
			c.get("/articles/" + slug).is(200)
		}},
	)
}

func TestListArticles(t *testing.T) {
	titles := func(c *client, query string, want ...string) *answer {
		c.Helper()
		a := c.get("/articles" + query).is(200)
		if got := a.each("articles", "title"); !slices.Equal(got, want) {
			a.fail("%q has %q, want %q", query, got, want)
		}
		return a
	}
	counts := func(c *client, query string, want int) {
		c.Helper()
		c.get("/articles"+query).is(200, fmt.Sprintf(`{"articlesCount": %d, "...": 0}`, want))
	}
	prove(t,
		rule{"newest first, without body", func(c *client) {
			ann := c.register("ann")
			ann.publish("One")
			ann.publish("Two", "b", "a")
			c.get("/articles").is(200, fmt.Sprintf(`{"articles": [%s, %s], "articlesCount": 2}`, listed("ann", "Two", "a", "b"), listed("ann", "One")))
		}},
		rule{"the order is by creation, not by update", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("One")
			ann.publish("Two")
			ann.put("/articles/"+slug, change("body", "New")).is(200)
			titles(c, "", "Two", "One")
		}},
		rule{"articles made in a row come in that order, even in one millisecond", func(c *client) {
			ann := c.register("ann")
			want := []string{}
			for i := range 60 {
				title := fmt.Sprintf("Title %d", i)
				ann.publish(title)
				want = append([]string{title}, want...)
			}
			titles(c, "?limit=60", want...)
			titles(c, "?limit=60&author=ann", want...)
			titles(c, "?limit=7&offset=50", want[50:57]...)
		}},
		rule{"20 by default, and the count is of all", func(c *client) {
			ann := c.register("ann")
			for i := range 23 {
				ann.publish(fmt.Sprint("Title ", i))
			}
			for query, want := range map[string]int{
				"": 20, "?limit=5": 5, "?limit=1": 1, "?limit=20": 20, "?limit=23": 23, "?limit=100": 23, "?offset=0": 20, "?offset=20": 3,
				"?offset=23": 0, "?offset=1000": 0, "?limit=10&offset=20": 3, "?limit=3&offset=3": 3,
			} {
				c.row(query, func(c *client) {
					a := c.get("/articles"+query).is(200, `{"articlesCount": 23, "...": 0}`)
					if got := len(a.at("articles").([]any)); got != want {
						a.fail("%d articles, want %d", got, want)
					}
				})
			}
		}},
		rule{"pages neither repeat nor leave out", func(c *client) {
			ann := c.register("ann")
			for i := range 11 {
				ann.publish(fmt.Sprint("Title ", i))
			}
			all, paged := c.get("/articles").each("articles", "slug"), []string{}
			for offset := 0; offset < 11; offset += 4 {
				paged = append(paged, c.get(fmt.Sprintf("/articles?limit=4&offset=%d", offset)).each("articles", "slug")...)
			}
			if !slices.Equal(all, paged) {
				c.Errorf("pages have %q, all is %q", paged, all)
			}
		}},
		rule{"limit and offset out of range or no integers are 422", func(c *client) {
			ann := c.register("ann")
			for _, path := range []string{"/articles", "/articles/feed"} {
				for _, query := range []string{
					"limit=0", "limit=-1", "limit=abc", "limit=1.5", "limit=", "limit=99999999999999999999", "limit=1e1", "limit=0x10", "limit=%20", "limit=1%00",
					"offset=-1", "offset=abc", "offset=0.5", "offset=", "offset=99999999999999999999", "offset=%27", "limit=1&limit=2",
				} {
					ann.row(path+"?"+query, func(ann *client) {
						name, _, _ := strings.Cut(query, "=")
						ann.get(path+"?"+query).refusedFor(422, name)
					})
				}
				ann.get(path+"?limit=0&offset=-1").refusedFor(422, "limit", "offset")
				ann.get(path + "?limit=1&offset=9007199254740993").is(200)
				ann.get(path + "?offset=9223372036854775807").is(200)
			}
		}},
		rule{"tag, author and favorited narrow the list", func(c *client) {
			ann, ben := c.register("ann"), c.register("ben")
			ann.publish("One", "red")
			two := ann.publish("Two", "red", "blue")
			three := ben.publish("Three", "blue")
			ben.post("/articles/"+two+"/favorite", "").is(200)
			ben.post("/articles/"+three+"/favorite", "").is(200)
			for query, want := range map[string][]string{
				"":                          {"Three", "Two", "One"},
				"?tag=red":                  {"Two", "One"},
				"?tag=blue":                 {"Three", "Two"},
				"?tag=green":                {},
				"?author=ann":               {"Two", "One"},
				"?author=ben":               {"Three"},
				"?author=nobody":            {},
				"?favorited=ben":            {"Three", "Two"},
				"?favorited=ann":            {},
				"?favorited=nobody":         {},
				"?tag=red&author=ann":       {"Two", "One"},
				"?tag=red&author=ben":       {},
				"?tag=blue&author=ann":      {"Two"},
				"?tag=red&favorited=ben":    {"Two"},
				"?author=ann&favorited=ben": {"Two"},
				"?author=ben&favorited=ben": {"Three"},
				"?tag=blue&author=ben&favorited=ben&limit=1": {"Three"},
				"?tag=red&author=ben&favorited=ben":          {},
				"?tag=red&limit=1":                           {"Two"},
				"?tag=red&limit=1&offset=1":                  {"One"},
				"?favorited=ben&offset=1":                    {"Two"},
			} {
				c.row(query, func(c *client) { titles(c, query, want...) })
				ann.row(query+", signed in", func(ann *client) { titles(ann, query, want...) })
			}
			counts(c, "?tag=red&limit=1", 2)
			counts(c, "?favorited=ben&limit=1&offset=1", 2)
			counts(c, "?author=ann&offset=5", 2)
			counts(c, "?tag=green", 0)
		}},
		rule{"filters take their text as it is", func(c *client) {
			ann := c.register("ann")
			ann.publish("Percent", "100%")
			ann.publish("Quote", "it's")
			ann.publish("Plus", "c++")
			ann.publish("Space", "two words")
			ann.publish("Umlaut", "grün")
			for tag, want := range map[string][]string{
				"100%": {"Percent"}, "it's": {"Quote"}, "c++": {"Plus"}, "two words": {"Space"}, "grün": {"Umlaut"},
				"%": {}, "_": {}, "1__%": {}, "*": {}, "' OR '1'='1": {}, `" OR ""="`: {}, "it's' --": {}, "\x00": {}, "two": {}, "C++": {},
			} {
				c.row(tag, func(c *client) { titles(c, "?tag="+url.QueryEscape(tag), want...) })
			}
			for _, text := range []string{"%", "_nn", "ann' --", "' OR 1=1 --", "ANN", "an"} {
				titles(c, "?author="+url.QueryEscape(text))
				titles(c, "?favorited="+url.QueryEscape(text))
			}
		}},
		rule{"each article is as the asker sees it", func(c *client) {
			ann, ben, cem := c.register("ann"), c.register("ben"), c.register("cem")
			ann.put("/user", object("user", object("bio", "Me", "image", "a.png"))).is(200)
			one := ann.publish("One")
			ben.publish("Two")
			cem.post("/profiles/ann/follow", "").is(200)
			cem.post("/articles/"+one+"/favorite", "").is(200)
			ben.post("/articles/"+one+"/favorite", "").is(200)
			views := map[*client][]any{c: {false, false}, ann: {false, false}, ben: {true, false}, cem: {true, true}}
			for who, want := range views {
				who.get("/articles?author=ann").is(200, fmt.Sprintf(`{"articlesCount": 1, "articles": [{"favorited": %t, "favoritesCount": 2,
					"author": {"username": "ann", "bio": "Me", "image": "a.png", "following": %t}, "...": 0}]}`, want...))
				who.get("/articles/"+one).is(200, fmt.Sprintf(`{"article": {"favorited": %t, "favoritesCount": 2,
					"author": {"username": "ann", "bio": "Me", "image": "a.png", "following": %t}, "...": 0}}`, want...))
				who.get("/articles?author=ben").is(200, `{"articlesCount": 1, "articles": [`+listed("ben", "Two")+`]}`)
			}
		}},
	)
}

func TestFeed(t *testing.T) {
	prove(t,
		rule{"nobody followed: empty, count 0", func(c *client) {
			ann := c.register("ann")
			ann.publish("Mine")
			c.register("ben").publish("Other")
			ann.get("/articles/feed").is(200, `{"articles": [], "articlesCount": 0}`)
		}},
		rule{"it has the articles of those who are followed, newest first", func(c *client) {
			ann, ben, cem, dan := c.register("ann"), c.register("ben"), c.register("cem"), c.register("dan")
			ben.publish("One")
			cem.publish("Two", "b", "a")
			dan.publish("Other")
			ben.publish("Three")
			ann.post("/profiles/ben/follow", "").is(200)
			ann.post("/profiles/cem/follow", "").is(200)
			following := func(article string) string {
				return strings.Replace(article, `"following": false`, `"following": true`, 1)
			}
			ann.get("/articles/feed").is(200, fmt.Sprintf(`{"articles": [%s, %s, %s], "articlesCount": 3}`,
				following(listed("ben", "Three")), following(listed("cem", "Two", "a", "b")), following(listed("ben", "One"))))
			ann.delete("/profiles/ben/follow").is(200)
			ann.get("/articles/feed").is(200, fmt.Sprintf(`{"articles": [%s], "articlesCount": 1}`, following(listed("cem", "Two", "a", "b"))))
			dan.get("/articles/feed").is(200, `{"articles": [], "articlesCount": 0}`)
		}},
		rule{"limit and offset page it, and the count is of all", func(c *client) {
			ann, ben := c.register("ann"), c.register("ben")
			ann.post("/profiles/ben/follow", "").is(200)
			for i := range 22 {
				ben.publish(fmt.Sprint("Title ", i))
			}
			for query, want := range map[string]int{"": 20, "?limit=1": 1, "?limit=30": 22, "?offset=20": 2, "?limit=5&offset=20": 2, "?offset=22": 0} {
				ann.row(query, func(ann *client) {
					a := ann.get("/articles/feed"+query).is(200, `{"articlesCount": 22, "...": 0}`)
					if got := len(a.at("articles").([]any)); got != want {
						a.fail("%d articles, want %d", got, want)
					}
				})
			}
			first := ann.get("/articles/feed?limit=1").each("articles", "title")
			second := ann.get("/articles/feed?limit=1&offset=1").each("articles", "title")
			if first[0] != "Title 21" || second[0] != "Title 20" {
				c.Errorf("the first two are %q and %q", first, second)
			}
		}},
		rule{"it has no filters", func(c *client) {
			ann, ben := c.register("ann"), c.register("ben")
			ann.post("/profiles/ben/follow", "").is(200)
			ben.publish("One", "red")
			ann.get("/articles/feed?tag=blue&author=ann&favorited=ann").is(200, `{"articlesCount": 1, "...": 0}`)
		}},
		rule{"favorited is as the asker sees it", func(c *client) {
			ann, ben := c.register("ann"), c.register("ben")
			ann.post("/profiles/ben/follow", "").is(200)
			ann.post("/articles/"+ben.publish("One")+"/favorite", "").is(200)
			ann.get("/articles/feed").is(200, `{"articlesCount": 1, "articles": [{"favorited": true, "favoritesCount": 1, "...": 0}]}`)
		}},
	)
}

func TestFavorites(t *testing.T) {
	view := func(favorited bool, count int) string {
		return fmt.Sprintf(`{"article": {"favorited": %t, "favoritesCount": %d, "...": 0}}`, favorited, count)
	}
	prove(t,
		rule{"the answer is the article as it now is", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title", "tag")
			want := `{"article": ` + article("ann", "Title", "tag") + `}`
			ann.post("/articles/"+slug+"/favorite", "").
				is(200, strings.Replace(strings.Replace(want, `"favorited": false`, `"favorited": true`, 1), `"favoritesCount": 0`, `"favoritesCount": 1`, 1))
			ann.delete("/articles/"+slug+"/favorite").is(200, want)
		}},
		rule{"favorites of several count, and each sees their own", func(c *client) {
			ann, ben, cem := c.register("ann"), c.register("ben"), c.register("cem")
			slug := ann.publish("Title")
			ann.post("/articles/"+slug+"/favorite", "").is(200, view(true, 1))
			ben.post("/articles/"+slug+"/favorite", "").is(200, view(true, 2))
			c.get("/articles/"+slug).is(200, view(false, 2))
			cem.get("/articles/"+slug).is(200, view(false, 2))
			ann.get("/articles/"+slug).is(200, view(true, 2))
			ann.delete("/articles/"+slug+"/favorite").is(200, view(false, 1))
			ben.get("/articles/"+slug).is(200, view(true, 1))
		}},
		rule{"twice is no error and counts once", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title")
			ann.delete("/articles/"+slug+"/favorite").is(200, view(false, 0))
			ann.post("/articles/"+slug+"/favorite", "").is(200, view(true, 1))
			ann.post("/articles/"+slug+"/favorite", "").is(200, view(true, 1))
			ann.get("/articles/"+slug).is(200, view(true, 1))
			ann.delete("/articles/"+slug+"/favorite").is(200, view(false, 0))
			ann.delete("/articles/"+slug+"/favorite").is(200, view(false, 0))
		}},
		rule{"the list of favorites lasts until it is unfavorited", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title")
			ann.post("/articles/"+slug+"/favorite", "").is(200)
			c.get("/articles?favorited=ann").is(200, `{"articlesCount": 1, "articles": [{"favorited": false, "favoritesCount": 1, "...": 0}]}`)
			ann.get("/articles?favorited=ann").is(200, `{"articlesCount": 1, "articles": [{"favorited": true, "favoritesCount": 1, "...": 0}]}`)
			ann.delete("/articles/" + slug + "/favorite").is(200)
			c.get("/articles?favorited=ann").is(200, `{"articles": [], "articlesCount": 0}`)
		}},
		rule{"an unknown article is 404", func(c *client) {
			ann := c.register("ann")
			ann.post("/articles/none/favorite", "").refused(404, "article", "not found")
			ann.delete("/articles/none/favorite").refused(404, "article", "not found")
		}},
	)
}

func TestTags(t *testing.T) {
	prove(t,
		rule{"all tags of existing articles, each once", func(c *client) {
			ann := c.register("ann")
			ann.publish("One", "red", "blue")
			two := ann.publish("Two", "red", "green")
			same := func(want ...string) {
				c.Helper()
				a := c.get("/tags").is(200)
				got := []string{}
				for _, tag := range a.at("tags").([]any) {
					got = append(got, tag.(string))
				}
				slices.Sort(got)
				if slices.Sort(want); !slices.Equal(got, want) {
					a.fail("want %q", want)
				}
			}
			same("red", "blue", "green")
			ann.put("/articles/"+two, change("tagList", []string{"yellow"})).is(200)
			same("red", "blue", "yellow")
			ann.delete("/articles/" + two).is(204)
			same("red", "blue")
		}},
		rule{"a list of many tags is not cut, and the new one is in it", func(c *client) {
			ann := c.register("ann")
			for i := range 30 {
				ann.publish("Popular", "popular", fmt.Sprint("tag", i))
			}
			ann.publish("Rare", "rare")
			a := c.get("/tags").is(200)
			if tags := a.at("tags").([]any); len(tags) != 32 || !slices.Contains(tags, any("rare")) {
				a.fail("%d tags, want 32 and rare in it", len(tags))
			}
		}},
	)
}
