package emit_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	goruntime "runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/emit"
	"github.com/handlergen/handlergen/internal/model"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func mustEmit(t *testing.T, pkg *model.Package) string {
	t.Helper()
	out, err := emit.Package(pkg)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestGolden(t *testing.T) {
	known := map[string]bool{}
	for _, c := range cases() {
		file := filepath.Join("testdata", c.name+".golden")
		known[file] = true
		t.Run(c.name, func(t *testing.T) {
			got := mustEmit(t, c.pkg)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	files, _ := filepath.Glob("testdata/*.golden")
	for _, file := range files {
		if !known[file] {
			t.Errorf("%s belongs to no case", file)
		}
	}
}

// TestGenerated wants the first line to be the one that says so.
func TestGenerated(t *testing.T) {
	for _, c := range cases() {
		out := mustEmit(t, c.pkg)
		file, err := parser.ParseFile(token.NewFileSet(), "", out, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if first, _, _ := strings.Cut(out, "\n"); first != model.Header || !ast.IsGenerated(file) {
			t.Errorf("%s: the first line is %q", c.name, first)
		}
	}
}

// TestVariants wants every variant of the model to occur in the cases.
func TestVariants(t *testing.T) {
	seen := map[reflect.Type]bool{}
	for _, c := range cases() {
		walk(reflect.ValueOf(c.pkg), seen)
	}
	check := func(variant any) {
		if !seen[reflect.TypeOf(variant)] {
			t.Errorf("no case has a %T", variant)
		}
	}
	for _, v := range model.Extractors {
		check(v)
	}
	for _, v := range model.Responses {
		check(v)
	}
	for _, v := range model.Rules {
		check(v)
	}
	for _, v := range []any{
		model.Single{},
		model.Pointed{},
		model.Optioned{},
		model.List{},
		model.Dict{},
		model.OptionedMany{},
		model.Named{},
		model.Pointer{},
		model.Slice{},
		model.Array{},
		model.Map{},
		model.Chan{},
		model.Signature{},
		model.Struct{},
		model.EmptyInterface{},
	} {
		check(v)
	}
}

// walk notes the types of all values below v.
func walk(v reflect.Value, seen map[reflect.Type]bool) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			walk(v.Elem(), seen)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), seen)
		}
	case reflect.Struct:
		seen[v.Type()] = true
		for i := range v.NumField() {
			walk(v.Field(i), seen)
		}
	}
}

// TestDeterminism wants the same bytes every time, in parallel too.
func TestDeterminism(t *testing.T) {
	want := map[string]string{}
	for _, c := range cases() {
		want[c.name] = mustEmit(t, c.pkg)
	}
	procs := goruntime.GOMAXPROCS(0)
	defer goruntime.GOMAXPROCS(procs)
	for run := range 20 {
		goruntime.GOMAXPROCS(1 + run%4)
		var group sync.WaitGroup
		for i, c := range cases() {
			if i%4 != run%4 && c.name != "imports" && c.name != "scan" {
				continue // each five times, those with most to mix up twenty times
			}
			group.Go(func() {
				if got, err := emit.Package(c.pkg); err != nil || string(got) != want[c.name] {
					t.Errorf("%s differs in run %d (%v)", c.name, run, err)
				}
			})
		}
		group.Wait()
	}
}

// TestShared emits one model in several goroutines, which must not write to it.
func TestShared(t *testing.T) {
	for _, c := range cases() {
		before := fmt.Sprintf("%#v", c.pkg)
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				if _, err := emit.Package(c.pkg); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if fmt.Sprintf("%#v", c.pkg) != before {
			t.Errorf("%s: the model has changed", c.name)
		}
	}
}
