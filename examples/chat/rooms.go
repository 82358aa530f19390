package chat

import (
	"cmp"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/handlergen/handlergen/contrib/ws"
)

// An Event is something that happens in a room.
type Event struct {
	Kind   string    `json:"kind"` // "joined", "left" or "said"
	Name   string    `json:"name"` // of who did
	Text   string    `json:"text,omitempty"`
	People []string  `json:"people,omitempty"` // who is there since; not with "said"
	At     time.Time `json:"at"`
}

// A RoomInfo says how many are in a room.
type RoomInfo struct {
	Name   string `json:"name"`
	People int    `json:"people"`
}

// Rooms are all rooms. One is there while somebody is in it.
type Rooms struct {
	mu    sync.Mutex
	rooms map[string][]*member // in order of arrival
}

// NewRooms returns a house without visitors.
func NewRooms() *Rooms { return &Rooms{rooms: map[string][]*member{}} }

// A member is a connection in a room.
type member struct {
	room, name string
	queue      chan ws.Message // closed when the member was too slow to take them
}

// queueLength is how many events a member may be behind.
const queueLength = 64

// join lets somebody in.
func (r *Rooms) join(room, name string) *member {
	m := &member{room: room, name: name, queue: make(chan ws.Message, queueLength)}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rooms[room] = append(r.rooms[room], m)
	r.tell(room, Event{Kind: "joined", Name: name, People: r.people(room)})
	return m
}

// leave lets somebody out, who may have been thrown out before.
func (r *Rooms) leave(m *member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.remove(m)
}

// say tells everybody in the room, the speaker included.
func (r *Rooms) say(m *member, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tell(m.room, Event{Kind: "said", Name: m.name, Text: text})
}

// tell puts an event into the queues of a room. Nobody waits for the slow: a
// member whose queue is full has to go.
func (r *Rooms) tell(room string, event Event) {
	event.At = time.Now()
	data, err := json.Marshal(event)
	if err != nil {
		panic(err) // it is made of strings
	}
	var slow []*member
	for _, m := range r.rooms[room] {
		select {
		case m.queue <- ws.Message{Type: ws.Text, Data: data}:
		default:
			slow = append(slow, m)
		}
	}
	for _, m := range slow {
		if r.remove(m) {
			close(m.queue)
		}
	}
}

// remove takes a member out of its room and tells the others. It reports whether
// the member was there.
func (r *Rooms) remove(m *member) bool {
	members := r.rooms[m.room]
	i := slices.Index(members, m)
	if i < 0 {
		return false
	}
	if len(members) == 1 {
		delete(r.rooms, m.room)
		return true
	}
	r.rooms[m.room] = slices.Delete(slices.Clone(members), i, i+1)
	r.tell(m.room, Event{Kind: "left", Name: m.name, People: r.people(m.room)})
	return true
}

// people returns the names of who is in a room, sorted.
func (r *Rooms) people(room string) []string {
	var names []string
	for _, m := range r.rooms[room] {
		names = append(names, m.name)
	}
	slices.Sort(names)
	return names
}

// list returns the rooms by name.
func (r *Rooms) list() []RoomInfo {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]RoomInfo, 0, len(r.rooms))
	for name, members := range r.rooms {
		list = append(list, RoomInfo{Name: name, People: len(members)})
	}
	slices.SortFunc(list, func(a, b RoomInfo) int { return cmp.Compare(a.Name, b.Name) })
	return list
}
