package apitest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const (
	blank = "can't be blank"
	taken = "has already been taken"
)

// user is the answer about a user whose bio and image are still null.
func user(name string) string {
	return fmt.Sprintf(`{"user": {"username": %q, "email": "%s@conduit.test", "bio": null, "image": null, "token": "<text>"}}`, name, name)
}

func TestRegister(t *testing.T) {
	prove(t,
		rule{"a fresh user has bio null and image null", func(c *client) {
			c.post("/users", newUser("ann", "ann@conduit.test", password)).is(201, user("ann"))
		}},
		rule{"the token of the answer signs in", func(c *client) {
			c.register("ann").get("/user").is(200, user("ann"))
		}},
		rule{"a token is not looked at", func(c *client) {
			c.as("Token worthless", "POST", "/users", newUser("ann", "ann@conduit.test", password)).is(201)
			c.register("ben").post("/users", newUser("cem", "cem@conduit.test", password)).is(201, user("cem"))
		}},
		rule{"each field that is blank or missing is a key", func(c *client) {
			all := map[string]string{"username": "ann", "email": "ann@conduit.test", "password": password}
			for _, missing := range [][]string{{"username"}, {"email"}, {"password"}, {"username", "password"}, {"email", "password"}, {"username", "email", "password"}} {
				for _, value := range []any{nil, "", " ", "\t\n  "} {
					c.row(fmt.Sprintf("%s %q", missing, value), func(c *client) {
						fields, errs := []any{}, []any{}
						for name, good := range all {
							if !slices.Contains(missing, name) {
								fields = append(fields, name, good)
								continue
							}
							errs = append(errs, name, []string{blank})
							if value != nil {
								fields = append(fields, name, value)
							}
						}
						c.post("/users", object("user", object(fields...))).is(422, object("errors", object(errs...)))
					})
				}
			}
		}},
		rule{"null and wrong types are 422 for the field", func(c *client) {
			for _, name := range []string{"username", "email", "password"} {
				for _, value := range []string{"null", "1", "true", "[]", `["ann"]`, "{}"} {
					c.row(name+" "+value, func(c *client) {
						others := []any{}
						for _, other := range []string{"username", "email", "password"} {
							if other != name {
								others = append(others, other, "good-value")
							}
						}
						body := strings.Replace(object("user", object(others...)), `{"user":{`, fmt.Sprintf(`{"user":{%q:%s,`, name, value), 1)
						c.post("/users", body).refusedFor(422, name)
					})
				}
			}
		}},
		rule{"a name that is in use is 409 for the username", func(c *client) {
			c.register("ann")
			c.post("/users", newUser("ann", "other@conduit.test", password)).refused(409, "username", taken)
		}},
		rule{"an e-mail address that is in use is 409 for the email", func(c *client) {
			c.register("ann")
			c.post("/users", newUser("other", "ann@conduit.test", password)).refused(409, "email", taken)
		}},
		rule{"where both clash both are keys", func(c *client) {
			c.register("ann")
			c.register("ben")
			both := `{"errors": {"username": ["has already been taken"], "email": ["has already been taken"]}}`
			c.post("/users", newUser("ann", "ann@conduit.test", password)).is(409, both)
			c.post("/users", newUser("ann", "ben@conduit.test", password)).is(409, both)
		}},
		rule{"what is refused leaves nothing behind", func(c *client) {
			c.register("ann")
			c.post("/users", newUser("ann", "ben@conduit.test", password)).is(409)
			c.post("/users", newUser("ben", "ben@conduit.test", "")).is(422)
			c.register("ben")
		}},
		rule{"blank fields come before clashes", func(c *client) {
			c.register("ann")
			c.post("/users", newUser("ann", "ann@conduit.test", "")).refused(422, "password", blank)
		}},
		rule{"a password of eight characters will do", func(c *client) {
			c.post("/users", newUser("ann", "ann@conduit.test", "bonjour1")).is(201)
			c.post("/users/login", credentials("ann@conduit.test", "bonjour1")).is(200)
		}},
	)
}

