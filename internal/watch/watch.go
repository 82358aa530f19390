// Package watch tells which files have changed. It watches directories and not
// files, since editors replace those, and takes what the operating system says
// for a hint: what has changed is what the directories show once they are quiet.
// So nothing is lost that happens in a directory that is new, or while too much
// happens at once. Where nothing can be had from the operating system, it looks
// every second.
package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Places is what to watch, as absolute paths.
type Places struct {
	Trees  []string // directories, with those below them
	Files  []string // others, whether they are there or not
	Skips  func(dir string, entries []fs.DirEntry) bool
	Counts func(name string) bool // whether a file of this name counts
}

// Config says how to watch.
type Config struct {
	Places func() (Places, error) // asked anew whenever something has changed
	Poll   bool                   // look every second, and ask nobody
	Warn   func(error)            // told once why it looks every second
}

// A Watcher remembers how files were when it last looked.
type Watcher struct {
	cfg    Config
	system *fsnotify.Watcher // nil: it looks every second
	places Places
	dirs   map[string]bool
	files  map[string]stamp
	took   time.Duration // by the last look
}

// A stamp tells the state of a file from others.
type stamp struct {
	size     int64
	modified time.Time
	mode     fs.FileMode
}

// New returns a watcher that has looked: what changes from now on is told.
func New(cfg Config) (*Watcher, error) {
	w := &Watcher{cfg: cfg}
	if !cfg.Poll {
		w.ask(fsnotify.NewWatcher())
	}
	if _, err := w.look(); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// ask has the system tell of changes, if it can.
func (w *Watcher) ask(s *fsnotify.Watcher, err error) {
	if err != nil {
		w.cfg.Warn(err)
		return
	}
	w.system = s
}

// Close ends the watch.
func (w *Watcher) Close() error {
	if w.system == nil {
		return nil
	}
	return w.system.Close()
}

// Next waits until there are files that were changed, added or removed since the
// last call, and returns their paths in order. The only errors are the end of
// the context, and those of Places.
func (w *Watcher) Next(ctx context.Context) ([]string, error) {
	for {
		if err := w.wait(ctx); err != nil {
			return nil, err
		}
		if changed, err := w.look(); err != nil || len(changed) > 0 {
			return changed, err
		}
	}
}

// look reads all directories, and returns the files that are not as they were.
func (w *Watcher) look() ([]string, error) {
	start := time.Now()
	places, err := w.cfg.Places()
	if err != nil {
		return nil, err
	}
	w.forgetMoved()
	before, watched := w.files, w.dirs
	w.places, w.files, w.dirs = places, map[string]stamp{}, map[string]bool{}
	for _, root := range places.Trees {
		w.visit(root)
	}
	for _, file := range places.Files {
		w.watch(filepath.Dir(file))
		w.note(file)
	}
	for dir := range watched {
		if !w.dirs[dir] {
			w.unwatch(dir)
		}
	}
	w.took = time.Since(start)
	return differences(before, w.files), nil
}

// forgetMoved stops watching directories that have gone. It has to come before
// others are watched: one that was moved is still watched under its old name, and
// to forget that later would be to forget both.
func (w *Watcher) forgetMoved() {
	for dir := range w.dirs {
		if _, err := os.Lstat(dir); err != nil {
			w.unwatch(dir)
		}
	}
}

// visit reads a directory and those below it. What cannot be read is as if it
// were not there. It is watched before, so that nothing falls in between.
func (w *Watcher) visit(dir string) {
	if w.dirs[dir] || w.places.Skips(dir, nil) {
		return
	}
	w.watch(dir)
	entries, err := os.ReadDir(dir)
	if err != nil || w.places.Skips(dir, entries) {
		w.unwatch(dir)
		return
	}
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		switch {
		case entry.IsDir():
			w.visit(path)
		case w.places.Counts(entry.Name()):
			w.note(path)
		}
	}
}

// watch has the system tell of a directory. Telling it again does no harm, and
// helps if another directory of that name has gone.
func (w *Watcher) watch(dir string) {
	w.dirs[dir] = true
	if w.system == nil {
		return
	}
	err := w.system.Add(dir)
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		delete(w.dirs, dir)
	default:
		_ = w.system.Close() // it is of no use
		w.system = nil
		w.cfg.Warn(fmt.Errorf("watch %s: %w", dir, err))
	}
}

func (w *Watcher) unwatch(dir string) {
	delete(w.dirs, dir)
	if w.system != nil {
		_ = w.system.Remove(dir) // which it may have done by itself
	}
}

// note remembers how a file is.
func (w *Watcher) note(path string) {
	if info, err := os.Stat(path); err == nil {
		w.files[path] = stamp{info.Size(), info.ModTime(), info.Mode()}
	}
}

// differences returns the files whose stamps differ.
func differences(before, now map[string]stamp) []string {
	var changed []string
	for path, s := range now {
		if old, ok := before[path]; !ok || old != s {
			changed = append(changed, path)
		}
	}
	for path := range before {
		if _, ok := now[path]; !ok {
			changed = append(changed, path)
		}
	}
	slices.Sort(changed)
	return changed
}
