package runtime

import (
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// The limits of a request body that have a name, in bytes.
const (
	// DefaultBodyLimit is 2 MiB, the limit of routes that set none.
	DefaultBodyLimit int64 = 2 << 20
	// NoLimit lets a body have any length.
	NoLimit int64 = -1
)

// maxProblems is the number of problems that one answer lists at most.
const maxProblems = 100

// An Input reads the arguments of one call from one request, and gathers what
// is wrong with them; it is for generated code. Make it with [NewInput] and
// keep it on the stack: it is not to be copied after its first use.
type Input struct {
	w       http.ResponseWriter
	r       *http.Request
	status  int        // of the problems
	count   int        // of the problems
	first   [1]Problem // the one that there usually is
	all     []Problem  // when there are more
	cause   error      // behind the first problem, for errors.As and the log
	pairs   pairsState
	body    *buffer  // the JSON body between OpenJSON and CloseJSON
	line    int      // of JSON lines, which body is one of; 0 for a whole body
	finder  *finder  // finds members in body; nil until one is looked for
	uploads *uploads // the files of a multipart body, until RemoveFiles
}

// NewInput returns an Input for one call. It needs w only to have the
// connection closed after a body that is too large.
func NewInput(w http.ResponseWriter, r *http.Request) Input {
	return Input{w: w, r: r, status: http.StatusBadRequest}
}

// Request returns the request that in reads.
func (in *Input) Request() *http.Request { return in.r }

// Path returns what the wildcard of that name in the route's pattern matched,
// without its escapes.
func (in *Input) Path(name string) Param {
	return Param{name: name, text: in.r.PathValue(name), in: InPath, count: 1}
}

// PathParams returns the values of all wildcards of the route's pattern, in
// order.
func (in *Input) PathParams() iter.Seq[Param] {
	r := in.r
	return func(yield func(Param) bool) {
		rest := r.Pattern
		for {
			_, after, ok := strings.Cut(rest, "{")
			if !ok {
				return
			}
			name, after, _ := strings.Cut(after, "}")
			rest = after
			name = strings.TrimSuffix(name, "...")
			if name == "$" {
				continue
			}
			if !yield(Param{name: name, text: r.PathValue(name), in: InPath, count: 1}) {
				return
			}
		}
	}
}

// Query returns the pairs of the query, to be gone through with Next. A
// malformed pair is a problem of in.
func (in *Input) Query() Pairs {
	in.pairs = pairsState{text: in.r.URL.RawQuery, in: InQuery}
	return Pairs{in}
}

// Values returns the query as a map. A malformed pair is a problem of in and
// not in the map.
func (in *Input) Values() url.Values {
	values, err := url.ParseQuery(in.r.URL.RawQuery)
	if err != nil {
		in.add(InQuery, "", "", "malformed query")
	}
	return values
}

// Failed reports whether any problem has been gathered.
func (in *Input) Failed() bool { return in.count > 0 }

// Err returns the problems gathered so far as a [*Rejection], or nil if there
// are none.
func (in *Input) Err() error {
	if in.count == 0 {
		return nil
	}
	return &Rejection{status: in.status, problems: slices.Clone(in.problems()), cause: in.cause}
}

// Reject answers the request with the problems gathered so far. It is
// WriteError(w, r, in.Err()) without the allocations.
func (in *Input) Reject(w http.ResponseWriter, _ *http.Request) {
	writeProblem(w, in.status, "", in.problems())
}

// Invalid reports that the value p breaks a rule, such as "min". The detail goes
// on where the name of the value ends: "must be at least 1". Only the first
// problem of a value is kept.
func (in *Input) Invalid(p Param, rule, detail string) { in.add(p.in, p.name, rule, detail) }

// invalid reports that the value p could not be read.
func (in *Input) invalid(p Param, detail string) { in.add(p.in, p.name, "", detail) }

// InvalidAt is [Input.Invalid] for a place in the JSON body.
func (in *Input) InvalidAt(at *Pointer, rule, detail string) {
	if in.count < maxProblems {
		in.add(InBody, at.String(), rule, detail)
	}
}

// add gathers a problem, unless it is the second of the same value or there are
// too many already.
func (in *Input) add(source In, name, rule, detail string) {
	if in.count == 0 {
		first := &in.first[0]
		first.In, first.Line, first.Name, first.Rule, first.Detail = source.String(), in.line, name, rule, detail
		in.count = 1
		return
	}
	problem := Problem{In: source.String(), Line: in.line, Name: name, Rule: rule, Detail: detail}
	if in.count == maxProblems || in.knows(&problem) {
		return
	}
	if in.count == 1 {
		in.all = append(in.all, in.first[0])
	}
	in.all = append(in.all, problem)
	in.count++
}

// problems returns those gathered so far.
func (in *Input) problems() []Problem {
	if in.count <= 1 {
		return in.first[:in.count:in.count]
	}
	return in.all
}

// knows reports whether there is a problem with the same value already.
func (in *Input) knows(p *Problem) bool {
	for _, known := range in.problems() {
		if known.In == p.In && known.Name == p.Name {
			return true
		}
	}
	return false
}

// Attempt runs read with an Input of its own on the same request, and returns
// what became of it instead of rejecting the request.
func Attempt[X any](in *Input, read func(*Input) (X, error)) Result[X] {
	own := NewInput(in.w, in.r)
	defer in.takeUploads(&own)
	value, err := read(&own)
	if err == nil {
		err = own.Err()
	}
	if err != nil {
		return Result[X]{Err: err}
	}
	return Result[X]{Value: value}
}
