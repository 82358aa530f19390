package middleware_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/handlergen/handlergen/runtime/middleware"
)

func TestAccept(t *testing.T) {
	tests := []struct {
		name   string
		accept []string
		want   bool
	}{
		{"missing", nil, true},
		{"exactly", []string{"application/json"}, true},
		{"no case", []string{"Application/JSON"}, true},
		{"with parameters", []string{"application/json; charset=utf-8"}, true},
		{"one of several", []string{"text/html, application/json;q=0.1"}, true},
		{"on another line", []string{"text/html", "application/json"}, true},
		{"subtypes", []string{"application/*"}, true},
		{"everything", []string{"*/*"}, true},
		{"with spaces", []string{" text/html ,\tapplication/json "}, true},
		{"another", []string{"text/html"}, false},
		{"other subtypes", []string{"text/*"}, false},
		{"a longer type", []string{"application/json5, application/jso"}, false},
		{"a suffix", []string{"application/problem+json"}, false},
		{"empty", []string{""}, false},
		{"nonsense", []string{",;=/*"}, false},
		{"a comma within quotes", []string{`text/html;a="b, application/json"`}, false},
		{"a comma behind quotes", []string{`text/html;a="b\", c", application/json`}, true},
		{"refused", []string{"application/json;q=0"}, false},
		{"refused, among others", []string{"application/json;q=0.000, */*"}, false},
		{"refused, before and behind", []string{"*/*, application/*;q=0"}, false},
		{"only this", []string{"*/*;q=0, application/json"}, true},
		{"q after others", []string{"application/json;a=b; Q=0"}, false},
		{"q that is no number", []string{"application/json;q=x"}, true},
	}
	for _, test := range tests {
		called := false
		h := middleware.Accept("application/JSON")(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
		r := httptest.NewRequest("GET", "/", nil)
		r.Header["Accept"] = test.accept
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if called != test.want {
			t.Errorf("%s: called %t", test.name, called)
		}
		if !called && (w.Code != 406 || w.Body.String() != `{"title":"Not Acceptable","status":406,"detail":"the Accept must allow application/json"}`) {
			t.Errorf("%s: got %d %s", test.name, w.Code, w.Body)
		}
	}
}

// TestAcceptSeveral offers two types.
func TestAcceptSeveral(t *testing.T) {
	h := middleware.Accept("text/html", "application/json")(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for accept, want := range map[string]int{
		"application/json": 200, "text/*": 200, "image/png": 406, "text/html;q=0, */*": 200, "text/html;q=0, application/json;q=0": 406,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: got %d", accept, w.Code)
		}
	}
}

func TestAcceptConfig(t *testing.T) {
	mustPanic(t, "Accept without a type", func() { middleware.Accept() })
	for _, media := range []string{"", "json", "a/b;c=d", "/", "a/", "/b", "a b/c"} {
		mustPanic(t, "which is no media type", func() { middleware.Accept(media) })
	}
}
