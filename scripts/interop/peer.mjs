// The peers on Node.js, `jose` and its older line `jose-5`, behind a protocol of one JSON object a line: a request on standard
// input, its answer on standard output. scripts/interop/parties.py asks, and says what each request is.
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { webcrypto } from 'node:crypto';
import * as jose6 from 'jose';
import * as jose5 from 'jose-5';

globalThis.crypto ??= webcrypto; // Node.js 18
const libraries = { jose: jose6, 'jose-5': jose5 };
const own = new Map(); // generated keys by their numbers
const octets = (text) => jose6.base64url.decode(text);
const base64url = (octets) => jose6.base64url.encode(octets);
const utf8 = new TextDecoder('utf-8', { fatal: true });

// The key that a reference names, for one half of its work.
async function load(jose, { own: number, jwk, pem, alg }, half) {
  if (number !== undefined) return own.get(number)[half];
  if (jwk) return jose.importJWK(jwk, alg, { extractable: true });
  return half === 'private'
    ? jose.importPKCS8(pem, alg, { extractable: true })
    : jose.importSPKI(pem, alg, { extractable: true });
}

// One key as it is; of several, the one that the header names.
async function choice(jose, keys) {
  if (keys.length === 1) return load(jose, keys[0], 'public');
  return (protectedHeader, token) => {
    const { kid } = { ...protectedHeader, ...token?.header };
    const key = keys.find((key) => key.kid === kid);
    if (!key) throw new Error(`no key is called ${kid}`);
    return load(jose, key, 'public');
  };
}

const operations = {
  async generate(jose, { alg, kid }) {
    const shared = alg.startsWith('HS');
    const key = shared
      ? await jose.generateSecret(alg, { extractable: true })
      : await jose.generateKeyPair(alg, { extractable: true });
    const halves = shared ? { private: key, public: key } : { private: key.privateKey, public: key.publicKey };
    const members = { kid, alg, use: 'sig' };
    const jwk = { ...(await jose.exportJWK(halves.public)), ...members };
    const number = own.size;
    own.set(number, { ...halves, jwk });
    return {
      own: number,
      private: { ...(await jose.exportJWK(halves.private)), ...members },
      public: jwk,
      pkcs8: shared ? null : await jose.exportPKCS8(halves.private),
      spki: shared ? null : await jose.exportSPKI(halves.public),
    };
  },

  async reexport(jose, { key, half }) {
    return jose.exportJWK(await load(jose, key, half));
  },

  async thumbprint(jose, { jwk, hash }) {
    return jose.calculateJwkThumbprint(jwk, hash);
  },

  async sign(jose, { serialization, detached, unencoded, unprotected, signers, payload }) {
    const rfc7797 = unencoded ? { b64: false, crit: ['b64'] } : {};
    const content = octets(payload);
    if (serialization === 'compact' && !detached && !unencoded) {
      const [{ key, alg, kid }] = signers;
      return new jose.CompactSign(content).setProtectedHeader({ alg, kid }).sign(await load(jose, key, 'private'));
    }
    let jws;
    if (serialization === 'general') {
      const general = new jose.GeneralSign(content);
      for (const { key, alg, kid } of signers) {
        const signature = general.addSignature(await load(jose, key, 'private'));
        signature.setProtectedHeader({ alg, ...rfc7797 }).setUnprotectedHeader({ kid });
      }
      jws = await general.sign();
    } else {
      const [{ key, alg, kid }] = signers;
      const flattened = new jose.FlattenedSign(content).setProtectedHeader({ alg, kid, ...rfc7797 });
      if (unprotected) flattened.setUnprotectedHeader(unprotected);
      jws = await flattened.sign(await load(jose, key, 'private'));
    }
    // Attaching and detaching is left to the caller: the library leaves an unencoded payload out, as "payload":"".
    if (detached) delete jws.payload;
    else if (unencoded) jws.payload = utf8.decode(content);
    if (serialization !== 'compact') return JSON.stringify(jws);
    return `${jws.protected}.${jws.payload ?? ''}.${jws.signature}`;
  },

  async verify(jose, { token, payload, unencoded, keys, set }) {
    const key = set ? jose.createLocalJWKSet(set) : await choice(jose, keys);
    const algorithms = set ? undefined : keys.map(({ alg }) => alg);
    const detached = payload === undefined ? undefined : unencoded ? octets(payload) : payload;
    let result;
    if (token.startsWith('{')) {
      const jws = JSON.parse(token);
      if (detached !== undefined) jws.payload = detached;
      const verify = jws.signatures ? jose.generalVerify : jose.flattenedVerify;
      result = await verify(jws, key, { algorithms });
    } else if (detached !== undefined) {
      const [protectedHeader, , signature] = token.split('.');
      result = await jose.flattenedVerify({ protected: protectedHeader, payload: detached, signature }, key, { algorithms });
    } else {
      result = await jose.compactVerify(token, key, { algorithms });
    }
    return base64url(result.payload);
  },

  async jwt_sign(jose, { key, alg, kid, claims }) {
    const jwt = new jose.SignJWT(claims).setProtectedHeader({ alg, kid, typ: 'JWT' });
    return jwt.sign(await load(jose, key, 'private'));
  },

  async jwt_verify(jose, { token, key, alg, issuer, audience }) {
    const options = { issuer, audience, algorithms: [alg] };
    return (await jose.jwtVerify(token, await load(jose, key, 'public'), options)).payload;
  },

  async publish(jose, { owns }) {
    return { keys: owns.map((number) => own.get(number).jwk) };
  },
};

const version = (name) => createRequire(import.meta.url)(`./node_modules/${name}/package.json`).version;
console.log(JSON.stringify({ node: process.versions.node, jose: version('jose'), 'jose-5': version('jose-5') }));
for await (const line of createInterface({ input: process.stdin })) {
  const { peer, operation, ...request } = JSON.parse(line);
  let answer;
  try {
    answer = { result: await operations[operation](libraries[peer], request) };
  } catch (error) {
    answer = { error: `${error.code ?? error.name}: ${error.message}` };
  }
  console.log(JSON.stringify(answer));
}