func TestLogin(t *testing.T) {
	prove(t,
		rule{"e-mail and password are answered with the user", func(c *client) {
			c.register("ann")
			c.post("/users/login", credentials("ann@conduit.test", password)).is(200, user("ann"))
		}},
		rule{"unknown e-mail and wrong password are the same 401", func(c *client) {
			c.register("ann")
			for _, try := range []string{
				credentials("ben@conduit.test", password),
				credentials("ann@conduit.test", "wrong password"),
				credentials("ann@conduit.test", "PASSWORD123"),
				credentials("ann@conduit.test", " "+password),
				credentials("ann", password),
			} {
				c.post("/users/login", try).refused(401, "credentials", "invalid")
			}
		}},
		rule{"no password policy applies", func(c *client) {
			c.register("ann")
			c.post("/users/login", credentials("ann@conduit.test", "x")).refused(401, "credentials", "invalid")
			c.post("/users/login", credentials("no address", "x")).refused(401, "credentials", "invalid")
			c.post("/users/login", credentials("ann@conduit.test", strings.Repeat("x", 2000))).refused(401, "credentials", "invalid")
		}},
		rule{"blank or missing fields are 422", func(c *client) {
			c.register("ann")
			for _, empty := range []string{"", "  "} {
				c.post("/users/login", credentials(empty, password)).refused(422, "email", blank)
				c.post("/users/login", credentials("ann@conduit.test", empty)).refused(422, "password", blank)
				c.post("/users/login", credentials(empty, empty)).refusedFor(422, "email", "password")
			}
			c.post("/users/login", `{"user": {"email": "ann@conduit.test"}}`).refused(422, "password", blank)
			c.post("/users/login", `{"user": {"password": "password123"}}`).refused(422, "email", blank)
			c.post("/users/login", `{"user": {}}`).refusedFor(422, "email", "password")
		}},
		rule{"a worthless token does not matter", func(c *client) {
			c.register("ann")
			c.as("Token worthless", "POST", "/users/login", credentials("ann@conduit.test", password)).is(200)
		}},
		rule{"the answer has bio and image", func(c *client) {
			c.register("ann").put("/user", object("user", object("bio", "Me", "image", "http://x.test/a.png"))).is(200)
			c.post("/users/login", credentials("ann@conduit.test", password)).
				is(200, `{"user": {"bio": "Me", "image": "http://x.test/a.png", "...": 0}}`)
		}},
	)
}

