package bench

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	chi "github.com/go-chi/chi/v5/middleware"

	"github.com/handlergen/handlergen/bench/layers"
	"github.com/handlergen/handlergen/bench/layers/plain"
	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/middleware"
)

// BenchmarkLayers measures every layer around its bare handler, and the bare
// handler. The units are those of BenchmarkEndpoints.
func BenchmarkLayers(b *testing.B) {
	requests := layers.Requests()
	for _, layer := range layers.Layers(io.Discard) {
		contenders := append([]Contender{{Name: "bare", Handler: layer.Bare}}, wrapped(layer)...)
		place := *first % len(contenders)
		contenders = slices.Concat(contenders[place:], contenders[:place])
		b.Run(layer.Row(), func(b *testing.B) {
			for _, contender := range contenders {
				b.Run(contender.Name, func(b *testing.B) { measure(b, requests[layer.Request], contender) })
			}
		})
	}
}

// wrapped returns the bare handler of a layer inside of each contender that
// there is.
func wrapped(layer layers.Layer) []Contender {
	var list []Contender
	for name, mw := range layer.Contenders() {
		list = append(list, Contender{Name: name, Handler: mw(layer.Bare)})
	}
	return list
}

// TestLayersPass sees to it that no layer changes the answer that is measured.
func TestLayersPass(t *testing.T) {
	requests := layers.Requests()
	for _, layer := range layers.Layers(io.Discard) {
		want := answer(layer.Bare, requests[layer.Request].New())
		for _, contender := range wrapped(layer) {
			t.Run(layer.Name+"/"+contender.Name, func(t *testing.T) {
				got := answer(contender.Handler, requests[layer.Request].New())
				if got.Code != http.StatusOK {
					t.Errorf("status %d: %s", got.Code, got.Body)
				}
				if body := decoded(t, got); !bytes.Equal(body, want.Body.Bytes()) {
					t.Errorf("body %.200q, want %.200q", body, want.Body)
				}
			})
		}
	}
}

func decoded(t *testing.T, w *httptest.ResponseRecorder) []byte {
	t.Helper()
	if w.Header().Get("Content-Encoding") != "gzip" {
		return w.Body.Bytes()
	}
	r, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestLayersWork sees to it that layers that are compared do what they are for:
// one that did nothing would be the fastest.
func TestLayersWork(t *testing.T) {
	for i, layer := range layers.Layers(io.Discard) {
		prove, ok := proofs[layer.Name]
		if !ok {
			if layer.Chi != nil || layer.Std != nil {
				t.Errorf("nothing proves that the contenders for %s mean the same", layer.Name)
			}
			continue
		}
		for name := range layer.Contenders() {
			t.Run(layer.Name+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := proof{T: t}
					for who, mw := range layers.Layers(&p.log)[i].Contenders() { // those of the bubble
						if who == name {
							p.mw = mw
						}
					}
					prove(&p)
				})
			})
		}
	}
}

// A proof is that one layer works.
type proof struct {
	*testing.T
	mw  layers.Middleware
	log bytes.Buffer
}

var proofs = map[string]func(*proof){
	"Recover":               (*proof).recovers,
	"RequestID":             (*proof).identifies,
	"Trace":                 (*proof).traces,
	"Timeout":               (*proof).limitsTime,
	"Timeout of JSON":       (*proof).limitsTime,
	"BodyLimit":             (*proof).limitsBodies,
	"SetHeader":             (*proof).setsHeader,
	"function that changes": (*proof).stamps,
	"AddExtension":          (*proof).addsValue,
	"BasicAuth":             (*proof).authenticates,
	"ConcurrencyLimit":      func(p *proof) { p.limitsRequests(0) },
	"LoadShed":              func(p *proof) { p.limitsRequests(excess) },
	"NormalizePath":         (*proof).normalizes,
	"CrossOrigin":           (*proof).refusesOthers,
	"compress":              (*proof).compresses,
	"five":                  func(p *proof) { p.four(); p.setsHeader() },
	"five with Timeout":     func(p *proof) { p.four(); p.limitsTime() },
}

func (p *proof) four() {
	p.recovers()
	p.identifies()
	p.traces()
	p.limitsBodies()
}

// ask sends a text to a function inside of a layer.
func (p *proof) ask(h http.HandlerFunc, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/ping", strings.NewReader("text"))
	if change != nil {
		change(r)
	}
	return answer(p.mw(h), r)
}

