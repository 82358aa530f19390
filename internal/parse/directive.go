package parse

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
)

// A verb is one kind of directive: where it may stand and what it takes.
type verb struct {
	name     string
	usage    string   // what follows the verb, for hints: "METHOD PATTERN [key=value …]"
	on       place    // the declarations it may stand on
	min, max int      // number of words; a negative max means any number
	keys     []string // the keys that take a value
	flags    []string // the keys that stand alone
	once     bool     // a second one on the same declaration has no effect
	details  []string // on a function it needs one of these beside it
}

// verbs is the table of all directives.
var verbs = []*verb{
	{
		name: "route", usage: "METHOD PATTERN [key=value …]", on: onFunc, min: 2, max: 2,
		keys:  []string{"status", "name", "tags", "limit", "timeout", "label"},
		flags: []string{"deprecated", "hidden"},
	},
	{
		name: "param", usage: "NAME [key=value …]", on: onFunc, min: 1, max: 1,
		keys:    []string{"name", "default", "doc"},
		details: []string{"route", "extractor", "middleware"},
	},
	{
		name: "use", usage: "NAME … [label=a,b]", on: onFunc | onType | onPackage, min: 1, max: -1,
		keys:    []string{"label"},
		details: []string{"route"},
	},
	{
		name: "group", usage: "PREFIX [key=value …]", on: onType | onPackage, min: 1, max: 1,
		keys:  []string{"tags", "limit", "timeout", "label"},
		flags: []string{"deprecated", "hidden"},
		once:  true,
	},
	{name: "middleware", on: onFunc, once: true},
	{name: "extractor", on: onFunc | onStruct, once: true},
	{name: "state", on: onStruct, once: true},
	{name: "errors", usage: "[invalid=STATUS]", on: onFunc, keys: []string{"invalid"}, once: true},
	{
		name: "response", usage: `STATUS [TYPE] ["text"]`, on: onFunc | onType | onVar | onPackage, min: 1, max: 3,
	},
	{
		name: "security", usage: `SCHEME [NAME] ["text"]`, on: onFunc | onType | onVar | onPackage, min: 1, max: 3,
		keys:  []string{"format", "name"},
		flags: []string{"optional"},
	},
	{
		name: "schema", usage: "TYPE [key=value …]", on: onType, min: 1, max: 1, once: true,
		keys: []string{"format", "pattern", "values", "example"},
	},
	{
		name: "openapi", usage: "FILE [key=value …]", on: onPackage, min: 1, max: 1,
		keys: []string{"title", "version"},
	},
}

func verbNames() []string {
	names := make([]string, len(verbs))
	for i, v := range verbs {
		names[i] = v.name
	}
	return names
}

func findVerb(name string) *verb {
	i := slices.IndexFunc(verbs, func(v *verb) bool { return v.name == name })
	if i < 0 {
		return nil
	}
	return verbs[i]
}

// words returns the arguments that have no key: of a route its method and its
// pattern, of a use the names.
func (d directive) words() []arg {
	var words []arg
	for _, a := range d.args {
		if a.key == "" {
			words = append(words, a)
		}
	}
	return words
}

// value returns the argument with a key. A flag, such as hidden, has its name as
// key and an empty value.
func (d directive) value(key string) (arg, bool) {
	i := slices.IndexFunc(d.args, func(a arg) bool { return a.key == key })
	if i < 0 {
		return arg{}, false
	}
	return d.args[i], true
}

// has reports whether a flag, such as hidden, or a key is given.
func (d directive) has(key string) bool {
	_, ok := d.value(key)
	return ok
}

// directivesOn returns the directives that stand on a declaration, in order:
// a *ast.FuncDecl, *ast.TypeSpec or *ast.File.
func (p *parser) directivesOn(node ast.Node) []directive {
	var found []directive
	for _, d := range p.directives {
		if d.on == node {
			found = append(found, d)
		}
	}
	return found
}

// A stretch is a span that is no node.
type stretch struct{ pos, end token.Pos }

func (s stretch) Pos() token.Pos { return s.pos }
func (s stretch) End() token.Pos { return s.end }

// collectDirectives fills in the directives of all files and reports what is
// wrong with them by themselves: whatever remains is of a known verb, stands
// where it may, and has the right number of words and only keys of its verb,
// each once. Values are for others to judge.
func (p *parser) collectDirectives() {
	for _, file := range p.files {
		c := collector{
			parser: p, file: file, docs: docsOf(file),
			first: len(p.directives), seen: map[ast.Node][]string{},
		}
		for _, group := range file.Comments {
			for _, comment := range group.List {
				c.comment(group, comment)
			}
		}
		c.checkDetails()
		if slices.Contains(p.others, file) {
			c.dropRoutes()
		}
	}
}

// A collector finds the directives of one file.
type collector struct {
	*parser
	file  *ast.File
	docs  map[*ast.CommentGroup]ast.Node
	first int                   // index of the file's first directive
	seen  map[ast.Node][]string // the verbs on a declaration, rejected ones included
}

func (c *collector) comment(group *ast.CommentGroup, comment *ast.Comment) {
	found, ok := ast.ParseDirective(comment.Slash, comment.Text)
	if !ok || found.Tool != toolWord {
		c.nearMisses(group, comment)
		return
	}
	d := directive{verb: found.Name, pos: found.Slash, verbPos: found.Slash + token.Pos(len("//"+toolWord+":"))}
	d.end = d.verbPos + token.Pos(len(d.verb))
	if found.Args != "" {
		d.end = found.End()
	}
	v := findVerb(d.verb)
	if v == nil {
		c.unknownVerb(d, found.Args)
		return
	}
	node := c.docs[group]
	first := c.note(node, v.name)
	if !c.placed(&d, v, group) {
		return
	}
	if v.once && !first {
		c.report(diag.MisplacedDirective, d, "//handlergen:%s stands twice on %s", v.name, nameOf(node)).
			hint("remove one of them")
		return
	}
	if c.arguments(&d, v, found) {
		c.directives = append(c.directives, d)
	}
}

const toolWord = "handlergen"

// note remembers that a verb was meant for a node, and reports whether it is the
// first time.
func (c *collector) note(node ast.Node, verb string) bool {
	first := !slices.Contains(c.seen[node], verb)
	c.seen[node] = append(c.seen[node], verb)
	return first
}

func (c *collector) unknownVerb(d directive, args string) {
	at := stretch{d.verbPos, d.verbPos + token.Pos(len(d.verb))}
	n := c.report(diag.UnknownDirective, at, "there is no directive //handlergen:%s", d.verb)
	if near, ok := nearestVerb(d.verb); ok {
		n.hint("did you mean //handlergen:%s?", near)
		return
	}
	c.hintVerb(n, d.verb, strings.TrimSpace(args))
}

// hintVerb says which verbs there are. A method in the place of one is a route.
func (c *collector) hintVerb(n note, verb, args string) {
	if method := strings.ToUpper(verb); slices.Contains(methodNames, method) && strings.HasPrefix(args, "/") {
		n.hint("write //handlergen:route %s %s", method, args)
		return
	}
	n.hint("the directives are %s", andList(verbNames()))
}

// nearestVerb finds the verb that a misspelled one was meant to be.
func nearestVerb(word string) (string, bool) {
	if near, ok := diag.Nearest(word, verbNames()); ok {
		return near, true
	}
	for _, v := range verbs { // routeGET, route:GET
		if strings.HasPrefix(strings.ToLower(word), v.name) {
			return v.name, true
		}
	}
	return "", false
}
