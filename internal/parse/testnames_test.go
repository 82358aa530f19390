package parse

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTestNames(t *testing.T) {
	dir := unpack(t, `
-- a.go --
package a

import "net/http"

//handlergen:route GET /
func Home(w http.ResponseWriter) {}
-- a_test.go --
package a

import (
	"testing"

	"example.com/m/handlers"
	"example.com/m/yaml/v3"
	named "fmt"
)

type serveHome struct{}

const checkA, _ = 1, 2

var (
	checkB = 1
	checkC, checkD = named.Sprint(), handlers.X
)

func init() {}
func (serveHome) method() {}
func TestHome(t *testing.T) {}
-- broken_test.go --
package a

func helper() {}

func broken( {
-- outside_test.go --
package a_test

func outside() {}
-- other_test.go --
//go:build ignore

package a

func Routes() {}
-- handlers_gen_test.go --
HEADER

package a

func testRoutes() {}
`)
	r, err := Packages(context.Background(), Config{Dir: dir, Env: offline()})
	if err != nil || len(r.Packages) != 1 {
		t.Fatal(summary(dir, r, err))
	}
	want := strings.Fields("Home Routes TestHome broken checkA checkB checkC checkD helper serveHome")
	if diff := cmp.Diff(want, r.Packages[0].Taken); diff != "" {
		t.Errorf("Taken (-want +got):\n%s", diff)
	}
	want = strings.Fields("handlers http named testing v3 yaml")
	if diff := cmp.Diff(want, r.Packages[0].Imports); diff != "" {
		t.Errorf("Imports (-want +got):\n%s", diff)
	}
}

func TestRoutesOfTests(t *testing.T) {
	dir := unpack(t, `
-- a.go --
package a

//handlergen:route GET /
func Home() {}
-- a_test.go --
package a

func Routes() {}
`)
	r, err := Packages(context.Background(), Config{Dir: dir, Env: offline()})
	want := `a_test.go:3:6: package a declares Routes, which is the name of what handlergen generates (HG035)
	hint: give it another name
`
	if diff := cmp.Diff(want, summary(dir, r, err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