func (p *proof) recovers() {
	w := p.ask(func(http.ResponseWriter, *http.Request) { panic("a test") }, nil)
	if w.Code != http.StatusInternalServerError {
		p.Errorf("a panic was answered %d", w.Code)
	}
}

func (p *proof) identifies() {
	ids := map[string]bool{}
	for range 2 {
		p.ask(func(_ http.ResponseWriter, r *http.Request) {
			ids[string(middleware.IDFrom(r.Context()))+chi.GetReqID(r.Context())] = true
		}, nil)
	}
	if len(ids) != 2 || ids[""] {
		p.Errorf("the ids were %v", ids)
	}
}

func (p *proof) traces() {
	p.log.Reset()
	p.ask(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }, nil)
	if line := p.log.String(); strings.Count(line, "\n") != 1 || !strings.Contains(line, "/ping") || !strings.Contains(line, "418") {
		p.Errorf("the log is %q", line)
	}
}

func (p *proof) limitsTime() {
	p.ask(func(_ http.ResponseWriter, r *http.Request) {
		if _, ok := r.Context().Deadline(); !ok {
			p.Error("the context has no deadline")
		}
	}, nil)
}

func (p *proof) limitsBodies() {
	for size, want := range map[int]int{layers.Limit: http.StatusOK, layers.Limit + 1: http.StatusRequestEntityTooLarge} {
		w := p.ask(layers.Read.ServeHTTP, func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader(strings.Repeat("x", size)))
			r.ContentLength = int64(size)
		})
		if w.Code != want {
			p.Errorf("%d bytes were answered %d, want %d", size, w.Code, want)
		}
	}
}

func (p *proof) setsHeader() {
	w := p.ask(layers.Text.ServeHTTP, nil)
	if got := w.Header().Get("X-Content-Type-Options"); got != "nosniff" {
		p.Errorf("the field is %q", got)
	}
}

func (p *proof) stamps() {
	w := answer(p.mw(plain.Routes()), httptest.NewRequest("GET", "/ping", nil))
	if got := w.Header().Get("X-Content-Type-Options"); w.Code != http.StatusOK || got != "nosniff" {
		p.Errorf("the answer is %d, the field %q", w.Code, got)
	}
}

func (p *proof) addsValue() {
	p.ask(func(w http.ResponseWriter, r *http.Request) {
		in := runtime.NewInput(w, r)
		ours, _ := runtime.ReadExtension[layers.Extension](&in)
		chis, _ := r.Context().Value(layers.Key{}).(layers.Extension)
		if ours.Value.Name+chis.Name != "value" {
			p.Errorf("the value is %v, or %v", ours, chis)
		}
	}, nil)
}

func (p *proof) authenticates() {
	for password, want := range map[string]int{layers.Password: http.StatusOK, "guess": http.StatusUnauthorized} {
		w := p.ask(layers.Text.ServeHTTP, func(r *http.Request) { r.SetBasicAuth(layers.User, password) })
		if w.Code != want {
			p.Errorf("password %q was answered %d, want %d", password, w.Code, want)
		}
	}
}

// excess is how many requests come too many.
const excess = 7

func (p *proof) limitsRequests(refused int) {
	inside, turned := 0, 0
	finish := make(chan struct{})
	h := p.mw(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		inside++
		<-finish
	}))
	for range layers.Slots + excess {
		go func() {
			if w := answer(h, httptest.NewRequest("GET", "/", nil)); w.Code != http.StatusOK {
				turned++
			}
		}()
		synctest.Wait()
	}
	if inside != layers.Slots || turned != refused {
		p.Errorf("%d requests were inside, %d refused; want %d and %d", inside, turned, layers.Slots, refused)
	}
	close(finish)
	synctest.Wait()
	if inside != layers.Slots+excess-refused {
		p.Errorf("%d requests came inside", inside)
	}
}

func (p *proof) normalizes() {
	p.ask(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/ping" {
			p.Errorf("the path is %q", r.URL.Path)
		}
	}, func(r *http.Request) { r.URL.Path = "/ping/" })
}

func (p *proof) refusesOthers() {
	w := p.ask(layers.Text.ServeHTTP, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") })
	if w.Code != http.StatusForbidden {
		p.Errorf("a request from elsewhere was answered %d", w.Code)
	}
}

func (p *proof) compresses() {
	w := p.ask(layers.Page.ServeHTTP, func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip") })
	if w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() > 1000 {
		p.Errorf("the body has %d bytes, coded by %q", w.Body.Len(), w.Header().Get("Content-Encoding"))
	}
}
