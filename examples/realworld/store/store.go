// Package store keeps what Conduit knows in SQLite.
package store

import _ "modernc.org/sqlite" // the driver "sqlite"