func TestUser(t *testing.T) {
	change := func(pairs ...any) string { return object("user", object(pairs...)) }
	prove(t,
		rule{"members that are absent leave their fields alone", func(c *client) {
			ann := c.register("ann")
			ann.put("/user", change("bio", "Me", "image", "http://x.test/a.png")).is(200)
			now := `{"user": {"username": "ann", "email": "ann@conduit.test", "bio": "Me", "image": "http://x.test/a.png", "token": "<text>"}}`
			ann.get("/user").is(200, now)
			ann.put("/user", `{"user": {}}`).is(200, now)
			ann.put("/user", change("bio", "I")).is(200, `{"user": {"bio": "I", "image": "http://x.test/a.png", "...": 0}}`)
			ann.put("/user", change("image", "b.png")).is(200, `{"user": {"bio": "I", "image": "b.png", "...": 0}}`)
			ann.put("/user", change("username", "anna")).is(200, `{"user": {"username": "anna", "bio": "I", "image": "b.png", "email": "ann@conduit.test", "...": 0}}`)
			ann.put("/user", change("email", "anna@conduit.test")).is(200, `{"user": {"username": "anna", "email": "anna@conduit.test", "bio": "I", "...": 0}}`)
			ann.put("/user", change("password", "another1")).is(200, `{"user": {"username": "anna", "email": "anna@conduit.test", "bio": "I", "...": 0}}`)
			ann.get("/user").is(200, `{"user": {"username": "anna", "email": "anna@conduit.test", "bio": "I", "image": "b.png", "token": "<text>"}}`)
			c.post("/users/login", credentials("anna@conduit.test", "another1")).is(200)
		}},
		rule{"the answer has a token that signs in", func(c *client) {
			ann := c.register("ann")
			token := ann.put("/user", change("bio", "Me")).is(200).text("user.token")
			c.with(token, "ann").get("/user").is(200, `{"user": {"bio": "Me", "...": 0}}`)
		}},
		rule{"an empty text and null both clear bio and image, and it lasts", func(c *client) {
			ann := c.register("ann")
			for _, field := range []string{"bio", "image"} {
				for _, empty := range []any{"", nil} {
					ann.row(fmt.Sprintf("%s %v", field, empty), func(ann *client) {
						set := fmt.Sprintf(`{"user": {%q: "set", "...": 0}}`, field)
						null := fmt.Sprintf(`{"user": {%q: null, "...": 0}}`, field)
						ann.put("/user", change(field, "set")).is(200, set)
						ann.get("/user").is(200, set)
						ann.put("/user", change(field, empty)).is(200, null)
						ann.get("/user").is(200, null)
						ann.get("/profiles/ann").is(200, fmt.Sprintf(`{"profile": {%q: null, "...": 0}}`, field))
					})
				}
			}
		}},
		rule{"an empty or null e-mail or username is 422, and changes nothing", func(c *client) {
			ann := c.register("ann")
			for _, field := range []string{"email", "username"} {
				for _, empty := range []any{"", nil, "   "} {
					ann.row(fmt.Sprintf("%s %v", field, empty), func(ann *client) {
						ann.put("/user", change(field, empty, "bio", "changed")).refusedFor(422, field)
						ann.get("/user").is(200, user("ann"))
					})
				}
			}
		}},
		rule{"a name or e-mail address that another has is 409, and changes nothing", func(c *client) {
			ann := c.register("ann")
			c.register("ben")
			ann.put("/user", change("username", "ben", "bio", "changed")).refused(409, "username", taken)
			ann.put("/user", change("email", "ben@conduit.test", "bio", "changed")).refused(409, "email", taken)
			ann.put("/user", change("email", "ben@conduit.test", "username", "ben")).refusedFor(409, "email", "username")
			ann.get("/user").is(200, user("ann"))
		}},
		rule{"one's own name and e-mail address are no clash", func(c *client) {
			c.register("ann").put("/user", change("username", "ann", "email", "ann@conduit.test", "bio", "Me")).
				is(200, `{"user": {"username": "ann", "email": "ann@conduit.test", "bio": "Me", "...": 0}}`)
		}},
		rule{"a name that somebody gave up is free", func(c *client) {
			c.register("ann").put("/user", change("username", "anna", "email", "anna@conduit.test")).is(200)
			c.get("/profiles/ann").refused(404, "profile", "not found")
			c.register("ann")
		}},
		rule{"an empty, null or short password is 422, and the old one stays", func(c *client) {
			ann := c.register("ann")
			for _, short := range []any{"", nil, "short7c", "äöüÄÖÜß"} {
				ann.row(fmt.Sprint(short), func(ann *client) {
					ann.put("/user", change("password", short, "bio", "changed")).refusedFor(422, "password")
					ann.get("/user").is(200, user("ann"))
				})
			}
			c.post("/users/login", credentials("ann@conduit.test", password)).is(200)
		}},
		rule{"passwords of 8 to 64 characters, of whatever kind, are accepted whole", func(c *client) {
			ann := c.register("ann")
			for _, long := range []string{
				"bonjour1", "        ", strings.Repeat("a", 64), strings.Repeat("é", 64), strings.Repeat("漢", 64), strings.Repeat("🔑", 64), "with spaces & <signs> \" '",
			} {
				ann.row(long, func(ann *client) {
					if strings.TrimSpace(long) == "" {
						ann.put("/user", change("password", long)).refusedWith(200, 422) // blank, or of eight characters
						return
					}
					ann.put("/user", change("password", long)).is(200)
					ann.post("/users/login", credentials("ann@conduit.test", long)).is(200)
					runes := []rune(long)
					runes[len(runes)-1] = 'x'
					ann.post("/users/login", credentials("ann@conduit.test", string(runes))).refused(401, "credentials", "invalid")
					ann.post("/users/login", credentials("ann@conduit.test", long+"x")).refused(401, "credentials", "invalid")
				})
			}
		}},
		rule{"a password that is too long is refused, or counts to its last byte", func(c *client) {
			long := strings.Repeat("a", 300)
			if a := c.post("/users", newUser("ann", "ann@conduit.test", long+"b")); a.status == 422 {
				a.refusedFor(422, "password")
				return
			}
			c.post("/users/login", credentials("ann@conduit.test", long+"b")).is(200)
			c.post("/users/login", credentials("ann@conduit.test", long+"c")).refused(401, "credentials", "invalid")
		}},
		rule{"the new password signs in, and the old one does not", func(c *client) {
			c.register("ann").put("/user", change("password", "another1")).is(200)
			c.post("/users/login", credentials("ann@conduit.test", "another1")).is(200)
			c.post("/users/login", credentials("ann@conduit.test", password)).refused(401, "credentials", "invalid")
		}},
		rule{"a new name is that of profile, articles and comments", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title")
			ann.comment(slug, "Mine")
			ann.put("/user", change("username", "anna", "bio", "Me")).is(200)
			author := `{"username": "anna", "bio": "Me", "image": null, "following": false}`
			c.get("/profiles/anna").is(200, `{"profile": `+author+`}`)
			c.get("/articles/"+slug).is(200, `{"article": {"author": `+author+`, "...": 0}}`)
			c.get("/articles/"+slug+"/comments").is(200, `{"comments": [{"author": `+author+`, "...": 0}]}`)
			c.get("/articles?author=anna").is(200, `{"articles": [{"author": `+author+`, "...": 0}], "articlesCount": 1}`)
			c.get("/articles?author=ann").is(200, `{"articles": [], "articlesCount": 0}`)
		}},
		rule{"wrong types are 422 for the field", func(c *client) {
			ann := c.register("ann")
			for _, field := range []string{"username", "email", "password", "bio", "image"} {
				for _, value := range []string{"1", "false", "[]", `{"a": 1}`} {
					ann.row(field+" "+value, func(ann *client) {
						ann.put("/user", fmt.Sprintf(`{"user": {%q: %s}}`, field, value)).refusedFor(422, field)
					})
				}
			}
		}},
	)
}

