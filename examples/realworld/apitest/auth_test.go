package apitest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestAuthentication(t *testing.T) {
	prove(t,
		rule{"the header is Token and the token, or Bearer", func(c *client) {
			ann := c.register("ann")
			c.as("Token "+ann.token, "GET", "/user", "").is(200)
			c.as("Bearer "+ann.token, "GET", "/user", "").is(200)
		}},
		rule{"no usable header is a missing token", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title")
			for _, header := range []string{
				"", " ", "Token", "Token ", "Bearer ", "Basic YW5uOnBhc3N3b3Jk", "Digest " + ann.token, ann.token, "Tokens " + ann.token,
			} {
				c.row(fmt.Sprintf("%q", header), func(c *client) {
					c.as(header, "GET", "/user", "").refused(401, "token", "is missing")
					c.as(header, "DELETE", "/articles/"+slug, "").refused(401, "token", "is missing")
					c.as(header, "GET", "/articles", "").is(200)
				})
			}
		}},
		rule{"a missing token comes before any look at body, slug or name", func(c *client) {
			c.get("/articles/feed?limit=0").refused(401, "token", "is missing")
			c.put("/user", "{").refused(401, "token", "is missing")
			c.post("/articles", `{"article":{}}`).refused(401, "token", "is missing")
			c.put("/articles/none", "no JSON").refused(401, "token", "is missing")
			c.delete("/articles/none").refused(401, "token", "is missing")
			c.post("/articles/none/comments", "").refused(401, "token", "is missing")
			c.delete("/articles/none/comments/1").refused(401, "token", "is missing")
			c.delete("/articles/none/comments/x").refused(401, "token", "is missing")
			c.post("/articles/none/favorite", "").refused(401, "token", "is missing")
			c.delete("/articles/none/favorite").refused(401, "token", "is missing")
			c.post("/profiles/nobody/follow", "").refused(401, "token", "is missing")
			c.delete("/profiles/nobody/follow").refused(401, "token", "is missing")
		}},
		rule{"an invalid token comes before any look at body, slug or name", func(c *client) {
			c = c.with("worthless", "")
			c.put("/user", "{").refused(401, "token", "is invalid")
			c.put("/articles/none", "no JSON").refused(401, "token", "is invalid")
			c.delete("/articles/none/comments/x").refused(401, "token", "is invalid")
			c.post("/profiles/nobody/follow", "").refused(401, "token", "is invalid")
		}},
		rule{"forged, expired and orphaned tokens are invalid, and anonymous where none is needed", func(c *client) {
			ann := c.register("ann")
			ann.post("/articles/"+ann.publish("Title")+"/favorite", "").is(200)
			header, claims, signature := split(c.T, ann.token)
			hour := time.Now().Add(time.Hour).Unix()
			if resigned := sign(secret, header, claims); resigned != ann.token {
				c.Fatalf("tokens are not signed as this test thinks: %s, not %s", ann.token, resigned)
			}
			tokens := map[string]string{
				"not a JWT":               "worthless",
				"no parts":                "..",
				"another secret":          sign([]byte("another secret of thirty-two bytes"), header, claims),
				"no signature":            header + "." + claims + ".",
				"no third part":           header + "." + claims,
				"half a signature":        header + "." + claims + "." + signature[:len(signature)/2],
				"something behind":        ann.token + ".x",
				"algorithm none":          encode(`{"alg":"none","typ":"JWT"}`) + "." + claims + ".",
				"algorithm None, signed":  sign(secret, encode(`{"alg":"None","typ":"JWT"}`), claims),
				"another algorithm":       sign(secret, encode(`{"alg":"HS512","typ":"JWT"}`), claims),
				"claims of somebody else": header + "." + claim(c.T, claims, "exp", hour+1) + "." + signature,
				"expired":                 sign(secret, header, claim(c.T, claims, "exp", time.Now().Add(-time.Hour).Unix())),
				"expired long ago":        sign(secret, header, claim(c.T, claims, "exp", 0)),
				"without expiry":          sign(secret, header, claim(c.T, claims, "exp", nil)),
				"of nobody":               sign(secret, header, claim(c.T, claims, "sub", nil)),
				"of a user that is gone":  sign(secret, header, claim(c.T, claims, "sub", "999999")),
				"of no number":            sign(secret, header, claim(c.T, claims, "sub", "ann")),
				"of a huge number":        sign(secret, header, claim(c.T, claims, "sub", "99999999999999999999")),
				"claims no object":        sign(secret, header, encode(`[]`)),
				"in quotes":               `"` + ann.token + `"`,
				"very long":               strings.Repeat("a", 20_000),
			}
			for name, token := range tokens {
				c.row(name, func(c *client) {
					for _, scheme := range []string{"Token ", "Bearer "} {
						c.as(scheme+token, "GET", "/user", "").refused(401, "token", "is invalid")
						c.as(scheme+token, "GET", "/articles/feed", "").refused(401, "token", "is invalid")
						c.as(scheme+token, "POST", "/articles", newArticle("Mine")).refused(401, "token", "is invalid")
						a := c.as(scheme+token, "GET", "/articles", "").is(200, `{"articlesCount": 1, "...": 0}`)
						if a.at("articles.0.favorited") != false {
							a.fail("the view is not the anonymous one")
						}
						c.as(scheme+token, "GET", "/profiles/ann", "").is(200)
						c.as(scheme+token, "GET", "/tags", "").is(200)
					}
				})
			}
			c.row("a good one is none of these", func(c *client) {
				good := sign(secret, header, claim(c.T, claims, "exp", hour))
				c.as("Token "+good, "GET", "/user", "").is(200, `{"user": {"username": "ann", "...": 0}}`)
			})
		}},
		rule{"a token lives on when name, e-mail and password change", func(c *client) {
			ann := c.register("ann")
			changed := ann.put("/user", object("user", object("username", "anna", "email", "anna@conduit.test", "password", "another password"))).is(200)
			for _, token := range []string{ann.token, changed.text("user.token")} {
				c.with(token, "anna").get("/user").is(200, `{"user": {"username": "anna", "email": "anna@conduit.test", "...": 0}}`)
			}
		}},
		rule{"who signs in again gets a token, and the one before lives on", func(c *client) {
			ann := c.register("ann")
			again := c.post("/users/login", credentials("ann@conduit.test", password)).is(200).text("user.token")
			c.with(again, "ann").get("/user").is(200)
			ann.get("/user").is(200)
		}},
		rule{"refusals say how to sign in, as HTTP wants it", func(c *client) {
			for _, a := range []*answer{c.get("/user"), c.with("worthless", "").get("/user"), c.post("/articles/none/favorite", "")} {
				if got := a.is(401).header.Get("WWW-Authenticate"); got != "Token" {
					a.fail("WWW-Authenticate is %q", got)
				}
			}
		}},
		rule{"tokens say nothing of passwords and e-mail addresses", func(c *client) {
			_, claims, _ := split(c.T, c.register("ann").token)
			text, _ := base64.RawURLEncoding.DecodeString(claims)
			if strings.Contains(string(text), "pass") || strings.Contains(string(text), "@") {
				c.Errorf("the claims are %s", text)
			}
			var members map[string]any
			if err := json.Unmarshal(text, &members); err != nil || members["exp"] == nil {
				c.Errorf("the claims %s have no expiry (%v)", text, err)
			}
		}},
	)
}

// split returns the parts of a token.
func split(t *testing.T, token string) (header, claims, signature string) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%q is no JWT", token)
	}
	return parts[0], parts[1], parts[2]
}

// claim sets a claim, or removes it when the value is nil.
func claim(t *testing.T, claims, name string, value any) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(claims)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	if err := decoder.Decode(&members); err != nil {
		t.Fatal(err)
	}
	if _, ok := members[name]; !ok {
		t.Fatalf("the claims %s have no %s", text, name)
	}
	members[name] = value
	if value == nil {
		delete(members, name)
	}
	return encode(quote(members))
}

func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// sign makes a token of header and claims, signed by HMAC with SHA-256.
func sign(secret []byte, header, claims string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(header + "." + claims))
	return header + "." + claims + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
