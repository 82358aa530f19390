package answers

import (
	"time"

	"github.com/handlergen/handlergen/internal/model"
)

// A Cause says what an answer comes of.
type Cause interface{ cause() }

// Causes lists every variant, for tests that want each to be covered.
var Causes = []Cause{
	Returned{},
	Chosen{},
	Implementation{},
	Redirected{},
	Itself{},
	Whole{},
	Upstream{},
	Unreachable{},
	Late{},
	Part{},
	Unchanged{},
	Changed{},
	OutOfRange{},
	TakenOver{},
	WrongValues{},
	Invalid{},
	CutOff{},
	Slow{},
	TooLarge{},
	Undeclared{},
	Malformed{},
	Unfit{},
	NoCredentials{},
	Unauthenticated{},
	NoExtension{},
	Refused{},
	Unavailable{},
	TimedOut{},
	Unexpected{},
	Failed{},
	Documented{},
}

// What a handler answers.
type (
	// Returned is what the handler returns.
	Returned struct{}
	// Chosen is the same with a status that the handler chooses.
	Chosen struct{}
	// Implementation is one implementation of an interface that is returned.
	Implementation struct{ Type model.Type }
	// Redirected is a redirect.
	Redirected struct{}
	// Itself is a value that writes the answer itself, or the handler if Type is
	// nil.
	Itself struct{ Type model.Type }
	// Whole is a returned response with all that belongs to one.
	Whole struct {
		Type model.Type
		Else int // the status of one that has none
	}
	// Upstream is what another server answers.
	Upstream struct{}
	// Unreachable is another server that does not answer.
	Unreachable struct{}
	// Late is another server that does not answer in time.
	Late struct{}
)

// What comes of the conditions that a request makes.
type (
	// Part is the range that is asked for.
	Part struct{}
	// Unchanged says that the client has the answer already: an entity tag is
	// known, or the content is not newer.
	Unchanged struct{}
	// Changed says that the client knows another version.
	Changed struct{}
	// OutOfRange says that there is no such range.
	OutOfRange struct{}
)

// What is answered in place of the handler, when something cannot be read.
type (
	// TakenOver is what a middleware function answers.
	TakenOver struct{ Func model.Func }
	// WrongValues are plain values that are missing, malformed or invalid.
	WrongValues struct{ Sources []model.Source }
	// Invalid is a struct of values that its own method does not accept.
	Invalid struct{ Type model.Type }
	// CutOff is a body that ends early.
	CutOff struct{}
	// Slow is a body that does not come within the timeout of the route.
	Slow struct{ After time.Duration }
	// TooLarge is a body with more bytes than the limit.
	TooLarge struct{ Limit int64 }
	// Undeclared is a body without the right Content-Type.
	Undeclared struct{ Media string }
	// Malformed is a body that is not JSON.
	Malformed struct{}
	// Unfit is a body whose values are missing, malformed or invalid: JSON that
	// is no Type, or a form if that is nil.
	Unfit struct {
		Media string
		Type  model.Type
	}
	// NoCredentials are credentials that are malformed, or missing unless they
	// are optional.
	NoCredentials struct{ Optional bool }
	// Unauthenticated are credentials that a security directive wants, when they
	// are missing or not accepted.
	Unauthenticated struct{}
	// NoExtension is a value that no middleware has put into the request.
	NoExtension struct{ Type model.Type }
	// Refused is the error of a type that reads itself.
	Refused struct {
		Type   model.Type
		Method string // "FromRequest"
	}
	// Unavailable is the error of an extractor function.
	Unavailable struct{ Func model.Func }
)

// What is answered when the handler fails, and what it says of itself.
type (
	// TimedOut is an error because of the timeout of the route.
	TimedOut struct{ After time.Duration }
	// Unexpected is an error without a status.
	Unexpected struct{}
	// Failed is an error with a status of its own.
	Failed struct{}
	// Documented is what a response directive says.
	Documented struct {
		Type model.Type // nil if none is named
		Text string
	}
)

func (Returned) cause()        {}
func (Chosen) cause()          {}
func (Implementation) cause()  {}
func (Redirected) cause()      {}
func (Itself) cause()          {}
func (Whole) cause()           {}
func (Upstream) cause()        {}
func (Unreachable) cause()     {}
func (Late) cause()            {}
func (Part) cause()            {}
func (Unchanged) cause()       {}
func (Changed) cause()         {}
func (OutOfRange) cause()      {}
func (TakenOver) cause()       {}
func (WrongValues) cause()     {}
func (Invalid) cause()         {}
func (CutOff) cause()          {}
func (Slow) cause()            {}
func (TooLarge) cause()        {}
func (Undeclared) cause()      {}
func (Malformed) cause()       {}
func (Unfit) cause()           {}
func (NoCredentials) cause()   {}
func (Unauthenticated) cause() {}
func (NoExtension) cause()     {}
func (Refused) cause()         {}
func (Unavailable) cause()     {}
func (TimedOut) cause()        {}
func (Unexpected) cause()      {}
func (Failed) cause()          {}
func (Documented) cause()      {}
