// Package store keeps users, articles and what they do with each other in SQLite.
// It knows nothing of HTTP.
//
// Whoever reads is given by an id, for what they see depends on them: 0 is nobody.
// What is not there is an [ErrNotFound], a name that somebody else has is a
// [TakenError]; every other error is a fault of the database.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// ErrNotFound is the error of what is not there.
var ErrNotFound = errors.New("store: not found")

// Memory is the file name of a database that is gone when it is closed.
const Memory = ":memory:"

// A Store is a database, and may be used by many goroutines at once.
type Store struct {
	db       *sql.DB
	prepared []*sql.Stmt // by statement
}

// Open opens the database in a file, or in [Memory], and brings its schema up to
// date.
func Open(ctx context.Context, file string) (*Store, error) {
	if file == "" { // which SQLite takes for a file that is gone when it is closed
		return nil, errors.New("open: the name of the database is empty")
	}
	db, err := sql.Open("sqlite", dsn(file))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	connections := max(4, runtime.GOMAXPROCS(0))
	if file == Memory {
		connections = 1 // each has a database of its own
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	s := &Store{db: db}
	if err = migrate(ctx, db); err == nil {
		err = s.prepare(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", file, err), s.Close())
	}
	return s, nil
}

// dsn returns the name of a database for the driver. Transactions that write
// wait for each other, instead of failing when they find out.
func dsn(file string) string {
	options := url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)"},
	}
	return "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + options.Encode()
}

// prepare prepares all statements of this package.
func (s *Store) prepare(ctx context.Context) error {
	for _, text := range statements {
		stmt, err := s.db.PrepareContext(ctx, text)
		if err != nil {
			return fmt.Errorf("prepare %s: %w", text, err)
		}
		s.prepared = append(s.prepared, stmt)
	}
	return nil
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

// A statement is the text of an SQL statement, by its place in statements.
type statement int

// statements are all that there are. They are prepared when a store is opened.
var statements []string

// sqlText adds a statement. It is for variables of this package.
func sqlText(text string) statement {
	statements = append(statements, text)
	return statement(len(statements) - 1)
}

// A session runs statements in a transaction, or each by itself.
type session struct {
	*Store
	tx *sql.Tx // nil for none
}

func (s session) stmt(ctx context.Context, which statement) *sql.Stmt {
	if s.tx != nil {
		return s.tx.StmtContext(ctx, s.prepared[which])
	}
	return s.prepared[which]
}

// exec runs a statement that has no rows.
func (s session) exec(ctx context.Context, which statement, args ...any) error {
	_, err := s.stmt(ctx, which).ExecContext(ctx, args...)
	return err
}

// one scans the row of a statement, or returns [ErrNotFound].
func (s session) one(ctx context.Context, which statement, into []any, args ...any) error {
	err := s.stmt(ctx, which).QueryRowContext(ctx, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// all returns the rows of a statement, never nil.
func all[T any](ctx context.Context, s *Store, which statement, columns func(*T) []any, args ...any) ([]T, error) {
	rows, err := s.prepared[which].QueryContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []T{}
	for rows.Next() {
		var row T
		if err := rows.Scan(columns(&row)...); err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, rows.Err()
}

// alone is the session of statements that need no transaction.
func (s *Store) alone() session { return session{Store: s} }

// inTx runs work in a transaction, which nobody else writes beside.
func (s *Store) inTx(ctx context.Context, work func(session) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	if err := work(session{s, tx}); err != nil {
		return err
	}
	return tx.Commit()
}

// A clock is a column of microseconds since 1970.
type clock struct{ *time.Time }

// Scan implements [sql.Scanner].
func (c clock) Scan(value any) error {
	micros, ok := value.(int64)
	if !ok {
		return fmt.Errorf("a time is a %T", value)
	}
	*c.Time = time.UnixMicro(micros).UTC()
	return nil
}

func now() int64 { return time.Now().UnixMicro() }
