package pattern_test

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/runtime/pattern"
)

func TestParse(t *testing.T) {
	type segments = []pattern.Segment
	tests := []struct {
		pattern string
		want    pattern.Pattern
	}{
		{"/", pattern.Pattern{Path: "/", Segments: segments{{pattern.Rest, ""}}}},
		{"/{$}", pattern.Pattern{Path: "/{$}", Segments: segments{{pattern.End, ""}}}},
		{"GET /users", pattern.Pattern{Method: "GET", Path: "/users", Segments: segments{{pattern.Literal, "users"}}}},
		{"GET \t /users/", pattern.Pattern{
			Method: "GET", Path: "/users/",
			Segments: segments{{pattern.Literal, "users"}, {pattern.Rest, ""}},
		}},
		{" /{id}", pattern.Pattern{Path: "/{id}", Segments: segments{{pattern.Wildcard, "id"}}}},
		{"BREW example.com/a%20b/{id}/{rest...}", pattern.Pattern{
			Method: "BREW", Host: "example.com", Path: "/a%20b/{id}/{rest...}",
			Segments: segments{{pattern.Literal, "a b"}, {pattern.Wildcard, "id"}, {pattern.Rest, "rest"}},
		}},
		{"/a/{$}", pattern.Pattern{Path: "/a/{$}", Segments: segments{{pattern.Literal, "a"}, {pattern.End, ""}}}},
		{"CONNECT /a//b", pattern.Pattern{
			Method: "CONNECT", Path: "/a//b",
			Segments: segments{{pattern.Literal, "a"}, {pattern.Literal, ""}, {pattern.Literal, "b"}},
		}},
	}
	for _, test := range tests {
		got, err := pattern.Parse(test.pattern)
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("Parse(%q) = %+v, %v, want %+v", test.pattern, got, err, test.want)
			continue
		}
		if again, err := pattern.Parse(got.String()); err != nil || !reflect.DeepEqual(again, got) {
			t.Errorf("Parse(%q), of what %q gave, is %+v, %v", got.String(), test.pattern, again, err)
		}
	}
	for bad, want := range map[string]string{"": "invalid pattern", "GET": "missing /", "/{a": "bad wildcard", "/{a}/{a}": "duplicate"} {
		if _, err := pattern.Parse(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q): the error is %v, want %q in it", bad, err, want)
		}
	}
}

// TestMatchLikeServeMux asks a ServeMux with one pattern about the same paths.
func TestMatchLikeServeMux(t *testing.T) {
	patterns := []string{
		"/", "/{$}", "/a", "/a/", "/a/{$}", "/{id}", "/{id}/", "/a/{id}", "/a/{id}/b", "/a/{rest...}", "/{rest...}", "/{id}/{rest...}", "/a%2Fb/{id}", "/ä/{id}",
	}
	paths := []string{
		"/", "/a", "/a/", "/b", "/a/b", "/a/b/", "/a/b/c", "/a%2Fb", "/a%2Fb/c", "/%C3%A4/%20", "/a/x%2Fy/b", "/%61/1", "/a/%2F",
	}
	for _, text := range patterns {
		p, err := pattern.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		mux := http.NewServeMux()
		mux.HandleFunc(text, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusTeapot)
			for _, name := range p.Names() {
				want = append(want, r.PathValue(name))
			}
		})
		for _, path := range paths {
			want = nil
			w, r := httptest.NewRecorder(), httptest.NewRequest("GET", path, nil)
			mux.ServeHTTP(w, r)
			got, ok := p.Match(r.URL.EscapedPath())
			if ok != (w.Code == http.StatusTeapot) || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: Match(%q) = %q, %t, want %q, %d", text, path, got, ok, want, w.Code)
			}
		}
	}
}

func TestSetPathValues(t *testing.T) {
	p, err := pattern.Parse("/users/{id}")
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/users/a%2Fb", nil)
	if p.SetPathValues(r, "/users/") || r.PathValue("id") != "" {
		t.Errorf("a path that does not fit gives id the value %q", r.PathValue("id"))
	}
	if !p.SetPathValues(r, r.URL.EscapedPath()) || r.PathValue("id") != "a/b" {
		t.Errorf("id is %q", r.PathValue("id"))
	}
}

func TestMethods(t *testing.T) {
	for text, want := range map[string]string{
		"/":      "GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT QUERY",
		"GET /":  "GET HEAD",
		"HEAD /": "HEAD",
		"BREW /": "BREW",
	} {
		p, err := pattern.Parse(text)
		if got := strings.Join(p.Methods(), " "); err != nil || got != want {
			t.Errorf("the methods of %q are %q, %v, want %q", text, got, err, want)
		}
	}
}

func TestEscaped(t *testing.T) {
	p, err := pattern.Parse("GET /caf%C3%A9/a b/{größe}/x%2Fy/{rest...}")
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, s := range p.Escaped().Segments {
		texts = append(texts, s.Text)
	}
	if got, want := strings.Join(texts, " "), "caf%C3%A9 a%20b größe x%2Fy rest"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := p.Segments[0].Text; got != "café" {
		t.Errorf("the pattern itself has become %s", got)
	}
}
