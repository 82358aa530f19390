package diag

// The codes, in the order in which they were added. New ones go to the end.
const (
	UnknownDirective   Code = 1  // a verb after //handlergen: that there is not
	NearMiss           Code = 2  // a comment that was meant to be a directive: // handlergen:route
	MisplacedDirective Code = 3  // a directive where it has no effect
	BadArguments       Code = 4  // arguments of a directive that are missing, too many or malformed
	BadKey             Code = 5  // an unknown or repeated key
	BadMethod          Code = 6  // a method that HTTP or the directive does not know
	TwoBodies          Code = 7  // two parameters read the body
	BodyNotLast        Code = 8  // an extractor after the one that reads the body
	BadPattern         Code = 9  // a pattern that net/http.ServeMux refuses
	RouteConflict      Code = 10 // two routes that net/http.ServeMux refuses together
	UnusedWildcard     Code = 11 // a wildcard without a parameter
	NoSource           Code = 12 // a parameter whose value comes from nowhere
	UnreadableType     Code = 13 // a type that cannot be read from a request
	AmbiguousPath      Code = 14 // Path[T] of a scalar when it is not clear which wildcard it means
	GenericHandler     Code = 15 // a function or receiver with type parameters
	BadReceiver        Code = 16 // a receiver that cannot come from the state
	UnwritableType     Code = 17 // a result that cannot be encoded
	BodyNotAllowed     Code = 18 // a body with a status that has none
	BadResults         Code = 19 // results in the wrong order or combination
	WriterWithResults  Code = 20 // http.ResponseWriter and results other than error
	StateUndeclared    Code = 21 // several states and no struct that holds them
	StateMissing       Code = 22 // the state struct has no field, or several, of the type
	StateTwice         Code = 23 // two structs with a state directive
	ExtractorCycle     Code = 24 // extractors that need each other
	BadExtractor       Code = 25 // an extractor function or struct of the wrong shape
	ExtractorTwice     Code = 26 // two extractors of one type
	BadDefault         Code = 27 // a default that cannot be read or has no effect
	BadRule            Code = 28 // a validate rule that is unknown or does not fit the type
	BadTag             Code = 29 // a struct tag that is malformed or repeats a name
	UnknownParam       Code = 30 // a param directive for a parameter that there is not
	BadErrorsFunc      Code = 31 // an errors function of the wrong shape
	ErrorsTwice        Code = 32 // two errors functions
	BadMiddleware      Code = 33 // a use directive that names no middleware
	UnusedLabel        Code = 34 // a label that no route carries
	NameTaken          Code = 35 // the package already declares Routes
	UnspellableType    Code = 36 // a type that generated code cannot name
	BadSealed          Code = 37 // an interface result whose implementations cannot answer
	LostOptional       Code = 38 // an Optional that can hold null in a JSON result without omitzero
	BadValue           Code = 39 // a status, limit, timeout or other value of a key
	TypeError          Code = 40 // the package does not type-check
	SyntaxError        Code = 41 // the package does not parse
	ForeignFile        Code = 42 // a file of the user's stands where output belongs
	_                  Code = 43 // once: part of the language that a version did not generate yet
	DuplicateName      Code = 44 // two routes with one operation id
	BadAnswer          Code = 45 // a response directive that cannot be understood
	BadGroup           Code = 46 // a group directive that cannot be applied
	BadHandler         Code = 47 // a function that cannot be a handler: variadic, init
	StaleOutput        Code = 48 // check: generated code that is stale, missing or orphaned
	LoadError          Code = 49 // the go command cannot load the package: a missing module, an import cycle
	BadMiddlewareFunc  Code = 50 // a middleware function of the wrong shape
	BodyTaken          Code = 51 // a middleware function reads the body that something inside reads
	BadDocument        Code = 52 // an OpenAPI document that cannot be written as a directive says
	Unreachable        Code = 53 // client: a type that it cannot refer to, or a request that fetch does not send
)

// A Doc is the page of a code that explain prints.
type Doc struct {
	Name      string // the Go name of the code, "TwoBodies"
	Title     string // "request body read twice"
	Text      string // what is wrong, why, and what to type instead
	Bad       string // declarations that yield the code and no other
	Good      string // the same without it
	NoExample string // why Bad and Good are empty; otherwise empty itself
}
