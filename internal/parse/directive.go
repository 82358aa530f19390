package parse

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

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
	{name: "errors", on: onFunc, once: true},
	{
		name: "response", usage: `STATUS [TYPE] ["text"]`, on: onFunc, min: 1, max: 3,
		details: []string{"route"},
	},
}

// A place is a set of kinds of declarations.
type place int

const (
	onFunc    place = 1 << iota // a function or method
	onType                      // any type
	onStruct                    // a struct type
	onPackage                   // the package clause
)

func (p place) String() string {
	var names []string
	for _, kind := range []struct {
		place
		name string
	}{{onFunc, "a function"}, {onType, "a type"}, {onStruct, "a struct type"}, {onPackage, "the package clause"}} {
		if p&kind.place != 0 {
			names = append(names, kind.name)
		}
	}
	return orList(names)
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

// docsOf maps doc comments to the declarations that can carry directives.
func docsOf(file *ast.File) map[*ast.CommentGroup]ast.Node {
	docs := map[*ast.CommentGroup]ast.Node{}
	if file.Doc != nil {
		docs[file.Doc] = file
	}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Doc != nil {
				docs[decl.Doc] = decl
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				spec, ok := spec.(*ast.TypeSpec)
				if !ok {
					continue
				}
				if spec.Doc != nil {
					docs[spec.Doc] = spec
				}
				if decl.Doc != nil && !decl.Lparen.IsValid() {
					docs[decl.Doc] = spec
				}
			}
		}
	}
	return docs
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
		c.unknownVerb(d)
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

func (c *collector) unknownVerb(d directive) {
	at := stretch{d.verbPos, d.verbPos + token.Pos(len(d.verb))}
	n := c.report(diag.UnknownDirective, at, "there is no directive //handlergen:%s", d.verb)
	if near, ok := nearestVerb(d.verb); ok {
		n.hint("did you mean //handlergen:%s?", near)
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

// placed ties a directive to the declaration whose doc comment it stands in.
func (c *collector) placed(d *directive, v *verb, group *ast.CommentGroup) bool {
	d.on = c.docs[group]
	if d.on == nil {
		c.stray(*d, v, group)
		return false
	}
	if v.on&c.placeOf(d.on) != 0 {
		return true
	}
	c.report(diag.MisplacedDirective, *d, "//handlergen:%s has no effect on %s", v.name, nameOf(d.on)).
		hint("it belongs in the doc comment of %s", v.on)
	return false
}

// placeOf says what kind of declaration a node is.
func (c *collector) placeOf(node ast.Node) place {
	switch node := node.(type) {
	case *ast.FuncDecl:
		return onFunc
	case *ast.File:
		return onPackage
	case *ast.TypeSpec:
		if c.isStruct(node) {
			return onType | onStruct
		}
		return onType
	}
	return 0
}

func (c *collector) isStruct(spec *ast.TypeSpec) bool {
	if c.types != nil {
		if obj := c.types.Scope().Lookup(spec.Name.Name); obj != nil {
			_, ok := obj.Type().Underlying().(*types.Struct)
			return ok
		}
	}
	_, ok := spec.Type.(*ast.StructType)
	return ok
}

// stray reports a directive that stands in no doc comment.
func (c *collector) stray(d directive, v *verb, group *ast.CommentGroup) {
	if where := c.inside(group); where != "" {
		c.report(diag.MisplacedDirective, d, "//handlergen:%s has no effect %s", v.name, where).
			hint("it belongs in the doc comment of %s", v.on)
		return
	}
	n := c.report(diag.MisplacedDirective, d, "//handlergen:%s stands before no declaration", v.name)
	next := c.next(group)
	if next == nil || v.on&c.placeOf(next) == 0 {
		n.hint("it belongs in the doc comment of %s", v.on)
		return
	}
	n.hint("it belongs in the doc comment of %s: write it directly above, without an empty line between", nameOf(next))
}

// inside says in which declaration a comment stands, or returns an empty text.
func (c *collector) inside(group *ast.CommentGroup) string {
	for _, decl := range c.file.Decls {
		gen, _ := decl.(*ast.GenDecl)
		switch {
		case gen != nil && gen.Doc == group:
			return "on " + kindOf(gen)
		case group.Pos() < decl.Pos() || decl.End() <= group.Pos():
			continue
		case gen != nil:
			return insideOf(gen, group)
		default:
			return "inside " + nameOf(decl)
		}
	}
	return ""
}

// kindOf names a declaration of something that no directive stands on.
func kindOf(decl *ast.GenDecl) string {
	switch decl.Tok {
	case token.VAR:
		return "a variable"
	case token.CONST:
		return "a constant"
	case token.IMPORT:
		return "an import"
	}
	return "a group of types"
}

// insideOf names the part of a declaration whose comment group is.
func insideOf(decl *ast.GenDecl, group *ast.CommentGroup) string {
	where := "inside the declaration of " + kindOf(decl)
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.TypeSpec:
			if n.Pos() <= group.Pos() && group.End() <= n.End() {
				where = "inside " + nameOf(n)
			}
		case *ast.ValueSpec:
			if n.Doc == group {
				where = "on " + kindOf(decl)
			}
		case *ast.Field:
			if n.Doc == group || n.Comment == group {
				where = "on a field"
			}
		}
		return true
	})
	return where
}

