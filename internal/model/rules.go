package model

// A Check is the validation of one struct type that occurs in a JSON body. It
// becomes a function that checks its fields, and those of the structs below.
type Check struct {
	Type     Type   // the struct
	Name     string // stem of the function's name, "NewUser"
	Fields   []FieldCheck
	Validate bool // *Type has a Validate() error method to call last
}

// A FieldCheck is what one field of a checked struct must fulfil.
type FieldCheck struct {
	Field string // selector, "Name"
	Name  string // member name in the body, "name"; empty for an embedded struct
	Type  Type   // of the field; nil if nothing about it has to be spelled
	Rules []Rule
}

// A Rule is one thing that a value must fulfil. Of several rules of one value
// the first that fails is the problem that is reported.
type Rule interface{ rule() }

// Required demands that a member of a JSON body is present and not null.
type Required struct {
	Missing Missing
	Zero    string // Go literal of the zero value for IfZero, `""`; if empty, IfZero is IfLookup
}

// Missing says how one sees that a decoded member was absent or null.
type Missing string

// The ways to see that a member was missing.
const (
	IfNil    Missing = "nil"    // x == nil
	IfAbsent Missing = "absent" // !x.Present
	IfEither Missing = "either" // !x.Present || !x.Value.Valid
	IfNull   Missing = "null"   // !x.Valid
	IfZero   Missing = "zero"   // x is the zero value of Basic kind, and the body has no such member
	IfLookup Missing = "lookup" // the body has no such member
)

// Compare demands that a number, length or time compares to Limit.
type Compare struct {
	Of     Amount
	Op     string // what must hold: ">=", "<=", ">", "<", "=="
	Limit  string // Go expression, "80"
	Detail string // "must be at least 1"
}

// Amount is what of a value is compared.
type Amount string

// The amounts that rules compare.
const (
	Itself Amount = "itself" // a number
	Length Amount = "length" // len(x) of a slice or map
	Runes  Amount = "runes"  // characters of a string
)

// OneOf demands that a value equals one of some literals.
type OneOf struct {
	Literals []string // Go literals, `"asc"` or `3`
	Detail   string
}

// Format demands that runtime.<Func> accepts the text: IsEmail, IsURL, IsUUID…
// Arg is a second argument as a Go literal, or empty.
type Format struct {
	Func   string
	Arg    string
	Detail string
}

// Matches demands that a text matches a regular expression of package regexp.
type Matches struct {
	Pattern string
	Detail  string
}

// Unique demands that the elements of a slice differ from each other.
type Unique struct{ Detail string }

// IfSet applies rules to what a pointer, Optional or Nullable holds, if it holds
// something.
type IfSet struct {
	Holder Holder
	Rules  []Rule
}

// Holder is a type that may hold nothing.
type Holder string

// The types that may hold nothing.
const (
	HolderPointer  Holder = "pointer"
	HolderOptional Holder = "optional"
	HolderNullable Holder = "nullable"
)

// IfNotZero applies rules unless the value is the zero value: omitempty.
type IfNotZero struct {
	Zero  string // Go literal of the zero value, `""`; `nil` for slices and maps means empty
	Rules []Rule
}

// Each applies rules to every element of a slice or array: dive.
type Each struct{ Rules []Rule }

// EachEntry applies rules to every value of a map, in the order of the keys:
// dive.
type EachEntry struct {
	Keys  Keys
	Key   Type // of a key; nil if it cannot be spelled, which TextKeys can
	Rules []Rule
}

// Keys says how the keys of a map are ordered and written.
type Keys string

// The kinds of keys.
const (
	StringKeys  Keys = "string"  // by themselves
	IntegerKeys Keys = "integer" // by themselves, and written in digits
	TextKeys    Keys = "text"    // by what fmt writes for them
)

// Nested applies the check of a struct type.
type Nested struct{ Check int } // index into Package.Checks

// Method calls the value's own Validate() error.
type Method struct{}

func (Required) rule()  {}
func (Compare) rule()   {}
func (OneOf) rule()     {}
func (Format) rule()    {}
func (Matches) rule()   {}
func (Unique) rule()    {}
func (IfSet) rule()     {}
func (IfNotZero) rule() {}
func (Each) rule()      {}
func (EachEntry) rule() {}
func (Nested) rule()    {}
func (Method) rule()    {}

// Rules lists every variant, for tests that want each to be covered.
var Rules = []Rule{
	Required{},
	Compare{},
	OneOf{},
	Format{},
	Matches{},
	Unique{},
	IfSet{},
	IfNotZero{},
	Each{},
	EachEntry{},
	Nested{},
	Method{},
}
