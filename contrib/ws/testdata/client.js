// Speaks to a server of node_test.go by the npm package ws, and prints what
// happens. Exits with 75 if there is no such package.
let WebSocket
try {
  WebSocket = require('ws')
} catch {
  process.exit(75)
}
const [url, protocols, origin] = process.argv.slice(2)
const socket = new WebSocket(url, protocols ? protocols.split(',') : [], { origin: origin || undefined, perMessageDeflate: true })
const say = (...words) => console.log(words.join(' '))

socket.on('open', () => {
  say('open', JSON.stringify(socket.protocol), JSON.stringify(socket.extensions))
  socket.send('Grüße')
  socket.send(Buffer.from([0, 255]))
  socket.send('x'.repeat(200000))
  socket.send('in ', { fin: false })
  socket.send('parts', { fin: true })
  socket.ping('ping')
})
socket.on('message', (data, isBinary) => {
  const text = data.toString()
  say('message', isBinary ? data.toString('hex') : text.length < 100 ? text : text.length)
  if (text === 'in parts') socket.send('close')
})
socket.on('ping', data => say('pinged'))
socket.on('pong', data => say('pong', data))
socket.on('unexpected-response', (_, response) => {
  say('refused', response.statusCode)
  process.exit(0)
})
socket.on('close', (code, reason) => say('close', code, JSON.stringify(reason.toString())))
socket.on('error', error => say('error', error.message))
