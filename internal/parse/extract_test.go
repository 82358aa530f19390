package parse

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/model"
)

// named is a type of the test's own package.
func named(name string) model.Named {
	return model.Named{PkgPath: "example.com/shop", PkgName: "shop", Name: name}
}

func basic(name string) model.Named { return model.Named{Name: name} }

func stdType(path, name string) model.Named {
	return model.Named{PkgPath: path, PkgName: path[strings.LastIndexByte(path, '/')+1:], Name: name}
}

func rtType(name string, args ...model.Type) model.Named {
	return model.Named{PkgPath: model.RuntimePath, PkgName: "runtime", Name: name, Args: args}
}

// A scalarCase is a scalar type and how it is read.
type scalarCase struct {
	written string
	want    model.Reader
}

const scalarDecls = `
type Flag bool
type Count uint16
type Level string
type Money float64
type Timeout time.Duration
type ID [16]byte
func (id *ID) UnmarshalText(text []byte) error { return nil }
type Color string
func (c *Color) UnmarshalText(text []byte) error { return nil }
type Kind int
func (k *Kind) UnmarshalText(text []byte) error { return nil }
type Point struct{ X, Y int }
func (pt *Point) UnmarshalText(text []byte) error { return nil }
type Names []string
func (n *Names) UnmarshalText(text []byte) error { return nil }
type Number = int64
`

var scalarCases = []scalarCase{
	{"bool", model.Reader{Func: "ReadBool", Type: basic("bool")}},
	{"int", model.Reader{Func: "ReadInt", Type: basic("int")}},
	{"int8", model.Reader{Func: "ReadInt", Type: basic("int8")}},
	{"int16", model.Reader{Func: "ReadInt", Type: basic("int16")}},
	{"int32", model.Reader{Func: "ReadInt", Type: basic("int32")}},
	{"int64", model.Reader{Func: "ReadInt", Type: basic("int64")}},
	{"rune", model.Reader{Func: "ReadInt", Type: basic("rune")}},
	{"uint", model.Reader{Func: "ReadUint", Type: basic("uint")}},
	{"uint8", model.Reader{Func: "ReadUint", Type: basic("uint8")}},
	{"uint16", model.Reader{Func: "ReadUint", Type: basic("uint16")}},
	{"uint32", model.Reader{Func: "ReadUint", Type: basic("uint32")}},
	{"uint64", model.Reader{Func: "ReadUint", Type: basic("uint64")}},
	{"float32", model.Reader{Func: "ReadFloat", Type: basic("float32")}},
	{"float64", model.Reader{Func: "ReadFloat", Type: basic("float64")}},
	{"string", model.Reader{Func: "ReadString", Type: basic("string")}},
	{"Flag", model.Reader{Func: "ReadBool", Type: named("Flag")}},
	{"Count", model.Reader{Func: "ReadUint", Type: named("Count")}},
	{"Level", model.Reader{Func: "ReadString", Type: named("Level")}},
	{"Money", model.Reader{Func: "ReadFloat", Type: named("Money")}},
	{"Number", model.Reader{Func: "ReadInt", Type: named("Number")}},
	{"Timeout", model.Reader{Func: "ReadInt", Type: named("Timeout")}},
	{"time.Time", model.Reader{Func: "ReadTime", Type: stdType("time", "Time")}},
	{"time.Duration", model.Reader{Func: "ReadDuration", Type: stdType("time", "Duration")}},
	{"time.Month", model.Reader{Func: "ReadInt", Type: stdType("time", "Month")}},
	{"url.URL", model.Reader{Func: "ReadURL", Type: stdType("net/url", "URL")}},
	{"net.IP", model.Reader{Func: "ReadAddr", Type: stdType("net", "IP")}},
	{"netip.Addr", model.Reader{Func: "ReadAddr", Type: stdType("net/netip", "Addr")}},
	{"netip.AddrPort", model.Reader{Func: "ReadAddr", Type: stdType("net/netip", "AddrPort")}},
	{"netip.Prefix", model.Reader{Func: "ReadAddr", Type: stdType("net/netip", "Prefix")}},
	{"ID", model.Reader{Func: "ReadText", Type: named("ID")}},
	{"Color", model.Reader{Func: "ReadText", Type: named("Color")}},
	{"Kind", model.Reader{Func: "ReadText", Type: named("Kind")}},
	{"Point", model.Reader{Func: "ReadText", Type: named("Point")}},
	{"Names", model.Reader{Func: "ReadText", Type: named("Names")}},
}

