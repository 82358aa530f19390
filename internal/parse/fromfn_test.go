package parse

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/model"
)

// adaptersOf writes which adapters are around each route, outermost first.
func adaptersOf(pkg *model.Package) map[string]string {
	all := map[string]string{}
	for _, h := range pkg.Handlers {
		for _, r := range h.Routes {
			text := ""
			for _, m := range r.Use {
				text += fmt.Sprint(m.Func.Name, " ", m.Adapter, " ")
			}
			all[r.Pattern] = text
		}
	}
	return all
}

func TestMiddlewareFunc(t *testing.T) {
	pkg := mustRead(t, `
type Store struct{}

//handlergen:middleware
//handlergen:param tenant name=X-Tenant
func (s *Store) traced(tenant runtime.Header[string], next runtime.Next, r *http.Request) (runtime.Status, *runtime.Response, error) {
	panic(0)
}

//handlergen:route GET /1
//handlergen:use traced
func F1() {}`)
	if len(pkg.Middleware) != 1 {
		t.Fatalf("middleware %+v, want one", pkg.Middleware)
	}
	m := pkg.Middleware[0]
	if m.Func.Name != "traced" || m.Func.Receiver == nil || len(m.Results) != 3 || m.Pos.Line == 0 {
		t.Errorf("middleware %+v", m)
	}
	if len(m.Params) != 3 || m.Params[1].From != (model.Next{}) || m.Params[1].Name != "next" || m.Params[1].Why == "" {
		t.Errorf("parameters %+v, want the second to be the next", m.Params)
	}
	if use := pkg.Handlers[0].Routes[0].Use[0]; use.Adapter != 0 || use.Func.Receiver == nil {
		t.Errorf("the route uses %+v", use)
	}
	if diff := cmp.Diff(model.Type(model.Pointer{Elem: local("Store")}), pkg.State.Type); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
}

// TestMiddlewarePlans sees to it that a function has as many adapters as it
// needs, and no more.
func TestMiddlewarePlans(t *testing.T) {
	pkg := mustRead(t, `
func plain(next http.Handler) http.Handler { return next }

//handlergen:middleware
func same(name string, r *http.Request, next runtime.Next) *runtime.Response { panic(0) }

//handlergen:middleware
func optional(id runtime.Optional[int], r *http.Request, next runtime.Next) *runtime.Response { panic(0) }

//handlergen:middleware
func reads(body runtime.Text, next runtime.Next) *runtime.Response { panic(0) }

//handlergen:route GET /a/{name} limit=1KiB
//handlergen:route GET /b/{name}/{id}
//handlergen:route POST /c/{id}/{name} limit=1KiB
//handlergen:use same plain optional reads
func F1() {}`)
	want := map[string]string{
		"/a/{name}":      "same 0 plain -1 optional 1 reads 3 ",
		"/b/{name}/{id}": "same 0 plain -1 optional 2 reads 4 ",
		"/c/{id}/{name}": "same 0 plain -1 optional 2 reads 3 ",
	}
	if diff := cmp.Diff(want, adaptersOf(pkg)); diff != "" {
		t.Errorf("adapters (-want +got):\n%s", diff)
	}
	if limits := []model.Limit{pkg.Middleware[0].Limit, pkg.Middleware[3].Limit, pkg.Middleware[4].Limit}; !cmp.Equal(limits, []model.Limit{0, 1024, 0}) {
		t.Errorf("limits %v", limits)
	}
}

