'use strict';
const { createHash } = require('node:crypto');
const { readFile } = require('node:fs/promises');
const { AwsClient } = require('aws4fetch');
const { required } = require('./config/environment');
const { HttpError } = require('./errors');

const { AWS_REGION, AWS_S3_BUCKET } = required('AWS_REGION', 'AWS_S3_BUCKET');
const patience = 10_000; // ms that S3 may take
const renewBefore = 5 * 60_000; // ms before credentials end

/** What a picture is, by its first bytes; what the browser calls it may be wrong. */
const formats = [
  ['image/png', (bytes) => bytes.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'))],
  ['image/jpeg', (bytes) => bytes.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex'))],
  ['image/webp', (bytes) => bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP'],
];

let ours = { expires: 0 };

/** As AWS's SDKs look for them: the environment's, or the pod's own, which EKS Pod Identity gives out for some hours. */
async function credentials() {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_CONTAINER_CREDENTIALS_FULL_URI, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE } = process.env;
  if (AWS_ACCESS_KEY_ID) return { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN };
  if (!AWS_CONTAINER_CREDENTIALS_FULL_URI) throw new Error('no AWS credentials: this pod\'s service account has no pod identity, and there is no AWS_ACCESS_KEY_ID');
  if (ours.expires - renewBefore < Date.now()) {
    const token = await readFile(AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, 'utf8');
    const response = await fetch(AWS_CONTAINER_CREDENTIALS_FULL_URI, { headers: { authorization: token.trim() }, signal: AbortSignal.timeout(patience) });
    if (!response.ok) throw new Error(`no AWS credentials: the pod identity agent answers ${response.status} ${await response.text()}`);
    const { AccessKeyId, SecretAccessKey, Token, Expiration } = await response.json();
    ours = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token, expires: Date.parse(Expiration) };
  }
  return ours;
}

async function send(method, hash, init = {}) {
  const endpoint = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  const bucket = endpoint ? `${endpoint}/${AWS_S3_BUCKET}` : `https://${AWS_S3_BUCKET}.s3.${AWS_REGION}.amazonaws.com`;
  const aws = new AwsClient({ ...await credentials(), service: 's3', region: AWS_REGION, retries: 2 });
  const response = await aws.fetch(`${bucket}/pictures/${hash}`, { method, signal: AbortSignal.timeout(patience), ...init });
  if (!response.ok) throw new Error(`S3 answers ${response.status} to ${method} pictures/${hash}: ${await response.text()}`);
  return response;
}

/**
 * Stores a picture and answers with its name, the SHA-256 of its bytes: the same picture is stored once, however often it is uploaded.
 * Nothing here deletes: the pods' role may only put and get.
 */
async function store(bytes) {
  const [type] = (Buffer.isBuffer(bytes) && formats.find(([, matches]) => matches(bytes))) || [];
  if (!type) throw new HttpError(400, 'INVALID', 'The picture must be a PNG, JPEG or WebP.');
  const hash = createHash('sha256').update(bytes).digest('hex');
  await send('PUT', hash, { body: bytes, headers: { 'content-type': type, 'x-amz-content-sha256': hash } });
  return hash;
}

/** { type, bytes } of a stored picture. */
async function load(hash) {
  const response = await send('GET', hash);
  return { type: response.headers.get('content-type'), bytes: Buffer.from(await response.arrayBuffer()) };
}

module.exports = { store, load };
