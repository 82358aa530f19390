package store_test

import _ "modernc.org/libc"
