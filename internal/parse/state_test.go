package parse

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/model"
)

// A stateView is what the handlers of a package take from its state.
type stateView struct {
	State     model.Type
	Receivers []string                   // "&Store"; "-" for a function
	Params    map[string]model.FromState // of State parameters, by name
}

func viewState(pkg *model.Package) stateView {
	v := stateView{Params: map[string]model.FromState{}}
	if pkg.State != nil {
		v.State = pkg.State.Type
	}
	for _, h := range pkg.Handlers {
		receiver := "-"
		if from := h.Func.Receiver; from != nil {
			receiver = from.Op + from.Field
		}
		v.Receivers = append(v.Receivers, receiver)
		for _, param := range h.Params {
			if app, ok := param.From.(model.FromApp); ok {
				v.Params[param.Name] = app.From
			}
		}
	}
	return v
}

func local(name string) model.Type {
	return model.Named{PkgPath: "example.com/shop", PkgName: "shop", Name: name}
}

func TestState(t *testing.T) {
	none := map[string]model.FromState{}
	for _, c := range []struct {
		name, decls string
		want        stateView
	}{
		{
			"nothing needs state", `
//handlergen:state
type App struct{}

//handlergen:route GET /a
func A() {}`,
			stateView{Receivers: []string{"-"}, Params: none},
		},
		{
			"a lone receiver by value", `
type App struct{}

//handlergen:route GET /a
func (App) A() {}`,
			stateView{State: local("App"), Receivers: []string{""}, Params: none},
		},
		{
			"receivers by value and by pointer", `
type App struct{}

//handlergen:route GET /a
func (App) A() {}

//handlergen:route GET /b
func (*App) B() {}`,
			stateView{State: model.Pointer{Elem: local("App")}, Receivers: []string{"*", ""}, Params: none},
		},
		{
			"a lone State", `
type Store interface{ Get() }

//handlergen:route GET /a
func A(store runtime.State[Store]) {}`,
			stateView{State: local("Store"), Receivers: []string{"-"}, Params: map[string]model.FromState{"store": {}}},
		},
		{
			"a State of a receiver's type", `
type App struct{}

//handlergen:route GET /a
func (App) A() {}

//handlergen:route GET /b
func B(app runtime.State[*App]) {}`,
			stateView{
				State: model.Pointer{Elem: local("App")}, Receivers: []string{"*", "-"},
				Params: map[string]model.FromState{"app": {}},
			},
		},
		{
			"a declared state", `
//handlergen:state
type App struct {
	Store  *Store
	mailer Mailer
	*Log
	Users Users
}

type Store struct{}

type Mailer interface{ Send() }

type Log struct{}

type Users struct{}

//handlergen:route GET /a
func (*App) A(store runtime.State[*Store], mailer runtime.State[Mailer], log runtime.State[*Log]) {}

//handlergen:route GET /b
func (App) B(app runtime.State[*App], copied runtime.State[App]) {}

//handlergen:route GET /c
func (*Users) C() {}

//handlergen:route GET /d
func (Store) D() {}

//handlergen:route GET /e
func (*Log) E() {}`,
			stateView{
				State:     model.Pointer{Elem: local("App")},
				Receivers: []string{"", "*", "&Users", "*Store", "Log"},
				Params: map[string]model.FromState{
					"store": {Field: "Store"}, "mailer": {Field: "mailer"}, "log": {Field: "Log"},
					"app": {}, "copied": {Op: "*"},
				},
			},
		},
		{
			"an extractor function that is not in use needs nothing", `
type Store struct{}

type User struct{}

//handlergen:extractor
func (*Store) ReadUser() User { return User{} }

//handlergen:route GET /a
func A() {}`,
			stateView{Receivers: []string{"-"}, Params: none},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, viewState(mustRead(t, c.decls))); diff != "" {
				t.Errorf("state (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReceiverType(t *testing.T) {
	pkg := mustRead(t, `
type App struct{}

//handlergen:route GET /a
func (*App) A() {}`)
	want := model.Func{Name: "A", Receiver: &model.FromState{}, Recv: model.Pointer{Elem: local("App")}}
	if diff := cmp.Diff(want, pkg.Handlers[0].Func); diff != "" {
		t.Errorf("function (-want +got):\n%s", diff)
	}
}

func TestStateDiagnostics(t *testing.T) {
	runDiagCases(t, []diagCase{
		{"several types and no struct", `
type Store struct{}

type Mailer interface{ Send() }

//handlergen:route GET /a
func (s *Store) Get() {}

//handlergen:route GET /b
func List(m runtime.State[Mailer], db runtime.State[*sql.DB]) {}

//handlergen:route GET /c
//handlergen:route GET /d
func Find(m runtime.State[Mailer]) {}`, `
11:27 HG021 the handlers need *Store, Mailer and *sql.DB, and no struct with //handlergen:state holds them
  8:9 *Store is needed here
  11:53 *sql.DB is needed here
  15:27 Mailer is needed here
  hint: declare what holds them, and pass a pointer to it to Routes:
    
    //handlergen:state
    type App struct {
    	Store  *Store
    	Mailer Mailer
    	DB     *sql.DB
    }
`},
		{"one of several types holds the others", `
type App struct{ S *Store }

type Store struct{}

//handlergen:route GET /a
func (s *Store) Get() {}

//handlergen:route GET /b
func (a App) List() {}`, `
11:9 HG021 the handlers need *Store and App, and no struct with //handlergen:state holds them
  8:9 *Store is needed here
  hint: write //handlergen:state above type App, which holds them
`},
		{"fields of one name, and a name that is taken", `
type App int

type A = map[string]int

//handlergen:route GET /a
func List(a runtime.State[A], b runtime.State[map[int]int], f runtime.State[func()]) {}`, `
8:47 HG021 the handlers need A, map[int]int and func(), and no struct with //handlergen:state holds them
  8:27 A is needed here
  8:77 func() is needed here
  hint: declare what holds them, and pass a pointer to it to Routes:
    
    //handlergen:state
    type State struct {
    	Value  A
    	Value2 map[int]int
    	Func   func()
    }
`},
		{"no field, and several", `
//handlergen:state
type App struct {
	A, B *Store
	N    int
}

type Store struct{}

type Users struct{}

//handlergen:route GET /a
func (s *Store) Get() {}

//handlergen:route GET /b
func (u *Users) List(n runtime.State[int], m runtime.State[*Users]) {}`, `
14:9 HG016 App has several fields of type *Store: A and B
  5:2 A is one
  5:5 B is one
  hint: give all but one of them a type of their own
17:9 HG016 the state App has no field of type *Users
  4:6 App declares the state
  hint: add a field to App: Users *Users
17:60 HG022 the state App has no field of type *Users
  4:6 App declares the state
  hint: add a field to App: Users *Users
`},
		{"two states", `
//handlergen:state
type App struct{}

//handlergen:state
type Server struct{}

//handlergen:route GET /a
func (*App) A() {}`, `
7:6 HG023 Server declares the state, which App already does
  4:6 App declares it here
  hint: make Server a field of App
`},
		{"a method by pointer on a state by value", `
type Store struct{}

//handlergen:route GET /a
func (s *Store) Get() {}

//handlergen:route GET /b
func List(store runtime.State[Store]) {}`, `
6:9 HG016 the state is a Store, and a method of *Store would be called on a copy of it
  9:31 Store is needed here
  hint: write runtime.State[*Store]
`},
		{"states that cannot be named", `
//handlergen:state
type App[T any] struct{}

//handlergen:state
type Alias = struct{}

//handlergen:route GET /a
func A() {}`, `
4:6 HG015 the state App has type parameters, so Routes could not name it
  hint: declare a struct without type parameters that holds what App needs
7:6 HG003 Alias is an alias and cannot declare the state
  hint: put //handlergen:state on the type that it stands for
`},
	})
}
