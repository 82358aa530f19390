package runtime_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/runtime"
)

var ok = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})

// generatedRoutes is what the tool writes, as far as the stack is concerned.
func generatedRoutes() *runtime.Router {
	router := runtime.NewRouter()
//line users/handlers_gen.go:31
	router.HandleFunc("GET /users/{id}", ok)
//line conflict_test.go:23
	return router
}

// TestConflicts reads the messages about routes that conflict.
func TestConflicts(t *testing.T) {
	type embedding struct{ *runtime.Router }
	tests := []struct {
		name string
		add  func() *runtime.Router
		want string
	}{
		{"Handle", func() *runtime.Router {
			return runtime.NewRouter().
				Handle("GET /users/{id}", ok).
				HandleFunc("GET /users/{name}", ok)
		}, `runtime: route "GET /users/{name}" (added at conflict_test.go:HERE) ` +
			`conflicts with route "GET /users/{id}" (added at conflict_test.go:HERE):` +
			"\nGET /users/{name} matches the same requests as GET /users/{id}"},
		{"Merge", func() *runtime.Router {
			return runtime.NewRouter().Handle("GET /users/{name}", ok).Merge(runtime.NewRouter().Merge(generatedRoutes()))
		}, `runtime: route "GET /users/{id}" (added at users/handlers_gen.go:31, called at conflict_test.go:HERE) ` +
			`conflicts with route "GET /users/{name}" (added at conflict_test.go:HERE):` +
			"\nGET /users/{id} matches the same requests as GET /users/{name}"},
		{"Nest", func() *runtime.Router {
			inner := runtime.NewRouter().Nest("/b", generatedRoutes())
			outer := runtime.NewRouter().Nest("/a/{b}", generatedRoutes())
			return outer.Nest("/{a}", inner)
		}, `runtime: route "GET /{a}/b/users/{id}" (added at users/handlers_gen.go:31, called at conflict_test.go:HERE) ` +
			`conflicts with route "GET /a/{b}/users/{id}" (added at users/handlers_gen.go:31, called at conflict_test.go:HERE):` +
			"\nGET /{a}/b/users/{id} and GET /a/{b}/users/{id} both match some paths, like \"/a/b/users/id\".\n" +
			"But neither is more specific than the other.\n" +
			"GET /{a}/b/users/{id} matches \"/ax/b/users/id\", but GET /a/{b}/users/{id} doesn't.\n" +
			"GET /a/{b}/users/{id} matches \"/a/bx/users/id\", but GET /{a}/b/users/{id} doesn't."},
		{"embedding", func() *runtime.Router {
			e := embedding{runtime.NewRouter()}
			var router interface {
				Handle(pattern string, h http.Handler) *runtime.Router
			} = e
			router.Handle(`/"a\x`, ok)
			router.Handle(`/"a\x`, ok)
			return nil
		}, `runtime: route "/\"a\\x" (added at conflict_test.go:HERE) ` +
			`conflicts with route "/\"a\\x" (added at conflict_test.go:HERE):` +
			"\n/\"a\\x matches the same requests as /\"a\\x"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			defer func() {
				got := regexp.MustCompile(`added at .*?(users/handlers_gen.go:31|conflict_test.go)`).
					ReplaceAllString(fmt.Sprint(recover()), "added at $1")
				got = regexp.MustCompile(`called at .*?conflict_test.go`).ReplaceAllString(got, "called at conflict_test.go")
				got = regexp.MustCompile(`(conflict_test.go):\d+`).ReplaceAllString(got, "$1:HERE")
				if got != test.want {
					t.Errorf("got\n%s\nwant\n%s", got, test.want)
				}
			}()
			test.add()
		})
	}
}

// TestConflictLines demands that the two places are told apart.
func TestConflictLines(t *testing.T) {
	router := runtime.NewRouter()
	router.Handle("/a", ok)
	defer func() {
		lines := regexp.MustCompile(`conflict_test\.go:(\d+)`).FindAllStringSubmatch(fmt.Sprint(recover()), -1)
		var first, second int
		if len(lines) == 2 {
			fmt.Sscan(strings.Join([]string{lines[0][1], lines[1][1]}, " "), &first, &second)
		}
		if first == 0 || first-second != 11 {
			t.Errorf("the lines are %d and %d", first, second)
		}
	}()
	router.Handle("/a", ok)
}
