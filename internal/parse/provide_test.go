package parse

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/model"
)

func TestProviders(t *testing.T) {
	pkg := mustRead(t, `
type Store struct{}

type User struct{}

type Account struct{}

type Upload struct{}

type Unused struct{}

//handlergen:extractor
func ReadAccount(user User, id int64) (*Account, error) { return nil, nil }

//handlergen:extractor
func (s *Store) ReadUser(token runtime.Bearer) User { return User{} }

//handlergen:extractor
func ReadUpload(_ *Account, text runtime.Text) Upload { return Upload{} }

//handlergen:extractor
func ReadUnused(user User) Unused { return Unused{} }

//handlergen:route POST /a/{id}
func A(user User, upload Upload) {}`)
	type view struct {
		Func   string
		Type   model.Type
		Needs  []int // providers, by index
		Fails  bool
		Body   bool
		Method bool
	}
	var got []view
	for _, pr := range pkg.Providers {
		v := view{Func: pr.Func.Name, Type: pr.Type, Fails: pr.Fails, Body: pr.Body, Method: pr.Func.Receiver != nil}
		for _, param := range pr.Params {
			if from, ok := param.From.(model.Provided); ok {
				v.Needs = append(v.Needs, from.Provider)
			}
		}
		got = append(got, v)
	}
	want := []view{
		{Func: "ReadUser", Type: local("User"), Method: true},
		{Func: "ReadAccount", Type: model.Pointer{Elem: local("Account")}, Needs: []int{0}, Fails: true},
		{Func: "ReadUpload", Type: local("Upload"), Needs: []int{1}, Body: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("providers (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(model.Extractor(model.Provided{Provider: 2}), pkg.Handlers[0].Params[1].From); diff != "" {
		t.Errorf("upload (-want +got):\n%s", diff)
	}
	if pkg.State == nil {
		t.Error("the receiver of an extractor function in use needs no state")
	}
}

// The method of an embedded extractor is not that of the struct around it.
func TestEmbeddedExtractor(t *testing.T) {
	mustRead(t, `
type Self struct{}

func (*Self) FromRequestParts(r *http.Request) error { return nil }

//handlergen:extractor
type Marked struct {
	Self
	Size int `+"`query:\"size\"`"+`
}

//handlergen:route GET /a
func A(m Marked) {}`)
}

// What only an extractor function needs that nothing uses is not generated.
func TestUnusedProvider(t *testing.T) {
	pkg := mustRead(t, `
type Body struct {
	Name string `+"`json:\"name\" validate:\"required\"`"+`
}

type Unused struct{}

//handlergen:extractor
func ReadUnused(store runtime.State[*Unused], body runtime.JSON[Body]) Unused { return Unused{} }

//handlergen:route GET /a
func A() {}`)
	if pkg.State != nil || len(pkg.Providers) > 0 || len(pkg.Checks) > 0 {
		t.Errorf("state %v, providers %v, checks %v, want none", pkg.State, pkg.Providers, pkg.Checks)
	}
}

func TestProviderDiagnostics(t *testing.T) {
	runDiagCases(t, []diagCase{
		{"wrong shapes", `
type User struct{}

//handlergen:extractor
func F1() {}

//handlergen:extractor
func F2() error { return nil }

//handlergen:extractor
func F3() (User, int) { return User{}, 0 }

//handlergen:extractor
func F4() (User, int, error) { return User{}, 0, nil }

//handlergen:extractor
func F5(w http.ResponseWriter) User { return User{} }

//handlergen:extractor
func F6[T any]() (x T) { return }

//handlergen:route GET /a
func A() {}`, `
6:6 HG025 F1 provides nothing: it has no result
  hint: write func F1(…) (T, error), or T alone if it cannot fail
9:11 HG025 F2 provides nothing but an error
  hint: write func F2(…) (T, error), or T alone if it cannot fail
12:18 HG025 the second result of F3 is int, and an extractor function has a value and an error
  hint: write func F3(…) (T, error), or T alone if it cannot fail
15:23 HG025 F4 has 3 results, and an extractor function has a value and an error
  hint: write func F4(…) (T, error), or T alone if it cannot fail
18:11 HG025 F5 takes http.ResponseWriter, and only a handler answers
  hint: return an error instead: it is answered as a handler's error
21:8 HG015 F6 has type parameters, and nothing says with which types to call it
  hint: write a function without type parameters that calls F6
`},
		{"types that mean something already", `
type UserID int64

//handlergen:extractor
func F1() (string, error) { return "", nil }

//handlergen:extractor
func F2() runtime.Text { return "" }

//handlergen:extractor
func F3() context.Context { return nil }

//handlergen:extractor
func F4() *time.Time { return nil }

//handlergen:extractor
func F5(token runtime.Bearer) UserID { return 0 }

//handlergen:route GET /a
func A(id UserID) {}`, `
6:12 HG025 F1 cannot provide string, which is the type of any path value
  hint: declare a type for it in this package, such as type Value struct{ … }
9:11 HG025 F2 cannot provide runtime.Text, which is a type of handlergen's own
  hint: declare a type for it in this package, such as type Value struct{ … }
12:11 HG025 F3 cannot provide context.Context, which is read from the request in any case
  hint: declare a type for it in this package, such as type Value struct{ … }
15:11 HG025 F4 cannot provide *time.Time, which is the type of any path value
  hint: declare a type for it in this package, such as type Value struct{ … }
`},
		{"two for one type", `
type User struct{}

//handlergen:extractor
type Page struct {
	Size int ` + "`query:\"size\"`" + `
}

//handlergen:extractor
func F1() User { return User{} }

//handlergen:extractor
func F2() (User, error) { return User{}, nil }

//handlergen:extractor
func F3() Page { return Page{} }

//handlergen:route GET /a
func A(user User, page Page) {}`, `
14:12 HG026 F2 provides User, which F1 already does
  11:11 F1 provides it here
  hint: remove one of them, or give it a result type of its own
17:11 HG026 F3 provides Page, which is itself marked as an extractor
  6:6 Page has //handlergen:extractor here
  hint: remove one of the two directives
`},
		{"types that read themselves", `
type Self struct{}

func (*Self) FromRequestParts(r *http.Request) error { return nil }

//handlergen:extractor
func F1() *Self { return nil }

//handlergen:extractor
type Marked struct {
	Size int ` + "`query:\"size\"`" + `
	Self Self
}

func (*Marked) FromRequest(r *http.Request) error { return nil }

//handlergen:route GET /a
func A(m Marked) {}`, `
8:11 HG026 F1 provides *Self, which reads itself by its method FromRequestParts
  5:14 FromRequestParts is declared here
  hint: remove the function or the method
11:6 HG026 Marked is marked as an extractor, and reads itself by its method FromRequest
  16:16 FromRequest is declared here
  hint: remove the directive or the method
`},
		{"a cycle", `
type User struct{}

type Account struct{}

type Third struct{}

//handlergen:extractor
func ReadThird(account Account) Third { return Third{} }

//handlergen:extractor
func ReadAccount(user User) Account { return Account{} }

//handlergen:extractor
func ReadUser(ctx context.Context, third Third) User { return User{} }

//handlergen:route GET /user
func GetUser(user User) string { return "me" }`, `
10:6 HG024 ReadThird needs its own result: ReadThird → ReadAccount → ReadUser → ReadThird
  10:24 ReadThird needs Account, the result of ReadAccount
  13:23 ReadAccount needs User, the result of ReadUser
  16:42 ReadUser needs Third, the result of ReadThird
  hint: let one of them read what it needs from the request itself
`},
		{"an extractor function that needs itself and is not used", `
type User struct{}

//handlergen:extractor
func ReadUser(before User) User { return User{} }

//handlergen:route GET /user
func GetUser() string { return "me" }`, `
6:6 HG024 ReadUser needs its own result: ReadUser → ReadUser
  6:22 ReadUser needs User, the result of ReadUser
  hint: let one of them read what it needs from the request itself
`},
		{"bodies", `
type User struct{}

//handlergen:extractor
func ReadUser(body runtime.Text, ctx context.Context) User { return User{} }

//handlergen:route GET /user
func GetUser() {}`, `
6:20 HG008 body reads the request body and must be the last parameter
  6:34 ctx comes after it
  hint: write ReadUser(ctx context.Context, body runtime.Text)
`},
		{"without a route", `
type User struct{}

//handlergen:extractor
func ReadUser(ctx context.Context) User { return User{} }`, `
5:1 HG003 //handlergen:extractor has no effect: package shop has no route
  hint: an extractor is for the handlers of its package: give the type a method FromRequestParts to use it in others
`},
	})
}
