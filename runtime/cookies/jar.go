package cookies

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// MaxLength is the length in bytes of the longest Set-Cookie value that a jar
// writes, attributes included. It is what browsers take for certain
// (RFC 6265 §6.1).
const MaxLength = 4096

// Signed is a jar of cookies that the client can read but not make. The zero
// value is empty, and what is added to it is an error.
type Signed struct{ jar jar }

// Get returns the value of a cookie: as it was added to this jar, or as it came
// with the request. One that does not verify is absent; of several with that
// name the first that does is returned.
func (s Signed) Get(name string) (value string, ok bool) { return s.jar.get(name) }

// Add returns a jar with a cookie set, in place of one with the same name. The
// value may be any string. See the package documentation for the attributes
// that c leaves open.
func (s Signed) Add(c *http.Cookie) Signed { return Signed{s.jar.add(c)} }

// Remove returns a jar that has the client forget a cookie. It must have the
// same Path and Domain as when it was added; the value does not matter. If no
// cookie of that name came with the request nothing is sent, so that removing
// one that was only added takes that back.
func (s Signed) Remove(c *http.Cookie) Signed { return Signed{s.jar.remove(c)} }

// IntoResponseParts adds one Set-Cookie line for each cookie that was added or
// removed. It fails, before it has added any, if a browser would not take one.
func (s Signed) IntoResponseParts(h http.Header) error { return s.jar.write(h) }

// Private is a jar of cookies that the client can neither read nor make. The
// zero value is empty, and what is added to it is an error.
type Private struct{ jar jar }

// Get returns the value of a cookie: as it was added to this jar, or as it came
// with the request. One that cannot be decrypted is absent; of several with
// that name the first that can is returned.
func (p Private) Get(name string) (value string, ok bool) { return p.jar.get(name) }

// Add returns a jar with a cookie set, in place of one with the same name. The
// value may be any string. See the package documentation for the attributes
// that c leaves open.
func (p Private) Add(c *http.Cookie) Private { return Private{p.jar.add(c)} }

// Remove returns a jar that has the client forget a cookie. It must have the
// same Path and Domain as when it was added; the value does not matter. If no
// cookie of that name came with the request nothing is sent, so that removing
// one that was only added takes that back.
func (p Private) Remove(c *http.Cookie) Private { return Private{p.jar.remove(c)} }

// IntoResponseParts adds one Set-Cookie line for each cookie that was added or
// removed. It fails, before it has added any, if a browser would not take one.
func (p Private) IntoResponseParts(h http.Header) error { return p.jar.write(h) }

// A jar is what both kinds have in common.
type jar struct {
	request  *http.Request // with the Cookie lines alone
	ring     []codec       // the first seals, all open
	secure   bool
	httpOnly bool
	changes  []change // by the time of the first change of each name; never written to
}

// A change is a cookie to set, with its plain value, or to remove.
type change struct {
	cookie  http.Cookie
	removed bool
}

func (j jar) get(name string) (string, bool) {
	if i := j.changed(name); i >= 0 {
		c := j.changes[i]
		return c.cookie.Value, !c.removed
	}
	for _, cookie := range j.received(name) {
		for _, codec := range j.ring {
			if value, ok := codec.open(name, cookie.Value); ok {
				return value, true
			}
		}
	}
	return "", false
}

// received returns the cookies of that name as they came, verified or not.
func (j jar) received(name string) []*http.Cookie {
	if j.request == nil {
		return nil
	}
	return j.request.CookiesNamed(name)
}

// changed returns the index of the change of that name, or -1.
func (j jar) changed(name string) int {
	return slices.IndexFunc(j.changes, func(c change) bool { return c.cookie.Name == name })
}

func (j jar) add(c *http.Cookie) jar {
	return j.with(change{cookie: *c})
}

func (j jar) remove(c *http.Cookie) jar {
	if len(j.received(c.Name)) == 0 {
		return j.without(c.Name)
	}
	gone := *c
	gone.Value, gone.MaxAge, gone.Expires = "", -1, time.Unix(0, 0)
	return j.with(change{cookie: gone, removed: true})
}

func (j jar) with(c change) jar {
	j.changes = slices.Clone(j.changes)
	if i := j.changed(c.cookie.Name); i >= 0 {
		j.changes[i] = c
	} else {
		j.changes = append(j.changes, c)
	}
	return j
}

func (j jar) without(name string) jar {
	j.changes = slices.DeleteFunc(slices.Clone(j.changes), func(c change) bool { return c.cookie.Name == name })
	return j
}

func (j jar) write(h http.Header) error {
	lines := make([]string, 0, len(j.changes))
	for _, c := range j.changes {
		line, err := j.line(c)
		if err != nil {
			return fmt.Errorf("cookies: %q: %w", c.cookie.Name, err)
		}
		lines = append(lines, line)
	}
	if len(lines) > 0 {
		h["Set-Cookie"] = append(h["Set-Cookie"], lines...)
	}
	return nil
}

// line returns the value of the Set-Cookie field.
func (j jar) line(c change) (string, error) {
	cookie := j.complete(c.cookie)
	if !c.removed {
		if len(j.ring) == 0 {
			return "", errors.New("the jar has no keys")
		}
		cookie.Value = j.ring[0].seal(cookie.Name, cookie.Value)
	}
	if err := cookie.Valid(); err != nil {
		return "", err
	}
	if err := checkPrefix(&cookie); err != nil {
		return "", err
	}
	line := cookie.String()
	if len(line) > MaxLength {
		return "", fmt.Errorf("%d bytes long, more than %d", len(line), MaxLength)
	}
	return line, nil
}

// complete returns a cookie with the attributes that its maker left open.
func (j jar) complete(c http.Cookie) http.Cookie {
	c.Quoted = false
	c.HttpOnly = c.HttpOnly || j.httpOnly
	c.Secure = c.Secure || j.secure || c.Partitioned || c.SameSite == http.SameSiteNoneMode
	if c.SameSite == 0 {
		c.SameSite = http.SameSiteLaxMode
	}
	if c.Path == "" {
		c.Path = "/"
	}
	return c
}

// checkPrefix holds a cookie to what the prefix of its name promises. Browsers
// compare prefixes without regard to case.
func checkPrefix(c *http.Cookie) error {
	name := strings.ToLower(c.Name)
	switch {
	case strings.HasPrefix(name, "__host-") && (!c.Secure || c.Path != "/" || c.Domain != ""):
		return errors.New(`a name with this prefix demands Secure, the path "/" and no domain`)
	case strings.HasPrefix(name, "__secure-") && !c.Secure:
		return errors.New("a name with this prefix demands Secure")
	}
	return nil
}
