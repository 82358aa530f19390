package parse

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/model"
)

func TestErrorsFunc(t *testing.T) {
	pkg := mustRead(t, `
type Store struct{}

//handlergen:errors
func (s *Store) Render(ctx context.Context, err error) (runtime.Status, string) { return 500, "" }

//handlergen:route GET /a
func A() {}`)
	got := pkg.Errors
	if got == nil || !got.WithContext || got.Func.Name != "Render" || got.Func.Receiver == nil || pkg.State == nil {
		t.Fatalf("errors function %+v of state %v", got, pkg.State)
	}
	var as []model.Response
	for _, result := range got.Results {
		as = append(as, result.As)
	}
	if diff := cmp.Diff([]model.Response{model.StatusCode{}, model.Text{}}, as); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}

func TestErrorsDiagnostics(t *testing.T) {
	runDiagCases(t, []diagCase{
		{"parameters, and two", `
//handlergen:errors
func E1(s string) string { return "" }

//handlergen:errors
func E2(err error) string { return "" }

//handlergen:route GET /1
func F1() {}`, `
4:8 HG031 E1 takes string, and an errors function takes an error, or a context and an error
  hint: write func E1(ctx context.Context, err error)
7:6 HG032 E2 renders the errors of the package, which E1 already does
  4:6 E1 has //handlergen:errors here
  hint: remove one of the two directives
`},
		{"no results", `
//handlergen:errors
func E(err error) {}

//handlergen:route GET /1
func F1() {}`, `
4:6 HG031 E returns nothing to answer with
  hint: return a body, with a runtime.Status before it if the error shall not choose the status
`},
		{"only an error", `
//handlergen:errors
func E(err error) error { return err }

//handlergen:route GET /1
func F1() {}`, `
4:6 HG031 E returns nothing to answer with
  hint: return a body, with a runtime.Status before it if the error shall not choose the status
`},
		{"a success", `
//handlergen:errors
func E(err error) (runtime.NoContent, error) { panic(0) }

//handlergen:route GET /1
func F1() {}`, `
4:20 HG031 E answers every error with runtime.NoContent, which is a success
  hint: return a body, or runtime.Status alone
`},
	})
}