// A shapeCase is a way to write a scalar and the slot that it yields.
type shapeCase struct {
	written string // with %s for the scalar
	slot    func(model.Reader) model.Slot
}

var shapeCases = []shapeCase{
	{"%s", func(r model.Reader) model.Slot {
		return model.Slot{Type: r.Type, Shape: model.Single{Reader: r}, Required: true}
	}},
	{"*%s", func(r model.Reader) model.Slot {
		return model.Slot{Type: model.Pointer{Elem: r.Type}, Shape: model.Pointed{Reader: r}}
	}},
	{"runtime.Optional[%s]", func(r model.Reader) model.Slot {
		return model.Slot{Type: rtType("Optional", r.Type), Shape: model.Optioned{Reader: r}}
	}},
	{"[]%s", func(r model.Reader) model.Slot {
		return model.Slot{Type: model.Slice{Elem: r.Type}, Shape: model.List{Reader: r}}
	}},
	{"[]*%s", func(r model.Reader) model.Slot {
		return model.Slot{Type: model.Slice{Elem: model.Pointer{Elem: r.Type}}, Shape: model.List{Reader: r, Pointed: true}}
	}},
	{"runtime.Optional[[]%s]", func(r model.Reader) model.Slot {
		return model.Slot{Type: rtType("Optional", model.Slice{Elem: r.Type}), Shape: model.OptionedMany{Of: model.List{Reader: r}}}
	}},
}

// isByteList reports the one list that is refused: []byte is none.
func isByteList(scalar, shape string) bool {
	return scalar == "uint8" && strings.Contains(shape, "[]%s")
}

// bindings reads one handler for each type, whose one parameter is called v, and
// returns what the parameters are bound to.
func bindings(t *testing.T, decls, pattern string, types []string) []model.Extractor {
	t.Helper()
	var b strings.Builder
	b.WriteString(decls)
	for i, written := range types {
		fmt.Fprintf(&b, "\n//handlergen:route POST /%d%s\nfunc F%d(v %s) {}\n", i, pattern, i, written)
	}
	var all []model.Extractor
	for _, h := range mustRead(t, b.String()).Handlers {
		all = append(all, h.Params[0].From)
	}
	return all
}

func TestScalarsInWrappers(t *testing.T) {
	for _, source := range []model.Source{model.Path, model.Query, model.Headers, model.Cookie, model.FormSource} {
		var types []string
		var want []model.Extractor
		for _, shape := range shapeCases {
			for _, scalar := range scalarCases {
				if isByteList(scalar.written, shape.written) {
					continue
				}
				types = append(types, fmt.Sprintf("runtime.%s["+shape.written+"]", source, scalar.written))
				slot := shape.slot(scalar.want)
				slot.Name = "v"
				switch source {
				case model.Headers:
					slot.Name = "V"
				case model.FormSource:
					want = append(want, model.Form{Slots: []model.Slot{slot}})
					continue
				}
				want = append(want, model.Values{Source: source, Wrapped: true, Slots: []model.Slot{slot}})
			}
		}
		pattern := ""
		if source == model.Path {
			pattern = "/{v}"
		}
		if diff := cmp.Diff(want, bindings(t, scalarDecls, pattern, types)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", source, diff)
		}
	}
}

