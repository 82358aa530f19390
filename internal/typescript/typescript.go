// Package typescript writes clients in TypeScript: one file without
// dependencies, for fetch as browsers, Node, Deno and Bun have it.
//
// It sees the model, and what documents and clients have in common. What a file
// needs beside types and methods is in lib, word for word.
package typescript

import (
	"go/token"
	"slices"

	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// Int64s are the ways that integers of 64 bits can come in: as numbers, so that
// one that would lose digits is an error, or as a bigint where a number would
// lose digits.
var Int64s = []string{"number", "bigint"}

// Config is what there is to choose.
type Config struct {
	Int64 string // one of Int64s; empty for number
}

// An Obstacle is a route that fetch cannot call.
type Obstacle struct {
	Func   string // the handler
	Pos    token.Position
	Reason string // "fetch does not send TRACE"
}

// Client returns the file of a client, complete, or why there can be none.
func Client(pkgs []*model.Package, cfg Config) ([]byte, []Obstacle) {
	w := newWriter(pkgs, cfg)
	calls, obstacles := w.calls()
	if len(obstacles) > 0 {
		return nil, obstacles
	}
	w.print.line(model.Header)
	w.client(calls)
	for _, c := range calls {
		c.declarations()
	}
	w.errorBody()
	w.components()
	w.library()
	return w.print.bytes(), nil
}

// A writer writes one file.
type writer struct {
	cfg      Config
	pkgs     []*model.Package
	names    *wire.Components
	types    wire.Scope      // names of exported types
	referred map[string]bool // components
	uses     map[string]bool // parts of the library
	print    printer
	indexed  bool // maps have an index signature: an alias may be its own element so, but not in a Record
}

func newWriter(pkgs []*model.Package, cfg Config) *writer {
	w := &writer{
		cfg: cfg, pkgs: pkgs, names: wire.NameComponents(pkgs, taken...), types: wire.Scope{},
		referred: map[string]bool{}, uses: map[string]bool{},
	}
	for _, name := range slices.Concat(taken, w.names.Names) {
		w.types[name] = true
	}
	return w
}

// calls plans the methods.
func (w *writer) calls() ([]*call, []Obstacle) {
	var list []*call
	var obstacles []Obstacle
	methods := wire.Scope{}
	for _, name := range reservedMethods {
		methods[name] = true
	}
	for _, op := range wire.Operations(w.pkgs) {
		c := newCall(w, op)
		c.name = methods.Pick(wire.Lower(op.Name), wire.Lower(op.Name)+"Call")
		list = append(list, c)
		if reason := c.obstacle(); reason != "" {
			obstacles = append(obstacles, Obstacle{op.Handler.Func.Name, op.Route.Pos, reason})
		}
	}
	return list, obstacles
}

// client writes the class.
func (w *writer) client(calls []*call) {
	w.use("options", "connection")
	w.print.line("")
	w.print.doc("Calls the routes of " + wire.PackageNames(w.pkgs) + ".")
	w.print.block("export class Client {", "}", func() {
		w.print.line("readonly #connection: Connection;")
		w.print.line("")
		w.print.block("constructor(options: ClientOptions) {", "}", func() {
			w.print.line("this.#connection = new Connection(options);")
		})
		for _, c := range calls {
			w.print.line("")
			c.method()
		}
	})
}
