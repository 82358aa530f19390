package emit_test

import (
	"fmt"
	"testing"

	"github.com/handlergen/handlergen/internal/emit"
	"github.com/handlergen/handlergen/internal/model"
)

// BenchmarkPackage emits packages of typical handlers.
func BenchmarkPackage(b *testing.B) {
	for _, n := range []int{10, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			typical := listCase().pkg
			p := *typical
			p.Handlers = nil
			for i := range n {
				h := typical.Handlers[i%2]
				h.Func.Name += fmt.Sprint(i)
				h.Routes = []model.Route{get(fmt.Sprintf("/users/%d", i))}
				p.Handlers = append(p.Handlers, h)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := emit.Package(&p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
