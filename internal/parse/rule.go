package parse

import (
	"fmt"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// formats are the rules for texts without an argument, with what they demand.
var formats = map[string]model.Format{
	"email":    {Func: "IsEmail", Detail: "must be an email address"},
	"url":      {Func: "IsURL", Detail: "must be a URL"},
	"uuid":     {Func: "IsUUID", Detail: "must be a UUID"},
	"alpha":    {Func: "IsAlpha", Detail: "must have letters from a to z only"},
	"alphanum": {Func: "IsAlphanum", Detail: "must have letters from a to z and digits only"},
	"numeric":  {Func: "IsNumeric", Detail: "must be a number"},
	"hostname": {Func: "IsHostname", Detail: "must be a hostname"},
	"ip":       {Func: "IsIP", Detail: "must be an IP address"},
	"notblank": {Func: "IsNotBlank", Detail: "must not be blank"},
}

// ruleNames are all rules, for hints.
var ruleNames = []string{
	"required", "omitempty", "min", "max", "len", "gt", "gte", "lt", "lte", "oneof", "email", "url", "uuid",
	"alpha", "alphanum", "numeric", "hostname", "ip", "datetime", "notblank", "dive", "unique", "pattern",
}

// rule turns one demand on a value into a rule. It is nil if the demand was
// refused, or if every value passes it.
func (r *ruler) rule(d demand, t types.Type) model.Rule {
	switch d.name {
	case "min", "gte":
		return r.compare(d, t, ">=")
	case "max", "lte":
		return r.compare(d, t, "<=")
	case "gt":
		return r.compare(d, t, ">")
	case "lt":
		return r.compare(d, t, "<")
	case "len":
		return r.compare(d, t, "==")
	case "oneof":
		return r.oneOf(d, t)
	case "datetime":
		return r.datetime(d, t)
	case "pattern":
		return r.pattern(d, t)
	case "unique":
		return r.unique(d, t)
	}
	format, ok := formats[d.name]
	if !ok {
		r.unknown(d)
		return nil
	}
	if !r.takesNothing(d) || !r.isText(d, t) {
		return nil
	}
	return format
}

// unknown reports a rule that there is not.
func (r *ruler) unknown(d demand) {
	switch near, ok := diag.Nearest(strings.TrimSpace(d.name), ruleNames); {
	case d.name == "":
		r.refuse(d, "the rules of %s have a comma too many", r.what)
	case strings.Contains(d.name, "|"):
		r.refuse(d, "rules cannot be alternatives of each other: %s", d.name).
			hint("write a method Validate() error for what no list of rules says")
	case ok:
		r.refuse(d, "there is no rule %q", d.name).hint("did you mean %s?", near)
	default:
		r.refuse(d, "there is no rule %q", d.name).
			hint("the rules are %s; for others, write a method Validate() error", andList(ruleNames))
	}
}

// takesNothing reports an argument of a rule that has none.
func (r *ruler) takesNothing(d demand) bool {
	if d.has {
		r.refuse(d.arg, "%s takes no argument", d.name).hint("write %s", d.name)
	}
	return !d.has
}

// takes reports a rule that lacks its argument.
func (r *ruler) takes(d demand, example string) bool {
	if d.arg.text != "" {
		return true
	}
	r.refuse(d, "%s needs an argument", d.name).hint("write %s=%s", d.name, example)
	return false
}

// isText reports a rule for texts at a value that is none.
func (r *ruler) isText(d demand, t types.Type) bool {
	if isKind(t, types.IsString) {
		return true
	}
	n := r.refuse(d, "%s is for texts, and %s is %s", d.name, r.what, r.p.typeString(t))
	if elem := elemOf(t); elem != nil && isKind(elem, types.IsString) {
		n.hint("write dive,%s for its elements", d.text())
	}
	return false
}

// text is the demand as written.
func (d demand) text() string {
	if d.has {
		return d.name + "=" + d.arg.text
	}
	return d.name
}

func isKind(t types.Type, info types.BasicInfo) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&info != 0
}

