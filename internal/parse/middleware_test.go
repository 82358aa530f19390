package parse

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/model"
)

// uses writes the middleware around each route, outermost first, with where
// below the state a method stands.
func uses(pkg *model.Package) map[string][]string {
	all := map[string][]string{}
	for _, h := range pkg.Handlers {
		for _, r := range h.Routes {
			names := []string{}
			for _, m := range r.Use {
				name := m.Func.Name
				if from := m.Func.Receiver; from != nil {
					name = from.Op + from.Field + "." + name
				}
				names = append(names, name)
			}
			all[r.Pattern] = names
		}
	}
	return all
}

func TestUse(t *testing.T) {
	pkg := mustRead(t, `// Package shop sells.
//
//handlergen:use recovered logged
//handlergen:use admin label=admin,root
package shop

import "net/http"

//handlergen:state
type App struct {
	Auth  *Auth
	Cache Cache
	Users *Users
}

func (a *App) traced(next http.Handler) http.Handler { return next }

type Auth struct{}

func (a *Auth) user(next http.Handler) http.Handler { return next }

type Cache struct{}

func (c *Cache) cached(next http.Handler) http.Handler { return next }

func (c Cache) local(next http.Handler) http.Handler { return next }

type Middleware func(http.Handler) http.Handler

var logged Middleware = recovered

func recovered(next http.Handler) http.Handler { return next }

func admin(next http.Handler) http.Handler { return next }

//handlergen:use traced user
type Users struct{}

//handlergen:route GET /d
func (u *Users) List() {}

//handlergen:route GET /plain
func Plain() {}

//handlergen:route GET /a label=admin
//handlergen:route GET /b label=other
//handlergen:use cached
//handlergen:use admin
func (a *App) Get() {}

//handlergen:route GET /c label=root
//handlergen:use local
func (c Cache) Get() {}
`)
	want := map[string][]string{
		"/plain": {"recovered", "logged"},
		"/a":     {"recovered", "logged", "admin", "&Cache.cached", "admin"},
		"/b":     {"recovered", "logged", "&Cache.cached", "admin"},
		"/c":     {"recovered", "logged", "admin", "Cache.local"},
		"/d":     {"recovered", "logged", ".traced", "Auth.user"},
	}
	if diff := cmp.Diff(want, uses(pkg)); diff != "" {
		t.Errorf("middleware (-want +got):\n%s", diff)
	}
}

func TestUseOfLoneState(t *testing.T) {
	pkg := mustRead(t, `
//handlergen:use traced
type App struct{}

func (a *App) traced(next http.Handler) http.Handler { return next }

//handlergen:route GET /a
func (a App) Get() {}`)
	if diff := cmp.Diff(map[string][]string{"/a": {".traced"}}, uses(pkg)); diff != "" {
		t.Errorf("middleware (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(model.Type(model.Pointer{Elem: local("App")}), pkg.State.Type); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
}

func TestUseDiagnostics(t *testing.T) {
	runDiagCases(t, []diagCase{
		{"what is no middleware", `
func mw(next http.Handler) http.Handler { return next }

func make(n int) func(http.Handler) http.Handler { return nil }

var v = 3

type T struct{}

func generic[T any](next http.Handler) http.Handler { return next }

//handlergen:use mw v make nw mww T middleware.Recover generic make(3)
//handlergen:route GET /1
func F1() {}`, `
13:21 HG033 v is no middleware, but of type int
  7:5 v is declared here
  hint: middleware is a func(http.Handler) http.Handler, or a function with //handlergen:middleware
13:23 HG033 make is no middleware, but of type func(n int) func(http.Handler) http.Handler
  5:6 make is declared here
  hint: it makes middleware: declare var x = make(…) and write x
13:28 HG033 there is no middleware nw
  hint: name a func(http.Handler) http.Handler: a function or variable of the package, or a method of the state
13:31 HG033 there is no middleware mww
  hint: name a func(http.Handler) http.Handler: a function or variable of the package, or a method of the state
13:35 HG033 T is no function
  9:6 it is declared here
  hint: name a func(http.Handler) http.Handler: a function or variable of the package, or a method of the state
13:37 HG033 middleware.Recover is no name of this package
  hint: declare var withRecover = middleware.Recover and write withRecover
13:56 HG033 generic is no middleware, but of type func[T any](next http.Handler) http.Handler
  11:6 generic is declared here
  hint: middleware is a func(http.Handler) http.Handler, or a function with //handlergen:middleware
13:64 HG033 make(3) is a call, and a use directive names what is declared
  hint: declare var x = make(…) and write x
`},
		{"did you mean", `
func logged(next http.Handler) http.Handler { return next }

//handlergen:state
type App struct{}

func (*App) authenticated(next http.Handler) http.Handler { return next }

//handlergen:use loged authentikated
//handlergen:route GET /1
func F1() {}`, `
10:18 HG033 there is no middleware loged
  hint: did you mean logged?
10:24 HG033 there is no middleware authentikated
  hint: did you mean authenticated?
`},
		{"a method of several", `
//handlergen:state
type App struct {
	A A
	B *B
}

type A struct{}

func (A) logged(next http.Handler) http.Handler { return next }

type B struct{}

func (B) logged(next http.Handler) http.Handler { return next }

//handlergen:use logged
//handlergen:route GET /1
func F1() {}`, `
17:18 HG033 several values of the state have a method logged
  11:10 that of A
  15:10 that of *B
  hint: give one of them another name
`},
		{"labels", `
func mw(next http.Handler) http.Handler { return next }

//handlergen:use mw label=x,admon,admin
//handlergen:route GET /1 label=admin
func F1() {}

//handlergen:use mw label=admin
//handlergen:route GET /2
func F2() {}`, `
5:27 HG034 no route here carries the label x
  hint: write label=x at the routes that are meant
5:29 HG034 no route here carries the label admon
  hint: did you mean admin?
9:27 HG034 no route here carries the label admin
  hint: write label=admin at the routes that are meant
`},
		{"the label of a route that is refused", `
func mw(next http.Handler) http.Handler { return next }

//handlergen:use mw label=admin
//handlergen:route GET /{id label=admin
func F1() {}`, `
6:25 HG009 a wildcard is everything between two slashes, not a part of it: {id
  hint: write {id}
`},
		{"a type without routes", `
func mw(next http.Handler) http.Handler { return next }

//handlergen:use mw
//handlergen:group /t
type T struct{}

//handlergen:route GET /1
func F1() {}`, `
5:1 HG003 //handlergen:use has no effect: no method of T has a //handlergen:route
  hint: put it on the receiver type of the routes that are meant, or on the package clause for all of them
6:1 HG003 //handlergen:group has no effect: no method of T has a //handlergen:route
  hint: put it on the receiver type of the routes that are meant, or on the package clause for all of them
`},
		{"middleware functions", `
//handlergen:middleware
func logged(ctx context.Context) {}

//handlergen:middleware
func twice(a, b runtime.Next) {}

//handlergen:use logged
//handlergen:route GET /1
func F1() {}`, `
4:6 HG050 logged takes no runtime.Next, so it could never go on to the handler
  hint: add a parameter: next runtime.Next
7:15 HG050 twice takes runtime.Next twice
  7:12 the first one
  hint: remove one of them
`},
	})
}
