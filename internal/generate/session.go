package generate

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/parse"
)

// A Session reads the same packages again and again while their files change.
type Session struct {
	cfg     Config
	imports parse.Imports
	diags   diag.List // of all packages
	fresh   bool      // what was read is there as files, too
}

// NewSession returns a session in which nothing has been read.
func NewSession(cfg Config) *Session { return &Session{cfg: cfg} }

// Sources says where the files lie whose changes matter.
func (s *Session) Sources() (*parse.Sources, error) { return parse.FindSources(parse.Config(s.cfg)) }

// Read reads the packages anew for which a change of some files can matter, and
// all of them if that cannot be told. Packages and files of the result are
// theirs, the diagnostics those of all packages.
func (s *Session) Read(ctx context.Context, changed []string) (r *Result, err error) {
	defer func() {
		if err != nil {
			s.Forget()
		}
	}()
	defer catchBug("", &err)
	cfg := s.cfg
	if dirs, known := s.affected(ctx, changed); known && len(dirs) == 0 {
		return &Result{Diags: s.diags}, nil
	} else if known {
		cfg.Patterns = dirs
	}
	r, err = Packages(ctx, cfg)
	if err != nil {
		return nil, err
	}
	s.diags, s.fresh = r.Diags, true
	return r, nil
}

// Forget has everything be read the next time.
func (s *Session) Forget() { s.fresh, s.imports = false, parse.Imports{} }

// affected returns the directories to read, if not all have to be. While there
// is a diagnostic elsewhere they have to: it may lie in a package that others
// import, and that one may not compile for what was generated before.
func (s *Session) affected(ctx context.Context, changed []string) (dirs []string, known bool) {
	if !s.fresh || slices.ContainsFunc(changed, isOfModule) {
		s.Forget()
		return nil, false
	}
	dirs, known, err := s.imports.Affected(ctx, parse.Config(s.cfg), changed)
	if err != nil || !known {
		return nil, false // what is wrong will be said when all is read
	}
	known = !slices.ContainsFunc(s.diags, func(d diag.Diagnostic) bool {
		return !slices.Contains(dirs, filepath.Dir(d.Pos.Filename))
	})
	return dirs, known
}

// IsSource reports whether a file of this name decides about results.
func IsSource(name string) bool {
	source, _ := parse.IsSource(name)
	return source
}

// isOfModule reports whether a file is not the source of a package.
func isOfModule(file string) bool {
	source, ofModule := parse.IsSource(filepath.Base(file))
	return !source || ofModule
}