// oneOf demands one of several texts or integers, which spaces separate.
func (r *ruler) oneOf(d demand, t types.Type) model.Rule {
	text := isKind(t, types.IsString)
	if !text && !isKind(t, types.IsInteger) {
		r.refuse(d, "oneof is for texts and integers, and %s is %s", r.what, r.p.typeString(t))
		return nil
	}
	if strings.TrimSpace(d.arg.text) == "" {
		r.refuse(d, "oneof needs the values to choose from").hint("write oneof=a b c")
		return nil
	}
	var literals, words []string
	for _, at := range oneOfWord.FindAllStringIndex(d.arg.text, -1) {
		word := d.arg.cut(at[0], at[1])
		value := unescape(strings.Trim(word.text, "'"))
		literal, ok := strconv.Quote(value), true
		if !text {
			literal, ok = r.number(word, value, t)
		}
		if !ok || r.isRepeated(word, literal, literals, words) {
			return nil
		}
		literals, words = append(literals, literal), append(words, value)
	}
	return model.OneOf{Literals: literals, Detail: "must be one of " + strings.Join(words, ", ")}
}

// isRepeated reports a value of oneof that is there already.
func (r *ruler) isRepeated(word span, literal string, literals, words []string) bool {
	i := slices.Index(literals, literal)
	if i >= 0 {
		r.refuse(word, "oneof has %s twice", words[i]).hint("remove one of them")
	}
	return i >= 0
}

// oneOfWord is one of the values of oneof: a word, or several in quotes.
var oneOfWord = regexp.MustCompile(`'[^']*'|\S+`)

// unescape resolves what validate tags write for commas and bars.
func unescape(text string) string {
	return strings.NewReplacer("0x2C", ",", "0x7C", "|").Replace(text)
}

// datetime demands a time in a layout of package time.
func (r *ruler) datetime(d demand, t types.Type) model.Rule {
	if !r.takes(d, time.DateOnly) || !r.isText(d, t) {
		return nil
	}
	layout := unescape(d.arg.text)
	example := time.Date(1999, 12, 31, 23, 59, 58, 0, time.UTC).Format(layout)
	if _, err := time.Parse(layout, example); err != nil || example == layout {
		r.refuse(d.arg, "%q is no layout of package time", layout).
			hint("write how the layout shows January 2, 2006, 15:04:05: datetime=2006-01-02")
		return nil
	}
	return model.Format{Func: "IsDatetime", Arg: strconv.Quote(layout), Detail: "must be a date or time such as " + layout}
}

// pattern demands a match of a regular expression.
func (r *ruler) pattern(d demand, t types.Type) model.Rule {
	if !r.takes(d, "^[a-z]+$") || !r.isText(d, t) {
		return nil
	}
	if _, err := regexp.Compile(d.arg.text); err != nil {
		why := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		r.refuse(d.arg, "%q is no regular expression: %s", d.arg.text, why)
		return nil
	}
	return model.Matches{Pattern: d.arg.text, Detail: "must match " + d.arg.text}
}

// unique demands elements that differ from each other.
func (r *ruler) unique(d demand, t types.Type) model.Rule {
	if !r.takesNothing(d) {
		return nil
	}
	slice, ok := t.Underlying().(*types.Slice)
	if !ok || decodesItself(t) {
		r.refuse(d, "unique is for slices, and %s is %s", r.what, r.p.typeString(t))
		return nil
	}
	holder, _ := holderOf(slice.Elem())
	if !types.Comparable(slice.Elem()) || types.IsInterface(slice.Elem()) || holder == model.HolderPointer {
		r.refuse(d, "the elements of %s, of type %s, cannot be compared", r.what, r.p.typeString(slice.Elem())).
			hint("write a method Validate() error")
		return nil
	}
	return model.Unique{Detail: "must not have the same item twice"}
}

