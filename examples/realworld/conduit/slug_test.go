package conduit

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestSlug(t *testing.T) {
	for title, want := range map[string]string{
		"How to train!":              "how-to-train-",
		"  ../../etc/passwd?a=b#c ":  "etc-passwd-a-b-c-",
		"'; DROP TABLE articles; --": "drop-table-articles-",
		"Ünïcödé 漢字":                 "n-c-d-",
		"漢字":                         "",
		strings.Repeat("abcd ", 100): strings.Repeat("abcd-", 12),
		strings.Repeat("x", 1000):    "",
	} {
		slug := newSlug(title)
		name, random := slug[:len(slug)-10], slug[len(slug)-10:]
		if name != want || !regexp.MustCompile(`^[a-z2-7]{10}$`).MatchString(random) {
			t.Errorf("%q is %q, want %q and ten random characters", title, slug, want)
		}
		if slug == newSlug(title) {
			t.Errorf("two slugs of %q are the same", title)
		}
	}
}

func TestTime(t *testing.T) {
	zone := time.FixedZone("", 3600)
	for _, test := range []struct {
		at   time.Time
		want string
	}{
		{time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC), `"2026-02-03T04:05:06.000000Z"`},
		{time.Date(2026, 2, 3, 4, 5, 6, 120_000_999, zone), `"2026-02-03T03:05:06.120000Z"`},
	} {
		got, err := json.Marshal(Time(test.at))
		if string(got) != test.want || err != nil {
			t.Errorf("%v is written %s, %v", test.at, got, err)
		}
		var back Time
		if err := json.Unmarshal(got, &back); err != nil || !time.Time(back).Equal(test.at.Truncate(time.Microsecond)) {
			t.Errorf("%s is read as %v, %v", got, time.Time(back), err)
		}
	}
}
