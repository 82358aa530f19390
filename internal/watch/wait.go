package watch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	quiet    = 100 * time.Millisecond // without an event, and a change is over
	longest  = time.Second            // that a change may take: then it is time to look anyway
	interval = time.Second            // between looks, where the operating system tells nothing
	rest     = 20                     // times as long as a look takes is the least interval
)

// wait returns when it is time to look.
func (w *Watcher) wait(ctx context.Context) error {
	if w.system == nil {
		return sleep(ctx, max(interval, rest*w.took))
	}
	if err := w.hint(ctx, nil); err != nil {
		return err
	}
	end := time.After(longest)
	for {
		soon, stop := context.WithTimeout(ctx, quiet)
		err := w.hint(soon, end)
		stop()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return nil
		}
	}
}

var errLate = errors.New("it is late")

// hint waits for a sign that something has changed.
func (w *Watcher) hint(ctx context.Context, end <-chan time.Time) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end:
			return errLate
		case <-w.system.Errors: //nolint:errcheck // whatever it is, something was lost
			return nil
		case e, ok := <-w.system.Events:
			if !ok || w.matters(e) {
				return nil
			}
		}
	}
}

// matters reports whether an event is about a file that counts, or about a
// directory.
func (w *Watcher) matters(e fsnotify.Event) bool {
	if w.places.Counts(filepath.Base(e.Name)) || slices.Contains(w.places.Files, e.Name) || w.dirs[e.Name] {
		return true
	}
	if !e.Has(fsnotify.Create) {
		return false
	}
	info, err := os.Lstat(e.Name)
	return err == nil && info.IsDir()
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
