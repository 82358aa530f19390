package jwt_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handlergen/handlergen/contrib/jwt"
	example "github.com/handlergen/handlergen/examples/jwt"
)

var secret = bytes.Repeat([]byte("not so secret. "), 3)

// users has ada, who is an administrator, and bob. Hashing passwords takes its
// time.
var users = sync.OnceValue(func() *example.Users {
	users := example.NewUsers()
	for _, user := range [][3]string{{"ada", "admin", "correct horse"}, {"bob", "member", "battery staple"}} {
		if err := users.Add(user[0], user[1], user[2]); err != nil {
			panic(err)
		}
	}
	return users
})

// A client speaks to a server of its own, with one token.
type client struct {
	*testing.T
	server *httptest.Server
	token  string
}

func start(t *testing.T) *client {
	t.Helper()
	return startWith(t, users())
}

func startWith(t *testing.T, users *example.Users) *client {
	t.Helper()
	server := httptest.NewServer(example.Routes(example.NewApp(users, secret)))
	t.Cleanup(server.Close)
	return &client{T: t, server: server}
}

// send makes a request and wants a status. The answer is a JSON object, if it is
// JSON.
func (c *client) send(method, path, body string, want int) (http.Header, map[string]any) {
	c.Helper()
	header, text := c.sendText(method, path, body, want)
	var answer map[string]any
	if strings.Contains(header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(text, &answer); err != nil {
			c.Fatalf("%s %s = %s: %v", method, path, text, err)
		}
	}
	return header, answer
}

