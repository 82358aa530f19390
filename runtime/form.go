package runtime

import (
	"encoding"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// A FormBody is a urlencoded form to be sent, for generated code. The zero
// value is empty.
type FormBody struct {
	b   []byte
	err error
}

// Add adds a pair after those there are.
func (f *FormBody) Add(name string, value FormText) {
	if value.err != nil && f.err == nil {
		f.err = fmt.Errorf("encode %s of the answer: %w", name, value.err)
	}
	if len(f.b) > 0 {
		f.b = append(f.b, '&')
	}
	f.b = append(f.b, url.QueryEscape(name)...)
	f.b = append(f.b, '=')
	f.b = append(f.b, url.QueryEscape(value.text)...)
}

// WriteForm answers with a form as application/x-www-form-urlencoded. When one
// of its values could not be formatted, or the status cannot be sent, it
// returns an error before anything was sent.
func WriteForm(w http.ResponseWriter, status int, form *FormBody, parts ...*Parts) error {
	if form.err != nil {
		return form.err
	}
	if !possible(status) {
		return impossible(status)
	}
	send(w, status, &contentTypeForm, form.b, parts)
	return nil
}

// FormText is a value as a form has it: what the Format functions return, each
// the inverse of the Read function of the same name.
type FormText struct {
	text string
	err  error
}

// FormatString returns s as it is.
func FormatString[T ~string](s T) FormText { return FormText{text: string(s)} }

// FormatBool returns true or false.
func FormatBool[T ~bool](b T) FormText {
	return FormText{text: strconv.FormatBool(bool(b))}
}

// FormatInt returns n in decimal.
func FormatInt[T signed](n T) FormText {
	return FormText{text: strconv.FormatInt(int64(n), 10)}
}

// FormatUint returns n in decimal.
func FormatUint[T unsigned](n T) FormText {
	return FormText{text: strconv.FormatUint(uint64(n), 10)}
}

// FormatFloat returns the shortest text that is read as f again. NaN and
// infinities are errors.
func FormatFloat[T float](f T) FormText {
	text := strconv.FormatFloat(float64(f), 'g', -1, floatBits[T]())
	if _, detail := parseFloat(text, 64); detail != "" {
		return FormText{err: fmt.Errorf("%s is not a number", text)}
	}
	return FormText{text: text}
}

// FormatTime returns t as RFC 3339 defines it, with as many decimals as needed.
func FormatTime(t time.Time) FormText {
	return FormText{text: t.Format(time.RFC3339Nano)}
}

// FormatDuration returns d as "1m30s".
func FormatDuration(d time.Duration) FormText { return FormText{text: d.String()} }

// FormatURL returns the text of u.
func FormatURL(u url.URL) FormText { return FormText{text: u.String()} }

// FormatText returns what the MarshalText method of v returns.
func FormatText[T encoding.TextMarshaler](v T) FormText {
	text, err := v.MarshalText()
	return FormText{text: string(text), err: err}
}

// Text returns the text, or why there is none.
func (t FormText) Text() (string, error) { return t.text, t.err }
