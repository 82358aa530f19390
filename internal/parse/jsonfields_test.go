package parse

//lint:file-ignore SA5008 some tags are odd on purpose

import (
	"bytes"
	"encoding/json"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"go/types"
	"slices"
	"testing"
)

// samples are structs whose members encoding/json and membersOf must agree on.
// The test reads their declarations from this file.
var samples = map[string]any{
	"sampleTags":     sampleTags{},
	"sampleEmbedded": sampleEmbedded{samplePointer: &samplePointer{}, SampleExported: &SampleExported{}},
	"sampleHidden":   sampleHidden{},
	"sampleDeep":     sampleDeep{},
	"sampleTwice":    sampleTwice{},
	"sampleTagWins":  sampleTagWins{},
	"sampleNamed":    sampleNamed{},
	"sampleCycle":    sampleCycle{SampleCycle2: &SampleCycle2{}},
}

//nolint:staticcheck // the tags are odd on purpose
type sampleTags struct {
	A int `json:"a"`
	B int `json:"-"`
	C int `json:"-,"`
	D int `json:",string"`
	E int `json:"x\\y"`
	F int `json:"ü é"`
	G int `json:"a$%-/ b"`
	H int `json:"a'b"`
	i int
	j int
	K int `json:"k,string"`
	L int `yaml:"l"`
}

type samplePointer struct{ P int }

// SampleExported is embedded by pointer.
type SampleExported struct {
	Q int
	r int
}

type sampleLow struct {
	S int
	t int
}

type (
	sampleInt int
	// SampleInt is embedded and no struct.
	SampleInt int
)

type sampleEmbedded struct {
	First int
	*samplePointer
	*SampleExported
	sampleLow
	sampleInt
	SampleInt
	Last int
}

type sampleBase struct {
	A int
	B int `json:"b"`
	C int
}

type sampleHidden struct {
	A int
	sampleBase
	X int `json:"C"`
}

type sampleDeep struct {
	sampleHidden
	sampleBase
}

type sampleLeft struct {
	sampleBase
	L int
}

type sampleRight struct {
	sampleBase
	R int
}

type sampleTwice struct {
	sampleLeft
	sampleRight
}

type sampleOther struct {
	A int `json:"A"`
	D int
}

type sampleTagWins struct {
	sampleBase
	sampleOther
}

type sampleNamed struct {
	sampleBase  `json:"base"`
	sampleOther `json:"-"`
	SampleInt   `json:"n"`
}

// SampleCycle2 embeds what embeds it.
type SampleCycle2 struct {
	Z int
	*sampleCycle
}

type sampleCycle struct {
	*SampleCycle2
	Y int
}

// The fields that encoding/json does not see are used here.
var _ = []any{sampleTags{}.i, sampleTags{}.j, SampleExported{}.r, sampleLow{}.t, sampleEmbedded{}.sampleInt}

func TestMembersAsEncodingJSON(t *testing.T) {
	fset := token.NewFileSet()
	file, err := goparser.ParseFile(fset, "jsonfields_test.go", nil, goparser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	file.Imports = nil
	file.Decls = slices.DeleteFunc(file.Decls, func(decl ast.Decl) bool {
		gen, ok := decl.(*ast.GenDecl)
		return !ok || gen.Tok != token.TYPE
	})
	pkg, err := (&types.Config{}).Check("samples", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, sample := range samples {
		var got []string
		for _, m := range membersOf(pkg.Scope().Lookup(name).Type()) {
			got = append(got, m.name)
		}
		if want := keysOf(t, sample); !slices.Equal(want, got) {
			t.Errorf("%s has the members %q, want %q", name, got, want)
		}
	}
}

// keysOf lists the members that encoding/json writes, those that are zero
// included.
func keysOf(t *testing.T, v any) []string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	var keys []string
	for depth := 0; ; {
		key, err := decoder.Token()
		if err != nil {
			return keys
		}
		switch key {
		case json.Delim('{'):
			depth++
			continue
		case json.Delim('}'):
			depth--
			continue
		}
		if depth == 1 {
			keys = append(keys, key.(string))
			var skip json.RawMessage
			if err := decoder.Decode(&skip); err != nil {
				t.Fatal(err)
			}
		}
	}
}