// next returns the declaration that follows a comment.
func (c *collector) next(group *ast.CommentGroup) ast.Node {
	if group.End() <= c.file.Package {
		return c.file
	}
	for _, decl := range c.file.Decls {
		if decl.Pos() < group.End() {
			continue
		}
		if gen, ok := decl.(*ast.GenDecl); ok {
			if gen.Tok != token.TYPE || len(gen.Specs) == 0 {
				return nil
			}
			return gen.Specs[0]
		}
		return decl
	}
	return nil
}

// dropRoutes forgets the directives of handlers that have another generated
// file.
func (c *collector) dropRoutes() {
	kept := slices.DeleteFunc(c.directives[c.first:], func(d directive) bool { return slices.Contains(c.seen[d.on], "route") })
	c.directives = c.directives[:c.first+len(kept)]
}

// nameOf names a declaration in a message.
func nameOf(node ast.Node) string {
	switch node := node.(type) {
	case *ast.FuncDecl:
		if node.Recv != nil {
			return "the method " + node.Name.Name
		}
		return "the function " + node.Name.Name
	case *ast.TypeSpec:
		return "the type " + node.Name.Name
	}
	return "the package clause"
}

// checkDetails reports directives that detail a route where there is none.
func (c *collector) checkDetails() {
	for _, d := range c.directives[c.first:] {
		fn, ok := d.on.(*ast.FuncDecl)
		needs := findVerb(d.verb).details
		if !ok || len(needs) == 0 {
			continue
		}
		if slices.ContainsFunc(c.seen[fn], func(v string) bool { return slices.Contains(needs, v) }) {
			continue
		}
		c.report(diag.MisplacedDirective, d, "//handlergen:%s has no effect on %s, which has no //handlergen:%s",
			d.verb, nameOf(fn), orList(needs)).hint("add one, or remove this line")
	}
}

// arguments splits the arguments of a directive into words and keys.
func (c *collector) arguments(d *directive, v *verb, found ast.Directive) bool {
	list, err := found.ParseArgs()
	if err != nil {
		c.badQuotes(found)
		return false
	}
	ok, wrongKey := true, false
	var words []arg
	for i := 0; i < len(list); i++ {
		a := spanned(found, list[i])
		quoted := a.valuePos != a.pos
		key, value, hasKey := splitKey(a.value)
		switch {
		case slices.Contains(v.flags, a.value):
			a.key, a.value = a.value, ""
		case !hasKey, quoted && len(v.keys) == 0:
			words = append(words, a)
		case !quoted && startsQuote(value):
			end := c.quotedValue(found, a, key)
			for i+1 < len(list) && list[i+1].Pos < end {
				i++
			}
			ok = false
			continue
		default:
			a.key, a.value = key, value
			a.valuePos = min(a.valuePos+token.Pos(len(key)+1), a.end)
			if !c.checkKey(*d, v, a) {
				wrongKey = true
				continue
			}
		}
		if a.key != "" && d.has(a.key) {
			first, _ := d.value(a.key)
			c.report(diag.BadKey, a, "%s is given twice", a.key).related(first, "%s is given here", a.key)
			continue
		}
		d.args = append(d.args, a)
	}
	if wrongKey && len(words) < v.min {
		return false // what lacks may be meant by the key
	}
	return ok && c.checkWords(*d, v, words)
}

