package diag

import "strings"

// Doc returns the page of a code. That of an unknown one is empty.
func (c Code) Doc() Doc {
	doc := docs[c]
	for _, text := range []*string{&doc.Text, &doc.Bad, &doc.Good} {
		*text = strings.TrimPrefix(*text, "\n") // they start on a line of their own below
	}
	return doc
}

// Docs returns the pages of all codes.
func Docs() map[Code]Doc {
	all := make(map[Code]Doc, len(docs))
	for code := range docs {
		all[code] = code.Doc()
	}
	return all
}

var docs = map[Code]Doc{
	UnknownDirective: {
		Name:  "UnknownDirective",
		Title: "unknown directive",
		Text: `
The word after //handlergen: is not one that handlergen knows, so the line would
do nothing. The directives are route, param, use, group, middleware, extractor,
state, errors, response, security, schema and openapi. Correct the word, or
remove the line.`,
		Bad: `
//handlergen:rout GET /users
func ListUsers() string { return "none" }`,
		Good: `
//handlergen:route GET /users
func ListUsers() string { return "none" }`,
	},
	NearMiss: {
		Name:  "NearMiss",
		Title: "comment that looks like a directive",
		Text: `
Go's directives have one form: //handlergen:route, in lower case, without a
space after the slashes or around the colon, and not inside /* */. Anything else
is an ordinary comment and would be ignored in silence, so it is reported. Write
it in that form. To mention a directive in prose, do not start a line with it,
or indent it as an example.`,
		Bad: `
// handlergen:route GET /users
func ListUsers() string { return "none" }`,
		Good: `
//handlergen:route GET /users
func ListUsers() string { return "none" }`,
	},
	MisplacedDirective: {
		Name:  "MisplacedDirective",
		Title: "directive that has no effect where it stands",
		Text: `
A directive belongs in the doc comment of what it marks: directly above the
function, type or package clause, without an empty line between. Inside
functions, on fields, variables and groups of types it has no effect, nor on the
wrong kind of declaration: //handlergen:state on a function, for instance.
On a function, use needs a route beside it, and param a route, an extractor or a
middleware directive. Nearly all are for the routes of their package, and have
no effect without one.`,
		Bad: `
//handlergen:route GET /users

func ListUsers() string { return "none" }`,
		Good: `
//handlergen:route GET /users
func ListUsers() string { return "none" }`,
	},
	BadArguments: {
		Name:  "BadArguments",
		Title: "arguments missing, too many or malformed",
		Text: `
A directive has too few arguments, too many, or one that cannot be read.
Arguments are separated by spaces. One that has spaces itself is a Go string
literal as a whole: "doc=how many", not doc="how many". Several methods of one
route are separated by commas without spaces; several routes are several lines.`,
		Bad: `
//handlergen:route /users
func ListUsers() string { return "none" }`,
		Good: `
//handlergen:route GET /users
func ListUsers() string { return "none" }`,
	},
	BadKey: {
		Name:  "BadKey",
		Title: "unknown or repeated key",
		Text: `
A key=value argument has a key that its directive does not have, or one that is
given already. Keys of route: status, name, tags, limit, timeout, label, and the
flags deprecated and hidden. Of group: the same without status and name. Of
param: name, default, doc. Of use: label. Of errors: invalid. Of security:
format, name, and the flag optional. Of schema: format, pattern, values,
example. Of openapi: title, version. The other directives have none.`,
		Bad: `
//handlergen:route GET /users tag=people
func ListUsers() string { return "none" }`,
		Good: `
//handlergen:route GET /users tags=people
func ListUsers() string { return "none" }`,
	},
	BadMethod: {
		Name:  "BadMethod",
		Title: "unknown method",
		Text: `
The first argument of a route is its method, in capitals: GET, HEAD, POST, PUT,
PATCH, DELETE, OPTIONS, TRACE, CONNECT or QUERY, or several of them with commas
between: GET,POST. ANY stands alone and means every method. GET answers HEAD
requests too.`,
		Bad: `
//handlergen:route get /users
func ListUsers() string { return "none" }`,
		Good: `
//handlergen:route GET /users
func ListUsers() string { return "none" }`,
	},
	TwoBodies: {
		Name:  "TwoBodies",
		Title: "request body read twice",
		Text: `
A request body can be read once, so at most one parameter may come from it:
JSON, Form, Text, Bytes, io.Reader, or an extractor that reads one of them. Put
what you need in one struct, or read the other value from the path, the query or
a header.`,
		Bad: `
type Order struct{ Item string }

type Meta struct{ Note string }

//handlergen:route POST /orders
func Save(order runtime.JSON[Order], meta runtime.JSON[Meta]) {}`,
		Good: `
type Order struct{ Item, Note string }

//handlergen:route POST /orders
func Save(order runtime.JSON[Order]) {}`,
	},
	BodyNotLast: {
		Name:  "BodyNotLast",
		Title: "parameter after the body",
		Text: `
Parameters are read from left to right, and the body is read when everything
else is known to be fine. So the parameter that reads the body has to be the
last one. Move it to the end.`,
		Bad: `
type Order struct{ Item string }

//handlergen:route POST /orders
func Save(order runtime.JSON[Order], notify runtime.Query[bool]) {}`,
		Good: `
type Order struct{ Item string }

//handlergen:route POST /orders
func Save(notify runtime.Query[bool], order runtime.JSON[Order]) {}`,
	},
	BadPattern: {
		Name:  "BadPattern",
		Title: "pattern that net/http refuses",
		Text: `
Patterns are those of net/http.ServeMux, word for word: /users/{id} with a
wildcard for one whole segment, /files/{path...} for the rest of the path,
/posts/{$} for exactly that path, example.com/x with a host. The names of
wildcards are Go identifiers and differ from each other. A path with //, . or ..
in it never matches, since requests for it are redirected first. There are no
regular expressions: let the type of the parameter check the text.`,
		Bad: `
//handlergen:route GET users
func ListUsers() string { return "none" }`,
		Good: `
//handlergen:route GET /users
func ListUsers() string { return "none" }`,
	},
	RouteConflict: {
		Name:  "RouteConflict",
		Title: "two routes for the same requests",
		Text: `
Some requests match both patterns, and neither is more specific than the other,
so net/http would panic when they are registered. One pattern is more specific
if the other matches all of its requests and more: /users/me beside /users/{id}
is fine. The names of wildcards make no difference. Change one of the patterns,
or let one function serve both.`,
		Bad: `
//handlergen:route GET /users/{id}
func GetUser(id string) string { return id }

//handlergen:route GET /users/{name}
func FindUser(name string) string { return name }`,
		Good: `
//handlergen:route GET /users/{id}
func GetUser(id string) string { return id }

//handlergen:route GET /users/by-name/{name}
func FindUser(name string) string { return name }`,
	},
	UnusedWildcard: {
		Name:  "UnusedWildcard",
		Title: "wildcard without a parameter",
		Text: `
The pattern has a wildcard that no parameter of the function reads, which is
nearly always a misspelled name. Add a parameter with the name of the wildcard,
or a field of a runtime.Path struct. A handler that looks at the path itself
takes *http.Request.`,
		Bad: `
//handlergen:route GET /users/{id}
func GetUser() string { return "somebody" }`,
		Good: `
//handlergen:route GET /users/{id}
func GetUser(id int64) string { return "somebody" }`,
	},
	NoSource: {
		Name:  "NoSource",
		Title: "parameter whose value comes from nowhere",
		Text: `
A parameter of a plain type is read from the path, and only if the pattern has a
wildcard of its name. Nothing is guessed beyond that. Say where the value comes
from: runtime.Query[int], runtime.Header[string], runtime.Cookie[string],
runtime.JSON[T] for the body, runtime.State[T] for application state. For your
own types write an //handlergen:extractor function, or give them a method
FromRequestParts(*http.Request) error.`,
		Bad: `
//handlergen:route GET /users
func ListUsers(page int) string { return "none" }`,
		Good: `
//handlergen:route GET /users
func ListUsers(page runtime.Query[int]) string { return "none" }`,
	},
	UnreadableType: {
		Name:  "UnreadableType",
		Title: "type that cannot be read from a request",
		Text: `
Path, query, header, cookie and form values are texts. They can be read as bool,
numbers, strings and named types of those, time.Time, time.Duration, url.URL,
addresses of net/netip and everything with UnmarshalText; as slices of and
pointers to them, and, from the query and forms, as maps. JSON bodies take what
encoding/json takes. Choose such a type, or give yours an UnmarshalText method.`,
		Bad: `
type Filter struct{ Cells [][]int }

//handlergen:route GET /cells
func ListCells(filter runtime.Query[Filter]) string { return "none" }`,
		Good: `
type Filter struct{ Cells []int }

//handlergen:route GET /cells
func ListCells(filter runtime.Query[Filter]) string { return "none" }`,
	},
	AmbiguousPath: {
		Name:  "AmbiguousPath",
		Title: "unclear which wildcard is meant",
		Text: `
A runtime.Path of a plain type takes the wildcard of its own name, or the only
wildcard of the pattern. Here the pattern has several and none has that name.
Name the parameter like the wildcard, write //handlergen:param with name=, or
take all of them with a runtime.Path struct.`,
		Bad: `
//handlergen:route GET /orgs/{org}/users/{user}
func GetUser(org string, name runtime.Path[string]) string { return org }`,
		Good: `
//handlergen:route GET /orgs/{org}/users/{user}
func GetUser(org string, user runtime.Path[string]) string { return org }`,
	},
	GenericHandler: {
		Name:  "GenericHandler",
		Title: "type parameters",
		Text: `
Generated code calls the function, and would have to choose its type arguments.
There is nothing to choose them by. Write a function without type parameters
that calls the generic one; the same holds for methods of generic types.`,
		Bad: `
//handlergen:route GET /users
func List[T any]() string { return "none" }`,
		Good: `
func List[T any]() string { return "none" }

//handlergen:route GET /users
func ListUsers() string { return List[string]() }`,
	},
	BadReceiver: {
		Name:  "BadReceiver",
		Title: "receiver that cannot come from the state",
		Text: `
A method is called on the application's state or on one field of it. Its
receiver has to be the type with the //handlergen:state directive, the type of
exactly one of its fields, or, without such a directive, the only state of the
package. Add a field of the receiver's type to the state struct.`,
		Bad: `
//handlergen:state
type App struct{ Name string }

type Users struct{}

//handlergen:route GET /users
func (u *Users) List() string { return "none" }`,
		Good: `
//handlergen:state
type App struct {
	Name  string
	Users *Users
}

type Users struct{}

//handlergen:route GET /users
func (u *Users) List() string { return "none" }`,
	},
	UnwritableType: {
		Name:  "UnwritableType",
		Title: "result that cannot be encoded",
		Text: `
A result becomes the body of the answer. Strings, []byte, runtime.HTML,
runtime.Redirect, http.Handler and types with IntoResponse write themselves;
everything else is encoded as JSON, and encoding/json has no form for functions,
channels and complex numbers, wherever in the type they are. Return another
type, tag the field with json:"-", or give it MarshalJSON.`,
		Bad: `
type User struct{ Notify func() }

//handlergen:route GET /user
func GetUser() User { return User{} }`,
		Good: `
type User struct {
	Notify func() ` + "`json:\"-\"`" + `
}

//handlergen:route GET /user
func GetUser() User { return User{} }`,
	},
	BodyNotAllowed: {
		Name:  "BodyNotAllowed",
		Title: "body with a status that has none",
		Text: `
Answers with a status of 1xx, 204 or 304 have no body, so the result of the
function would be dropped. Remove the result, or choose another status.`,
		Bad: `
//handlergen:route DELETE /users/{id} status=204
func DeleteUser(id int64) string { return "gone" }`,
		Good: `
//handlergen:route DELETE /users/{id} status=204
func DeleteUser(id int64) {}`,
	},
	BadResults: {
		Name:  "BadResults",
		Title: "results in the wrong order",
		Text: `
The results of a handler are, in this order and all of them optional: parts
(runtime.Status, http.Header, *http.Cookie, types with IntoResponseParts), one
body, and an error. Put them in that order. Two bodies become one struct.`,
		Bad: `
//handlergen:route GET /users
func ListUsers() (error, string) { return nil, "none" }`,
		Good: `
//handlergen:route GET /users
func ListUsers() (string, error) { return "none", nil }`,
	},
	WriterWithResults: {
		Name:  "WriterWithResults",
		Title: "ResponseWriter and results",
		Text: `
A function that takes the http.ResponseWriter answers by itself, so there is
nothing to do with its results. It may return nothing or an error, which is
rendered if nothing has been written yet. Return the answer, or write it, not
both.`,
		Bad: `
//handlergen:route GET /users
func ListUsers(w http.ResponseWriter) string { return "none" }`,
		Good: `
//handlergen:route GET /users
func ListUsers(w http.ResponseWriter) error {
	_, err := w.Write([]byte("none"))
	return err
}`,
	},
	StateUndeclared: {
		Name:  "StateUndeclared",
		Title: "several states and no struct that holds them",
		Text: `
Routes takes one value with the state of all handlers. When handlers need values
of several types, as receivers or runtime.State[T], say which struct holds them:
put //handlergen:state above a struct type with one field for each.`,
		Bad: `
type Store struct{}

type Mailer struct{}

//handlergen:route GET /users
func ListUsers(store runtime.State[*Store]) string { return "none" }

//handlergen:route POST /mails
func SendMail(mailer runtime.State[*Mailer]) {}`,
		Good: `
//handlergen:state
type App struct {
	Store  *Store
	Mailer *Mailer
}

type Store struct{}

type Mailer struct{}

//handlergen:route GET /users
func ListUsers(store runtime.State[*Store]) string { return "none" }

//handlergen:route POST /mails
func SendMail(mailer runtime.State[*Mailer]) {}`,
	},
	StateMissing: {
		Name:  "StateMissing",
		Title: "state without the field, or with several",
		Text: `
A runtime.State[T] is filled from the one field of type T in the struct with the
//handlergen:state directive. That struct has no such field, or more than one,
so it is not clear which. Add the field, or give the fields different types.`,
		Bad: `
//handlergen:state
type App struct{ Name string }

type Store struct{}

//handlergen:route GET /users
func ListUsers(store runtime.State[*Store]) string { return "none" }`,
		Good: `
//handlergen:state
type App struct {
	Name  string
	Store *Store
}

type Store struct{}

//handlergen:route GET /users
func ListUsers(store runtime.State[*Store]) string { return "none" }`,
	},
	StateTwice: {
		Name:  "StateTwice",
		Title: "two state structs",
		Text: `
A package has one state, since Routes takes one value. Keep the directive on one
struct and make the other a field of it.`,
		Bad: `
//handlergen:state
type App struct{ Name string }

//handlergen:state
type Server struct{ Name string }

//handlergen:route GET /name
func (a *App) GetName() string { return a.Name }`,
		Good: `
//handlergen:state
type App struct{ Server Server }

type Server struct{ Name string }

//handlergen:route GET /name
func (a *App) GetName() string { return a.Server.Name }`,
	},
	ExtractorCycle: {
		Name:  "ExtractorCycle",
		Title: "extractors that need each other",
		Text: `
Extractors may take the results of other extractors, which are called first.
Here the chain comes back to where it started, so none of them could be called.
Let one of them read what it needs from the request itself.`,
		Bad: `
type User struct{}

type Account struct{}

//handlergen:extractor
func ReadUser(account Account) User { return User{} }

//handlergen:extractor
func ReadAccount(user User) Account { return Account{} }

//handlergen:route GET /user
func GetUser(user User) string { return "me" }`,
		Good: `
type User struct{}

type Account struct{}

//handlergen:extractor
func ReadUser(token runtime.Bearer) User { return User{} }

//handlergen:extractor
func ReadAccount(user User) Account { return Account{} }

//handlergen:route GET /account
func GetAccount(account Account) string { return "mine" }`,
	},
	BadExtractor: {
		Name:  "BadExtractor",
		Title: "extractor of the wrong shape",
		Text: `
An extractor is a function that takes extractors as a handler does and returns
one value, which makes the value's type usable as a parameter, and maybe an
error: func(r *http.Request) (User, error). Or it is a struct whose fields each
say where they come from, by a tag (path, query, header, cookie) or by their
type.`,
		Bad: `
//handlergen:extractor
func ReadUser(r *http.Request) {}

//handlergen:route GET /users
func ListUsers() string { return "none" }`,
		Good: `
type User struct{ Name string }

//handlergen:extractor
func ReadUser(r *http.Request) (User, error) { return User{r.Host}, nil }

//handlergen:route GET /user
func GetUser(user User) string { return user.Name }`,
	},
	ExtractorTwice: {
		Name:  "ExtractorTwice",
		Title: "two extractors of one type",
		Text: `
Parameters find their extractor by type, so each type can have one. Give one of
the results a type of its own, such as type Admin struct{ User }.`,
		Bad: `
type User struct{}

//handlergen:extractor
func ReadUser(token runtime.Bearer) User { return User{} }

//handlergen:extractor
func ReadAdmin(token runtime.Bearer) User { return User{} }

//handlergen:route GET /user
func GetUser(user User) string { return "me" }`,
		Good: `
type User struct{}

type Admin struct{ User }

//handlergen:extractor
func ReadUser(token runtime.Bearer) User { return User{} }

//handlergen:extractor
func ReadAdmin(token runtime.Bearer) Admin { return Admin{} }

//handlergen:route GET /user
func GetUser(user User, admin Admin) string { return "me" }`,
	},
	BadDefault: {
		Name:  "BadDefault",
		Title: "default that cannot be used",
		Text: `
A default is the text that is read when a request has none. It has to be
readable as the type of the parameter or field, and to have an effect: pointers
and Optional say themselves that a value is absent, and a path value never is.
Correct the text, or remove the default.`,
		Bad: `
//handlergen:route GET /users
//handlergen:param page default=first
func ListUsers(page runtime.Query[int]) string { return "none" }`,
		Good: `
//handlergen:route GET /users
//handlergen:param page default=1
func ListUsers(page runtime.Query[int]) string { return "none" }`,
	},
	BadRule: {
		Name:  "BadRule",
		Title: "validate rule that is unknown or does not fit",
		Text: `
The rules of a validate tag become generated code, so each has to be known and
to fit the type of its field: required, min, max, len, gt, gte, lt, lte, oneof,
email, url, uuid, alpha, alphanum, numeric, hostname, ip, datetime, notblank,
unique, pattern, dive before the rules of elements, and omitempty before those
that hold unless the value is zero. A pattern is the last rule of its tag, for a
regular expression may have commas: min=1,pattern=^[a-z]{1,9}$.
What no rule can say goes into a Validate() error method of the type.`,
		Bad: `
type Paging struct {
	Page int ` + "`query:\"page\" validate:\"minimum=1\"`" + `
}

//handlergen:route GET /users
func ListUsers(paging runtime.Query[Paging]) string { return "none" }`,
		Good: `
type Paging struct {
	Page int ` + "`query:\"page\" validate:\"min=1\"`" + `
}

//handlergen:route GET /users
func ListUsers(paging runtime.Query[Paging]) string { return "none" }`,
	},
	BadTag: {
		Name:  "BadTag",
		Title: "struct tag that is malformed or repeats a name",
		Text: `
A struct tag is a list of key:"value" pairs with one space between, and the
names that it gives to fields have to differ from each other, since two fields
cannot be read from one value. The text of an example tag that a document shows
has to be of the type of its field.`,
		Bad: `
type Paging struct {
	Page int ` + "`query:\"page\"`" + `
	Size int ` + "`query:\"page\"`" + `
}

//handlergen:route GET /users
func ListUsers(paging runtime.Query[Paging]) string { return "none" }`,
		Good: `
type Paging struct {
	Page int ` + "`query:\"page\"`" + `
	Size int ` + "`query:\"size\"`" + `
}

//handlergen:route GET /users
func ListUsers(paging runtime.Query[Paging]) string { return "none" }`,
	},
	UnknownParam: {
		Name:  "UnknownParam",
		Title: "no parameter of that name",
		Text: `
//handlergen:param details a parameter of the function below it, by its Go name.
The function has none of that name, the name is given twice, or the parameter
takes no such detail: name= and default= are for values that have a name in the
request. To rename a value on the wire write the Go name first:
//handlergen:param requestID name=X-Request-Id.`,
		Bad: `
//handlergen:route GET /users
//handlergen:param pages default=1
func ListUsers(page runtime.Query[int]) string { return "none" }`,
		Good: `
//handlergen:route GET /users
//handlergen:param page default=1
func ListUsers(page runtime.Query[int]) string { return "none" }`,
	},
	BadErrorsFunc: {
		Name:  "BadErrorsFunc",
		Title: "errors function of the wrong shape",
		Text: `
The function with //handlergen:errors renders every error and every rejection of
the package. It takes an error, or a context.Context and an error, and returns
something to answer with, as a handler does.`,
		Bad: `
//handlergen:errors
func RenderError(message string) string { return message }

//handlergen:route GET /users
func ListUsers() string { return "none" }`,
		Good: `
//handlergen:errors
func RenderError(err error) string { return err.Error() }

//handlergen:route GET /users
func ListUsers() string { return "none" }`,
	},
	ErrorsTwice: {
		Name:  "ErrorsTwice",
		Title: "two errors functions",
		Text: `
The function with //handlergen:errors renders every error of the package, so
there can be one. Let it tell the kinds of errors apart with errors.As.`,
		Bad: `
//handlergen:errors
func RenderError(err error) string { return err.Error() }

//handlergen:errors
func RenderFault(err error) string { return "fault: " + err.Error() }

//handlergen:route GET /users
func ListUsers() string { return "none" }`,
		Good: `
//handlergen:errors
func RenderError(err error) string { return err.Error() }

//handlergen:route GET /users
func ListUsers() string { return "none" }`,
	},
	BadMiddleware: {
		Name:  "BadMiddleware",
		Title: "use of what is no middleware",
		Text: `
Each name of //handlergen:use is a function or variable of the package, or a
method of the state, of type func(http.Handler) http.Handler. Middleware that
has to be configured, or that comes from another package, is put into a variable
first: var compress = middleware.Compress(5). Or it is a function with
//handlergen:middleware, whose parameters are read from the request.`,
		Bad: `
//handlergen:route GET /users
//handlergen:use logged
func ListUsers() string { return "none" }`,
		Good: `
func logged(next http.Handler) http.Handler { return next }

//handlergen:route GET /users
//handlergen:use logged
func ListUsers() string { return "none" }`,
	},
	UnusedLabel: {
		Name:  "UnusedLabel",
		Title: "label that no route carries",
		Text: `
With label=, //handlergen:use wraps only the routes that carry the label. None
of the routes it could wrap does, so the middleware would never run: a dangerous
thing to overlook when it checks who is asking. Correct the label, or give it to
the routes that are meant.`,
		Bad: `
func checked(next http.Handler) http.Handler { return next }

//handlergen:route GET /users
//handlergen:use checked label=admin
func ListUsers() string { return "none" }`,
		Good: `
func checked(next http.Handler) http.Handler { return next }

//handlergen:route GET /users label=admin
//handlergen:use checked label=admin
func ListUsers() string { return "none" }`,
	},
	NameTaken: {
		Name:  "NameTaken",
		Title: "name that generated code needs for itself",
		Text: `
The generated file declares Routes, and the package has a declaration of that
name already; or the package gives error another meaning, which generated
functions have to name. Rename yours.`,
		Bad: `
func Routes() []string { return nil }

//handlergen:route GET /users
func ListUsers() string { return "none" }`,
		Good: `
func RouteNames() []string { return nil }

//handlergen:route GET /users
func ListUsers() string { return "none" }`,
	},
	UnspellableType: {
		Name:  "UnspellableType",
		Title: "type that generated code cannot name",
		Text: `
Generated code has to write the type down, and cannot: it is an unexported type
of another package, or one of a package that may not be imported here, reached
through an alias or a field. Declare a type of your own in this package and use
that.`,
		NoExample: "it takes a second package that hides a type",
	},
	BadSealed: {
		Name:  "BadSealed",
		Title: "interface result whose implementations cannot answer",
		Text: `
A handler may return an interface type, to answer in several ways. Then every
type of the package that implements it has to say how: with a method
IntoResponse(http.ResponseWriter, *http.Request), or Status() int to be encoded
as JSON with that status. Here one of them has neither, or nothing implements
the interface.`,
		Bad: `
type Answer interface{ isAnswer() }

type Found struct{ Name string }

func (Found) isAnswer() {}

//handlergen:route GET /user
func GetUser() Answer { return Found{} }`,
		Good: `
type Answer interface{ isAnswer() }

type Found struct{ Name string }

func (Found) isAnswer()   {}
func (Found) Status() int { return 200 }

//handlergen:route GET /user
func GetUser() Answer { return Found{} }`,
	},
	LostOptional: {
		Name:  "LostOptional",
		Title: "absent Optional that would look like null",
		Text: `
An Optional of a Nullable, a pointer, a slice or a map tells absent from null.
encoding/json leaves an absent one out of an object only with omitzero in its
tag; without it both are written as null. Add omitzero to the tag of the field.`,
		Bad: `
type User struct {
	Nick runtime.Optional[runtime.Nullable[string]] ` + "`json:\"nick\"`" + `
}

//handlergen:route GET /user
func GetUser() User { return User{} }`,
		Good: `
type User struct {
	Nick runtime.Optional[runtime.Nullable[string]] ` + "`json:\"nick,omitzero\"`" + `
}

//handlergen:route GET /user
func GetUser() User { return User{} }`,
	},
	BadValue: {
		Name:  "BadValue",
		Title: "value of a key that cannot be understood",
		Text: `
The value of a key has the wrong form, or no effect. status is a number from 200
to 599; limit a number of bytes with an optional unit, 64KiB or 10MiB, or none;
timeout a Go duration, 5s or 1m30s; tags and label are names with commas
between; name is not empty. A status has no effect where the results say
another, nor a limit where neither the handler nor a middleware function reads
the body.`,
		Bad: `
//handlergen:route GET /users timeout=5
func ListUsers() string { return "none" }`,
		Good: `
//handlergen:route GET /users timeout=5s
func ListUsers() string { return "none" }`,
	},
	TypeError: {
		Name:  "TypeError",
		Title: "package that does not type-check",
		Text: `
The Go compiler would refuse this code, so nothing sure can be said about its
handlers. Errors that only say that Routes is undefined are not reported, since
the generated file will declare it; nor are errors inside generated files. The
message is the type checker's.`,
		Bad: `
//handlergen:route GET /users
func ListUsers() string { return 1 }`,
		Good: `
//handlergen:route GET /users
func ListUsers() string { return "1" }`,
	},
	SyntaxError: {
		Name:  "SyntaxError",
		Title: "file that does not parse",
		Text: `
The file is not Go: a brace is missing, a word misspelled. Nothing is generated
for the package until it parses. The message is the parser's.`,
		NoExample: "an example that does not parse cannot be put into a file",
	},
	ForeignFile: {
		Name:  "ForeignFile",
		Title: "hand-written file where generated code belongs",
		Text: `
The file that would be written exists already, and does not start with the line

	// Code generated by handlergen. DO NOT EDIT.

so handlergen did not write it and will not overwrite it. Rename or remove it.
An OpenAPI document has that line after a #; as JSON, it has the member
"x-generated-by": "handlergen" on a line of its own.`,
		NoExample: "it is about a file that exists already",
	},
	DuplicateName: {
		Name:  "DuplicateName",
		Title: "two routes with one operation id",
		Text: `
The name of a route is its operation id in the OpenAPI document and the name of
its function in generated clients, so it has to be unique in the package.
Without name= it is the name of the function. Give one of the routes another
name.`,
		Bad: `
//handlergen:route GET /users name=list
func ListUsers() string { return "none" }

//handlergen:route GET /orders name=list
func ListOrders() string { return "none" }`,
		Good: `
//handlergen:route GET /users name=listUsers
func ListUsers() string { return "none" }

//handlergen:route GET /orders name=listOrders
func ListOrders() string { return "none" }`,
	},
	BadAnswer: {
		Name:  "BadAnswer",
		Title: "response directive that cannot be understood",
		Text: `
//handlergen:response documents a further answer of a route: a status, then the
type of its body if it has one, then a text in quotes if there is something to
say: //handlergen:response 409 Conflict "the name is taken". The type is one of
the package, or of a package that the file imports.`,
		Bad: `
//handlergen:route GET /users
//handlergen:response 404 NoSuchThing
func ListUsers() string { return "none" }`,
		Good: `
type NoSuchThing struct{ Reason string }

//handlergen:route GET /users
//handlergen:response 404 NoSuchThing
func ListUsers() string { return "none" }`,
	},
	BadGroup: {
		Name:  "BadGroup",
		Title: "group that cannot be applied",
		Text: `
The prefix of a group is put before the paths of all routes inside, so it starts
with a slash, has no {$} and no {rest...}, and stands on the package clause of
one file, or on a receiver type whose methods have routes. The prefix itself is
the empty pattern: //handlergen:route GET "".`,
		Bad: `
//handlergen:group /files/{path...}
type Files struct{}

//handlergen:route GET /list
func (f *Files) List(path string) string { return path }`,
		Good: `
//handlergen:group /files/{bucket}
type Files struct{}

//handlergen:route GET /list
func (f *Files) List(bucket string) string { return bucket }`,
	},
	BadHandler: {
		Name:  "BadHandler",
		Title: "function that cannot be a handler",
		Text: `
Generated code has to call the function with one argument for each parameter.
That excludes variadic functions, init and main, functions named _, and methods
of types that are declared elsewhere. Take a slice in place of the variadic
parameter.`,
		Bad: `
//handlergen:route GET /users
func ListUsers(ids ...int64) string { return "none" }`,
		Good: `
//handlergen:route GET /users
func ListUsers(ids runtime.Query[[]int64]) string { return "none" }`,
	},
	StaleOutput: {
		Name:  "StaleOutput",
		Title: "generated code out of date",
		Text: `
check compares what is on disk with what would be generated. A file differs, is
missing, or belongs to a package without routes. Run handlergen and commit the
result; check --diff shows what would change.`,
		NoExample: "it is about generated files, not declarations",
	},
	LoadError: {
		Name:  "LoadError",
		Title: "package that the go command cannot load",
		Text: `
The go command could not load the package: an import that no module provides, an
import cycle, two packages in one directory, a go.mod that asks for a newer Go.
go build ./... says the same. For a missing module run go mod tidy, or go get
with the import path.`,
		NoExample: "it takes more than one file",
	},
	BadMiddlewareFunc: {
		Name:  "BadMiddlewareFunc",
		Title: "middleware function of the wrong shape",
		Text: `
A function with //handlergen:middleware takes one runtime.Next beside its
extractors, by which it goes on to the handler, and returns what the handler
answers: a *runtime.Response, before an error if there may be one. It answers by
what it returns, so it takes no http.ResponseWriter; what needs that is written
as func(next http.Handler) http.Handler.`,
		Bad: `
//handlergen:middleware
func checked(token runtime.Bearer, r *http.Request) (*runtime.Response, error) {
	return nil, nil
}

//handlergen:route GET /users
//handlergen:use checked
func ListUsers() string { return "none" }`,
		Good: `
//handlergen:middleware
func checked(token runtime.Bearer, r *http.Request, next runtime.Next) (*runtime.Response, error) {
	return next.Run(r), nil
}

//handlergen:route GET /users
//handlergen:use checked
func ListUsers() string { return "none" }`,
	},
	BodyTaken: {
		Name:  "BodyTaken",
		Title: "request body read by a middleware function and inside it",
		Text: `
The body of a request can be read once. After a middleware function has read it
there is none left for the handler, which would be told that it is empty. Let
the function give it back before it goes on,

	r.Body = io.NopCloser(bytes.NewReader(body))

or let an //handlergen:extractor function read it: its result can be a parameter
of both.`,
		Bad: `
//handlergen:middleware
func signed(r *http.Request, body runtime.Bytes, next runtime.Next) *runtime.Response {
	return next.Run(r)
}

//handlergen:route POST /hook
//handlergen:use signed
func Hook(event runtime.JSON[map[string]string]) {}`,
		Good: `
//handlergen:middleware
func signed(r *http.Request, body runtime.Bytes, next runtime.Next) *runtime.Response {
	r.Body = io.NopCloser(bytes.NewReader(body))
	return next.Run(r)
}

//handlergen:route POST /hook
//handlergen:use signed
func Hook(event runtime.JSON[map[string]string]) {}`,
	},
	BadDocument: {
		Name:  "BadDocument",
		Title: "OpenAPI document that cannot be written",
		Text: `
//handlergen:openapi on the package clause names the file of an OpenAPI
document, relative to the directory of the package. It ends with .yaml, .yml or
.json, is in a directory of the same module, and no other directive names it.
The document has the routes of the package and of those in the directories
below. Two of them that answer the same requests do not fit into one document:
hide one with the key hidden, or move the directive to the packages that it is
for.`,
		NoExample: "it stands on the package clause, not on a declaration",
	},
	Unreachable: {
		Name:  "Unreachable",
		Title: "route that a generated client cannot call",
		Text: `
A client in Go has the parameters and results of the handlers, with their types.
So those have to be exported, in a package that the directory of the client may
import: not main, not below an internal directory of somebody else, and not the
client's own package. One in TypeScript calls fetch, which sends neither CONNECT
nor TRACE, and no body with GET and HEAD. Move the type, write the client to
another directory, give the route another method, or leave it out with hidden.`,
		NoExample: "it is about what a client is written in, and where to",
	},
}
