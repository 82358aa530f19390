package users_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/examples/users"
)

// client speaks to a server with its own empty store.
type client struct {
	*testing.T
	server *httptest.Server
}

func start(t *testing.T) client {
	t.Helper()
	app := &users.App{Users: users.NewStore(), Admins: users.Admins{"secret": "root"}}
	server := httptest.NewServer(users.Routes(app))
	t.Cleanup(server.Close)
	return client{t, server}
}

// send makes a request as the administrator and wants a status.
func (c client) send(method, path, body string, want int) (http.Header, map[string]any) {
	c.Helper()
	return c.sendAs("Bearer secret", method, path, body, want)
}

func (c client) sendAs(who, method, path, body string, want int) (http.Header, map[string]any) {
	c.Helper()
	request, err := http.NewRequestWithContext(c.Context(), method, c.server.URL+path, strings.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	if who != "" {
		request.Header.Set("Authorization", who)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.server.Client().Do(request)
	if err != nil {
		c.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.Fatal(err)
	}
	if response.StatusCode != want {
		c.Fatalf("%s %s = %d %s, want %d", method, path, response.StatusCode, text, want)
	}
	var answer map[string]any
	if len(text) > 0 {
		if err := json.Unmarshal(text, &answer); err != nil {
			c.Fatalf("%s %s = %s: %v", method, path, text, err)
		}
	}
	return response.Header, answer
}

const ada = `{"name":"Ada","email":"ada@example.com","role":"editor","bio":"first"}`

func TestLifeOfAUser(t *testing.T) {
	c := start(t)
	header, user := c.send("POST", "/users", ada, 201)
	if got := header.Get("Location"); got != "/users/1" {
		t.Errorf("Location = %q, want /users/1", got)
	}
	if user["bio"] != "first" {
		t.Errorf("bio = %v, want first", user["bio"])
	}
	c.send("GET", "/users/1", "", 200)

	_, user = c.send("PATCH", "/users/1", `{"name":"Ada L."}`, 200)
	if user["name"] != "Ada L." || user["bio"] != "first" {
		t.Errorf("after a patch of the name: %v", user)
	}
	_, user = c.send("PATCH", "/users/1", `{"bio":null}`, 200)
	if user["name"] != "Ada L." || user["bio"] != nil {
		t.Errorf("after a patch of the bio to null: %v", user)
	}

	c.send("DELETE", "/users/1", "", 204)
	c.send("GET", "/users/1", "", 404)
	c.send("DELETE", "/users/1", "", 404)
}

func TestListIsPagedAndFiltered(t *testing.T) {
	c := start(t)
	c.send("POST", "/users", ada, 201)
	c.send("POST", "/users", `{"name":"Bob","email":"bob@example.com","role":"member"}`, 201)
	for path, want := range map[string][2]int{
		"/users":                            {2, 2},
		"/users?role=editor":                {1, 1},
		"/users?role=editor&role=member":    {2, 2},
		"/users?limit=1":                    {1, 2},
		"/users?limit=1&page=3":             {0, 2},
		"/users?since=2999-01-01":           {0, 0},
		"/users?since=2001-01-01T00:00:00Z": {2, 2},
	} {
		_, page := c.send("GET", path, "", 200)
		if got := len(page["users"].([]any)); got != want[0] || page["total"] != float64(want[1]) {
			t.Errorf("GET %s = %d of %v users, want %d of %d", path, got, page["total"], want[0], want[1])
		}
	}
}

func TestEveryProblemInOneAnswer(t *testing.T) {
	c := start(t)
	for _, test := range []struct {
		method, path, body string
		status             int
		names              []string
	}{
		{"GET", "/users?page=0&limit=many&role=king", "", 400, []string{"role", "page", "limit"}},
		{"GET", "/users/one", "", 400, []string{"id"}},
		{"POST", "/users", `{"email":"ada"}`, 422, []string{"/name", "/email", "/role"}},
		{"POST", "/users", `{"name":"Ada","email":"a@b.de","role":7}`, 422, []string{"/role"}},
		{"PATCH", "/users/1", `{"name":""}`, 422, []string{"/name"}},
	} {
		_, problem := c.send(test.method, test.path, test.body, test.status)
		var names []string
		for _, e := range problem["errors"].([]any) {
			names = append(names, e.(map[string]any)["name"].(string))
		}
		if strings.Join(names, " ") != strings.Join(test.names, " ") {
			t.Errorf("%s %s %s: problems with %q, want %q", test.method, test.path, test.body, names, test.names)
		}
	}
}

func TestWhoComesBeforeWhat(t *testing.T) {
	c := start(t)
	header, _ := c.sendAs("", "DELETE", "/users/one", "", 401)
	if header.Get("WWW-Authenticate") == "" {
		t.Error("401 without WWW-Authenticate")
	}
	c.sendAs("Bearer guess", "POST", "/users", "not JSON", 403)
	c.send("POST", "/users", "not JSON", 400)
	c.send("POST", "/users", ada, 201)
	c.send("POST", "/users", ada, 409)
}
