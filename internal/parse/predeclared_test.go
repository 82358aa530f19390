package parse

import "testing"

func TestPredeclared(t *testing.T) {
	declareOther(t)
	const errors = `
type error interface{ Code() int }
`
	runDiagCases(t, []diagCase{
		{"types that are not named", `
type string struct{}
type int struct{}
var true, false, nil, len, append, make, iota = 1, 2, 3, 4, 5, 6, 7

//handlergen:route GET /a
func A(r *http.Request) time.Time { panic(0) }`, ``},
		{"types that are named", `
type string struct{}

//handlergen:route GET /a
func A(a runtime.Query[other.Record2]) { panic(0) }

//handlergen:route GET /b
func B(a runtime.Query[other.Strings]) { panic(0) }`, `
6:24 HG036 package shop declares string, so generated code cannot name what Go calls so
  hint: give the declaration of string another name
9:24 HG036 package shop declares string, so generated code cannot name what Go calls so
  hint: give the declaration of string another name
`},
		{"errors that are not named", errors + `
//handlergen:route GET /a
func A(id runtime.Optional[runtime.Query[int]]) { panic(0) }`, ``},
		{"errors of an extractor function", errors + `
type T int

//handlergen:extractor
func t(id runtime.Query[int]) T { return 1 }

//handlergen:route GET /a
func A(x T) { panic(0) }`, `
3:6 HG035 package shop declares error, and generated functions have to name what Go calls so
  hint: give it another name
`},
		{"errors of an attempt", errors + `
//handlergen:route GET /a
func A(id runtime.Result[runtime.Query[int]]) { panic(0) }`, `
3:6 HG035 package shop declares error, and generated functions have to name what Go calls so
  hint: give it another name
`},
	})
}
