package model

import "go/token"

// Use says in which direction a type goes over the wire, which decides what it
// looks like there.
type Use string

// The uses of types.
const (
	Sent     Use = "sent"     // written as JSON
	Received Use = "received" // read from JSON
	Texted   Use = "texted"   // read from a text: a path, query, header, cookie or form value
)

// A TypeSchema says what a type looks like on the wire.
type TypeSchema struct {
	Type   Type
	Use    Use
	Schema Schema
}

// A Component is a declared type that schemas refer to by its id: a struct, or a
// type whose constants are its values.
type Component struct {
	ID         string // unique in its use, "example.com/shop.Page[example.com/shop.Order]"
	Use        Use
	PkgPath    string
	PkgName    string
	Name       string // readable, "PageOfOrder"
	Type       Type   // nil if this package cannot spell it
	Schema     Schema
	Doc        string
	Deprecated bool
}

// A Schema says what a value looks like on the wire, as JSON Schema does.
type Schema interface{ schema() }

// Schemas lists every variant, for tests that want each to be covered.
var Schemas = []Schema{
	AnyValue{},
	BoolValue{},
	IntegerValue{},
	NumberValue{},
	TextValue{},
	OneConstant{},
	ListValue{},
	DictValue{},
	ObjectValue{},
	NullOr{},
	ComponentRef{},
	Declared{},
}

// AnyValue is any JSON.
type AnyValue struct{}

// BoolValue is true or false.
type BoolValue struct{}

// IntegerValue is a whole number.
type IntegerValue struct {
	Bits     int // 8, 16, 32, 64; 0 for any size
	Unsigned bool
}

// NumberValue is a number.
type NumberValue struct{ Bits int } // 32, 64; 0 for any precision

// TextValue is a string.
type TextValue struct {
	Format  string // of JSON Schema or OpenAPI, "date-time", "uuid"; empty for none
	Or      string // another format that it may have instead; empty for none
	Base64  bool   // it holds bytes, as encoding/json writes them
	Quoted  Schema // the number or boolean that it holds; nil for any text
	Example string // of a text whose form has no name: "5s"
	Pattern string // that it matches; empty for any
}

// OneConstant is one of the constants of a type.
type OneConstant struct {
	Of     Schema // IntegerValue, NumberValue, TextValue
	Values []Constant
}

// A Constant is one declared constant.
type Constant struct {
	Name    string // "RoleAdmin"
	Literal string // JSON, `"admin"`
	Doc     string
}

// ListValue is an array.
type ListValue struct {
	Elem Schema
	Len  int64 // number of elements; -1 for any
}

// DictValue is an object with any names.
type DictValue struct {
	Elem Schema
	Key  Schema // of the names: a TextValue; nil for any
}

// ObjectValue is an object with certain members.
type ObjectValue struct{ Members []Member }

// A Member is one member of an object.
type Member struct {
	Name       string // "id"
	Field      string // of the Go struct, "ID"
	Schema     Schema
	Always     bool   // sent: it is there even when it is zero
	Default    string // received: text of the default; empty for none
	Example    Example
	Doc        string
	Deprecated bool
}

// An Example is what an example tag says.
type Example struct {
	Text     string         // empty for none
	Pos, End token.Position // of the text; not valid in other modules, where it cannot be mended
}

// NullOr is null or something else.
type NullOr struct{ Of Schema }

// ComponentRef is a declared type.
type ComponentRef struct{ ID string } // in the use of the schema that it stands in

// Declared is what a schema directive says.
type Declared struct {
	Type     string // of JSON Schema: string, integer, number, boolean, object, array; empty for any
	Format   string
	Pattern  string
	Literals []string // JSON, of the only values; none for all
	Example  string   // JSON; empty for none
}

func (AnyValue) schema()     {}
func (BoolValue) schema()    {}
func (IntegerValue) schema() {}
func (NumberValue) schema()  {}
func (TextValue) schema()    {}
func (OneConstant) schema()  {}
func (ListValue) schema()    {}
func (DictValue) schema()    {}
func (ObjectValue) schema()  {}
func (NullOr) schema()       {}
func (ComponentRef) schema() {}
func (Declared) schema()     {}
