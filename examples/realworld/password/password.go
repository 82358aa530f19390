// Package password hashes passwords.
package password

import _ "golang.org/x/crypto/argon2"
