// A model server for tests of restarts: node server.fixture.ts PORT NAME MODEL [WHAT IT DOES]. Lists NAME at /v1/models.
import { createServer } from 'node:http';
import { basename } from 'node:path';

const [, , port = '', name = '', model = '', does = 'serve'] = process.argv;

if (does === 'fail' || (does === 'fail second' && name === 'round-2')) { console.error('Loading weights …\nRuntimeError: CUDA out of memory'); process.exit(1); }
if (does === 'deaf') process.on('SIGTERM', () => {});
const server = createServer((request, response) => {
  const body = request.url === '/v1/models' && does !== 'wrong' ? { object: 'list', data: [{ id: name, object: 'model', owned_by: 'test', root: basename(model) }] } : { object: 'list', data: [{ id: 'other' }] };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});
server.on('error', (error) => { console.error(error.message); process.exit(1); });
setTimeout(() => server.listen(Number(port), '127.0.0.1', () => console.log(`serving ${name} of ${model}`)), does === 'slow' ? 500 : 0);
