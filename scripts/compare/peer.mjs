// Measures how long one of the libraries on Node.js takes to verify a token: node peer.mjs FILE LIBRARY ALGORITHM SECONDS.
// What is in the file, and what is printed, scripts/compare/table.py says.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createPublicKey, createSecretKey, webcrypto } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const [file, library, algorithm, seconds] = process.argv.slice(2);
const { issuer, audience, tasks } = JSON.parse(readFileSync(file, 'utf8'));
const { token, wrong, jwk, pem } = tasks[algorithm];
const secret = jwk.kty === 'oct' ? Buffer.from(jwk.k, 'base64url') : undefined;

// Each gives a function that verifies a token, or a promise of it. Keys are read once, into the form that the library verifies with.
const libraries = {
  async jose() {
    const { importJWK, jwtVerify } = await import('jose');
    const hmac = { name: 'HMAC', hash: 'SHA-256' };
    const key = secret
      ? await webcrypto.subtle.importKey('raw', secret, hmac, false, ['verify'])
      : await importJWK(jwk, algorithm);
    const options = { issuer, audience, algorithms: [algorithm], requiredClaims: ['exp'] };
    return async (token) => (await jwtVerify(token, key, options)).payload;
  },

  jsonwebtoken() {
    const { verify } = require('jsonwebtoken');
    const key = secret ? createSecretKey(secret) : createPublicKey(pem);
    const options = { issuer, audience, algorithms: [algorithm] };
    return (token) => verify(token, key, options);
  },

  'fast-jwt'() {
    const { createVerifier } = require('fast-jwt');
    const options = { allowedIss: issuer, allowedAud: audience, algorithms: [algorithm], requiredClaims: ['exp'], cache: false };
    return createVerifier({ key: secret ?? pem, ...options });
  },
};

// Not every package exports its package.json.
const version = (name) => {
  const path = join(dirname(fileURLToPath(import.meta.url)), 'node_modules', name, 'package.json');
  return JSON.parse(readFileSync(path, 'utf8')).version;
};

const now = () => Number(process.hrtime.bigint());

// Nanoseconds for each of so many. A promise is waited for, since the next request of a client would wait too.
async function batch(verify, times) {
  const start = now();
  if (verify.constructor.name === 'AsyncFunction') {
    for (let time = 0; time < times; time++) await verify(token);
  } else {
    for (let time = 0; time < times; time++) verify(token);
  }
  return (now() - start) / times;
}

async function measure(verify) {
  let times = 1;
  const warm = now() + 0.5e9;
  while (now() < warm) {
    const each = await batch(verify, times);
    times = Math.max(1, Math.round(10e6 / each)); // a batch of 10 ms
  }
  const end = now() + seconds * 1e9;
  const measured = [];
  while (now() < end || measured.length < 5) measured.push(await batch(verify, times));
  measured.sort((one, other) => one - other);
  return measured[Math.floor(measured.length / 2)];
}

let verify;
try {
  verify = await libraries[library]();
  const { scope, email, roles } = await verify(token);
  if (typeof scope !== 'string' || typeof email !== 'string' || roles.length !== 2) throw new Error('claims are missing');
} catch (error) {
  console.log(JSON.stringify({ unsupported: error.message }));
  process.exit();
}
for (const [what, refused] of Object.entries(wrong)) {
  const accepted = await (async () => verify(refused))().then(() => true, () => false);
  if (accepted) throw new Error(`${library} does not look at the ${what}`);
}
const runtime = `Node.js ${process.versions.node}, OpenSSL ${process.versions.openssl}`;
console.log(JSON.stringify({ version: version(library), runtime, nanoseconds: await measure(verify) }));