// spanned gives an argument its extent in the source. Its value starts behind
// its position if it is quoted.
func spanned(found ast.Directive, from ast.DirectiveArg) arg {
	a := arg{value: from.Arg, pos: from.Pos, valuePos: from.Pos, end: from.Pos + token.Pos(len(from.Arg))}
	source := found.Args[from.Pos-found.ArgsPos:]
	if quote, err := strconv.QuotedPrefix(source); err == nil && startsQuote(source) {
		a.valuePos++
		a.end = a.pos + token.Pos(len(quote))
	}
	return a
}

func startsQuote(s string) bool {
	return strings.HasPrefix(s, `"`) || strings.HasPrefix(s, "`")
}

// splitKey splits key=value. What stands before the = of a pattern or of a text
// does not look like a key.
func splitKey(s string) (key, value string, ok bool) {
	key, value, ok = strings.Cut(s, "=")
	return key, value, ok && keyForm.MatchString(key)
}

var keyForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// quotedValue reports key="a value" and returns where it ends.
func (c *collector) quotedValue(found ast.Directive, a arg, key string) token.Pos {
	source := found.Args[a.pos-found.ArgsPos:]
	fix := key + "=…"
	if quote, err := strconv.QuotedPrefix(source[len(key)+1:]); err == nil {
		value, _ := strconv.Unquote(quote)
		fix = key + "=" + value
		a.end = a.pos + token.Pos(len(key)+1+len(quote))
	}
	if strings.ContainsAny(fix, " \t\"\\`") || strings.HasSuffix(fix, "=…") {
		fix = strconv.Quote(fix)
	}
	c.report(diag.BadArguments, a, "the quotes of an argument stand around all of it, not around the value of %s", key).
		hint("write %s", fix)
	return a.end
}

// badQuotes reports a quoted argument that is not a Go string.
func (c *collector) badQuotes(found ast.Directive) {
	at := badQuote(found.Args)
	if m := openValue.FindStringSubmatchIndex(found.Args[:at]); m != nil {
		c.report(diag.BadArguments, stretch{found.ArgsPos + token.Pos(m[2]), found.End()},
			"the quotes of an argument stand around all of it, not around the value of %s", found.Args[m[2]:m[3]]).
			hint(`write "%s=…"`, found.Args[m[2]:m[3]])
		return
	}
	c.report(diag.BadArguments, stretch{found.ArgsPos + token.Pos(at), found.End()},
		"this argument starts with a quote but is not a Go string").
		hint(`a quoted argument ends with the same quote, and a space or the end of the line follows: "doc=how many"`)
}

// openValue matches an unquoted key whose value starts with a quote.
var openValue = regexp.MustCompile(`(?:^|\s)([A-Za-z][A-Za-z0-9_-]*)=["` + "`]")

// badQuote returns the offset of the first quoted argument that ParseArgs
// refuses.
func badQuote(args string) int {
	for at := 0; ; {
		rest := strings.TrimLeftFunc(args[at:], unicode.IsSpace)
		at = len(args) - len(rest)
		length := strings.IndexFunc(rest, unicode.IsSpace)
		if startsQuote(rest) {
			quote, err := strconv.QuotedPrefix(rest)
			if after := rest[len(quote):]; err != nil || after != "" && strings.TrimLeftFunc(after, unicode.IsSpace) == after {
				return at
			}
			length = len(quote)
		}
		if length <= 0 {
			return at
		}
		at += length
	}
}

