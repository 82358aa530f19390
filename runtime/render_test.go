package runtime

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// renderTeapot renders errors in a form of its own.
func renderTeapot(w http.ResponseWriter, _ *http.Request, err error) {
	w.WriteHeader(http.StatusTeapot)
	_, _ = w.Write([]byte(err.Error()))
}

// refuse is middleware that answers every request with an error.
func refuse(http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		RenderError(w, r, Errorf(http.StatusForbidden, "not today"))
	})
}

func TestRenderError(t *testing.T) {
	const problem = `{"title":"Forbidden","status":403,"detail":"not today"}`
	refused := refuse(nil)
	plain := NewRouter()
	plain.Handle("GET /a/{id}", refused)
	custom := NewRouter()
	custom.Handle("GET /a/{id}", refused)
	custom.RenderErrors(renderTeapot)
	around := NewRouter()
	around.RenderErrors(renderTeapot)
	tests := []struct {
		name    string
		handler http.Handler
		status  int
		body    string
	}{
		{"no router", refused, 403, problem},
		{"no errors function", plain, 403, problem},
		{"errors function", custom, 418, "not today"},
		{"around the router", refuse(around), 403, problem},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			test.handler.ServeHTTP(w, httptest.NewRequest("GET", "/a/1", nil))
			if w.Code != test.status || w.Body.String() != test.body {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, test.status, test.body)
			}
		})
	}
}

// TestRenderErrorTooLate gives it errors that no function can render.
func TestRenderErrorTooLate(t *testing.T) {
	router := NewRouter()
	router.RenderErrors(func(http.ResponseWriter, *http.Request, error) { t.Error("the errors function is called") })
	router.HandleFunc("GET /begun", func(w http.ResponseWriter, r *http.Request) {
		w = TrackWriter(w)
		_, _ = w.Write([]byte("half"))
		RenderError(w, r, Errorf(http.StatusForbidden, "not today"))
	})
	router.HandleFunc("GET /nil", func(w http.ResponseWriter, r *http.Request) { RenderError(w, r, nil) })
	for path, want := range map[string]string{"/begun": "half", "/nil": `{"title":"Internal Server Error","status":500}`} {
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Body.String() != want {
			t.Errorf("%s: got %s, want %s", path, w.Body, want)
		}
	}
}

// TestPatternOutside looks at the request from outside the router.
func TestPatternOutside(t *testing.T) {
	router := NewRouter()
	router.RenderErrors(renderTeapot)
	router.HandleFunc("GET /a/{id}", func(_ http.ResponseWriter, r *http.Request) {
		if r.Pattern != "GET /a/{id}" || r.PathValue("id") != "1" {
			t.Errorf("inside: %q, %q", r.Pattern, r.PathValue("id"))
		}
	})
	r := httptest.NewRequest("GET", "/a/1", nil)
	router.ServeHTTP(httptest.NewRecorder(), r)
	if r.Pattern != "GET /a/{id}" {
		t.Errorf("outside: %q", r.Pattern)
	}
}