func TestBareScalars(t *testing.T) {
	var types []string
	var want []model.Extractor
	for _, shape := range shapeCases[:3] {
		for _, scalar := range scalarCases {
			types = append(types, fmt.Sprintf(shape.written, scalar.written))
			slot := shape.slot(scalar.want)
			slot.Name = "v"
			want = append(want, model.Values{Source: model.Path, Slots: []model.Slot{slot}})
		}
	}
	if diff := cmp.Diff(want, bindings(t, scalarDecls, "/{v}", types)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestScalarsInFields(t *testing.T) {
	var b strings.Builder
	var want []model.Slot
	b.WriteString(scalarDecls + "type Query struct {\n")
	for i, scalar := range scalarCases {
		for j, shape := range shapeCases {
			if isByteList(scalar.written, shape.written) {
				continue
			}
			fmt.Fprintf(&b, "\tF%d_%d "+shape.written+"\n", i, j, scalar.written)
			slot := shape.slot(scalar.want)
			slot.Field, slot.Name = fmt.Sprintf("F%d_%d", i, j), fmt.Sprintf("f%d_%d", i, j)
			want = append(want, slot)
		}
	}
	b.WriteString("}\n")
	got := bindings(t, b.String(), "", []string{"runtime.Query[Query]"})
	if diff := cmp.Diff([]model.Extractor{model.Values{Source: model.Query, Wrapped: true, Slots: want}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDicts(t *testing.T) {
	str := model.Reader{Func: "ReadString", Type: basic("string")}
	for _, c := range []struct {
		written string
		want    model.Dict
	}{
		{"map[string]string", model.Dict{Key: basic("string"), Reader: str, Elem: basic("string")}},
		{"map[string][]string", model.Dict{Key: basic("string"), Reader: str, Elem: model.Slice{Elem: basic("string")}, List: true}},
		{"map[Level]time.Time", model.Dict{
			Key: named("Level"), Reader: model.Reader{Func: "ReadTime", Type: stdType("time", "Time")}, Elem: stdType("time", "Time"),
		}},
		{"map[string]net.IP", model.Dict{
			Key: basic("string"), Reader: model.Reader{Func: "ReadAddr", Type: stdType("net", "IP")}, Elem: stdType("net", "IP"),
		}},
		{"map[string][]ID", model.Dict{
			Key: basic("string"), Reader: model.Reader{Func: "ReadText", Type: named("ID")}, Elem: model.Slice{Elem: named("ID")}, List: true,
		}},
	} {
		for _, source := range []model.Source{model.Path, model.Query, model.Headers, model.Cookie} {
			pattern := ""
			if source == model.Path {
				pattern = "/{a}/{b}"
			}
			got := bindings(t, scalarDecls, pattern, []string{fmt.Sprintf("runtime.%s[%s]", source, c.written)})
			want := []model.Extractor{model.Values{Source: source, Wrapped: true, Slots: []model.Slot{{
				Type: model.Map{Key: c.want.Key, Elem: c.want.Elem}, Shape: c.want,
			}}}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s[%s] (-want +got):\n%s", source, c.written, diff)
			}
		}
		held := model.Map{Key: c.want.Key, Elem: c.want.Elem}
		got := bindings(t, scalarDecls, "", []string{"runtime.Query[runtime.Optional[" + c.written + "]]"})
		want := []model.Extractor{model.Values{Source: model.Query, Wrapped: true, Slots: []model.Slot{{
			Type: rtType("Optional", held), Shape: model.OptionedMany{Of: c.want},
		}}}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Optional[%s] (-want +got):\n%s", c.written, diff)
		}
	}
}

// paramsOf reads declarations whose first handler has the parameters that are
// asked for.
func paramsOf(t *testing.T, decls string) []model.Param {
	t.Helper()
	return mustRead(t, decls).Handlers[0].Params
}

func TestExtractors(t *testing.T) {
	stringValue := func(source model.Source, name string) model.Values {
		return model.Values{Source: source, Wrapped: true, Slots: []model.Slot{{
			Name: name, Type: basic("string"), Shape: model.Single{Reader: model.Reader{Func: "ReadString", Type: basic("string")}}, Required: true,
		}}}
	}
	optional := func(held model.Named, of model.Extractor) model.OptionalOf {
		return model.OptionalOf{Type: held, Of: of}
	}
	for _, c := range []struct {
		param string
		want  model.Extractor
		why   string
	}{
		{"v context.Context", model.Head{Part: model.Context}, "the context of the request"},
		{"v *http.Request", model.Head{Part: model.Request}, "the request itself"},
		{"v http.ResponseWriter", model.Head{Part: model.Writer}, "the writer of the response"},
		{"v http.Header", model.Head{Part: model.HeaderMap}, "all headers of the request"},
		{"v *url.URL", model.Head{Part: model.URL}, "the URL of the request"},
		{"v url.Values", model.QueryValues{}, "all values of the query"},
		{"v netip.AddrPort", model.Head{Part: model.Peer}, "the address of the peer"},
		{"v io.Reader", model.ReaderBody{}, "the body as a stream"},
		{"v Ctx", model.Head{Part: model.Context}, "the context of the request"},
		{"v runtime.MatchedPath", model.Head{Part: model.MatchedPath}, "the path of the pattern that matched"},
		{"v runtime.OriginalURL", model.Head{Part: model.OriginalURL}, "the URL before any prefix was taken off"},
		{"v runtime.Host", model.Head{Part: model.Host}, "the host that the request is for"},
		{"v runtime.Bearer", model.Credentials{Name: "Bearer"}, "the bearer token of the Authorization header"},
		{"v runtime.BasicAuth", model.Credentials{Name: "BasicAuth"}, "the user and password of the Authorization header"},
		{"v runtime.Text", model.TextBody{}, "the body as text"},
		{"v runtime.Bytes", model.BytesBody{}, "the body as bytes"},
		{"v runtime.JSON[Item]", model.JSONBody{Type: named("Item")}, "the body as JSON"},
		{"v runtime.JSON[[]*Item]", model.JSONBody{Type: model.Slice{Elem: model.Pointer{Elem: named("Item")}}}, "the body as JSON"},
		{"v runtime.JSONLines[Item]", model.JSONLinesBody{Type: named("Item")}, "the body as lines of JSON, read while they are ranged over"},
		{"v runtime.JSON[any]", model.JSONBody{Type: basic("any")}, "the body as JSON"},
		{"v Body", model.JSONBody{Type: named("Item")}, "the body as JSON"},
		{"v BodyOf[Item]", model.JSONBody{Type: named("Item")}, "the body as JSON"},
		{"v runtime.State[Item]", model.FromApp{}, "application state"},
		{"v runtime.Extension[*Item]", model.Extension{Type: model.Pointer{Elem: named("Item")}}, "what middleware put into the request with runtime.WithExtension"},
		{"v Parts", model.Custom{Type: named("Parts"), Method: "FromRequestParts"}, "its own method FromRequestParts"},
		{"v *Parts", model.Custom{Type: named("Parts"), Method: "FromRequestParts", Pointer: true}, "its own method FromRequestParts"},
		{"v Whole", model.Custom{Type: named("Whole"), Method: "FromRequest"}, "its own method FromRequest"},
		{"v Embedding", model.Custom{Type: named("Embedding"), Method: "FromRequestParts"}, "its own method FromRequestParts"},
		{"v Generic[int]", model.Custom{
			Type: model.Named{PkgPath: "example.com/shop", PkgName: "shop", Name: "Generic", Args: []model.Type{basic("int")}}, Method: "FromRequestParts",
		}, "its own method FromRequestParts"},
		{"v Account", model.Provided{}, "the result of account"},
		{"v runtime.Query[string]", stringValue(model.Query, "v"), "query value v"},
		{"v runtime.Header[string]", stringValue(model.Headers, "V"), "header value V"},
		{"v runtime.Cookie[string]", stringValue(model.Cookie, "v"), "cookie value v"},
		{"v runtime.Path[string]", stringValue(model.Path, "id"), "path value id: the one wildcard of the pattern"},
		{"id runtime.Path[string]", stringValue(model.Path, "id"), "path value id"},
		{"v runtime.Optional[runtime.Query[string]]", optional(rtType("Query", basic("string")), stringValue(model.Query, "v")), "query value v, or nothing"},
		{"v runtime.Optional[runtime.JSON[Item]]", optional(rtType("JSON", named("Item")), model.JSONBody{Type: named("Item")}), "the body as JSON, or nothing"},
		{"v runtime.Optional[runtime.Bearer]", optional(rtType("Bearer"), model.Credentials{Name: "Bearer"}), "the bearer token of the Authorization header, or nothing"},
		{"v runtime.Optional[Parts]", optional(named("Parts"), model.Custom{Type: named("Parts"), Method: "FromRequestParts"}), "its own method FromRequestParts, or nothing"},
		{"id runtime.Optional[Account]", optional(named("Account"), model.Provided{}), "the result of account, or nothing"},
		{"id runtime.Optional[runtime.Bearer]", optional(rtType("Bearer"), model.Credentials{Name: "Bearer"}), "the bearer token of the Authorization header, or nothing"},
		{"id runtime.Optional[Token]", optional(named("Token"), model.Custom{Type: named("Token"), Method: "FromRequestParts"}), "its own method FromRequestParts, or nothing"},
		{"id *Token", model.Custom{Type: named("Token"), Method: "FromRequestParts", Pointer: true}, "its own method FromRequestParts"},
		{"v runtime.Optional[Account]", optional(named("Account"), model.Provided{}), "the result of account, or nothing"},
		{"v runtime.Optional[runtime.Extension[Item]]", optional(rtType("Extension", named("Item")), model.Extension{Type: named("Item")}), "what middleware put into the request with runtime.WithExtension, or nothing"},
		{"v runtime.Optional[io.Reader]", optional(stdType("io", "Reader"), model.ReaderBody{}), "the body as a stream, or nothing"},
		{"v runtime.Result[runtime.JSON[Item]]", model.ResultOf{Type: rtType("JSON", named("Item")), Of: model.JSONBody{Type: named("Item")}}, "the body as JSON, or its rejection"},
		{"v runtime.Result[url.Values]", model.ResultOf{Type: stdType("net/url", "Values"), Of: model.QueryValues{}}, "all values of the query, or its rejection"},
		{"v runtime.Result[runtime.Optional[runtime.Bearer]]", model.ResultOf{
			Type: rtType("Optional", rtType("Bearer")), Of: optional(rtType("Bearer"), model.Credentials{Name: "Bearer"}),
		}, "the bearer token of the Authorization header, or nothing, or its rejection"},
	} {
		pkg := mustRead(t, `
type Item struct{ Name string }
type Ctx = context.Context
type Body = runtime.JSON[Item]
type BodyOf[T any] = runtime.JSON[T]
type Parts struct{}
func (*Parts) FromRequestParts(r *http.Request) error { return nil }
type Embedding struct{ Parts }
type Generic[T any] struct{}
func (*Generic[T]) FromRequestParts(r *http.Request) error { return nil }
type Whole map[string]string
func (*Whole) FromRequest(r *http.Request) error { return nil }
type Token string
func (*Token) FromRequestParts(r *http.Request) error { return nil }
type Account string
//handlergen:extractor
func account(t runtime.Optional[runtime.Bearer], u runtime.Optional[Token]) (Account, error) { return "", nil }
//handlergen:route POST /x/{id}
func F(_ *http.Request, `+c.param+`) {}
`)
		for _, provider := range pkg.Providers {
			for _, param := range provider.Params {
				if _, ok := param.From.(model.OptionalOf); !ok {
					t.Errorf("%s of the provider is %+v", param.Name, param.From)
				}
			}
		}
		params := pkg.Handlers[0].Params
		if diff := cmp.Diff(c.want, params[1].From); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.param, diff)
		}
		if params[1].Why != c.why {
			t.Errorf("%s: why %q, want %q", c.param, params[1].Why, c.why)
		}
	}
}
