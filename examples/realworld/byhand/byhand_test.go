package byhand_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/examples/realworld/byhand/internal/fixture"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// TestSameAnswers asks both applications, on one database, and wants the same
// bytes.
func TestSameAnswers(t *testing.T) {
	data, err := fixture.Make(t.Context(), t.TempDir(), 30)
	if err != nil {
		t.Fatal(err)
	}
	generated, byHand := serve(t, data, fixture.Generated), serve(t, data, fixture.ByHand)
	token := "Token " + data.Token
	asked := 0
	for _, path := range []string{
		"/api/articles", "/api/articles?limit=5&offset=3", "/api/articles?tag=tag1", "/api/articles?author=user1&limit=2", "/api/articles?favorited=user0",
		"/api/articles?author=nobody", "/api/articles?tag=", "/api/articles?limit=0", "/api/articles?limit=x&offset=-1", "/api/articles?limit=1&limit=2",
		"/api/articles?tag=a&tag=b", "/api/articles?offset=1000",
		"/api/articles/" + data.Slug, "/api/articles/none", "/api/articles/feed%2F",
		"/api/user",
	} {
		for _, authorization := range []string{"", token, strings.Replace(token, "Token", "Bearer", 1), "Token worthless", "Basic abc", token + "x"} {
			t.Run(fmt.Sprintf("%s %.13s", path, authorization), func(t *testing.T) {
				var got, want string
				for range 5 { // tokens have the second in which they were made
					want, got = ask(t, generated, path, authorization), ask(t, byHand, path, authorization)
					if got == want {
						asked++
						return
					}
				}
				i := 0
				for i < min(len(got), len(want)) && got[i] == want[i] {
					i++
				}
				t.Errorf("from byte %d, by hand\n%.200s\ngenerated\n%.200s", i, got[max(i-50, 0):], want[max(i-50, 0):])
			})
		}
	}
	if asked < 16*6 {
		t.Errorf("%d answers are the same", asked)
	}
}

func serve(t *testing.T, data fixture.Data, which string) *httptest.Server {
	t.Helper()
	h, closeStore, err := data.Open(t.Context(), which)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(func() {
		server.Close()
		closeStore()
	})
	return server
}

// ask returns the status, the headers that say something, and the body.
func ask(t *testing.T, server *httptest.Server, path, authorization string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Origin", "http://localhost:4200")
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	response.Header.Del("Date")
	response.Header.Del("X-Request-Id")
	var header strings.Builder
	response.Header.Write(&header)
	return fmt.Sprintf("%s\n%s\n%s", response.Status, header.String(), body)
}