// checkKey reports a key that the verb does not have.
func (c *collector) checkKey(d directive, v *verb, a arg) bool {
	at := stretch{a.pos, a.end}
	switch {
	case slices.Contains(v.keys, a.key):
		return true
	case slices.Contains(v.flags, a.key):
		c.report(diag.BadKey, at, "%s takes no value", a.key).hint("write %s by itself, or leave it out", a.key)
	default:
		known := slices.Concat(v.keys, v.flags)
		n := c.report(diag.BadKey, at, "//handlergen:%s has no key %s", v.name, a.key)
		switch near, ok := diag.Nearest(a.key, known); {
		case ok:
			n.hint("did you mean %s?", near)
		case len(known) == 0:
			n.hint("it has no keys")
		case len(known) == 1:
			n.hint("its only key is %s", known[0])
		default:
			n.hint("its keys are %s", andList(known))
		}
	}
	return false
}

// checkWords reports a wrong number of words.
func (c *collector) checkWords(d directive, v *verb, words []arg) bool {
	switch {
	case len(words) < v.min:
		c.tooFew(d, v, words)
		return false
	case v.max >= 0 && len(words) > v.max:
		c.tooMany(d, v, words)
		return false
	}
	return true
}

func (c *collector) tooFew(d directive, v *verb, words []arg) {
	usage := "//handlergen:" + v.name + " " + v.usage
	if v.name == "route" && len(words) == 1 {
		word := words[0]
		method, pattern, both := strings.Cut(word.value, " ")
		switch {
		case both && strings.Contains(pattern, "/"):
			c.report(diag.BadArguments, word, "the method and the pattern of a route are two arguments").
				hint("write //handlergen:route %s %s", method, strings.TrimSpace(pattern))
		case strings.Contains(word.value, "/"):
			c.report(diag.BadArguments, word, "the route %s has no method", word.value).
				hint("write //handlergen:route GET %s, or ANY for every method", word.value)
		default:
			c.report(diag.BadArguments, d, "the route has no pattern").hint("write %s", usage)
		}
		return
	}
	c.report(diag.BadArguments, d, "//handlergen:%s lacks %s", v.name, strings.Fields(v.usage)[len(words)]).
		hint("write %s", usage)
}

func (c *collector) tooMany(d directive, v *verb, words []arg) {
	extra := words[v.max:]
	at := stretch{extra[0].pos, extra[len(extra)-1].end}
	first := extra[0].value
	if v.name == "route" && !strings.Contains(words[1].value, "/") {
		if last := slices.IndexFunc(words, func(a arg) bool { return strings.Contains(a.value, "/") }); last > 0 {
			c.severalMethods(words[:last], words[last])
			return
		}
	}
	if v.usage == "" {
		c.report(diag.BadArguments, at, "//handlergen:%s takes no arguments", v.name)
		return
	}
	n := c.report(diag.BadArguments, at, "//handlergen:%s takes %s and no more", v.name, v.usage)
	switch near, ok := diag.Nearest(first, slices.Concat(v.keys, v.flags)); {
	case strings.HasPrefix(first, "="), len(extra) > 1 && strings.HasPrefix(extra[1].value, "="):
		n.hint("key=value is written without spaces")
	case ok && slices.Contains(v.flags, near):
		n.hint("did you mean %s?", near)
	case ok && len(extra) == 2:
		n.hint("write %s=%s", near, extra[1].value)
	case ok:
		n.hint("write %s=…", near)
	case v.name == "route" && strings.Contains(first, "/"):
		n.hint("several routes are several lines")
	case v.name == "response":
		n.hint(`put the text in quotes: "no such user"`)
	default:
		n.hint(`an argument with spaces is put in quotes: "doc=how many"`)
	}
}

// severalMethods reports methods that are separated by spaces.
func (c *collector) severalMethods(methods []arg, pattern arg) {
	var names []string
	for _, m := range methods {
		if name := strings.Trim(m.value, ","); name != "" {
			names = append(names, name)
		}
	}
	c.report(diag.BadArguments, stretch{methods[0].pos, methods[len(methods)-1].end},
		"several methods are separated by commas without spaces").
		hint("write //handlergen:route %s %s", strings.Join(names, ","), pattern.value)
}

// orList joins words with commas and an or.
func orList(words []string) string { return join(words, "or") }

// andList joins words with commas and an and.
func andList(words []string) string { return join(words, "and") }

func join(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return fmt.Sprintf("%s %s %s", strings.Join(words[:n], ", "), last, words[n])
}
