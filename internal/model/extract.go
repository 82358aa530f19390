package model

// An Extractor says how one value is read from the request.
type Extractor interface{ extractor() }

// Extractors lists every variant, for tests that want each to be covered.
var Extractors = []Extractor{
	Head{},
	QueryValues{},
	FromApp{},
	Extension{},
	Credentials{},
	Values{},
	Form{},
	Multipart{},
	MultipartReader{},
	JSONBody{},
	JSONLinesBody{},
	TextBody{},
	BytesBody{},
	ReaderBody{},
	Custom{},
	Provided{},
	Composite{},
	OptionalOf{},
	ResultOf{},
	Next{},
}

// Head is a part of the request's head that cannot fail.
type Head struct{ Part HeadPart }

// HeadPart names a part of the request's head.
type HeadPart string

// The parts of a request's head that a parameter can be, by type.
const (
	Context     HeadPart = "Context"        // context.Context
	Request     HeadPart = "Request"        // *http.Request
	Writer      HeadPart = "ResponseWriter" // http.ResponseWriter
	HeaderMap   HeadPart = "Header"         // http.Header
	URL         HeadPart = "URL"            // *url.URL
	Peer        HeadPart = "Peer"           // netip.AddrPort
	MatchedPath HeadPart = "MatchedPath"    // runtime.MatchedPath
	OriginalURL HeadPart = "OriginalURL"    // runtime.OriginalURL
	Host        HeadPart = "Host"           // runtime.Host

	Preconditions HeadPart = "Preconditions" // runtime.Preconditions
)

// QueryValues is the whole query as url.Values; a malformed one is a problem.
type QueryValues struct{}

// FromApp is application state: runtime.State[T].
type FromApp struct{ From FromState }

// Extension is a value that middleware put into the request.
type Extension struct{ Type Type }

// Credentials are read by the runtime function Read<Name>, which fails when
// they are absent: Bearer and BasicAuth.
type Credentials struct{ Name string }

// Values reads named texts of one source into a scalar, slice, map or struct.
type Values struct {
	Source   Source
	Wrapped  bool     // the value stands in the field Value, as in runtime.Query[T]
	Slots    []Slot   // one with an empty Field unless T is a struct read by fields
	Alloc    []string // embedded pointers to allocate first, "Paging"
	Validate bool     // T has a Validate() error method to call
}

// Form reads an urlencoded form: the query for GET and HEAD, else the body.
type Form struct {
	Slots    []Slot
	Alloc    []string
	Validate bool
}

// Multipart reads a multipart/form-data body into a struct.
type Multipart struct {
	Slots    []Slot // values, and files of the shapes OneFile and ManyFiles
	Alloc    []string
	Validate bool
}

// MultipartReader is the body as a *multipart.Reader.
type MultipartReader struct{}

// Source is the part of a request that named texts are read from. Its value is
// also the stem of the runtime's names: QueryParam, InQuery.
type Source string

// The sources of named texts.
const (
	Path       Source = "Path"
	Query      Source = "Query"
	Headers    Source = "Header"
	Cookie     Source = "Cookie"
	FormSource Source = "Form"
)

// Sources lists all of them. PlainSources are those of plain values.
var (
	Sources      = []Source{Path, Query, Headers, Cookie, FormSource}
	PlainSources = Sources[:4:4]
)

// Word is what a source is called in struct tags, in problem documents and in
// messages: "query".
func (s Source) Word() string {
	switch s {
	case Path:
		return "path"
	case Query:
		return "query"
	case Headers:
		return "header"
	case Cookie:
		return "cookie"
	case FormSource:
		return "form"
	}
	panic("model: no source is called " + string(s))
}

// A Slot is one place that named texts are read into.
type Slot struct {
	Field    string // selector below the value, "Limit" or "Paging.Limit"; empty for the value itself
	Name     string // on the wire, "limit"; canonical for headers; empty for a Dict of all names
	Type     Type   // of the place
	Shape    Shape
	Required bool   // missing is a problem; a Single that is not required and has no Default is left alone
	Default  string // text to read when it is missing; empty for none
	Rules    []Rule // of the place: those of what a pointer or Optional holds are in an IfSet
	Doc      string

	Example    Example
	Deprecated bool // by its doc comment
}

// A Shape says how texts become the value of a slot.
type Shape interface{ shape() }

// Single is one text for a scalar, such as int.
type Single struct{ Reader Reader }

// Pointed is a pointer to a scalar, nil when there is no text.
type Pointed struct{ Reader Reader }

// Optioned is a runtime.Optional of a scalar.
type Optioned struct{ Reader Reader }

