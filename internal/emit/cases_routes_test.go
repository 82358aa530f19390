package emit_test

import (
	"time"

	"github.com/handlergen/handlergen/internal/model"
)

func middlewareCase() testCase {
	use := func(funcs ...model.Func) []model.Middleware {
		var list []model.Middleware
		for _, f := range funcs {
			list = append(list, model.Middleware{Func: f, Adapter: model.NoAdapter})
		}
		return list
	}
	admin := method(pointer(own("Auth")), "Auth", "RequireAdmin")
	one := route([]string{"POST"}, "/users")
	one.Use = use(fn("logged"), admin)
	two := route([]string{"GET", "PUT"}, "/users/{id}")
	two.Use = use(fn("logged"))
	long := route(nil, "/users/{id}/a/rather/long/path/that/does/not/fit")
	long.Use = use(fn("logged"), admin, fn("logged"))
	p := pkg(
		handler("CreateUser", one, nil, nil),
		model.Handler{Func: fn("UpdateUser"), Status: 200, Routes: []model.Route{two, long, get("/plain")}},
	)
	p.State = &model.State{Type: pointer(own("App"))}
	return testCase{name: "middleware", pkg: p, user: `
import "net/http"

type App struct{ Auth *Auth }
type Auth struct{}

func (a *Auth) RequireAdmin(next http.Handler) http.Handler { return next }

var logged = func(next http.Handler) http.Handler { return next }

func CreateUser() {}
func UpdateUser() {}
`}
}

// fromFnCase has middleware functions in a package that has declared whatever
// one would call things.
func fromFnCase() testCase {
	next := param("next", rt("Next"), model.Next{})
	request := param("r", pointer(std("net/http", "Request")), model.Head{Part: model.Request})
	whole := result(pointer(rt("Response")), model.Whole{})
	r := get("/users/{chain}")
	r.Use = []model.Middleware{
		{Func: fn("direct"), Adapter: 0},
		{Func: method(pointer(own("App")), "", "changed"), Adapter: 1},
		{Func: fn("direct"), Adapter: 2},
	}
	p := pkg(handler("GetUser", r, []model.Param{
		pathParam("chain", "string"), param("wrapDirect", own("Session"), model.Provided{Provider: 0}),
	}, results(text)))
	p.State = &model.State{Type: pointer(own("App"))}
	p.Providers = []model.Provider{{Func: fn("session"), Type: own("Session"), Params: []model.Param{ctx()}, Carried: true}}
	p.Middleware = []model.MiddlewareFunc{
		{Func: fn("direct"), Params: []model.Param{request, pathParam("chain", "string"), next}, Results: results(whole, failure), Direct: true},
		{
			Func: method(pointer(own("App")), "", "changed"), Carries: []int{0},
			Params: []model.Param{
				param("next", own("Session"), model.Provided{Provider: 0}), param("", rt("Next"), model.Next{}),
				headerOf("chain", "Chain", "int"), request,
			},
			Results: results(result(rt("Status"), model.StatusCode{}), whole, failure),
		},
		{Func: fn("direct"), Params: []model.Param{request, param("id", pointer(basic("int")), model.Values{Source: model.Path}), next}, Results: results(whole, failure)},
	}
	p.Taken = []string{"App", "GetUser", "Session", "carried", "chain", "direct", "next", "session", "wrapDirect"}
	return testCase{name: "fromfn", pkg: p, user: `
import (
	"context"
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

type App struct{}
type Session struct{}

var next, chain, wrapDirect, carried int

func session(ctx context.Context) Session { return Session{} }

func direct(r *http.Request, chain any, next runtime.Next) (*runtime.Response, error) {
	return next.Run(r), nil
}
func (a *App) changed(s Session, next runtime.Next, chain runtime.Header[int], r *http.Request) (runtime.Status, *runtime.Response, error) {
	return 0, next.Run(r), nil
}
func GetUser(chain string, s Session) string { return "" }
`}
}

// longCase has calls that do not fit on a line.
func longCase() testCase {
	var params []model.Param
	for _, name := range []string{"organisation", "department", "employee", "project", "assignment", "evaluation"} {
		params = append(params, pathParam(name, "string"))
	}
	pattern := "/{organisation}/{department}/{employee}/{project}/{assignment}/{evaluation}"
	p := pkg(
		handler("FindEvaluation", get(pattern), append([]model.Param{ctx()}, params...), results(jsonOf(own("Item")), failure)),
		handler("DeleteEvaluation", route([]string{"DELETE"}, pattern), append([]model.Param{ctx()}, params...), results(failure)),
		model.Handler{Func: fn("ListEverything"), Status: 200, Results: results(text), Routes: []model.Route{
			get("/everything"), get("/all"), get("/organisations/everything"), get("/departments/everything"),
		}},
	)
	p.Handlers[0].Timeout = time.Minute
	return testCase{name: "long", pkg: p, user: `
import "context"

type Item struct{}

func FindEvaluation(ctx context.Context, organisation, department, employee, project, assignment, evaluation string) (Item, error) {
	return Item{}, nil
}
func DeleteEvaluation(ctx context.Context, organisation, department, employee, project, assignment, evaluation string) error {
	return nil
}
func ListEverything() string { return "" }
`}
}

// adaptersCase has handlers whose names alone do not tell their adapters apart.
func adaptersCase() testCase {
	onApp := func(recv, field, name, pattern string) model.Handler {
		h := handler(name, get(pattern), nil, nil)
		h.Func = method(pointer(own(recv)), field, name)
		return h
	}
	p := pkg(
		onApp("Users", "Users", "List", "/users"), onApp("Posts", "Posts", "List", "/posts"),
		handler("List", get("/list"), nil, nil), handler("list", get("/lower"), nil, nil), handler("UsersList", get("/userslist"), nil, nil),
		handler("Show", get("/show/{id}"), nil, nil), handler("Show", route([]string{"HEAD", "PUT"}, "/show/{id}"), nil, nil),
		handler("Show", get("/admin/show/{id}"), nil, nil), handler("Show", get("/admin/show/{id}/{$}"), nil, nil), handler("Show", get("/admin/{show}/{id}"), nil, nil),
	)
	p.State = &model.State{Type: pointer(own("App"))}
	return testCase{name: "adapters", pkg: p, user: `
type App struct { Users *Users; Posts *Posts }
type Users struct{}
type Posts struct{}

func (u *Users) List() {}
func (p *Posts) List() {}
func List() {}
func list() {}
func UsersList() {}
func Show() {}
`}
}
