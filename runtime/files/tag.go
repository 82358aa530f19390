package files

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"time"
)

// firstPlausible is the time before which a time of modification is one that a
// tool has made up: the zero time of embedded files, the first seconds of Unix,
// or those of zip, by which builds become reproducible.
var firstPlausible = time.Date(1981, time.January, 1, 0, 0, 0, 0, time.UTC)

// modified returns when a file was modified, or the zero time if that is not
// known.
func modified(info fs.FileInfo) time.Time {
	if at := info.ModTime(); at.After(firstPlausible) {
		return at
	}
	return time.Time{}
}

// maxDigests is the number of digests that are kept at most.
const maxDigests = 10_000

// tags makes the entity tags of files, and keeps those that cost something.
type tags struct {
	mu      sync.Mutex
	digests map[digested]string
}

// digested is a file as far as it can be told from others without reading it.
type digested struct {
	name, coding string
	size         int64
	modified     time.Time
}

// of returns the entity tag of a file, quotes included. Each coding has its own
// (RFC 9110 §8.8.3.3).
func (t *tags) of(found *representation) (string, error) {
	var tag string
	if at := modified(found.info); at.IsZero() {
		var err error
		if tag, err = t.digest(found); err != nil {
			return "", err
		}
	} else {
		tag = fmt.Sprintf("%x.%x-%x", at.Unix(), at.Nanosecond(), found.info.Size())
	}
	if found.coding != "" {
		tag += "-" + found.coding
	}
	return `"` + tag + `"`, nil
}

func (t *tags) digest(found *representation) (string, error) {
	key := digested{found.name, found.coding, found.info.Size(), found.info.ModTime()}
	t.mu.Lock()
	known, ok := t.digests[key]
	t.mu.Unlock()
	if ok {
		return known, nil
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, found.body); err != nil {
		return "", err
	}
	if _, err := found.body.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	digest := base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:16])
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.digests == nil || len(t.digests) >= maxDigests {
		t.digests = map[digested]string{}
	}
	t.digests[key] = digest
	return digest, nil
}
