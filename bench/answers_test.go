package bench

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	"github.com/handlergen/handlergen/bench/endpoints"
)

// TestSameAnswers holds every contender to the answers that the requests of
// package endpoints deserve.
func TestSameAnswers(t *testing.T) {
	for _, contender := range Contenders() {
		for _, q := range endpoints.Requests() {
			t.Run(contender.Name+"/"+q.Name, func(t *testing.T) {
				got := answer(contender.Handler, q.New())
				want := q.Status
				if want == http.StatusBadRequest && contender.BadPath != 0 {
					want = contender.BadPath
				}
				if got.Code != want {
					t.Fatalf("status %d, want %d: %s", got.Code, want, got.Body)
				}
				if want == contender.BadPath {
					return // in a form of its own
				}
				if location := got.Header().Get("Location"); location != q.Location {
					t.Errorf("Location %q, want %q", location, q.Location)
				}
				compareBodies(t, got.Body.Bytes(), q.Answer)
			})
		}
	}
}

func answer(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// compareBodies compares a body with a text or with what its JSON should hold.
func compareBodies(t *testing.T, body []byte, want any) {
	t.Helper()
	if text, ok := want.(string); ok {
		if string(body) != text {
			t.Errorf("body %q, want %q", body, text)
		}
		return
	}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := decode(t, body), decode(t, text); !reflect.DeepEqual(got, want) {
		t.Errorf("body %.500s, want %.500s", body, text)
	}
}

func decode(t *testing.T, text []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %.500s", err, text)
	}
	return v
}
