package parse

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/model"
)

// describeSchema writes a schema in one line.
func describeSchema(s model.Schema) string {
	switch s := s.(type) {
	case model.AnyValue:
		return "any"
	case model.BoolValue:
		return "bool"
	case model.IntegerValue:
		return map[bool]string{false: "int", true: "uint"}[s.Unsigned] + fmt.Sprint(s.Bits)
	case model.NumberValue:
		return "number" + fmt.Sprint(s.Bits)
	case model.TextValue:
		text := "text"
		if s.Quoted != nil {
			text += " of " + describeSchema(s.Quoted)
		}
		if s.Base64 {
			text += " base64"
		}
		return strings.TrimSpace(text + " " + s.Format + s.Example)
	case model.OneConstant:
		var values []string
		for _, c := range s.Values {
			values = append(values, strings.TrimSpace(c.Name+"="+c.Literal+" "+c.Doc))
		}
		return describeSchema(s.Of) + " of " + strings.Join(values, ", ")
	case model.ListValue:
		return fmt.Sprintf("[%d %s]", s.Len, describeSchema(s.Elem))
	case model.DictValue:
		return "{* " + describeSchema(s.Elem) + "}"
	case model.ObjectValue:
		var members []string
		for _, m := range s.Members {
			text := m.Name
			if !m.Always {
				text += "?"
			}
			text += " " + describeSchema(m.Schema)
			for _, more := range []string{m.Default, m.Example.Text, m.Doc} {
				if more != "" {
					text += " (" + more + ")"
				}
			}
			if m.Deprecated {
				text += " deprecated"
			}
			members = append(members, text)
		}
		return "{" + strings.Join(members, "; ") + "}"
	case model.NullOr:
		return describeSchema(s.Of) + "|null"
	case model.ComponentRef:
		return "#" + s.ID
	case model.Declared:
		return fmt.Sprintf("declared %q", s)
	}
	panic(fmt.Sprintf("%T", s))
}

