package apitest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
)

// crowd is how many ask at once.
const crowd = 24

// together runs f for 0 ≤ i < n at once, and returns the answers' statuses.
func together(n int, f func(i int) *answer) map[int]int {
	statuses, mu := map[int]int{}, sync.Mutex{}
	start, done := make(chan struct{}), sync.WaitGroup{}
	for i := range n {
		done.Go(func() {
			<-start
			if a := f(i); a != nil {
				mu.Lock()
				defer mu.Unlock()
				statuses[a.status]++
			}
		})
	}
	close(start)
	done.Wait()
	return statuses
}

// users registers many.
func (c *client) users(n int) []*client {
	c.Helper()
	list := make([]*client, n)
	for i := range list {
		list[i] = c.register(fmt.Sprintf("user%d", i))
	}
	return list
}

func wantStatuses(c *client, got map[int]int, want map[int]int) {
	c.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		c.Errorf("statuses are %v, want %v", got, want)
	}
}

func TestConcurrent(t *testing.T) {
	rules := []rule{
		{"of many who register one name and address, one gets it and the others 409", func(c *client) {
			got := together(crowd, func(int) *answer { return c.post("/users", newUser("ann", "ann@conduit.test", password)) })
			wantStatuses(c, got, map[int]int{201: 1, 409: crowd - 1})
			c.post("/users/login", credentials("ann@conduit.test", password)).is(200)
		}},
		{"of many who register one name, one gets it", func(c *client) {
			got := together(crowd, func(i int) *answer {
				return c.post("/users", newUser("ann", fmt.Sprintf("%d@conduit.test", i), password))
			})
			wantStatuses(c, got, map[int]int{201: 1, 409: crowd - 1})
		}},
		{"of many who register one address, one gets it", func(c *client) {
			got := together(crowd, func(i int) *answer {
				return c.post("/users", newUser(fmt.Sprint("ann", i), "ann@conduit.test", password))
			})
			wantStatuses(c, got, map[int]int{201: 1, 409: crowd - 1})
		}},
		{"many register many names", func(c *client) {
			got := together(crowd, func(i int) *answer {
				return c.post("/users", newUser(fmt.Sprint("ann", i), fmt.Sprint(i, "@conduit.test"), password))
			})
			wantStatuses(c, got, map[int]int{201: crowd})
		}},
		{"of many who change to one name, one gets it", func(c *client) {
			users := c.users(crowd)
			got := together(crowd, func(i int) *answer { return users[i].put("/user", object("user", object("username", "ann"))) })
			wantStatuses(c, got, map[int]int{200: 1, 409: crowd - 1})
		}},
		{"many favorite one article, and each counts", func(c *client) {
			users := c.users(crowd)
			slug := users[0].publish("Title")
			path := "/articles/" + slug + "/favorite"
			wantStatuses(c, together(crowd, func(i int) *answer { return users[i].post(path, "") }), map[int]int{200: crowd})
			c.get("/articles/"+slug).is(200, fmt.Sprintf(`{"article": {"favoritesCount": %d, "...": 0}}`, crowd))
			got := together(crowd, func(i int) *answer {
				if i%2 == 0 {
					return users[i].delete(path)
				}
				return users[i].post(path, "")
			})
			wantStatuses(c, got, map[int]int{200: crowd})
			c.get("/articles/"+slug).is(200, fmt.Sprintf(`{"article": {"favoritesCount": %d, "...": 0}}`, crowd/2))
		}},
		{"one user favorites many times at once, and counts once", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title")
			path := "/articles/" + slug + "/favorite"
			wantStatuses(c, together(crowd, func(int) *answer { return ann.post(path, "") }), map[int]int{200: crowd})
			ann.get("/articles/"+slug).is(200, `{"article": {"favorited": true, "favoritesCount": 1, "...": 0}}`)
			wantStatuses(c, together(crowd, func(int) *answer { return ann.delete(path) }), map[int]int{200: crowd})
			ann.get("/articles/"+slug).is(200, `{"article": {"favorited": false, "favoritesCount": 0, "...": 0}}`)
		}},
		{"what one answers about a favorite is true whatever others do", func(c *client) {
			users := c.users(crowd)
			path := "/articles/" + users[0].publish("Title") + "/favorite"
			together(crowd, func(i int) *answer {
				for range 3 {
					if a := users[i].post(path, ""); a.at("article.favorited") != true {
						users[i].Errorf("favorited is false: %v", a)
					}
					if a := users[i].delete(path); a.at("article.favorited") != false {
						users[i].Errorf("favorited is true: %v", a)
					}
				}
				return nil
			})
			c.get(path[:len(path)-len("/favorite")]).is(200, `{"article": {"favoritesCount": 0, "...": 0}}`)
		}},
		{"one user follows many times at once", func(c *client) {
			ann := c.register("ann")
			c.register("ben")
			wantStatuses(c, together(crowd, func(int) *answer { return ann.post("/profiles/ben/follow", "") }), map[int]int{200: crowd})
			wantStatuses(c, together(crowd, func(int) *answer { return ann.delete("/profiles/ben/follow") }), map[int]int{200: crowd})
			ann.get("/profiles/ben").is(200, `{"profile": {"following": false, "...": 0}}`)
		}},
		{"many publish one title with one tag at once, and each article has its slug", func(c *client) {
			users := c.users(4)
			got := together(crowd, func(i int) *answer { return users[i%4].post("/articles", newArticle("Title", "tag", "other")) })
			wantStatuses(c, got, map[int]int{201: crowd})
			a := c.get("/articles?tag=tag&limit=100").is(200, fmt.Sprintf(`{"articlesCount": %d, "...": 0}`, crowd))
			slugs, times := a.each("articles", "slug"), a.each("articles", "createdAt")
			if slices.Sort(slugs); len(slices.Compact(slugs)) != crowd {
				a.fail("some slugs are the same")
			}
			if slices.Reverse(times); !slices.IsSorted(times) {
				a.fail("not newest first")
			}
			c.get("/tags").is(200, `{"tags": ["other", "tag"]}`)
		}},
		{"many comment at once, and no id is given twice", func(c *client) {
			users := c.users(4)
			slug := users[0].publish("Title")
			got := together(crowd, func(i int) *answer {
				return users[i%4].post("/articles/"+slug+"/comments", object("comment", object("body", fmt.Sprint(i))))
			})
			wantStatuses(c, got, map[int]int{201: crowd})
			ids := c.get("/articles/"+slug+"/comments").each("comments", "id")
			if slices.Sort(ids); len(slices.Compact(ids)) != crowd {
				c.Errorf("the ids are %q", ids)
			}
		}},
		{"of many who delete one article, one does and the others find nothing", func(c *client) {
			ann := c.register("ann")
			slug := ann.publish("Title", "tag")
			got := together(crowd, func(int) *answer { return ann.delete("/articles/" + slug) })
			wantStatuses(c, got, map[int]int{204: 1, 404: crowd - 1})
		}},
		{"reading goes on while others write", func(c *client) {
			users := c.users(6)
			slug := users[0].publish("Title", "tag")
			wantStatuses(c, together(len(users), func(i int) *answer {
				u := users[i]
				for n := range 6 {
					switch i {
					case 0:
						u.put("/articles/"+slug, change("body", fmt.Sprint(n), "tagList", []string{"tag", fmt.Sprint(n)})).is(200)
					case 1:
						u.publish("More", "tag")
					case 2:
						u.comment(slug, "More")
					case 3:
						u.post("/profiles/user0/follow", "").is(200)
						u.get("/articles/feed").is(200)
					case 4:
						u.get("/articles?tag=tag").is(200)
						u.get("/articles/" + slug + "/comments").is(200)
					default:
						u.get("/articles/" + slug).is(200)
						u.get("/tags").is(200)
					}
				}
				return nil
			}), map[int]int{})
		}},
	}
	prove(t, rules...)
	proveOnFiles(t, rules...)
}