// TestDirect is about the functions that do nothing with an answer but return
// it, and of those about the ones that have no other.
func TestDirect(t *testing.T) {
	for body, want := range map[string]bool{
		`return next.Run(r), nil`:                                                      true,
		`return (next).Run(r), (nil)`:                                                  true,
		`return next.Run(runtime.WithExtension(r, 1)), nil`:                            true,
		`if r == nil { return nil, io.EOF }; return next.Run(r), nil`:                  true,
		`switch r.Method { case "GET": return next.Run(r), nil }; return nil, nil`:     true,
		`go func() { defer println() }(); return next.Run(r), nil`:                     true,
		`return &runtime.Response{}, nil`:                                              true,
		`res = next.Run(r); return`:                                                    false,
		`res = next.Run(r); return res, nil`:                                           false,
		`return next.Run(r), err`:                                                      false,
		`return next.Run(r), io.EOF`:                                                   false,
		`defer func() { res.Status = 1 }(); return next.Run(r), nil`:                   false,
		`for { defer r.Body.Close() }; return next.Run(r), nil`:                        false,
		`run := next.Run; return run(r), nil`:                                          false,
		`further := next; return further.Run(r), nil`:                                  false,
		`return func() (*runtime.Response, error) { return next.Run(r), nil }()`:       false,
		`next.Run(r); return next.Run(r), nil`:                                         false,
		`return next.Run(runtime.WithExtension(r, next)), nil`:                         false,
		`return pass(next.Run(r)), nil`:                                                false,
		`if res := next.Run(r); res != nil { return res, nil }; return nil, nil`:       false,
		`nil := error(io.EOF); return next.Run(r), nil`:                                false,
		`return two(next.Run(r))`:                                                      false,
		`{ next := runtime.Next{}; return next.Run(r), nil }`:                          true,
		`{ nil := 1; _ = nil }; return next.Run(r), nil`:                               true,
		`f := func(next runtime.Next) { next.Run(r) }; _ = f; return next.Run(r), nil`: true,
	} {
		pkg := mustRead(t, `
func pass(res *runtime.Response) *runtime.Response { return res }

func two(res *runtime.Response) (*runtime.Response, error) { return res, nil }

//handlergen:middleware
func f(r *http.Request, next runtime.Next) (res *runtime.Response, err error) {
	`+body+`
}

//handlergen:route GET /1
//handlergen:use f
func F1() {}`)
		if got := pkg.Middleware[0].Direct; got != want {
			t.Errorf("%s: direct %t, want %t", body, got, want)
		}
	}
	for body, want := range map[string]bool{
		`return next.Run(r), nil`:                                                               false,
		`if r == nil { return nil, io.EOF }; return next.Run(r), nil`:                           false,
		`if r == nil { return &runtime.Response{}, nil }; return next.Run(r), nil`:              true,
		`if r == nil { return }; return next.Run(r), nil`:                                       true,
		`res = next.Run(r); return res, nil`:                                                    true,
		`f := func() error { return nil }; return next.Run(runtime.WithExtension(r, f())), nil`: false,
	} {
		pkg := mustRead(t, `
//handlergen:middleware
func f(r *http.Request, next runtime.Next) (res *runtime.Response, err error) { `+body+` }

//handlergen:route GET /1
//handlergen:use f
func F1() {}`)
		if got := pkg.Middleware[0].Answers; got != want {
			t.Errorf("%s: answers %t, want %t", body, got, want)
		}
	}
	for results, want := range map[string]bool{
		"*runtime.Response":                          true,
		"(*runtime.Response, error)":                 true,
		"(http.Header, *runtime.Response)":           false,
		"(runtime.Status, *runtime.Response, error)": false,
		"answer": false,
	} {
		pkg := mustRead(t, `
type answer interface{ IntoResponse(http.ResponseWriter, *http.Request) }

//handlergen:middleware
func f(r *http.Request, next runtime.Next) `+results+` { panic(0) }

//handlergen:route GET /1
//handlergen:use f
func F1() {}`)
		if got := pkg.Middleware[0].Direct; got != want {
			t.Errorf("%s: direct %t, want %t", results, got, want)
		}
	}
}

// TestCarry sees to it that the outermost middleware function carries what is
// needed further in, and no more than that.
func TestCarry(t *testing.T) {
	pkg := mustRead(t, `
type A struct{}
type B struct{}
type C struct{}
type D struct{}

//handlergen:extractor
func a(r *http.Request) A { return A{} }

//handlergen:extractor
func b(a A) B { return B{} }

//handlergen:extractor
func c(b runtime.Result[B]) C { return C{} }

//handlergen:extractor
func d(r *http.Request) D { return D{} }

//handlergen:middleware
func needsB(_ B, r *http.Request, next runtime.Next) *runtime.Response { panic(0) }

//handlergen:middleware
func needsA(_ runtime.Optional[A], r *http.Request, next runtime.Next) *runtime.Response { panic(0) }

//handlergen:middleware
func needsC(_ C, r *http.Request, next runtime.Next) *runtime.Response { panic(0) }

//handlergen:middleware
func needsD(_ D, r *http.Request, next runtime.Next) *runtime.Response { panic(0) }

//handlergen:route GET /1
//handlergen:use needsB needsA
func F1() {}

//handlergen:route GET /2
//handlergen:use needsA needsC needsD
func F2(_ B) {}

//handlergen:route GET /3
func F3(_ D) {}`)
	name := func(i int) string { return pkg.Providers[i].Func.Name }
	got := map[string]string{}
	for _, m := range pkg.Middleware {
		for _, i := range m.Carries {
			got[m.Func.Name] += name(i)
		}
	}
	want := map[string]string{"needsB": "a", "needsA": "a", "needsC": "b"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("carried (-want +got):\n%s", diff)
	}
	for _, p := range pkg.Providers {
		if want := p.Func.Name == "a" || p.Func.Name == "b"; p.Carried != want {
			t.Errorf("%s: carried %t", p.Func.Name, p.Carried)
		}
	}
}

// TestMiddlewareReads sees to it that a wildcard which a middleware function
// reads needs no other reader, also in the prefix of a group.
func TestMiddlewareReads(t *testing.T) {
	pkg := mustRead(t, `//handlergen:group /orgs/{org}
//handlergen:use member
package shop

import (
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

//handlergen:middleware
func member(org string, r *http.Request, next runtime.Next) *runtime.Response { return next.Run(r) }

//handlergen:middleware
func all(ids runtime.Path[map[string]string], r *http.Request, next runtime.Next) *runtime.Response { return next.Run(r) }

//handlergen:route GET /a
func A() {}

//handlergen:route GET /b/{id}/{name}
//handlergen:use all
func B() {}
`)
	if len(pkg.Handlers) != 2 {
		t.Error("a handler is missing")
	}
}