func TestProfiles(t *testing.T) {
	profile := func(name string, following bool) string {
		return fmt.Sprintf(`{"profile": {"username": %q, "bio": null, "image": null, "following": %t}}`, name, following)
	}
	prove(t,
		rule{"anybody sees a profile, and follows nobody", func(c *client) {
			c.register("ann")
			c.get("/profiles/ann").is(200, profile("ann", false))
		}},
		rule{"it has bio and image", func(c *client) {
			c.register("ann").put("/user", object("user", object("bio", "Me", "image", "a.png"))).is(200)
			c.get("/profiles/ann").is(200, `{"profile": {"username": "ann", "bio": "Me", "image": "a.png", "following": false}}`)
		}},
		rule{"following tells whether the asker follows", func(c *client) {
			ann, ben, cem := c.register("ann"), c.register("ben"), c.register("cem")
			ann.get("/profiles/ben").is(200, profile("ben", false))
			ann.post("/profiles/ben/follow", "").is(200, profile("ben", true))
			ann.get("/profiles/ben").is(200, profile("ben", true))
			ben.get("/profiles/ann").is(200, profile("ann", false))
			ben.get("/profiles/ben").is(200, profile("ben", false))
			cem.get("/profiles/ben").is(200, profile("ben", false))
			c.get("/profiles/ben").is(200, profile("ben", false))
			ann.delete("/profiles/ben/follow").is(200, profile("ben", false))
			ann.get("/profiles/ben").is(200, profile("ben", false))
		}},
		rule{"following and not following twice is no error", func(c *client) {
			ann := c.register("ann")
			c.register("ben")
			ann.delete("/profiles/ben/follow").is(200, profile("ben", false))
			ann.post("/profiles/ben/follow", "").is(200, profile("ben", true))
			ann.post("/profiles/ben/follow", "").is(200, profile("ben", true))
			ann.delete("/profiles/ben/follow").is(200, profile("ben", false))
			ann.delete("/profiles/ben/follow").is(200, profile("ben", false))
		}},
		rule{"to oneself following is false", func(c *client) {
			ann := c.register("ann")
			ann.get("/profiles/ann").is(200, profile("ann", false))
			ann.post("/profiles/ann/follow", "")
			ann.get("/profiles/ann").is(200, profile("ann", false))
		}},
		rule{"nobody's profile is 404", func(c *client) {
			ann := c.register("ann")
			c.get("/profiles/ben").refused(404, "profile", "not found")
			ann.get("/profiles/ben").refused(404, "profile", "not found")
			ann.post("/profiles/ben/follow", "").refused(404, "profile", "not found")
			ann.delete("/profiles/ben/follow").refused(404, "profile", "not found")
		}},
		rule{"a follower sees it in author too", func(c *client) {
			ann, ben := c.register("ann"), c.register("ben")
			slug := ben.publish("Title")
			ben.comment(slug, "Mine")
			for _, following := range []bool{false, true} {
				if following {
					ann.post("/profiles/ben/follow", "").is(200)
				}
				author := fmt.Sprintf(`{"username": "ben", "bio": null, "image": null, "following": %t}`, following)
				ann.get("/articles/"+slug).is(200, `{"article": {"author": `+author+`, "...": 0}}`)
				ann.get("/articles").is(200, `{"articles": [{"author": `+author+`, "...": 0}], "articlesCount": 1}`)
				ann.get("/articles/"+slug+"/comments").is(200, `{"comments": [{"author": `+author+`, "...": 0}]}`)
				ann.post("/articles/"+slug+"/favorite", "").is(200, `{"article": {"author": `+author+`, "...": 0}}`)
			}
			c.get("/articles/"+slug).is(200, `{"article": {"author": {"following": false, "...": 0}, "...": 0}}`)
		}},
		rule{"following lasts while the names change", func(c *client) {
			ann, ben := c.register("ann"), c.register("ben")
			ann.post("/profiles/ben/follow", "").is(200)
			ben.put("/user", object("user", object("username", "benno"))).is(200)
			ann.get("/profiles/benno").is(200, profile("benno", true))
		}},
	)
}
