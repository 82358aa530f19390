package conduit

import "time"

// A Time is written in UTC and with all digits of its fraction, in contrast to a
// [time.Time], which drops zeros.
//
//handlergen:schema string format=date-time example=2026-02-03T04:05:06.078900Z
type Time time.Time

const layout = "2006-01-02T15:04:05.000000Z07:00"

// MarshalText writes a time.
func (t Time) MarshalText() ([]byte, error) { return time.Time(t).UTC().AppendFormat(nil, layout), nil }

// UnmarshalText reads a time, for clients.
func (t *Time) UnmarshalText(text []byte) error { return (*time.Time)(t).UnmarshalText(text) }
