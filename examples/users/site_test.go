package users_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/examples/users"
)

// TestSite asks for the page, for the document, which has each route, and for
// something of the API.
func TestSite(t *testing.T) {
	app := &users.App{Users: users.NewStore()}
	site := users.Site(app)
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	get := func(path string) string {
		t.Helper()
		response, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("GET %s: %s, %v", path, response.Status, err)
		}
		return string(body)
	}

	if page := get("/docs"); !strings.Contains(page, `data-document="openapi.yaml"`) {
		t.Errorf("the page is\n%s", page)
	}
	document := get("/docs/openapi.yaml")
	if file, err := os.ReadFile("openapi.yaml"); err != nil || document != string(file) {
		t.Errorf("the document is not openapi.yaml (%v)", err)
	}
	for route := range users.Routes(app).Routes() {
		_, rest, found := strings.Cut(document, "\n  "+route.Pattern+":\n")
		item, _, _ := strings.Cut(rest, "\n  /")
		if !found || !strings.Contains(item, "    "+strings.ToLower(route.Method)+":\n") {
			t.Errorf("the document lacks %s %s", route.Method, route.Pattern)
		}
	}
	if list := get("/users"); !strings.Contains(list, `"total":0`) {
		t.Errorf("the list is %s", list)
	}
}