// List is a slice of scalars, or of pointers to them, one for each text.
type List struct {
	Reader  Reader
	Pointed bool
}

// Dict is a map from names to scalars, or to slices of them. A slot with a name
// takes name[key]=value, one without takes every value of the source.
type Dict struct {
	Key    Type // string or a named string type
	Reader Reader
	Elem   Type // of the map: the scalar's type, or the slice's
	List   bool // Elem is a slice
}

// OptionedMany is a runtime.Optional of a slice or map, present when there is at
// least one text.
type OptionedMany struct{ Of Shape } // List or Dict

// OneFile is a *multipart.FileHeader, nil when there is no file.
type OneFile struct{ Wanted Upload }

// ManyFiles is a slice of *multipart.FileHeader.
type ManyFiles struct{ Wanted Upload }

// Upload says what files a multipart body may have.
type Upload struct {
	Limit  Limit    // of bytes in each; DefaultLimit for none of its own
	Accept []string // media types, "image/png" or "image/*"; empty for all
}

func (Single) shape()       {}
func (Pointed) shape()      {}
func (Optioned) shape()     {}
func (List) shape()         {}
func (Dict) shape()         {}
func (OptionedMany) shape() {}
func (OneFile) shape()      {}
func (ManyFiles) shape()    {}

// A Reader is a runtime function that reads a text as a value of Type:
// runtime.ReadInt[OrderID].
type Reader struct {
	Func string // ReadString ReadBool ReadInt ReadUint ReadFloat ReadTime ReadDuration ReadURL ReadAddr ReadText
	Type Type
}

// Generic reports whether the function is instantiated with the type. The
// others read exactly one type: time.Time, time.Duration and url.URL.
func (r Reader) Generic() bool {
	switch r.Func {
	case "ReadTime", "ReadDuration", "ReadURL":
		return false
	}
	return true
}

// JSONBody decodes the body into the field Value of a runtime.JSON[T].
type JSONBody struct {
	Type    Type     // T
	Presets []Preset // defaults, assigned before decoding
	Rules   []Rule   // of the whole value: Nested for a struct with a Check
}

// A Preset is a default of a field in a JSON body.
type Preset struct {
	Field string // "Limit", "Paging.Limit"
	Value string // Go literal, `20` or `"asc"`
}

// JSONLinesBody decodes the lines of the body while they are ranged over, each
// as a JSONBody.
type JSONLinesBody struct {
	Type    Type // T of a runtime.JSONLines[T]
	Presets []Preset
	Rules   []Rule
}

// TextBody is the body as a runtime.Text.
type TextBody struct{}

// BytesBody is the body as runtime.Bytes.
type BytesBody struct{}

// ReaderBody is the body as an io.Reader.
type ReaderBody struct{}

// Custom is a type with a FromRequestParts or FromRequest method.
type Custom struct {
	Type    Type   // without the pointer
	Method  string // "FromRequestParts", "FromRequest"
	Pointer bool   // the parameter is a *Type
	Said    Said
}

// Provided is the result of an extractor function.
type Provided struct{ Provider int } // index into Package.Providers

// Composite is a struct with an extractor directive, each field read for
// itself, in order.
type Composite struct {
	Type     Type
	Pointer  bool    // the parameter is a *Type
	Fields   []Param // Name is the selector: "Limit", "Paging.Limit"
	Alloc    []string
	Rules    []Rule
	Validate bool
	Said     Said
}

// OptionalOf is a runtime.Optional[X]: present, absent, or a failure.
type OptionalOf struct {
	Type Type // X
	Of   Extractor
}

// ResultOf is a runtime.Result[X]: X or its rejection.
type ResultOf struct {
	Type Type // X
	Of   Extractor
}

// Next is the runtime.Next of a middleware function.
type Next struct{}

func (Head) extractor()            {}
func (QueryValues) extractor()     {}
func (FromApp) extractor()         {}
func (Extension) extractor()       {}
func (Credentials) extractor()     {}
func (Values) extractor()          {}
func (Form) extractor()            {}
func (Multipart) extractor()       {}
func (MultipartReader) extractor() {}
func (JSONBody) extractor()        {}
func (JSONLinesBody) extractor()   {}
func (TextBody) extractor()        {}
func (BytesBody) extractor()       {}
func (ReaderBody) extractor()      {}
func (Custom) extractor()          {}
func (Provided) extractor()        {}
func (Composite) extractor()       {}
func (OptionalOf) extractor()      {}
func (ResultOf) extractor()        {}
func (Next) extractor()            {}
