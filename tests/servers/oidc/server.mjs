// An identity provider on loopback that stands where Entra ID would: oidc-provider under /<tenant>/v2.0, over TLS.
// Told once by a line of JSON on standard input; says {"port": …} on standard output; ends with standard input.
// What oidc-provider doesn't do as Entra does is done here, and only that: `prompt`, `client_info`, scripted refusals.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:https';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

const lines = createInterface({ input: process.stdin });
const settings = JSON.parse(await new Promise((resolve) => lines.once('line', resolve)));
lines.once('close', () => process.exit(0));

const { tenant, clientId, scopes, cert, key, accessTokenSeconds } = settings;
const mount = `/${tenant}/v2.0`;
const server = createServer({ cert, key });
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `https://localhost:${server.address().port}`;

const signingKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });

// What tests script: refusals are handed out once each, by endpoint; requests are counted.
const refusals = { token: [], auth: [], device: [] };
const seen = [];
const refusedBodies = [];

const provider = new Provider(origin + mount, {
  clients: [{
    client_id: clientId,
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['http://localhost'],
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    response_types: ['code'],
  }],
  scopes: ['openid', 'offline_access', 'profile', ...scopes],
  claims: { openid: ['sub'], profile: ['preferred_username', 'name'] },
  conformIdTokenClaims: false,
  cookies: { keys: ['for tests only'] },
  jwks: { keys: [{ ...signingKey, use: 'sig', kid: 'test' }] },
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    deviceFlow: { enabled: true },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: false },
  },
  ttl: { AccessToken: accessTokenSeconds, DeviceCode: 600, Grant: 3600, IdToken: 3600, Interaction: 600,
         RefreshToken: 3600, Session: 3600, AuthorizationCode: 60 },
  findAccount: (_ctx, sub) => ({
    accountId: sub,
    claims: () => ({ sub, preferred_username: `${sub}@foretag.example`, name: sub }),
  }),
  interactions: { url: (_ctx, interaction) => `${mount}/interaction/${interaction.uid}` },
});
provider.on('server_error', (_ctx, error) => console.error('server_error', error));

const grants = new Set();
provider.on('refresh_token.saved', (token) => grants.add(token.grantId));
// Entra says how often a device may ask; here every second, for the tests' sake.
provider.use(async (ctx, next) => {
  await next();
  if (ctx.body?.user_code) ctx.body = { ...ctx.body, interval: 1 };
});

const body = (request) => new Promise((resolve) => {
  let text = '';
  request.on('data', (part) => { text += part; }).on('end', () => resolve(text));
});

const json = (response, status, value, headers = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
};

async function control(request, response, path) {
  const asked = JSON.parse((await body(request)) || '{}');
  if (path === 'refuse') refusals[asked.endpoint].push(asked);
  else if (path === 'seen') return json(response, 200, seen.splice(0));
  else if (path === 'refused') return json(response, 200, refusedBodies.splice(0));
  else if (path === 'token') {
    const token = await provider.AccessToken.find(asked.token);
    return json(response, 200, token && !token.isExpired ? { sub: token.accountId, scope: token.scope } : null);
  } else if (path === 'revoke') {
    for (const grantId of grants) {
      for (const kind of ['RefreshToken', 'AccessToken', 'Grant']) {
        if (kind === 'Grant') await (await provider.Grant.find(grantId))?.destroy();
        else await provider[kind].revokeByGrantId(grantId);
      }
    }
    grants.clear();
  } else return json(response, 404, {});
  return json(response, 200, {});
}

// One page signs in and approves: who the person is stands in the form.
async function interact(request, response) {
  const details = await provider.interactionDetails(request, response);
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<!doctype html><title>Sign in</title><form method="post">
      <input name="login" value="anna"><button id="approve" name="answer" value="approve">Approve</button>
      <button id="deny" name="answer" value="deny">Deny</button></form>`);
    return;
  }
  const form = new URLSearchParams(await body(request));
  if (form.get('answer') === 'deny') {
    await provider.interactionFinished(request, response,
      { error: 'access_denied', error_description: 'AADSTS65004: User declined to consent to access the app.' });
    return;
  }
  const accountId = form.get('login');
  const grant = new provider.Grant({ accountId, clientId: details.params.client_id });
  grant.addOIDCScope(details.params.scope);
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(request, response, { login: { accountId }, consent });
}

function endpointOf(url) {
  if (url.pathname === `${mount}/token`) return 'token';
  if (url.pathname === `${mount}/auth`) return 'auth';
  return url.pathname === `${mount}/device/auth` ? 'device' : null;
}

const handle = provider.callback();
server.on('request', async (request, response) => {
  const url = new URL(request.url, origin);
  if (url.pathname.startsWith('/control/')) return control(request, response, url.pathname.slice(9));
  const endpoint = endpointOf(url);
  seen.push(`${request.method} ${url.pathname}`);
  const refusal = endpoint && refusals[endpoint].shift();
  if (refusal) {
    refusedBodies.push(await body(request));
    if (refusal.redirect_back) {
      const back = new URL(url.searchParams.get('redirect_uri'));
      const page = new URLSearchParams({ ...refusal.body, state: url.searchParams.get('state') });
      const inputs = [...page].map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`).join('');
      response.writeHead(200, { 'content-type': 'text/html' });
      return response.end(`<form method="post" action="${back}">${inputs}</form>`);
    }
    if (refusal.raw !== undefined) {
      response.writeHead(refusal.status, refusal.headers ?? {});
      return response.end(refusal.raw);
    }
    return json(response, refusal.status ?? 400, refusal.body, refusal.headers);
  }
  if (!url.pathname.startsWith(mount)) return json(response, 404, { error: 'invalid_tenant' });
  if (url.pathname.startsWith(`${mount}/interaction/`)) return interact(request, response);
  // Entra always asks where it must and always gives a refresh token; oidc-provider only with this prompt.
  if (endpoint === 'auth' && request.method === 'GET') url.searchParams.set('prompt', 'consent');
  request.originalUrl = url.pathname + url.search;
  request.url = request.originalUrl.slice(mount.length) || '/';
  return handle(request, response);
});
console.log(JSON.stringify({ port: server.address().port }));