func TestSchemas(t *testing.T) {
	const decls = `
// Role is what a user may do.
type Role string

const (
	// Admin may do all.
	Admin Role = "admin"
	Guest Role = "guest" // may look
)

type Level int

const (
	Low Level = iota
	High
)

// Flags are no enumeration.
type Flags uint8

const (
	A Flags = 1 << iota
	B
	C
)

type UUID [16]byte

func (u *UUID) UnmarshalText([]byte) error   { return nil }
func (u UUID) MarshalText() ([]byte, error) { return nil, nil }

//handlergen:schema string format=color pattern=^#[0-9a-f]{6}$ example=#00ff00
type Color struct{ r, g, b byte }

func (c Color) MarshalJSON() ([]byte, error) { return nil, nil }

//handlergen:schema integer values=1,2
type Odd struct{}

func (o *Odd) UnmarshalJSON([]byte) error { return nil }

//handlergen:schema string values=red,green
type Hue string

func (h *Hue) UnmarshalText([]byte) error { return nil }

type Opaque struct{}

func (o Opaque) MarshalJSON() ([]byte, error) { return nil, nil }

type Base struct {
	ID UUID ` + "`json:\"id\"`" + `
}

type Extra struct{ Note string }

// Node is one of a tree.
//
// Deprecated: use Tree.
type Node struct {
	Base
	*Extra
	// Name is shown.
	Name    string            ` + "`json:\"name\" example:\"Ann\"`" + `
	Role    Role              ` + "`json:\"role,omitempty\"`" + `
	Level   Level             ` + "`json:\"level\"`" + `
	Flags   Flags             ` + "`json:\"flags,omitzero\"`" + `
	Kids    []*Node           ` + "`json:\"kids\"`" + `
	Meta    map[string]any    ` + "`json:\"meta\"`" + `
	When    time.Time         ` + "`json:\"when,omitempty\"`" + `
	Wait    time.Duration     ` + "`json:\"wait\"`" + `
	Data    []byte            ` + "`json:\"data\"`" + `
	Pair    [2]float32        ` + "`json:\"pair\"`" + `
	Count   int32             ` + "`json:\"count,string\"`" + `
	Color   Color             ` + "`json:\"color\"`" + `
	Opaque  Opaque            ` + "`json:\"opaque\"`" + `
	Raw     json.RawMessage   ` + "`json:\"raw\"`" + `
	Opt     runtime.Optional[int] ` + "`json:\"opt,omitzero\"`" + `
	Null    runtime.Nullable[string] ` + "`json:\"null\"`" + `
	Hidden  string ` + "`json:\"-\"`" + `
	private int
	Page    Page[Extra] ` + "`json:\"page\"`" + `
	// Deprecated: no longer set.
	Old bool
}

type Page[T any] struct{ Items []T }

//handlergen:route POST /nodes/{role}
func Create(role Role, q runtime.Query[struct {
	Level []Level; Since time.Time; Wait *time.Duration; At runtime.Optional[netip.Addr]; ID UUID; N uint8; Color map[string]string; Hue []Hue
}], body runtime.JSON[Node]) (Node, error) { return Node{}, nil }

//handlergen:route PUT /odd
func Put(body runtime.JSON[[]Odd]) {}

type Small struct {
	N int ` + "`default:\"3\"`" + `
}

//handlergen:route PUT /small
func PutSmall(body runtime.JSON[Small]) {}
`
	pkg := mustRead(t, decls)
	var got []string
	for _, s := range pkg.Schemas {
		got = append(got, string(s.Use)+" "+describeSchema(s.Schema))
	}
	for _, c := range pkg.Components {
		doc := strings.ReplaceAll(c.Doc, "\n", " ")
		got = append(got, string(c.Use)+" #"+c.ID+" "+c.Name+" = "+describeSchema(c.Schema)+" "+doc+fmt.Sprint(c.Deprecated))
	}
	want := []string{
		`sent #example.com/shop.Node`,
		`texted #example.com/shop.Role`,
		`texted [-1 #example.com/shop.Level]`,
		`texted text date-time`,
		`texted text 1m30s`,
		`texted text ipv4`,
		`texted text uuid`,
		`texted uint8`,
		`texted {* text}`,
		`texted [-1 declared {"string" "" "" ["\"red\"" "\"green\""] ""}]`,
		`received #example.com/shop.Node`,
		`received [-1 declared {"integer" "" "" ["1" "2"] ""}]`,
		`received #example.com/shop.Small`,
		`sent #example.com/shop.Node Node = {id text uuid; Note? text; name text (Ann) (Name is shown.); role? #example.com/shop.Role; level #example.com/shop.Level; flags? uint8; kids [-1 #example.com/shop.Node|null]|null; meta {* any}|null; when text date-time; wait int64; data text base64|null; pair [2 number32]; count text of int32; color declared {"string" "color" "^#[0-9a-f]{6}$" [] "\"#00ff00\""}; opaque any; raw any; opt? int64; null text|null; page #example.com/shop.Page[example.com/shop.Extra]; Old bool (Deprecated: no longer set.) deprecated} Node is one of a tree.  Deprecated: use Tree.true`,
		`sent #example.com/shop.Role Role = text of Admin="admin" Admin may do all., Guest="guest" may look Role is what a user may do.false`,
		`sent #example.com/shop.Level Level = int64 of Low=0, High=1 false`,
		`sent #example.com/shop.Page[example.com/shop.Extra] PageOfExtra = {Items [-1 #example.com/shop.Extra]|null} false`,
		`sent #example.com/shop.Extra Extra = {Note text} false`,
		`texted #example.com/shop.Role Role = text of Admin="admin" Admin may do all., Guest="guest" may look Role is what a user may do.false`,
		`texted #example.com/shop.Level Level = int64 of Low=0, High=1 false`,
		`received #example.com/shop.Node Node = {id text uuid; Note? text; name text (Ann) (Name is shown.); role? #example.com/shop.Role; level #example.com/shop.Level; flags? uint8; kids [-1 #example.com/shop.Node|null]; meta {* any}; when text date-time; wait int64; data text base64; pair [2 number32]; count text of int32; color declared {"string" "color" "^#[0-9a-f]{6}$" [] "\"#00ff00\""}; opaque #example.com/shop.Opaque; raw any; opt? int64; null text|null; page #example.com/shop.Page[example.com/shop.Extra]; Old bool (Deprecated: no longer set.) deprecated} Node is one of a tree.  Deprecated: use Tree.true`,
		`received #example.com/shop.Role Role = text of Admin="admin" Admin may do all., Guest="guest" may look Role is what a user may do.false`,
		`received #example.com/shop.Level Level = int64 of Low=0, High=1 false`,
		`received #example.com/shop.Opaque Opaque = {} false`,
		`received #example.com/shop.Page[example.com/shop.Extra] PageOfExtra = {Items [-1 #example.com/shop.Extra]} false`,
		`received #example.com/shop.Extra Extra = {Note text} false`,
		`received #example.com/shop.Small Small = {N int64 (3)} false`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("schemas (-want +got):\n%s", diff)
	}
}

// What is sent and required is never null. That is said of members, not of what
// is received, which rules check.
func TestNeverNull(t *testing.T) {
	pkg := mustRead(t, `
type Inner struct{ N int }

type Page struct {
	May   []string            `+"`json:\"may\"`"+`
	List  []string            `+"`json:\"list\" validate:\"required\"`"+`
	Lists map[string][]*Inner `+"`json:\"lists\" validate:\"required,min=1,dive,required,dive,required\"`"+`
	Inner map[string][]string `+"`json:\"inner\" validate:\"dive,required\"`"+`
	One   *Inner              `+"`json:\"one\" validate:\"required\"`"+`
	Text  string              `+"`json:\"text\" validate:\"required\"`"+`
}

//handlergen:route GET /page
func Get() Page { return Page{} }`)
	const want = `{may [-1 text]|null; list [-1 text]; lists {* [-1 #example.com/shop.Inner]}; ` +
		`inner {* [-1 text]}|null; one #example.com/shop.Inner; text text}`
	if got := describeSchema(pkg.Components[0].Schema); got != want {
		t.Errorf("schema\n%s, want\n%s", got, want)
	}
}