// compare demands a number or a length.
func (r *ruler) compare(d demand, t types.Type, op string) model.Rule {
	amount, unit := amountOf(t)
	example := "1"
	if fullName(t) == "time.Duration" {
		example = "1s"
	}
	switch {
	case amount == "":
		n := r.refuse(d, "%s does not fit %s, which is %s", d.name, r.what, r.p.typeString(t))
		if fullName(t) == "time.Time" {
			n.hint("compare times in a method Validate() error")
		}
		return nil
	case !r.takes(d, example):
		return nil
	case amount == model.Itself:
		limit, ok := r.number(d.arg, d.arg.text, t)
		if !ok || isKind(t, types.IsUnsigned) && !r.isTelling(d, op, limit == "0") {
			return nil
		}
		return model.Compare{Of: amount, Op: op, Limit: limit, Detail: "must be " + numberDetails[op] + d.arg.text}
	}
	n, err := strconv.ParseUint(d.arg.text, 10, 31)
	if err != nil {
		r.refuse(d.arg, "%q is no number of %s", d.arg.text, plural(unit, 2)).hint("write %s=1", d.name)
		return nil
	}
	if !r.isTelling(d, op, n == 0) {
		return nil
	}
	return model.Compare{
		Of: amount, Op: op, Limit: strconv.FormatUint(n, 10),
		Detail: fmt.Sprintf("must have %s%d %s", lengthDetails[op], n, plural(unit, n)),
	}
}

// isTelling reports whether some values that are never negative pass a
// comparison and some do not.
func (r *ruler) isTelling(d demand, op string, withZero bool) bool {
	if withZero && op == "<" {
		r.refuse(d, "nothing passes %s: %s is never negative", d.text(), r.what)
	}
	return !withZero || op != ">=" && op != "<"
}

// plural returns the name of n things.
func plural(unit string, n uint64) string {
	switch {
	case n == 1:
		return unit
	case unit == "entry":
		return "entries"
	}
	return unit + "s"
}

var (
	numberDetails = map[string]string{">=": "at least ", "<=": "at most ", ">": "greater than ", "<": "less than ", "==": ""}
	lengthDetails = map[string]string{">=": "at least ", "<=": "at most ", ">": "more than ", "<": "fewer than ", "==": "exactly "}
)

// amountOf says what of a value is compared, and what a length counts.
func amountOf(t types.Type) (amount model.Amount, unit string) {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch info := u.Info(); {
		case info&types.IsString != 0:
			return model.Runes, "character"
		case info&(types.IsInteger|types.IsFloat) != 0:
			return model.Itself, ""
		}
	case *types.Slice:
		switch {
		case readerFunc(t) != "":
			return "", ""
		case isBytes(u):
			return model.Length, "byte"
		}
		return model.Length, "item"
	case *types.Map:
		if readerFunc(t) == "" {
			return model.Length, "entry"
		}
	}
	return "", ""
}

// number reads a number that the values of a type are compared with, as a Go
// literal.
func (r *ruler) number(at span, text string, t types.Type) (literal string, ok bool) {
	if fullName(t) == "time.Duration" {
		if n, err := time.ParseDuration(text); err == nil {
			return strconv.FormatInt(int64(n), 10), true
		}
		r.refuse(at, "%q is no duration", text).hint("write a number with its unit, such as 5s")
		return "", false
	}
	var why string
	switch {
	case isKind(t, types.IsFloat):
		f, _ := strconv.ParseFloat(text, 64)
		literal, why = strconv.FormatFloat(f, 'g', -1, 64), badFloat(text, bitsOf(t))
	case isKind(t, types.IsUnsigned):
		n, _ := strconv.ParseUint(text, 10, 64)
		literal, why = strconv.FormatUint(n, 10), badUint(text, bitsOf(t))
	default:
		n, _ := strconv.ParseInt(text, 10, 64)
		literal, why = strconv.FormatInt(n, 10), badInt(text, bitsOf(t))
	}
	if why != "" {
		r.refuse(at, "%q %s, and %s is %s", text, why, r.what, r.p.typeString(t))
		return "", false
	}
	return literal, true
}
