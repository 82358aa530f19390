package pattern_test

import (
	"fmt"

	"github.com/handlergen/handlergen/runtime/pattern"
)

// A pattern of ServeMux becomes one of a router that writes :id and *path.
func ExampleParse() {
	p, err := pattern.Parse("GET /users/{id}/files/{path...}")
	if err != nil {
		panic(err)
	}
	var translated string
	for _, s := range p.Segments {
		switch s.Kind {
		case pattern.Literal:
			translated += "/" + s.Text
		case pattern.Wildcard:
			translated += "/:" + s.Text
		case pattern.Rest:
			translated += "/*" + s.Text
		case pattern.End:
			translated += "/"
		}
	}
	fmt.Println(p.Method, translated)
	values, ok := p.Match("/users/7/files/a/b%20c")
	fmt.Printf("%q %t\n", values, ok)
	// Output:
	// GET /users/:id/files/*path
	// ["7" "a/b c"] true
}
