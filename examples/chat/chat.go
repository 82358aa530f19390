// Package chat is a server of chat rooms: a page with a form, and a WebSocket
// for each visitor of a room. It shows a connection as the result of a handler
// whose other parameters are read and checked before there is one, and what
// becomes of connections that are silent, slow, or in the way of a shutdown.
package chat

//go:generate go tool handlergen

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/handlergen/handlergen/contrib/ws"
	"github.com/handlergen/handlergen/runtime"
)

// App is what the handlers share.
//
//handlergen:state
type App struct {
	Rooms   *Rooms
	Silence time.Duration // after which a visitor is shown out; 0 is a minute
}

// A RoomName is a word of small letters, digits and dashes.
//
//handlergen:schema string "pattern=^[a-z0-9][a-z0-9-]{0,31}$"
type RoomName string

var roomName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// UnmarshalText refuses other names.
func (n *RoomName) UnmarshalText(text []byte) error {
	if !roomName.Match(text) {
		return runtime.Errorf(http.StatusBadRequest, "must be up to 32 small letters, digits and dashes")
	}
	*n = RoomName(text)
	return nil
}

// A Visitor says who comes.
type Visitor struct {
	Name string `query:"name" validate:"min=1,max=32"`
}

// List lists the rooms with somebody in it, by name.
//
//handlergen:route GET /rooms
func (a *App) List() []RoomInfo { return a.Rooms.list() }

// Join opens a WebSocket to a room. What a visitor sends is {"text": "…"}; what
// comes back is the [Event]s of the room, from the visitor's own arrival on.
//
//handlergen:route GET /rooms/{room}
func (a *App) Join(room RoomName, visitor runtime.Query[Visitor], up ws.Upgrade) http.Handler {
	up.MaxMessage = 4 << 10
	up.IdleTimeout = a.Silence
	if a.Silence == 0 {
		up.IdleTimeout = time.Minute
	}
	return up.OnUpgrade(func(ctx context.Context, conn *ws.Conn) {
		a.talk(ctx, conn, a.Rooms.join(string(room), visitor.Value.Name))
	})
}

// talk hands on what a visitor says and hears until the connection ends.
func (a *App) talk(ctx context.Context, conn *ws.Conn, m *member) {
	ctx, cancel := context.WithCancel(ctx)
	var listening sync.WaitGroup
	listening.Go(func() { m.listen(ctx, conn) })
	defer listening.Wait()
	defer cancel()
	defer a.Rooms.leave(m)
	for {
		var said struct {
			Text string `json:"text"`
		}
		if err := conn.ReadJSON(ctx, &said); err != nil {
			return
		}
		if text := strings.TrimSpace(said.Text); text != "" {
			a.Rooms.say(m, text)
		}
	}
}

// listen sends a member what the room has for it.
func (m *member) listen(ctx context.Context, conn *ws.Conn) {
	for {
		select {
		case message, ok := <-m.queue:
			if !ok {
				conn.Close(ws.PolicyViolation, "too slow to follow the room")
				return
			}
			if err := conn.Write(ctx, message); err != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}
