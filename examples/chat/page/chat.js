'use strict'

const element = id => document.getElementById(id)
const door = element('door')
const inside = element('inside')
const say = element('say')
let socket

function show(status, isAlarm) {
  element('status').textContent = status
  element('status').classList.toggle('alarm', Boolean(isAlarm))
}

// join opens a connection to the room that the form names.
function join() {
  const { name, room } = Object.fromEntries(new FormData(door))
  const url = new URL(`rooms/${encodeURIComponent(room)}?name=${encodeURIComponent(name)}`, document.baseURI)
  url.protocol = url.protocol.replace('http', 'ws')
  socket = new WebSocket(url)
  show(`Joining ${room} …`)
  socket.onopen = () => {
    element('log').replaceChildren()
    show(`In ${room} as ${name}.`)
    door.hidden = true
    inside.hidden = false
    say.elements.text.focus()
  }
  socket.onmessage = message => receive(JSON.parse(message.data))
  socket.onclose = ({ code, reason }) => {
    socket = undefined
    door.hidden = false
    inside.hidden = true
    if (code === 1000) show('Not in a room.')
    else show(`Disconnected: ${reason || 'the server cannot be reached'} (${code}).`, true)
  }
}

// receive shows what happens in the room. All of it is text that others wrote,
// and never markup.
function receive({ kind, name, text, people, at }) {
  const line = document.createElement('li')
  const time = document.createElement('time')
  time.dateTime = at
  time.textContent = new Date(at).toLocaleTimeString()
  if (kind === 'said') line.append(time, `${name}: ${text}`)
  else line.append(time, `${name} ${kind}`)
  line.classList.toggle('event', kind !== 'said')
  element('log').append(line)
  line.scrollIntoView({ block: 'nearest' })
  if (people) element('people').replaceChildren(...people.map(person => {
    const item = document.createElement('li')
    item.textContent = person
    return item
  }))
}

door.addEventListener('submit', event => {
  event.preventDefault()
  if (!socket) join()
})

say.addEventListener('submit', event => {
  event.preventDefault()
  const { text } = say.elements
  if (socket) socket.send(JSON.stringify({ text: text.value }))
  text.value = ''
})

element('leave').addEventListener('click', () => {
  if (socket) socket.close(1000)
})
