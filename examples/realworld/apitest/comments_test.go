package apitest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestComments(t *testing.T) {
	body := func(text string) string { return object("comment", object("body", text)) }
	prove(t,
		rule{"any signed-in user may comment", func(c *client) {
			ann, ben := c.register("ann"), c.register("ben")
			slug := ann.publish("Title")
			for _, who := range []*client{ann, ben} {
				who.post("/articles/"+slug+"/comments", body("Nice")).is(201, fmt.Sprintf(
					`{"comment": {"id": "<count>", "createdAt": "<time>", "updatedAt": "<time>", "body": "Nice", "author": %s}}`, author(who.name)))
			}
		}},
		rule{"lists carry all comments of the article, in a fixed order", func(c *client) {
			ann, ben := c.register("ann"), c.register("ben")
			slug, other := ann.publish("Title"), ann.publish("Other")
			ann.comment(other, "Elsewhere")
			want := []string{}
			for i := range 30 {
				text := fmt.Sprint("Comment ", i)
				[]*client{ann, ben}[i%2].comment(slug, text)
				want = append(want, text)
			}
			got := c.get("/articles/"+slug+"/comments").is(200).each("comments", "body")
			if got[0] != want[0] {
				slices.Reverse(want)
			}
			if !slices.Equal(got, want) {
				c.Errorf("the comments are %q", got)
			}
			again := ann.get("/articles/"+slug+"/comments").each("comments", "body")
			if !slices.Equal(got, again) {
				c.Errorf("the comments were %q and then %q", got, again)
			}
		}},
		rule{"authors are as the asker sees them", func(c *client) {
			ann, ben := c.register("ann"), c.register("ben")
			slug := ann.publish("Title")
			ben.comment(slug, "Nice")
			ann.post("/profiles/ben/follow", "").is(200)
			c.get("/articles/"+slug+"/comments").is(200, `{"comments": [{"author": {"username": "ben", "following": false, "...": 0}, "...": 0}]}`)
			ann.get("/articles/"+slug+"/comments").is(200, `{"comments": [{"author": {"username": "ben", "following": true, "...": 0}, "...": 0}]}`)
		}},
		rule{"a blank or missing body is 422", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title")
			for _, body := range []string{body(""), body("  \n"), `{"comment": {}}`} {
				ann.post("/articles/"+slug+"/comments", body).refused(422, "body", blank)
			}
			for _, body := range []string{`{"comment": {"body": null}}`, `{"comment": {"body": 1}}`, `{"comment": {"body": ["a"]}}`} {
				ann.post("/articles/"+slug+"/comments", body).refusedFor(422, "body")
			}
			c.get("/articles/"+slug+"/comments").is(200, `{"comments": []}`)
		}},
		rule{"no such article is 404, before any look at the body", func(c *client) {
			ann := c.register("ann")
			c.get("/articles/none/comments").refused(404, "article", "not found")
			for _, body := range []string{body("Nice"), body(""), "{", ""} {
				ann.post("/articles/none/comments", body).refused(404, "article", "not found")
			}
		}},
		rule{"one's own comment can be deleted, and is gone", func(c *client) {
			ann, ben := c.register("ann"), c.register("ben")
			slug := ann.publish("Title")
			ann.comment(slug, "One")
			comment := ben.comment(slug, "Two")
			ben.delete(comment).is(204)
			c.get("/articles/"+slug+"/comments").is(200, `{"comments": [{"body": "One", "...": 0}]}`)
			ben.delete(comment).refused(404, "comment", "not found")
		}},
		rule{"another's comment is 403, and survives", func(c *client) {
			ann, ben := c.register("ann"), c.register("ben")
			slug := ann.publish("Title")
			comment := ben.comment(slug, "Mine")
			ann.delete(comment).refused(403, "comment", "forbidden")
			c.get("/articles/"+slug+"/comments").is(200, `{"comments": [{"body": "Mine", "...": 0}]}`)
		}},
		rule{"no such article or comment is 404, each by its name", func(c *client) {
			ann := c.register("ann")
			slug, other := ann.publish("Title"), ann.publish("Other")
			comment := ann.comment(slug, "One")
			ann.delete("/articles/none/comments/1").refused(404, "article", "not found")
			ann.delete("/articles/"+slug+"/comments/999999").refused(404, "comment", "not found")
			ann.delete(strings.Replace(comment, slug, other, 1)).refused(404, "comment", "not found")
			c.get("/articles/"+slug+"/comments").is(200, `{"comments": [{"body": "One", "...": 0}]}`)
		}},
		rule{"another's comment of another article is 404, not 403", func(c *client) {
			ann, ben := c.register("ann"), c.register("ben")
			slug, other := ann.publish("Title"), ann.publish("Other")
			comment := ben.comment(slug, "One")
			ann.delete(strings.Replace(comment, slug, other, 1)).refused(404, "comment", "not found")
		}},
		rule{"an id that is no integer, or none that can be, is 404 or 422", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title")
			ann.comment(slug, "One")
			for _, id := range []string{"x", "1x", "1.0", "-1", "0", "99999999999999999999", "1%20", "%27", "1%3B", "0x1", "1e0"} {
				ann.row(id, func(ann *client) { ann.delete("/articles/"+slug+"/comments/"+id).refusedWith(404, 422) })
			}
			c.get("/articles/"+slug+"/comments").is(200, `{"comments": [{"body": "One", "...": 0}]}`)
		}},
		rule{"bodies come back as they went", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title")
			for _, text := range []string{"<b>bold</b> & 'quotes' \"\\", "línea\n\tdos", "漢字 🔑", "'); DROP TABLE comments; --", "  spaces  "} {
				ann.post("/articles/"+slug+"/comments", body(text)).is(201, `{"comment": {"body": `+quote(text)+`, "...": 0}}`)
			}
		}},
	)
}
