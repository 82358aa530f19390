package model

// A Type is a Go type as generated code spells it.
type Type interface{ goType() }

// Named is a declared, predeclared or alias type. PkgPath and PkgName are empty
// for predeclared types such as int and error.
type Named struct {
	PkgPath string // "example.com/shop/orders"
	PkgName string // "orders"
	Name    string // "Order"
	Args    []Type // of an instantiated generic type
}

// Pointer is *Elem.
type Pointer struct{ Elem Type }

// Slice is []Elem.
type Slice struct{ Elem Type }

// Array is [Len]Elem.
type Array struct {
	Len  int64
	Elem Type
}

// Map is map[Key]Elem.
type Map struct{ Key, Elem Type }

// Chan is a channel type; Dir is "chan", "<-chan" or "chan<-".
type Chan struct {
	Dir  string
	Elem Type
}

// Signature is a function type without receiver.
type Signature struct {
	Params, Results []Type
	Variadic        bool
}

// Struct is a struct type without a name.
type Struct struct{ Fields []StructField }

// StructField is one field of a Struct.
type StructField struct {
	Name     string
	Type     Type
	Tag      string // without quotes
	Embedded bool
}

// EmptyInterface is interface{}.
type EmptyInterface struct{}

func (Named) goType()          {}
func (Pointer) goType()        {}
func (Slice) goType()          {}
func (Array) goType()          {}
func (Map) goType()            {}
func (Chan) goType()           {}
func (Signature) goType()      {}
func (Struct) goType()         {}
func (EmptyInterface) goType() {}