func (c *client) sendText(method, path, body string, want int) (http.Header, []byte) {
	c.Helper()
	request, err := http.NewRequestWithContext(c.Context(), method, c.server.URL+path, strings.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
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
	return response.Header, text
}

// login takes the token of a user.
func (c *client) login(name, password string) {
	c.Helper()
	header, answer := c.send("POST", "/api/login", `{"name":"`+name+`","password":"`+password+`"}`, 200)
	if answer["token_type"] != "Bearer" || answer["expires_in"] != 900.0 || header.Get("Cache-Control") != "no-store" {
		c.Errorf("login: %v, Cache-Control %q", answer, header.Get("Cache-Control"))
	}
	c.token = answer["access_token"].(string)
}

func TestLogin(t *testing.T) {
	c := start(t)
	for _, body := range []string{
		`{"name":"ada","password":"wrong"}`,
		`{"name":"nobody","password":"correct horse"}`,
		`{"name":"bob","password":"correct horse"}`,
	} {
		header, problem := c.send("POST", "/api/login", body, 401)
		if header.Get("WWW-Authenticate") != "Bearer" || problem["detail"] != "the name or the password is wrong" {
			t.Errorf("%s: %q, %v", body, header.Get("WWW-Authenticate"), problem)
		}
	}
	c.send("POST", "/api/login", `{"name":"ada"}`, 422)
	c.login("ada", "correct horse")
	c.send("GET", "/api/session", "", 200)
}

func TestLoginsAreLimited(t *testing.T) {
	c := start(t)
	for range 10 {
		c.send("POST", "/api/login", `{}`, 422)
	}
	header, _ := c.send("POST", "/api/login", `{"name":"ada","password":"correct horse"}`, 429)
	if header.Get("Retry-After") == "" {
		t.Error("429 without Retry-After")
	}
	c.send("GET", "/api/status", "", 200)
}

func TestWithToken(t *testing.T) {
	c := start(t)
	c.login("bob", "battery staple")
	for _, path := range []string{"/api/session", "/api/user/profile"} {
		_, session := c.send("GET", path, "", 200)
		expires := time.Unix(int64(session["expires"].(float64)), 0)
		if session["name"] != "bob" || session["role"] != "member" || time.Until(expires) > 15*time.Minute {
			t.Errorf("GET %s: %v", path, session)
		}
	}
	if _, greeting := c.send("GET", "/api/greeting", "", 200); greeting["hello"] != "bob" {
		t.Errorf("greeting: %v", greeting)
	}
}

func TestAdministrators(t *testing.T) {
	c := start(t)
	c.login("bob", "battery staple")
	if _, problem := c.send("GET", "/api/admin/users", "", 403); problem["detail"] != "this is for administrators" {
		t.Errorf("problem: %v", problem)
	}
	c.login("ada", "correct horse")
	if _, names := c.sendText("GET", "/api/admin/users", "", 200); string(names) != `["ada","bob"]` {
		t.Errorf("names: %s", names)
	}
}

func TestChangePassword(t *testing.T) {
	store := example.NewUsers()
	if err := store.Add("eve", "member", "a bad password"); err != nil {
		t.Fatal(err)
	}
	c := startWith(t, store)
	c.login("eve", "a bad password")
	c.send("PUT", "/api/user/password", `{"old":"a guess","new":"a much better one"}`, 403)
	c.send("PUT", "/api/user/password", `{"old":"a bad password","new":"short"}`, 422)
	c.send("PUT", "/api/user/password", `{"old":"a bad password","new":"a much better one"}`, 204)
	c.send("POST", "/api/login", `{"name":"eve","password":"a bad password"}`, 401)
	c.login("eve", "a much better one")
}

func TestWithoutToken(t *testing.T) {
	c := start(t)
	for _, path := range []string{"/api/session", "/api/user/profile"} {
		header, problem := c.send("GET", path, "", 401)
		if header.Get("WWW-Authenticate") != "Bearer" || problem["status"] != 401.0 {
			t.Errorf("GET %s: %q, %v", path, header.Get("WWW-Authenticate"), problem)
		}
	}
	c.send("GET", "/api/status", "", 200)
	if _, greeting := c.send("GET", "/api/greeting", "", 200); greeting["hello"] != "stranger" {
		t.Errorf("greeting: %v", greeting)
	}
	c.send("GET", "/api/admin/users", "", 401)
	c.send("PUT", "/api/user/password", "not JSON", 401) // who comes before what
	// What is not there is not behind the middleware.
	c.send("GET", "/api/user/nothing", "", 404)
	c.send("POST", "/api/user/profile", "", 405)
}

func TestWithBadToken(t *testing.T) {
	c := start(t)
	sign := func(key []byte, change func(*example.Claims)) string {
		claims := example.Claims{
			RegisteredClaims: jwt.RegisteredClaims{
				Subject: "ada", Issuer: "https://login.example.com", Audience: []string{"https://api.example.com"},
				ExpiresAt: jwt.At(time.Now().Add(time.Minute)),
			},
			Role: "admin",
		}
		change(&claims)
		token, err := jwt.Sign(jwt.Key{Algorithm: jwt.HS256, Value: key}, claims)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	c.token = sign(secret, func(*example.Claims) {})
	c.send("GET", "/api/session", "", 200)
	for name, token := range map[string]string{
		"by somebody else": sign(bytes.Repeat([]byte("x"), 32), func(*example.Claims) {}),
		"expired":          sign(secret, func(c *example.Claims) { c.ExpiresAt = jwt.At(time.Now()) }),
		"from elsewhere":   sign(secret, func(c *example.Claims) { c.Issuer = "https://evil.example" }),
		"for others":       sign(secret, func(c *example.Claims) { c.Audience = []string{"https://mail.example.com"} }),
		"no token":         "abc",
	} {
		c.token = token
		for _, path := range []string{"/api/session", "/api/user/profile", "/api/admin/users", "/api/greeting"} {
			header, problem := c.send("GET", path, "", 401)
			if header.Get("WWW-Authenticate") != `Bearer error="invalid_token"` || problem["detail"] != "the bearer token is not valid" {
				t.Errorf("%s: GET %s: %q, %v", name, path, header.Get("WWW-Authenticate"), problem)
			}
		}
		c.send("GET", "/api/status", "", 200)
	}
}
