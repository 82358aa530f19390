package parse

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/handlergen/handlergen/internal/diag"
)

// arguments splits the arguments of a directive into words and keys.
func (c *collector) arguments(d *directive, v *verb, found ast.Directive) bool {
	list, err := found.ParseArgs()
	if err != nil {
		c.badQuotes(found)
		return false
	}
	ok, wrongKey := true, false
	var words []arg
	var reported token.Pos // the end of what has been reported as one value
	for _, from := range list {
		if from.Pos < reported {
			continue
		}
		a := spanned(found, from)
		quoted := a.valuePos != a.pos
		key, value, hasKey := splitKey(a.value)
		switch {
		case slices.Contains(v.flags, a.value):
			a.key, a.value = a.value, ""
		case !hasKey, quoted && len(v.keys) == 0:
			words = append(words, a)
		case !quoted && startsQuote(value):
			reported, ok = c.quotedValue(found, a, key), false
			continue
		default:
			a.key, a.value = key, value
			a.valuePos = min(a.valuePos+token.Pos(len(key)+1), a.end)
			if !c.checkKey(v, a) {
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
func (c *collector) checkKey(v *verb, a arg) bool {
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
		c.tooMany(v, words)
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

func (c *collector) tooMany(v *verb, words []arg) {
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
	case strings.HasPrefix(first, "//"):
		n.hint("a directive has no comment behind it: write it into a line of its own")
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
