package middleware_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/runtime/middleware"
)

type rule = middleware.HeaderRule

// TestSetHeaderModes has each mode meet a handler that has set the field, or has
// not.
func TestSetHeaderModes(t *testing.T) {
	tests := []struct {
		name string
		rule rule
		own  []string
		want []string
	}{
		{"override", rule{}, nil, []string{"layer"}},
		{"override what is there", rule{}, []string{"own", "more"}, []string{"layer"}},
		{"append", rule{Mode: middleware.Append}, nil, []string{"layer"}},
		{"append to what is there", rule{Mode: middleware.Append}, []string{"own"}, []string{"own", "layer"}},
		{"if missing", rule{Mode: middleware.IfMissing}, nil, []string{"layer"}},
		{"if missing, what is there", rule{Mode: middleware.IfMissing}, []string{"own"}, []string{"own"}},
	}
	// Each way to send the head; what follows it comes too late.
	ways := map[string]func(w http.ResponseWriter){
		"nothing":  func(http.ResponseWriter) {},
		"a status": func(w http.ResponseWriter) { w.WriteHeader(404) },
		"bytes":    func(w http.ResponseWriter) { io.WriteString(w, "x") },
		"a flush":  func(w http.ResponseWriter) { w.(http.Flusher).Flush() },
		"a copy":   func(w http.ResponseWriter) { io.Copy(w, io.MultiReader(strings.NewReader("x"))) },
		"interim":  func(w http.ResponseWriter) { w.WriteHeader(103); w.WriteHeader(200) },
	}
	for _, test := range tests {
		for way, write := range ways {
			t.Run(test.name+", "+way, func(t *testing.T) {
				answer := test.rule
				answer.Name, answer.Value = "x-field", "layer"
				handler := func(w http.ResponseWriter, _ *http.Request) {
					if test.own != nil {
						w.Header()["X-Field"] = test.own
					}
					write(w)
					if way != "nothing" {
						w.Header().Set("X-Field", "late")
					}
				}
				overEach(t, middleware.SetHeader(answer)(http.HandlerFunc(handler)), func(t *testing.T, server *httptest.Server) {
					if got := get(t, server, "/").Header["X-Field"]; !slices.Equal(got, test.want) {
						t.Errorf("got %q, want %q", got, test.want)
					}
				})

				before := answer
				before.Request = true
				inside := func(_ http.ResponseWriter, r *http.Request) {
					if got := r.Header["X-Field"]; !slices.Equal(got, test.want) {
						t.Errorf("the request has %q, want %q", got, test.want)
					}
				}
				r := httptest.NewRequest("GET", "/", nil)
				if test.own != nil {
					r.Header["X-Field"] = append(make([]string, 0, 5), test.own...)
				}
				middleware.SetHeader(before)(http.HandlerFunc(inside)).ServeHTTP(httptest.NewRecorder(), r)
				if got := r.Header["X-Field"]; !slices.Equal(got, test.own) {
					t.Errorf("the request outside has %q", got)
				}
			})
		}
	}
}

// TestSetHeaderFunc makes values of what is known when they are needed.
func TestSetHeaderFunc(t *testing.T) {
	h := middleware.SetHeader(
		rule{Name: "X-Status", Func: func(r *http.Request, status int, header http.Header) string {
			return r.URL.Path + " " + strconv.Itoa(status) + " " + header.Get("Content-Type")
		}},
		rule{Name: "X-After", Func: func(_ *http.Request, _ int, header http.Header) string { return header.Get("X-Status") + "!" }},
		rule{Name: "X-Declined", Func: func(*http.Request, int, http.Header) string { return "" }},
		rule{Name: "X-Empty"},
		rule{Name: "X-In", Request: true, Func: func(r *http.Request, _ int, header http.Header) string {
			return r.Method + " " + header.Get("X-Sent")
		}},
	)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/x-test")
		w.Header().Set("X-Declined", r.Header.Get("X-In"))
		w.WriteHeader(202)
	}))
	r := httptest.NewRequest("GET", "/path", nil)
	r.Header.Set("X-Sent", "sent")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	got := w.Header()
	if got.Get("X-Status") != "/path 202 text/x-test" || got.Get("X-After") != "/path 202 text/x-test!" || got.Get("X-Declined") != "GET sent" || got["X-Empty"] != nil {
		t.Errorf("got %v", got)
	}
}

// TestSetHeaderPanic sees that an answer to a panic is left to those outside.
func TestSetHeaderPanic(t *testing.T) {
	captureLog(t)
	set := middleware.SetHeader(rule{Name: "X-A", Value: "1"})
	for _, test := range []struct {
		layers []layer
		want   string
	}{
		{[]layer{middleware.Recover(), set}, ""},
		{[]layer{set, middleware.Recover()}, "1"},
	} {
		w := httptest.NewRecorder()
		stack(panics("boom"), test.layers...).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		if got := w.Header().Get("X-A"); w.Code != 500 || got != test.want {
			t.Errorf("got %d, %q, want %q", w.Code, got, test.want)
		}
	}
}

func TestSetHeaderConfig(t *testing.T) {
	mustPanic(t, "without a rule", func() { middleware.SetHeader() })
	tests := []struct {
		rule rule
		part string
	}{
		{rule{}, `a header named ""`},
		{rule{Name: "X A"}, `a header named "X A"`},
		{rule{Name: "X-A", Value: "a\r\nX-B: c"}, "cannot be sent"},
		{rule{Name: "X-A", Value: "a\x00"}, "cannot be sent"},
		{rule{Name: "X-A", Mode: 3}, "mode 3"},
		{rule{Name: "X-A", Mode: -1}, "mode -1"},
		{rule{Name: "host", Value: "x", Request: true}, "Host"},
	}
	for _, test := range tests {
		mustPanic(t, test.part, func() { middleware.SetHeader(test.rule) })
	}
}

func TestPropagateHeader(t *testing.T) {
	for _, status := range []int{0, 201} {
		handler := func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-One", "own")
			w.Header().Set("X-Two", "own")
			if status != 0 {
				w.WriteHeader(status)
			}
		}
		overEach(t, middleware.PropagateHeader("x-one", "X-Two", "X-Three")(http.HandlerFunc(handler)), func(t *testing.T, server *httptest.Server) {
			r := request(t, server, "GET", "/", nil)
			r.Header["X-One"] = []string{"a", "b"}
			got := send(t, server, r).Header
			if !slices.Equal(got["X-One"], []string{"a", "b"}) || got.Get("X-Two") != "own" || got["X-Three"] != nil {
				t.Errorf("status %d: got %v", status, got)
			}
		})
	}
	mustPanic(t, "PropagateHeader without a name", func() { middleware.PropagateHeader() })
	mustPanic(t, "PropagateHeader of a header", func() { middleware.PropagateHeader("a:b") })
}
