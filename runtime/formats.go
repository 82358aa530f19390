package runtime

import (
	"net/mail"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// The functions in this file check the formats that validate tags name. None of
// them accepts an empty text.

// IsEmail reports whether s is an address of electronic mail without a name
// (RFC 5322 §3.4.1), such as "jo@example.com".
func IsEmail(s string) bool {
	address, err := mail.ParseAddress(s)
	return err == nil && address.Name == "" && address.Address == s
}

// IsURL reports whether s is an absolute URL: with a scheme, and with a host or
// an opaque part behind it.
func IsURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme != "" && (u.Host != "" || u.Opaque != "" || u.Path != "" && u.Scheme == "file")
}

// IsUUID reports whether s is a UUID in its usual form of 36 characters
// (RFC 9562 §4), in either case and of any version.
func IsUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch i {
		case 8, 13, 18, 23:
			if s[i] != '-' {
				return false
			}
		default:
			if !isHex(s[i]) {
				return false
			}
		}
	}
	return true
}

// IsAlpha reports whether s consists of the letters a to z and A to Z.
func IsAlpha(s string) bool {
	return all(s, func(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' })
}

// IsAlphanum reports whether s consists of the letters a to z and A to Z and
// the digits.
func IsAlphanum(s string) bool { return all(s, isAlphanum) }

// IsNumeric reports whether s is a decimal number, with an optional sign and
// optional decimals: "-1.5".
func IsNumeric(s string) bool {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	whole, decimals, dotted := strings.Cut(s, ".")
	return all(whole, isDigit) && (!dotted || all(decimals, isDigit))
}

// IsNotBlank reports whether s has something else than white space.
func IsNotBlank(s string) bool { return strings.TrimSpace(s) != "" }

// IsHostname reports whether s is a hostname (RFC 1123 §2.1): labels of
// letters, digits and inner hyphens, of 63 characters each and 253 together.
func IsHostname(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if len(label) > 63 || !all(label, isHostByte) || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
}

// IsIP reports whether s is an IPv4 or IPv6 address without a zone.
func IsIP(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Zone() == ""
}

// IsDatetime reports whether s is a time in that layout of package time.
func IsDatetime(s, layout string) bool {
	_, err := time.Parse(layout, s)
	return err == nil && s != ""
}

// AllUnique reports whether no element of s equals another.
func AllUnique[T comparable](s []T) bool {
	if len(s) <= 16 {
		for i := range s {
			for j := range i {
				if s[i] == s[j] {
					return false
				}
			}
		}
		return true
	}
	seen := make(map[T]struct{}, len(s))
	for _, v := range s {
		if _, ok := seen[v]; ok {
			return false
		}
		seen[v] = struct{}{}
	}
	return true
}

func all(s string, ok func(c byte) bool) bool {
	for i := range len(s) {
		if !ok(s[i]) {
			return false
		}
	}
	return s != ""
}

func isDigit(c byte) bool    { return '0' <= c && c <= '9' }
func isHostByte(c byte) bool { return isAlphanum(c) || c == '-' }
