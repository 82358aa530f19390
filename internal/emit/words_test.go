package emit

import (
	"slices"
	"testing"
)

func TestLocal(t *testing.T) {
	for text, want := range map[string]string{
		"Paging.Page": "page", "X-Request-Id": "xRequestId", "user_id": "user_id", "": "value", "...": "value", "a b": "aB", "ID": "id",
	} {
		if got := local(text); got != want {
			t.Errorf("local(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestSingular(t *testing.T) {
	for name, want := range map[string]string{
		"tags": "tag", "entries": "entry", "address": "element", "status": "element", "extra": "element", "ids": "id", "as": "element",
	} {
		if got := singular(name); got != want {
			t.Errorf("singular(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestAliases(t *testing.T) {
	tests := []struct {
		path, name string
		want       []string
	}{
		{"context", "context", []string{"stdcontext"}},
		{"net/http", "http", []string{"nethttp", "pkghttp"}},
		{"example.com/a/item", "item", []string{"aitem", "examplecomaitem", "pkgitem"}},
		{"example.com/go-bar/v2", "bar", []string{"examplecombar", "pkgbar"}},
		{"gopkg.in/yaml.v3", "yaml", []string{"gopkginyaml", "pkgyaml"}},
		{"example.com/9-x/v2/v1", "v1", []string{"v2v1", "xv2v1", "examplecomxv2v1", "pkgv1"}},
	}
	for _, test := range tests {
		if got := aliases(test.path, test.name); !slices.Equal(got, test.want) {
			t.Errorf("aliases(%q, %q) = %q, want %q", test.path, test.name, got, test.want)
		}
	}
}

func TestPick(t *testing.T) {
	outer := newScope(nil)
	outer.take("a", "b")
	inner := newScope(outer)
	for _, test := range []struct {
		names []string
		want  string
	}{
		{[]string{"c"}, "c"},
		{[]string{"a", "d"}, "d"},
		{[]string{"a"}, "a2"},
		{[]string{"a"}, "a3"},
		{[]string{"nil", "func", "init"}, "nil2"},
		{[]string{"x y", "z"}, "z"},
	} {
		if got := inner.pick(test.names...); got != test.want {
			t.Errorf("pick(%q) = %q, want %q", test.names, got, test.want)
		}
	}
	if !newScope(outer).free("c") {
		t.Error("a name of another scope is taken")
	}
}
